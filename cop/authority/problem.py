"""What is wrong with an agreement, in words that lead to the line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cop.picture.names import one_line

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right. `severity` "error": as it stands, the agreement does not do what it says.

    `refused` says that the agreement is not applied because of it. `clause` is its number, empty for what concerns the
    whole; `line` counts from 1, 0 where the file has no lines that could be read.
    """

    file: str
    line: int
    clause: str
    words: str
    severity: Severity = "error"
    refused: bool = False

    def __str__(self) -> str:
        """As editors and people find it: "hazmat-mou.toml:14: §3.1: …"."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        clause = f"§{shown(self.clause)}: " if self.clause else ""
        return f"{one_line(where)}: {clause}{'' if self.severity == 'error' else 'note: '}{self.words}"


def shown(text: str, longest: int = 80) -> str:
    """Text of a file on one line and not too long: it may hold anything, also what moves the cursor."""
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def listed(words: Iterable[str], *, last: str = "or", most: int = 8) -> str:
    """Words in a sentence: "a, b or c"; of many the first few."""
    named = [shown(one) for one in words]
    if len(named) > most:
        return f"{', '.join(named[:most])} and {len(named) - most} more"
    return f" {last} ".join(part for part in (", ".join(named[:-1]), named[-1]) if part) if named else ""
