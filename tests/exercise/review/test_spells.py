"""Who led, what stood in conflict, who was silent, who could not see: as it was said and heard."""

import sqlite3
from pathlib import Path

import pytest

from cop.domain.agreement import ShareClause
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.request import Fill, ResourceRequest
from cop.exercise.review.figures import Review
from cop.journal.folder import files_of
from cop.picture.ground import Ground
from cop.replay.recall import Recall
from tests.exercise.review.told import INCIDENT, OTHERS, THEIRS, Record, agreements_of, reviewed
from tests.replay.stage import OPERATION, OWN


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path)


def test_that_command_is_told_to_the_second_by_the_words_of_who_has_it(record: Record) -> None:
    record.incident(0)
    record.command(120, OWN)
    record.command(300, THEIRS)
    record.command(360, THEIRS, holds=False)
    record.incident(600, status="closed")
    record.end(700)
    (led,) = reviewed(record.folder).led
    assert [(one.what, one.who, one.seconds) for one in led.commands] == [
        ("nobody", (), 120),
        ("one", (OWN,), 180),
        ("contested", (OWN, THEIRS), 60),
        ("one", (OWN,), 240),
    ]
    assert (led.no_command_s, led.two_commands_s) == (120, 60)
    assert all(one.begins.record for one in led.commands)


def test_that_an_incident_on_nobodys_ground_had_no_lead(record: Record) -> None:
    record.incident(0)
    record.incident(100, status="closed")
    record.end(200)
    (led,) = reviewed(record.folder).led
    assert led.leads[0].what == "nobody" and led.no_lead_s == pytest.approx(100, abs=1.5)


def test_that_a_lead_passes_where_the_incident_turns_out_to_lie(record: Record) -> None:
    from shapely.geometry import box

    ground = Ground(
        Jurisdiction(
            id=agency, name=agency, level="fire", discipline="fire", agency=agency, geometry=box(*at), area_km2=1.0
        )
        for agency, at in ((OWN, (-81, 35, -80.5, 35.5)), (THEIRS, (-82, 35, -81, 35.5)))
    )
    record.incident(0)
    record.incident(200, lon=-81.5)
    record.end(300)
    (led,) = reviewed(record.folder, ground=ground).led
    assert [(one.what, one.who) for one in led.leads] == [("one", (OWN,)), ("one", (THEIRS,))]
    assert (led.passed, led.no_lead_s) == (1, 0)


def test_that_a_conflict_stands_from_when_it_was_one_until_it_is_settled(record: Record) -> None:
    record.incident(0)
    record.ask(20, answer_by=record.at(80))
    record.answer(200, "accepted")
    record.end(400)
    (conflict,) = reviewed(record.folder).conflicts
    assert conflict.kind == "overdue" and conflict.begins.at == record.at(80)
    assert conflict.ends is not None and conflict.seconds == pytest.approx(120, abs=1)
    assert "accepted" in conflict.ended_by


def test_that_what_looked_open_while_a_desk_caught_up_was_no_conflict(record: Record) -> None:
    record.say(OWN, record.asking(20, "t-1", THEIRS, "engine-2", answer_by=record.at(80)), heard=500, retained=True)
    record.say(THEIRS, record.answering(60, "accepted"), heard=502, retained=True)
    record.end(600)
    assert not reviewed(record.folder).conflicts


def talk(record: Record, begin: int, end: int) -> None:
    for second in range(begin, end):
        record.place(THEIRS, "engine-2", second)


def test_that_a_silence_is_told_by_the_agencys_own_rhythm(record: Record) -> None:
    talk(record, 0, 60)
    talk(record, 100, 130)
    record.end(131)
    silences = reviewed(record.folder).silences
    assert [(one.agency, one.begins.at, one.real_s) for one in silences] == [(THEIRS, record.at(59), 41)]
    assert silences[0].ends is not None and silences[0].ends.at == record.at(100)


def test_that_nobody_is_silent_while_this_desk_hears_nobody(record: Record) -> None:
    talk(record, 0, 60)
    record.go_to(61)
    record.broker("connecting")
    record.go_to(99)
    record.broker("online")
    talk(record, 100, 130)
    record.end(131)
    review = reviewed(record.folder)
    assert not review.silences
    assert any("no connection" in one.words and one.records for one in review.cannot_tell)


def at_work_together(record: Record) -> None:
    record.incident(0)
    for agency, unit, task in ((THEIRS, "engine-2", "t-1"), (OTHERS, "adam-1", "t-2")):
        record.online(1, agency)
        record.unit(agency, unit, 2)
        record.ask(10, task=task, owner=agency, unit=unit)
        record.answer(20, "en_route", task=task, owner=agency)
        record.answer(60, "on_scene", task=task, owner=agency)
    record.end(100)


def hidden(review: Review) -> list[tuple[str, str, str]]:
    return [(one.agency, one.of, one.clause) for one in review.unseen if one.kind == "place"]


