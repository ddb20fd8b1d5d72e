"""Whose word a message is: wrong hands, wrong roles and missing ones are refused, counted and handed on to be shown."""

import time

import msgspec
import pytest

from cop.domain.consent import Consent
from cop.domain.report import Source, kind_of
from cop.domain.rules.spoken import roles_for, why_not_theirs
from cop.domain.statement import Statement
from cop.domain.words import ROLES
from cop.feeds.adapters.cop_json import encode
from cop.feeds.authorship import WrongHands, author_of
from cop.feeds.intake import Intake
from cop.feeds.message import Feed
from cop.feeds.session import Received
from tests import reports as r

GIVEN = Consent(id="mou~4.1", at=r.NOON, rev=1, agreement="mou", clause="4.1")


def _said(agency: str, body: Statement) -> tuple[Intake, list[object]]:
    intake = Intake([Feed(name="cop", format="cop-json", topic="cop/v1/#")], None, exercise=None)
    topic = f"cop/v1/{agency}/{kind_of(body)}/{body.id}"
    intake.take([Received(topic, encode(body), time.time(), False, 1, 1)])
    batch = intake.batch(1, None, [], health=True)
    return intake, [batch.reports, batch.refusals, batch.health[0].last_bad_reason]


def test_that_a_commanders_task_is_taken() -> None:
    _, (reports, refusals, _) = _said("charlotte-fire", r.task("t1", role="commander", agency="charlotte-fire"))
    assert len(reports) == 1 and not refusals  # type: ignore[arg-type]


def test_that_a_task_in_another_agencys_part_of_the_tree_is_refused_and_says_whose_it_is() -> None:
    _, (reports, refusals, counted) = _said("gastonia-fd", r.task("t1", role="commander", agency="charlotte-fire"))
    assert not reports
    [word] = refusals  # type: ignore[misc]
    assert word.reason == "it says that it comes from charlotte-fire"
    assert (word.kind, word.agency, word.id, word.role) == ("task", "gastonia-fd", "t1", "commander")
    assert "wrong hands" in str(counted)


@pytest.mark.parametrize(
    ("body", "role"),
    [
        (r.task("t1"), "dispatcher"),
        (r.task("t1"), "liaison"),
        (r.task("t1"), "mayor"),
        (r.answer("t1", "accepted"), "mayor"),
        (GIVEN, "dispatcher"),
        (GIVEN, "system"),
        (r.resource("pump"), "commander"),
    ],
)
def test_that_a_role_that_may_not_do_what_it_sent_is_refused_with_the_reason(body: Statement, role: str) -> None:
    _, (reports, refusals, _) = _said("charlotte-fire", msgspec.structs.replace(body, role=role))
    assert not reports
    [word] = refusals  # type: ignore[misc]
    assert "may not say" in word.reason
    assert "only" in word.reason


def test_that_what_binds_people_is_not_taken_from_somebody_without_a_role() -> None:
    for body in (r.task("t1"), r.answer("t1", "accepted"), GIVEN):
        _, (reports, refusals, _) = _said("charlotte-fire", body)
        assert not reports
        assert refusals


def test_that_an_agencys_system_needs_no_role_for_its_incidents_and_resources() -> None:
    for body in (r.incident("i1"), r.resource("pump")):
        _, (reports, refusals, _) = _said("charlotte-fire", body)
        assert len(reports) == 1 and not refusals  # type: ignore[arg-type]


def test_that_who_floods_us_with_refused_words_fills_no_memory() -> None:
    intake = Intake([Feed(name="cop", format="cop-json", topic="cop/v1/#")], None, exercise=None)
    burst = [
        Received(f"cop/v1/a/task/t{n}", encode(r.task(f"t{n}", role="dispatcher")), time.time(), False, 1, 1)
        for n in range(1000)
    ]
    intake.take(burst)
    assert len(intake.batch(1, None, [], health=False).refusals) <= 100


def test_that_every_role_that_is_allowed_is_a_role_of_ours_and_no_machine_gives_consent_or_takes_command() -> None:
    for kind in ("task", "answer", "consent", "command", "request", "fill", "link", "incident", "zone", "resource"):
        assert roles_for(kind) <= set(ROLES)
        assert all(not why_not_theirs(kind, role) for role in roles_for(kind))
    assert "system" not in roles_for("consent") | roles_for("command")


def test_that_who_may_not_say_a_word_may_not_take_it_back_in_that_role_either() -> None:
    for role, taken in (("observer", False), ("commander", True), ("", True)):
        _, (reports, refusals, _) = _said("charlotte-fire", r.task("t1", role=role, deleted=True))
        assert (bool(reports), bool(refusals)) == (taken, not taken)


def test_that_no_foreign_format_gives_consent_or_takes_command() -> None:
    for body, theirs in ((GIVEN, False), (r.task("t1"), True), (r.incident("i1"), True), (r.unit("e1"), True)):
        source = Source(feed="rm", format="edxl-rm")
        told = msgspec.structs.replace(r.report("charlotte-fire", body), source=source)
        if theirs:
            assert author_of(told).role == "system"
        else:
            with pytest.raises(WrongHands):
                author_of(told)
