"""What is read without a parser, because its layout was seen before, is what the parser would have read."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.feeds.adapters import cot_layouts
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.cot_layouts import Layouts
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

TIMES = 'time="2026-05-04T11:59:{}Z" start="2026-05-04T11:59:00Z" stale="2026-05-04T12:04:00Z"'
EVENT = (
    f'<event version="2.0" uid="E30" type="a-f-G-U-C" how="m-g" {TIMES.format("01")}>'
    '<point lat="35.2425" lon="-80.953" hae="198.5" ce="9.9" le="14.0"/>'
    '<detail><takv os="33"/><contact endpoint="*" callsign="ENGINE 30"/><uid Droid="E30"/>'
    '<track course="10.5" speed="3.25"/><cop kind="engine" status="en_route"/><status battery="78"/></detail></event>'
)
OTHERS = [
    EVENT,
    EVENT.replace('"', "'"),
    "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n" + EVENT,
    EVENT.replace("<takv", "<remarks>Ladder up</remarks><takv"),
    EVENT.replace("<takv", "<remarks>Ladder &quot;up&quot; &lt;</remarks><takv"),
    EVENT.replace("<takv", '<contact phone="1"/><takv'),
    EVENT.replace("<takv", '<x a="it&apos;s"/><takv'),
    EVENT.replace("<takv", '<x xmlns="urn:x" a="1"/><takv'),
    EVENT.replace("<point", '<point lat="1" lon="2"/><point'),
    EVENT.replace(' stale="2026-05-04T12:04:00Z"', ""),
    EVENT.replace("<detail>", "<detail><x a='v'>\"w\"</x>"),
    EVENT.replace("<detail>", '<detail><!-- "w" -->'),
    EVENT.replace("ENGINE 30", "E\u00e9"),
    EVENT.replace(' opex="o"', "").replace("how=", 'opex="o" how='),
]


def outcome(adapter: Adapter, payload: bytes) -> Any:
    """What comes out, or why nothing does."""
    try:
        return msgspec.to_builtins(adapter.decode(Message("tak/x", payload, RECEIVED_AT)))
    except BadMessage as bad:
        return bad.reason


def by_parser(payload: bytes, *before: bytes) -> Any:
    """What comes out where no layout is ever known."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Layouts, "event", lambda *_, **__: None)
        adapter = adapter_of("cot-xml")
        for one in before:
            outcome(adapter, one)
        return outcome(adapter, payload)


@pytest.mark.parametrize("first", OTHERS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_that_a_known_layout_reads_what_the_parser_reads(first: str, data: st.DataObject) -> None:
    """Values are changed, and pieces of markup smuggled into them."""
    cut = data.draw(st.sampled_from(["'", '"']))
    pieces = first.split(cut)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(pieces) - 1))
        pieces[place] = data.draw(
            st.sampled_from(
                [
                    *("<", ">", "&", "&amp;", "&#65;", "\n", "\t", "'", '"', " ", "", "=", "/>", "<x/>", "]]>", "--"),
                    *("0", "0.0", "35.5", "-80.25", "NaN", "9999999.0", "e-DRILL", "a-f-G-U-C", "t-x-c-t", "b-a-o-tbl"),
                    *("E31", "\x00", "\x7f", "\u00e9", "2026-05-04T11:59:02Z", '" x="', "' x='", "2026-05-04T11:59:02"),
                ]
            )
            | st.text(max_size=8)
        )
    second = cut.join(pieces).encode(errors="replace")
    adapter = adapter_of("cot-xml")
    outcome(adapter, first.encode())
    assert outcome(adapter, second) == by_parser(second, first.encode())


def test_that_a_layout_is_known_from_its_second_message_on(monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = adapter_of("cot-xml")
    for first in (EVENT, EVENT.replace('"', "'"), OTHERS[2], OTHERS[3]):
        outcome(adapter, first.encode())
        with monkeypatch.context() as patched:
            patched.setattr("cop.feeds.adapters.strict_xml.documents", None)
            (position,) = outcome(adapter, first.replace("35.2425", "35.25").encode())
        assert position["body"]["lat"] == 35.25


def test_that_a_value_without_an_end_is_no_known_layout() -> None:
    adapter = adapter_of("cot-xml")
    outcome(adapter, EVENT.encode())
    assert outcome(adapter, EVENT.encode() + b'"x') == "not well-formed XML"


def test_that_layouts_invented_without_end_do_not_fill_the_memory() -> None:
    adapter: Any = adapter_of("cot-xml")
    for number in range(3 * cot_layouts._REMEMBERED):
        outcome(adapter, EVENT.replace("<takv", f"<x{number}/><takv").encode())
    assert len(adapter._layouts._layouts) <= cot_layouts._REMEMBERED
