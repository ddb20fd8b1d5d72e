"""What was appended and is not on disk yet: bounded, and what goes over the bound is told."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from cop.journal.folding import FULL_BYTES, FULL_RECORDS, Stretch, size_of
from cop.journal.record import SNAPSHOT, Record, Way


@dataclass(slots=True)
class Loss:
    """What is not on record: from when to when (epoch seconds), why, how many; a file that was left aside."""

    begin: float
    end: float
    why: str
    records: int = 0
    file: str = ""

    def says(self, from_number: int, to_number: int) -> dict[str, object]:
        """What the note of it holds, with the numbers that are left out and its own, the last of them."""
        return {**asdict(self), "from_number": from_number, "to_number": to_number}


class Waiting:
    """Records in order. Beyond the limits the oldest are lost; actions among them, and notes, are put at the end anew.

    A `loss` has numbers of its own, `lost_numbers` many, before those of the records: of what was lost, the last being
    that of the note which says so.
    """

    def __init__(self, records_limit: int, bytes_limit: int) -> None:
        self.loss: Loss | None = None
        self.lost_numbers = 0
        self._limits = (records_limit, bytes_limit)
        self._records: list[Record] = []
        self._bytes = 0
        self._snapshots = 0

    def __len__(self) -> int:
        return len(self._records)

    def __bool__(self) -> bool:
        return bool(self._records) or self.loss is not None

    def add(self, records: Iterable[Record]) -> None:
        """Put records at the end."""
        for one in records:
            self._bytes += size_of(one)
            self._snapshots += one.kind == SNAPSHOT
            self._records.append(one)

    def next_piece(self, stretch: Stretch | None) -> list[Record]:
        """The oldest that go into one row: what `stretch` has room for; a snapshot by itself."""
        room = FULL_RECORDS - (len(stretch.records) if stretch is not None else 0)
        size = stretch.size if stretch is not None else 0
        if not self._snapshots and len(self._records) <= room and size + self._bytes < FULL_BYTES:
            return self._records[:]
        for index, one in enumerate(self._records):
            if index == room or (size >= FULL_BYTES and index) or (one.kind == SNAPSHOT and index):
                return self._records[:index]
            if one.kind == SNAPSHOT:
                return self._records[:1]
            size += size_of(one)
        return self._records[:]

    @property
    def snapshot_is_next(self) -> bool:
        """Whether the oldest is a snapshot."""
        return self.loss is None and bool(self._records) and self._records[0].kind == SNAPSHOT

    def are_written(self, count: int) -> None:
        """The oldest so many are on disk."""
        if count == len(self._records):
            self._records, self._bytes, self._snapshots = [], 0, 0
            return
        for one in self._records[:count]:
            self._bytes -= size_of(one)
            self._snapshots -= one.kind == SNAPSHOT
        del self._records[:count]

    def loss_is_written(self) -> None:
        """The note of the loss is on disk."""
        self.loss, self.lost_numbers = None, 0

    def forget_beyond(self, why: str) -> bool:
        """Lose the oldest beyond the limits; `why` nothing can be written. Whether any were."""
        count_limit, bytes_limit = self._limits
        count, size = max(0, len(self._records) - count_limit), self._bytes
        size -= sum(size_of(one) for one in self._records[:count])
        while size > bytes_limit:
            size -= size_of(self._records[count])
            count += 1
        if not count:
            return False
        lost, self._records = self._records[:count], self._records[count:]
        self._bytes = size
        self._snapshots -= sum(one.kind == SNAPSHOT for one in lost)
        kept = [one for one in lost if one.way == Way.TAKEN or (one.way == Way.NOTED and one.kind != SNAPSHOT)]
        if 2 * len(kept) > count_limit or 2 * sum(size_of(one) for one in kept) > bytes_limit:
            kept = []
        self._lose(Loss(lost[0].received_at, lost[-1].received_at, why, count - len(kept)), count)
        self.add(kept)
        return True

    def leave_aside(self, file: str, why: str, begin: float, now: float) -> None:
        """A file cannot be written any more: what it holds may be lost, and another is begun."""
        self._lose(Loss(begin, now, f"{file}: {why}", file=file), 0)

    def begin_numbers(self) -> None:
        """Numbers are known from now on; what was lost before had none."""
        self.lost_numbers = min(self.lost_numbers, 1)

    def skip_number(self) -> None:
        """Leave out a number that a file has already."""
        self.lost_numbers += 1

    def _lose(self, loss: Loss, numbers: int) -> None:
        before = self.loss
        if before is None:
            self.loss, self.lost_numbers = loss, max(1, numbers)
            return
        before.begin, before.end = min(before.begin, loss.begin), max(before.end, loss.end)
        before.records += loss.records
        if loss.why not in before.why:
            before.why = f"{before.why}; {loss.why}"[:1000]
        before.file = before.file or loss.file
        self.lost_numbers += numbers
