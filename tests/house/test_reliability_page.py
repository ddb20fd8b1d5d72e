"""The page on faults holds what `make faults` printed: enough rows, and not one action lost."""

import re
from pathlib import Path

from tests.faults.row import BEGIN, END, HEADING

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
_ROWS = 30


def _rows() -> list[list[str]]:
    table = _PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip().splitlines()
    assert tuple(table[:2]) == HEADING
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_that_the_page_shows_at_least_thirty_faults_and_none_twice() -> None:
    faults = [row[0] for row in _rows()]
    assert len(faults) >= _ROWS
    assert len(set(faults)) == len(faults)


def test_that_no_fault_of_the_page_cost_an_action() -> None:
    for row in _rows():
        lost = re.fullmatch(r"([\d,]+) of ([\d,]+)", row[4])
        assert lost is not None, f"{row[0]}: nobody acted"
        assert (lost[1], int(lost[2].replace(",", "")) > 0) == ("0", True), row[0]


def test_that_no_row_owns_to_something_that_does_not_work() -> None:
    assert [row[0] for row in _rows() if "NOT YET" in row[1]] == []
