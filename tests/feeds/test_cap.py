"""Alerts over several messages: whose identifier is whose, what refers to what, what a distribution takes back."""

from pathlib import Path

import pytest

from cop.domain.area import Alert
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.feeds.adapters import cap_message, sniff_file
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

CITY, COUNTY = "alerts@cfd.example", "alerts@meck.example"


def cap(identifier: str, sender: str = CITY, kind: str = "Alert", refers: str = "", info: str = "") -> str:
    references = f"<references>{refers}</references>" if refers else ""
    return (
        f"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>{identifier}</identifier>"
        f"<sender>{sender}</sender><sent>2026-05-04T11:55:00Z</sent><status>Actual</status><msgType>{kind}</msgType>"
        f"<scope>Public</scope>{references}{info or '<info><event>Fire</event></info>'}</alert>"
    )


def reference(identifier: str, sender: str = CITY) -> str:
    return f"{sender},{identifier},2026-05-04T11:50:00Z"


def envelope(contents: str, identifier: str, kind: str = "Report", refers: str = "") -> str:
    references = f"<distributionReference>{refers}</distributionReference>" if refers else ""
    return (
        "<EDXLDistribution xmlns='urn:oasis:names:tc:emergency:EDXL:DE:1.0'>"
        f"<distributionID>{identifier}</distributionID><senderID>eoc@meck.example</senderID>"
        "<dateTimeSent>2026-05-04T11:56:00Z</dateTimeSent><distributionStatus>Actual</distributionStatus>"
        f"<distributionType>{kind}</distributionType>{references}<contentObject><xmlContent><embeddedXMLContent>"
        f"{contents}</embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>"
    )


def heard(adapter: Adapter, text: str) -> list[Report]:
    return adapter.decode(Message("", text.encode(), RECEIVED_AT))


@pytest.mark.parametrize("kind", ["Cancel", "Ack", "Error"])
def test_that_what_an_envelope_takes_back_or_answers_is_no_alarm_on_a_feed_of_its_contents(kind: str) -> None:
    with pytest.raises(BadMessage, match="edxl-de") as refused:
        heard(adapter_of("cap"), envelope(cap("A"), "D-1", kind))
    assert not refused.value.reports
    assert len(heard(adapter_of("cap"), envelope(cap("A"), "D-1", "Update"))) == 1


def test_that_alerts_with_circles_beyond_number_are_heard() -> None:
    info = (
        f"<info><event>Fire</event><area><areaDesc>A</areaDesc>{'<circle>35.2,-80.8 5</circle>' * 1_100}</area></info>"
    )
    reports = heard(adapter_of("cap"), f"<alerts>{cap('A', info=info)}{cap('B', info=info)}{cap('C')}</alerts>")
    assert [report.body.id for report in reports] == ["A", "B", "C"]
    assert isinstance(reports[0].body, Alert)
    assert reports[0].body.geometry == {"type": "Point", "coordinates": [-80.8, 35.2]}
    assert "centre" in reports[0].losses["circle"]


def alert(adapter: Adapter, text: str) -> Alert:
    (report,) = heard(adapter, text)
    assert isinstance(report.body, Alert)
    return report.body


def test_that_another_sender_with_the_same_identifier_overwrites_nobody() -> None:
    adapter = adapter_of("cap")
    first, other = alert(adapter, cap("A-1")), alert(adapter, cap("A-1", COUNTY))
    assert first.id == "A-1"
    assert other.id != first.id
    assert alert(adapter, cap("A-1")).id == first.id
    assert alert(adapter, cap("A-1", COUNTY)).id == other.id


def test_that_identifiers_that_look_the_same_as_topic_levels_stay_apart() -> None:
    adapter = adapter_of("cap")
    assert alert(adapter, cap("A/1")).id == "A%2F1"
    assert alert(adapter, cap("A#1")).id == "A%231"
    assert alert(adapter, cap("A-1")).id == "A-1"


def test_that_a_reference_means_the_alert_of_the_sender_that_it_names() -> None:
    adapter = adapter_of("cap")
    alert(adapter, cap("A-1"))
    other = alert(adapter, cap("A-1", COUNTY))
    assert alert(adapter, cap("A-2", COUNTY, "Cancel", reference("A-1", COUNTY))).cancels == (other.id,)
    assert alert(adapter, cap("A-3", COUNTY, "Cancel", reference("A-1", CITY))).cancels == ("A-1",)
    assert alert(adapter, cap("A-4", CITY, "Update", reference("A-1", CITY))).supersedes == ("A-1",)


def test_that_a_sender_who_writes_another_name_into_the_reference_means_their_own_alert() -> None:
    adapter = adapter_of("cap")
    alert(adapter, cap("A-1"))
    assert alert(adapter, cap("A-2", CITY, "Cancel", reference("A-1", "CFD"))).cancels == ("A-1",)
    assert alert(adapter, cap("A-3", COUNTY, "Cancel", reference("A-1", "MECK"))).cancels != ("A-1",)


def test_that_a_cancellation_that_comes_first_names_the_alert_that_comes_later() -> None:
    adapter = adapter_of("cap")
    (cancelled,) = alert(adapter, cap("A-2", CITY, "Cancel", reference("A-1"))).cancels
    assert alert(adapter, cap("A-1", COUNTY)).id != cancelled
    assert alert(adapter, cap("A-1")).id == cancelled


def test_that_identities_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cap_message, "_IDENTITIES_REMEMBERED", 10)
    identities = cap_message.Identities()
    for number in range(100):
        identities.id_of("s" * 600, str(number))
        identities.referred(f"{number}", f"r{number}", f"{number}")
    assert len(identities._owners) == 10
    assert max(len(one) for pair in identities._owners.values() for one in pair) <= 512


