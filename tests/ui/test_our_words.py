"""Two desks of one agency change the same thing while they cannot hear each other: one word stands, both are told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cop.domain.batch import Batch, Delivered
from cop.domain.desk import Command
from cop.domain.rules.newer import is_newer
from cop.domain.rules.superseded import is_superseded
from cop.ui.acts import our_words
from tests import reports as r
from tests.ui.conftest import Clock, MakeDesk

_KEY = ("incident", "charlotte-fire", "i1")


def _heard(*bodies: object, sent: bool = False) -> Batch:
    delivered = [Delivered(*_KEY, "sent")] if sent else []
    return Batch(epoch=1, reports=[r.report("charlotte-fire", body) for body in bodies], delivered=delivered)  # type: ignore[arg-type]


def test_that_a_change_that_waits_is_superseded_by_a_colleagues_newer_one_and_stays_so_when_it_leaves(
    make_desk: MakeDesk, sent: list[Command]
) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_heard(r.incident("i1", rev=1)))
    report = desk.picture.incidents["charlotte-fire", "i1"]
    desk.change_incident(report, r.incident("i1", title="Ours"))
    desk.take_in(_heard(r.incident("i1", rev=7, title="Theirs", by="Bob", role="dispatcher", seconds=60)))
    fate = desk.picture.deliveries[_KEY]
    assert fate.state == "superseded"
    assert fate.reason.startswith("Bob (dispatcher) changed it at ")
    desk.take_in(_heard(sent=True))
    assert desk.picture.deliveries[_KEY].state == "superseded"
    assert len(sent) == 1
    assert our_words.notice(desk.picture, fate).startswith("Overtaken: what you said of “Theirs”. Bob (dispatcher)")


def test_that_what_was_superseded_stays_so_when_the_word_in_its_place_is_said_again_here(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_heard(r.incident("i1", rev=1)))
    desk.change_incident(desk.picture.incidents["charlotte-fire", "i1"], r.incident("i1", title="Ours"))
    desk.take_in(_heard(sent=True))
    desk.take_in(_heard(r.incident("i1", rev=3, title="Theirs", by="Bob", seconds=-30)))
    desk.take_in(_heard(sent=True))  # theirs, said again
    assert desk.picture.deliveries[_KEY].state == "superseded"
    desk.change_incident(desk.picture.incidents["charlotte-fire", "i1"], r.incident("i1", title="Ours after all"))
    desk.take_in(_heard(sent=True))
    assert desk.picture.deliveries[_KEY].state == "sent"


def test_that_a_change_that_is_the_newer_one_is_sent_and_no_more(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_heard(r.incident("i1", rev=5)))
    desk.change_incident(desk.picture.incidents["charlotte-fire", "i1"], r.incident("i1", title="Ours"))
    desk.take_in(_heard(r.incident("i1", rev=5, title="Theirs", by="Bob"), sent=True))
    assert desk.picture.deliveries[_KEY].state == "sent"


def test_that_a_colleagues_change_of_what_they_had_read_is_no_supersession(make_desk: MakeDesk, clock: Clock) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_heard(r.incident("i1", rev=1)))
    desk.change_incident(desk.picture.incidents["charlotte-fire", "i1"], r.incident("i1", title="Ours"))
    desk.take_in(_heard(sent=True))
    clock.now += timedelta(minutes=2)
    desk.take_in(_heard(r.incident("i1", rev=3, title="Theirs", by="Bob", seconds=90)))
    assert desk.picture.deliveries[_KEY].state == "sent"


def test_that_a_change_said_before_ours_had_left_is_a_supersession_also_when_heard_after(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    desk.take_in(_heard(r.incident("i1", rev=1)))
    desk.change_incident(desk.picture.incidents["charlotte-fire", "i1"], r.incident("i1", title="Ours"))
    desk.take_in(_heard(sent=True))
    desk.take_in(_heard(r.incident("i1", rev=3, title="Theirs", by="Bob", seconds=-30)))
    assert desk.picture.deliveries[_KEY].state == "superseded"


@given(st.integers(0, 5), st.integers(0, 5), st.integers(-90, 90), st.integers(-90, 90))
def test_that_of_two_words_said_apart_just_one_desk_is_told(mine: int, yours: int, first: int, second: int) -> None:
    one = r.incident("i1", rev=mine, title="One", by="Ann", seconds=first)
    other = r.incident("i1", rev=yours, title="Other", by="Bob", seconds=second)
    told = [is_superseded(one, other, None), is_superseded(other, one, None)]
    assert sorted(told) == [False, True]
    assert told[0] == is_newer(other, one)
