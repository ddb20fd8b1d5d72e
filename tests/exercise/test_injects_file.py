"""The injects and objectives of a scenario's file: what may stand there, and what a faulty one says."""

import pytest

from cop.exercise.scenario import RESOURCES, Scenario, ScenarioError, read

_STEEL_RAIL = (RESOURCES / "exercises" / "steel-rail.toml").read_text(encoding="utf-8")
_START = _STEEL_RAIL.split("[[objectives]]")[0].split("[[injects]]")[0]
INJECTS = """
[[injects]]
id = "radio-30"
title = "Engine 30's radio fails"
notes = "Who notices, and what do they do about it?"
at_s = 300
silent_units = [{ agency = "charlotte-fire", units = ["Engine 30"], for_s = 240 }]

[[injects]]
id = "second-car"
title = "A second car leaks"
when = { on_scene = { incident = "inc-0417", count = 3, kinds = ["engine", "hazmat"] }, wait_s = 60 }
messages = [{ text = "Car 14 is losing pressure.", to = ["charlotte-fire"], incident = "inc-0417" }]
changes = [{ incident = "inc-0417", priority = 1, summary = "Two cars leak." }]

[[injects]]
id = "false-alarm"
title = "A second derailment that is none"
when = { after = "second-car", wait_s = 30 }
[[injects.incidents]]
id = "inc-9001"
agency = "charlotte-fire"
type = "rail"
priority = 2
title = "Derailment, Gastonia yard"
address = "Gastonia yard"
place = [35.26, -81.18]
opened_s = 0
retracted_s = 200

[[injects]]
id = "by-hand"
title = "All that can go wrong with feeds and units"
feeds = [
  { agency = "york-sheriff", fault = "garbage", for_s = 30 },
  { agency = "union-sheriff", fault = "clock", clock_s = -600 },
]
wrong_places = [{ agency = "charlotte-pd", unit = "Adam 214", place = [35.0, -80.0], for_s = 20 }]
wrong_statuses = [{ agency = "charlotte-pd", unit = "Adam 215", status = "on_scene" }]
resources = [{ agency = "charlotte-fire", resource = "cfd-foam" }]
breakdowns = [{ agency = "charlotte-fire", units = ["Hazmat 1"], reason = "Flat tyre", for_s = 600 }]

[[objectives]]
id = "hazmat-15"
text = "Hazmat team on scene within 15 minutes"
measure = "on_scene"
incident = "inc-0417"
kinds = ["hazmat"]
within_s = 900
"""


def scenario(injects: str = INJECTS) -> Scenario:
    """Steel Rail's timeline with these injects and objectives."""
    return read((_START + injects).encode(), "steel-rail.toml")


def test_that_injects_and_objectives_are_read_as_they_stand_in_the_file() -> None:
    found = scenario()
    assert [inject.id for inject in found.injects] == ["radio-30", "second-car", "false-alarm", "by-hand"]
    assert found.injects[1].when is not None
    assert found.injects[1].when.wait_s == 60
    assert found.injects[2].incidents[0].retracted_s == 200
    assert [(inject.at_s, inject.when) for inject in found.injects[3:]] == [(None, None)]
    assert found.objectives[0].within_s == 900
    assert "inc-9001" in {line.id for line in found.all_incidents}


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ('title = "Engine 30\'s radio fails"', 'titel = "x"', "titel"),
        ('units = ["Engine 30"]', 'units = ["Engine 99"]', "injects[0] (radio-30).silent_units.units"),
        ("at_s = 300", "", ""),
        ("at_s = 300", 'at_s = 300\nwhen = { after = "by-hand" }', "injects[0] (radio-30): at_s and when"),
        ('incident = "inc-0417", count = 3', 'incident = "inc-7", count = 3', "when.on_scene.incident: 'inc-7'"),
        ('kinds = ["engine", "hazmat"] }', 'kinds = ["engin"] }', "when.on_scene.kinds: 'engin'"),
        ('{ after = "second-car", wait_s = 30 }', '{ after = "no-such" }', "when.after: 'no-such'"),
        ('{ after = "second-car", wait_s = 30 }', "{ wait_s = 30 }", "one condition, not none"),
        ('{ after = "second-car", wait_s = 30 }', '{ after = "false-alarm" }', "'false-alarm' waits for itself"),
        ('to = ["charlotte-fire"]', 'to = ["nobody"]', "messages.to: 'nobody'"),
        ('incident = "inc-0417", priority = 1, summary = "Two cars leak."', 'incident = "inc-0417"', "nothing of"),
        ('id = "inc-9001"', 'id = "inc-0417"', "'inc-0417' stands twice"),
        ("retracted_s = 200", 'retracted_s = 200\nformat = "eido"', "retracted_s"),
        ('fault = "garbage"', 'fault = "fire"', "$.injects[3].feeds[0].fault"),
        ("clock_s = -600", "for_s = 5", "clock_s is missing"),
        ('agency = "york-sheriff"', 'agency = "york"', "feeds.agency: 'york'"),
        ('unit = "Adam 214"', 'unit = "Eve 1"', "wrong_places.unit"),
        ('status = "on_scene"', 'status = "asleep"', "wrong_statuses.status: 'asleep'"),
        ('resource = "cfd-foam"', 'resource = "cpd-drone"', "resources.resource: charlotte-fire has no"),
        ('units = ["Hazmat 1"]', 'units = ["Hazmat 9"]', "breakdowns.units"),
        ('kinds = ["hazmat"]', 'kinds = ["foam"]', "objectives[0] (hazmat-15).kinds: 'foam'"),
        ('measure = "on_scene"\nincident = "inc-0417"', 'measure = "lead"', "incident is missing"),
        ("within_s = 900", 'within_s = 900\nafter = "no-such"', "objectives[0] (hazmat-15).after"),
        ("within_s = 900", 'within_s = 900\nwhat = "foam"', "objectives[0] (hazmat-15).what: 'on_scene'"),
        ("within_s = 900", "within_s = 0", "$.objectives[0].within_s"),
        ('id = "by-hand"', 'id = "radio-30"', "injects: 'radio-30' stands twice"),
    ],
)
def test_that_a_faulty_inject_or_objective_is_refused_with_its_key(was: str, becomes: str, named: str) -> None:
    assert was in INJECTS
    faulty = INJECTS.replace(was, becomes, 1)
    if not named:
        scenario(faulty)
        return
    with pytest.raises(ScenarioError) as refused:
        scenario(faulty)
    assert "steel-rail.toml" in str(refused.value)
    assert named in str(refused.value)


def test_that_an_inject_of_which_nothing_comes_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"injects\[0\] \(empty\): nothing happens"):
        scenario('\n[[injects]]\nid = "empty"\ntitle = "Empty"\n')


def test_that_the_timeline_cannot_lean_on_an_incident_that_may_never_come() -> None:
    leaning = '\n[[log]]\nat_s = 5\nagency = "charlotte-fire"\ntext = "x"\nincident = "inc-9001"\n'
    with pytest.raises(ScenarioError, match=r"log\[\d+\].incident: 'inc-9001'"):
        scenario(INJECTS + leaning)


def test_that_the_control_cell_speaks_where_there_are_injects_and_no_agency_takes_its_name() -> None:
    assert "exercise-control" in {one.id for one in scenario().speakers}
    assert "exercise-control" not in {one.id for one in scenario("").speakers}
    taken = _START.replace('id = "charlotte-pd"', 'id = "exercise-control"', 1)
    with pytest.raises(ScenarioError, match="the control cell's"):
        read(taken.encode(), "steel-rail.toml")
