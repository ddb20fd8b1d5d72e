"""The state document (`--state`, `cop.briefing.state`) read back: the picture it was written from, as far as it tells.

It does not hold trails, details for single readers, or what the picture remembers of objects that are gone.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from cop.domain.agreement import Agreements
from cop.domain.batch import POSITION_ROW, Batch, PositionFields, TrackName
from cop.domain.desk import Operator
from cop.domain.report import BODY_KINDS, Report, Source
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.geometries import checked
from cop.feeds.message import BadMessage
from cop.picture.home import HomeGround
from cop.picture.picture import Picture

#: where the document's lists are; answers stand with their tasks, what units are with their places
_LISTS = (
    "agencies",
    "incidents",
    "resources",
    "tasks",
    "zones",
    "alerts",
    "links",
    "presence",
    "consents",
    "commands",
    "requests",
    "fills",
    "log",
)
#: the years in which what a desk knows may have been said
_YEARS = (1900, 2900)
_OF_REPORT = ("report", "agency", "reported_at", "stale_at", "exercise", "losses", "original", "received_at", "feed")


class WhoseState(msgspec.Struct, frozen=True, kw_only=True):
    """Whose desk a state document is of; what an older one does not say is empty."""

    desk: Operator | None = None
    operation: str = ""
    exercise: str = ""

    @property
    def exercise_name(self) -> str:
        """The exercise's title as a name below which it could be played."""
        return re.sub(r"[^a-z0-9]+", "-", self.exercise.lower()).strip("-")[:64] or "exercise"


def whose_state(document: bytes) -> WhoseState:
    """Whose desk a state document is of. Raises ValueError for what is none."""
    try:
        return msgspec.json.decode(document, type=WhoseState)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"this is no state of a desk: {error}") from error


def picture_of(
    document: bytes, *, home: HomeGround | None = None, agreements: Agreements | None = None
) -> tuple[Picture, datetime]:
    """The picture of a state document, and the moment it is of. Raises ValueError for what is none."""
    try:
        whole = json.loads(document)
        at = _moment(whole["at"])
        reports = [_report(entry) for entry in _entries(whole)]
        units = whole.get("units", [])
        rows, names, fields = _places(units)
    except (
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        OverflowError,
        msgspec.ValidationError,
        RecursionError,
    ) as error:
        raise ValueError(f"this is no state of a desk: {error}") from error
    picture = Picture(home, agreements)
    picture.apply(Batch(epoch=1, reports=reports, tracks=names, positions=rows, fields=fields))
    return picture, at


def _entries(whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for unit in whole.get("units", []):
        if unit.get("said"):
            yield unit["said"]
    for name in _LISTS:
        yield from whole.get(name, [])
    for task in whole.get("tasks", []):
        if task.get("answer"):
            yield task["answer"]


def _report(entry: Mapping[str, Any]) -> Report:
    kind = BODY_KINDS[entry["report"]]
    names = {one.encode_name for one in msgspec.structs.fields(kind)}
    original = entry.get("original") or {}
    said = {key: value for key, value in entry.items() if key in names and key not in _OF_REPORT[:5]}
    said["id"] = entry["unit"] if kind in (Unit, Position) else entry["id"]
    said["at"] = entry["reported_at"]
    said["agency"] = entry["agency"]
    said = {key: value for key, value in said.items() if key in names}
    body = msgspec.convert(said, kind, strict=False)
    _check_year(body.at)  # as the adapters do; what it says of other times is anybody's word
    if drawn := getattr(body, "geometry", None):
        _check_drawn(drawn)
    return Report(
        agency=str(entry["agency"]),
        body=body,  # type: ignore[arg-type]  # of one of the kinds of bodies
        source=Source(
            feed=str(entry.get("feed", "")),
            format=str(original.get("format", "")),
            original_id=str(original.get("id", "")),
            original_type=str(original.get("type", "")),
        ),
        received_at=_moment(entry.get("received_at") or entry["reported_at"]),
        stale_at=_with_offset(entry["stale_at"]) if entry.get("stale_at") else None,
        exercise=bool(entry.get("exercise", False)),
        losses=msgspec.convert(entry.get("losses") or {}, dict[str, str]),
    )


def _places(units: list[Mapping[str, Any]]) -> tuple[bytes, list[TrackName], list[PositionFields]]:
    rows: list[tuple[Any, ...]] = []
    names: list[TrackName] = []
    fields: list[PositionFields] = []
    for slot, unit in enumerate(units):
        if unit.get("lat") is None or unit.get("lon") is None:
            continue
        source = unit.get("source") or {}
        names.append(
            TrackName(
                slot,
                str(unit["agency"]),
                str(unit["unit"]),
                str(source.get("feed", "")),
                str(source.get("format", "")),
                str(source.get("original_id", "")),
            )
        )
        measures = [
            float(unit.get(name, "nan")) for name in ("lat", "lon", "alt_m", "course_deg", "speed_mps", "accuracy_m")
        ]
        if not (abs(measures[0]) <= 90.0 and abs(measures[1]) <= 180.0 and not any(map(math.isinf, measures))):
            raise ValueError("a unit's place is none on the globe")
        times = [_epoch(unit.get(name)) for name in ("reported_at", "received_at", "stale_at")]
        for said in (unit.get("reported_at"), unit.get("received_at")):
            if said:
                _moment(said)
        rows.append((slot, *measures, *times, bool(unit.get("exercise", False))))
        if unit.get("losses"):
            fields.append(PositionFields(slot, msgspec.convert(unit["losses"], dict[str, str])))
    return (np.array(rows, dtype=POSITION_ROW).tobytes() if rows else b""), names, fields


def _epoch(said: str | None) -> float:
    return _with_offset(said).timestamp() if said else float("nan")


def _moment(said: str) -> datetime:
    """A time with its offset, of years with which one can reckon: what lies at the calendar's end has no hour after."""
    moment = _with_offset(said)
    _check_year(moment)
    return moment


def _with_offset(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError(f"the time {said!r} has no offset")
    return moment


def _check_year(moment: datetime) -> None:
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise ValueError(f"no time of this work is in the year {moment.year}")


def _check_drawn(drawn: dict[str, Any]) -> None:
    """No adapter has looked at it: what is no GeoJSON is not drawn, or reckoned with."""
    try:
        checked(drawn)
    except BadMessage as bad:
        raise ValueError(f"a geometry cannot be read: {bad}") from None
