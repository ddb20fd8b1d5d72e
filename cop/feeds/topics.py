"""The topic tree of our own format: `<root>/<agency>/<kind>/<id>` (`docs/formats/cop-json.md`)."""

from typing import NamedTuple

LIVE_ROOT = "cop/v1"

#: kind on the wire -> (QoS, retained)
KINDS: dict[str, tuple[int, bool]] = {
    "profile": (1, True),
    "presence": (1, True),
    "unit": (1, True),
    "position": (0, True),
    "incident": (1, True),
    "resource": (1, True),
    "task": (1, True),
    "answer": (1, True),
    "zone": (1, True),
    "link": (1, True),
    "alert": (1, True),
    "log": (1, False),
}


class ObjectTopic(NamedTuple):
    """A topic of our own tree, taken apart."""

    root: str
    agency: str
    kind: str
    id: str


def exercise_root(name: str) -> str:
    """The root of an exercise: nothing below it can be taken for live, and nothing live for exercise."""
    return f"exercise/{name}/v1"


def is_exercise(topic: str) -> bool:
    """Whether a topic belongs to an exercise."""
    return topic.startswith("exercise/")


def object_topic(root: str, agency: str, kind: str, object_id: str) -> str:
    """The topic on which `agency` publishes one object of `kind`; a profile has no id level."""
    if kind == "profile":
        return f"{root}/{agency}/profile"
    return f"{root}/{agency}/{kind}/{object_id}"


def parse_object_topic(topic: str) -> ObjectTopic | None:
    """Take a topic of our own tree apart; None if it is none (wrong depth, unknown kind)."""
    parts = topic.split("/")
    if parts[-1] == "profile" and len(parts) >= 4:
        return ObjectTopic("/".join(parts[:-2]), parts[-2], "profile", parts[-2])
    if len(parts) < 5 or parts[-2] not in KINDS:
        return None
    return ObjectTopic("/".join(parts[:-3]), parts[-3], parts[-2], parts[-1])
