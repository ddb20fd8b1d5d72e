"""What a journal holds, without a window: whose desk it is, and the picture as that desk knew it at any moment."""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cop.domain.agreement import Agreements
from cop.domain.batch import Batch, Been
from cop.domain.desk import Operator
from cop.feeds.topics import exercise_of
from cop.journal.moments import moment
from cop.journal.reading import JournalReader
from cop.journal.record import STARTED
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.replay.past import Past
from cop.replay.record import Chapters, pace_of
from cop.replay.trailing import Trailing


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """Whose desk a record is, as its newest start says; `pace`: how many times faster than the world it was played."""

    operator: Operator
    root: str
    operation: str
    pace: float = 1.0

    @property
    def exercise(self) -> str:
        """The exercise's name; empty for live work."""
        return exercise_of(f"{self.root}/") or ""


class _Started(msgspec.Struct, frozen=True):
    """What is asked of the note of a start."""

    operator: Operator
    root: str
    pace: float = 1.0


class Recall:
    """A journal file, or a folder's files of one operation. Raises OSError, ValueError for one that tells nothing."""

    def __init__(self, path: Path, operation: str = "") -> None:
        self.record = JournalReader(path, operation)
        self.chapters = Chapters(self.record)
        self.whose = self._whose()

    def moment(self, text: str) -> float:
        """Epoch seconds of what was typed; the last moment on record for nothing. Raises ValueError."""
        if not text:
            return self.record.last_at
        return moment(text, first_at=self.record.first_at, last_at=self.record.last_at)

    def picture(
        self, at: float, *, home: HomeGround | None = None, agreements: Agreements | None = None, trails: bool = False
    ) -> Picture:
        """The picture as this desk knew it at a moment (epoch seconds); `trails`: with those of the ten minutes before.

        A moment before or after the record is its first or its last one.
        """
        record = self.record
        at = min(max(at, record.first_at), record.last_at)
        upto = max(record.number_at(at), record.first)
        picture = Picture(home, agreements, pace=self.whose.pace)
        for part in Past(record).begin(self.chapters.base(upto), upto, at):
            if part.anew:
                picture.forget()
            picture.apply(part.batch)
        for been in self._been(upto, at, picture) if trails else ():
            picture.apply(Batch(epoch=picture.epoch, been=been))
        return picture

    def close(self) -> None:
        """Let go of the files."""
        self.record.close()

    def _been(self, upto: int, at: float, picture: Picture) -> Iterator[Been]:
        looking = Trailing(
            self.record,
            self.chapters,
            lambda: Past(self.record),
            lambda: None,
            upto=upto,
            at=at,
            units=int(picture.tracks.present.sum()),
        )
        yield from (one for one in looking if one is not None)

    def _whose(self) -> Whose:
        note = self.record.last_note(STARTED, math.inf)
        if note is None:
            raise ValueError("it does not say whose desk it is")
        try:
            said = msgspec.json.decode(note.payload, type=_Started)
        except msgspec.MsgspecError as error:
            raise ValueError(f"whose desk it is cannot be read: {error}") from error
        return Whose(
            operator=said.operator, root=said.root, operation=self.record.head.operation, pace=pace_of(said.pace)
        )
