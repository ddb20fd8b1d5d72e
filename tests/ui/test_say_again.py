"""What a broker has lost of our agency's words is said again, and nothing else."""

from datetime import timedelta

import pytest

from cop.domain.area import Zone
from cop.domain.batch import Batch, Delivered, Settled
from cop.domain.desk import Command
from cop.domain.log import LogEntry
from cop.domain.report import Report, Source
from cop.domain.statement import Statement
from tests import reports as r
from tests.ui.conftest import Clock, MakeDesk

_OWN = "charlotte-fire"
_KINDS = ["incident", "task", "answer", "zone", "unit", "log", "position", "presence"]


def _told(*bodies: Statement, agency: str = _OWN) -> Batch:
    return Batch(epoch=1, reports=[r.report(agency, body) for body in bodies])


def _settled(*heard: str, kinds: list[str] | None = None) -> Batch:
    return Batch(epoch=1, settled=Settled(kinds=_KINDS if kinds is None else kinds, heard=list(heard)))


def _said(sent: list[Command]) -> list[str]:
    return sorted(body.id for one in sent for body in one.bodies)


def test_that_what_the_broker_does_not_give_back_is_said_again_word_for_word(
    make_desk: MakeDesk, sent: list[Command]
) -> None:
    desk = make_desk(filled=False)
    words = [r.incident("i1", rev=3), r.incident("i2"), r.task("t1"), r.answer("t9", "accepted", requester="ems")]
    desk.take_in(_told(*words))
    desk.take_in(_settled("incident/i2"))
    assert sorted((body for one in sent for body in one.bodies), key=lambda body: body.id) == [
        words[0],
        words[2],
        words[3],
    ]


@pytest.mark.parametrize("name", ["answer/ems~t9", "answer/t9"])
def test_that_nothing_is_said_where_nothing_was_lost(make_desk: MakeDesk, sent: list[Command], name: str) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_told(r.incident("i1"), r.answer("t9", "accepted", requester="ems")))
    desk.take_in(_settled("incident/i1", name))
    desk.take_in(_settled("incident/i1", name))
    assert sent == []


def test_that_only_our_own_agencys_words_of_our_own_format_are_said(make_desk: MakeDesk, sent: list[Command]) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_told(r.incident("theirs"), agency="ems"))
    body = r.incident("of-our-cad")
    source = Source(feed="cad", format="cad-json", original_id=body.id, original_type="incident")
    cad = Report(agency=_OWN, body=body, source=source, received_at=r.NOON)
    entry = LogEntry(id="l1", at=r.NOON, text="no object")
    desk.take_in(Batch(epoch=1, reports=[cad, r.report(_OWN, entry), r.report(_OWN, r.incident("ours"))]))
    desk.take_in(_settled())
    assert _said(sent) == ["ours"]


def test_that_what_this_desk_may_not_hear_is_not_taken_for_lost(make_desk: MakeDesk, sent: list[Command]) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_told(r.incident("i1")))
    desk.take_in(_settled(kinds=["task"]))
    assert sent == []
    # a kind that never came back from a broker: perhaps this one shows it to nobody
    desk.do(Command(r.resource("r1")))
    sent.clear()
    desk.take_in(Batch(epoch=1, delivered=[Delivered("resource", _OWN, "r1", "sent")]))
    desk.take_in(_settled("incident/i1", kinds=["incident", "resource"]))
    assert sent == []


def test_that_what_is_on_its_way_anyhow_is_not_said_twice(make_desk: MakeDesk, sent: list[Command]) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_told(r.incident("i0")))
    desk.do(Command(r.incident("i1")))
    sent.clear()
    desk.take_in(_settled("incident/i0"))
    assert sent == []


def test_that_what_another_desk_said_again_meanwhile_is_left_to_it(
    make_desk: MakeDesk, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk(filled=False)
    everything = [r.incident(f"i{n:03}") for n in range(300)]
    desk.take_in(_told(*everything))
    desk.take_in(_settled())
    assert len(_said(sent)) == 200  # so many a second
    desk.take_in(_told(*everything[200:290]))
    for _ in range(3):
        clock.now += timedelta(seconds=1)
        desk.tick()
    assert _said(sent[1:]) == [f"i{n}" for n in range(290, 300)]


def test_that_an_old_word_that_the_broker_kept_is_answered_by_the_one_that_stands(
    make_desk: MakeDesk, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk(filled=False)
    now, gone = r.incident("i1", rev=3), r.incident("i2", rev=2, deleted=True)
    desk.take_in(_told(now, r.incident("i2"), gone))
    desk.take_in(_told(r.incident("i1", rev=1), r.incident("i2", rev=1)))
    assert sent == []
    clock.now += timedelta(seconds=4)
    desk.tick()
    assert [body for one in sent for body in one.bodies] == [now, gone]


def test_that_of_two_words_of_one_revision_the_broker_keeps_the_one_that_stands(
    make_desk: MakeDesk, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk(filled=False)
    stands = r.incident("i1", rev=2, title="Ours", by="Ann", seconds=9)
    desk.take_in(_told(stands))
    desk.take_in(_told(r.incident("i1", rev=2, title="Theirs", by="Bob", seconds=5)))  # said apart, and heard last
    clock.now += timedelta(seconds=4)
    desk.tick()
    assert [body for one in sent for body in one.bodies] == [stands]
    sent.clear()
    desk.take_in(_told(stands))
    clock.now += timedelta(seconds=9)
    desk.tick()
    assert sent == []


def test_that_the_echo_of_a_word_whose_next_is_on_its_way_is_no_old_word(
    make_desk: MakeDesk, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk(filled=False)
    desk.do(Command(r.incident("i1", rev=1)))
    desk.do(Command(r.incident("i1", rev=2)))
    sent.clear()
    desk.take_in(_told(r.incident("i1", rev=1)))
    desk.take_in(Batch(epoch=1, delivered=[Delivered("incident", _OWN, "i1", "sent")]))
    desk.take_in(_told(r.incident("i1", rev=2)))
    clock.now += timedelta(seconds=9)
    desk.tick()
    assert sent == []


def test_that_what_is_over_is_not_said_again(make_desk: MakeDesk, sent: list[Command], clock: Clock) -> None:
    desk = make_desk(filled=False)
    ring = ((-80.8, 35.2), (-80.7, 35.2), (-80.7, 35.3), (-80.8, 35.2))
    geometry = {"type": "Polygon", "coordinates": [ring]}
    zones = [
        Zone(id=name, at=r.NOON, rev=1, kind="hot", geometry=geometry, expires_at=r.at(ends))
        for name, ends in (("over", 60.0), ("stands", 6000.0))
    ]
    desk.take_in(_told(*zones))
    clock.now += timedelta(seconds=90)
    desk.take_in(_settled())
    assert _said(sent) == ["stands"]
