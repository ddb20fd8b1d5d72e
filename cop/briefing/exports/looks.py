"""How things look in a file: which symbol each wears, and the colours of agencies and zones, as on the light map."""

import functools
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from cop.briefing.exports.things import Thing
from cop.domain.agency import Agency
from cop.picture.picture import Picture

_THEME = Path(__file__).parents[3] / "resources" / "themes" / "light.toml"


class Look(NamedTuple):
    """One look: `colour` is the agency's as #rrggbb, `shape` the unit's or resource's kind, the incident's type, …"""

    kind: str
    shape: str
    status: str
    colour: str
    priority: int = 3
    stale: bool = False
    doubtful: bool = False
    exercise: bool = False


#: the symbol of a look as a PNG
Draw = Callable[[Look], bytes]


def look_of(one: Thing, colour: str) -> Look:
    """The look of an object."""
    fields, said = one.fields, one.fields.get("said") or {}
    shape, status = {
        "unit": (said.get("kind"), said.get("status")),
        "incident": (fields.get("type"), fields.get("status")),
        "resource": (fields.get("kind"), fields.get("availability")),
        "alert": (fields.get("event"), fields.get("severity")),
    }.get(one.kind, (fields.get("kind"), ""))
    return Look(
        one.kind,
        str(shape or "unknown"),
        str(status or "unknown"),
        colour,
        priority=int(fields.get("priority", 3)),
        stale=bool(fields.get("stale")),
        doubtful=bool(fields.get("doubtful")),
        exercise=bool(fields.get("exercise")),
    )


def agency_colour(picture: Picture, agency: str) -> str:
    """The colour that an agency asks for, else a stable pick of the theme's, as #rrggbb."""
    profile = picture.agencies.get(agency)
    wanted = profile.body.colour if profile is not None and isinstance(profile.body, Agency) else None
    picks = _theme()["agencies"]
    return str(wanted or picks[crc32(agency.encode("utf-8", "replace")) % len(picks)])


def area_colour(one: Thing, agency: str) -> str:
    """The colour of a zone's or an alert's outline; `agency` is that of its agency."""
    theme = _theme()
    if one.fields.get("kind") in {"hot_zone", "road_closure"} or one.kind == "alert":
        return str(theme["hot_zone"])[:7]
    return agency


@functools.cache
def _theme() -> Mapping[str, Any]:
    return tomllib.loads(_THEME.read_text(encoding="utf-8"))
