"""The same event in JSON and in XML says the same."""

import json
from typing import Any

import pytest
from lxml import etree

from cop.feeds.message import Message

from .payloads import RECEIVED_AT, Case, adapter_of, cases, outcome


def plainly(element: Any) -> dict[str, Any]:
    """An element as libraries turn it into JSON: attributes and children as members, several of a name as a list."""
    members: dict[str, Any] = dict(element.attrib)
    for child in element:
        inner = plainly(child)
        if child.tag in members:
            members[child.tag] = [*as_list(members[child.tag]), inner]
        else:
            members[child.tag] = inner
    if element.text and element.text.strip():
        members["#text"] = element.text
    return members


def compactly(element: Any) -> dict[str, Any]:
    """An element as xml-js turns it into JSON."""
    members: dict[str, Any] = {"_attributes": dict(element.attrib)} if element.attrib else {}
    for child in element:
        inner = compactly(child)
        members[child.tag] = [*as_list(members[child.tag]), inner] if child.tag in members else inner
    if element.text and element.text.strip():
        members["_text"] = element.text
    return members


def as_list(value: Any) -> list[Any]:
    """What is one, or several."""
    return value if isinstance(value, list) else [value]


def pairs() -> list[tuple[Case, Any]]:
    """Every case of one event in XML that has no fault of its own as XML."""
    found = []
    for case in cases():
        try:
            element = etree.fromstring(case.payload.strip())
        except etree.XMLSyntaxError:
            continue
        depth = max(sum(1 for _ in one.iterancestors()) for one in element.iter())
        if (
            case.format == "cot-xml"
            and element.tag == "event"
            and b"<!" not in case.payload
            and depth < 60
            and b"UTF-7" not in case.payload
        ):
            found.append((case, element))
    return found


def unordered(found: dict[str, Any]) -> dict[str, Any]:
    """An outcome whose losses' words stand in no order: JSON keeps what has one name together."""
    for report in found.get("reports", []):
        report["losses"] = {name: sorted(value.split()) for name, value in report.get("losses", {}).items()}
    return found


PAIRS = [(case, element) for case, element in pairs() if b"\0" not in case.payload]


def test_that_most_events_have_a_pair() -> None:
    assert len(PAIRS) >= 50


@pytest.mark.parametrize("form", [plainly, compactly])
@pytest.mark.parametrize(("case", "element"), PAIRS, ids=[case.name for case, _ in PAIRS])
def test_that_an_event_says_the_same_in_json_as_in_xml(case: Case, element: Any, form: Any) -> None:
    payload = json.dumps({"event": form(element)}).encode()
    extras = {key: case.expected[key] for key in ("zone", "words") if key in case.expected}
    adapter = adapter_of("cot-json", case.expected.get("options"), **extras)
    found = outcome(adapter, Message(case.message.topic, payload, RECEIVED_AT))
    assert unordered(found) == unordered(outcome(case.adapter, case.message))
