"""What a briefing map tells of tasks, leads, alerts and looks, before any browser sees it."""

from pathlib import Path
from typing import Any

import pytest

from cop.briefing.exports.looks import Look
from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.backdrop import area_looks
from cop.briefing.page.content import content_of
from cop.briefing.page.incidents import authority_of
from cop.briefing.page.order import PageOrder
from cop.domain.agency import Agency
from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch
from cop.domain.desk import Operator
from cop.domain.incident import Link
from cop.domain.report import Report
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.busy_hour import busy_hour, paper

OURS = "charlotte-fire"
NOON = r.at(600)
PNG = b"\x89PNG\r\n\x1a\n"
HERE = {"lat": 35.2, "lon": -80.9}


def occasion_at(at: Any, **fields: Any) -> Occasion:
    operator = Operator(agency=OURS, role="commander", name="Reyes")
    return Occasion(operation="Rail", at=at, made_at=at, operator=operator, **fields)


def told(*reports: Report, picture: Picture | None = None, at: Any = NOON, **order: Any) -> dict[str, Any]:
    """What the page of these reports tells anybody."""
    if picture is None:
        picture = Picture()
        picture.apply(Batch(epoch=1, reports=list(reports)))
    leaves = leaving(picture, at, own=OURS)
    exercise = order.pop("exercise", "")
    made = PageOrder(**{"draw": lambda _: PNG, "ground": Ground(()), "region": Path("nowhere"), **order})
    return content_of(leaves, occasion_at(at, exercise=exercise), made)


def incident(name: str = "i1", **fields: Any) -> Report:
    return r.report(OURS, r.incident(name, **{"type": "fire", **HERE, **fields}))


def test_that_no_task_is_lost_for_want_of_an_incident() -> None:
    asked = {"assignee_agency": "york-ems", "unit": "m1"}
    page = told(
        incident(),
        r.report(OURS, r.task("t1", objective="on the fire", incident_agency=OURS, incident="i1", **asked)),
        r.report(OURS, r.task("t2", objective="for nothing named", **asked)),
        r.report(
            OURS, r.task("t3", objective="for what nobody reported", incident_agency=OURS, incident="i9", **asked)
        ),
    )
    assert [one["objective"] for one in page["objects"]["incident"][0]["tasks"]] == ["on the fire"]
    assert sorted(one["objective"] for one in page["tasks"]) == ["for nothing named", "for what nobody reported"]


def test_that_tasks_say_who_was_asked_where_that_stands_by_whose_word() -> None:
    reports = busy_hour()
    picture = Picture(agreements=paper())
    picture.apply(Batch(epoch=1, reports=reports))
    page = told(picture=picture, at=max(one.received_at for one in reports))
    tasks = [task for one in page["objects"]["incident"] for task in one["tasks"]] + page["tasks"]
    assert len(tasks) == sum(
        not one.body.draft for one in picture.tasks.values()
    )  # what nobody was asked stays at home
    assert all(one["asked"] and one["state"] and one["since"] and one["by"] for one in tasks)
    answered = [
        one for one in tasks if one["state_word"] in {"accepted", "en_route", "on_scene", "complete", "declined"}
    ]
    assert answered
    assert all(one["word_of"] or one["ground"] for one in answered)


def test_that_a_task_names_its_clause_as_people_know_it() -> None:
    picture = Picture(agreements=paper())
    term = picture.agreements.terms[0]
    named = {"agreement": term.key[0], "clause": term.key[1]}
    unknown = {"agreement": "moon-pact", "clause": "7"}
    asked = {"assignee_agency": "gastonia-fd", "unit": "h4"}
    told_to = [
        r.report(OURS, r.task("t1", objective="a", **asked, **named)),
        r.report(OURS, r.task("t2", objective="b", **asked, **unknown)),
    ]
    picture.apply(Batch(epoch=1, reports=told_to))
    assert [one["clause"] for one in told(picture=picture)["tasks"]] == [term.words, "moon-pact §7"]


def test_that_what_nobody_has_taken_on_stands_before_what_is_done() -> None:
    asked = {"incident_agency": OURS, "incident": "i1", "assignee_agency": "york-ems"}
    page = told(
        incident(),
        r.report(OURS, r.task("t1", objective="done", unit="m1", **asked)),
        r.report(OURS, r.task("t2", objective="declined", unit="m2", seconds=1, **asked)),
        r.report("york-ems", r.answer("t1", "complete", requester=OURS, unit="m1", seconds=5)),
        r.report("york-ems", r.answer("t2", "declined", requester=OURS, unit="m2", seconds=5, reason="busy")),
    )
    tasks = page["objects"]["incident"][0]["tasks"]
    assert [one["objective"] for one in tasks] == ["declined", "done"]
    assert [one["over"] for one in tasks] == [False, True]
    assert tasks[0]["reason"] == "busy"


