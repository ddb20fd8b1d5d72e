"""Three desks act while nobody hears anybody: afterwards they show the same, and know what became of each action."""

import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from cop.briefing.state import state
from cop.domain.incident import Incident
from cop.domain.rules.task_state import Standing
from cop.domain.task import Task
from cop.domain.unit import Unit
from tests.faults.desk import FaultDesk
from tests.faults.lines import laid
from tests.faults.scene import Scene

_OWN = "charlotte-fire"
_SHARED = (_OWN, "shared")
#: what every desk must show alike; who received it when is each desk's own
_TABLES = ("incidents", "resources", "zones", "alerts", "links", "consents", "commands", "requests", "fills", "log")


def _picture(desk: FaultDesk, now: datetime) -> dict[str, Any]:
    seen = state(desk.picture, now)
    tables = {name: sorted((_said(one) for one in seen[name]), key=repr) for name in _TABLES}
    tasks = {f"{one['agency']}/{one['id']}": (one["state"], one["stands"]) for one in seen["tasks"]}
    units = {f"{one['agency']}/{one['unit']}": (one.get("lat"), one.get("lon")) for one in seen["units"]}
    return {**tables, "tasks": tasks, "units": units}


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in {"received_at", "feed"}}


def _stands(desk: FaultDesk, task: tuple[str, str]) -> Standing:
    return desk.picture.standings.of(desk.picture.tasks[task], datetime.now(UTC))


def _rename(desk: FaultDesk, title: str) -> None:
    report = desk.picture.incidents[_SHARED]
    assert isinstance(report.body, Incident)
    assert desk.desk.change_incident(report, msgspec.structs.replace(report.body, title=title)) is None


def _act_apart(scene: Scene, cut_s: float, fault: str) -> None:
    lines = laid(scene, "a", "b", "c")
    neighbour = lines.neighbour
    first = scene.desk(lines.url("a"), namespace=lines.namespace("a"))
    second = scene.desk(lines.url("b"), namespace=lines.namespace("b"), role="dispatcher")
    third = scene.desk(lines.url("c"), namespace=lines.namespace("c"), agency="york-county-em")
    desks = (first, second, third)
    # before: an incident that two desks of one agency look at, a unit of the third, and a task that it was asked
    now = datetime.now(UTC)
    first.desk.open_incident(Incident(id="shared", at=now, title="Factory fire", lat=35.2, lon=-80.9))
    unit = Unit(id="engine-1", at=now, rev=1, callsign="Engine 1", kind="engine", status="available")
    neighbour.say_for("york-county-em", unit)
    scene.until_quiet()
    first.until(lambda: ("york-county-em", "engine-1") in first.picture.units, "the unit")
    asked = Task(
        id="t-1",
        at=now,
        objective="Cover",
        assignee_agency="york-county-em",
        unit="engine-1",
        incident_agency=_OWN,
        incident="shared",
    )
    assert first.desk.tasks.assign([asked]) is None
    for desk in desks:
        desk.until(lambda one=desk: (_OWN, "t-1") in one.picture.tasks, "the task")
    scene.begins()
    lines.cut()
    # apart: each works on
    began = time.monotonic()
    for desk in desks:
        desk.act(3)
    _rename(first, "Factory fire, two alarms")
    _rename(second, "Factory fire, evacuated")
    _rename(second, "Factory fire, three alarms")
    task_seen = third.picture.tasks[_OWN, "t-1"]
    assert third.desk.tasks.answer(task_seen, "accepted", eta_s=300) is None
    assert first.desk.tasks.cancel(first.picture.tasks[_OWN, "t-1"], "no longer needed") is None
    neighbour.positions(20)
    neighbour.report(5)
    for desk in desks:
        desk.until(desk.words, "each says that it hears nobody", 60)
    scene.noticed()
    rounds = 1
    while time.monotonic() - began < cut_s:  # of the long cut: each goes on acting, again and again
        for desk in desks:
            scene.let_pass(3.0, desk)
            desk.act()
        rounds += 1
    lines.mend()
    scene.mended()
    for desk in desks:
        desk.until_silent(90)
    scene.over()
    scene.until_quiet_of_reports(60)
    first.until(lambda: _alike(desks), "three desks show the same", 60)
    # nobody's action is forgotten: each is done, or marked with the word that stands in its place
    fates = Counter({(desk, *one[:3]): desk.fate(one) for desk in desks for one in desk.taken}.values())
    assert set(fates) == {"sent", "superseded"}
    (loser,) = [
        one
        for one in desks
        if one.picture.deliveries.get(("incident", *_SHARED), None) is not None
        and one.picture.deliveries["incident", *_SHARED].state == "superseded"
    ]
    overtaken = loser.picture.deliveries["incident", *_SHARED]
    assert "changed it at" in overtaken.reason
    stands = [_stands(desk, (_OWN, "t-1")) for desk in desks]
    assert {one.state for one in stands} == {"cancelled"}
    assert stands[0].reason == "no longer needed"
    title = third.picture.incidents[_SHARED].body
    assert isinstance(title, Incident)
    row = scene.row(
        f"{fault} ({lines.how})",
        seen=f"“{third.said[0]}”; afterwards the same on all three: “{title.title}”; who was overtaken reads"
        f" “{overtaken.reason.split(' at ')[0]} …”; the task that was accepted and cancelled at once is"
        f" {stands[0].state} (“{stands[0].reason}”) everywhere",
        remark=f"{fates['sent']} done, {fates['superseded']} marked as superseded",
    )
    assert row.reports[0] == 0


def _alike(desks: tuple[FaultDesk, ...]) -> bool:
    for desk in desks:
        desk.pulse()
    now = datetime.now(UTC)
    one, *others = (_picture(desk, now) for desk in desks)
    return all(one == other for other in others)


@pytest.mark.long
def test_that_three_desks_who_act_while_they_are_cut_off_show_the_same_afterwards(scene: Scene) -> None:
    _act_apart(scene, 10.0, "Network cut for 10 seconds while three desks act")


@pytest.mark.full
def test_that_three_desks_who_act_for_ten_minutes_while_they_are_cut_off_show_the_same_afterwards(
    scene: Scene,
) -> None:
    _act_apart(scene, 600.0, "Network cut for 10 minutes while three desks act")
