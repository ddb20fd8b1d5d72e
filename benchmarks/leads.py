"""(k) Who leads each of 1,000 incidents, beside the bare spatial query of the same places.

The ground: the 3,233 counties of the USA at full detail as (j) has them, and the exercise's 15 special jurisdictions.
The papers: 40 agreements of 20 clauses, 14 of who leads, 4 of aid, one of what is shown, one of who decides; most on
the ground of a county, some on several, some inside both of two, a tenth everywhere; by type, hour, day, priority and
number of units. The incidents: 700 over the country, 300 in the region, of all types.

Ours is all of it, from places to answers: the ground under each place and within 30 m of it, the clauses whose ground
covers it, and `who_leads` with its words. The floors are `STRtree.query(points, predicate="intersects")` over the same
jurisdictions, points made beforehand: one place at a time, as a program without an index of its own would ask, and all
at once, which is the harder one. Rounds take turns.

The last rows: one incident alone, and a pulse of a running desk in which 20 of 1,000 incidents were said anew.
"""

import gc
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as hour
from typing import Any

import msgspec
import numpy as np
import shapely

from benchmarks.jurisdictions import counties
from benchmarks.row import Row
from cop.authority.areas import Areas, Atlas
from cop.authority.engaged import Engaged
from cop.authority.leads import Leads
from cop.authority.sites import Sites
from cop.config import Config
from cop.domain.agreement import (
    Agreement,
    Agreements,
    AidClause,
    AnyClause,
    AreaTerms,
    Conditions,
    EscalateClause,
    LeadClause,
    ShareClause,
    Term,
    Times,
)
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.report import Report, Source
from cop.domain.rules.lead import Lead, who_leads
from cop.domain.words import INCIDENT_TYPES
from cop.picture.ground import Ground
from cop.picture.picture import Picture

_INCIDENTS, _IN_REGION = 1_000, 300
_AGREEMENTS = 40
_ROUNDS, _WARM = 15, 2
_NOW = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
_ZONE = "America/New_York"
_USA, _REGION = (-120.0, 26.0, -75.0, 48.0), (-81.3, 34.9, -80.5, 35.6)


def ground() -> Ground:
    """The counties of the USA and the special jurisdictions of the exercise."""
    special = [one for one in Config().ground().jurisdictions if one.level != "county"]
    assert len(special) == 15, "the exercise's special jurisdictions"
    return Ground([*counties().jurisdictions, *special])


def agreements(over: Ground, dice: np.random.Generator) -> Agreements:
    """40 agreements of 20 clauses, each with its ground."""
    atlas = Atlas(over)
    names = [one.id for one in over.jurisdictions]
    special = [one.id for one in over.jurisdictions if one.level != "county"]
    middles = shapely.get_coordinates(shapely.centroid(over.geometries))
    terms: list[Term] = []
    for number in range(_AGREEMENTS):
        east, north = middles[dice.integers(len(names))]
        nearest = np.argsort((middles[:, 0] - east) ** 2 + (middles[:, 1] - north) ** 2)[:3]
        near = [*(names[one] for one in nearest), special[number % len(special)], special[(number + 4) % len(special)]]
        clauses = tuple(_clause(number, n, near, dice) for n in range(20))
        paper = Agreement(
            id=f"a{number}",
            title=f"Agreement {number}",
            parties=tuple(f"agency-{number + n}" for n in range(4)),
            in_force_from=date(2025, 1, 1),
            in_force_until=date(2027, 12, 31) if number % 5 else date(2026, 6, 30),
            zone=_ZONE,
            clauses=clauses,
        )
        areas = Areas(paper, atlas)
        for clause in clauses:
            place = areas.of(clause.area)
            terms.append(Term(paper, clause, place.geometry, place.words))
    return Agreements(terms)


def _clause(agreement: int, number: int, near: list[str], dice: np.random.Generator) -> AnyClause:
    kinds = list(INCIDENT_TYPES)
    types = tuple(str(one) for one in dice.choice(kinds, 3, replace=False))
    area: str | AreaTerms = near[number % len(near)]
    if number in {3, 11}:
        area = ""
    elif number == 4:
        area = AreaTerms(inside_any=tuple(near))
    elif number == 5:
        area = AreaTerms(jurisdiction=near[3], within_m=500.0)
    times = Times(begins=hour(20), ends=hour(6), zone=_ZONE) if number % 4 == 1 else Times()
    head: dict[str, Any] = {
        "number": f"{number // 5 + 1}.{number % 5}",
        "says": "As agreed.",
        "types": types,
        "area": area,
    }
    one, two = f"agency-{agreement}", f"agency-{agreement + 1}"
    if number < 14:
        who: dict[str, Any] = {"unified": (one, two)} if number % 5 == 2 else {"leads": one if number % 2 else two}
        when = Conditions(
            priority_at_least=3 if number % 3 == 0 else None, more_units_than=4 if number % 7 == 0 else None
        )
        return LeadClause(**head, **who, times=times, when=when, precedence=int(dice.integers(1, 60)))
    if number < 18:
        return AidClause(**head, giver=one, takers=(two,), quantity=2, times=times)
    if number == 18:
        return ShareClause(**head, giver=one, to=(two,))
    return EscalateClause(**head, decides=one)


