"""What is taken back before it is known, and incidents whose newest report says nothing of what happened."""

import itertools
from typing import Any

import msgspec

from cop.domain.area import Alert
from cop.domain.batch import Batch
from cop.domain.incident import Incident, Link
from cop.domain.report import Report, Retraction
from cop.domain.resource import Resource
from cop.picture.picture import Picture
from tests.reports import at, report

CAD = "charlotte-fire"
KEY = (CAD, "i")


def incident(seconds: float, **fields: Any) -> Report:
    """A report of the incident as adapters make them: without a revision."""
    return report(CAD, Incident(id="i", at=at(seconds), **fields), received_s=900)


def link(seconds: float) -> Report:
    return report(CAD, Link(id="l", at=at(seconds), first=f"{CAD}/i", second=f"{CAD}/j"), received_s=900)


def unlink(seconds: float, received_s: float = 900) -> Report:
    return report(CAD, Retraction(id="l", at=at(seconds), kind="link"), received_s=received_s)


def picture_of(*reports: Report) -> Picture:
    """A picture that was told of these, in this order."""
    picture = Picture()
    for one in reports:
        picture.apply(Batch(reports=[one]))
    return picture


FULL = incident(
    0,
    type="fire",
    title="Warehouse",
    status="contained",
    priority=1,
    lat=35.2,
    lon=-80.8,
    address="1 Trade St",
    opened_at=at(-60),
)
BARE = incident(20)
MERGED = incident(30, status="closed", closed_at=at(30), summary="Merged into j")


def test_that_what_is_older_than_its_taking_back_stays_away_in_any_order() -> None:
    for told in itertools.permutations((link(0), link(10), unlink(20))):
        assert picture_of(*told).links == {}
    assert set(picture_of(unlink(20), link(0), link(30)).links) == {(CAD, "l")}


def test_that_an_emptied_topic_of_something_unknown_keeps_nobody_away() -> None:
    # its time is that of its receipt, and a sender whose clock is slow says the object anew
    assert set(picture_of(unlink(20, received_s=20), link(10)).links) == {(CAD, "l")}


def test_that_nobody_takes_back_what_another_agency_says() -> None:
    theirs = report("gastonia-fd", Retraction(id="l", at=at(50), kind="link"), received_s=900)
    for told in ((theirs, link(0)), (link(0), theirs)):
        assert set(picture_of(*told).links) == {(CAD, "l")}


def test_that_a_report_that_says_nothing_of_an_incident_takes_nothing_away() -> None:
    for told in ((FULL, BARE), (BARE, FULL), (BARE, FULL, BARE, FULL)):
        shown = picture_of(*told).incidents[KEY]
        body = shown.body
        assert isinstance(body, Incident)
        assert (body.type, body.title, body.status, body.priority) == ("fire", "Warehouse", "contained", 1)
        assert (body.lat, body.lon, body.address, body.opened_at) == (35.2, -80.8, "1 Trade St", at(-60))
        assert body.at == at(20)
        assert shown.losses["words"] == "as said at 2026-11-02T12:00:00Z"


def test_that_an_incident_that_ended_without_words_is_over_and_keeps_its_own() -> None:
    for told in itertools.permutations((FULL, BARE, MERGED)):
        body = picture_of(*told).incidents[KEY].body
        assert isinstance(body, Incident)
        assert (body.title, body.status, body.closed_at) == ("Warehouse", "closed", at(30))
        assert body.summary == "Merged into j"


def test_that_any_order_of_words_and_none_ends_in_the_same_picture() -> None:
    second = incident(10, type="hazmat", title="Tank", lat=35.4, lon=-80.7)
    pictures = [picture_of(*told).incidents for told in itertools.permutations((FULL, second, BARE, MERGED))]
    assert all(one == pictures[0] for one in pictures)
    again = incident(40, type="hazmat", title="Tank")
    assert picture_of(FULL, BARE, again).incidents[KEY] == again  # words of its own: nothing is added


def test_that_a_drill_stays_one_and_takes_no_words_from_what_is_none() -> None:
    drill, bare_drill = (msgspec.structs.replace(one, exercise=True) for one in (FULL, BARE))
    for told in ((drill, BARE), (BARE, drill)):
        assert picture_of(*told).incidents[KEY].exercise
    assert picture_of(FULL, bare_drill).incidents[KEY] == bare_drill


def test_that_an_incident_taken_back_gives_no_words() -> None:
    gone = report(CAD, Retraction(id="i", at=at(10), kind="incident"), received_s=900)
    for told in ((FULL, gone, BARE), (FULL, gone, FULL, BARE)):
        assert picture_of(*told).incidents[KEY] == BARE


def test_that_no_drill_replaces_or_takes_back_what_is_said_of_the_real_world() -> None:
    beds = report(CAD, Resource(id="beds", at=at(0), name="Beds", quantity=8, available=2), received_s=900)
    warning = report(CAD, Alert(id="w", at=at(0), event="Gas leak"), received_s=900)
    played = msgspec.structs.replace(beds.body, at=at(20), available=8)
    drills = (
        msgspec.structs.replace(beds, body=played, exercise=True),
        report(CAD, Alert(id="w", at=at(20), event="Gas leak", status="Test"), received_s=900),
        msgspec.structs.replace(warning, body=Retraction(id="w", at=at(30), kind="alert"), exercise=True),
        msgspec.structs.replace(warning, body=Retraction(id="beds", at=at(30), kind="resource"), exercise=True),
    )
    for told in ((beds, warning, *drills), (*drills, beds, warning), (*reversed(drills), warning, beds)):
        picture = picture_of(*told)
        assert picture.resources == {(CAD, "beds"): beds}
        assert picture.alerts == {(CAD, "w"): warning}
    alone = picture_of(*drills[:2])
    assert (len(alone.resources), len(alone.alerts)) == (1, 1)
    newer = msgspec.structs.replace(beds, body=msgspec.structs.replace(played, at=at(40), available=1))
    assert picture_of(*drills[:2], beds, newer).resources == {(CAD, "beds"): newer}
