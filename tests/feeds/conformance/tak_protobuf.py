"""TAK protocol version 1."""

import re
from datetime import datetime

from cop.domain.unit import Position, Unit

from . import Marks, Row, decode, only


def check(row: Row, marks: Marks) -> None:
    """One event in either framing."""
    if row.must_be_refused:
        with marks.refusal(row.file):
            decode("tak-protobuf", row)
        return
    with marks.message(row.file):
        reports = decode("tak-protobuf", row)
        unit, position = only(reports, Unit), only(reports, Position)
        time = re.search(r"sendTime=.*? ms \((\S+)\)", row.says)
        assert time is not None
        assert unit.id == position.id == row.said("uid")
        assert unit.at == position.at == datetime.fromisoformat(time[1])
        assert unit.callsign == row.said("callsign")
        assert (position.lat, position.lon) == (row.number("lat"), row.number("lon"))
        assert round(position.alt_m or 0.0, 6) == row.number("hae")
        assert position.accuracy_m is None
        assert {report.stale_at for report in reports} == {datetime.fromisoformat(row.said("stale") or "")}
        assert {report.source.original_type for report in reports} == {row.said("type")}
        losses = reports[0].losses
        assert losses["how"] == row.said("how")
        assert losses["__group"] == "name={} role={}".format(*(row.said("group") or "").split("/"))
        assert losses["status"] == f"battery={row.said('battery')}"
        assert "platform=WinTAK-CIV" in losses["takv"]
        assert "another" in losses


CHECKS = {"tak-protobuf": check}
