"""What came of proving a journal: in words for people, and as JSON for programs."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cop.journal.moments import iso
from cop.journal.proving import Place

_FAULTS_TOLD = 20
_TOPIC_LENGTH = 120


class Fault(NamedTuple):
    """Something that is not as it was recorded: in which file, from which record on, and what.

    `place` is the record; where only its surroundings are known, it lies between `after` and `before`.
    """

    file: str
    number: int
    what: str
    place: Place | None = None
    after: Place | None = None
    before: Place | None = None

    def __str__(self) -> str:
        """Where first, for it is what one looks for."""
        if self.place is not None:
            return f"{_shown(self.place)}: {self.what} ({self.file})"
        sides = (("after", self.after), ("before", self.before))
        beside = "; ".join(f"{word} {_shown(one)}" for word, one in sides if one is not None)
        where = beside or (f"record {self.number}" if self.number else "")
        return f"{where}{': ' if where else ''}{self.what} ({self.file})"


class Signed(NamedTuple):
    """Signatures by one key: its fingerprint, how many, the last record that they prove, and when that was signed."""

    fingerprint: str
    signatures: int
    number: int
    at: float
    given: bool


@dataclass(slots=True)
class Verdict:
    """`faults` in the order of the records: the first is what an inquiry begins with. `remarks` are no faults."""

    files: list[str] = field(default_factory=list)
    records: int = 0
    first: Place | None = None
    head: Place | None = None
    digest: bytes = b""
    signed: list[Signed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def text(self) -> str:
        """All of it, a line each."""
        return "\n".join(self._lines())

    def as_json(self) -> dict[str, Any]:
        """All of it for a program; times in UTC."""
        return {
            "whole": self.whole,
            "files": self.files,
            "records": self.records,
            "first": _place_as_json(self.first),
            "head": {**_place_as_json(self.head), "digest": self.digest.hex()} if self.head else None,
            "signed": [{**one._asdict(), "at": iso(one.at)} for one in self.signed],
            "faults": [
                {
                    "file": one.file,
                    "number": one.number,
                    "what": one.what,
                    "record": _place_as_json(one.place),
                    "after": _place_as_json(one.after),
                    "before": _place_as_json(one.before),
                }
                for one in self.faults
            ],
            "remarks": self.remarks,
        }

    def _lines(self) -> list[str]:
        files = f"{len(self.files)} file{'s' * (len(self.files) != 1)}"
        count = f"{self.records:,} record{'s' * (self.records != 1)} in {files}"
        lines = [f"{'WHOLE' if self.whole else 'NOT WHOLE'}: {count}"]
        if self.faults:
            lines.append(f"first: {self.faults[0]}")
            lines.extend(f"also:  {one}" for one in self.faults[1:_FAULTS_TOLD])
            if len(self.faults) > _FAULTS_TOLD:
                lines.append(f"... and {len(self.faults) - _FAULTS_TOLD:,} more")
        if self.first is not None:
            lines.append(f"from:  {_shown(self.first)}")
        if self.head is not None:
            lines.append(f"head:  {_shown(self.head)}")
            lines.append(f"       digest {self.digest.hex()}")
        lines.extend(self.remarks)
        return lines


def _shown(place: Place) -> str:
    """A record in words; its topic is a stranger's text."""
    short = place.topic if len(place.topic) <= _TOPIC_LENGTH else place.topic[: _TOPIC_LENGTH - 1] + "…"
    topic = "".join(one if one.isprintable() else "\ufffd" for one in short)
    return f"record {place.number}, received {iso(place.at) or place.at}, {topic or 'without a topic'}"


def _place_as_json(place: Place | None) -> Any:
    return {"number": place.number, "received_at": iso(place.at), "topic": place.topic} if place is not None else None
