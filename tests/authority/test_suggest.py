"""Who is suggested, in which order, and with which words."""

from datetime import date
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from cop.authority.candidates import Need
from cop.authority.suggest import wait_s
from cop.authority.travel import StraightLine
from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.rules.tasking import Direct, Refused, Request
from tests import reports as r
from tests.authority.desk import FIRE, Told

OURS, THEIRS = "charlotte-fire", "gastonia-fd"


def agreed(mode: str = "direct", **fields: Any) -> Agreements:
    clause = AidClause(number="3.1", says="…", giver=THEIRS, takers=(OURS,), mode=mode, **fields)
    agreement = Agreement(
        id="mou", title="Fire MOU", parties=(OURS, THEIRS), in_force_from=date(2026, 1, 1), clauses=(clause,)
    )
    return Agreements([Term(agreement, clause)])


def names(told: Told, need: Need | None = None, **fields: Any) -> list[str]:
    return [one.unit[1] for one in told.authority.suggest(FIRE, need, **fields)]


def test_that_units_made_for_it_stand_before_those_of_its_service_and_these_before_others() -> None:
    told = Told()
    told.incident()
    told.unit(OURS, "medic", 35.2001, -80.8, kind="ambulance")
    told.unit(OURS, "hazmat", 35.2002, -80.8, kind="hazmat")
    told.unit(OURS, "engine", 35.25, -80.8)
    assert names(told) == ["engine", "hazmat", "medic"]
    assert [one.fits for one in told.authority.suggest(FIRE)] == [True, True, False]


def test_that_a_capability_counts_whatever_its_case() -> None:
    told = Told()
    told.incident(type="hazmat")
    told.unit(OURS, "engine", 35.2001, -80.8)
    told.unit(OURS, "able", 35.3, -80.8, capabilities=("HazMat_Level A", "foam"))
    assert names(told) == ["able", "engine"]
    assert names(told, Need(capabilities=("level a",))) == ["able"]
    assert names(told, Need(kinds=("ladder",), capabilities=("FOAM",))) == ["able"]
    told.say(OURS, r.unit("able", rev=2, kind="engine", status="available"))
    assert names(told, Need(capabilities=("foam",))) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "on_scene"},
        {"status": "out_of_service"},
        {"stale_s": -1},
        {"exercise": True},
    ],
)
def test_that_who_cannot_come_is_not_offered(fields: dict[str, Any]) -> None:
    told = Told()
    told.incident()
    told.unit(OURS, "engine", 35.2, -80.81, **fields)
    assert names(told) == []


def test_that_a_doubtful_place_is_never_near() -> None:
    told = Told()
    told.incident(lat=35.2, lon=-80.8)
    told.unit(OURS, "lost", 52.0, 13.0)
    told.unit(THEIRS, "far", 35.2, -81.4)
    assert names(told) == ["far"]
    told.incident(name="i1", rev=2, lat=52.0, lon=13.0)
    assert names(told) == []


def test_that_a_unit_at_work_by_its_task_is_not_offered_whatever_its_status_says_yet() -> None:
    told = Told()
    told.incident()
    other = told.incident(name="i2", lat=35.3)
    unit = told.unit(THEIRS, "engine", 35.2, -80.81)
    assert names(told) == ["engine"]
    task = told.task(OURS, "t1", unit, other)
    assert names(told) == ["engine"]
    assert "we have asked for it elsewhere" in told.authority.suggest(FIRE)[0].why
    told.answer(THEIRS, task, "accepted")
    assert names(told) == []


def test_that_who_was_asked_for_this_incident_is_not_offered_again() -> None:
    told = Told()
    told.incident()
    unit = told.unit(THEIRS, "engine", 35.2, -80.81)
    told.task(OURS, "t1", unit)
    assert names(told) == []


def test_that_who_was_turned_down_stands_behind_with_the_reason_and_not_for_ever() -> None:
    told = Told()
    told.incident()
    unit = told.unit(THEIRS, "near", 35.2, -80.81, stale_s=9000)
    told.unit(THEIRS, "far", 35.22, -80.81, stale_s=9000)
    task = told.task(OURS, "t1", unit)
    told.answer(THEIRS, task, "declined", reason="crew change")
    assert names(told) == ["far", "near"]
    assert "just turned down: crew change, but Gastonia FD must be asked" in told.authority.suggest(FIRE)[1].why
    told.after(1801)
    assert names(told) == ["near", "far"]


