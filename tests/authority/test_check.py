"""What is found wrong between clauses, with what an agency has, and with the days; and where nobody leads."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cop.authority.check import Report, check
from cop.authority.contradictions import hours_meet
from cop.cli import main
from cop.domain.agreement import Day, Times
from cop.domain.rules.clause_times import holds_at
from tests.authority.paper import AID, HEAD, LEAD, ground

_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
_SIGNED = "".join(f'[[signatories]]\nparty = "{one}"\nname = "N"\n' for one in ("city-fire", "west-fire", "air"))


_DAY = '{ begins = "08:00", ends = "16:00" }'
_NIGHT = 'times = { begins = "16:00", ends = "08:00" }\n'
_LATE = 'times = { days = ["mon"], begins = "22:00", ends = "02:00" }\n'


def checked(folder: Path, *texts: str, at: datetime = _AT, **more: Any) -> Report:
    for number, text in enumerate(texts):
        whole = HEAD.replace('"mou"', f'"mou{number}"').replace("Hazmat MOU", f"MOU {number}") + _SIGNED + text
        (folder / f"{number}.toml").write_text(whole)
    return check([folder], ground(), None, at=at, **more)


def words(report: Report) -> list[str]:
    return [str(one).replace(f"{Path(one.file).parent}/", "") for one in report.problems]


def other(lead: str = "air", **changes: str) -> str:
    """Clause 3.2: as 3.1, but another leads."""
    text = LEAD.replace("3.1", "3.2").replace("city-fire", lead)
    return text + "".join(f"{key} = {value}\n" for key, value in changes.items())


def test_that_two_leads_of_equal_precedence_are_told_with_both_places(tmp_path: Path) -> None:
    report = checked(tmp_path, LEAD + 'area = "city"\n', other(area='"port"'))
    (told,) = words(report)
    assert told.startswith("1.toml:17: §3.2: for hazmat air leads, but by MOU 0 §3.1 (")
    assert "MOU 0 §3.1 (0.toml:17) city-fire leads, on 101 km² of both" in told
    assert "as at 35.25" in told
    assert "both have precedence 100: the one that goes before needs a lower" in told
    assert report.errors == 1


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (LEAD, other(), True),
        (LEAD, other("city-fire"), False),
        (LEAD, other(precedence="99"), False),
        (LEAD, other().replace('["hazmat"]', '["fire"]'), True),
        (LEAD, other().replace('["hazmat"]', '["radiological", "crash"]'), True),
        (LEAD, other().replace('["hazmat"]', '["wildfire"]'), False),
        (LEAD, other().replace('types = ["hazmat"]\n', ""), True),
        (LEAD + 'area = "city"\n', other(area='"west"'), False),  # they touch along a line
        (LEAD + 'area = "city"\n', other(area='"port"'), True),
        (LEAD + 'area = "city"\n', other(), True),
        (LEAD, other(times=_DAY), True),
        (LEAD + _NIGHT, other(times=_DAY), False),
        (LEAD + 'times = { days = ["mon"] }\n', other(times='{ days = ["tue", "wed"] }'), False),
        (LEAD + _LATE, other(times='{ days = ["tue"] }'), True),
        (LEAD + "when = { priority_at_least = 1 }\n", other(when="{ more_units_than = 5 }"), True),
        (LEAD, other().replace('leads = "air"', 'unified = ["air", "city-fire"]'), True),
        (
            LEAD.replace('leads = "city-fire"', 'unified = ["city-fire", "air"]'),
            other().replace('leads = "air"', 'unified = ["air", "city-fire"]'),
            False,
        ),
        (
            LEAD.replace('leads = "city-fire"', 'unified = ["city-fire", "air"]'),
            other().replace('leads = "air"', 'closest_of = ["air", "city-fire"]'),
            True,
        ),
    ],
)
def test_that_clauses_contradict_where_both_can_apply_and_name_others(
    first: str, second: str, found: bool, tmp_path: Path
) -> None:
    assert (checked(tmp_path, first + second).errors > 0) == found
    (tmp_path / "apart").mkdir()
    assert (checked(tmp_path / "apart", second, first).errors > 0) == found


def test_that_agreements_of_different_years_do_not_contradict(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + _SIGNED + LEAD)
    later = HEAD.replace("2026-01-01", "2028-01-01").replace("2027-12-31", "2029-12-31").replace('"mou"', '"new"')
    (tmp_path / "b.toml").write_text(later + _SIGNED + other())
    report = check([tmp_path], ground(), None, at=_AT)
    assert report.errors == 0
    assert [one.words for one in report.problems] == ["it is not in force before 01 Jan 2028"]


_TIMES = st.builds(
    Times,
    days=st.lists(st.sampled_from(Day.__args__), max_size=2, unique=True).map(tuple),  # type: ignore[attr-defined]
    begins=st.times().map(lambda one: one.replace(second=0, microsecond=0, minute=one.minute // 30 * 30)),
    ends=st.times().map(lambda one: one.replace(second=0, microsecond=0, minute=one.minute // 30 * 30)),
    zone=st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata"]),
)


@given(_TIMES, _TIMES)
def test_that_hours_meet_exactly_if_there_is_a_half_hour_of_both(first: Times, second: Times) -> None:
    begins = (datetime(2026, 1, 14, tzinfo=UTC), datetime(2026, 7, 14, tzinfo=UTC))
    moments = [monday + timedelta(minutes=30 * number) for monday in begins for number in range(7 * 48)]
    both = any(holds_at(first, at) and holds_at(second, at) for at in moments)
    assert hours_meet(first, second) == hours_meet(second, first)
    assert hours_meet(first, second) == both


@pytest.mark.parametrize(
    ("text", "expected", "errors"),
    [
        (
            AID.replace('"engine"', '"hazmat"'),
            "0.toml:23: §4: west-fire has no unit of the kind hazmat; it has engine",
            1,
        ),
        (AID + "quantity = 5\n", "0.toml:24: §4: note: west-fire gives 5, but has 3", 0),
        (AID.replace('kinds = ["engine"]\n', "quantity = 5\n"), "note: west-fire gives 5, but has 4", 0),
        (AID.replace("west-fire", "air").replace('"engine"', '"arff"'), "note: what units air has is not known", 0),
        (AID.replace('["city-fire"]', '["west-fire"]'), "0.toml:22: §4: west-fire gives to itself alone", 1),
        (AID + 'mode = "direct"\nanswer_within_min = 5\n', "note: a direct clause asks nobody", 0),
        (AID + 'mode = "direct"\n', "0.toml:24: §4: note: west-fire gives as many as are wanted, unasked", 0),
        (LEAD + 'times = { begins = "07:00", ends = "07:00" }\n', "§3.1: from 07:00 to 07:00 is no time", 1),
        ('[[areas]]\nid = "a"\njurisdiction = "city"\n' + LEAD, 'note: no clause speaks of the area "a"', 0),
    ],
)
def test_that_what_cannot_be_meant_is_told(text: str, expected: str, errors: int, tmp_path: Path) -> None:
    report = checked(tmp_path, text, units={"west-fire": {"engine": 3, "ladder": 1}})
    told = words(report)
    assert any(expected in one for one in told), told
    assert report.errors == errors


def test_that_a_kind_that_nobody_said_may_be_the_one(tmp_path: Path) -> None:
    report = checked(tmp_path, AID.replace('"engine"', '"hazmat"'), units={"west-fire": {"unknown": 3}})
    assert report.errors == 0
    assert len(report.problems) == 1


@pytest.mark.parametrize(
    ("at", "expected", "errors"),
    [
        (datetime(2028, 1, 1, 5, tzinfo=UTC), "it is over since 31 Dec 2027: none of its clauses holds", 1),
        (datetime(2028, 1, 1, 4, 59, tzinfo=UTC), "", 0),  # it is still New Year's Eve in New York
        (datetime(2025, 12, 31, tzinfo=UTC), "it is not in force before 01 Jan 2026", 0),
    ],
)
def test_that_an_agreement_that_is_not_in_force_is_told(
    at: datetime, expected: str, errors: int, tmp_path: Path
) -> None:
    report = checked(tmp_path, LEAD, at=at)
    assert [one.words for one in report.problems] == [expected][: bool(expected)]
    assert report.errors == errors


def test_that_a_party_for_which_nobody_signed_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + '[[signatories]]\nparty = "air"\nname = "N"\n' + LEAD)
    (problem,) = check([tmp_path], ground(), None, at=_AT).problems
    assert (problem.line, problem.severity) == (3, "warning")
    assert problem.words == "nobody has signed for city-fire and west-fire"


def test_that_ground_without_a_lead_is_found_by_discipline(tmp_path: Path) -> None:
    found = {one.types: one for one in checked(tmp_path, LEAD + 'area = "port"\n').uncovered}
    (fires,) = (one for types, one in found.items() if "structure_fire" in types)
    assert fires.discipline == "fire"
    assert set(fires.instead) == {"s2-pd", "s1-pd"}  # the two towns far away have police alone
    (medical,) = (one for types, one in found.items() if "medical" in types)
    assert medical.share == pytest.approx(1.0)
    assert medical.instead[0] in {"city-fire", "west-fire"}


def test_that_a_clause_at_all_hours_without_condition_covers_ground_and_others_do_not(tmp_path: Path) -> None:
    def medical(text: str) -> float:
        report = checked(tmp_path, text.replace('["hazmat"]', '["medical"]'))
        return sum(one.area_km2 for one in report.uncovered if "medical" in one.types)

    without = medical(other(precedence="7").replace('["hazmat"]', '["weather"]'))
    assert medical(LEAD + 'area = "city"\n') < without - 2000
    assert medical(LEAD + 'area = "city"\nwhen = { priority_at_least = 2 }\n') == pytest.approx(without)
    assert medical(LEAD + 'area = "city"\ntimes = { days = ["mon"] }\n') == pytest.approx(without)
    assert medical(LEAD) == 0.0


# ---- the commands ----


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["agreement", *arguments])


def test_that_the_agreements_of_the_exercise_have_no_fault() -> None:
    done = run("check")
    assert done.exit_code == 0, done.output
    assert "nothing wrong" in done.output
    assert "no fire jurisdiction on" in done.output


def test_that_check_ends_with_1_for_errors_and_0_for_notes_alone(tmp_path: Path) -> None:
    head = (
        HEAD.replace("city-fire", "charlotte-fire").replace("west-fire", "gastonia-fd").replace('"air"', '"csx-rail"')
    )
    file = tmp_path / "a.toml"
    file.write_text(head + LEAD.replace("city-fire", "charlotte-fire"))
    done = run("check", str(file))
    assert (done.exit_code, done.output.splitlines()[0]) == (
        0,
        f"{file}:3: note: nobody has signed for charlotte-fire, gastonia-fd and csx-rail",
    )
    giving = (
        AID.replace("city-fire", "charlotte-fire").replace("west-fire", "gastonia-fd").replace('"engine"', '"boat"')
    )
    file.write_text(head + giving)
    done = run("check", str(file))
    assert done.exit_code == 1
    has = "engine, hazmat, ladder and rescue"
    assert f"{file}:14: §4: gastonia-fd has no unit of the kind boat; it has {has}" in done.output


def test_that_check_knows_the_units_of_a_state_that_a_desk_wrote(tmp_path: Path) -> None:
    file, state = tmp_path / "a.toml", tmp_path / "state.json"
    file.write_text(HEAD + _SIGNED + AID)
    state.write_text(json.dumps({"units": [{"agency": "west-fire", "unit": "b1", "said": {"kind": "boat"}}]}))
    done = run("check", str(file), "--state", str(state))
    assert "west-fire has no unit of the kind engine; it has boat" in done.output
    state.write_text("[]")
    done = run("check", str(file), "--state", str(state))
    assert done.exit_code == 1
    assert "nothing that `cop run --state` wrote" in done.output


def test_that_check_says_the_same_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + LEAD + 'area = "moon"\n')
    done = run("check", str(tmp_path), "--json")
    found = json.loads(done.output)
    assert done.exit_code == 1
    told = [(one["line"], one["clause"], one["severity"], one["refused"]) for one in found["problems"]]
    assert told[-1] == (14, "3.1", "error", True)
    assert told[0] == (3, "", "warning", False)
    assert found["nobody_leads"]
