"""Sleep, another network, another time of day: the feed process finds out by itself, says so and connects anew."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from cop import feed_loop, feed_process
from cop.domain.batch import Batch, BrokerState, Upset
from cop.domain.desk import Operator
from cop.domain.rules.upset import Sample
from cop.feeds import clocks, connecting, places, session
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.pipe import NETWORK, QUIT, FeedSetup, Recording
from cop.journal.reading import JournalReader
from cop.journal.record import CLOCK
from tests.conftest import Mosquitto, wait_until
from tests.feeds.test_feed_process import Desk

_DECODER = msgspec.msgpack.Decoder(Batch)


class Loop:
    """The feed process's loop in a thread of the test's own, and what it told."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(exist_ok=True)
        self.journal = folder / "journal"
        setup = FeedSetup(
            broker=Broker(url=url),
            feeds=(Feed(name="cop", format="cop-json", topic="cop/v1/#"),),
            operator=Operator("charlotte-fire", "commander", "Ann", "desk-1"),
            root="cop/v1",
            journal=Recording(folder=str(self.journal), operation="Live", desk="desk-1"),
            outbox=str(folder / "outbox.sqlite"),
            client_id="test-upsets",
        )
        self._pipe, theirs = Pipe()
        self._loop = feed_loop._Loop(theirs, setup, 1)
        self._thread = threading.Thread(target=self._loop.run)
        self._thread.start()
        self.states: list[BrokerState] = []
        self.upsets: list[Upset] = []

    def until(self, state: str, *, since: int = 0) -> None:
        """Read until the broker is said to be in this state."""

        def reached() -> bool:
            while self._pipe.poll():
                batch = _DECODER.decode(self._pipe.recv_bytes())
                self.upsets += batch.upsets
                if batch.broker is not None:
                    self.states.append(batch.broker)
            return any(one.state == state for one in self.states[since:])

        wait_until(reached, what=state)

    def tell(self, word: bytes) -> None:
        """As the desktop does."""
        self._pipe.send_bytes(word)

    def close(self) -> None:
        """End it."""
        if self._thread.is_alive():
            self.tell(QUIT)
            while self._thread.is_alive():
                if self._pipe.poll(0.01):
                    self._pipe.recv_bytes()
            self._thread.join()


@pytest.fixture
def loop(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Loop]:
    one = Loop(tmp_path / "desk", mosquitto.url)
    one.until("online")
    yield one
    one.close()


class Clocks:
    """This computer's clocks, which a test may set."""

    def __init__(self) -> None:
        self.slept = self.set_by = 0.0

    def look(self) -> Sample:
        """As `clocks.look`."""
        now = time.monotonic()
        return Sample(1.7e9 + now + self.slept + self.set_by, now, now + self.slept)


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    found = Clocks()
    monkeypatch.setattr(clocks, "look", found.look)
    return found


def test_that_after_a_sleep_the_connection_is_made_anew_at_once_and_the_sleep_is_told_and_on_record(
    computer: Clocks, loop: Loop
) -> None:
    before = len(loop.states)
    computer.slept = 1740.0
    loop.until("connecting", since=before)
    loop.until("online", since=before + 1)
    assert any(one.state == "connecting" and one.reason == "this computer slept for 29 min" for one in loop.states)
    assert loop.states[-1].reconnects == 1
    assert [(one.kind, round(one.seconds / 60)) for one in loop.upsets] == [("slept", 29)]
    loop.close()
    reader = JournalReader(loop.journal)
    (noted,) = reader.notes(CLOCK)
    reader.close()
    told = json.loads(noted.payload)
    assert (told["what"], told["words"]) == ("slept", "this computer slept for 29 min")


@pytest.mark.parametrize("set_by", [7200.0, -7200.0])
def test_that_a_clock_that_is_set_is_told_and_breaks_nothing(computer: Clocks, loop: Loop, set_by: float) -> None:
    computer.set_by = set_by

    def told() -> bool:
        loop.until("online")
        return bool(loop.upsets)

    wait_until(told)
    assert [(one.kind, round(one.seconds)) for one in loop.upsets] == [("clock", set_by)]
    assert loop.states[-1].state == "online"
    assert loop.states[-1].reconnects == 0


def test_that_a_network_that_is_back_is_tried_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mosquitto: Mosquitto
) -> None:
    monkeypatch.setattr(places, "_BACKOFF_S", (3600.0, 3600.0))
    mosquitto.stop()
    loop = Loop(tmp_path / "desk", mosquitto.url)
    try:
        loop.until("offline")
        mosquitto.start()
        loop.tell(NETWORK)
        loop.until("online")
    finally:
        loop.close()


def test_that_an_address_that_this_computer_has_no_longer_ends_the_connection(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [True]
    monkeypatch.setattr(session, "address_is_gone", lambda _client: gone.pop() if gone else False)
    before = len(loop.states)
    loop.until("online", since=before + 1)
    wait_until(lambda: not gone)
    loop.until("online", since=len(loop.states))
    assert loop.states[-1].reconnects == 1


def test_that_an_address_of_another_network_is_known_to_be_gone() -> None:
    class Elsewhere(socket.socket):
        def getsockname(self) -> tuple[str, int]:
            return ("192.0.2.77", 50_000)  # of no computer (RFC 5737)

    for made, gone in ((Elsewhere, True), (socket.socket, False)):
        with made() as sock:
            if not gone:
                sock.bind(("127.0.0.1", 0))
            client = SimpleNamespace(socket=lambda sock=sock: sock)
            assert connecting.address_is_gone(client) is gone  # type: ignore[arg-type]  # all that it asks of one


def test_that_the_clocks_are_looked_at_together() -> None:
    first, second = clocks.look(), clocks.look()
    assert second.running - first.running >= 0
    assert second.elapsed - first.elapsed >= 0


def test_that_a_desktop_that_was_stopped_itself_does_not_take_its_feed_process_for_hung(
    tmp_path: Path, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0])
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    desk.feeds.start()
    try:
        desk.until_state("online")
        pid = desk.feeds.pid
        assert pid is not None
        monkeypatch.setattr(feed_process, "time", clock)
        os.kill(pid, signal.SIGSTOP)
        desk.pulse()  # what it had said
        ahead[0] += 1740.0  # both stood still
        desk.pulse()
        assert desk.feeds.pid == pid
        os.kill(pid, signal.SIGCONT)
        desk.until(lambda: desk.feeds.receive() or True)
        assert desk.feeds.pid == pid
        os.kill(pid, signal.SIGSTOP)  # it alone stands still, and is looked for

        def given_up() -> bool:
            ahead[0] += 1.0
            desk.pulse()
            return desk.picture.broker is not None and desk.picture.broker.state == "stopped"

        wait_until(given_up)
        assert desk.picture.broker is not None
        assert desk.picture.broker.reason == "it did not answer"
    finally:
        desk.close()
