"""What goes out in other formats: to whom it belongs, never back where it came from, newest word first."""

from datetime import date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.consent import Consent, Pause
from cop.domain.details import IncidentDetails
from cop.domain.report import Report, Retraction, Source
from cop.domain.unit import Position
from cop.feeds.adapters.cop_json import encode
from cop.feeds.intake import Intake
from cop.feeds.message import Feed
from cop.feeds.outbound import Outgoing, make_writer
from cop.feeds.outlet import Outlet
from cop.feeds.relay import Relay
from cop.feeds.session import Received
from cop.feeds.topics import overlap
from tests.reports import at, incident, unit

OURS, THEIRS = "charlotte-fire", "gastonia-pd"
POSITION = Position(id="e30", at=at(5), lat=35.2, lon=-80.8)
OUTLET = Outlet(name="out", format="cop-json", topic="elsewhere/{agency}/{kind}/{id}", kinds=("incident",))


def said(body: object, agency: str = OURS, form: str = "eido") -> Report:
    """A report of an agency that came in some format."""
    return Report(agency=agency, body=body, source=Source(feed="f", format=form), received_at=at(0))


class Line:
    """A connection that takes only so many messages."""

    def __init__(self, room: int = 1000) -> None:
        self.room = room
        self.sent: list[tuple[str, bytes, bool]] = []

    def publish(self, topic: str, payload: bytes, _qos: int, retain: bool) -> bool:
        """Take it if there is room."""
        if len(self.sent) >= self.room:
            return False
        self.sent.append((topic, payload, retain))
        return True

    @property
    def topics(self) -> list[str]:
        """Where they went."""
        return [topic for topic, _, _ in self.sent]


def flushed(relay: Relay, line: Line | None = None) -> Line:
    """What goes out now."""
    line = line or Line()
    relay.flush(line.publish)
    return line


def test_that_no_outlet_says_the_details_of_an_incident() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, kinds=("details", "incident"))], OURS)
    relay.take(said(IncidentDetails(id="i1", at=at(0), to=OURS, medical="asthma")))
    relay.take(said(Retraction(id="i1", at=at(1), kind="details")))
    assert not flushed(relay).sent


def test_that_only_our_own_objects_of_the_wanted_kinds_go_out() -> None:
    relay = Relay([OUTLET], OURS)
    for report in (said(incident("i1")), said(incident("i2"), THEIRS), said(unit("u1"))):
        relay.take(report)
    assert flushed(relay).topics == ["elsewhere/charlotte-fire/incident/i1"]


def test_that_everybodys_objects_go_out_where_it_is_asked_for() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, agencies=("*",))], OURS)
    relay.take(said(incident("i2"), THEIRS))
    assert flushed(relay).topics == ["elsewhere/gastonia-pd/incident/i2"]


def test_that_nothing_goes_out_in_the_format_it_came_in() -> None:
    relay = Relay([OUTLET], OURS)
    relay.take(said(incident("i1"), form="cop-json"))
    assert flushed(relay).sent == []


def test_that_the_newest_word_goes_out_and_each_topic_waits_its_turn() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, every_s=3600.0)], OURS)
    for rev in (1, 2, 3):
        relay.take(said(incident("i1", rev=rev)))
    line = flushed(relay)
    assert len(line.sent) == 1
    assert msgspec.json.decode(line.sent[0][1])["rev"] == 3
    relay.take(said(incident("i1", rev=4)))
    assert flushed(relay).sent == []


def test_that_a_late_word_does_not_take_the_place_of_a_newer_one_that_waits() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, kinds=("position",))], OURS)
    for second in (5, 9, 7):
        relay.take(said(msgspec.structs.replace(POSITION, at=at(second))))
    relay.take(said(Retraction(id="e30", at=at(8), kind="position")))
    ((_, payload, _),) = flushed(relay).sent
    assert payload == encode(msgspec.structs.replace(POSITION, at=at(9)))


def test_that_what_cop_json_says_of_an_exercise_stays_out_of_live_work() -> None:
    drill = msgspec.structs.replace(said(incident("i1")), exercise=True)
    live, exercise = (
        Relay([msgspec.structs.replace(OUTLET, topic=topic)], OURS) for topic in ("l/{id}", "exercise/d/v1/{id}")
    )
    for relay in (live, exercise):
        relay.take(drill)
        relay.take(said(incident("i2")))
    assert flushed(live).topics == ["l/i2"]
    assert flushed(exercise).topics == ["exercise/d/v1/i1"]