def test_that_who_leads_is_read_from_what_leaves_alone() -> None:
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[incident()]))
    ground = Ground(())
    leaves = leaving(picture, NOON, own=OURS)
    authority = authority_of(leaves, occasion_at(NOON), ground)
    assert authority.picture is leaves.picture
    assert authority.ground is not ground
    assert told(incident())["objects"]["incident"][0]["lead"]


@pytest.mark.parametrize(
    ("status", "exercise", "tag"),
    [("Actual", "", ""), ("Test", "", "TEST"), ("Exercise", "", "EXERCISE"), ("Exercise", "Steel Rail", "")],
)
def test_that_an_alert_that_is_none_says_so_and_looks_so(status: str, exercise: str, tag: str) -> None:
    looks: list[Look] = []
    area = {"type": "Polygon", "coordinates": [[[-81, 35], [-80, 35], [-80, 36], [-81, 35]]]}
    alert = Alert(id="a1", at=r.at(0), event="Flash Flood", status=status, severity="Severe", geometry=area)
    page = told(r.report(OURS, alert), exercise=exercise, draw=lambda look: looks.append(look) or PNG)
    assert page["objects"]["alert"][0]["tag"] == tag
    assert page["objects"]["alert"][0]["severity"] == "Severe"
    assert [(one.status, one.exercise) for one in looks] == [("Severe", bool(tag))]


def test_that_what_is_over_or_yet_to_come_is_told_as_such() -> None:
    line = {"type": "LineString", "coordinates": [[-81, 35], [-80, 35]]}
    page = told(
        incident("i1", status="closed"),
        incident("i2"),
        r.report(OURS, Zone(id="z1", at=r.at(0), geometry=line, starts_at=r.at(900))),
        r.report(OURS, Zone(id="z2", at=r.at(0), geometry=line, expires_at=r.at(300))),
    )
    assert {one["id"]: one["over"] for one in page["objects"]["incident"]} == {"i1": True, "i2": False}
    zones = {one["id"]: (one["over"], one["coming"]) for one in page["objects"]["zone"]}
    assert zones == {"z1": (False, True), "z2": (True, False)}


def test_that_what_several_report_is_one_incident_and_the_others_are_named() -> None:
    page = told(
        incident("i1", title="Rail", priority=1),
        r.report("york-911", r.incident("c7", type="fire", title="Smell of gas", **HERE)),
        r.report(OURS, Link(id="l1", at=r.at(2), first=f"{OURS}/i1", second="york-911/c7", relation="same")),
    )
    by_id = {one["id"]: one for one in page["objects"]["incident"]}
    assert by_id["i1"]["echo_of"] == ""
    assert by_id["c7"]["echo_of"] == f"{OURS}/i1"
    assert "Smell of gas" in by_id["i1"]["reports"][0]


def test_that_a_unit_of_no_known_kind_wears_what_its_agency_does() -> None:
    looks: list[Look] = []
    picture = Picture()
    profile = Agency(id="profile", at=r.at(0), name="York EMS", disciplines=("ems",))
    picture.apply(Batch(epoch=1, reports=[r.report("york-ems", profile), r.report("york-ems", r.unit("m1"))]))
    picture.apply(r.positions_batch(("york-ems", "m1", 35.2, -80.9, 590.0)))
    told(picture=picture, draw=lambda look: looks.append(look) or PNG)
    assert [one.shape for one in looks] == ["ems"]


def test_that_each_theme_has_its_own_symbols_in_the_same_places() -> None:
    dark = b"\xff\xd8\xff dark"
    page = told(incident("i1"), incident("i2", type="flood"), draw_dark=lambda _: dark)
    light, other = page["icons"]
    assert len(light) == len(other) == 2
    assert light[0].startswith("data:image/png")
    assert other[0].startswith("data:image/jpeg")


def test_that_areas_have_a_colour_in_both_themes() -> None:
    for table in area_looks().values():
        for look in table.values():
            assert [len(one) for one in look["ink"]] == [7, 7]
            assert look["ink"][0].startswith("#")
