"""The table of formats and what came of the samples: `make conformance`; with `--write` into `docs/formats`."""

import sys
from collections import defaultdict
from pathlib import Path

from . import Marks, examine, rows

PAGE = Path(__file__).resolve().parents[3] / "docs" / "formats" / "README.md"
BEGIN, END = "<!-- conformance -->", "<!-- end of conformance -->"


def main() -> int:
    """Print it; 1 if a message came out wrong or there are no samples."""
    if not rows():
        print("the folder ../shared/samples is not here")
        return 1
    found: dict[str, Marks] = defaultdict(Marks)
    for row in rows():
        found[row.key].add(examine(row))
    lines = ["| samples | messages | right | refused rightly | wrong |", "| --- | ---: | ---: | ---: | ---: |"]
    total = Marks()
    for key, marks in sorted(found.items()):
        total.add(marks)
        lines.append(_line(key, marks))
    lines.append(_line("**all**", total))
    print("\n".join(lines))
    for wrong in total.wrong:
        print("WRONG", wrong, file=sys.stderr)
    if "--write" in sys.argv:
        page = PAGE.read_text("utf-8")
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{rest.partition(END)[2]}", "utf-8")
    return 1 if total.wrong else 0


def _line(key: str, marks: Marks) -> str:
    return f"| {key} | {marks.messages:,} | {marks.right:,} | {marks.refused:,} | {len(marks.wrong):,} |"


if __name__ == "__main__":
    sys.exit(main())
