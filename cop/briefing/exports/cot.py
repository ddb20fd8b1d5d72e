"""Cursor on Target 2.0: the events that a TAK client would be told, all in one `<events>` document."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

import msgspec
from lxml import etree

from cop.briefing.exports.export import Export, head
from cop.briefing.exports.text import legal
from cop.domain.report import Report, Source
from cop.domain.unit import Position
from cop.feeds.outbound import Outgoing
from cop.feeds.outbound.cot import CotWriter

USUAL = ("unit", "incident", "zone", "alert")
POSSIBLE = USUAL
_MEASURES = ("alt_m", "course_deg", "speed_mps", "accuracy_m")


def write(export: Export, to: IO[bytes]) -> int:
    """Write the events; how many."""
    attributes = {name: legal(words) for name, words in head(export).items()}
    count = 0
    with etree.xmlfile(to, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("events", attributes):
            for one in events(export):
                file.write(etree.fromstring(one.payload))
                count += 1
    return count


def events(export: Export) -> Iterator[Outgoing]:
    """The events, as the feed writes them: of each unit the one where it is, of each object those of its parts."""
    kinds = export.kinds(USUAL, POSSIBLE)
    for unit, fix in _units(export) if "unit" in kinds else ():
        writer = CotWriter()  # so that nothing is said of what was before
        said = [*(writer.take(unit) if unit is not None else ()), *(writer.take(fix) if fix is not None else ())]
        yield from (one for one in said if b'type="b-a-o-can"' not in one.payload)  # no emergency ends with a file
    picture, writer = export.leaving.picture, CotWriter()
    for kind, table in (("incident", picture.incidents), ("zone", picture.zones), ("alert", picture.alerts)):
        for key, report in table.items() if kind in kinds else ():
            if export.has(kind, *key):
                yield from (one for one in writer.take(_marked(export, report)) if not _takes_back(one))


def _takes_back(one: Outgoing) -> bool:
    """An incident that is closed is told as a deletion: a file takes nothing off anybody's map."""
    return b'type="t-x-d-d"' in one.payload


def _units(export: Export) -> Iterator[tuple[Report | None, Report | None]]:
    picture = export.leaving.picture
    tracks = picture.tracks
    for row, key in enumerate(tracks.keys):
        if not tracks.present[row] or not export.has("unit", *key):
            continue
        said = picture.units.get(key)
        fix = _fix(export, row)
        # an event is sure of what it is only if the words came before the place
        yield (_marked(export, said) if said is not None else None), (_marked(export, fix) if fix is not None else None)


def _fix(export: Export, row: int) -> Report | None:
    """Where a unit is, as the report that said so."""
    tracks = export.leaving.picture.tracks
    lat, lon, at = (float(getattr(tracks, name)[row]) for name in ("lat", "lon", "reported_at"))
    if not all(map(math.isfinite, (lat, lon, at))):
        return None
    agency, unit = tracks.keys[row]
    measured = {name: float(getattr(tracks, name)[row]) for name in _MEASURES}
    position = Position(
        id=unit,
        at=datetime.fromtimestamp(at, UTC),
        lat=lat,
        lon=lon,
        **{name: value for name, value in measured.items() if math.isfinite(value)},  # type: ignore[arg-type]  # they are figures
    )
    stale_at = float(tracks.stale_at[row])
    return Report(
        agency=agency,
        body=position,
        source=Source(feed="", format=""),
        received_at=export.at,
        stale_at=datetime.fromtimestamp(stale_at, UTC) if math.isfinite(stale_at) else None,
        exercise=bool(tracks.exercise[row]),
    )


def _marked(export: Export, report: Report) -> Report:
    """What leaves an exercise says so, in every event; an event that was heard says the time of our picture."""
    exercise = report.exercise or bool(export.occasion.exercise)
    return msgspec.structs.replace(report, exercise=exercise)
