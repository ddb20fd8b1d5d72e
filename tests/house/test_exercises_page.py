"""The page that teaches exercises tells every key of them, and what it says of the ready ones is so."""

import re
from pathlib import Path

import msgspec
import pytest

from cop.exercise import injects, lines
from cop.exercise.lines import Strict
from cop.exercise.objectives import Objective
from cop.exercise.scenario import Scenario, load_scenario, names

_PAGE = (Path(__file__).parents[2] / "docs" / "exercises.md").read_text(encoding="utf-8")
_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "Exercise": Scenario,
    "Street": lines.Street,
    "Agency": lines.Participant,
    "Area": lines.Area,
    "Group of units": lines.Group,
    "Resource": lines.ResourceLine,
    "Step of a resource": lines.ResourceStep,
    "Incident": lines.IncidentLine,
    "Step of an incident": lines.IncidentStep,
    "Zone": lines.ZoneLine,
    "Step of a zone": lines.ZoneStep,
    "Warning": lines.WarningLine,
    "Task": lines.TaskLine,
    "Answer": lines.AnswerStep,
    "Command": lines.CommandLine,
    "Request for resources": lines.RequestLine,
    "Fill": lines.FillStep,
    "Log line": lines.LogLine,
    "Silence": lines.Silence,
    "Inject": injects.Inject,
    "Condition": injects.Condition,
    "Message": injects.MessageLine,
    "Silent units": injects.SilentUnits,
    "Fault of a feed": injects.FeedFault,
    "False incident": injects.InjectedIncident,
    "Change of an incident": injects.IncidentChange,
    "Wrong place": injects.WrongPlace,
    "Wrong status": injects.WrongStatus,
    "Change of a resource": injects.ResourceChange,
    "Breakdown": injects.Breakdown,
    "Objective": Objective,
}
#: told in the row of the condition that they are
_IN_A_ROW: dict[str, type[msgspec.Struct]] = {
    "incident": injects.IncidentReaches,
    "task": injects.TaskReaches,
    "arrives": injects.Arrives,
    "unanswered": injects.Unanswered,
    "on_scene": injects.OnScene,
}


def _keys(struct: type[msgspec.Struct]) -> set[str]:
    wider = [base for base in struct.__bases__ if issubclass(base, msgspec.Struct) and base is not msgspec.Struct]
    inherited = {field.name for base in wider for field in msgspec.structs.fields(base)}
    return {field.name for field in msgspec.structs.fields(struct)} - inherited


def _rows(heading: str) -> dict[str, str]:
    section = _PAGE.partition("## Every key")[2].partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    return dict(re.findall(r"^\| `([a-z_]+)` \| [^|]+ \|(.*)\|$", section, flags=re.MULTILINE))


@pytest.mark.parametrize("heading", _SECTIONS)
def test_that_every_key_of_an_exercise_is_on_the_page_and_no_other(heading: str) -> None:
    assert set(_rows(heading)) == _keys(_SECTIONS[heading])


def test_that_every_part_of_an_exercise_has_its_section() -> None:
    parts = {one for room in (lines, injects) for one in vars(room).values() if isinstance(one, type)}
    parts = {one for one in parts if issubclass(one, Strict) and one is not Strict}
    assert parts | {Scenario, Objective} == {*_SECTIONS.values(), *_IN_A_ROW.values()}


def test_that_the_row_of_each_condition_names_its_keys() -> None:
    rows = _rows("Condition")
    for name, struct in _IN_A_ROW.items():
        told = re.search(r"`\{ ([a-z_, ]+) \}`", rows[name])
        assert told is not None
        assert set(told[1].split(", ")) == _keys(struct), name


def test_that_the_page_counts_what_is_in_the_ready_exercises() -> None:
    told = dict(zip(_cells("file"), zip(*map(_cells, _COUNTED), strict=True), strict=True))
    assert sorted(told) == [f"`{name}`" for name in names()]
    for name in names():
        scenario = load_scenario(name)
        units = sum(len(list(group.callsigns())) for agency in scenario.agencies for group in agency.groups)
        assert told[f"`{name}`"] == (
            f"{scenario.duration_s / 60:.0f} min",
            f"{len(scenario.agencies)}, {units}",
            f"{len(scenario.injects)}, {len(scenario.objectives)}",
        )


_COUNTED = ("lasts", "agencies, units", "injects, objectives")


def _cells(heading: str) -> list[str]:
    [row] = re.findall(rf"^\| {heading} \| (.*) \|$", _PAGE, flags=re.MULTILINE)
    return [cell.strip() for cell in str(row).split(" | ")]
