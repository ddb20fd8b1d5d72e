"""A desk at work on a stage: feed process and desktop in one, on a clock of the test's, with a real journal."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cop.authority.authority import Authority
from cop.briefing.state import state
from cop.domain.batch import Batch, BrokerState
from cop.domain.desk import Operator
from cop.domain.report import Report
from cop.domain.statement import Statement
from cop.domain.unit import Unit
from cop.feeds.adapters.cop_json import CopJson, encode
from cop.feeds.intake import Intake
from cop.feeds.message import Feed, Message
from cop.feeds.pipe import OpenEmergency
from cop.feeds.session import Received
from cop.feeds.topics import exercise_of, topic_of
from cop.journal.journal import Journal
from cop.journal.reading import JournalReader
from cop.journal.record import BROKER, MARK, SNAPSHOT, STARTED, STOPPED, Record, Way
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.replay.engine import Engine
from cop.replay.frames import Ask, Frame, Said

OPERATION = "Rail"
OWN = "charlotte-fire"
NOON = datetime(2026, 11, 2, 12, 0, 0, tzinfo=UTC).timestamp()
OPERATOR = Operator(name="Test", role="commander", agency=OWN, desk="desk-1")


class Stage:
    """What happens is said by its methods; `picture` is what the operator saw all the while."""

    def __init__(self, folder: Path, feeds: Sequence[Feed], *, root: str = "cop/v1", agency: str = OWN) -> None:
        self.folder = folder
        self.feeds = tuple(feeds)
        self.root = root
        self.agency = agency
        self.now = NOON
        self.steady = 0.0
        self.journal = Journal(folder, OPERATION, desk="desk-1", clock=lambda: self.now, steady=lambda: self.steady)
        self._own = self.journal.source("this desk", agency, "cop-json")
        self._shows = CopJson(Feed(name="this desk", format="cop-json", topic="#"))
        self.epoch = 0
        self.picture = Picture()
        self.feeds_started()

    def feeds_started(self) -> None:
        """The feed process begins; at first with a desktop that knows nothing."""
        self.epoch += 1
        emergencies = [
            OpenEmergency(*report.key, report.exercise)
            for report in self.picture.units.values()
            if isinstance(report.body, Unit) and report.body.status == "emergency"
        ]
        begun = {
            "feeds": self.feeds,
            "root": self.root,
            "reader": self.agency,
            "operator": OPERATOR,
            "emergencies": emergencies,
            "fresh": self.epoch == 1,
        }
        self.journal.note(STARTED, msgspec.json.encode(begun))
        self.intake = Intake(
            self.feeds,
            self.journal,
            exercise=exercise_of(self.root),
            reader=self.agency,
            emergencies=emergencies,
            clock=lambda: self.now,
            effort=lambda: self.steady,
        )

    def desktop_started(self) -> None:
        """The whole program begins anew: the picture is empty."""
        self.epoch = 0
        self.picture = Picture()
        self.feeds_started()

    def stopped(self) -> None:
        """The feed process ends in order."""
        self.pulse()
        self.journal.note(STOPPED, b"{}")
        self.journal.commit()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds
        self.steady += seconds

    def hear(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """A message comes."""
        self.intake.take([Received(topic, payload, self.now, retained, 0, 0)])

    def say(self, agency: str, body: Statement, *, retained: bool = False) -> None:
        """An agency says this in our own format."""
        self.hear(topic_of(self.root, agency, body), encode(body), retained=retained)

    def act(self, body: Statement) -> None:
        """An operator of this desk does this: shown at once, on record when the feed process reads it."""
        topic, payload = topic_of(self.root, self.agency, body), encode(body)
        for report in self._shows.decode(Message(topic, payload, datetime.fromtimestamp(self.now, UTC))):
            self.picture.apply(Batch(epoch=self.picture.epoch, reports=[report]))
        self.journal.append([Record(self.now, self._own, Way.TAKEN, topic, payload)])
        self.journal.append([Record(self.now, self._own, Way.SAID, topic, payload)])

    def broker(self, state_word: str) -> None:
        """The connection is another."""
        self.journal.note(BROKER, msgspec.json.encode(BrokerState(state=state_word, url="mqtt://here")))

    def mark(self, kind: str, words: str) -> None:
        """The desktop marks something on the time bar."""
        said = {"kind": kind, "agency": self.agency, "id": "x", "words": words}
        self.journal.note(MARK, msgspec.json.encode(said))

    def pulse(self, *, health: bool = False) -> None:
        """What came goes to the desktop and to the disk."""
        self.journal.commit()
        batch = self.intake.batch(self.epoch, None, [], health=health)
        upto = {"upto": self.journal.last, "upto_at": self.journal.last_at}
        self.picture.apply(msgspec.structs.replace(batch, **upto))
        self.journal.commit()

    def snapshot(self) -> None:
        """The desktop puts its picture on record."""
        self.pulse(health=True)
        packed = self.picture.snapshot().packed()
        self.journal.note(SNAPSHOT, packed)
        self.journal.commit()

    def engine(self, **given: Any) -> Engine:
        """What plays it all again; the record is over."""
        self.pulse()
        given = {"agency": self.agency, "clock": lambda: self.now + 3600.0, **given}
        return Engine(JournalReader(self.folder, OPERATION), **given)


class Watcher:
    """The desktop's side of a replay: applies frames as a desk of the past does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.picture = Picture()
        self.frames: list[Frame] = []
        self._number = 0
        self._eyes: dict[str, Any] = {}  # which hold on, as `ReplayProcess` has it

    def ask(self, act: str, **fields: Any) -> list[Frame]:
        """Ask, and take in what comes."""
        self._number += 1
        self._eyes.update({name: fields[name] for name in ("reader", "as_true") if name in fields})
        ask = Ask(number=self._number, act=act, **{**self._eyes, **fields})  # type: ignore[arg-type]
        return self.take(self.engine.answer(ask))

    def take(self, said: Iterable[Said]) -> list[Frame]:
        """Take frames in."""
        frames = [one for one in said if isinstance(one, Frame)]
        for frame in frames:
            if frame.anew:
                self.picture.forget()
            self.picture.apply(frame.batch)
            self.frames.append(frame)
        return frames

    def play(self, *, until: float = float("inf"), speed: float = 60.0, pulse_s: float = 0.1) -> None:
        """Play on to the end, or to a moment."""
        self.ask("play", speed=speed)
        while self.engine.playing and self.engine.at < until:
            self.take(self.engine.go_on(min(pulse_s, max(1e-4, (until - self.engine.at) / speed))))


