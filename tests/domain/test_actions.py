"""Roles and ownership: what is allowed, and that a refusal says why."""

import msgspec
import pytest

from cop.domain.area import Zone, ZoneForm
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.rules import actions
from cop.domain.zone_forms import geometry_of
from tests.reports import at, incident, report, resource

DISPATCHER = Operator("charlotte-fire", "dispatcher", "Ann")
COMMANDER = Operator("charlotte-fire", "commander", "Bob")
LIAISON = Operator("gastonia-fd", "liaison", "Cat")


def refused(decided: Command | Refusal) -> str:
    assert isinstance(decided, Refusal), decided
    return decided.reason


def allowed(decided: Command | Refusal) -> Command:
    assert isinstance(decided, Command), decided
    return decided


@pytest.mark.parametrize("action", sorted(actions.ALLOWED))
def test_that_a_role_outside_the_table_is_refused_with_both_roles_named(action: str) -> None:
    outsider = Operator("charlotte-fire", "visitor", "Eve")
    refusal = actions.may(outsider, action)
    assert refusal is not None
    assert "visitor" in refusal.reason


def test_that_an_incident_needs_a_title_and_gets_its_time() -> None:
    assert "title" in refused(actions.open_incident(DISPATCHER, incident("i", title=" "), at(0)))
    assert allowed(actions.open_incident(DISPATCHER, incident("i"), at(7))).body.at == at(7)


def test_that_only_the_agency_that_reported_an_incident_changes_it() -> None:
    known = report("york-county-em", incident("i", rev=4))
    assert "york-county-em" in refused(actions.change_incident(COMMANDER, known, incident("i"), at(0)))
    own = report("charlotte-fire", incident("i", rev=4))
    assert allowed(actions.change_incident(COMMANDER, own, incident("i"), at(0))).body.rev == 5


def test_that_a_liaison_marks_only_the_own_agencys_resources_within_their_number() -> None:
    known = report("gastonia-fd", resource("foam-1", quantity=3, rev=2))
    marks = {"availability": "committed", "available": 1, "until": at(3600), "at": at(0)}
    command = allowed(actions.mark_resource(LIAISON, known, **marks))  # type: ignore[arg-type]
    assert (command.body.rev, getattr(command.body, "available", None)) == (3, 1)
    other = report("csx-rail", resource("crane"))
    assert "csx-rail" in refused(actions.mark_resource(LIAISON, other, **marks))  # type: ignore[arg-type]
    assert "3 in all" in refused(
        actions.mark_resource(LIAISON, known, availability="available", available=4, until=None, at=at(0))
    )
    assert "past" in refused(
        actions.mark_resource(LIAISON, known, availability="available", available=1, until=at(-1), at=at(0))
    )
    assert "signed in as incident commander" in refused(
        actions.mark_resource(Operator("gastonia-fd", "commander"), known, **marks)  # type: ignore[arg-type]
    )


CIRCLE = ZoneForm(shape="circle", points=((-80.953, 35.2425),), radius_m=1000.0)


def test_that_a_drawn_zone_says_the_same_by_its_form_and_by_its_geometry() -> None:
    wrong = {"type": "Point", "coordinates": [0, 0]}
    drawn = Zone(id="z", at=at(0), kind="hot_zone", form=CIRCLE, geometry=wrong, expires_at=at(60))
    body = allowed(actions.draw_zone(DISPATCHER, drawn, at(5))).body
    assert isinstance(body, Zone)
    assert body.geometry == geometry_of(CIRCLE)
    assert (body.by, body.at, body.rev, body.form) == ("Ann", at(5), 1, CIRCLE)


def test_that_a_liaison_draws_no_zone_and_a_shape_that_is_none_is_refused_in_words() -> None:
    drawn = Zone(id="z", at=at(0), form=CIRCLE)
    reason = refused(actions.draw_zone(LIAISON, drawn, at(0)))
    assert reason == "Only a dispatcher or incident commander draws a zone; this desk is signed in as liaison."
    bowtie = ZoneForm(shape="polygon", points=((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)))
    replace = msgspec.structs.replace
    for changed, why in (
        ({"form": bowtie}, "crosses itself"),
        ({"form": None}, "Draw where"),
        ({"expires_at": at(0)}, "in the past"),
        ({"starts_at": at(90), "expires_at": at(60)}, "before it begins"),
        ({"kind": "reference_grid"}, "opposite corners"),
    ):
        assert why in refused(actions.draw_zone(DISPATCHER, replace(drawn, **changed), at(0)))


def test_that_only_its_own_agency_changes_or_ends_a_zone_and_a_word_between_is_not_overwritten() -> None:
    zone = Zone(id="z", at=at(0), rev=4, by="Eve", form=CIRCLE, geometry=geometry_of(CIRCLE))
    theirs = report("york-county-em", zone)
    expected = "This zone is York County EM's; only they change it."
    decided = actions.change_zone(COMMANDER, theirs, zone, at(1), seen_rev=4, owner="York County EM")
    assert refused(decided) == expected
    assert refused(actions.end_zone(COMMANDER, theirs, at(1), owner="York County EM")) == expected
    ours = report("charlotte-fire", zone)
    assert "(Eve) has changed this zone meanwhile" in refused(
        actions.change_zone(COMMANDER, ours, zone, at(1), seen_rev=3)
    )
    wider = msgspec.structs.replace(zone, id="other", form=msgspec.structs.replace(CIRCLE, radius_m=1300.0))
    body = allowed(actions.change_zone(COMMANDER, ours, wider, at(1), seen_rev=4)).body
    assert isinstance(body, Zone)
    assert (body.id, body.rev, body.by, body.at) == ("z", 5, "Bob", at(1))
    assert body.form is not None
    assert body.geometry == geometry_of(body.form)
    ended = allowed(actions.end_zone(COMMANDER, ours, at(2))).body
    assert (ended.deleted, ended.rev) == (True, 5)


def test_that_a_zone_that_no_hand_can_draw_keeps_its_place_when_its_words_change() -> None:
    parts = {"type": "MultiPoint", "coordinates": [[0.0, 0.0], [1.0, 1.0]]}
    zone = Zone(id="z", at=at(0), geometry=parts)
    renamed = msgspec.structs.replace(zone, name="Both gates", geometry={})
    body = allowed(actions.change_zone(COMMANDER, report("charlotte-fire", zone), renamed, at(1), seen_rev=0)).body
    assert isinstance(body, Zone)
    assert (body.name, body.geometry) == ("Both gates", parts)