def test_that_a_unit_hidden_from_who_works_beside_it_is_told(record: Record) -> None:
    at_work_together(record)
    clause = ShareClause(number="9", says="Not to the police.", giver=THEIRS, to=(OTHERS,), positions="none")
    review = reviewed(record.folder, agreements=agreements_of(clause))
    assert hidden(review) == [(OTHERS, THEIRS, "Aid §9")]
    assert all(one.records for one in review.unseen)
    assert hidden(reviewed(record.folder)) == []


def test_that_who_was_asked_and_never_on_line_is_told(record: Record) -> None:
    record.online(0, OTHERS)
    record.ask(10)
    record.ask(11, task="t-2", owner=OTHERS, unit="adam-1")
    record.end(50)
    assert [(one.agency, one.kind) for one in reviewed(record.folder).unseen] == [(THEIRS, "offline")]


def test_that_refused_messages_are_counted_by_reason_and_named(record: Record) -> None:
    record.go_to(10)
    record.stage.hear(f"cop/v1/{THEIRS}/unit/x", b"{garbage")
    number = record.stage.journal.last
    record.end(20)
    (one,) = [one for one in reviewed(record.folder).unseen if one.kind == "refused"]
    assert (one.of, one.count, one.records) == (THEIRS, 1, (number,)) and one.what.startswith("1 ×")


def test_that_resources_are_followed_from_request_to_delivery(record: Record) -> None:
    request = record.word(ResourceRequest, "r-1", 10, what="Foam", kind="equipment", quantity=4, role="commander")
    record.say(OWN, request)
    given = {"requester": OWN, "role": "liaison"}
    record.say(THEIRS, record.word(Fill, "r-1", 40, quantity=3, state="offered", **given))
    record.say(THEIRS, record.word(Fill, "r-1", 100, quantity=3, state="delivered", **given))
    record.say(OTHERS, record.word(Fill, "r-1", 50, state="declined", reason="None left", **given), heard=110)
    record.end(200)
    (one,) = reviewed(record.folder).supplies
    assert (one.wanted, one.promised, one.delivered, one.state) == (4, 3, 3, "part_filled")
    assert (one.to_offer_s, one.to_delivery_s) == (30, 90)
    assert {each.agency: each.reason for each in one.given}[OTHERS] == "None left"


def test_that_the_timeline_is_in_order_and_each_line_has_its_record(record: Record) -> None:
    record.incident(0)
    record.ask(10)
    record.answer(30, "accepted")
    record.say(OWN, record.word(LogEntry, "l-1", 40, text="Roof is down"))
    record.incident(50, status="contained")
    record.end(60)
    lines = reviewed(record.folder).timeline
    assert [one.at for one in lines] == sorted(one.at for one in lines)
    assert [one.kind for one in lines if one.kind != "silence"] == ["incident", "task", "answer", "message", "incident"]
    assert all(one.records for one in lines)


def test_that_a_gap_in_the_record_is_said(record: Record) -> None:
    record.incident(0)
    record.go_to(10)
    record.stage.stopped()
    record.go_to(310)
    record.stage.desktop_started()
    record.broker("online")
    record.end(320)
    gaps = [one for one in reviewed(record.folder).cannot_tell if one.begins is not None]
    assert [(one.words, one.begins, one.ends) for one in gaps] == [
        ("this desk was not running", record.at(10), record.at(310))
    ]


def test_that_a_damaged_block_costs_its_words_alone_and_is_said(record: Record) -> None:
    record.incident(0)
    record.ask(10)
    for second in range(20, 400):
        record.place(THEIRS, "engine-2", second)
    record.answer(400, "accepted")
    record.end(500)
    (file,) = files_of(record.folder, OPERATION)
    connection = sqlite3.connect(file.path)
    firsts = [first for (first,) in connection.execute("SELECT first FROM content ORDER BY first")]
    connection.execute("UPDATE content SET packed = ? WHERE first = ?", (b"garbage", firsts[-2]))
    connection.commit()
    connection.close()
    review = reviewed(record.folder)
    assert len(firsts) > 2 and review.led
    assert any("cannot be read" in one.words for one in review.cannot_tell)


def test_that_a_record_of_nothing_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no journal"):
        Recall(tmp_path)


def test_that_a_record_in_which_nothing_happened_is_a_review(record: Record) -> None:
    record.end(1)
    review = reviewed(record.folder)
    assert (review.responses, review.led, review.objectives, review.conflicts) == ((), (), (), ())


def test_that_real_work_has_no_objectives_and_its_own_clock(record: Record) -> None:
    record.incident(0)
    record.end(10)
    review = reviewed(record.folder)
    assert (review.exercise, review.title, review.objectives) == ("", "", ())
    assert [one.pace for one in review.paces] == [1.0]


def test_that_hostile_words_are_words(record: Record) -> None:
    text = "</script><img src=x onerror=alert(1)>\u202e${7*7}\n{{7*7}}"
    record.say(OWN, record.word(Incident, INCIDENT, 0, title=text[:200], type="fire", lat=35.2, lon=-80.9))
    record.ask(10, objective=text[:200])
    record.answer(20, "declined", reason=text)
    record.end(30)
    review = reviewed(record.folder)
    assert "\n" not in review.responses[0].objective and "\u202e" not in review.responses[0].said[0].reason
