"""The journal read back: all files of a desk's operation as one, beside the process that writes them.

A record is asked for by its number each time anew, so that one whose row becomes a block between two looks is neither
missed nor given twice. One block is held at a time, and the few that were read last.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from cop.journal.block import Block
from cop.journal.chain import digests
from cop.journal.folder import SUFFIX, FileName, files_of, name_of
from cop.journal.losses import letting_in
from cop.journal.open_volume import NoteRow, OpenVolume
from cop.journal.packing import Wanted
from cop.journal.record import DROPPED
from cop.journal.volume import BlockRow, Head, TailRow

_BLOCKS_KEPT = 4
_ROWS_KEPT = 512  # those of one minute
_BYTES_KEPT = 64 << 20  # a file may have been made by anybody: few bytes on the disk may be many here

Noted = NoteRow
_Key = TypeVar("_Key")


class JournalReader:
    """All files of a folder and operation, or one file alone. Times in epoch seconds.

    What cannot be read is left out and told in `unread`. `first`, `last`, `first_at` and `last_at` are as they were at
    the last `refresh`; `last` is `first` - 1 where there is no record.
    """

    def __init__(self, path: Path, operation: str = "") -> None:
        """Raises OSError if there is nothing to read, ValueError if several operations are there and none is named."""
        self._path = path
        self._operation = operation
        self._volumes: dict[Path, OpenVolume] = {}
        self._order: list[OpenVolume] = []
        self._unread: dict[Path, str] = {}
        self._blocks: OrderedDict[tuple[Path, int], Block] = OrderedDict()
        self._rows: OrderedDict[tuple[Path, int, int], Block] = OrderedDict()
        self.first = 1
        self.last = 0
        self.first_at = self.last_at = math.nan
        self.refresh()
        if not self._order:
            raise OSError("; ".join(self._unread.values()) or f"there is no journal in {path}")

    @property
    def head(self) -> Head:
        """What the newest file says of itself."""
        return self._order[-1].head

    @property
    def volumes(self) -> list[OpenVolume]:
        """The files, in the order of their records."""
        return list(self._order)

    @property
    def unread_files(self) -> dict[Path, str]:
        """The files that could not be read at all, and why."""
        return dict(self._unread)

    @property
    def unread(self) -> list[str]:
        """What could not be read until now, in words."""
        return [*self._unread.values(), *(one for volume in self._order for one in volume.unread)]

    def close(self) -> None:
        """Let the files go."""
        for volume in self._volumes.values():
            volume.close()
        self._volumes.clear()

    def refresh(self) -> None:
        """The writer went on, a new day's file is there, old blocks are gone."""
        self._unread.clear()
        found = self._files()
        for path in [one for one, volume in self._volumes.items() if one not in found or not volume.in_place]:
            self._volumes.pop(path).close()
        for path in found:
            if path in self._volumes:
                self._volumes[path].refresh()
                continue
            try:
                self._volumes[path] = OpenVolume(path)
            except FileNotFoundError as error:  # let go of a moment ago, or only being made
                if path != found[-1] and path.exists():
                    self._unread[path] = str(error)
            except OSError as error:
                self._unread[path] = str(error)
        self._order = sorted(self._volumes.values(), key=lambda one: (one.head.first, one.head.day))
        self._measure()

    def number_at(self, at: float) -> int:
        """The number of the last record received at or before a time; `first` - 1 before all."""
        for volume in reversed(self._order):
            for block in self._tail_from_the_end(volume):
                if (number := _last_at(block, at)) is not None:
                    return number
            times = volume.columns[1]
            for place in np.flatnonzero(times[:, 0] <= at)[::-1].tolist():
                held = self._block(volume, volume.rows[place])
                if held is not None and (number := _last_at(held, at)) is not None:
                    return number
        return self.first - 1

    def at_of(self, number: int) -> float:
        """When a record was received; of one that is not there, the one before it, or else the first."""
        for block in self._back_from(number):
            return float(block.received_at[min(number, block.last) - block.first])
        return self.first_at

    def blocks(self, after: int, upto: int) -> Iterator[Block]:
        """The records above a number up to another, as blocks cut to them."""
        for volume in list(self._order):
            if volume.head.first > upto:
                return
            number = max(after + 1, volume.head.first)
            while number <= upto and (found := self._next(volume, number)) is not None:
                if found.first > upto:
                    return
                yield found.cut(number - 1, upto)
                number = found.last + 1
            after = max(after, number - 1)

    def skimmed(self, after: int, upto: int, wanted: Wanted) -> Iterator[Block]:
        """The same, uncut, each once, in order, and with the payloads of the wanted records alone; the newest whole."""
        for volume in list(self._order):
            number = max(after + 1, volume.head.first)
            while number <= upto:
                row = volume.block_at(number)
                if row is None:
                    yield from self.blocks(number - 1, min(upto, self._end_of(volume)))
                    break
                if row.first > upto:
                    return
                block = volume.content(row, wanted)
                if block is None:
                    volume.tell_missing(row)
                else:
                    yield block
                number = row.last + 1

    def blocks_received(self, since: float, until: float) -> Iterator[Block]:
        """The blocks that hold records received between two times, and others beside them."""
        return self._chosen(0, lambda row: row.since <= until and row.until >= since)

    def late_blocks(self, after: int, said_until: float) -> Iterator[Block]:
        """Blocks after a number that hold records said at or before a time, and others beside them."""
        return self._chosen(after, lambda row: row.said_since is not None and row.said_since <= said_until)

    def notes(self, *kinds: str, since: float = -math.inf, until: float = math.inf) -> Iterator[Noted]:
        """The notes of these kinds (all, if none is named) in this time; of a snapshot the payload is empty."""
        for volume in list(self._order):
            yield from volume.notes(kinds, since, until)

    def last_note(self, kind: str, until: float = math.inf) -> Noted | None:
        """The newest note of a kind up to a time that can be read, with its payload, snapshots too."""
        for volume in reversed(self._order):
            for note in volume.last_notes(kind, until):
                if note.payload:
                    return note
                block = next(self.blocks(note.number - 1, note.number), None)
                if block is not None and len(block):
                    return note._replace(payload=block.payload(0))
        return None

    def is_proven(self, number: int) -> bool:
        """Whether the records that are hashed with this one are as they were written, and what follows is chained to
        them: who changes one and its hash has to change all that came after.
        """
        if self._is_proven(number):
            return True
        for volume in self._order:
            volume.refresh()  # the writer may have folded it in between
        return self._is_proven(number)

    def _is_proven(self, number: int) -> bool:
        for place, volume in enumerate(self._order):
            row = _row_from(volume, number)
            if row is None or not row.first <= number <= row.last:
                continue
            block, before = self._content(volume, row), self._digest_before(volume, row)
            if block is None or before is None or _digest_of(block, before) != row.hash:
                return False
            following = _row_from(volume, row.last + 1)
            if following is None:
                return all(bytes.fromhex(one.head.seed) == row.hash for one in self._order[place + 1 : place + 2])
            after = self._content(volume, following)
            return after is not None and _digest_of(after, row.hash) == following.hash
        return False

    def head_digest(self) -> tuple[int, bytes]:
        """The number of the newest record, and the digest that proves all before it."""
        for volume in reversed(self._order):
            if (row := volume.last_tail()) is not None:
                return row.last, row.hash
            if volume.rows:
                return volume.rows[-1].last, volume.rows[-1].hash
        return 0, b""

    def _end_of(self, volume: OpenVolume) -> int:
        """The last number that can be in a file: the next one begins above it."""
        place = self._order.index(volume) + 1
        return self._order[place].head.first - 1 if place < len(self._order) else self.last

    def _files(self) -> list[Path]:
        if not self._path.is_dir():
            return [self._path]
        operation = self._operation or _only_operation(self._path)
        return [one.path for one in files_of(self._path, operation)]

    def _measure(self) -> None:
        self.first, self.last = 1, 0
        begin, end = math.inf, -math.inf
        for volume in self._order:
            numbers, times = volume.columns
            tail = list(self._tail_from_the_end(volume))
            spans = [(one.first, one.last) for one in tail]
            if len(numbers):
                spans.append((int(numbers[0, 0]), int(numbers[-1, 1])))
                begin, end = min(begin, float(times[:, 0].min())), max(end, float(times[:, 1].max()))
            for block in tail:
                begin = min(begin, float(block.received_at.min()))
                end = max(end, float(block.received_at.max()))
            if spans:
                self.first = self.first if self.last else min(first for first, _ in spans)
                self.last = max(self.last, *(last for _, last in spans))
        if not self.last and self._order:
            self.first = self._order[0].head.first
            self.last = self.first - 1
        self.first_at, self.last_at = (begin, end) if begin <= end else (math.nan, math.nan)

    def _next(self, volume: OpenVolume, number: int) -> Block | None:
        """The block or row that holds a record, or else the first one after it that can be read."""
        looked_again = False
        while True:
            row = volume.block_at(number)
            if row is not None:
                block = self._block(volume, row)
                if block is not None:
                    return block
                volume.refresh()
                if volume.block_at(number) == row:  # it is there, and cannot be read
                    volume.tell_missing(row)
                    number = row.last + 1
                continue
            tail = volume.tail_at(number)
            if (tail is None or tail.first > number) and not looked_again:  # it became a block just now, perhaps
                volume.refresh()
                looked_again = True
                continue
            if tail is None:
                return None
            block = self._row(volume, tail)
            if block is not None:
                return block
            number = tail.last + 1

    def _back_from(self, number: int) -> Iterator[Block]:
        """Blocks and rows that hold a record or come before it, the nearest first."""
        for volume in reversed(self._order):
            if not volume.rows or number > volume.rows[-1].last:
                yield from (block for block in self._tail_from_the_end(volume) if block.first <= number)
            upto = int(np.searchsorted(volume.columns[0][:, 0], number, side="right"))
            for row in reversed(volume.rows[:upto]):
                if (found := self._block(volume, row)) is not None:
                    yield found

    def _chosen(self, after: int, wanted: Callable[[BlockRow], bool]) -> Iterator[Block]:
        """Blocks after a number whose row is wanted; all rows of the tail, which say nothing of their records."""
        for volume in list(self._order):
            number = max(after + 1, volume.head.first)
            while True:
                row = volume.block_at(number)
                if row is not None and not wanted(row):
                    number = row.last + 1
                    continue
                found = self._next(volume, number)
                if found is None:
                    break
                yield found.cut(number - 1, found.last)
                number = found.last + 1

    def _tail_from_the_end(self, volume: OpenVolume) -> Iterator[Block]:
        """The rows that are in no block, the newest first; what became one until now is seen among the blocks."""
        rows = volume.tails()
        volume.refresh()
        for row in rows:
            if (block := self._row(volume, row)) is not None:
                yield block

    def _digest_before(self, volume: OpenVolume, row: BlockRow | TailRow) -> bytes | None:
        """The digest that a stretch is chained to; None where nothing says it."""
        if (before := volume.stretch_before(row.first)) is not None:
            return before.hash
        if row.first == volume.head.first:
            return bytes.fromhex(volume.head.seed)
        let_go = (letting_in(note.payload) for note in self.notes(DROPPED))
        return next((bytes.fromhex(one.hash) for one in let_go if one and one.to_number == row.first - 1), None)

    def _content(self, volume: OpenVolume, row: BlockRow | TailRow) -> Block | None:
        return self._block(volume, row) if isinstance(row, BlockRow) else self._row(volume, row)

    def _block(self, volume: OpenVolume, row: BlockRow) -> Block | None:
        key = (volume.path, row.first)
        block = self._blocks.get(key)
        if block is None:
            block = volume.content(row)
            if block is None:
                return None
            _keep(self._blocks, key, block, _BLOCKS_KEPT)
        self._blocks.move_to_end(key)
        return block

    def _row(self, volume: OpenVolume, row: TailRow) -> Block | None:
        key = (volume.path, row.first, row.last)
        block = self._rows.get(key)
        if block is None:
            block = volume.tail_content(row)
            if block is None:
                return None
            _keep(self._rows, key, block, _ROWS_KEPT)
        return block


