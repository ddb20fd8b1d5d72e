"""Which agencies have no unit of a kind ready on their ground, kept up second by second."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cop.authority.called import Called
from cop.authority.cover import COVERS, ready
from cop.authority.engaged import Engaged
from cop.authority.kept import Kept
from cop.domain.rules.conflict_places import coverage_void
from cop.domain.words import UNIT_KINDS
from cop.picture.change import Change
from cop.picture.picture import Picture
from cop.picture.tracks import STATUS_CODES
from cop.picture.whereabouts import Whereabouts

#: a ground is called uncovered when it has been for so long, and covered again after so long: nothing flickers
UNCOVERED_FOR = timedelta(minutes=2)
COVERED_FOR = timedelta(seconds=30)
_KINDS = tuple(UNIT_KINDS)
_CODES = len(_KINDS)


@dataclass(slots=True)
class _Spell:
    """Since when a ground is as it is; `said` while the list tells of it, `since` it has been uncovered."""

    uncovered: bool
    since: datetime
    said: bool = False
    uncovered_since: datetime | None = None


class HomeCover:
    """For each agency and kind that it has: whether one is ready on its own ground."""

    def __init__(self, picture: Picture, engaged: Engaged, whereabouts: Whereabouts, *, live: bool) -> None:
        self._picture = picture
        self._engaged = engaged
        self._whereabouts = whereabouts
        self._live = live
        self._names = Called(picture)
        self.kept = Kept()
        self._spells: dict[int, _Spell] = {}
        self._moved: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._began = False

    def begin(self) -> None:
        """Make the ground's cells now."""
        self._whereabouts.begin()

    def take(self, change: Change) -> None:
        """Remember who moved; who is ready where is looked at each second."""
        if change.moved.size or len(self._moved) < self._picture.tracks.count:
            self._make_room()
            self._moved[change.moved] = True

    def tick(self, now: datetime) -> None:
        """Look at all grounds."""
        if not self._picture.tracks.count:
            return
        if not self._whereabouts.ready:
            if not self._began:  # a second's work where there are thousands of counties: beside the screen
                self._began = True
                threading.Thread(target=self._whereabouts.begin, name="ground-cells", daemon=True).start()
            return
        at_home = self.at_home(now)
        for pair, free in at_home.items():
            self._note(pair, uncovered=not free, now=now)
        for pair in self._spells.keys() - at_home.keys():
            del self._spells[pair]
            self.kept.put(self._subject(pair), ())

    def at_home(self, now: datetime) -> dict[int, int]:
        """Agency code × kinds + kind, of all that agencies have -> how many are ready on their agency's own ground."""
        tracks, picture = self._picture.tracks, self._picture
        self._make_room()
        moved = np.flatnonzero(self._moved[: tracks.count])
        self._moved[:] = False
        if moved.size:
            self._whereabouts.update(tracks, moved)
        has = self._has()
        rows = np.flatnonzero(has)
        free = ready(picture, now, self._engaged.busy(), live=self._live)[rows]
        free &= ~self._whereabouts.outside_own(tracks)[rows]
        codes = tracks.agency[rows].astype(np.int64) * _CODES + tracks.kind[rows]
        pairs, inverse = np.unique(codes, return_inverse=True)
        found = np.bincount(inverse, weights=free, minlength=len(pairs)).astype(int)
        return dict(zip(pairs.tolist(), found.tolist(), strict=True))

    def _has(self) -> NDArray[np.bool_]:
        """Which rows agencies have, of the kinds that cover a ground; what never said its status may be a relic."""
        tracks = self._picture.tracks
        has: NDArray[np.bool_] = tracks.present & COVERS[tracks.kind] & (tracks.status != STATUS_CODES["unknown"])
        if self._live:
            has &= ~tracks.exercise
        return has

    def renew(self) -> None:
        """Something is called otherwise: the next second says it."""
        for spell in self._spells.values():
            spell.said = False

    def _note(self, pair: int, *, uncovered: bool, now: datetime) -> None:
        spell = self._spells.get(pair)
        if spell is None or spell.uncovered != uncovered:
            kept = spell if spell is not None and spell.said else None
            began = kept.uncovered_since if kept is not None else now if uncovered else None
            spell = self._spells[pair] = _Spell(uncovered, now, kept is not None, began)
        if uncovered and (spell.said or now - spell.since >= UNCOVERED_FOR):
            spell.said = True
            agency, kind = self._picture.tracks.agencies[pair // _CODES], _KINDS[pair % _CODES]
            since = (spell.uncovered_since or spell.since).astimezone(UTC)
            units = self._units(pair)
            told = coverage_void(agency, kind, units=units, since=since, names=self._names)
            self.kept.put(self._subject(pair), (told,))
        elif spell.said and now - spell.since >= COVERED_FOR:
            spell.said = False
            self.kept.put(self._subject(pair), ())

    def _units(self, pair: int) -> list[str]:
        tracks = self._picture.tracks
        of_pair = self._has() & (tracks.agency == pair // _CODES) & (tracks.kind == pair % _CODES)
        return sorted(tracks.keys[row][1] for row in np.flatnonzero(of_pair).tolist())

    def _subject(self, pair: int) -> tuple[str, ...]:
        return ("cover", str(pair))

    def _make_room(self) -> None:
        count = self._picture.tracks.count
        if len(self._moved) < count:
            grown = np.ones(max(count, 2 * len(self._moved)), dtype=np.bool_)  # who is new was not looked at
            grown[: len(self._moved)] = self._moved
            self._moved = grown
