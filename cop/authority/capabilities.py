"""What units can do, in the words of their agencies: found without looking at every unit."""

import re

import numpy as np
from numpy.typing import NDArray

from cop.domain.report import Report
from cop.domain.unit import Unit
from cop.domain.words import UNIT_KINDS
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

_WORDS = re.compile(r"\w+")
Phrase = frozenset[str]


def phrase(text: str) -> Phrase:
    """The words of a capability; case, order and what stands between them change nothing."""
    return frozenset(_WORDS.findall(text.casefold().replace("_", " ")))


class Capabilities:
    """Rows of the tracks by capability, kept up as units change; a kind outside our table counts as one."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._units: dict[Phrase, set[Key]] = {}
        self._of: dict[Key, frozenset[Phrase]] = {}
        self._read: dict[Key, Report] | None = None

    def take(self, change: Change) -> None:
        """Units came, changed, or went."""
        if self._read is not None:  # until somebody asks there is nothing to keep up
            for key in change.units:
                self._look_at(key)

    def rows(self, wanted: str) -> NDArray[np.intp]:
        """The rows of units with a capability that holds all these words: "hazmat" finds "HazMat Level A"."""
        if self._read is None:
            self._read = {}
            for key in self._picture.units:
                self._look_at(key)
        words = phrase(wanted)
        found: set[Key] = set()
        if words:
            for known, units in self._units.items():
                if words <= known:
                    found |= units
        row_of = self._picture.tracks.row_of
        return np.array(sorted(row for key in found if (row := row_of(*key)) is not None), dtype=np.intp)

    def _look_at(self, key: Key) -> None:
        assert self._read is not None
        report = self._picture.units.get(key)
        if report is not None and self._read.get(key) is report:
            return
        body = report.body if report is not None else None
        said: frozenset[Phrase] = frozenset()
        if report is not None and isinstance(body, Unit):
            self._read[key] = report
            words = (*body.capabilities, *(() if body.kind in UNIT_KINDS else (body.kind,)))
            said = frozenset(one for word in words if (one := phrase(word)))
        else:
            self._read.pop(key, None)
        for gone in self._of.pop(key, frozenset()) - said:
            self._units[gone].discard(key)
            if not self._units[gone]:
                del self._units[gone]
        if said:
            self._of[key] = said
            for one in said:
                self._units.setdefault(one, set()).add(key)
