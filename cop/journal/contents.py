"""What is on record, told to somebody who has the file and nothing else."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from cop.journal.counting import Count, count
from cop.journal.keys import fingerprint, public_key_of
from cop.journal.moments import iso
from cop.journal.open_volume import OpenVolume, SignatureRow
from cop.journal.reading import JournalReader, Noted
from cop.journal.record import CLOCK, DROPPED, GAP, SNAPSHOT, STARTED, STOPPED

#: notes that are told one by one; of the others their number is enough
_TOLD = (STARTED, STOPPED, GAP, DROPPED, CLOCK)
_NOTES_TOLD = 40
_WORDS = 100


class File(NamedTuple):
    """One file: its name, the records in it, its bytes on the disk."""

    name: str
    first: int
    last: int
    size: int


class Contents(NamedTuple):
    """Times in epoch seconds; `digest` is that of the last record; `missing` are numbers that are left out."""

    operation: str
    desk: str
    files: list[File]
    first: int
    last: int
    first_at: float
    last_at: float
    digest: bytes
    signatures: int
    signed: SignatureRow | None
    counts: list[Count]
    notes: list[Noted]
    missing: list[tuple[int, int]]

    @property
    def records(self) -> int:
        """How many there are."""
        return sum(one.records for one in self.counts)

    @property
    def size(self) -> int:
        """Bytes of all files on the disk."""
        return sum(one.size for one in self.files)

    def as_json(self) -> dict[str, Any]:
        """All of it for a program; times in UTC."""
        return {
            "operation": self.operation,
            "desk": self.desk,
            "files": [one._asdict() for one in self.files],
            "records": self.records,
            "bytes": self.size,
            "bytes_per_record": round(self.size / self.records, 2) if self.records else None,
            "first": self.first,
            "last": self.last,
            "first_at": iso(self.first_at),
            "last_at": iso(self.last_at),
            "missing": [{"from": first, "to": last} for first, last in self.missing],
            "head": {"number": self.last, "digest": self.digest.hex()},
            "signed": self._signed_as_json(),
            "counts": [
                {**one._asdict(), "first_at": iso(one.first_at), "last_at": iso(one.last_at)} for one in self.counts
            ],
            "notes": [
                {"number": one.number, "at": iso(one.at), "kind": one.kind, "says": _says(one.payload)}
                for one in self.notes
            ],
        }

    def as_text(self) -> Iterator[str]:
        """All of it, a line each; times in UTC."""
        yield f"{_line(self.operation)}, desk {_line(self.desk)}"
        each = f", {self.size / self.records:.1f} bytes a record" if self.records else ""
        yield f"{self.records:,} records, {self.size:,} bytes{each}"
        for file in self.files:
            yield f"  {_line(file.name)}: records {file.first}–{file.last}, {file.size:,} bytes"
        if self.records:
            yield f"from {iso(self.first_at)} to {iso(self.last_at)}"
        for first, last in self.missing:
            yield f"missing: records {first}–{last}"
        if self.signed is None:
            yield "not signed"
        else:
            yield (
                f"signed: {self.signatures:,} signatures, the last up to record {self.signed.number} at "
                f"{iso(self.signed.at)} by the key {_key(self.signed.public_key)}"
            )
        yield f"head: record {self.last}, digest {self.digest.hex()}"
        yield ""
        yield from self._table()
        yield ""
        told = [one for one in self.notes if one.kind in _TOLD]
        for note in told[-_NOTES_TOLD:]:
            yield f"{iso(note.at)}  record {note.number}: {_line(note.kind)} {_note_words(note)}".rstrip()
        if len(told) > _NOTES_TOLD:
            yield f"... and {len(told) - _NOTES_TOLD} before; all of them: --json"
        others = Counter(one.kind for one in self.notes if one.kind not in _TOLD)
        if others:
            yield "also noted: " + ", ".join(f"{number:,} × {_line(kind)}" for kind, number in sorted(others.items()))

    def _table(self) -> Iterator[str]:
        of_whom = f"{'agency':<24}{'format':<12}{'feed':<20}{'kind':<12}"
        yield f"{of_whom}{'records':>12}{'bytes':>15}{'said':>8}  {'first':<21}last"
        for one in self.counts:
            yield (
                f"{_cell(one.agency or '—', 24)}{_cell(one.format or '—', 12)}{_cell(one.feed, 20)}"
                f"{_cell(one.kind or '—', 12)}{one.records:>12,}{one.payload_bytes:>15,}{one.said:>8,}"
                f"  {_second(one.first_at)}  {_second(one.last_at)}"
            )
        payloads, said = sum(one.payload_bytes for one in self.counts), sum(one.said for one in self.counts)
        yield f"{'all':<68}{self.records:>12,}{payloads:>15,}{said:>8,}"

    def _signed_as_json(self) -> dict[str, Any] | None:
        if self.signed is None:
            return None
        return {
            "signatures": self.signatures,
            "number": self.signed.number,
            "at": iso(self.signed.at),
            "key": _key(self.signed.public_key),
        }


def contents(reader: JournalReader) -> Contents:
    """Read through all of it; what cannot be read is told by the reader."""
    missing: list[tuple[int, int]] = []
    last = reader.first - 1

    def all_blocks() -> Iterator[Any]:
        nonlocal last
        for block in reader.blocks(reader.first - 1, reader.last):
            if block.first > last + 1:
                missing.append((last + 1, block.first - 1))
            last = block.last
            yield block

    counts = count(all_blocks())
    signed = [one.signatures() for one in reader.volumes]
    head = reader.head
    return Contents(
        operation=head.operation,
        desk=head.desk,
        files=[_file(one) for one in reader.volumes],
        first=reader.first,
        last=reader.last,
        first_at=reader.first_at,
        last_at=reader.last_at,
        digest=reader.head_digest()[1],
        signatures=sum(number for number, _ in signed),
        signed=next((row for _, row in reversed(signed) if row is not None), None),
        counts=counts,
        notes=[one for one in reader.notes() if one.kind != SNAPSHOT],
        missing=missing,
    )


def _file(volume: OpenVolume) -> File:
    tail = volume.last_tail()
    last = volume.rows[-1].last if volume.rows else volume.head.first - 1
    return File(volume.path.name, volume.head.first, tail.last if tail is not None else last, volume.size())


def _says(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return payload.decode(errors="replace")


def _note_words(note: Noted) -> str:
    """What a note says, short; how the desk was set up at its start is told by the JSON alone."""
    says = _says(note.payload)
    if not isinstance(says, dict):
        return ""
    if note.kind == STARTED:
        says = {key: says[key] for key in ("version", "reader", "root") if key in says}
    if note.kind == GAP:
        says = {**says, **{key: iso(says[key]) for key in ("begin", "end") if isinstance(says.get(key), float)}}
    words = ", ".join(f"{key} {value}" for key, value in says.items() if value not in ("", None, []))
    return _line(words)[: 3 * _WORDS]


def _line(text: str) -> str:
    return "".join(one if one.isprintable() else "\ufffd" for one in text)


def _cell(text: str, width: int) -> str:
    shown = _line(text)
    return f"{shown if len(shown) < width else shown[: width - 2] + '…':<{width}}"


def _second(at: float) -> str:
    return iso(at)[:19] or "—"


def _key(raw: bytes) -> str:
    try:
        return fingerprint(public_key_of(raw))
    except ValueError:
        return raw.hex()[:64]
