"""How each resource request of the picture stands, kept until something is said that may change it."""

from collections.abc import Mapping
from datetime import datetime

from cop.domain.report import Report
from cop.domain.request import Fill
from cop.domain.rules.requests import Standing, at_time, request_of, said
from cop.picture.change import Change, Key


class Asking:
    """Looks at the picture's own tables. What a drill gives fills drills alone."""

    def __init__(self, requests: Mapping[Key, Report], fills: Mapping[Key, Report]) -> None:
        self._requests = requests
        self._fills = fills
        self._by_request: dict[str, list[Report]] | None = None
        self._said: dict[Key, Standing] = {}

    def renew(self, change: Change) -> None:
        """Forget what a change may have moved."""
        if change.requests:
            self._by_request = None
            for key in change.requests:
                self._said.pop(key, None)

    def standing(self, request: Report, now: datetime) -> Standing:
        """How a request stands now."""
        body = request_of(request)
        if self._requests.get(request.key) is not request:  # another word of it than the newest
            return at_time(self._read(request), body, now)
        known = self._said.get(request.key)
        if known is None:
            known = self._said[request.key] = self._read(request)
        return at_time(known, body, now)

    def _read(self, request: Report) -> Standing:
        given = self._grouped().get(f"{request.agency}/{request.body.id}", ())
        fills = [
            (one.agency, one.body) for one in given if isinstance(one.body, Fill) and one.exercise == request.exercise
        ]
        return said(request.agency, request_of(request), fills)

    def _grouped(self) -> dict[str, list[Report]]:
        if self._by_request is None:
            self._by_request = {}
            for (_, about), report in self._fills.items():
                self._by_request.setdefault(about, []).append(report)
        return self._by_request
