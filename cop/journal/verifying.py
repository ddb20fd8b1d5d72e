"""A journal is proved whole, or the first record is named that was altered, removed, inserted or put elsewhere.

Everything is computed anew from the contents, in the order of the numbers: digests, checks, numbers, the seeds over the
borders of files, signatures, what was let go of, the index of notes. After a fault the walk goes on from the next hash
in the file, so that one altered record does not hide what else was done.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cop.journal.block import Block
from cop.journal.chain import GENESIS
from cop.journal.folder import name_of, safe_name
from cop.journal.losses import Letting, letting_in, loss_in, loss_words
from cop.journal.moments import iso
from cop.journal.open_volume import OpenVolume, is_note
from cop.journal.proving import Place, first_unfit, how_changed, place_of, running
from cop.journal.reading import JournalReader
from cop.journal.record import DROPPED, GAP, SNAPSHOT, Way
from cop.journal.signatures import Signatures
from cop.journal.verdict import Fault, Verdict
from cop.journal.volume import BlockRow, TailRow

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_WORDS = {
    "altered": "altered: it is not what was recorded",
    "removed": "removed: the record of this number is missing, what stands in its place is a later one",
    "inserted": "inserted: it was not recorded here",
    "reordered": "reordered: another record stood in its place",
}


def verify(
    path: Path,
    operation: str = "",
    *,
    keys: "Sequence[Ed25519PublicKey]" = (),
    told: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Prove a file, or all files of a folder and operation; `told` hears how many records it has come through.

    Given `keys`, every signature must be by one of them, and they must reach the end. Raises OSError if there is
    nothing to read, ValueError if several operations are there and none is named.
    """
    reader = JournalReader(path, operation)
    try:
        return _Walk(reader, Signatures(keys), told, alone=not path.is_dir()).verdict()
    finally:
        reader.close()


class _Missing(NamedTuple):
    """Records that are not there: a note must say that they were let go of."""

    first: int
    upto: int
    after: Place | None
    before: Place | None


