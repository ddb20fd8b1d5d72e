"""A stand-in for the replay process: it remembers what it was asked, and says what the test lets it say."""

from collections.abc import Callable
from typing import Any

from cop.domain.batch import Batch
from cop.replay.frames import Act, Frame, Gap, Late, Said, Span, TimeMark
from tests import reports as r
from tests.ui.conftest import small_picture

#: the operation began two hours before noon
BEGAN = r.NOON.timestamp() - 7200
NOON = r.NOON.timestamp()


class ScriptedPast:
    """Answers at once what it is asked, with the small picture; or, with `slow`, when `answer` is called."""

    def __init__(self, pictured: Callable[[float], Batch] | None = None) -> None:
        self.asked: list[tuple[int, Act, dict[str, Any]]] = []
        self.waiting: list[tuple[int, Act, dict[str, Any]]] = []
        self.saying: list[Said] = []
        self.slow = False
        self.closed = False
        self.started = 0
        self.at = NOON
        self.span = Span(number=0, first_at=BEGAN, last_at=NOON)
        self.late: list[Late] = []
        self._pictured = pictured or _small

    def start(self) -> None:
        """As the process."""
        self.started += 1

    def ask(self, act: Act, **fields: Any) -> int:
        """As the process."""
        number = len(self.asked) + 1
        self.asked.append((number, act, fields))
        self.waiting.append((number, act, fields))
        if not self.slow:
            self.answer()
        return number

    def answer(self) -> None:
        """Say what was asked for."""
        waiting, self.waiting = self.waiting, []
        for number, act, fields in waiting:
            if act == "look":
                self.saying.append(
                    Span(
                        number=number,
                        first_at=self.span.first_at,
                        last_at=self.span.last_at,
                        marks=self.span.marks,
                        gaps=self.span.gaps,
                    )
                )
            elif act == "seek":
                self.at = fields["at"]
                late = self.late if fields.get("as_true") else []
                batch = self._pictured(self.at)
                self.saying.append(Frame(number=number, at=self.at, batch=batch, anew=True, late=late))
            elif act == "step":
                self.at += 10.0 * fields["step"]
                words = "Task Decon corridor: accepted"
                self.saying.append(
                    Frame(number=number, at=self.at, batch=self._pictured(self.at), anew=True, event=words)
                )
            else:
                self.saying.append(Frame(number=number, at=self.at, batch=Batch(), playing=act == "play"))

    def play_on(self, seconds: float, batch: Batch | None = None, *, playing: bool = True) -> None:
        """A frame of what is being played."""
        self.at += seconds
        self.saying.append(Frame(number=len(self.asked), at=self.at, batch=batch or Batch(), playing=playing))

    def receive(self) -> list[Said]:
        """As the process."""
        said, self.saying = self.saying, []
        return said

    def close(self) -> None:
        """As the process."""
        self.closed = True

    def acts(self) -> list[Act]:
        """What it was asked, without the looks."""
        return [act for _, act, _ in self.asked if act != "look"]


def _small(at: float) -> Batch:
    told, places = small_picture()
    return Batch(
        epoch=7,
        tracks=places.tracks,
        positions=places.positions,
        reports=told.reports,
        health=told.health,
        broker=told.broker,
    )


def crowded_marks() -> list[TimeMark]:
    """A day's work: incidents, tasks by the dozen, an alert with hostile words, a conflict, a clock that was set."""
    marks = [
        TimeMark(BEGAN + 300, "incident", "charlotte-fire", "rail-1", "Hazmat rail derailment"),
        TimeMark(BEGAN + 1500, "alert", "nws", "w1", "Flash <b>Flood</b> Warning"),
        TimeMark(BEGAN + 2400, "incident", "mecklenburg-ems", "mci-1", "MCI — bus crash"),
        TimeMark(BEGAN + 3100, "conflict", "charlotte-fire", "c1", "Engine 4 is wanted twice"),
        TimeMark(BEGAN + 6900, "clock", "", "", "This computer's clock was set back by 40 s"),
        TimeMark(BEGAN + 3000, "nonsense", "x", "x", "a kind that nobody knows"),
    ]
    marks += [
        TimeMark(BEGAN + 2450 + 31 * n, "task", "charlotte-fire", f"t{n}", f"Task {n}: accepted") for n in range(12)
    ]
    marks += [
        TimeMark(BEGAN + 5200 + 300 * n, "task", "gastonia-fd", f"g{n}", f"Water {n}: en route") for n in range(4)
    ]
    return marks


def a_gap() -> Gap:
    """Seven minutes without a record."""
    return Gap(BEGAN + 4100, BEGAN + 4500, "the disk was full")
