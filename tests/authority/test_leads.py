"""Who leads is kept up as the picture changes, and whose lead passes is told once."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import shapely

from cop.authority.engaged import Engaged
from cop.authority.leads import LeadChange, Leads
from cop.domain.agreement import Agreement, Agreements, AnyClause, Conditions, LeadClause, Term, Times
from cop.domain.area import Zone
from cop.domain.batch import Batch
from cop.domain.incident import Link
from cop.domain.report import Report
from cop.domain.statement import Statement
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from tests.cases import region
from tests.reports import NOON, at, incident, positions_batch, report, task, unit

_CITY = (35.2258, -80.8528)
_BY_AIRPORT = (35.2425, -80.953)
_GASTON = (35.30, -81.30)
_KEY = ("charlotte-fire", "i1")
_AIRPORT = next(one for one in region().jurisdictions if one.id == "clt-airport")


class Told:
    """A picture, who leads in it, and what was told since it was last asked."""

    def __init__(self, *clauses: AnyClause, grounds: dict[str, Any] | None = None) -> None:
        self.now = NOON
        self.picture = Picture(HomeGround(region()))
        paper = Agreement(id="a", title="Paper", parties=("x",), in_force_from=date(2026, 1, 1), clauses=clauses)
        ground = grounds or {}
        book = Agreements(Term(paper, one, ground.get(one.number), "there") for one in clauses)
        self.engaged = Engaged(self.picture, lambda: self.now)
        self.leads = Leads(self.picture, region(), book, self.engaged, lambda: self.now)

    def say(self, *statements: Statement | Report, by: str = "charlotte-fire") -> list[LeadChange]:
        said = [one if isinstance(one, Report) else report(by, one) for one in statements]
        change = self.picture.apply(Batch(epoch=1, reports=said))
        return self.leads.take(change, self.engaged.take(change).tasks)

    def who(self, key: tuple[str, str] = _KEY) -> tuple[str, ...]:
        lead = self.leads.lead(key)
        return lead.agencies if lead is not None else ("no answer",)


def _at(place: tuple[float, float], **fields: Any) -> Statement:
    return incident("i1", **{"type": "hazmat", "priority": 2, "lat": place[0], "lon": place[1], **fields})


def _zone(radius_deg: float = 0.011, *, rev: int = 1, place: tuple[float, float] = _BY_AIRPORT, **fields: Any) -> Zone:
    ring = shapely.Point(place[1], place[0]).buffer(radius_deg).exterior.coords
    geometry = {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]}
    given = {"kind": "hot_zone", "geometry": geometry, "incident_agency": _KEY[0], "incident": _KEY[1], **fields}
    return Zone(id="z1", at=at(0), rev=rev, **given)


def _unified() -> Told:
    clause = LeadClause(number="1", says="…", unified=("charlotte-fire", "airport-police"))
    return Told(clause, grounds={"1": _AIRPORT.geometry})


def test_that_the_first_sight_of_an_incident_is_not_announced() -> None:
    told = Told()
    assert told.say(_at(_CITY)) == []
    assert told.who() == ("charlotte-fire",)


def test_that_a_move_over_a_line_is_announced_once() -> None:
    told = Told()
    told.say(_at(_CITY))
    (change,) = told.say(_at(_GASTON, rev=2, title="Tanker"))
    assert (change.incident, change.before.agencies, change.after.agencies) == (
        _KEY,
        ("charlotte-fire",),
        ("gaston-sheriff",),
    )
    assert change.words.startswith("Lead of Tanker passes from Charlotte Fire to Gaston Sheriff: ")
    assert told.say(_at(_GASTON, rev=3, title="Tanker, leaking")) == []


def test_that_another_type_is_resolved_anew() -> None:
    told = Told()
    told.say(_at(_CITY))
    (change,) = told.say(_at(_CITY, rev=2, type="medical"))
    assert change.after.agencies == ("mecklenburg-ems",)


def test_that_a_change_found_while_asking_is_announced_all_the_same() -> None:
    told = Told()
    told.say(_at(_CITY))
    told.picture.apply(Batch(epoch=1, reports=[report("charlotte-fire", _at(_GASTON, rev=2))]))
    told.leads._forget([_KEY])
    assert told.who() == ("gaston-sheriff",)
    assert len(told.leads.tick()) == 1


def test_that_a_zone_that_grows_over_the_line_makes_it_unified_and_one_taken_back_ends_it() -> None:
    told = _unified()
    told.say(_at(_BY_AIRPORT), _zone(0.004))
    assert told.who() == ("charlotte-fire",)
    (change,) = told.say(_zone(0.011, rev=2))
    assert change.after.unified
    (change,) = told.say(_zone(0.011, rev=3, deleted=True))
    assert change.after.agencies == ("charlotte-fire",)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "staging_area"},
        {"incident": "i2"},
        {"incident_agency": "gastonia-fd"},
        {"starts_at": at(60)},
        {"expires_at": at(0)},
        {"geometry": {}},
        {"geometry": {"type": "Polygon", "coordinates": "hot"}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 1], [1, 1], [0, 0]]]}},
        {"geometry": {"type": "Point", "coordinates": [-80.953, 35.23]}},
        {"geometry": {"type": "GeometryCollection", "geometries": [{"type": "Polygon"}]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[1e308, 0], [-1e308, 1], [1e308, 1], [1e308, 0]]]}},
    ],
)
def test_that_a_zone_that_is_none_of_its_hazards_or_none_at_all_changes_nothing(fields: dict[str, Any]) -> None:
    told = _unified()
    told.say(_at(_BY_AIRPORT))
    assert told.say(_zone(**fields)) == []
    assert told.who() == ("charlotte-fire",)


def test_that_a_zone_begins_and_ends_by_the_clock() -> None:
    told = _unified()
    told.say(_at(_BY_AIRPORT), _zone(starts_at=at(60), expires_at=at(120)))
    found = []
    for seconds in (59, 60, 61, 119, 120):
        told.now = at(seconds)
        found.append([len(change.after.agencies) for change in told.leads.tick()])
    assert found == [[], [2], [], [], [1]]


def test_that_a_drill_s_zone_moves_no_real_lead() -> None:
    told = _unified()
    told.say(_at(_BY_AIRPORT))
    drill = report("charlotte-fire", _zone())
    assert told.say(type(drill)(**{**{f: getattr(drill, f) for f in drill.__struct_fields__}, "exercise": True})) == []
    assert told.who() == ("charlotte-fire",)


def test_that_clauses_begin_and_end_by_the_clock() -> None:
    night = Times(begins=time(22), ends=time(6))
    told = Told(LeadClause(number="1", says="…", leads="night-watch", times=night))
    told.say(_at(_CITY))
    found = []
    for hours in (9.99, 10, 12, 18):
        told.now = NOON + timedelta(hours=hours)
        found.append([change.after.agencies for change in told.leads.tick()])
    assert found == [[], [("night-watch",)], [], [("charlotte-fire",)]]


def test_that_a_clock_put_back_is_followed() -> None:
    told = Told(LeadClause(number="1", says="…", leads="night-watch", times=Times(begins=time(22), ends=time(6))))
    told.now = NOON + timedelta(hours=11)
    told.say(_at(_CITY))
    assert told.who() == ("night-watch",)
    told.now = NOON
    assert [change.after.agencies for change in told.leads.tick()] == [("charlotte-fire",)]


def test_that_units_are_counted_by_open_tasks_and_a_unit_with_two_is_one() -> None:
    told = Told(LeadClause(number="1", says="…", leads="county", when=Conditions(more_units_than=1)))
    told.say(_at(_CITY))
    ours = {"incident_agency": _KEY[0], "incident": _KEY[1]}
    assert told.say(task("t1", unit="e1", **ours), task("t2", unit="e1", **ours), task("t3", unit="e2")) == []
    (change,) = told.say(task("t4", unit="e2", **ours))
    assert change.after.agencies == ("county",)
    (change,) = told.say(task("t4", unit="e2", rev=2, cancelled=True, **ours))
    assert change.after.agencies == ("charlotte-fire",)


def test_that_an_active_zone_may_be_anybodys_and_is_known_by_its_name() -> None:
    told = Told(LeadClause(number="1", says="…", leads="state", when=Conditions(zone_active="McGuire-EPZ")))
    told.say(_at(_CITY))
    name = "McGuire Nuclear Station 10-mile emergency planning zone"
    zone = _zone(0.05, place=_CITY, kind="evacuation", name=name.upper(), incident="", incident_agency="")
    (change,) = told.say(zone, by="nc-emergency-management")
    assert change.after.agencies == ("state",)
    (change,) = told.say(_zone(0.05, place=_GASTON, rev=2, name=name), by="nc-emergency-management")
    assert change.after.agencies == ("charlotte-fire",)


def test_that_a_doubtful_place_has_no_lead_and_who_led_before_is_remembered() -> None:
    told = Told()
    told.say(_at(_CITY))
    assert told.say(_at((0.0, 0.0), rev=2)) == []
    assert told.who() == ("no answer",)
    assert [change.before.agencies for change in told.say(_at(_GASTON, rev=3))] == [("charlotte-fire",)]


def test_that_no_place_and_no_such_incident_have_no_lead() -> None:
    told = Told()
    told.say(incident("i1", type="hazmat"))
    assert told.who() == told.who(("nobody", "nothing")) == ("no answer",)
    assert told.leads.site(_KEY) is None


def test_that_of_two_reports_of_one_incident_the_leading_one_speaks() -> None:
    told = Told()
    other = ("gaston-sheriff", "g1")
    theirs = incident("g1", type="hazmat", priority=1, lat=_GASTON[0], lon=_GASTON[1])
    told.say(_at(_CITY))
    told.say(theirs, by="gaston-sheriff")
    assert (told.who(), told.who(other)) == (("charlotte-fire",), ("gaston-sheriff",))
    told.say(Link(id="l1", at=at(1), first="gaston-sheriff/g1", second="charlotte-fire/i1"), by="gaston-sheriff")
    assert told.who() == told.who(other) == ("gaston-sheriff",)


def test_that_it_is_told_when_another_report_begins_to_speak_and_says_otherwise() -> None:
    told = Told()
    theirs = {"type": "hazmat", "lat": _GASTON[0], "lon": _GASTON[1]}
    link = Link(id="l1", at=at(1), first="gaston-sheriff/g1", second="charlotte-fire/i1")
    told.say(_at(_CITY, priority=2))
    told.say(report("gaston-sheriff", incident("g1", priority=4, **theirs)), report("gaston-sheriff", link))
    told.say(_at(_CITY, rev=2, priority=2))
    (change,) = told.say(incident("g1", rev=2, priority=1, **theirs), by="gaston-sheriff")
    assert (change.incident, change.before.agencies, change.after.agencies) == (
        ("gaston-sheriff", "g1"),
        ("charlotte-fire",),
        ("gaston-sheriff",),
    )


def test_that_of_incidents_that_are_over_nothing_is_announced() -> None:
    told = Told()
    told.say(_at(_CITY))
    assert told.say(_at(_GASTON, rev=2, status="closed")) == []
    assert told.who() == ("gaston-sheriff",)


def test_that_a_thousand_incidents_are_looked_at_in_turns_and_none_is_forgotten() -> None:
    night = Times(begins=time(22), ends=time(6))
    told = Told(LeadClause(number="1", says="…", leads="night-watch", times=night))
    told.say(*(incident(f"i{n}", type="hazmat", lat=_CITY[0], lon=_CITY[1]) for n in range(1200)))
    for _ in range(5):
        told.leads.tick()
    told.now = NOON + timedelta(hours=11)
    counts = [len(told.leads.tick()) for _ in range(5)]
    assert sum(counts) == 1200
    assert max(counts) < 1000


def test_that_closest_is_by_free_units_and_does_not_change_as_they_drive() -> None:
    told = Told(LeadClause(number="1", says="…", closest_of=("north", "south", "gaston-sheriff")))
    change = told.picture.apply(positions_batch(("north", "n1", 35.30, -80.85, 0), ("south", "s1", 35.20, -80.85, 0)))
    told.leads.take(change)
    told.say(report("north", unit("n1", status="available")), report("south", unit("s1", status="available")))
    told.say(_at(_CITY))
    assert told.who() == ("south",)
    told.leads.take(told.picture.apply(positions_batch(("south", "s1", 34.9, -80.85, 30), epoch=2)))
    assert told.say(_at(_CITY, rev=2, priority=1)) == []
    assert told.who() == ("south",)
    told.say(_at((35.2300, -80.8528), rev=3))
    assert told.who() == ("north",)


def test_that_without_a_free_unit_the_nearer_ground_is_the_closer() -> None:
    told = Told(LeadClause(number="1", says="…", closest_of=("york-sheriff", "gaston-sheriff", "nobody")))
    told.say(_at(_GASTON))
    assert told.who() == ("gaston-sheriff",)
    site = told.leads.site(_KEY)
    assert site is not None
    assert site.metres["gaston-sheriff"] == 0.0
    assert 5_000 < site.metres["york-sheriff"] < 30_000
    assert "nobody" not in site.metres


def test_that_a_pulse_that_concerns_none_of_it_looks_at_none() -> None:
    told = _unified()
    told.say(_at(_BY_AIRPORT))
    lead = told.leads.lead(_KEY)
    told.say(unit("e1"), task("t1", incident_agency=_KEY[0], incident=_KEY[1]))
    told.now = datetime(2026, 11, 2, 12, 0, 30, tzinfo=NOON.tzinfo)
    told.leads.tick()
    assert told.leads.lead(_KEY) is lead
