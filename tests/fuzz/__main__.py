"""Fuzz every adapter, and measure what 1 MiB costs each: `make fuzz`, with ARGS="--seconds 60 cap eido" for less.

The time is shared among the formats. Exit code 1 if anything but BadMessage left an adapter, or a limit is not held.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cop.feeds.adapters import MODULES

from .grown import worst

_MS_LIMIT, _MIB_LIMIT = 50.0, 64.0


def main() -> int:
    """One child process a format for the fuzzing; what it found is kept in the folder that is named at the end."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="for all formats together")
    parser.add_argument("formats", nargs="*", default=list(MODULES), metavar="FORMAT")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cop-fuzz-"))
    each = max(1, round(asked.seconds / len(asked.formats)))
    print(f"{'format':<18}{'runs':>12}{'found':>7}{'1 MiB: ms':>11}{'MiB':>7}  the worst")
    failed = False
    for form in asked.formats:
        runs, found = _fuzz(form, each, folder)
        cost = worst(form)
        if cost is None:
            print(f"{form:<18}{runs:>12,}{found:>7}   no message of its own to grow")
            continue
        held = cost.ms <= _MS_LIMIT and cost.mib <= _MIB_LIMIT
        failed |= bool(found) or not held
        mark = "" if held else "   NOT HELD"
        print(f"{form:<18}{runs:>12,}{found:>7}{cost.ms:>11.1f}{cost.mib:>7.1f}  {cost.case[:60]}{mark}", flush=True)
    print(f"Limits: {_MS_LIMIT:.0f} ms of one core and {_MIB_LIMIT:.0f} MiB. What was found is in {folder}")
    return 1 if failed else 0


def _fuzz(form: str, seconds: int, folder: Path) -> tuple[int, int]:
    command = [sys.executable, "-m", "tests.fuzz.one", form, str(seconds), str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    (folder / f"{form}.log").write_text(ended.stderr)
    done = re.search(r"number_of_executed_units: (\d+)|Done (\d+) runs", ended.stderr)
    runs = int(done[1] or done[2]) if done else 0
    found = len([one for one in folder.glob(f"{form}-*") if one.is_file()])
    return runs, max(found, int(ended.returncode != 0))


if __name__ == "__main__":
    sys.exit(main())