def test_that_those_named_without_are_left_out() -> None:
    told = Told()
    told.incident()
    first = told.unit(OURS, "first", 35.2, -80.801)
    told.unit(OURS, "second", 35.2, -80.81)
    assert names(told, Need(without=frozenset({first}))) == ["second"]


def test_that_who_heads_away_takes_longer_than_who_comes() -> None:
    told = Told()
    told.incident()
    told.unit(OURS, "away", 35.2, -80.82, course_deg=270.0, speed_mps=20.0)
    told.unit(OURS, "comes", 35.2, -80.825, course_deg=90.0, speed_mps=20.0)
    told.unit(OURS, "stands", 35.2, -80.821, course_deg=270.0, speed_mps=0.5)
    assert names(told) == ["comes", "stands", "away"]
    assert ["heading away" in one.why for one in told.authority.suggest(FIRE)] == [False, False, True]


def test_that_a_course_that_nobody_said_changes_nothing() -> None:
    told = Told()
    told.incident()
    told.unit(OURS, "a", 35.2, -80.82, speed_mps=20.0)
    told.unit(OURS, "b", 35.2, -80.82)
    seconds = [one.seconds for one in told.authority.suggest(FIRE)]
    assert seconds[0] == pytest.approx(seconds[1])
    assert all(np.isfinite(seconds))


def test_that_the_time_is_that_of_a_detour_in_town_and_what_flies_goes_straight() -> None:
    told = Told()
    told.incident(type="medical")
    told.unit(OURS, "medic", 35.2, -80.81, kind="ambulance")
    told.unit(OURS, "air", 35.2, -80.81, kind="air_ambulance")
    air, medic = told.authority.suggest(FIRE)
    assert (air.unit[1], medic.unit[1]) == ("air", "medic")
    assert medic.metres == pytest.approx(908.6, abs=1)
    assert medic.seconds == pytest.approx(medic.metres * 1.3 * 3.6 / 60)
    assert air.seconds == pytest.approx(air.metres / 60)


def test_that_a_unit_on_its_way_home_counts_as_further_away() -> None:
    told = Told()
    told.incident()
    told.unit(OURS, "home", 35.2, -80.801, status="returning")
    told.unit(OURS, "free", 35.2, -80.81)
    assert names(told) == ["free", "home"]
    assert "free soon" in told.authority.suggest(FIRE)[1].why


def test_that_consent_in_advance_goes_before_a_nearer_unit_that_must_be_asked() -> None:
    near, far = 35.2, 35.215  # two minutes apart
    asked, direct = Told(agreed("request")), Told(agreed("direct"))
    for told in (asked, direct):
        told.incident()
        told.unit(THEIRS, "theirs", near, -80.8)
        told.unit(OURS, "ours", far, -80.8)
    assert names(asked) == ["ours", "theirs"]
    assert names(direct) == ["theirs", "ours"]


def test_that_each_says_why_it_stands_where_it_stands() -> None:
    told = Told(agreed("request", kinds=("engine",), answer_within_min=5))
    told.incident()
    told.unit(OURS, "e1", 35.25, -80.8)
    told.unit(OURS, "e2", 35.26, -80.8)
    told.unit(THEIRS, "e3", 35.3, -80.8)
    told.unit(THEIRS, "l4", 35.35, -80.8, kind="ladder")
    whys = {one.unit[1]: one.why for one in told.authority.suggest(FIRE)}
    assert whys["e1"] == "Closest engine; ours"
    assert whys["e2"] == "2nd closest engine; ours"
    assert whys["e3"] == "3rd closest engine; Gastonia FD must be asked (answers within 5 min, Fire MOU §3.1)"
    assert whys["l4"].startswith("Closest ladder; Gastonia FD must be asked; no agreement covers it")


def test_that_the_last_of_its_kind_at_home_says_what_its_going_leaves_uncovered() -> None:
    told = Told()
    told.incident()
    last = told.unit(THEIRS, "engine-1", 35.2, -81.2)
    assert [one.void for one in told.authority.suggest(FIRE)] == ["last available engine of Gastonia FD"]
    assert told.authority.leaves_uncovered(last) == "last available engine of Gastonia FD"
    told.unit(THEIRS, "engine-2", 35.2, -81.3)
    assert [one.void for one in told.authority.suggest(FIRE)] == ["", ""]
    told.say(THEIRS, r.unit("engine-2", rev=2, kind="engine", status="busy"))
    assert told.authority.leaves_uncovered(last) != ""


