"""The formats that simulated agencies speak beside ours: one file each, and one line in `_MODULES`."""

import importlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from cop.exercise.movement import Fix


class Speaker(NamedTuple):
    """The unit that speaks, as far as a tongue needs to know it."""

    agency: str
    id: str
    callsign: str
    kind: str
    status: str
    number: int


class Spoken(NamedTuple):
    """One message: its topic below the exercise's own root, and whether the broker keeps it."""

    topic: str
    payload: bytes
    retain: bool = False


class Tongue(Protocol):
    """A format as an exercise uses it."""

    #: whether it says what a unit is and does too; else the agency says that in our own format
    has_words: bool

    def unit_id(self, agency: str, callsign: str, number: int) -> str:
        """The id that the format's adapter makes of the unit's message or topic."""
        ...

    def topics(self, agency: str) -> str:
        """The topic filter of an agency's messages, below the exercise's root."""
        ...

    def options(self, kind: str) -> dict[str, Any]:
        """The options of the desktop's feed; `kind` is what most of the agency's units are."""
        ...

    def position(self, speaker: Speaker, fix: Fix, at: datetime, stale_s: float) -> list[Spoken]:
        """What a unit sends every few seconds."""
        ...


_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "cot-xml": "cot_xml",
        "owntracks": "owntracks",
        "hfp": "hfp",
    }
)
#: what an agency may speak
FORMATS = ("cop-json", *_MODULES)


@cache
def tongue(form: str) -> Tongue | None:
    """How a format is spoken; None for our own."""
    if form == "cop-json":
        return None
    found: Tongue = importlib.import_module(f"{__name__}.{_MODULES[form]}").TONGUE
    return found


def foreign_root(name: str) -> str:
    """The root of an exercise's foreign formats; our own stand below its `v1`."""
    return f"exercise/{name}"


def zulu(at: datetime) -> str:
    """UTC with milliseconds and a Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
