"""The same event in protobuf and in XML says the same."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from takproto.proto import TakMessage

from cop.feeds.adapters import format_of
from cop.feeds.message import Message

from .payloads import RECEIVED_AT, Case, adapter_of, cases, outcome
from .test_adapters_fuzzed import decode
from .test_adapters_in_sequence import CALL, NAMED, cot, units

#: element -> the field of `Detail` for it, and the attributes that it holds, in the order of the schema
TYPED = {
    "contact": ("contact", ("endpoint", "callsign")),
    "__group": ("group", ("name", "role")),
    "precisionlocation": ("precisionLocation", ("geopointsrc", "altsrc")),
    "status": ("status", ("battery",)),
    "takv": ("takv", ("device", "platform", "os", "version")),
    "track": ("track", ("speed", "course")),
}
FIGURES = {"lat", "lon", "hae", "ce", "le"}


def in_protobuf(payload: bytes) -> bytes | None:
    """An XML event as TAK protocol (mesh), by the rules of its schema; None for what it cannot hold."""
    try:
        element = etree.fromstring(payload.strip())
        event = TakMessage().cotEvent
        for name in ("type", "uid", "how", "access", "qos", "opex"):
            setattr(event, name, element.get(name, ""))
        for field, name in (("sendTime", "time"), ("startTime", "start"), ("staleTime", "stale")):
            setattr(event, field, milliseconds(element.get(name)))
        point = element.find("point")
        for name in FIGURES if point is not None else ():
            setattr(event, name, float(point.get(name, "9999999.0")))
    except (ValueError, TypeError, etree.XMLSyntaxError):
        return None
    if element.tag != "event" or element.get("time") is None:
        return None
    detail = element.find("detail")
    if detail is not None:
        add_detail(event.detail, detail)
    message = TakMessage()
    message.cotEvent.CopyFrom(event)
    return b"\xbf\x01\xbf" + message.SerializeToString()


def milliseconds(text: str) -> int:
    """A time with its zone; what has none, or more than milliseconds, the protocol cannot hold."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.microsecond % 1000:
        raise ValueError(text)
    return round(at.timestamp() * 1000)


def add_detail(into: Any, detail: Any) -> None:
    """Whole elements become typed fields, where they hold just the fields' attributes; the others stay XML."""
    tags = [part.tag for part in detail]
    rest = []
    for part in detail:
        field, attributes = TYPED.get(part.tag, ("", ()))
        fits = set(part.attrib) == set(attributes) and tags.count(part.tag) == 1 and not part.text
        if field and fits:
            for name in attributes:
                kind = type(getattr(getattr(into, field), name))
                setattr(getattr(into, field), name, kind(part.get(name)))
        else:
            rest.append(etree.tostring(part, encoding="unicode", with_tail=False))
    into.xmlDetail = "".join(rest)


def unordered(found: dict[str, Any]) -> dict[str, Any]:
    """An outcome whose losses' words stand in no order: XML has the attributes in any."""
    for report in found.get("reports", []):
        report["losses"] = {name: sorted(value.split()) for name, value in report.get("losses", {}).items()}
    return found


#: What is refused for its XML, or holds what only XML can write, has none.
OF_XML_ALONE = {"markings", "doctype-in-utf-16", "doctype-in-utf-7", "entities-without-end", "latitude-text"}
PAIRS = [
    (case, pair)
    for case in cases()
    if case.format == "cot-xml" and case.name not in OF_XML_ALONE and (pair := in_protobuf(case.payload))
]


def test_that_most_events_have_a_pair() -> None:
    assert len(PAIRS) >= 35


@pytest.mark.parametrize(("case", "payload"), PAIRS, ids=[case.name for case, _ in PAIRS])
def test_that_an_event_says_the_same_in_protobuf_as_in_xml(case: Case, payload: bytes) -> None:
    extras = {key: case.expected[key] for key in ("zone", "words") if key in case.expected}
    adapter = adapter_of("tak-protobuf", case.expected.get("options"), **extras)
    message = Message(case.message.topic, payload, RECEIVED_AT)
    assert unordered(outcome(adapter, message)) == unordered(outcome(case.adapter, case.message))


def test_that_an_emergency_called_in_xml_ends_in_protobuf() -> None:
    adapter = adapter_of("tak-protobuf")
    assert units(adapter, cot(0, detail=NAMED), cot(1, "b-a-o-tbl", "A1-9-1-1", CALL)) == [
        ("ENGINE 30", "person", "unknown"),
        ("ENGINE 30", "person", "emergency"),
    ]
    end = in_protobuf(cot(2, "b-a-o-can", "A1-9-1-1", '<emergency cancel="true">ENGINE 30</emergency>'))
    assert end is not None
    assert units(adapter, end) == [("ENGINE 30", "person", "unknown")]


def test_that_a_recorded_stream_is_cut_into_its_messages() -> None:
    bodies = [pair[3:] for _, pair in PAIRS[:5]]
    frames = [b"\xbf" + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body for body in bodies]
    assert [one.payload for one in format_of("tak-protobuf").split(b"".join(frames))] == frames
    assert [one.payload for one in format_of("tak-protobuf").split(b"".join(frames)[:-1])][-1] == frames[-1][:-1]


FIGURE = st.floats() | st.sampled_from([0.0, -0.0, 999999.0, 9999999.0, 1e308, 35.2, -80.9, 91.0, 181.0])
TIME = st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 1_777_895_940_125, 2**63])
TYPE = st.sampled_from(
    ["a-f-G-U-C", "a-u-X-i-f", "b-a-o-tbl", "b-a-g", "b-r-f-h-c", "b-m-r", "u-d-f", "t-x-d-d", "b-t-f"]
)
WORD = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
XML = st.sampled_from(
    [
        "",
        "<remarks>x</remarks>",
        '<link uid="A"/>',
        '<link point="1,2"/><link point="NaN,2"/>',
        '<cop report="alert" event="x"/>',
        '<track speed="9e99" course="x"/>',
        "<a>" * 70 + "</a>" * 70,
        "<detail/>",
        "text alone",
        "<emergency cancel='true'/>",
    ]
)


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_that_any_value_in_any_field_is_refused_or_read(data: st.DataObject) -> None:
    message = TakMessage()
    event = message.cotEvent
    event.type = data.draw(TYPE | WORD)
    event.uid, event.how, event.opex = (data.draw(WORD) for _ in range(3))
    event.sendTime, event.staleTime = data.draw(TIME), data.draw(TIME)
    event.lat, event.lon, event.hae, event.ce = (data.draw(FIGURE) for _ in range(4))
    event.detail.contact.callsign = data.draw(WORD)
    event.detail.takv.os = data.draw(WORD)
    event.detail.track.speed, event.detail.track.course = data.draw(FIGURE), data.draw(FIGURE)
    event.detail.status.battery = data.draw(st.integers(0, 2**32 - 1))
    event.detail.xmlDetail = data.draw(XML | WORD)
    decode("tak-protobuf", b"\xbf\x01\xbf" + message.SerializeToString(), None)
