"""Our own wire format: what came in another one, for those who read ours."""

from datetime import datetime

import msgspec

from cop.domain.report import Report, Retraction, kind_of
from cop.feeds.adapters.cop_json import encode
from cop.feeds.outbound import Outgoing

_OBJECTS_REMEMBERED = 100_000


class CopJsonWriter:
    """The body as it stands on the wire (`docs/formats/cop-json.md`); an object taken back is a tombstone."""

    def __init__(self) -> None:
        #: agency, kind and id -> revision and time of the newest word
        self._newest: dict[tuple[str, str, str], tuple[int, datetime]] = {}

    def take(self, report: Report) -> list[Outgoing]:
        """One message an object; none for late words, which would take the place of newer ones that wait."""
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        key, said = (report.agency, kind, body.id), (body.rev, body.at)
        newest = self._newest.pop(key, said)
        if len(self._newest) >= _OBJECTS_REMEMBERED:
            del self._newest[next(iter(self._newest))]
        if isinstance(body, Retraction):  # which counts no revisions
            if body.at < newest[1]:
                self._newest[key] = newest
                return []
            tombstone = {"id": body.id, "at": body.at, "deleted": True}
            return [Outgoing(body.id, msgspec.json.encode(tombstone))]
        self._newest[key] = max(said, newest)
        return [Outgoing(body.id, encode(body))] if said >= newest else []
