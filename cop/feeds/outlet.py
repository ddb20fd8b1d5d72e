"""Where our words go out in another format: the `[[publish]]` tables of `cop.toml`."""

from typing import Annotated

import msgspec


class Outlet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[publish]]`: which objects of which agencies go out, in which format, on which topic.

    `topic` holds `{agency}`, `{kind}` and `{id}` where they are to stand. Without `agencies`, those of the desk's own;
    `"*"` is all. `to` is the agency that reads it, for what the agreements say that each owner shows to it; empty is
    whoever can. Each topic is said again at most every `every_s` seconds, with the newest word.
    """

    name: str
    format: str
    topic: str
    kinds: tuple[str, ...] = ("incident", "zone", "alert")
    agencies: tuple[str, ...] = ()
    to: str = ""
    qos: Annotated[int, msgspec.Meta(ge=0, le=1)] = 1
    retain: bool = False
    every_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 1.0

    def __post_init__(self) -> None:
        """Raises ValueError for a topic that cannot be published on."""
        try:
            example = self.topic_of("agency", "kind", "id")
        except (KeyError, IndexError, ValueError, AttributeError):
            raise ValueError(f"{self.topic!r}: only {{agency}}, {{kind}} and {{id}} stand in braces") from None
        if not example or "+" in example or "#" in example or "\0" in example or example.startswith("$"):
            raise ValueError(f"{self.topic!r} is no topic to publish on")

    @property
    def filter(self) -> str:
        """A topic filter that fits everything it says."""
        levels = self.topic_of("+", "+", "+").split("/")
        return "/".join("+" if "+" in level else level for level in levels)

    def topic_of(self, agency: str, kind: str, object_id: str) -> str:
        """The topic of one object."""
        return self.topic.format(agency=agency, kind=kind, id=object_id)
