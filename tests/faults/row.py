"""A row of the table: what was done, what the desk said, what was lost."""

from collections.abc import Iterable
from typing import NamedTuple

BEGIN, END = "<!-- faults -->", "<!-- end of faults -->"
HEADING = (
    "| fault | what was seen | positions lost | reports lost | actions lost | noticed, over |",
    "| --- | --- | ---: | ---: | ---: | ---: |",
)


class Row(NamedTuple):
    """`seen` are the desk's own words, or what was found. Counts are lost and of how many; times in seconds.

    `positions` counts those that are on no record of the desk; `remark` says what became of them, or what does not
    work yet.
    """

    fault: str
    seen: str
    positions: tuple[int, int] = (0, 0)
    reports: tuple[int, int] = (0, 0)
    actions: tuple[int, int] = (0, 0)
    noticed_s: float | None = None
    over_s: float | None = None
    remark: str = ""

    def line(self) -> str:
        """The row as a line of the page."""
        seen = f"{self.seen}; {self.remark}" if self.remark and self.seen else self.seen or self.remark
        cells = (self.fault, seen, _of(self.positions), _of(self.reports), _of(self.actions), self._times())
        return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"

    def _times(self) -> str:
        times = (self.noticed_s, self.over_s)
        return ", ".join("–" if one is None else f"{one:.1f} s" for one in times) if any(times) else "–"


def table(rows: Iterable[Row]) -> str:
    """All rows as the page has them."""
    return "\n".join((*HEADING, *(one.line() for one in rows)))


def _of(lost: tuple[int, int]) -> str:
    return f"{lost[0]:,} of {lost[1]:,}" if lost[1] else "–"
