"""How much of the picture each agency fills: a sender that invents objects without end fills no memory.

Both processes are bounded by it, for what is refused here goes no further. The refusal is counted and shown as any
other bad message; what is known already goes on being updated.
"""

import heapq

from cop.feeds.message import BadMessage

AGENCIES_LIMIT = 2_000
#: of one kind, of one agency
UNITS_LIMIT = 100_000
OBJECTS_LIMIT = 20_000
#: of all kinds, of all agencies
TOTAL_LIMIT = 500_000
AGENCY_BYTES_LIMIT = 256 << 20
TOTAL_BYTES_LIMIT = 1 << 30

#: the picture keeps alerts and zones for an hour after their end (`Desk.let_go`), twice that if its clock is behind
KEPT_AFTER_END_S = 7200.0

_UNITS = frozenset({"unit", "position"})


class Census:
    """Counts the objects that stand in the picture, and the bytes of the messages that said them."""

    def __init__(self) -> None:
        self._sizes: dict[str, dict[tuple[str, str], int]] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._bytes: dict[str, int] = {}
        self._total = 0
        self._total_bytes = 0
        #: when each object that ends by itself leaves, and of each the moment that counts
        self._leaving: list[tuple[float, str, str, str]] = []
        self._leaves_at: dict[tuple[str, str, str], float] = {}

    def admit(self, agency: str, kind: str, object_id: str, size: int) -> None:
        """Count an object, or its new size. Raises BadMessage where there is no room for it."""
        sizes = self._sizes.get(agency)
        known = sizes.get((kind, object_id)) if sizes is not None else None
        grown = size - (known or 0)
        agency_bytes = self._bytes.get(agency, 0) + grown
        if grown > 0 and (agency_bytes > AGENCY_BYTES_LIMIT or self._total_bytes + grown > TOTAL_BYTES_LIMIT):
            raise BadMessage("no room: the objects of this agency are too large")
        if known is None:
            count = self._counts.get((agency, kind), 0)
            if count >= (UNITS_LIMIT if kind in _UNITS else OBJECTS_LIMIT) or self._total >= TOTAL_LIMIT:
                raise BadMessage(f"no room: too many objects ({kind})")
            if sizes is None:
                if len(self._sizes) >= AGENCIES_LIMIT:
                    raise BadMessage("no room: too many agencies")
                sizes = self._sizes[agency] = {}
            self._counts[agency, kind] = count + 1
            self._total += 1
        assert sizes is not None
        sizes[kind, object_id] = size
        self._bytes[agency] = agency_bytes
        self._total_bytes += grown

    def ends(self, agency: str, kind: str, object_id: str, at: float | None) -> None:
        """An object ends by itself at a moment (epoch seconds), or, with None, does not any more."""
        key = (agency, kind, object_id)
        if at is None:
            self._leaves_at.pop(key, None)
        elif self._leaves_at.get(key) != at:
            self._leaves_at[key] = at
            heapq.heappush(self._leaving, (at, *key))

    def leave_over(self, now: float) -> list[tuple[str, str, str]]:
        """Those that ended long enough ago for the picture to have let go of them leave: (agency, kind, id)."""
        left = []
        while self._leaving and self._leaving[0][0] <= now - KEPT_AFTER_END_S:
            at, *key = heapq.heappop(self._leaving)
            agency, kind, object_id = key
            if self._leaves_at.get((agency, kind, object_id)) == at:
                self.leave(agency, kind, object_id)
                left.append((agency, kind, object_id))
        return left

    def leave(self, agency: str, kind: str, object_id: str) -> None:
        """An object has left the picture."""
        self._leaves_at.pop((agency, kind, object_id), None)
        size = self._sizes.get(agency, {}).pop((kind, object_id), None)
        if size is not None:
            self._counts[agency, kind] -= 1
            self._total -= 1
            self._bytes[agency] -= size
            self._total_bytes -= size
