"""What is found out about jurisdictions behind the screen: good neighbours, shared ground, ground that is nobody's."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

from cop.domain.area import Jurisdiction
from cop.map.layers.overlaps import Overlap, overlapping, overlaps
from cop.map.layers.paths import Indexes, Rings, projected
from cop.map.simplified import Behind, Shapes

_log = logging.getLogger(__name__)

#: so many are studied within a frame, the rest in a thread
_FEW = 64


class GroundStudy:
    """Overlaps and neighbours are studied once, gaps when they are first asked for; `ready` is told in the thread."""

    def __init__(
        self,
        jurisdictions: Sequence[Jurisdiction],
        shapes: Shapes,
        groups: Indexes,
        behind: Behind,
        ready: Callable[[], None],
    ) -> None:
        """`shapes` in map metres; `groups`: which of them were drawn as neighbours."""
        self._jurisdictions = jurisdictions
        self._shapes = shapes
        self._groups = groups
        self._behind = behind
        self._ready = ready
        self._overlaps_found: Future[None] | None = None
        self._gaps_found: Future[None] | None = None
        self.overlaps: list[Overlap] = []
        self.overlap_rings = Rings.of_shapes([])
        self.gap_rings = Rings.of_shapes([])
        self.gap_disciplines: NDArray[np.str_] = np.empty(0, dtype=np.str_)
        #: which may be painted together with others of their group; until they were studied all but those laid over
        self.neighbours: NDArray[np.bool_] = np.array(
            [one.level not in {"corridor", "planning_zone"} for one in jurisdictions], dtype=np.bool_
        )

    def begin(self) -> None:
        """Look for overlaps, once; those of a few at once, else behind the screen."""
        if self._overlaps_found is None:
            self._overlaps_found = Future()
            if len(self._jurisdictions) <= _FEW:
                self._find_overlaps()
                self._overlaps_found.set_result(None)
            else:
                self._overlaps_found = self._behind.submit(self._study)

    def look_for_gaps(self) -> None:
        """Look for what is nobody's, once."""
        if self._gaps_found is None:
            self._gaps_found = self._behind.submit(self._find_gaps)

    def settle(self) -> None:
        """Wait for all that was asked for."""
        self.begin()
        for one in (self._overlaps_found, self._gaps_found):
            if one is not None:
                one.result()

    def _study(self) -> None:
        self._find_overlaps()
        self._ready()

    def _find_overlaps(self) -> None:
        try:
            self.neighbours = self.neighbours & ~overlapping(self._shapes, self._groups)
            found = overlaps(self._jurisdictions, self._shapes)
            rings = Rings.of_shapes([one.ground for one in found])
            self.overlaps, self.overlap_rings = found, rings
        except Exception:  # noqa: BLE001  # whatever it is, the map goes on without stripes
            _log.exception("overlaps of jurisdictions could not be found")

    def _find_gaps(self) -> None:
        try:
            from cop.picture.gaps import find  # noqa: PLC0415  # no start waits for what is asked for by hand

            gaps = [one for one in find(self._jurisdictions).found if one.kind == "gap"]
            shapes = [projected(one.geometry) for one in gaps]
            self.gap_disciplines = np.array([one.discipline for one in gaps], dtype=np.str_)
            self.gap_rings = Rings.of_shapes(shapes)
        except Exception:  # noqa: BLE001  # whatever it is, the map goes on without these marks
            _log.exception("ground that is nobody's could not be found")
        self._ready()