def operations_in(folder: Path) -> dict[str, list[FileName]]:
    """The files of each operation in a folder, by the operation's part of their names. Raises OSError."""
    found: dict[str, list[FileName]] = {}
    for path in folder.iterdir():
        if (name := name_of(path)) is not None:
            found.setdefault(path.name.removesuffix(SUFFIX).rsplit(".", 2)[0], []).append(name)
    return {name: sorted(files, key=lambda one: (one.first, one.day)) for name, files in sorted(found.items())}


def _only_operation(folder: Path) -> str:
    """The operation of a folder that holds one. Raises OSError if it holds none, ValueError if several."""
    heads: list[str] = []
    trouble = f"there is no journal in {folder}"
    for files in operations_in(folder).values():
        for file in files:
            try:
                volume = OpenVolume(file.path)
            except OSError as error:
                trouble = str(error)
                continue
            heads.append(volume.head.operation)
            volume.close()
            break
    if not heads:
        raise OSError(trouble)
    if len(heads) > 1:
        raise ValueError(f"{folder} holds several operations, name one: {', '.join(map(repr, heads))}")
    return heads[0]


def _keep(kept: OrderedDict[_Key, Block], key: _Key, block: Block, most: int) -> None:
    """Keep one more; the oldest go."""
    kept[key] = block
    while len(kept) > 1 and (len(kept) > most or sum(len(one.payloads) for one in kept.values()) > _BYTES_KEPT):
        kept.popitem(last=False)


def _row_from(volume: OpenVolume, number: int) -> BlockRow | TailRow | None:
    """The block or row of the tail that holds a record, or else the first one after it."""
    return volume.block_at(number) or volume.tail_at(number)


def _digest_of(block: Block, before: bytes) -> bytes:
    return deque(digests(block, before), maxlen=1)[-1]


def _last_at(block: Block, at: float) -> int | None:
    found = np.flatnonzero(block.received_at <= at)
    return block.first + int(found[-1]) if len(found) else None
