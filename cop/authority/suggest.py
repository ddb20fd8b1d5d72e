"""Who could be sent: every unit that could, weighed by its travel and by how long its owner takes to say yes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cop.authority.candidates import Candidate, Need
from cop.authority.capabilities import Capabilities
from cop.authority.cover import Cover, ready
from cop.authority.engaged import Engaged
from cop.authority.travel import MOVING_MPS, Floats, Router, StraightLine, bearing_deg
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.fitting import DISCIPLINE, MADE_FOR, NOT_FITTING, fit_of_kinds, kind_called, made_for
from cop.domain.rules.tasking import Direct, Refused, Tasking
from cop.domain.words import UNIT_KINDS
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.names import agency_name, one_line
from cop.picture.picture import Picture
from cop.picture.tracks import STATUS_CODES, Tracks

#: a unit on its way home is free soon: it counts as if it were so much further away
RETURNING_S = 180.0
#: one that another task asks for may be gone before it comes
ASKED_S = 300.0
#: one that its owner has just turned down for this incident, and for how long that counts
DECLINED_S = 1200.0
DECLINED_FOR = timedelta(minutes=30)
#: who must not be tasked stands behind all who may, and is still told why
REFUSED_S = 1e10
#: how many of the best are looked at before their owners' consent is known
_AT_A_TIME = 64
_TIER_S = 1e9
_NONE = np.empty(0, dtype=np.intp)
_CODES = len(UNIT_KINDS)
_KINDS = tuple(UNIT_KINDS)


def wait_s(tasking: Tasking) -> float:
    """The time that consent usually takes, as seconds of travel.

    None where it is given in advance; half of the agreed time where a clause covers the request, because most answers
    come well within it; the whole time where nothing obliges the owner to answer.
    """
    if isinstance(tasking, Direct):
        return 0.0
    if isinstance(tasking, Refused):
        return REFUSED_S
    return tasking.answer_within.total_seconds() / (2.0 if tasking.covered else 1.0)


@dataclass(frozen=True, slots=True)
class _Field:
    """The units that could be sent: rows, how well each fits, how far it is, and what it costs before consent."""

    rows: NDArray[np.intp]
    fit: NDArray[np.int8]
    metres: Floats
    seconds: Floats
    cost: Floats
    pair: NDArray[np.intp]
    kinds: frozenset[str]
    declined: dict[Key, str]


class Suggestions:
    """Ranks the units of a picture for an incident.

    Those made for it stand before those that only share its discipline, and these before the rest. Among equals the
    one counts that is there first: travel, plus `wait_s` of its tasking, plus `RETURNING_S`, `ASKED_S` and `DECLINED_S`
    where they apply. So a unit that may be sent at once goes before one that is nearer by less than its owner's answer
    takes.
    """

    def __init__(
        self,
        picture: Picture,
        ground: Ground,
        engaged: Engaged,
        *,
        own: str,
        live: bool,
        router: Router | None = None,
    ) -> None:
        self._picture = picture
        self._engaged = engaged
        self._own = own
        self._live = live
        self.router: Router = router or StraightLine()
        self._capabilities = Capabilities(picture)
        self._cover = Cover(picture, ground, live=live)

    def take(self, change: Change) -> None:
        """Units came, changed, or went."""
        if change.units:
            self._capabilities.take(change)

    def leaves_uncovered(self, unit: Key, now: datetime, *, gone: bool = False) -> str:
        """What a unit's going takes from its agency's ground; empty if nothing, or if it is unknown.

        `gone`: it has been sent already; what it would cover if it had not been counts as taken.
        """
        row = self._picture.tracks.row_of(*unit)
        if row is None:
            return ""
        ready_rows = ready(self._picture, now, self._engaged.busy(), live=self._live)
        ready_rows[row] |= gone
        return self._cover.left_without(row, ready_rows)

    def rank(
        self,
        incident: Key,
        need: Need | None,
        may_task: Callable[[Key, Key | None], Tasking],
        now: datetime,
        *,
        limit: int,
    ) -> list[Candidate]:
        """The best `limit` units for an incident; nobody where it has no place, or a doubtful one."""
        report = self._picture.incidents.get(incident)
        body = report.body if report is not None else None
        if report is None or not isinstance(body, Incident) or body.lat is None or body.lon is None or limit <= 0:
            return []
        if self._picture.home.doubt(report.agency, body.lat, body.lon) is not None:
            return []
        field = self._field(report, body, need or Need(), now)
        if not field.rows.size:
            return []
        chosen, taskings = self._choose(field, incident, may_task, limit)
        ready_rows = ready(self._picture, now, self._engaged.busy(), live=self._live)
        longest_s = 0.0  # of those that stand above
        tracks = self._picture.tracks
        found = []
        for at in chosen:
            row = int(field.rows[at])
            key = tracks.keys[row]
            tasking = taskings[int(field.pair[at])]
            lat, lon = np.array([body.lat]), np.array([body.lon])
            found.append(
                Candidate(
                    unit=key,
                    row=row,
                    metres=float(field.metres[at]),
                    seconds=float(field.seconds[at]),
                    bearing_deg=float(bearing_deg(lat, lon, float(tracks.lat[row]), float(tracks.lon[row]))[0]),
                    fits=bool(field.fit[at] != NOT_FITTING),
                    tasking=tasking,
                    void=self._cover.left_without(row, ready_rows),
                    why=self._why(field, at, tasking, longest_s, (body.lat, body.lon)),
                )
            )
            longest_s = max(longest_s, float(field.seconds[at]))
        return found

    def _field(self, report: Report, body: Incident, need: Need, now: datetime) -> _Field:
        tracks = self._picture.tracks
        drill = report.exercise
        free = (tracks.status == STATUS_CODES["available"]) | (tracks.status == STATUS_CODES["returning"])
        free &= tracks.present & ~tracks.doubtful & (tracks.stale_at > now.timestamp()) & ~np.isnan(tracks.lat)
        free &= ~self._engaged.busy()
        if self._live:
            free &= tracks.exercise == drill
        for key in (*need.without, *self._asked_for(report.key)):
            row = tracks.row_of(*key)
            if row is not None:
                free[row] = False
        fit = self._fit(body, need)
        free &= fit <= NOT_FITTING
        rows = np.flatnonzero(free)
        assert body.lat is not None
        assert body.lon is not None
        if not rows.size:
            return _Field(rows, fit[rows], np.empty(0), np.empty(0), np.empty(0), rows, frozenset(), {})
        metres, seconds = self.router.reach(tracks, rows, body.lat, body.lon)
        cost = seconds + np.where(tracks.status[rows] == STATUS_CODES["returning"], RETURNING_S, 0.0)
        asked = np.zeros(tracks.count, dtype=np.bool_)
        for key in self._engaged.units():
            row = tracks.row_of(*key)
            if row is not None:
                asked[row] = True
        cost[asked[rows]] += ASKED_S
        declined = self._declined(report.key, now)
        for key in declined:
            cost[rows == tracks.row_of(*key)] += DECLINED_S
        cost += fit[rows] * _TIER_S
        pair = tracks.agency[rows].astype(np.intp) * _CODES + tracks.kind[rows]
        kinds = frozenset(need.kinds) if need.kinds or need.capabilities else made_for(body.type)
        return _Field(rows, fit[rows], metres, seconds, cost, pair, kinds, declined)

    def _declined(self, incident: Key, now: datetime) -> dict[Key, str]:
        """The units that were lately turned down for this incident, by whichever of its reports, and why."""
        said = [one for same in self._picture.same.of(incident) for one in self._engaged.declined_for(same)]
        said.sort(key=lambda one: (one.since, one.reason))
        return {one.unit: one.reason for one in said if now - one.since < DECLINED_FOR}

    def _asked_for(self, key: Key) -> list[Key]:
        """The units that open tasks ask for, for this incident, by whichever of its reports."""
        return [one.unit for same in self._picture.same.of(key) for one in self._engaged.for_incident(same)]

    def _fit(self, body: Incident, need: Need) -> NDArray[np.int8]:
        """How well each row fits; above `NOT_FITTING` where it is not what is looked for."""
        tracks = self._picture.tracks
        asked = bool(need.kinds or need.capabilities)
        kinds = set(need.kinds) if asked else made_for(body.type)
        if asked:
            of_kind = [MADE_FOR if kind in kinds else NOT_FITTING + 1 for kind in UNIT_KINDS]
        else:
            of_kind = fit_of_kinds(body.type)
        fit: NDArray[np.int8] = np.array(of_kind, dtype=np.int8)[tracks.kind]
        for words in (*kinds, *need.capabilities):
            fit[self._capabilities.rows(words)] = MADE_FOR
        return fit

    def _choose(
        self, field: _Field, incident: Key, may_task: Callable[[Key, Key | None], Tasking], limit: int
    ) -> tuple[list[int], dict[int, Tasking]]:
        """The best of the field, with the consent of those alone that could be among them.

        What consent costs is never less than nothing: as soon as the best are all of agencies and kinds whose cost is
        known, no other can be better.
        """
        keys = self._picture.tracks.keys
        taskings: dict[int, Tasking] = {}
        waits = np.zeros(len(self._picture.tracks.agencies) * _CODES)
        cost = field.cost
        many = max(limit, _AT_A_TIME)
        while True:
            best = _least(cost, many).tolist()
            unknown = {int(field.pair[at]): at for at in best if int(field.pair[at]) not in taskings}
            if all(int(field.pair[at]) in taskings for at in best[:limit]):
                return best[:limit], taskings
            for pair, at in unknown.items():
                taskings[pair] = may_task(keys[int(field.rows[at])], incident)
                waits[pair] = wait_s(taskings[pair])
            cost = field.cost + waits[field.pair]
            many *= 2

    def _why(self, field: _Field, at: int, tasking: Tasking, longest_s: float, place: tuple[float, float]) -> str:
        tracks = self._picture.tracks
        row = int(field.rows[at])
        code = int(tracks.kind[row])
        of_kind = tracks.kind[field.rows] == code
        sooner = int(np.count_nonzero(of_kind & (field.seconds < field.seconds[at])))
        far = "Closest" if not sooner else f"{_ordinal(sooner + 1)} closest"
        fit = int(field.fit[at])
        service = {DISCIPLINE: ", same service", NOT_FITTING: ", another service"}.get(fit, "")
        parts = [f"{far} {kind_called(_KINDS[code])}{service}"]
        if fit == MADE_FOR and _KINDS[code] not in field.kinds:
            parts.append("has the capability")
        if _heads_away(tracks, row, place):
            parts.append("heading away")
        if tracks.status[row] == STATUS_CODES["returning"]:
            parts.append("on its way home, free soon")
        if (reason := field.declined.get(tracks.keys[row])) is not None:
            parts.append(f"just turned down: {_shortened(reason)}" if reason else "just turned down")
        asked = self._engaged.of_unit(tracks.keys[row])
        if asked:
            asker = asked[0].key[0]
            who = "we have" if asker == self._own else f"{agency_name(self._picture, asker)} has"
            parts.append(f"{who} asked for it elsewhere")
        nearer = longest_s - float(field.seconds[at]) >= 30.0
        joint = ", but " if nearer and not isinstance(tasking, Direct) else "; "
        return "; ".join(parts) + joint + self._consent(tracks.keys[row], tasking)

    def _consent(self, unit: Key, tasking: Tasking) -> str:
        if unit[0] == self._own and isinstance(tasking, Direct):
            return "ours"
        owner = agency_name(self._picture, unit[0])
        if isinstance(tasking, Direct):
            return f"may be sent at once ({tasking.term.words})" if tasking.term is not None else tasking.reason
        if isinstance(tasking, Refused):
            return f"may not be tasked: {tasking.reason}"
        minutes = max(1, round(tasking.answer_within.total_seconds() / 60))
        if tasking.term is None:
            return f"{owner} must be asked; no agreement covers it"
        return f"{owner} must be asked (answers within {minutes} min, {tasking.term.words})"


def _heads_away(tracks: Tracks, row: int, place: tuple[float, float]) -> bool:
    """Whether it moves, and more away from a place than towards it."""
    course, speed = float(tracks.course_deg[row]), float(tracks.speed_mps[row])
    if not speed >= MOVING_MPS or np.isnan(course):
        return False
    here = (np.array([tracks.lat[row]]), np.array([tracks.lon[row]]))
    return bool(np.cos(np.radians(course - bearing_deg(*here, *place)[0])) < -0.5)


def _shortened(text: str, longest: int = 60) -> str:
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _least(cost: Floats, many: int) -> NDArray[np.intp]:
    """The indices of the least, in order; equals in the order of their rows."""
    if len(cost) <= many:
        return np.argsort(cost, kind="stable")
    bound = np.partition(cost, many - 1)[many - 1]
    among = np.flatnonzero(cost <= bound)
    return among[np.argsort(cost[among], kind="stable")][:many]


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
