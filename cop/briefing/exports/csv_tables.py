"""All tables as CSV in one archive, and beside them what the file says of itself."""

import csv
import io
import zipfile
from typing import IO

from cop.briefing.exports import csv_table
from cop.briefing.exports.csv_cells import guarded
from cop.briefing.exports.export import KINDS, Export, head

USUAL = ("unit", "incident", "task", "resource", "log")
POSSIBLE = tuple(KINDS)
ABOUT = "about this file.csv"


def write(export: Export, to: IO[bytes]) -> int:
    """Write a table of each kind that is wanted; how many rows they have together."""
    count = 0
    kinds = export.kinds(USUAL, POSSIBLE)
    made = export.occasion.made_at.timetuple()[:6]
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in filter(kinds.__contains__, KINDS):
            with archive.open(zipfile.ZipInfo(f"{csv_table.NAMES[kind]}.csv", made), "w") as file:
                count += csv_table.write_table(export, kind, file)
        archive.writestr(zipfile.ZipInfo(ABOUT, made), _about(export))
    return count


def _about(export: Export) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(("what", "said"))
    rows.writerows((name, guarded(said)) for name, said in head(export).items())
    return text.getvalue().encode("utf-8-sig" if export.wanted.for_excel else "utf-8", "replace")
