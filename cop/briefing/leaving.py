"""What of the picture may leave the desk, for whom: the share clauses applied once, before it is drawn or written.

Every product (briefing map, forms, exports) is made from the picture that comes out here, never from the desk's own: so
none of them can tell what its reader may not know.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import numpy as np

from cop.domain.batch import POSITION_ROW, Batch, PositionFields
from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.rules.share import NOBODY_NAMED, ROUNDED_M, Case, Sharing, Shown, as_shown, rounded_place
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.picture.trails import Trail

_OPEN = Shown()
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Applied:
    """A clause that was obeyed: whose it is, which (`words`), what it did ("not shown", …), and to how many objects."""

    giver: str
    words: str
    what: str
    count: int


@dataclass(slots=True)
class Leaving:
    """What leaves for `reader` (an agency; `NOBODY_NAMED` is anybody), as of `at`.

    `picture` holds that and nothing else; `whole` tells that nothing had to be kept back from who reads. `held_back`
    are the units whose exact place the reader may not have, with how they are shown.
    """

    picture: Picture
    at: datetime
    reader: str
    whole: bool
    applied: tuple[Applied, ...] = ()
    held_back: dict[Key, Shown] = field(default_factory=dict)
    _trails: Picture | None = None

    def trail(self, unit: Key, since: float = 0.0) -> Trail:
        """Where a unit had been from `since` (epoch seconds) on, as far as the reader may know that.

        Of a unit whose places are not shown as they are there is none.
        """
        assert self._trails is not None
        if unit in self.held_back:
            nothing = np.empty(0)
            return Trail(np.empty(0, np.int32), nothing, nothing, nothing, nothing, np.empty(0, np.bool_))
        return self._trails.trails.of(unit, since, self.at.timestamp())


def leaving(
    picture: Picture, at: datetime, *, reader: str = NOBODY_NAMED, own: str = "", operation: str = ""
) -> Leaving:
    """What of a picture may leave for a reader at a moment.

    `own` is the agency of the desk: to its own people goes all that it knows. `operation` is as clauses name it.
    """
    if reader and reader == own:
        return Leaving(picture, at, reader, whole=True, _trails=picture)
    sieve = _Sieve(picture, at, reader, operation)
    filtered = Picture(picture.home, picture.agreements, pace=picture.tracks.pace)
    filtered.apply(sieve.batch())
    _doubt_as(picture, filtered)
    return Leaving(
        filtered, at, reader, whole=False, applied=sieve.applied(), held_back=sieve.held_back, _trails=picture
    )


class _Sieve:
    """One picture looked through for one reader."""

    def __init__(self, picture: Picture, at: datetime, reader: str, operation: str) -> None:
        self.held_back: dict[Key, Shown] = {}
        self._picture = picture
        self._at = at
        self._reader = reader
        self._operation = operation
        self._sharing = Sharing(picture.agreements, picture.consents)
        self._counted: dict[tuple[str, str, str], int] = {}

    def batch(self) -> Batch:
        """All that stands and may leave."""
        whole = self._picture.snapshot().batch(epoch=1)
        rows, fields = self._places(whole)
        return Batch(
            epoch=1,
            tracks=whole.tracks,
            positions=rows,
            fields=fields,
            reports=list(self._reports(whole.reports)),
            health=whole.health,
        )

    def applied(self) -> tuple[Applied, ...]:
        """What was obeyed, by giver and clause."""
        return tuple(Applied(*key, count) for key, count in sorted(self._counted.items()))

    def _reports(self, reports: Iterable[Report]) -> Iterator[Report]:
        tasks = {one.key for one in self._picture.tasks.values() if self._is_told(one)}
        for report in reports:
            body = report.body
            if isinstance(body, Unit) and report.key in self.held_back and report.losses:
                report = msgspec.structs.replace(report, losses={})  # noqa: PLW2901 - a place may hide in its words
            elif isinstance(body, Answer) and (body.requester, body.id) not in tasks:
                continue
            elif isinstance(body, IncidentDetails):
                kept = self._details(report, body)
                if kept is not None:
                    yield kept
                continue
            if self._is_told(report):
                yield report

    def _is_told(self, report: Report) -> bool:
        body, own = report.body, report.agency == self._reader
        if isinstance(body, Task):
            return not body.draft or own
        if isinstance(body, LogEntry):
            return not body.to or own or self._reader in body.to
        return True

    def _details(self, report: Report, body: IncidentDetails) -> Report | None:
        incident = self._picture.incidents.get((report.agency, body.id))
        about = incident.body if incident is not None else None
        case = Case(
            incident_type=about.type if isinstance(about, Incident) else "unknown",
            lat=getattr(about, "lat", None),
            lon=getattr(about, "lon", None),
        )
        shown = self._sharing.shown_to(self._reader, report.agency, case, self._at, operation=self._operation)
        kept = as_shown(report, shown) if not shown.hidden else None
        if kept is not None:
            self._count(report.agency, shown, f"{' and '.join(sorted(shown.details))} details shown")
        return kept

    def _places(self, whole: Batch) -> tuple[bytes, list[PositionFields]]:
        names = {name.slot: name for name in whole.tracks}
        kept, slots = [], set()
        for row in whole.position_rows().tolist():
            name = names[row[0]]
            unit = (name.agency, name.unit)
            said = self._picture.units.get(unit)
            kind = said.body.kind if said is not None and isinstance(said.body, Unit) else "unknown"
            case = Case(unit_kind=kind, lat=row[1], lon=row[2])
            shown = self._sharing.shown_to(self._reader, name.agency, case, self._at, operation=self._operation)
            young = bool(shown.delay) and row[8] + shown.delay.total_seconds() > self._at.timestamp()
            if not (shown.hidden or shown.rounded or shown.delay):
                kept.append(row)
                slots.add(row[0])
                continue
            self.held_back[unit] = shown
            self._count(name.agency, shown, _what(shown))
            if not (shown.hidden or young):
                kept.append(_rounded(row) if shown.rounded else row)
        positions = np.array(kept, dtype=POSITION_ROW).tobytes() if kept else b""
        return positions, [one for one in whole.fields if one.slot in slots]

    def _count(self, giver: str, shown: Shown, what: str) -> None:
        for words in [term.words for term in shown.terms] or ["an agreement that cannot be applied"]:
            key = (giver, words, what)
            self._counted[key] = self._counted.get(key, 0) + 1


def _doubt_as(picture: Picture, filtered: Picture) -> None:
    """A place that can hardly be true is no truer in the picture that leaves."""
    known = picture.tracks
    for row in np.flatnonzero(known.doubtful).tolist():
        mine = filtered.tracks.row_of(*known.keys[row])
        if mine is not None:
            jumped = known.jumped[row : row + 1]
            filtered.tracks.doubt(np.array([mine]), ~jumped, jumped)


def _what(shown: Shown) -> str:
    if shown.hidden:
        return "positions not shown"
    late = f"{shown.delay.total_seconds() / 60:g} min late" if shown.delay else ""
    return f"positions {' and '.join(filter(None, ('to 1 km' if shown.rounded else '', late)))}"


def _rounded(row: tuple[float, ...]) -> tuple[float, ...]:
    slot, lat, lon, _alt, _course, _speed, accuracy_m, *times = row
    lat, lon = rounded_place(lat, lon)
    accuracy_m = max(accuracy_m if accuracy_m == accuracy_m else 0.0, ROUNDED_M * 0.5**0.5)  # noqa: PLR0124 - NaN alone is not itself
    return (slot, lat, lon, _NAN, _NAN, _NAN, accuracy_m, *times)