class _Walk:
    """One way through all records. `_digests` are what the last record's digest may be; none where it is not known."""

    def __init__(
        self, reader: JournalReader, signatures: Signatures, told: Callable[[int], None], *, alone: bool
    ) -> None:
        self._reader = reader
        self._signatures = signatures
        self._told = told
        self._alone = alone
        self._verdict = Verdict()
        self._volume: OpenVolume
        self._digests: list[bytes] = [GENESIS]
        self._last = 0
        self._place: Place | None = None
        self._unreadable: list[int] = []
        self._missing: list[_Missing] = []
        self._let_go = self._lettings()

    def verdict(self) -> Verdict:
        """Walk through all files, and say what was found."""
        for path, why in self._reader.unread_files.items():
            name = name_of(path)
            self._unreadable.append(name.first if name is not None else 0)
            self._verdict.faults.append(
                Fault(path.name, self._unreadable[-1], f"the file {why.removeprefix(f'{path} ')}")
            )
        for number, volume in enumerate(self._reader.volumes):
            self._volume = volume
            self._verdict.files.append(volume.path.name)
            self._enter(first_file=number == 0)
            self._through()
        self._close_up()
        return self._verdict

    def _enter(self, *, first_file: bool) -> None:
        """A file follows on the one before: by its numbers, and by the digest that it begins with."""
        head, name = self._volume.head, name_of(self._volume.path)
        self._beside(-(1 << 62), head.first - 1, None, [])
        seed = bytes.fromhex(head.seed)
        if name is not None:
            of_name = (name.day, name.first, self._volume.path.name.startswith(safe_name(head.operation) + "."))
            if of_name != (head.day, head.first, True):
                self._fault(
                    head.first, "the file's name is not that of what it holds: it was renamed, or its head altered"
                )
        if first_file:
            self._last = head.first - 1
            self._digests = [seed]
            if head.first == 1 and seed != GENESIS:
                self._fault(1, "the file is not chained to the beginning of a journal: its head was altered")
            elif head.first > 1 and not self._alone:
                if any(one != seed for one in self._digests_let_go(head.first - 1)):
                    self._fault(head.first, "the file is not chained to what was let go of: its head was altered")
                self._missing.append(_Missing(1, head.first - 1, None, None))
            elif head.first > 1:
                self._verdict.remarks.append(
                    f"records 1–{head.first - 1} are in other files; this one is chained to digest {head.seed}"
                )
            return
        if any(self._last < one <= head.first for one in self._unreadable):  # it is told already
            self._last, self._digests = head.first - 1, [seed]
        if self._digests and seed not in self._digests:
            what = "the file is not chained to the one before: that one's end, or this one's head, was altered"
            self._fault(head.first, what, after=self._place)
        self._digests = [seed, *(one for one in self._digests if one != seed)]

    def _lettings(self) -> "dict[int, Letting]":
        """What the index of notes says was let go of; it is held against the chain when the walk comes to it."""
        notes = [note for one in self._reader.volumes for note in one.notes([DROPPED], -math.inf, math.inf)]
        found = {note.number: letting_in(note.payload) for note in notes}
        return {number: one for number, one in found.items() if one is not None}

    def _digests_let_go(self, number: int) -> list[bytes]:
        """The digest of a record that was let go of, as notes tell it."""
        return [bytes.fromhex(one.hash) for one in self._let_go.values() if one.to_number == number]

    def _through(self) -> None:
        """All blocks of a file and its tail; the writer may go on meanwhile."""
        done = 0
        while True:
            rows = [one for one in self._volume.rows if one.first > done]
            for row in rows:
                done = row.first
                self._block(row)
            tails, spoken_of = self._volume.newest()
            if not self._volume.rows or self._volume.rows[-1].first <= done:
                break
        for tail in tails:
            self._tail(tail)
        for number, words in self._volume.strays():
            self._fault(number, words)
        for words, number in self._volume.unread.items():
            if not any(one.number == number and number for one in self._verdict.faults):
                self._fault(number, f"cannot be read: {words}")
        self._beside(self._last, spoken_of, None, [])

    def _block(self, row: BlockRow) -> None:
        block = self._volume.unpacked(row)
        if block is None and not self._volume.holds(row.first):
            return  # let go of a moment ago
        if block is None:
            self._stretch(row, None)
            return
        faults = len(self._verdict.faults)
        self._stretch(row, block)
        if len(self._verdict.faults) > faults:
            return  # what is not as it was recorded has not its times
        said = block.said_at[~np.isnan(block.said_at)]
        times = (
            float(block.received_at.min()),
            float(block.received_at.max()),
            float(said.min()) if len(said) else None,
        )
        if times != (row.since, row.until, row.said_since):
            self._fault(row.first, f"altered: the times in the row of the block of records {row.first}–{row.last}")

    def _tail(self, row: TailRow) -> None:
        self._stretch(row, self._volume.tail_unpacked(row))

    def _stretch(self, row: BlockRow | TailRow, block: Block | None) -> None:
        """A block, or a row of the tail."""
        if row.first <= self._last:
            place = place_of(block, 0) if block is not None else None
            self._fault(row.first, "inserted: its number was there before", place=place)
            return
        if row.first > self._last + 1:
            self._skip(row, block)
        if block is None:
            why = next(
                (words for words, at in self._volume.unread.items() if at == row.first), "its records are missing"
            )
            self._fault(row.first, f"altered: records {row.first}–{row.last} cannot be read: {why}", after=self._place)
            self._beside(self._last, row.last, None, [])
            self._digests, self._last = [row.hash], row.last
            return
        digests = self._prove(row, block)
        self._beside(row.first - 1, max(row.last, block.last), block, digests)
        self._verdict.records += len(block)
        self._verdict.first = self._verdict.first or place_of(block, 0)
        self._place = place_of(block, len(block) - 1)
        self._last = block.last if digests and digests[-1] == row.hash else row.last
        self._told(self._verdict.records)

    def _skip(self, row: BlockRow | TailRow, block: Block | None) -> None:
        """Numbers are left out: by a note that says so, by what was let go of, or by somebody."""
        first, missing = self._last + 1, f"{self._last + 1}–{row.first - 1}"
        self._beside(self._last, row.first - 1, None, [])
        if block is not None and _tells_gap(block, first, row.first):
            return
        place = place_of(block, 0) if block is not None else None
        self._let_go = self._lettings()  # it may have happened a moment ago
        self._digests = self._digests_let_go(row.first - 1)
        if self._verdict.records == 0 and self._missing:  # the file before it is gone, and this one has begun to go
            self._missing[-1] = _Missing(1, row.first - 1, None, place)
        elif self._digests:
            self._missing.append(_Missing(first, row.first - 1, self._place, place))
        else:
            self._fault(first, f"removed: records {missing} are missing", after=self._place, before=place)

    def _prove(self, row: BlockRow | TailRow, block: Block) -> list[bytes]:
        """The digests of a stretch, held against its checks and its hash."""
        if not self._digests:  # what was before it is not known: its own hash is all there is
            self._digests = [row.hash]
            return []
        before, digests, unfit = self._digests[0], [], None
        for one in self._digests:
            before, digests = one, running(block, one)
            unfit = first_unfit(block, digests)
            if unfit is None or unfit > 0:
                break
        sound = digests[-1] == row.hash
        if unfit is None and sound:
            self._digests = [row.hash]
            if block.last != row.last:
                self._fault(row.first, f"altered: the row of records {row.first}–{block.last} says {row.last}")
        elif unfit is None and block.last < row.last:
            what = f"removed: records {block.last + 1}–{row.last} are missing"
            self._fault(block.last + 1, what, after=place_of(block, len(block) - 1), before=self._after(row.last))
            self._digests = [row.hash]
        elif unfit is None and block.last > row.last:
            self._fault(row.last + 1, _WORDS["inserted"], place=place_of(block, row.last + 1 - row.first))
            self._digests = [row.hash]
        elif unfit is None:
            what = f"altered: the hash of records {row.first}–{row.last}, or one of them with its check made anew"
            self._fault(row.first, what, after=self._place, before=self._after(row.last))
            self._digests = [digests[-1], row.hash]
        elif sound:
            what = "altered: the check beside it; the record itself is as it was recorded"
            self._fault(block.first + unfit, what, place=place_of(block, unfit))
            self._digests = [row.hash]
        else:
            expected = row.last - row.first + 1
            changed = how_changed(block, digests[unfit - 1] if unfit else before, unfit, expected)
            what = _WORDS[changed.change]
            if changed.other >= 0:
                other = place_of(block, changed.other)
                what += f", which stands at {other.number} now (received {iso(other.at)}, {other.topic})"
            self._fault(block.first + unfit, what, place=place_of(block, unfit))
            self._digests = [row.hash]
            return digests[:unfit]
        return digests

    def _after(self, number: int) -> Place | None:
        """The first record after a number, if it can be read."""
        block = next(self._reader.blocks(number, number + 1), None)
        return place_of(block, 0) if block is not None and len(block) else None

    def _beside(self, after: int, upto: int, block: Block | None, digests: list[bytes]) -> None:
        """What stands beside the records of a stretch: the index of notes, and signatures."""
        noted = np.flatnonzero(block.way == Way.NOTED).tolist() if block is not None else []
        said: dict[int, tuple[float, str, bytes]] = {}
        for index in noted:
            assert block is not None
            one = block.record(index)
            if one.kind == GAP:
                self._verdict.remarks.append(loss_words(block.first + index, one.payload))
            said[block.first + index] = (one.received_at, one.kind, b"" if one.kind == SNAPSHOT else one.payload)
        for row in self._volume.notes_between(after, upto):
            if not is_note(row) or said.pop(row[0], None) != row[1:]:
                what = "the index of notes: what it says here is not what is on record"
                number = _number(row)
                self._fault(number, what, place=_placed(block, number))
        for number in said if self._volume.holds(max(said, default=0)) else ():  # else let go of a moment ago
            self._fault(number, "the index of notes: this one is missing there", place=_placed(block, number))
        for row in self._volume.signatures_between(after, upto):
            number = _number(row)
            index = number - block.first if block is not None else -1
            there = block is not None and 0 <= index < len(block)
            digest = digests[index] if 0 <= index < len(digests) else None
            trouble = self._signatures.take(row, digest, there=there)
            if trouble:
                self._fault(number, trouble, place=_placed(block, number))

    def _close_up(self) -> None:
        """What can only be said at the end."""
        verdict = self._verdict
        for one in self._missing:
            told = [n for n, note in self._let_go.items() if note.from_number <= one.upto <= note.to_number]
            if told and self._is_told(one.first, one.upto):
                words = f"records {one.first}–{one.upto} were let go of by age or size, as record {told[-1]} says"
                unsigned = not self._is_told(one.first, one.upto, signed=True)
                if unsigned and self._signatures.asked:
                    what = f"{words}; that record is not signed, and the desk signs it before they go"
                    verdict.faults.append(
                        Fault(verdict.files[0], one.first, what, None, one.after, one.before or verdict.first)
                    )
                    continue
                verdict.remarks.append(words)
                if unsigned and self._signatures.reach:
                    verdict.remarks.append(f"record {told[-1]}, which says so, is not signed.")
            else:
                what = f"removed: records {one.first}–{one.upto} are missing, and no note says that they were let go of"
                if self._alone:
                    what += "; one may in a later file of the folder"
                verdict.faults.append(
                    Fault(verdict.files[0], one.first, what, None, one.after, one.before or verdict.first)
                )
        verdict.head, verdict.digest = self._place, self._digests[0] if self._digests else b""
        faults, remarks, verdict.signed = self._signatures.conclusion(self._place)
        newest = verdict.files[-1]
        verdict.faults.extend(Fault(newest, number, what) for number, what in faults)
        verdict.remarks.extend(remarks)
        verdict.faults.sort(key=lambda one: (one.number <= 0, one.number))  # those without a number last

    def _is_told(self, first: int, upto: int, *, signed: bool = False) -> bool:
        """Whether notes (`signed`: those that a signature proves) say that all these records were let go of."""
        reach = self._signatures.reach
        notes = [one for number, one in self._let_go.items() if number <= reach or not signed]
        if first == 1:  # of what the oldest of them say nothing is left to be asked
            return any(one.from_number <= upto <= one.to_number for one in notes)
        for note in sorted(notes, key=lambda one: one.from_number):
            if note.from_number <= first <= note.to_number:
                first = note.to_number + 1
        return first > upto

    def _fault(
        self,
        number: int,
        what: str,
        *,
        place: Place | None = None,
        after: Place | None = None,
        before: Place | None = None,
    ) -> None:
        self._verdict.faults.append(Fault(self._volume.path.name, number, what, place, after, before))


def _number(row: tuple[Any, ...]) -> int:
    return row[0] if type(row[0]) is int else 0


def _placed(block: Block | None, number: int) -> Place | None:
    return place_of(block, number - block.first) if block is not None and block.first <= number <= block.last else None


def _tells_gap(block: Block, first: int, number: int) -> bool:
    """Whether a stretch begins with the note that the records before it were lost; the chain proves the note."""
    one = block.record(0)
    loss = loss_in(one.payload) if one.way == Way.NOTED and one.kind == GAP else None
    return loss is not None and (loss.from_number, loss.to_number) == (first, number)
