"""The formats that simulated agencies speak beside ours: one file each, and one line in `_POSITIONS` or `_OBJECTS`."""

import importlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from cop.domain.statement import Statement
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


class ObjectTongue(Protocol):
    """A format of incidents, zones, alerts or resources, as an exercise uses it. An object's id is the adapter's."""

    #: the words of the desktop's feed
    words: dict[str, dict[str, str | int]]

    def options(self, agencies: Sequence[str]) -> dict[str, Any]:
        """The options of the desktop's feed."""
        ...

    def say(self, agency: str, body: Statement, same_as: str) -> Spoken:
        """The message of one object; `same_as` is the id of another agency's incident that it is the same as."""
        ...


_POSITIONS: Mapping[str, str] = MappingProxyType(
    {
        "adsb": "adsb",
        "ais": "ais",
        "cot-xml": "cot_xml",
        "hfp": "hfp",
        "meshtastic": "meshtastic",
        "owntracks": "owntracks",
        "taip": "taip",
        "tak-protobuf": "tak_protobuf",
    }
)
_OBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "cap": "cap",
        "edxl-have": "edxl_have",
        "eido": "eido",
        "json": "cad_json",
        "wzdx": "wzdx",
    }
)
#: what units may speak, and what may be said of objects
FORMATS, OBJECT_FORMATS = ("cop-json", *_POSITIONS), ("cop-json", *_OBJECTS)


@cache
def tongue(form: str) -> Tongue | None:
    """How units speak a format; None for our own."""
    if form == "cop-json":
        return None
    found: Tongue = importlib.import_module(f"{__name__}.{_POSITIONS[form]}").TONGUE
    return found


@cache
def object_tongue(form: str) -> ObjectTongue | None:
    """How objects are said in a format; None for our own."""
    if form == "cop-json":
        return None
    found: ObjectTongue = importlib.import_module(f"{__name__}.{_OBJECTS[form]}").TONGUE
    return found


def foreign_root(name: str) -> str:
    """The root of an exercise's foreign formats; our own stand below its `v1`."""
    return f"exercise/{name}"


def zulu(at: datetime) -> str:
    """UTC with milliseconds and a Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def rfc3339(at: datetime) -> str:
    """UTC with whole seconds and its offset, as CAP and others want it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
