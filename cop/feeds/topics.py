"""The topic tree of our own format: `<root>/<agency>/<kind>/<id>` (`docs/formats/cop-json.md`)."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cop.domain.details import IncidentDetails
from cop.domain.report import kind_of
from cop.domain.request import Fill
from cop.domain.statement import Statement
from cop.domain.task import Answer

LIVE_ROOT = "cop/v1"

#: Letters of other scripts that look like ours would let one agency pass for another on the screen.
_AGENCY = re.compile(r"[A-Za-z0-9._-]{1,64}")

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
    "consent": (1, True),
    "command": (1, True),
    "request": (1, True),
    "fill": (1, True),
    "details": (1, True),
}


#: kinds that are said to one agency alone, never to all
_FOR_ONE = frozenset({"details"})


class ObjectTopic(NamedTuple):
    """A topic of our own tree, taken apart."""

    root: str
    agency: str
    kind: str
    id: str
    to: str = ""


def exercise_root(name: str) -> str:
    """The root of an exercise: nothing below it can be taken for live, and nothing live for exercise."""
    return f"exercise/{name}/v1"


def is_exercise(topic: str) -> bool:
    """Whether a topic belongs to an exercise."""
    return topic.startswith("exercise/")


def exercise_of(topic: str) -> str | None:
    """The name of the exercise that a topic or root belongs to; None in live work."""
    return topic.split("/", 2)[1] if is_exercise(topic) else None


def object_topic(root: str, agency: str, kind: str, object_id: str, *, to: str = "") -> str:
    """The topic on which `agency` publishes one object of `kind`; a profile has no id level.

    What is for one agency alone, `to`, stands in a part of the tree that the broker lets that agency alone read.
    """
    if to:
        return f"{root}/{agency}/for/{to}/{kind}/{object_id}"
    if kind == "profile":
        return f"{root}/{agency}/profile"
    return f"{root}/{agency}/{kind}/{object_id}"


def topic_of(root: str, agency: str, body: Statement) -> str:
    """The topic on which an agency says this."""
    to = body.to if isinstance(body, IncidentDetails) else ""
    return object_topic(root, agency, kind_of(body), levels_of(body)[0], to=to)


def levels_of(body: Statement) -> tuple[str, ...]:
    """What the last level of an object's topic may be, what we write ourselves first.

    What is said to somebody names them beside the id: two agencies may call what they ask by the same name, and of two
    answers on one topic the broker would keep one. Who publishes to one agency alone may leave it out.
    """
    if isinstance(body, Answer | Fill):
        return (f"{body.requester}~{body.id}", body.id)
    return (body.id,)


def parse_object_topic(topic: str) -> ObjectTopic | None:
    """Take a topic of our own tree apart; None if it is none (other root or depth, odd agency, unknown kind).

    The agency stands directly below the root, nowhere deeper: the broker lets every agency write what it likes below
    its own level, another agency's name too.
    """
    levels = topic.split("/")
    depth = _root_depth(levels)
    root, below = "/".join(levels[:depth]), levels[depth:]
    if not depth or len(below) < 2 or not _AGENCY.fullmatch(below[0]):
        return None
    if below[1:] == ["profile"]:
        return ObjectTopic(root, below[0], "profile", below[0])
    if len(below) == 5 and below[1] == "for" and _AGENCY.fullmatch(below[2]) and below[3] in _FOR_ONE and below[4]:
        return ObjectTopic(root, below[0], below[3], below[4], to=below[2])
    if len(below) != 3 or below[1] not in KINDS or below[1] in {"profile", *_FOR_ONE} or not below[2]:
        return None
    return ObjectTopic(root, *below)


def specificity(topic_filter: str) -> tuple[int, ...]:
    """Sorts filters so that of two that fit a topic the one that names more comes first."""
    return tuple({"+": 1, "#": 2}.get(level, 0) for level in topic_filter.split("/"))


def fits(topic_filter: Sequence[str], levels: Sequence[str]) -> bool:
    """Whether a topic fits a filter, both cut into their levels (MQTT 5 §4.7); without making anything for it."""
    if levels[0][:1] == "$" and topic_filter[0] in ("+", "#"):
        return False  # what is the broker's own is named or not meant
    for place, level in enumerate(topic_filter):
        if level == "#":
            return True
        if place >= len(levels) or level not in ("+", levels[place]):
            return False
    return len(topic_filter) == len(levels)


def overlap(first: str, second: str) -> bool:
    """Whether there is a topic that fits both filters."""
    ours, theirs = first.split("/"), second.split("/")
    for one, other in zip(ours, theirs, strict=False):
        if "#" in (one, other):
            return True
        if one != other and "+" not in (one, other):
            return False
    longer = max(ours, theirs, key=len)[min(len(ours), len(theirs)) :]
    return longer in ([], ["#"])


def _root_depth(levels: Sequence[str]) -> int:
    if levels[:2] == ["cop", "v1"]:
        return 2
    return 3 if levels[0] == "exercise" and len(levels) > 2 and levels[1] and levels[2] == "v1" else 0
