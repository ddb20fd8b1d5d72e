"""The benchmark table: `make bench`, or some of it: `make bench ARGS="a b"`."""

import json
import os
import subprocess
import sys

from benchmarks.row import Row

_PARTS = {
    "a": "repaint",
    "b": "ingest",
    "c": "frames",
    "d": "start",
    "e": "memory",
    "f": "formats",
    "g": "million",
    "h": "ground",
    "j": "jurisdictions",
    "k": "leads",
    "l": "suggest",
    "m": "conflicts",
    "r": "past",
    "s": "seek",
    "n": "recording",
    "o": "recorded",
    "t": "trails",
    "u": "jumps",
    "w": "after_action",
}
_HEADING = f"{'':<4}{'what':<66}{'value':>12}{'floor':>12}  {'unit':<12}{'ratio':>7}  limit"


def _line(row: Row) -> str:
    held = "" if row.holds else "   NOT HELD"
    return (
        f"({row.letter}) {row.what:<66}{row.value:>12,.2f}{row.floor:>12,.2f}  {row.unit:<12}"
        f"{row.ratio:>7.2f}  {row.limit}{held}"
    )


def main() -> None:
    """Each part in a process of its own, so that none inherits another's caches."""
    chosen = sys.argv[1:] or list(_PARTS)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    print(_HEADING, flush=True)
    for letter in chosen:
        program = (
            f"import json, benchmarks.{_PARTS[letter]} as part\n"
            "if __name__ == '__main__': print('ROWS', json.dumps([list(row) for row in part.run()]))"
        )
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        rows = [line for line in ended.stdout.splitlines() if line.startswith("ROWS ")]
        if not rows:
            print(f"({letter}) failed: {ended.stderr[-2000:]}", flush=True)
            continue
        for values in json.loads(rows[0][5:]):
            print(_line(Row(*values)), flush=True)


if __name__ == "__main__":
    main()