def test_that_an_exercise_does_not_take_the_place_of_live_words_that_wait() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, format="geojson")], OURS)
    relay.take(said(incident("i1")))
    relay.take(msgspec.structs.replace(said(incident("i1")), exercise=True))
    assert len(flushed(relay).sent) == 2


def test_that_what_the_connection_does_not_take_goes_out_later() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, every_s=1e-9)], OURS)
    for number in range(5):
        relay.take(said(incident(f"i{number}")))
    first, rest = flushed(relay, Line(room=2)), flushed(relay)
    assert first.topics + rest.topics == [f"elsewhere/{OURS}/incident/i{number}" for number in range(5)]


def test_that_an_object_taken_back_is_said_to_be_gone_and_not_kept_by_the_broker() -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, retain=True)], OURS)
    relay.take(said(Retraction(id="i1", at=at(1), kind="incident")))
    (topic, payload, kept), (_, empty, cleared) = flushed(relay).sent
    assert topic == f"elsewhere/{OURS}/incident/i1"
    assert msgspec.json.decode(payload)["deleted"] is True
    assert (kept, empty, cleared) == (False, b"", True)


LEVEL = st.sampled_from(["a", "b", "+"])


@given(st.lists(LEVEL, min_size=1, max_size=4), st.lists(LEVEL, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_that_filters_overlap_exactly_where_a_topic_fits_both(
    first: list[str], second: list[str], ends_first: bool, ends_second: bool
) -> None:
    filters = ["/".join([*one, "#"] if ends else one) for one, ends in ((first, ends_first), (second, ends_second))]
    topics = [""]
    for _ in range(5):
        topics += [f"{topic}/{level}" if topic else level for topic in topics for level in "ab"]
    fits = any(all(topic_matches_sub(one, topic) for one in filters) for topic in set(topics) - {""})
    assert overlap(*filters) == fits


TAK = Outlet(name="tak", format="cot-xml", topic="tak/out/{kind}/{id}", kinds=("position", "incident"))


@pytest.mark.parametrize("agency", [OURS, "tak.team"])
@pytest.mark.parametrize(
    "publishes", [[TAK], [msgspec.structs.replace(TAK, format="geojson")], []], ids=["tak", "geojson", "nothing"]
)
def test_that_what_a_tak_server_sends_back_makes_no_second_unit(agency: str, publishes: list[Outlet]) -> None:
    """Whoever writes no CoT takes what another desk wrote of the feed's own agency, and refuses all else."""
    relay = Relay(publishes, OURS)
    feed = Feed(name="tak", format="cot-xml", topic="tak/#", agency=agency)
    intake = Intake([feed], None, exercise=None, we_say=relay.says)
    writer, written = make_writer("cot-xml"), []
    place = msgspec.structs.replace(incident("i1"), lat=35.2, lon=-80.8)
    for body in (unit("e30", status="emergency"), POSITION, place, Retraction(id="i1", at=at(9), kind="incident")):
        written += writer.take(said(body))
    assert len(written) == 4
    intake.take([Received("tak/in", one.payload, at(60).timestamp(), False, 1, 1) for one in written])
    batch = intake.batch(1, None, [], health=True)
    heard = {one.agency for one in batch.reports} | {one.agency for one in batch.tracks}
    writes_cot = any(outlet.format == "cot-xml" for outlet in publishes)
    assert heard == ({OURS} if agency == OURS and not writes_cot else set())
    assert batch.health[0].bad == (4 if agency != OURS and not writes_cot else 0)


def test_that_another_agencys_unit_by_a_uid_of_ours_is_refused_where_we_only_write_our_own() -> None:
    relay = Relay([TAK], OURS)
    feed = Feed(name="tak", format="cot-xml", topic="tak/#", agency="tak.team")
    intake = Intake([feed], None, exercise=None, we_say=relay.says)
    (told,) = make_writer("cot-xml").take(said(POSITION, agency=THEIRS))
    intake.take([Received("tak/in", told.payload, at(60).timestamp(), False, 1, 1)])
    (health,) = intake.batch(1, None, [], health=True).health
    assert health.bad_reasons == {"an object of another agency, as a desk of ours writes it": 1}


def test_that_an_outlet_needs_a_topic_that_can_be_published_on() -> None:
    with pytest.raises(ValueError, match="braces"):
        msgspec.structs.replace(OUTLET, topic="a/{unit}")


class _Broken:
    """A writer with a fault of ours."""

    def take(self, report: Report) -> list[Outgoing]:
        """Fall."""
        raise ZeroDivisionError


def test_that_a_writer_that_falls_stops_neither_the_feed_nor_the_other_outlets(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    relay = Relay([msgspec.structs.replace(OUTLET, name="broken"), OUTLET], OURS)
    monkeypatch.setattr(relay._lines[0], "_writer", _Broken())
    relay.take(said(incident("i1")))
    assert flushed(relay).topics == ["elsewhere/charlotte-fire/incident/i1"]
    assert "outlet broken cannot write" in caplog.text


def _shared(**fields: object) -> Agreements:
    given = {"number": "7.1", "says": "As written.", "giver": OURS, "to": ("*",), **fields}
    clause = ShareClause(**given)  # type: ignore[arg-type]
    agreement = Agreement(id="mou", title="MOU", parties=(OURS, THEIRS), in_force_from=date(2020, 1, 1))
    return Agreements([Term(agreement, clause)])


def _positions(agreements: Agreements, *, to: str = "") -> tuple[Relay, list[datetime]]:
    outlet = Outlet(name="tak", format="geojson", topic="out/{id}", kinds=("position",), to=to, every_s=1e-6)
    clock = [at(5)]
    return Relay([outlet], OURS, agreements, now=lambda: clock[0]), clock


def _place(payload: bytes) -> list[float]:
    found = msgspec.json.decode(payload)
    place: list[float] = (found.get("geometry") or found["features"][0]["geometry"])["coordinates"]
    return place


def test_that_a_position_leaves_as_exact_as_its_owner_shows_it() -> None:
    relay, _ = _positions(_shared(positions="rounded"))
    relay.take(said(POSITION))
    [(_, payload, _)] = flushed(relay).sent
    assert _place(payload)[:2] != [POSITION.lon, POSITION.lat]
    relay, _ = _positions(_shared(positions="none"))
    relay.take(said(POSITION))
    assert not flushed(relay).sent


def test_that_no_position_leaves_while_the_only_agreement_cannot_be_applied() -> None:
    for agreements in (Agreements(incomplete=True), Agreements(incomplete=True).shares):
        relay, _ = _positions(agreements)
        relay.take(said(POSITION))
        assert not flushed(relay).sent


def test_that_an_outlet_for_a_party_follows_that_partys_clause() -> None:
    relay, _ = _positions(_shared(positions="none", to=("york-fd",)), to="york-fd")
    relay.take(said(POSITION))
    assert not flushed(relay).sent
    relay, _ = _positions(_shared(positions="none", to=("york-fd",)), to=THEIRS)
    relay.take(said(POSITION))
    assert flushed(relay).sent


def test_that_a_late_position_leaves_when_its_delay_is_over_and_not_before() -> None:
    relay, clock = _positions(_shared(positions="delayed", delay_min=15.0))
    for second in (0, 60, 120):
        body = msgspec.structs.replace(POSITION, at=at(second), lat=35.0 + second / 1000)
        relay.take(msgspec.structs.replace(said(body), received_at=at(second)))
    assert not flushed(relay).sent
    clock[0] = at(15 * 60 + 61)
    [(_, payload, _)] = flushed(relay).sent
    assert _place(payload)[1] == pytest.approx(35.06)


def test_that_a_pause_of_sharing_is_obeyed_by_what_leaves_next() -> None:
    relay, _ = _positions(_shared(positions="exact"))
    relay.take(said(POSITION))
    assert flushed(relay).sent
    word = Consent(
        id="mou~7.1", at=at(6), rev=1, agreement="mou", clause="7.1", state="paused", pauses=(Pause(since=at(4)),)
    )
    relay.take(said(word))
    relay.take(said(msgspec.structs.replace(POSITION, at=at(9), lat=35.3)))
    assert not flushed(relay).sent
