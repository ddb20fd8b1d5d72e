"""A picture with things that only some may know, each with a word or a figure of its own: what must not be found in
what leaves for others, in whatever form.
"""

import math
from datetime import date
from typing import Any

import msgspec
import numpy as np

from cop.domain.agency import Agency
from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.unit import Unit
from cop.picture.picture import Picture
from tests import reports as r

#: whose units' places are kept back, us, and who is told more than others
OWNER, OURS, FRIEND = "gastonia-pd", "charlotte-fire", "york-sheriff"
HIDDEN, ROUNDED, LATE = (OWNER, "swat-1"), (OWNER, "k9-7"), (OWNER, "adam-3")
#: where each of them is; a figure's digits are found nowhere else
PLACES = {HIDDEN: (35.261357, -81.187919), ROUNDED: (35.273571, -81.169713), LATE: (35.285793, -81.151937)}
#: what the units themselves said of their places in the words of their own format
LOST = "lost-secret-4711"
#: words that are for some alone
MEDICAL, PERSONAL, FOR_ONE, DRAFT = "medsecret-13", "persecret-17", "logsecret-19", "draftsecret-23"


def kept_back() -> Picture:
    """Hidden, rounded and late units with trails; details of an incident; a log entry to one agency; a draft."""
    clauses = (
        _share("1", positions="none", kinds=("swat",)),
        _share("2", positions="rounded", kinds=("k9",)),
        _share("3", positions="delayed", delay_min=30, kinds=("patrol",)),
    )
    picture = Picture(agreements=Agreements(clauses))
    at = r.at(0)
    told = [
        *(r.report(one, Agency(id="profile", at=at, name=one.title())) for one in (OWNER, OURS, FRIEND)),
        *(
            r.report(unit[0], Unit(id=unit[1], at=at, callsign=unit[1].title(), kind=kind, status="on_scene"))
            for unit, kind in ((HIDDEN, "swat"), (ROUNDED, "k9"), (LATE, "patrol"))
        ),
        r.report(OURS, Unit(id="e4", at=at, callsign="Engine 4", kind="engine", status="available")),
        r.report(OWNER, r.incident("i1", title="Standoff", type="active_threat", priority=1, lat=35.25, lon=-81.2)),
        r.report(OURS, r.incident("i2", title="Smoke", type="fire", lat=35.2, lon=-80.9)),
        r.report(OWNER, IncidentDetails(id="i1", at=at, to=OURS, medical=MEDICAL, personal=PERSONAL)),
        r.report(OURS, LogEntry(id="l1", at=at, text="Told to all")),
        r.report(OURS, LogEntry(id="l2", at=at, text=FOR_ONE, to=(FRIEND,))),
        r.report(OURS, r.task("t1", objective="Hold the line", assignee_agency=OWNER, unit=HIDDEN[1], **_about())),
        r.report(OURS, r.task("t2", objective=DRAFT, assignee_agency=OWNER, unit=ROUNDED[1], draft=True, **_about())),
        r.report(OWNER, r.answer("t1", "on_scene", requester=OURS)),
        r.report(OURS, r.resource("x", name="Foam trailer", lat=35.21, lon=-80.91)),
    ]
    said = [
        one if one.key not in PLACES else _with_losses(one)  # a place may stand in what our vocabulary cannot hold
        for one in told
    ]
    picture.apply(Batch(epoch=1, reports=said))
    for minute in range(-10, 1):
        picture.apply(_positions(minute))
    return picture


def digits() -> list[str]:
    """The figures of the places, as they would stand in any text, whatever its last digits."""
    return [f"{abs(value):.5f}"[:-1] for place in PLACES.values() for value in place]


def mercator() -> list[str]:
    """The same in metres of a web map, to the metre."""
    found = []
    for lat, lon in PLACES.values():
        x = math.radians(lon) * 6378137.0
        y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * 6378137.0
        found += [f"{abs(x):.0f}", f"{abs(y):.0f}"]
    return found


def secrets(reader: str) -> list[str]:
    """All that must not be found in what leaves for this reader, who is not us."""
    if reader == OWNER:  # the places and the details are its own
        return [DRAFT, FOR_ONE]
    return [MEDICAL, PERSONAL, DRAFT, LOST, *digits(), *mercator(), *([] if reader == FRIEND else [FOR_ONE])]


def found_in(content: bytes, reader: str) -> list[str]:
    """Which secrets stand in the bytes of a product."""
    return [one for one in secrets(reader) if one.encode() in content]


def _about() -> dict[str, Any]:
    return {"incident_agency": OWNER, "incident": "i1"}


def _share(number: str, **fields: Any) -> Term:
    clause = ShareClause(number=number, says="As written.", giver=OWNER, **{"to": ("*",), **fields})
    parties = (OWNER, OURS, FRIEND)
    paper = Agreement(id="mou", title="MOU", parties=parties, in_force_from=date(2020, 1, 1), clauses=(clause,))
    return Term(paper, clause, None)


def _with_losses(report: Any) -> Any:
    return msgspec.structs.replace(report, losses={"remarks": LOST})


def _positions(minute: int) -> Batch:
    units = [*PLACES, (OURS, "e4")]
    rows = np.zeros(len(units), dtype=POSITION_ROW)
    for slot, unit in enumerate(units):
        lat, lon = PLACES.get(unit, (35.2, -80.9))
        # they stand where they stand: every point of a trail tells the place
        at = r.at(60.0 * minute).timestamp()
        rows[slot] = (slot, lat, lon, 200.0, 90.0, 0.0, 5.0, at, at, at + 60.0, False)
    names = [TrackName(slot, *unit, "feed", "cop-json", unit[1]) for slot, unit in enumerate(units)]
    return Batch(epoch=2, tracks=names, positions=rows.tobytes())
