"""Which units a map leaves out because a person asked for it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.domain.agency import Agency
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES, unit_discipline
from cop.picture.picture import Picture

_KINDS = tuple(UNIT_KINDS)
_STATUSES = tuple(UNIT_STATUSES)
_EMERGENCY = _STATUSES.index("emergency")


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What is hidden: agencies by id, disciplines, statuses and kinds in the wire's words. Empty hides nothing.

    A unit in emergency is never hidden.
    """

    agencies: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.agencies or self.disciplines or self.statuses or self.kinds)

    def hidden(self, picture: Picture, rows: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.bool_]:
        """Which of these rows of the tracks are left out, shape (rows,)."""
        tracks = picture.tracks
        agency, kind, status = tracks.agency[rows], tracks.kind[rows], tracks.status[rows]
        hidden = np.zeros(len(agency), dtype=np.bool_)
        if self.agencies:
            hidden |= np.array([one in self.agencies for one in tracks.agencies] or [False])[agency]
        if self.kinds:
            hidden |= np.array([one in self.kinds for one in _KINDS])[kind]
        if self.statuses:
            hidden |= np.array([one in self.statuses for one in _STATUSES])[status]
        if self.disciplines:
            table = np.array(
                [[discipline_of(picture, of, one) in self.disciplines for one in _KINDS] for of in tracks.agencies]
                or [[False] * len(_KINDS)]
            )
            hidden |= table[agency, kind]
        result: NDArray[np.bool_] = hidden & (status != _EMERGENCY)
        return result


def discipline_of(picture: Picture, agency: str, kind: str) -> str:
    """The discipline of a unit: its kind's; where that says none, its agency's first."""
    of_kind = unit_discipline(kind)
    if of_kind != "other":
        return of_kind
    profile = picture.agencies.get(agency)
    disciplines = profile.body.disciplines if profile is not None and isinstance(profile.body, Agency) else ()
    return disciplines[0] if disciplines else "other"


def counted(picture: Picture) -> dict[str, Counter[str]]:
    """How many units wear each word that a filter can hide, by the filter's own names."""
    tracks = picture.tracks
    there = np.flatnonzero(tracks.present)
    pairs = np.bincount(tracks.agency[there].astype(np.int64) * len(_KINDS) + tracks.kind[there])
    counts: dict[str, Counter[str]] = {name: Counter() for name in Filter.__struct_fields__}
    for pair in np.flatnonzero(pairs).tolist():
        agency, kind, count = tracks.agencies[pair // len(_KINDS)], _KINDS[pair % len(_KINDS)], int(pairs[pair])
        counts["agencies"][agency] += count
        counts["kinds"][kind] += count
        counts["disciplines"][discipline_of(picture, agency, kind)] += count
    statuses = np.bincount(tracks.status[there], minlength=len(_STATUSES))
    counts["statuses"].update({_STATUSES[status]: int(statuses[status]) for status in np.flatnonzero(statuses)})
    return counts


def filter_of(state: Mapping[str, Any]) -> Filter:
    """A filter as remembered in the settings; what cannot be read hides nothing."""
    try:
        return msgspec.convert(state, Filter)
    except msgspec.ValidationError:
        return Filter()
