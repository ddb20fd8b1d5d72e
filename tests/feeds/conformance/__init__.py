"""Real messages of others, where `../shared/samples` is present: each gives what its row of the index says.

The index was read off by a plain reader, not by this code. Every module of this folder checks some formats of it:
`CHECKS` names the index's format and the function that checks one row. `make conformance` prints the table.
"""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from cop.domain.report import Report
from cop.feeds.adapters import Recorded, format_of
from cop.feeds.message import BadMessage, Message

from ..payloads import adapter_of

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BodyKind = TypeVar("BodyKind")


@dataclass(frozen=True)
class Row:
    """A row of the index: a file, what it is, what must come out, and whether it is broken or hostile."""

    format: str
    file: str
    what: str
    says: str
    flag: str
    count: int

    @property
    def bytes(self) -> bytes:
        """The file."""
        return (SAMPLES / self.file).read_bytes()

    @property
    def key(self) -> str:
        """The name under which its check stands: the format; of a recording the file's first word too."""
        if self.format != "recordings":
            return self.format
        return f"recordings/{Path(self.file).name.partition('_')[0]}"

    @property
    def must_be_refused(self) -> bool:
        """Whether the row says that nothing can be made of it."""
        return self.says.startswith("nothing")

    def said(self, key: str) -> str | None:
        """A value of the row's own notation `key=value; …`; None where it does not stand or is "unknown"."""
        match = re.search(
            rf"(?:^|[; ]){re.escape(key)}=('.*?'|.*?)(?=;|$| (?:lat|lon|hae|ce|le|speed)=| m/s)", self.says
        )
        if match is None or match[1] == "None" or "(unknown)" in match[1] or match[1] == "NaN":
            return None
        return match[1]

    def number(self, key: str) -> float | None:
        """A figure of the row."""
        text = self.said(key)
        return float(text) if text is not None else None


@dataclass
class Marks:
    """What was found of one row or of many: messages that gave what they must, were rightly refused, or did not."""

    right: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def messages(self) -> int:
        """How many were looked at."""
        return self.right + self.refused + len(self.wrong)

    @contextmanager
    def message(self, what: str) -> Iterator[None]:
        """One message whose outcome is checked by asserts inside."""
        try:
            yield
        except (AssertionError, BadMessage) as error:
            self.wrong.append(f"{what}: {type(error).__name__} {error}"[:400])
        else:
            self.right += 1

    @contextmanager
    def refusal(self, what: str) -> Iterator[None]:
        """One message that must be refused inside, with nothing made of it."""
        try:
            yield
        except BadMessage as bad:
            if bad.reports:
                self.wrong.append(f"{what}: refused, yet {len(bad.reports)} reports came out")
            else:
                self.refused += 1
        else:
            self.wrong.append(f"{what}: was not refused")

    def add(self, other: "Marks") -> None:
        """Count another row's in."""
        self.right += other.right
        self.refused += other.refused
        self.wrong += other.wrong


Check = Callable[[Row, Marks], None]


@cache
def rows() -> list[Row]:
    """Every row of the index that holds messages (schemas are none); nothing where the folder is absent."""
    if not SAMPLES.is_dir():
        return []
    index = json.loads((SAMPLES / "INDEX.json").read_text("utf-8"))
    return [
        Row(one["fmt"], one["file"], one["what"], one["exp"] or "", one["flag"] or "", one["n"])
        for one in index
        if one["flag"] != "schema"
        and not one["file"].endswith((".chk", ".proto"))
        and (SAMPLES / one["file"]).is_file()
    ]


@cache
def checks() -> Mapping[str, Check]:
    """Every check of this folder, by the key of the rows that it is for."""
    found: dict[str, Check] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name != "__main__":
            found.update(importlib.import_module(f"{__name__}.{module.name}").CHECKS)
    return found


def examine(row: Row) -> Marks:
    """Check one row."""
    marks = Marks()
    checks()[row.key](row, marks)
    return marks


def messages(form: str, row: Row) -> list[Recorded]:
    """The messages of a sample."""
    return list(format_of(form).split(row.bytes))


def decode(form: str, row: Row, **feed: Any) -> list[Report]:
    """What comes out of all messages of a sample together; the adapter is fresh. Raises BadMessage."""
    adapter, reports = adapter_of(form, **feed), []
    for one in messages(form, row):
        reports += adapter.decode(Message(one.topic or "", one.payload, NOW))
    return reports


def bodies(reports: list[Report], kind: type[BodyKind]) -> list[BodyKind]:
    """The bodies of a kind, in order."""
    return [report.body for report in reports if isinstance(report.body, kind)]


def only(reports: list[Report], kind: type[BodyKind]) -> BodyKind:
    """The one body of a kind."""
    found = bodies(reports, kind)
    assert len(found) == 1, f"{len(found)} of {kind.__name__}, not one"
    return found[0]
