"""Our own wire format: what came in another one, for those who read ours."""

import msgspec

from cop.domain.report import Report, Retraction
from cop.feeds.adapters.cop_json import encode
from cop.feeds.outbound import Outgoing


class CopJsonWriter:
    """The body as it stands on the wire (`docs/formats/cop-json.md`); an object taken back is a tombstone."""

    def take(self, report: Report) -> list[Outgoing]:
        """One message an object."""
        body = report.body
        if isinstance(body, Retraction):
            tombstone = {"id": body.id, "at": body.at, "deleted": True}
            return [Outgoing(body.id, msgspec.json.encode(tombstone))]
        return [Outgoing(body.id, encode(body))]
