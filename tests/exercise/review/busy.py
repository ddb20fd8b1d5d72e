"""A record in which everything that a review tells of happens; and the same review saying any text everywhere."""

from pathlib import Path
from typing import Any

import msgspec

from cop.domain.agreement import AidClause, ShareClause
from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.request import Fill, ResourceRequest
from cop.exercise.review.figures import Figures, Review
from tests.exercise.review.told import INCIDENT, OTHERS, THEIRS, Record, agreements_of, goal, reviewed
from tests.replay.stage import OWN

#: words that are chosen from a few by ourselves, or are read as what they are
_OURS = frozenset({"measure", "id", "exercise"})
_FEW = {"Spell": {"what"}, "Unseen": {"kind"}, "Entry": {"kind"}, "Stood": {"kind"}}
CLAUSES = agreements_of(
    ShareClause(number="9", says="Not to the police.", giver=THEIRS, to=(OTHERS,), positions="none"),
    AidClause(number="4", says="Ask.", giver=THEIRS, takers=("*",)),
)


def write(folder: Path, *, root: str = "cop/v1", pace: float = 1.0) -> Record:
    """The record, an hour long."""
    record = Record(folder, root=root, pace=pace)
    record.incident(0)
    for agency, unit, kind in ((THEIRS, "engine-2", "engine"), (OTHERS, "adam-1", "patrol")):
        record.online(1, agency)
        record.unit(agency, unit, 2, kind=kind)
    for second in range(10, 70):
        record.place(THEIRS, "engine-2", second)
    record.ask(70, answer_by=record.at(130))
    record.ask(75, task="t-2", owner=OTHERS, unit="adam-1")
    record.answer(80, "declined", task="t-2", owner=OTHERS, reason="Held for our own calls")
    record.answer(200, "accepted")
    record.answer(220, "en_route")
    record.answer(500, "on_scene")
    record.ask(510, task="t-3", owner=OTHERS, unit="adam-1")
    record.answer(520, "en_route", task="t-3", owner=OTHERS)
    record.answer(600, "on_scene", task="t-3", owner=OTHERS)
    record.ask(610, task="t-4", unit="engine-3", draft=True)
    record.ask(620, task="t-5", unit="engine-4", answer_by=record.at(680))
    record.command(630, OWN)
    record.command(700, THEIRS)
    about = {"incident_agency": OWN, "incident": INCIDENT}
    zone = {
        "type": "Polygon",
        "coordinates": [[[-80.95, 35.1], [-80.8, 35.1], [-80.8, 35.3], [-80.95, 35.3], [-80.95, 35.1]]],
    }
    record.say(OWN, record.word(Zone, "z-1", 710, kind="hot_zone", name="Hot zone", geometry=zone, **about))
    record.place(OTHERS, "adam-2", 720)
    record.unit(OTHERS, "adam-2", 721, kind="patrol", status="available")
    record.place(OTHERS, "adam-2", 730)
    record.say(OWN, record.word(LogEntry, "l-1", 800, text="Roof is down", to=(THEIRS,)))
    request = {"what": "Foam", "kind": "equipment", "quantity": 4, "role": "commander", **about}
    record.say(OWN, record.word(ResourceRequest, "r-1", 810, **request))
    given = {"requester": OWN, "role": "liaison"}
    record.say(THEIRS, record.word(Fill, "r-1", 900, quantity=3, state="delivered", **given))
    record.stage.hear(f"{root}/{THEIRS}/unit/x", b"{garbage")
    record.incident(3500, status="closed")
    record.end(3600)
    return record


def review_of(folder: Path) -> Review:
    """Its review, with objectives met, not met and not to be told."""
    goals = (
        goal("on_scene", 600, incident=INCIDENT),
        goal("answered", 60),
        goal("status", 9000, incident=INCIDENT, status="contained"),
        goal("conflicts", 30),
    )
    return reviewed(folder, agreements=CLAUSES, objectives=goals)


def saying(review: Review, text: str) -> Review:
    """The review with this in place of every word that a feed, a person or a file may have brought into it."""
    said: Review = _saying(review, text)
    return said


def _saying(value: Any, text: str) -> Any:
    if isinstance(value, Figures | msgspec.Struct):
        few = _FEW.get(type(value).__name__, set()) | _OURS
        fields = {name: _saying(getattr(value, name), text) for name in value.__struct_fields__ if name not in few}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, str):
        return text if value else value
    if isinstance(value, tuple):
        return tuple(_saying(one, text) for one in value)
    if isinstance(value, dict):
        return dict.fromkeys([*value, text], text)
    return value