def test_that_more_references_than_the_limit_are_told_of() -> None:
    many = " ".join(reference(f"A-{number}") for number in range(600))
    (report,) = heard(adapter_of("cap"), cap("B-1", CITY, "Cancel", many))
    assert isinstance(report.body, Alert)
    assert len(report.body.cancels) == cap_message.REFERENCES_LIMIT
    assert "600" in report.losses["references"]


@pytest.mark.parametrize(
    ("text", "found", "complete"),
    [
        ("a@b,1,2026-05-04T11:50:00Z", [("a@b", "1")], True),
        ("a@b,1,2,3,2026-05-04T11:50:00Z\n c,2,2026-05-04T11:50:00Z", [("a@b", "1,2,3"), ("c", "2")], True),
        ("a b, c d, 2026-05-04T11:50:00Z", [("a b", "c d")], True),
        ("a,b,when", [("a", "b")], True),
        ("1 2", [("", "1"), ("", "2")], True),
        ("a,b", [], False),
        ("a,,2026-05-04T11:50:00Z", [], False),
        (", " * 50, [], False),
        ("", [], True),
    ],
)
def test_that_references_are_read_from_both_ends(text: str, found: list[tuple[str, str]], complete: bool) -> None:
    assert cap_message.triples(text) == (found, complete)


def test_that_many_vertices_are_thinned_and_that_is_said() -> None:
    pairs = " ".join(f"{35 + number / 1e5:.5f},-80.8" for number in range(30_000))
    area = f"<area><polygon>{pairs} 35.5,-80.5 35.00000,-80.8</polygon></area>"
    (report,) = heard(adapter_of("cap"), cap("A-1", info=f"<info><event>Fire</event>{area}</info>"))
    assert isinstance(report.body, Alert)
    assert report.body.geometry is not None
    (ring,) = report.body.geometry["coordinates"]
    assert 1_000 < len(ring) <= 10_000
    assert ring[0] == ring[-1] == [-80.8, 35.0]
    assert "30,002" in report.losses["vertices"]


def test_that_a_cancelled_distribution_takes_back_what_came_in_it() -> None:
    adapter = adapter_of("edxl-de")
    heard(adapter, envelope(cap("A-1") + cap("A-2"), "D-1"))
    heard(adapter, envelope(cap("A-3"), "D-2"))
    reports = heard(adapter, envelope("", "D-3", "Cancel", "D-1,eoc@meck.example,2026-05-04T11:56:00Z"))
    assert [(type(one.body), one.body.id) for one in reports] == [(Retraction, "A-1"), (Retraction, "A-2")]
    again = heard(adapter, envelope("", "D-4", "Cancel", "D-9,eoc@meck.example,2026-05-04T11:56:00Z"))
    assert [type(one.body) for one in again] == [LogEntry]


def test_that_senders_stay_apart_over_the_envelopes_of_a_feed() -> None:
    adapter = adapter_of("edxl-de")
    first = heard(adapter, envelope(cap("A-1"), "D-1"))
    other = heard(adapter, envelope(cap("A-1", COUNTY), "D-2"))
    assert first[0].body.id != other[0].body.id


@pytest.mark.parametrize("contents", [{"cap": {"langage": "es"}}, {"cot-xml": {}}, {"cap": {"expires_after_h": 0}}])
def test_that_wrong_options_of_contents_are_told_of_at_the_start(contents: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="payloads"):
        adapter_of("edxl-de", {"contents": contents})


def test_that_words_of_a_feed_reach_the_contents_that_have_such_a_table() -> None:
    adapter_of("edxl-de", words={"availabilities": {"Ready to go": "available"}})
    with pytest.raises(ValueError, match="colours"):
        adapter_of("edxl-de", words={"colours": {"red": "blue"}})


def test_that_a_feed_of_more_alerts_than_the_limit_gives_those_below_it() -> None:
    with pytest.raises(BadMessage, match="1,000") as caught:
        heard(adapter_of("cap"), f"<alerts>{''.join(cap(f'A-{number}') for number in range(1_001))}</alerts>")
    assert len(caught.value.reports) == 1_000


@pytest.mark.parametrize("form", ["cap", "nws", "edxl-de"])
def test_that_messages_are_known_for_what_they_are(form: str) -> None:
    folder = Path(__file__).parent / "payloads" / form
    other = {"distributed-as-exercise": "edxl-de"}
    untold = {"atom-link", "none"}  # a feed or a collection that names nothing of its own
    for expected in folder.glob("*.expected.json"):
        name = expected.name.removesuffix(".expected.json")
        (payload,) = (path for path in folder.glob(f"{name}.*") if path != expected)
        if '"reports"' in expected.read_text("utf-8") and payload.stat().st_size > 100 and name not in untold:
            assert sniff_file(payload.read_bytes()) == other.get(name, form), name


def test_that_senders_of_one_feed_are_told_apart_whatever_was_heard_before() -> None:
    def ids(*texts: str) -> list[str]:
        adapter = adapter_of("cap", {"several_senders": True})  # a new one each time: the feed process starts anew
        return [report.body.id for text in texts for report in heard(adapter, text)]

    (city,), (county,) = ids(cap("7", CITY)), ids(cap("7", COUNTY))
    assert city != county
    assert city.startswith("7~")
    assert ids(cap("7", COUNTY), cap("7", CITY)) == [county, city]
    (update,) = heard(adapter_of("cap", {"several_senders": True}), cap("8", CITY, "Update", reference("7", CITY)))
    assert update.body.supersedes == (city,)  # type: ignore[union-attr]
