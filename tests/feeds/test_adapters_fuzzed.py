"""Hostile input: whatever comes in, an adapter raises nothing but BadMessage, and every report can be passed on."""

import math
import random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from cop.domain.report import Report
from cop.feeds.adapters import MODULES, sniff_file
from cop.feeds.message import MAX_PAYLOAD_BYTES, BadMessage, Message

from .payloads import RECEIVED_AT, Case, adapter_of, cases

GOOD = {form: [case for case in cases() if case.format == form and case.expected.get("reports")] for form in MODULES}
TOPICS = {form: sorted({case.expected.get("topic", "") for case in GOOD[form]}) for form in MODULES}
#: by what their messages begin with: the values in them are changed one by one
JSON_CASES = {form: [one for one in good if one.payload.lstrip()[:1] in (b"{", b"[")] for form, good in GOOD.items()}
XML_CASES = {form: [one for one in good if one.payload.lstrip()[:1] == b"<"] for form, good in GOOD.items()}
STRUCTURE = [
    *(
        b"<",
        b">",
        b"/>",
        b"</event>",
        b"<event>",
        b"&amp;",
        b"&#0;",
        b"<!DOCTYPE a>",
        b"<![CDATA[",
        b"]]>",
        b"<?xml ?>",
    ),
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"null", b"NaN", b"-Infinity", b"1e999", b"-0.0", b"true", b"[" * 2000),
    *(b"9" * 400, b"9999999.0", b"-1", b"91", b"181", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\\ud800", b"__proto__"),
    *(b"9999-12-31T23:59:59.999999Z", b"0001-01-01T00:00:00+14:00", b"a-f-X-i-", b"b-a-o-tbl", b"u-d-c-e", b"t-x-d-d"),
]
FORMS = pytest.mark.parametrize("form", sorted(MODULES))
PASS_ON = msgspec.msgpack.Decoder(list[Report])


def decode(form: str, payload: bytes, case: Case | None, topic: str | None = None) -> None:
    """Decode with the case's feed, and check all that the picture relies on."""
    said = case.expected.get("topic", "") if case is not None and topic is None else topic or ""
    adapter = case.adapter if case is not None else adapter_of(form)
    try:
        reports = adapter.decode(Message(said, payload, RECEIVED_AT))
    except BadMessage as bad:
        assert 0 < len(bad.reason) <= 160
        reports = list(bad.reports)
    # What the feed process passes to the desktop is read there with every bound of the vocabulary checked.
    assert PASS_ON.decode(msgspec.msgpack.encode(reports)) == reports
    for report in reports:
        assert report.body.at.tzinfo is not None
        assert all(len(key) <= 256 and len(value) <= 256 for key, value in report.losses.items())
        for value in msgspec.to_builtins(report.body).values():
            assert not isinstance(value, float) or math.isfinite(value)
        for lon, lat in positions(getattr(report.body, "geometry", None)):
            assert -180 <= lon <= 180
            assert -90 <= lat <= 90


def positions(geometry: Any) -> list[list[float]]:
    """Every position of the GeoJSON that an adapter wrote itself."""
    if not geometry or geometry.get("type") not in (
        "Point",
        "MultiPoint",
        "LineString",
        "Polygon",
        "MultiLineString",
        "MultiPolygon",
    ):
        return []
    found, rest = [], [geometry.get("coordinates")]
    while rest:
        one = rest.pop()
        if isinstance(one, list) and len(one) in (2, 3) and all(isinstance(part, int | float) for part in one):
            found.append(one[:2])
        elif isinstance(one, list):
            rest.extend(one)
    return found


def mutated(payload: bytes, seed: int) -> bytes:
    """A message changed in a few places: bytes turned, cut, doubled, or replaced by pieces of structure."""
    chance = random.Random(seed)
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        to = min(len(changed), at + chance.randint(0, 12))
        match chance.randrange(5):
            case 0:
                changed[at:to] = chance.randbytes(to - at)
            case 1:
                del changed[at : chance.choice((to, len(changed)))]
            case 2:
                changed[at:at] = changed[at:to] * chance.randint(1, 50)
            case 3:
                changed[at:to] = chance.choice(STRUCTURE)
            case _:
                figures = [place for place, byte in enumerate(changed) if 48 <= byte <= 57]
                if figures:
                    place = chance.choice(figures)
                    changed[place : place + 1] = chance.choice(STRUCTURE)
    return bytes(changed)