def document(picture: Picture, at: float, *, picked: Sequence[str] = ()) -> dict[str, Any]:
    """The picture as one document, in an order of its own, without what is this desk's affair alone."""
    now = datetime.fromtimestamp(at, UTC)
    said = state(picture, now)
    # which of two words was the old one that was sent again hangs on whose came first within a pulse
    for name in ("at", "broker", "deliveries", "feeds", "record", "refusals"):
        said.pop(name)
    for one in said["units"]:
        if "lat" not in one:
            one.pop("source", None)  # whose places they are that it may once have had: told with the first of them
    for name, entries in said.items():
        if name != "log":
            said[name] = sorted(entries, key=repr)
    said["standings"] = sorted(f"{key} {picture.task_state(task, now)}" for key, task in picture.tasks.items())
    anew = Picture(agreements=picture.agreements)
    change = anew.apply(picture.snapshot().batch(epoch=1))
    authority = Authority(anew, Ground([]), picture.agreements, OPERATOR, lambda: now, live=False)
    authority.take(change)
    said["conflicts"] = sorted(str(one.key) for one in authority.conflicts())
    return {name: said[name] for name in picked} if picked else said


def reports_of(frames: Iterable[Frame]) -> list[Report]:
    """All reports in these frames."""
    return [report for frame in frames for report in frame.batch.reports]
