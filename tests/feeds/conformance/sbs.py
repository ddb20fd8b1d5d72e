"""SBS-1 BaseStation: lines of every kind, and a recording that is merged by aircraft, beside a plain reading."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import Recorded
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from ..payloads import adapter_of
from . import NOW, Marks, Row, bodies, messages, only

KNOT_MPS = 1852 / 3600


def check(row: Row, marks: Marks) -> None:
    """Line by line, with one adapter: what a line says, and that nothing else comes out."""
    adapter, known = adapter_of("sbs"), dict[str, dict[str, Any]]()
    found = messages("sbs", row)
    assert len(found) == row.count
    for number, one in enumerate(found, start=1):
        if "malformed" in row.file:
            check_malformed(number, one, adapter, marks)
        elif one.payload.count(b",") > 21:
            # The readme has a comma too many before the speed of its MSG,2: the latitude's place holds 258.3.
            with marks.refusal(one.payload.decode()):
                adapter.decode(Message("", one.payload, NOW))
        else:
            with marks.message(one.payload.decode()):
                check_line(one, adapter, known)


def check_line(one: Recorded, adapter: Adapter, known: dict[str, dict[str, Any]]) -> list[Report]:
    """One line that can be read; `known` is what the lines before it said of each aircraft, and when."""
    fields = [*one.payload.decode().split(","), *[""] * 22][:22]
    reports = adapter.decode(Message("", one.payload, NOW))
    if fields[0] in ("STA", "CLK"):
        assert reports == []
        return reports
    at = NOW
    if fields[6]:
        at = datetime.strptime(f"{fields[6]} {fields[7]}", "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC)
    before = known.setdefault(
        fields[4].lower(), {"callsign": fields[4].lower(), "alt": (at, ""), "velocity": (at, "", "")}
    )
    is_new = before["callsign"] == fields[4].lower() and "said" not in before
    callsign = fields[10].strip() or before["callsign"]
    is_news = is_new or callsign != before["callsign"]
    before |= {"callsign": callsign, "said": True}
    units = bodies(reports, Unit)
    assert [(unit.id, unit.callsign, unit.at) for unit in units] == [(fields[4].lower(), callsign, at)][: int(is_news)]
    assert {unit.status for unit in units} <= {"unknown"}
    if fields[11]:
        before["alt"] = (at, fields[11])
    if fields[12] or fields[13]:
        before["velocity"] = (at, fields[12], fields[13])
    if not fields[14]:
        assert bodies(reports, Position) == []
        return reports
    position = only(reports, Position)
    assert (position.id, position.at) == (fields[4].lower(), at)
    assert (position.lat, position.lon) == (float(fields[14]), float(fields[15]))
    assert position.alt_m == merged(before["alt"][1], 0.3048, at - before["alt"][0])
    age = at - before["velocity"][0]
    assert position.speed_mps == merged(before["velocity"][1], KNOT_MPS, age)
    assert position.course_deg == merged(before["velocity"][2], 1.0, age)
    return reports


def merged(figure: str, factor: float, age: timedelta) -> Any:
    """A figure of an earlier line, as long as it is not too old for this one."""
    return pytest.approx(float(figure) * factor) if figure and age <= timedelta(seconds=10) else None


def check_malformed(number: int, one: Recorded, adapter: Adapter, marks: Marks) -> None:
    """The second holds a code of emergency, which is heard although the line is refused; the others say nothing."""
    if number != 2:
        with marks.refusal(one.payload.decode()):
            adapter.decode(Message("", one.payload, NOW))
        return
    with marks.message(one.payload.decode()):
        with pytest.raises(BadMessage) as bad:
            adapter.decode(Message("", one.payload, NOW))
        assert only(list(bad.value.reports), Unit).status == "emergency"
        assert not bodies(list(bad.value.reports), Position)


def check_recording(row: Row, marks: Marks) -> None:
    """Every line, merged by aircraft: 24 of them, and 74 positions."""
    adapter, known, reports = adapter_of("sbs"), dict[str, dict[str, Any]](), list[Report]()
    found = messages("sbs", row)
    assert len(found) == row.count
    for one in found:
        with marks.message(one.payload.decode()):
            reports += check_line(one, adapter, known)
    with marks.message("aircraft and positions"):
        assert len({unit.id for unit in bodies(reports, Unit)}) == 24
        assert len(bodies(reports, Position)) == 74


CHECKS = {"sbs": check, "recordings/sbs": check_recording}
