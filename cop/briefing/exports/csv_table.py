"""CSV (RFC 4180): one table, one kind of object, a header row; every row says as of when and of what it is."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, Any

from cop.briefing.exports.csv_cells import guarded
from cop.briefing.exports.export import KINDS, Export, head
from cop.briefing.exports.text import at, words
from cop.briefing.exports.things import moment_words, things, ways

USUAL = ("unit",)
POSSIBLE = tuple(KINDS)
_SAID = ("reported_at", "received_at", "rev", "by", "role", "exercise", "feed")
#: kind -> its columns; a dotted one is a field of a table within the object (`said.kind`)
COLUMNS: dict[str, tuple[str, ...]] = {
    "unit": (
        *("agency", "unit", "callsign", "said.kind", "said.status", "lat", "lon", "alt_m", "course_deg", "speed_mps"),
        *("accuracy_m", "reported_at", "received_at", "stale_at", "stale", "doubtful", "exercise", "withheld"),
        *("said.capabilities", "said.crew", "said.reported_at", "said.by"),
        *("source.feed", "source.format", "source.original_id", "losses"),
    ),
    "trail": ("agency", "unit", "callsign", "kind", "at", "lat", "lon", "speed_mps", "joined"),
    "incident": (
        *("agency", "id", "type", "priority", "status", "title", "address", "summary", "lat", "lon", "opened_at"),
        *("closed_at", "lead", "doubtful", *_SAID, "losses"),
    ),
    "task": (
        *("agency", "id", "objective", "kind", "state", "incident_agency", "incident", "assignee_agency", "unit"),
        *("asked_at", "answer_by", "due_at", "stands.since", "stands.agency", "stands.by", "stands.reason"),
        *("answer.state", "answer.reported_at", "answer.by", "answer.reason", "answer.eta_s", "answer.offers"),
        *("agreement", "clause", "draft", "cancelled", "reason", "replaces", "hazards", "channel", "checklist", "note"),
        *_SAID,
    ),
    "resource": (
        *("agency", "id", "name", "kind", "nims_type", "quantity", "available", "availability", "until", "conditions"),
        *("unit", "lat", "lon", "doubtful", *_SAID, "losses"),
    ),
    "zone": (
        *("agency", "id", "kind", "name", "summary", "incident_agency", "incident", "starts_at", "expires_at"),
        *("geometry", "form", *_SAID, "losses"),
    ),
    "alert": (
        *("agency", "id", "event", "headline", "description", "instruction", "area", "status", "severity", "urgency"),
        *("certainty", "starts_at", "expires_at", "geometry", *_SAID, "losses"),
    ),
    "log": ("agency", "id", "reported_at", "by", "role", "text", "to", "incident_agency", "incident", "exercise"),
}
#: what is said of the whole file stands in every row: rows are sorted, filtered, and put into other tables
HEAD = ("as_of", "operation", "exercise", "replay", "classification", "for", "clauses")
#: what files are called in an archive
NAMES = {
    **{"unit": "positions", "trail": "trails", "incident": "incidents", "task": "tasks", "resource": "resources"},
    **{"zone": "zones", "alert": "alerts", "log": "log"},
}


def write(export: Export, to: IO[bytes]) -> int:
    """Write the one kind that is wanted; how many rows. Raises ValueError where several are."""
    kinds = export.kinds(USUAL, POSSIBLE)
    if len(kinds) != 1:
        raise ValueError("A CSV file holds one table: choose one kind, or save all tables in a .zip.")
    return write_table(export, next(iter(kinds)), to)


def write_table(export: Export, kind: str, to: IO[bytes]) -> int:
    """Write the table of a kind; how many rows."""
    said = head(export)
    end = [guarded(said.get(name, "")) for name in HEAD]
    text = io.TextIOWrapper(to, "utf-8-sig" if export.wanted.for_excel else "utf-8", errors="replace", newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([*map(heading, COLUMNS[kind]), *(f"file_{name}" for name in HEAD)])
    count = 0
    for cells in _trails(export) if kind == "trail" else _things(export, kind):
        rows.writerow([*cells, *end])
        count += 1
    text.detach()
    return count


def heading(column: str) -> str:
    """A column's name in the header row: `said.kind` is the kind, `answer.state` the answer_state."""
    of, _, name = column.rpartition(".")
    if column == "answer.by":
        return "answered_by"  # answer_by is until when
    return name if of == "said" and name not in {"reported_at", "by"} else column.replace(".", "_")


def _things(export: Export, kind: str) -> Iterator[Iterable[str]]:
    for one in things(export, frozenset({kind})):
        fields: dict[str, Any] = dict(one.fields)
        if one.geometry is not None and one.geometry["type"] == "Point":
            fields["lon"], fields["lat"] = one.geometry["coordinates"][:2]
        fields["geometry"] = one.geometry
        yield [_cell(at(fields, column)) for column in COLUMNS[kind]]


def _trails(export: Export) -> Iterator[Iterable[str]]:
    for way in ways(export):
        trail = way.trail
        who = [guarded(one) for one in (way.agency, way.unit, way.callsign, way.kind)]
        for moment, lat, lon, speed, joined in zip(
            *(column.tolist() for column in (trail.at, trail.lat, trail.lon, trail.speed_mps, trail.joined)),
            strict=True,
        ):
            moved = "" if speed != speed else words(speed)  # noqa: PLR0124 - NaN alone is not itself
            yield [*who, moment_words(moment), words(lat), words(lon), moved, words(joined)]


def _cell(value: Any) -> str:
    """Text is guarded, figures stay figures."""
    if isinstance(value, float | int):
        return words(value)
    return guarded(words(value))