def _incidents(dice: np.random.Generator) -> list[Incident]:
    kinds = list(INCIDENT_TYPES)
    made = []
    for number in range(_INCIDENTS):
        west, south, east, north = _REGION if number < _IN_REGION else _USA
        made.append(
            Incident(
                id=f"i{number}",
                at=_NOW,
                type=kinds[int(dice.integers(len(kinds)))],
                priority=int(dice.integers(1, 6)),
                lat=float(dice.uniform(south, north)),
                lon=float(dice.uniform(west, east)),
            )
        )
    return made


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _report(incident: Incident) -> Report:
    source = Source(feed="feed", format="cop-json", original_id=incident.id, original_type="incident")
    return Report(agency="agency-0", body=incident, source=source, received_at=_NOW)


def run() -> list[Row]:
    """All at once beside both floors, then one alone and a pulse."""
    dice = np.random.default_rng(5)
    over = ground()
    papers, incidents = agreements(over, dice), _incidents(dice)
    lat = np.array([one.lat for one in incidents], dtype=np.float64)
    lon = np.array([one.lon for one in incidents], dtype=np.float64)
    points = shapely.points(lon, lat)
    tree = shapely.STRtree([one.geometry for one in over.jurisdictions])
    sites = Sites(over, papers)

    def ours() -> list[Lead]:
        found = sites.of_many(lat, lon)
        return [who_leads(one, site, papers, _NOW) for one, site in zip(incidents, found, strict=True)]

    made_s = _timed(sites.prepare_edges)
    first_s = _timed(ours)
    leads = ours()
    by_clause = sum(lead.term is not None for lead in leads)
    assert by_clause > _INCIDENTS // 4, "the agreements speak of too few of the incidents"
    taken: dict[str, list[float]] = {"ours": [], "all": [], "each": []}
    gc.collect()
    gc.disable()
    for _ in range(_WARM + _ROUNDS):
        taken["ours"].append(_timed(ours))
        taken["all"].append(_timed(lambda: tree.query(points, predicate="intersects")))
        taken["each"].append(_timed(lambda: [tree.query(point, predicate="intersects") for point in points]))
    mine, at_once, each = (statistics.median(taken[one][_WARM:]) * 1e3 for one in ("ours", "all", "each"))
    what = f"who leads 1,000 incidents ({by_clause} by a clause)"
    rows = [
        Row("k", f"{what} ÷ query, one by one", "ms", mine, each, mine / each, "≤ 5"),
        Row("k", "… ÷ query of all at once", "ms", mine, at_once, mine / at_once, "≤ 5"),
        Row("k", "… the first time, nothing known yet", "ms", first_s * 1e3, at_once, first_s * 1e3 / at_once, ""),
        Row("k", "… boundaries cut into pieces, once", "ms", made_s * 1e3, at_once, made_s * 1e3 / at_once, ""),
    ]
    return rows + _running(over, papers, incidents, each)


def _running(over: Ground, papers: Agreements, incidents: list[Incident], each_ms: float) -> list[Row]:
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[_report(one) for one in incidents]))
    engaged = Engaged(picture, lambda: _NOW)
    leads = Leads(picture, over, papers, engaged, lambda: _NOW)
    keys = list(picture.incidents)
    for key in keys:
        leads.lead(key)
    pulses = []
    for pulse in range(_ROUNDS):
        again = [incidents[(pulse * 20 + n) % _INCIDENTS] for n in range(20)]
        said = [_report(msgspec.structs.replace(one, rev=pulse + 1)) for one in again]
        change = picture.apply(Batch(epoch=1, reports=said))
        pulses.append(_timed(lambda: leads.take(change, ())))  # noqa: B023 - it is done at once
    asked = _timed(lambda: [leads.lead(key) for key in keys]) * 1e3
    pulse_ms = statistics.median(pulses) * 1e3
    return [
        Row(
            "k",
            "a pulse that says 20 of 1,000 anew ÷ query of these",
            "ms",
            pulse_ms,
            each_ms / 50,
            pulse_ms / (each_ms / 50),
            "",
        ),
        Row("k", "asked again for 1,000 ÷ query, one by one", "ms", asked, each_ms, asked / each_ms, "≤ 1"),
    ]


if __name__ == "__main__":
    print(*run(), sep="\n")
