"""Forms of a period on record: all that was said in it, also what is gone from the picture, and of no other."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.briefing.forms.filling import fill
from cop.briefing.forms.periods import periods
from cop.briefing.forms.said import Said, said_in, told
from cop.briefing.forms.situation import Situation
from cop.briefing.leaving import leaving
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Retraction
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit
from cop.feeds.message import Feed
from cop.replay.heard import moment_of as moment
from cop.replay.recall import Recall
from tests import reports as r
from tests.briefing.form_text import CHECK_IN, EAST, boxes, ground_of, picture_of, table
from tests.replay.stage import NOON, OPERATION, OWN, Stage

EMS = "mecklenburg-ems"
FEEDS = (Feed(name="cop", format="cop-json", topic="cop/v1/#"),)
LINES = 2100  # more than the picture's log keeps


@pytest.fixture(scope="module")
def recall(tmp_path_factory: pytest.TempPathFactory) -> Recall:
    """From noon UTC (7 in the morning) to a quarter past six in the evening: the day's period and the night's first."""
    folder = tmp_path_factory.mktemp("record")
    stage = Stage(folder, FEEDS)
    _day(stage)
    stage.snapshot()
    stage.wait(NOON + 11 * 3600 + 60 - stage.now)
    stage.snapshot()
    _night(stage)
    stage.stopped()
    return Recall(folder, OPERATION)


def _day(stage: Stage) -> None:
    def now() -> datetime:
        return moment(stage.now)

    stage.say(OWN, Incident(id="i1", at=now(), rev=1, title="Derailment", type="hazmat", opened_at=now()))
    stage.say(EMS, Unit(id="medic-17", at=now(), rev=1, callsign="Medic 17", kind="ambulance", crew=2))
    for number in range(LINES):
        stage.wait(1.0)
        stage.say(OWN, LogEntry(id=f"l{number}", at=now(), text=f"line {number}"))
        stage.say(OWN, Position(id="engine-1", at=now(), lat=35.2 + number / 100_000, lon=-80.8))
        if number == 100:
            asked = Task(
                id="t1", at=now(), rev=1, role="commander", objective="Triage", assignee_agency=EMS, unit="medic-17"
            )
            stage.say(OWN, asked)
        if number in (200, 300, 400):
            state = {200: "accepted", 300: "on_scene", 400: "complete"}[number]
            stage.say(
                EMS,
                Answer(
                    id="t1", at=now(), rev=number, requester=OWN, role="dispatcher", state=state, reason=f"as {number}"
                ),
            )
        if number == 500:  # all of it is gone from the picture
            stage.say(
                OWN,
                Task(
                    id="t1",
                    at=now(),
                    rev=2,
                    role="commander",
                    objective="Triage",
                    assignee_agency=EMS,
                    unit="x",
                    deleted=True,
                ),
            )
            stage.say(EMS, Unit(id="medic-17", at=now(), rev=2, deleted=True))
        if number % 50 == 0:
            stage.say(EMS, Resource(id="beds", at=now(), rev=number + 1, name="Beds", kind="beds"))
            stage.pulse()
    stage.pulse()


def _night(stage: Stage) -> None:
    stage.say(OWN, LogEntry(id="late", at=moment(stage.now - 600), text="said by day, heard by night"))
    again = Incident(id="i1", at=moment(stage.now), rev=2, title="Derailment", type="hazmat", opened_at=moment(NOON))
    stage.say(OWN, again)  # a feed that says all of it each minute
    stage.say(EMS, Unit(id="medic-9", at=moment(stage.now), rev=1, callsign="Medic 9", kind="ambulance"))
    stage.wait(60)
    stage.say(OWN, Position(id="engine-1", at=moment(stage.now), lat=35.3, lon=-80.8))
    stage.say(OWN, Position(id="engine-2", at=moment(stage.now), lat=35.3, lon=-80.8))
    stage.wait(840)
    stage.say(OWN, Position(id="engine-2", at=moment(stage.now), lat=35.3, lon=-80.8))


def _situation(recall: Recall, number: int) -> Situation:
    record = recall.record
    first, last = (datetime.fromtimestamp(one, UTC) for one in (record.first_at, record.last_at))
    period = periods(first, last, zone=EAST)[number - 1]
    at = min(period.ends, last)
    said = said_in(recall, period.begins, period.ends)
    return ground_of(recall.picture(at.timestamp()), at=at, begins=period.begins, said=said)


def test_that_the_log_of_a_period_is_whole_where_the_picture_keeps_a_part(recall: Recall) -> None:
    ground = _situation(recall, 1)
    rows = [row[1] for row in table(fill("214", ground)[0], "7") if ": line " in row[1]]
    assert len(rows) == LINES > len(ground.picture.log)
    assert rows[0] == "Charlotte Fire: line 0"


def test_that_a_task_that_is_gone_from_the_picture_is_told_with_its_times(recall: Recall) -> None:
    ground = _situation(recall, 1)
    assert not ground.picture.tasks
    (form,) = fill("221", ground)
    assert boxes(form)["4"] == "Medic 17, Ambulance (Mecklenburg EMS)"
    assert "as 400" in boxes(form)["7"]
    told_rows = [row[1] for row in table(fill("214", ground)[0], "7")]
    assert "Mecklenburg EMS: Medic 17 on scene: Triage, asked by Charlotte Fire — as 300" in told_rows


def test_that_who_came_and_went_is_on_the_check_in_list(recall: Recall) -> None:
    rows = {row[5]: row for row in table(fill("211", _situation(recall, 1))[0], CHECK_IN)}
    assert set(rows) == {"Medic 17", "engine-1"}
    assert rows["Medic 17"][8] == "11/02 07:05"
    assert (rows["Medic 17"][3], rows["Medic 17"][10]) == ("Ambulance", "2")


def test_that_a_later_period_has_what_was_new_in_it_alone(recall: Recall) -> None:
    ground = _situation(recall, 2)
    assert ground.period.begins == datetime(2026, 11, 2, 23, tzinfo=UTC)
    rows = [row[1] for row in table(fill("214", ground)[0], "7")]
    assert rows == ["Charlotte Fire: said by day, heard by night"]
    heard = {row[5]: row[8] for row in table(fill("211", ground)[0], CHECK_IN)}
    assert set(heard) == {"Medic 9", "engine-2"}
    # where it was first heard, not where it was heard last
    first = ground.said.first_heard[(OWN, "engine-2")]
    assert ground.at - first >= timedelta(seconds=800)


def test_that_periods_share_no_word_and_lose_none(recall: Recall) -> None:
    record = recall.record
    first, last = (datetime.fromtimestamp(one, UTC) for one in (record.first_at, record.last_at))
    whole = said_in(recall, first, last)
    middle = first + timedelta(seconds=1000.5)
    parts = [said_in(recall, first, middle), said_in(recall, middle, last)]
    assert sorted(_keys(parts[0]) + _keys(parts[1])) == sorted(_keys(whole))
    assert not set(parts[0].first_heard) & set(parts[1].first_heard)
    assert parts[0].first_heard | parts[1].first_heard == whole.first_heard


def _keys(said: Said) -> list[tuple[object, ...]]:
    return [(type(one.body).__name__, *one.key, one.body.rev, one.reported_at) for one in said.words]


def test_that_a_period_outside_the_record_is_empty(recall: Recall) -> None:
    before = datetime(2026, 1, 1, tzinfo=UTC)
    assert not said_in(recall, before, before + timedelta(hours=12)).words
    assert not said_in(recall, before + timedelta(days=700), before + timedelta(days=701)).words


def test_that_of_what_was_said_the_reader_gets_what_it_may_have() -> None:
    drafts = r.report(OWN, r.task("t1", draft=True))
    answer = r.report("gastonia-fd", r.answer("t1", "accepted"))
    letters = [
        r.report(OWN, LogEntry(id=one, at=r.at(0), text=one, to=(one,) if one else ())) for one in ("b-fd", "c-fd")
    ]
    retracted = r.report(OWN, Retraction(id="t9", at=r.at(0), kind="task"))
    said = Said((drafts, answer, *letters, retracted), {("b-pd", "p1"): r.at(0)})
    picture = picture_of([])
    for reader, texts in ((OWN, ["b-fd", "c-fd"]), ("b-fd", ["b-fd"]), ("", [])):
        leaves = leaving(picture, r.at(60), reader=reader, own=OWN)
        kept = told(said, leaves)
        assert [one.body.id for one in kept.of(LogEntry)] == texts
        assert bool(list(kept.of(Task))) is bool(list(kept.of(Answer))) is (reader == OWN)


def test_that_the_taking_back_of_a_draft_tells_nobody_else_of_it() -> None:
    draft = r.task("draft-secret", objective="Not sent", assignee_agency=EMS, unit="medic-17", draft=True)
    sent = r.task("t2", objective="Sent", assignee_agency=EMS, unit="medic-17")
    words = [
        *(r.report(OWN, one) for one in (draft, sent)),
        *(r.report(OWN, Retraction(id=one, at=r.at(60), rev=9, kind="task")) for one in ("draft-secret", "t2")),
    ]
    ground = ground_of(picture_of([]), reader=EMS, said=Said(tuple(words), whole=True))
    told_of = [one.body.id for one in ground.said.of(Retraction)]
    assert told_of == ["t2"]
    assert "draft-secret" not in str(fill("214", ground))
