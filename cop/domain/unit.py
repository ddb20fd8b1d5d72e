"""A unit moves and reports; a position is one claim of where it was."""

from typing import Annotated

import msgspec

from cop.domain.statement import Latitude, Longitude, ShortText, Statement


class Unit(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="unit"):
    """What a unit is and does: topic `unit/<unit>`. Words of `kind` and `status` are those of `cop.domain.words`."""

    callsign: ShortText = ""
    kind: ShortText = "unknown"
    capabilities: tuple[ShortText, ...] = ()
    status: ShortText = "unknown"
    crew: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None


class Position(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="position"):
    """Where a unit was at `at`: topic `position/<unit>`; `id` is the unit's.

    Degrees WGS 84; `alt_m` above the ellipsoid; `course_deg` true, clockwise from north; absent means unknown.
    """

    lat: Latitude
    lon: Longitude
    alt_m: Annotated[float, msgspec.Meta(ge=-12_000, le=1_000_000)] | None = None
    course_deg: Annotated[float, msgspec.Meta(ge=0, le=360)] | None = None
    speed_mps: Annotated[float, msgspec.Meta(ge=0, le=12_000)] | None = None
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=1e7)] | None = None
