"""What of the picture may leave the desk, for whom: the share clauses applied once, before it is drawn or written.

Every product (briefing map, forms, exports) is made from the picture that comes out here, never from the desk's own: so
none of them can tell what its reader may not know.
"""

import contextlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np

from cop.domain.agreement import EVERYONE, ShareClause
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
from cop.picture.trails import Kept, Trail, Trails

_OPEN = Shown()
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Applied:
    """A clause that was obeyed: whose it is, which (`words`), what it did ("not shown", …), and to how many objects."""

    giver: str
    words: str
    what: str
    count: int


class Leaving:
    """What leaves for `reader` (an agency; `NOBODY_NAMED` is anybody), as of `at`; the desk's own picture may go on.

    `picture` holds that and nothing else; `whole`: nothing had to be kept back from who reads. `held_back` are the
    units whose exact place the reader may not have, with how they are shown.
    """

    def __init__(self, picture: Picture, sieve: "_Sieve", kept: Kept, *, whole: bool) -> None:
        self.picture = picture
        self.at = sieve.at
        self.reader = sieve.reader
        self.whole = whole
        self.applied = sieve.applied()
        self.held_back = sieve.held_back
        self._sieve = sieve
        self._kept: Kept | None = kept
        self._trails = Trails()

    def trail(self, unit: Key, since: float = 0.0) -> Trail:
        """Where a unit had been from `since` (epoch seconds) on, as far as the reader may know that.

        Of a unit that is not shown as it is now there is none, of others the points that are not shown are left out.
        """
        if self._kept is not None:
            self._trails.adopt(self._kept.keys, self._kept.points(), self._kept.partings)
            self._kept = None
        if unit in self.held_back:
            since = math.inf
        trail = self._trails.of(unit, since, self.at.timestamp())
        return trail if self.whole else self._sieve.shown_of(unit, trail)


def leaving(
    picture: Picture, at: datetime, *, reader: str = NOBODY_NAMED, own: str = "", operation: str = ""
) -> Leaving:
    """What of a picture may leave for a reader at a moment; a picture of its own, which another thread may look at.

    `own` is the agency of the desk: to its own people goes all that it knows. `operation` is as clauses name it.
    """
    whole = bool(reader) and reader == own
    sieve = _Sieve(picture, at, reader, operation)
    # the words of our feeds' health are for ourselves
    batch = picture.snapshot().batch(epoch=1) if whole else sieve.batch()
    leaves = Picture(picture.home, picture.agreements, pace=picture.tracks.pace)
    leaves.apply(batch)
    _doubt_as(picture, leaves)
    return Leaving(leaves, sieve, picture.trails.kept(0.0), whole=whole)


class _Sieve:
    """One picture looked through for one reader."""

    def __init__(self, picture: Picture, at: datetime, reader: str, operation: str) -> None:
        self.at = at
        self.reader = reader if reader != EVERYONE else NOBODY_NAMED  # all of them is no reader: it is anybody
        self.held_back: dict[Key, Shown] = {}
        self._units = dict(picture.units)
        self._incidents = dict(picture.incidents)
        self._tasks = {one.key for one in picture.tasks.values() if self._is_told(one)}
        self._whole = picture.snapshot()
        self._operation = operation
        self._sharing = Sharing(picture.agreements, dict(picture.consents))
        self._givers = {term.clause.giver for term in picture.agreements.terms if isinstance(term.clause, ShareClause)}
        self._incomplete = picture.agreements.incomplete
        self._counted: dict[tuple[str, str, str], int] = {}

    def batch(self) -> Batch:
        """All that stands and may leave."""
        whole = self._whole.batch(epoch=1)
        rows, fields = self._places(whole)
        return Batch(
            epoch=1,
            tracks=whole.tracks,
            positions=rows,
            fields=fields,
            reports=list(self._reports(whole.reports)),
        )

    def applied(self) -> tuple[Applied, ...]:
        """What was obeyed, by giver and clause."""
        return tuple(Applied(*key, count) for key, count in sorted(self._counted.items()))

    def _reports(self, reports: Iterable[Report]) -> Iterator[Report]:
        for report in reports:
            body = report.body
            if isinstance(body, Unit) and report.losses and self._may_be_held_back(report.agency):
                report = msgspec.structs.replace(report, losses={})  # noqa: PLW2901 - a place may hide in its words
            elif isinstance(body, Answer) and (body.requester, body.id) not in self._tasks:
                continue
            elif isinstance(body, IncidentDetails):
                kept = self._details(report, body)
                if kept is not None:
                    yield kept
                continue
            if self._is_told(report):
                yield report

    def _is_told(self, report: Report) -> bool:
        body, own = report.body, report.agency == self.reader
        if isinstance(body, Task):
            return not body.draft or own
        if isinstance(body, LogEntry):
            return not body.to or own or self.reader in body.to
        return True

    def _may_be_held_back(self, giver: str) -> bool:
        """Whether any clause speaks of what an agency shows: a unit's words may be of a place where it was once."""
        return giver != self.reader and (giver in self._givers or self._incomplete)

    def _details(self, report: Report, body: IncidentDetails) -> Report | None:
        incident = self._incidents.get((report.agency, body.id))
        about = incident.body if incident is not None else None
        if not isinstance(about, Incident) and report.agency != self.reader:
            return None  # nobody knows of what type it is, or where: the clause that says no may speak of it
        case = Case(
            incident_type=about.type if isinstance(about, Incident) else "unknown",
            lat=getattr(about, "lat", None),
            lon=getattr(about, "lon", None),
        )
        shown = self._sharing.shown_to(self.reader, report.agency, case, self.at, operation=self._operation)
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
            shown = self._place(unit, row[1], row[2], row[7])
            young = bool(shown.delay) and row[8] + shown.delay.total_seconds() > self.at.timestamp()
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

    def shown_of(self, unit: Key, trail: Trail) -> Trail:
        """Of a trail what is shown as it is: a clause may speak of some ground, or of some hours, alone."""
        if not len(trail.at) or not (unit[0] in self._givers or self._incomplete):
            return trail
        points = zip(trail.lat.tolist(), trail.lon.tolist(), trail.at.tolist(), strict=True)
        open_ones = np.array([self._place(unit, *point) == _OPEN for point in points], dtype=np.bool_)
        joined = trail.joined & np.append(False, open_ones[:-1])
        return Trail(
            trail.unit[open_ones],
            trail.at[open_ones],
            trail.lat[open_ones],
            trail.lon[open_ones],
            trail.speed_mps[open_ones],
            joined[open_ones],
        )

    def _place(self, unit: Key, lat: float, lon: float, said_at: float) -> Shown:
        """How a place is shown: by what holds now, and by what held when it was said, whichever shows less."""
        if not self._may_be_held_back(unit[0]):
            return _OPEN
        said = self._units.get(unit)
        kind = said.body.kind if said is not None and isinstance(said.body, Unit) else "unknown"
        case = Case(unit_kind=kind, lat=lat, lon=lon)
        moments = [self.at]
        with contextlib.suppress(ValueError, OverflowError, OSError):  # a time that no calendar knows
            moments.append(datetime.fromtimestamp(said_at, UTC))
        every = [
            self._sharing.shown_to(self.reader, unit[0], case, moment, operation=self._operation) for moment in moments
        ]
        every = [one for one in every if one.hidden or one.rounded or one.delay]
        return Shown(
            hidden=any(one.hidden for one in every),
            rounded=any(one.rounded for one in every),
            delay=max((one.delay for one in every), default=timedelta(0)),
            terms=tuple(dict.fromkeys(term for one in every for term in one.terms)),
        )

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
