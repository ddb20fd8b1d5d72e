"""What a record cannot tell: times in which it was not made, blocks that cannot be read, what was let go of."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from cop.exercise.review.figures import Gap
from cop.exercise.review.quiet import Deaf
from cop.journal.reading import JournalReader
from cop.journal.record import CLOCK, DROPPED, GAP
from cop.picture.names import one_line
from cop.replay.record import Chapters

_ANY = msgspec.json.Decoder(dict[str, Any])


def cannot_tell(
    record: JournalReader, chapters: Chapters, deaf: Sequence[Deaf], begins: float, ends: float
) -> tuple[Gap, ...]:
    """Between two moments, epoch seconds; what is said of the whole record comes first."""
    return (*_of_the_whole(record, chapters), *_times(record, deaf, begins, ends))


def _of_the_whole(record: JournalReader, chapters: Chapters) -> Iterator[Gap]:
    yield Gap(
        words="This is one desk's record: it tells what this desk heard, and when; what never reached it is not in it."
    )
    yield Gap(
        words="The record does not hold the agreements: who led, and what was shown to whom, is by those of today."
    )
    for words in record.unread:
        yield Gap(words=f"It cannot be read whole: {one_line(words)}")
    base = chapters.base(record.first)
    if not chapters.is_whole(base):
        yield Gap(words="It does not begin with the desk's start: what stood before and was not said again is missing.")
    for note in record.notes(DROPPED):
        yield Gap(words=f"Older records were let go of (record {note.number:,})", records=(note.number,))


def _times(record: JournalReader, deaf: Sequence[Deaf], begins: float, ends: float) -> Iterator[Gap]:
    for one in deaf:
        if one.begin < ends and one.end > begins:
            yield _gap(one.begin, one.end, one.why, tuple(number for number in one.records if number))
    for note in record.notes(GAP, CLOCK, since=begins, until=ends):
        try:
            said = _ANY.decode(note.payload)
        except (msgspec.MsgspecError, ValueError):
            said = {}
        why = one_line(str(said.get("why") or said.get("words") or "")[:200])
        if note.kind == CLOCK:
            yield _gap(note.at, note.at, why or "this computer's clock was set", (note.number,))
            continue
        begin, end = said.get("begin"), said.get("end")
        begin = float(begin) if isinstance(begin, int | float) else note.at
        end = float(end) if isinstance(end, int | float) else note.at
        yield _gap(begin, end, f"records could not be kept{f': {why}' if why else ''}", (note.number,))


def _gap(begin: float, end: float, words: str, records: tuple[int, ...]) -> Gap:
    return Gap(words=words, begins=_moment(begin), ends=_moment(end), records=records)


def _moment(at: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None
