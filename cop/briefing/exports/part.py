"""A few objects out of a picture, with what decides how they may leave: quick, however much else there is."""

from collections.abc import Iterable

import numpy as np

from cop.briefing.exports.export import ObjectKey
from cop.domain.batch import POSITION_ROW, Batch, Been, TrackName
from cop.domain.report import Report
from cop.picture.change import Key
from cop.picture.picture import Picture

_KINDS = frozenset({"unit", "incident", "resource", "zone", "alert", "task"})


def part_of(picture: Picture, objects: Iterable[ObjectKey]) -> Picture:
    """A picture that holds these alone: their words, their places, of units where they had been too."""
    wanted = [(kind, (agency, object_id)) for kind, agency, object_id in objects if kind in _KINDS]
    agencies = {key[0] for _, key in wanted}
    reports: list[Report] = [report for agency, report in picture.agencies.items() if agency in agencies]
    reports += picture.consents.values()
    reports += [report for kind, key in wanted if (report := picture.stands(kind, key)) is not None]
    units = [key for kind, key in wanted if kind == "unit"]
    rows = [row for key in units if (row := picture.tracks.row_of(*key)) is not None and picture.tracks.present[row]]
    part = Picture(picture.home, picture.agreements, pace=picture.tracks.pace)
    part.apply(Batch(epoch=1, reports=reports, tracks=_names(picture, rows), positions=_places(picture, rows)))
    for been in _been(picture, units):
        part.apply(Batch(epoch=1, been=been))
    for row in rows:
        if picture.tracks.doubtful[row]:  # how it came there is not with it
            mine, jumped = part.tracks.row_of(*picture.tracks.keys[row]), picture.tracks.jumped[row : row + 1]
            if mine is not None:
                part.tracks.doubt(np.array([mine]), ~jumped, jumped)
    return part


def _names(picture: Picture, rows: list[int]) -> list[TrackName]:
    found = []
    for slot, row in enumerate(rows):
        known = picture.tracks.names[row]
        source = (known.feed, known.format, known.original_id) if known is not None else ("", "", "")
        found.append(TrackName(slot, *picture.tracks.keys[row], *source))
    return found


def _places(picture: Picture, rows: list[int]) -> bytes:
    located = [(slot, row) for slot, row in enumerate(rows) if not np.isnan(picture.tracks.reported_at[row])]
    records = np.zeros(len(located), dtype=POSITION_ROW)
    records["slot"] = [slot for slot, _ in located]
    for name in POSITION_ROW.names or ():
        if name != "slot":
            records[name] = getattr(picture.tracks, name)[[row for _, row in located]]
    return records.tobytes()


def _been(picture: Picture, units: list[Key]) -> list[Been]:
    numbers = {number: key for key in units if (number := picture.trails.number_of(key)) is not None}
    if not numbers:
        return []
    kept = picture.trails.kept(0.0)
    points = kept.points()
    points = points[np.isin(points["unit"], list(numbers))]
    order = {number: at for at, number in enumerate(numbers)}
    points["unit"] = [order[number] for number in points["unit"].tolist()]
    partings = {order[number]: kept.partings[number] for number in numbers if number in kept.partings}
    return [Been(list(numbers.values()), points.tobytes(), partings)] if len(points) else []