def test_that_a_unit_away_from_home_leaves_nothing_behind() -> None:
    told = Told()
    told.incident()
    away = told.unit(THEIRS, "engine-1", 35.2, -80.9)
    assert told.authority.leaves_uncovered(away) == ""
    assert told.authority.leaves_uncovered(("nobody", "knows")) == ""


def test_that_the_bearing_is_from_the_place_to_the_unit() -> None:
    told = Told()
    told.incident()
    told.unit(OURS, "north", 35.25, -80.8)
    told.unit(OURS, "west", 35.2, -80.9)
    bearings = {one.unit[1]: round(one.bearing_deg) for one in told.authority.suggest(FIRE)}
    assert bearings == {"north": 0, "west": 270}


def test_that_the_order_in_which_units_were_heard_changes_nothing() -> None:
    units = (("a", 35.25), ("b", 35.22), ("c", 35.3))
    found = set()
    for order in permutations(units):
        told = Told()
        told.incident()
        for name, lat in order:
            told.unit(OURS, name, lat, -80.8)
        found.add(tuple(names(told)))
    assert found == {("b", "a", "c")}


def test_that_no_more_are_given_than_were_asked_for_and_all_where_many_were() -> None:
    told = Told()
    told.incident()
    for number in range(80):
        told.unit(OURS, f"u{number}", 35.2 + number / 1000, -80.8)
    assert names(told, limit=3) == ["u0", "u1", "u2"]
    assert len(names(told, limit=100)) == 80
    assert names(told, limit=0) == []


def test_that_who_may_not_be_tasked_stands_last_and_is_told_why() -> None:
    told = Told()
    told.incident()
    told.unit(THEIRS, "near", 35.2, -80.8)
    told.unit(OURS, "far", 35.4, -80.8, kind="ambulance")

    def may_task(unit: tuple[str, str], incident: object) -> Refused | Direct:
        return Refused("withdrawn") if unit[0] == THEIRS else Direct("ours")

    found = told.authority.suggestions.rank(FIRE, None, may_task, told.now, limit=6)
    assert [one.unit[1] for one in found] == ["far", "near"]
    assert found[1].why.endswith("may not be tasked: withdrawn")


def test_that_consent_costs_as_the_rule_says() -> None:
    covered = Request("", next(iter(agreed("request").terms)))
    assert wait_s(Direct("")) == 0
    assert wait_s(covered) == 150
    assert wait_s(Request("")) == 300
    assert wait_s(Refused("")) > 1e9


def test_that_the_best_are_found_although_consent_is_asked_for_few() -> None:
    """Ranking with consent worked out as needed is ranking with all of it known."""
    told = Told()
    told.incident()
    dice = np.random.default_rng(4)
    agencies = [f"a{n}" for n in range(40)]
    waits = {agency: Request("") if n % 3 else Direct("") for n, agency in enumerate(agencies)}
    for number in range(200):
        agency = agencies[int(dice.integers(40))]
        told.unit(agency, f"u{number}", 35.0 + dice.random() / 2, -81.0 + dice.random() / 2)
    asked: list[str] = []

    def may_task(unit: tuple[str, str], incident: object) -> Request | Direct:
        asked.append(unit[0])
        return waits[unit[0]]

    found = told.authority.suggestions.rank(FIRE, None, may_task, told.now, limit=6)
    rows = np.arange(told.picture.tracks.count)
    _, seconds = StraightLine().reach(told.picture.tracks, rows, 35.2, -80.8)
    cost = seconds + np.array([wait_s(waits[agency]) for agency, _ in told.picture.tracks.keys])
    assert [one.row for one in found] == np.argsort(cost, kind="stable")[:6].tolist()
    assert len(asked) == len(set(asked))


def test_that_a_drill_is_no_live_unit_and_a_live_unit_no_drill() -> None:
    told = Told()
    told.incident(exercise=True)
    told.unit(OURS, "live", 35.2, -80.81)
    told.unit(OURS, "drill", 35.2, -80.82, exercise=True)
    assert names(told) == ["drill"]
