"""Which records the figures of a review come from, so that a reader can look each of them up."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cop.exercise.review.figures import Indexed, Review
from cop.exercise.review.words import Words
from cop.journal.reading import JournalReader
from cop.replay.heard import within_calendar

#: records that are no words (places, what could not be read) are looked up in the file, and so many at most
_LOOKED_UP = 400


def indexed(review: Review, words: Words, record: JournalReader) -> tuple[Indexed, ...]:
    """Every record that a figure names, in order."""
    named = sorted(named_in(review))
    known: dict[int, Indexed] = {}
    for kind, word in words:
        known[word.record] = Indexed(
            record=word.record, at=word.report.received_at, kind=kind, agency=word.report.agency
        )
    for note in record.notes():
        at = datetime.fromtimestamp(within_calendar(note.at), UTC)
        known[note.number] = Indexed(record=note.number, at=at, kind=note.kind)
    rest = [number for number in named if number not in known]
    for number in rest[:_LOOKED_UP]:
        block = next(record.blocks(number - 1, number), None)
        if block is not None and len(block) and block.first == number:
            known[number] = Indexed(
                record=number,
                at=datetime.fromtimestamp(within_calendar(float(block.received_at[0])), UTC),
                kind=block.kinds[block.kind[0]],
                agency=block.sources[block.source[0]].agency,
            )
    return tuple(known[number] for number in named if number in known)


def named_in(review: Review) -> frozenset[int]:
    """The records that the figures name, the list of them aside."""
    plain = msgspec.to_builtins(msgspec.structs.replace(review, index=()))
    return frozenset(number for number in _numbers(plain) if number > 0)


def _numbers(said: Any) -> Iterator[int]:
    """The record numbers in a review as plain values."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            if name == "record" and isinstance(value, int):
                yield value
            elif name == "records" and isinstance(value, Iterable):
                yield from (one for one in value if isinstance(one, int))
            else:
                yield from _numbers(value)
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _numbers(one)
