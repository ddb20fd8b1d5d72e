"""Reports for tests: short to write, complete where it matters."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.incident import Incident
from cop.domain.report import Report, Source, kind_of
from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit

NOON = datetime(2026, 11, 2, 12, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment this many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def report(agency: str, body: Statement, *, feed: str = "feed", received_s: float = 0.0) -> Report:
    """A report of `body` by `agency`."""
    source = Source(feed=feed, format="cop-json", original_id=body.id, original_type=kind_of(body))
    return Report(agency=agency, body=body, source=source, received_at=at(received_s))  # type: ignore[arg-type]


def unit(unit_id: str, *, rev: int = 1, seconds: float = 0.0, **fields: Any) -> Unit:
    """A unit statement."""
    return Unit(id=unit_id, at=at(seconds), rev=rev, **{"callsign": unit_id.upper(), **fields})


def incident(incident_id: str, *, rev: int = 1, seconds: float = 0.0, **fields: Any) -> Incident:
    """An incident statement."""
    return Incident(id=incident_id, at=at(seconds), rev=rev, **{"title": f"Incident {incident_id}", **fields})


def resource(resource_id: str, *, rev: int = 1, seconds: float = 0.0, **fields: Any) -> Resource:
    """A resource statement."""
    return Resource(id=resource_id, at=at(seconds), rev=rev, **{"name": resource_id, **fields})


def task(task_id: str, *, rev: int = 1, seconds: float = 0.0, **fields: Any) -> Task:
    """A task statement."""
    given = {"objective": "Decon corridor", "assignee_agency": "gastonia-fd", "unit": "hazmat-4", **fields}
    return Task(id=task_id, at=at(seconds), rev=rev, **given)


def answer(task_id: str, state: str, *, rev: int = 1, seconds: float = 0.0, **fields: Any) -> Answer:
    """An answer statement."""
    return Answer(id=task_id, at=at(seconds), rev=rev, state=state, **{"requester": "charlotte-fire", **fields})


def positions_batch(*claims: tuple[str, str, float, float, float], epoch: int = 1) -> Batch:
    """A batch of positions: (agency, unit, lat, lon, seconds after noon), slots numbered in this batch."""
    names, rows = [], []
    slots: dict[tuple[str, str], int] = {}
    newest: dict[int, tuple[Any, ...]] = {}
    for agency, unit_id, lat, lon, seconds in claims:
        slot = slots.setdefault((agency, unit_id), len(slots))
        moment = at(seconds).timestamp()
        nan = float("nan")
        row = (slot, lat, lon, nan, nan, nan, nan, moment, moment, moment + 60.0, False)
        if slot not in newest or row[7] > newest[slot][7]:
            newest[slot] = row
    for (agency, unit_id), slot in slots.items():
        names.append(TrackName(slot, agency, unit_id, "feed", "cop-json", unit_id))
    rows = list(newest.values())
    packed = np.array(rows, dtype=POSITION_ROW).tobytes() if rows else b""
    return Batch(epoch=epoch, tracks=names, positions=packed)
