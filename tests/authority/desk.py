"""A picture with its authority, told what changes: for tests of what is suggested and of what stands open."""

from datetime import datetime
from typing import Any

import numpy as np
from shapely import box

from cop.authority.authority import Authority
from cop.domain.agreement import Agreements
from cop.domain.area import Jurisdiction, Zone
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.desk import Operator
from cop.domain.report import Report
from cop.domain.statement import Statement
from cop.picture.change import Key
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from tests import reports as r

FIRE: Key = ("charlotte-fire", "i1")


def ground() -> Ground:
    """Two fire departments side by side."""
    return Ground(
        [
            Jurisdiction("cf", "Charlotte", "city", "fire", "charlotte-fire", box(-81.0, 35.0, -80.5, 35.5), 2500.0),
            Jurisdiction("gf", "Gastonia", "city", "fire", "gastonia-fd", box(-81.5, 35.0, -81.0, 35.5), 2500.0),
        ]
    )


class Told:
    """What a desk of Charlotte Fire is told, message by message."""

    def __init__(self, agreements: Agreements | None = None, *, live: bool = True) -> None:
        self.now = r.NOON
        region = ground()
        self.picture = Picture(HomeGround(region), agreements)
        self.authority = Authority(
            self.picture,
            region,
            agreements or Agreements(),
            Operator("charlotte-fire", "commander", "A. Rivera"),
            lambda: self.now,
            live=live,
        )
        self.authority.standing.begin()
        self._slots: dict[Key, int] = {}

    def say(self, agency: str, *bodies: Statement, exercise: bool = False) -> None:
        """These reports arrive in one pulse."""
        told = [r.report(agency, body) for body in bodies]
        if exercise:
            told = [_drill(one) for one in told]
        self.authority.take(self.picture.apply(Batch(epoch=1, reports=told)))

    def place(
        self, unit: Key, lat: float, lon: float, *, seconds: float = 0, stale_s: float = 600, **fields: Any
    ) -> None:
        """A unit's position arrives."""
        new = unit not in self._slots
        slot = self._slots.setdefault(unit, len(self._slots))
        row = np.zeros(1, dtype=POSITION_ROW)
        moment = r.at(seconds).timestamp()
        given = {
            "slot": slot,
            "lat": lat,
            "lon": lon,
            "course_deg": np.nan,
            "speed_mps": np.nan,
            "reported_at": moment,
            "received_at": moment,
            "stale_at": moment + stale_s,
            **fields,
        }
        for name, value in given.items():
            row[name] = value
        names = [TrackName(slot, *unit, "feed", "cop-json", unit[1])] if new else []
        self.authority.take(self.picture.apply(Batch(epoch=1, tracks=names, positions=row.tobytes())))

    def unit(self, agency: str, name: str, lat: float, lon: float, *, kind: str = "engine", **fields: Any) -> Key:
        """A unit, described and placed."""
        where = {key: fields.pop(key) for key in ("course_deg", "speed_mps", "exercise", "stale_s") if key in fields}
        self.say(agency, r.unit(name, kind=kind, **{"status": "available", **fields}))
        self.place((agency, name), lat, lon, **where)
        return (agency, name)

    def incident(self, agency: str = FIRE[0], name: str = FIRE[1], *, exercise: bool = False, **fields: Any) -> Key:
        """An incident in the middle of Charlotte."""
        given = {"type": "structure_fire", "lat": 35.2, "lon": -80.8, "opened_at": r.NOON, **fields}
        self.say(agency, r.incident(name, **given), exercise=exercise)
        return (agency, name)

    def task(self, asker: str, name: str, unit: Key, incident: Key = FIRE, *, rev: int = 1, **fields: Any) -> Key:
        """A task for a unit."""
        named = {"assignee_agency": unit[0], "unit": unit[1], "incident_agency": incident[0], "incident": incident[1]}
        self.say(asker, r.task(name, rev=rev, **{**named, "asked_at": r.NOON, **fields}))
        return (asker, name)

    def answer(self, owner: str, task: Key, state: str, *, rev: int = 1, **fields: Any) -> None:
        """The owner answers."""
        self.say(owner, r.answer(task[1], state, rev=rev, requester=task[0], **fields))

    def hot_zone(self, name: str = "hot", *, west: float = -80.81, incident: Key = FIRE, **fields: Any) -> Key:
        """A hot zone of two kilometres about the incident."""
        east, south, north = west + 0.02, 35.19, 35.21
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        given = {"geometry": {"type": "Polygon", "coordinates": [ring]}, **fields}
        zone = Zone(id=name, at=r.NOON, kind="hot_zone", incident_agency=incident[0], incident=incident[1], **given)
        self.say("charlotte-fire", zone)
        return ("charlotte-fire", name)

    def after(self, seconds: float) -> "Told":
        """So much after noon, and a second has passed."""
        self.now: datetime = r.at(seconds)
        self.authority.tick()
        return self

    def kinds(self) -> list[str]:
        """The kinds of conflicts that stand."""
        return [one.kind for one in self.authority.conflicts()]


def _drill(report: Report) -> Report:
    report_fields = {name: getattr(report, name) for name in report.__struct_fields__}
    return Report(**{**report_fields, "exercise": True})
