"""The table of faults: `make faults`; `--full` adds the cut of ten minutes, `--write` puts it into docs/reliability.md.

Any other word goes to pytest: `python -m tests.faults -k disk --write` takes those rows anew and leaves the others.
"""

import os
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import ALL
from tests.faults.row import BEGIN, END, HEADING, Row, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


class Collected:
    """What the tests said, in their order, and which of them failed or could not run."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.failed: list[str] = []
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest for each test's set-up, call and end."""
        if report.when == "teardown":
            self.rows += [Row(*values) for name, values in report.user_properties if name == "fault"]
        if report.failed:
            self.failed.append(f"{report.nodeid} ({report.when})")
        if report.skipped:
            self.skipped.append(f"{report.nodeid}: {report.longrepr[2] if isinstance(report.longrepr, tuple) else ''}")


def main(words: list[str]) -> int:
    """Run them, print the table; 1 if a fault's test failed or an action was lost."""
    os.environ[ALL] = "full" if "--full" in words else "all"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    others = [word for word in words if word not in {"--full", "--write"}]
    collected = Collected()
    folder = str(Path(__file__).parent)
    code = pytest.main(["-q", "-p", "no:xdist", "--timeout=900", "--tb=short", folder, *others], plugins=[collected])
    print(table(collected.rows))
    lost = sum(row.actions[0] for row in collected.rows)
    print(f"\n{len(collected.rows)} faults, {sum(row.actions[1] for row in collected.rows)} actions, {lost} lost")
    for what, those in (("FAILED", collected.failed), ("skipped", collected.skipped)):
        for one in those:
            print(what, one, file=sys.stderr)
    if "--write" in words:
        write(collected.rows, whole=not others and not collected.skipped)
    return 1 if lost or collected.failed or code not in {0, 5} else 0


def write(rows: list[Row], *, whole: bool) -> None:
    """Put the rows into the page; where not all was run, those of the same fault are replaced and the others stay."""
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    held, _, after = rest.partition(END)
    new = {row.line().split(" | ")[0]: row.line() for row in rows}
    lines = {} if whole else {line.split(" | ")[0]: line for line in held.strip().splitlines()[len(HEADING) :]}
    written = "\n".join((*HEADING, *(lines | new).values()))
    PAGE.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
