"""The scenario's file: what Steel Rail holds, and what a faulty file says."""

import subprocess
import sys
from pathlib import Path

import pytest

from cop.exercise.lines import Group
from cop.exercise.scenario import RESOURCES, ScenarioError, load_scenario, names, read
from tests.exercise.plays import steel_rail
from tests.exercise.small import START as _SMALL

_FILE = (RESOURCES / "exercises" / "steel-rail.toml").read_text(encoding="utf-8")


def test_that_steel_rail_has_the_cast_that_was_asked_for() -> None:
    scenario = steel_rail()
    formats = {agency.format for agency in scenario.agencies}
    units = sum(len(list(group.callsigns())) for agency in scenario.agencies for group in agency.groups)
    assert scenario.title == "Operation Steel Rail"
    assert len(scenario.agencies) >= 14
    assert formats == {"cop-json", "cot-xml", "tak-protobuf", "owntracks", "meshtastic", "taip", "hfp", "ais", "adsb"}
    assert {incident.format for incident in scenario.incidents} == {"cop-json", "eido", "json"}
    assert {one.format for one in (*scenario.zones, *scenario.warnings)} == {"cop-json", "wzdx", "cap"}
    assert {agency.resource_format for agency in scenario.agencies} == {"cop-json", "edxl-have"}
    assert units == 225
    assert sum(len(agency.resources) for agency in scenario.agencies) == 60
    assert len(scenario.incidents) == 8
    assert sum(incident.opened_s < 0 for incident in scenario.incidents) >= 4
    assert any(resource.until_s for agency in scenario.agencies for resource in agency.resources)


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("discipline", "disciplin", "disciplin"),
        ('colour = "#3c81f5"', 'colour = "blue"', "$.agencies[0].colour"),
        ("opened_s = -840", 'opened_s = "early"', "$.incidents[0].opened_s"),
        ('unit = "Engine 30"\nkind = "dispatch"', 'unit = "Engine 99"\nkind = "dispatch"', "tasks[0].unit"),
        ('type = "mass_casualty"', 'type = "massive"', "incidents[1].type"),
        ('id = "inc-0402"', 'id = "inc-0417"', "'inc-0417' stands twice"),
        ('format = "hfp"', 'format = "fax"', "format: 'fax' is not known"),
        ('title = "Operation', "title = Operation", "steel-rail.toml"),
    ],
)
def test_that_a_faulty_file_is_refused_with_its_name_and_the_key(was: str, becomes: str, named: str) -> None:
    assert was in _FILE
    with pytest.raises(ScenarioError) as refused:
        read(_FILE.replace(was, becomes, 1).encode(), "steel-rail.toml")
    assert "steel-rail.toml" in str(refused.value)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "callsign", ["{n.__class__.__mro__}", "{n:>999999999}", "{0}", "{", "{m}", "{n!r}", "E {n} %s ${n}", "Engine {n}"]
)
def test_that_a_callsign_is_text_with_a_number_in_it_and_nothing_of_it_is_run(callsign: str) -> None:
    group = Group(kind="engine", callsign=callsign, count=1, first=7)
    assert list(group.callsigns()) == [callsign.replace("{n}", "7")]


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("duration_s = 900", "duration_s = nan", "duration_s"),
        ("duration_s = 900", "duration_s = inf", "duration_s"),
        ("duration_s = 900", "duration_s = -5", "duration_s"),
        ("opened_s = ", "opened_s = inf #", "nan or inf"),
        ("opened_s = ", "opened_s = nan #", "nan or inf"),
        ("count = 3", f"numbers = [{','.join(map(str, range(501)))}]", "500"),
        ("count = 3", f"numbers = {'[' * 100_000}", "recursion"),
    ],
)
def test_that_a_strangers_file_without_end_is_refused(was: str, becomes: str, named: str) -> None:
    assert was in _SMALL
    with pytest.raises(ScenarioError, match=named):
        read(_SMALL.replace(was, becomes, 1).encode(), "small.toml")


def test_that_there_are_no_more_units_than_can_be_played() -> None:
    group = '[[agencies.groups]]\nkind = "engine"\ncallsign = "{key}-{n}"\ncount = 500\n'
    many = "".join(group.replace("{key}", f"E{number}") for number in range(21))
    with pytest.raises(ScenarioError, match="units; at most"):
        read(_SMALL.replace("[[agencies.groups]]", f"{many}[[agencies.groups]]", 1).encode(), "small.toml")


@pytest.mark.parametrize("name", ["no-such", "../exercises/steel-rail", "", "steel-rail.toml"])
def test_that_an_exercise_that_is_not_there_is_refused_and_the_others_are_named(name: str) -> None:
    with pytest.raises(ScenarioError, match="steel-rail"):
        load_scenario(name)


def test_that_a_folder_without_exercises_says_so(tmp_path: Path) -> None:
    assert names(tmp_path) == []
    with pytest.raises(ScenarioError, match="there are: none"):
        load_scenario("steel-rail", tmp_path)


def test_that_a_desk_learns_its_feeds_without_the_libraries_of_their_formats() -> None:
    program = (
        "import sys\nfrom cop.exercise.feeds import feeds\nfrom cop.exercise.scenario import load_scenario\n"
        "feeds(load_scenario('steel-rail'))\n"
        "print([name for name in ('pyais', 'takproto', 'google.protobuf', 'paho', 'PySide6') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
