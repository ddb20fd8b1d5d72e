"""Our own actions on their way: to brokers that are full, forgetful, or that end the connection over one of them."""

import random
from pathlib import Path

import pytest

from cop.domain.batch import Delivered
from cop.domain.desk import Operator
from cop.feeds import sending
from cop.feeds.broker import Broker
from cop.feeds.outbox import Outbox
from cop.feeds.pipe import FeedSetup
from cop.feeds.publishing import Published
from cop.feeds.sending import Sender
from tests.reports import incident

_ROOT = "cop/v1"


class Clock:
    """Stands until it is moved."""

    now = 1000.0

    def monotonic(self) -> float:
        """What the sender asks."""
        return self.now


class Line:
    """A session that a test plays: what it was given, and what it answers."""

    def __init__(self) -> None:
        self.online = True
        self.connection = 1
        self.hung_up, self.ended_at = False, 0.0
        self.room = 1000
        self.said: list[tuple[int, str, int]] = []  # token, object, revision
        self.unanswered: list[int] = []
        self._answers: list[Published] = []

    def publish(self, token: int, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """As a session's."""
        if not self.online or len(self.unanswered) >= self.room:
            return False
        if b'"too long"' in payload:
            raise ValueError("it is larger than the 600 bytes that the broker takes")
        rev = int(payload.partition(b'"rev":')[2].partition(b",")[0])
        self.said.append((token, topic.rpartition("/")[2], rev))
        self.unanswered.append(token)
        return True

    def answer(self, token: int, refused: str = "", *, final: bool = True) -> None:
        """The broker says what became of it."""
        self.unanswered.remove(token)
        self._answers.append(Published(token, refused, final))

    def published(self) -> list[Published]:
        """As a session's."""
        answers, self._answers = self._answers, []
        return answers

    def break_off(self, at: float, *, hung_up: bool = True) -> None:
        """The connection ends and is made anew."""
        self.hung_up, self.ended_at = hung_up, at
        self.connection += 1
        self.unanswered.clear()


class Desk:
    """An outbox, its sender and a line."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.line = Line()
        self.outbox = Outbox(folder / "outbox.sqlite", "charlotte-fire", _ROOT)
        setup = FeedSetup(
            broker=Broker(),
            feeds=(),
            operator=Operator("charlotte-fire", "commander", "Ann"),
            root=_ROOT,
            journal=None,
            outbox=str(folder / "outbox.sqlite"),
            client_id="desk",
        )
        self.sender = Sender(setup, self.line, lambda _entry: None, lambda *_said: None)  # type: ignore[arg-type]

    def put(self, name: str, rev: int, summary: str = "") -> int:
        """An action."""
        return self.outbox.put(incident(name, rev=rev, summary=summary))

    def turn(self) -> None:
        """What the loop does."""
        self.sender.settle()
        self.sender.send()

    def delivered(self) -> list[Delivered]:
        """What was told of our actions."""
        found, self.sender.delivered = self.sender.delivered, []
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    clock = Clock()
    monkeypatch.setattr(sending, "time", clock)
    return Desk(tmp_path, clock)


def test_that_what_a_full_broker_has_no_room_for_stays_pending_is_told_and_tried_again(desk: Desk) -> None:
    first, second = desk.put("i1", 1), desk.put("i2", 1)
    desk.turn()
    desk.line.answer(first, "its quota is used up", final=False)
    desk.line.answer(second)
    desk.turn()
    assert [one.id for one in desk.delivered()] == ["i2"]
    assert [one.seq for one in desk.outbox.pending()] == [first]
    assert desk.sender.trouble == "1 action waits and will be tried again: its quota is used up"
    assert desk.line.unanswered == []  # not at once
    desk.clock.now += 1.1
    desk.turn()
    assert desk.line.unanswered == [first]
    desk.line.answer(first)
    desk.turn()
    assert [(one.id, one.state) for one in desk.delivered()] == [("i1", "sent")]
    assert desk.sender.trouble == ""
    assert desk.outbox.pending() == []


def test_that_it_is_tried_ever_more_seldom_and_never_given_up(desk: Desk) -> None:
    seq = desk.put("i1", 1)
    pauses = []
    for _ in range(12):
        waited = 0.0
        desk.turn()
        while not desk.line.unanswered:
            desk.clock.now += 0.5
            waited += 0.5
            desk.turn()
        pauses.append(waited)
        desk.line.answer(seq, "no room", final=False)
        desk.sender.settle()
    assert pauses[:4] == [0.0, 1.0, 2.0, 4.0]
    assert pauses[-1] == 30.0
    assert [one.seq for one in desk.outbox.pending()] == [seq]


def test_that_of_one_object_nothing_leaves_before_the_word_before_it_is_settled(desk: Desk) -> None:
    one, two, other = desk.put("i1", 1), desk.put("i1", 2), desk.put("i2", 1)
    desk.turn()
    assert desk.line.unanswered == [one, other]
    desk.line.answer(one, "no room", final=False)
    desk.turn()
    assert desk.line.unanswered == [other]  # and not the second word before the first
    desk.clock.now += 1.1
    desk.turn()
    desk.line.answer(one)
    desk.sender.settle()
    assert desk.sender.due
    desk.sender.send()
    assert desk.line.unanswered == [other, two]


def test_that_what_the_line_has_no_room_for_goes_as_soon_as_it_has(desk: Desk) -> None:
    desk.line.room = 2
    seqs = [desk.put(f"i{n}", 1) for n in range(5)]
    desk.turn()
    for number, seq in enumerate(seqs):
        assert desk.line.unanswered == seqs[number : number + 2]
        desk.line.answer(seq)
        desk.sender.settle()
        assert desk.sender.due is (number < 3)
        if desk.sender.due:
            desk.sender.send()
    assert len(desk.delivered()) == 5


def test_that_an_action_that_is_too_large_holds_up_no_other(desk: Desk) -> None:
    desk.put("i1", 1, summary="too long")
    second = desk.put("i1", 2)
    desk.turn()
    assert desk.line.unanswered == [second]
    (refused,) = desk.delivered()
    assert (refused.state, "600 bytes" in refused.reason) == ("refused", True)


def test_that_an_action_over_which_the_broker_ends_the_connection_each_time_is_given_up_and_no_other(
    desk: Desk,
) -> None:
    good, bad, after = desk.put("i1", 1), desk.put("i2", 1), desk.put("i3", 1)
    told: list[Delivered] = []
    for _ in range(20):
        desk.turn()
        told += desk.delivered()
        flying = list(desk.line.unanswered)
        for seq in flying:
            if seq == bad:
                desk.line.break_off(desk.clock.now + 0.1)
                break
            desk.line.answer(seq)
        desk.clock.now += 1.0
        if not flying:
            break
    assert sorted((one.id, one.state) for one in told) == [("i1", "sent"), ("i2", "refused"), ("i3", "sent")]
    assert [one.reason for one in told if one.state == "refused"] == [
        "the broker ends the connection each time it is said"
    ]
    assert 2 <= sum(token == bad for token, _, _ in desk.line.said) <= 6
    assert desk.outbox.pending() == []
    assert {good, after} <= {token for token, _, _ in desk.line.said}


@pytest.mark.parametrize(("after_s", "hung_up"), [(60.0, True), (0.1, False)])
def test_that_a_network_that_breaks_again_and_again_gives_up_no_action(
    desk: Desk, after_s: float, hung_up: bool
) -> None:
    """A connection that was cut, that fell silent, or that lasted: none is the action's fault."""
    desk.put("i1", 1)
    for _ in range(50):
        desk.turn()
        desk.clock.now += after_s
        desk.line.break_off(desk.clock.now, hung_up=hung_up)
    assert desk.delivered() == []
    assert len(desk.outbox.pending()) == 1


@pytest.mark.parametrize("seed", range(12))
def test_that_whatever_the_broker_answers_the_last_word_of_each_object_is_said_last(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    revs = dict.fromkeys(("i1", "i2", "i3"), 0)
    broker: dict[str, int] = {}
    left = 60
    while left or desk.outbox.pending() or desk.line.unanswered:
        step = chance.random()
        if left and step < 0.4:
            name = chance.choice(list(revs))
            revs[name] += 1
            desk.put(name, revs[name])
            left -= 1
        elif desk.line.unanswered and step < 0.8:
            seq = desk.line.unanswered[0]
            name, rev = next((one, rev) for token, one, rev in reversed(desk.line.said) if token == seq)
            if chance.random() < 0.3:
                desk.line.answer(seq, "no room", final=False)
            else:
                assert rev >= broker.get(name, 0), "an old word after a new one"
                broker[name] = rev
                desk.line.answer(seq)
        elif step > 0.95:
            desk.line.break_off(desk.clock.now, hung_up=False)
        desk.clock.now += chance.random() * 5
        desk.line.room = chance.randrange(1, 5)
        desk.turn()
    assert broker == revs
    assert all(one.state == "sent" for one in desk.delivered())
