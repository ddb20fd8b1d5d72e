"""One thing of a file as the file says it, before anything of it is believed."""

from datetime import datetime
from typing import Any, NamedTuple

#: more than these nobody looks through
MOST_FEATURES = 5_000


class BadFile(ValueError):  # noqa: N818  # a word for people, as BadMessage is
    """A file of which nothing can be used, and why, in words for who chose it."""


class Feature(NamedTuple):
    """What stands in a file: `geometry` GeoJSON as written (longitude first), unchecked, empty where it has none.

    `fields` are its further words as texts; `wrong` says why it cannot be used at all.
    """

    name: str = ""
    summary: str = ""
    geometry: dict[str, Any] = {}  # noqa: RUF012 - never written to
    fields: dict[str, str] = {}  # noqa: RUF012 - never written to
    begins: datetime | None = None
    ends: datetime | None = None
    wrong: str = ""

    @property
    def kind(self) -> str:
        """The kind of zone that it says it is, in our word; empty where it says none."""
        return self.fields.get("kind", "") if self.fields.get("kind_of_object", "zone") == "zone" else ""
