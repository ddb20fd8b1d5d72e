"""EIDO: NENA's own samples, read beside a plain JSON reading."""

import json
from datetime import UTC, datetime

from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.unit import Position

from . import Marks, Row, bodies, decode, only


def check(row: Row, marks: Marks) -> None:
    """The incident under the id that the row names, at the document's own time; nothing personal of its callers."""
    document = json.loads(row.bytes)
    with marks.message(row.file):
        reports = decode("eido", row)
        incident = only(reports, Incident)
        assert incident.id == document["$id"]
        assert f"id=$id {incident.id};" in row.says
        time = document.get("lastUpdateTimeStamp") or document["LastUpdateTimeStamp"]
        assert incident.at == datetime.fromisoformat(time).astimezone(UTC)
        kind = row.said("type")
        assert incident.type == (kind or "unknown")
        assert (incident.status, incident.lat, incident.lon) == ("open", None, None)  # no status, no coordinates
        assert not bodies(reports, Position)
        assert not bodies(reports, LogEntry)
        losses = " ".join(value for report in reports for value in report.losses.values())
        if "2 locations" in row.says:
            # one by value, of the call's routing, and the caller's behind a URL that is not fetched
            assert incident.address.startswith("42 W Cellular Street, Wilmington, DE")
            assert "not fetched" in losses
        for personal in ("8195551212", "lrf.osp.com?", "Tschofenig"):
            assert personal not in losses + incident.address + incident.title + incident.summary


CHECKS = {"eido": check}