@FORMS
@given(payload=st.binary(max_size=400), topic=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_random_bytes_on_any_topic_are_refused_or_read(form: str, payload: bytes, topic: str) -> None:
    for one in (topic, *TOPICS[form][:2]):
        decode(form, payload, None, one)
        sniff_file(payload, one)


@FORMS
@given(data=st.data(), seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=150, deadline=None)
def test_that_damaged_messages_are_refused_or_read(form: str, data: st.DataObject, seed: int) -> None:
    case: Case = data.draw(st.sampled_from(GOOD[form]))
    decode(form, mutated(case.payload, seed), case)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["NaN", "inf", "1e999", "\ud7ff\u202e", "2026-05-04T11:59:00Z", "0001-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every (container, key) below a JSON value."""
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    for key, inner in items:
        found.append((value, key))
        places(inner, found)
    return found


@pytest.mark.parametrize("form", sorted(form for form in MODULES if JSON_CASES[form]))
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_that_any_value_in_any_field_is_refused_or_read(form: str, data: st.DataObject) -> None:
    case: Case = data.draw(st.sampled_from(JSON_CASES[form]))
    try:
        fields = msgspec.json.decode(case.payload)
    except msgspec.DecodeError:  # several lines of JSON: the damaged ones cover these
        return
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(fields, [(fields, "extra")])))
        if isinstance(container, dict) or isinstance(key, int):
            container[key] = data.draw(JSON)
    decode(form, msgspec.json.encode(fields), case)


XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30) | st.sampled_from(
    [
        *("NaN", "inf", "-inf", "1e999", "1_0", "9" * 500, "-0.0", "", " ", "9999999.0", "true", "٣"),
        *(
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2026-W01-1",
            "20260504",
            "35,-80",
            "35,-80,9",
            ",,",
        ),
        *(
            "a-",
            "a-f",
            "a-F-G-U-C",
            "a-f-X-i-f",
            "b-a-o-can",
            "b-a-g",
            "b-r-f-h-c",
            "b-m-r",
            "u-d-r",
            "u-rb-a",
            "u-d-f-m",
        ),
        *("t-x-d-d", "b-t-f", "b-i-v", "A1", "x" * 300, "a/b+c#d", "<event/>", "<event", "e", "true"),
    ]
)


@pytest.mark.parametrize("form", sorted(form for form in MODULES if XML_CASES[form]))
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_that_any_text_in_any_element_or_attribute_is_refused_or_read(form: str, data: st.DataObject) -> None:
    case: Case = data.draw(st.sampled_from(XML_CASES[form]))
    try:
        root = etree.fromstring(case.payload.lstrip())
    except etree.XMLSyntaxError:  # several documents: the damaged ones cover these
        return
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    for _ in range(data.draw(st.integers(1, 3))):
        element = data.draw(st.sampled_from(elements))
        name = data.draw(st.sampled_from([*element.attrib, "", "", "cancel", "point"]))
        value = data.draw(XML_TEXT)
        try:
            if name:
                element.set(name, value)
            else:
                element.text = value
        except ValueError:  # what XML cannot hold at all
            return
    decode(form, etree.tostring(root), case)


def deep(opening: bytes, closing: bytes, inside: bytes = b"") -> bytes:
    """As deep as 1 MiB allows."""
    times = MAX_PAYLOAD_BYTES // (len(opening) + len(closing)) - 20
    return opening * times + inside + closing * times


BIG = {
    "arrays": deep(b"[", b"]"),
    "objects": deep(b'{"a":', b"}", b"1"),
    "elements": deep(b"<a>", b"</a>"),
    "events": deep(b"<event>", b"</event>"),
    "brackets": b"[" * MAX_PAYLOAD_BYTES,
    "opening": b"<a>" * (MAX_PAYLOAD_BYTES // 3),
    "declarations": b"<?xml " * (MAX_PAYLOAD_BYTES // 6),
    "digits": b'{"_type":"location","tst":' + b"9" * 1_000_000 + b"}",
    "fraction": b'{"VP":{"spd":0.' + b"1" * 1_000_000 + b"}}",
    "keys": b"{" + b",".join(b'"k%d":1' % number for number in range(80_000)) + b"}",
    "same keys": b"{" + b",".join(b'"k":1' for _ in range(150_000)) + b"}",
    "attributes": b"<event " + b" ".join(b'a%d="1"' % number for number in range(80_000)) + b"/>",
    "many events": b"<event/>" * 130_000,
    "siblings": b"<event uid='a' type='a-f-G' time='2026-05-04T11:00:00Z'><detail>"
    + b"<a b='1'/>" * 100_000
    + b"</detail></event>",
    "spaces": b" " * MAX_PAYLOAD_BYTES,
    "declaration without end": b"<?xml version='1.0' encoding='" + b"x" * 1_000_000,
    "quotes": b'"' * MAX_PAYLOAD_BYTES,
    "backslashes": b'{"_type":"' + b"\\" * 1_000_000 + b'"}',
}


@FORMS
@pytest.mark.parametrize("name", BIG)
def test_that_a_mebibyte_of_anything_is_refused_or_read(form: str, name: str) -> None:
    for topic in TOPICS[form][:1]:
        decode(form, BIG[name], None, topic)
