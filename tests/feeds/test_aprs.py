"""APRS over several packets, and that `aprslib` reads the same places.

aprslib is GPL-2.0: it is compared with here, and never imported by the app.
"""

from datetime import datetime, timedelta
from typing import Any

import aprslib
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import aprs, aprs_packets
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

HEAD = "N0COP-9>APRS,WIDE1-1,qAR,N0COP-1:"
PLACE = "!3513.63N/08050.59W>"


def heard(adapter: Adapter, line: str, *, after_s: float = 0.0) -> list[Report]:
    """What comes out of a line so many seconds later."""
    at = RECEIVED_AT + timedelta(seconds=after_s)
    return adapter.decode(Message("aprs/is", line.encode("latin-1"), at))


def units(reports: list[Report]) -> list[Unit]:
    return [report.body for report in reports if isinstance(report.body, Unit)]


def position(line: str) -> Position | None:
    """The position of a line; None if it has none or is refused."""
    try:
        reports = heard(adapter_of("aprs"), line)
    except BadMessage:
        return None
    found = [report.body for report in reports if isinstance(report.body, Position)]
    return found[0] if found else None


def agrees(line: str) -> None:
    """Our place is aprslib's, to 1e-4 degrees; figures to their own last digit."""
    try:
        theirs: dict[str, Any] = aprslib.parse(line)
    except (aprslib.ParseError, aprslib.UnknownFormat):
        assume(False)
    ours = position(line)
    if abs(theirs["latitude"]) < 0.01 and abs(theirs["longitude"]) < 0.01:
        return  # 0,0 is no place to us
    assert ours is not None, line
    assert ours.lat == pytest.approx(theirs["latitude"], abs=1e-4)
    assert ours.lon == pytest.approx(theirs["longitude"], abs=1e-4)
    if ours.speed_mps is not None and "speed" in theirs:
        assert ours.speed_mps == pytest.approx(theirs["speed"] / 3.6, abs=0.01)
    if ours.course_deg is not None and "course" in theirs:
        assert ours.course_deg % 360 == pytest.approx(theirs["course"] % 360, abs=0.01)
    if ours.alt_m is not None:
        assert ours.alt_m == pytest.approx(theirs["altitude"], abs=0.02)
    assert (ours.accuracy_m is not None) == bool(theirs.get("posambiguity"))


def digits(low: int, high: int, width: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda figure: f"{figure:0{width}d}")


@st.composite
def plain_places(draw: st.DrawFn) -> str:
    """A plain place with course, height and further digits, or digits left blank."""
    blank = draw(st.integers(0, 4))

    def minutes() -> str:
        text = draw(digits(0, 5999, 4))
        text = text[: 4 - blank] + " " * blank
        return f"{text[:2]}.{text[2:]}"

    lat = f"{draw(digits(0, 89, 2))}{minutes()}{draw(st.sampled_from('NS'))}"
    lon = f"{draw(digits(0, 179, 3))}{minutes()}{draw(st.sampled_from('EW'))}"
    course = draw(st.sampled_from(["", "/".join((draw(digits(1, 360, 3)), draw(digits(1, 999, 3))))]))
    height = draw(st.sampled_from(["", f"/A={draw(digits(0, 99_999, 6))}"]))
    more = "" if blank else draw(st.sampled_from(["", f" !W{draw(digits(0, 99, 2))}!", " !wAz!"]))
    time = draw(st.sampled_from(["!", "=", "/115900h", "@041159z"]))
    return f"{HEAD}{time}{lat}/{lon}>{course}{height}{more}"


@given(plain_places())
def test_that_aprslib_reads_the_same_plain_places(line: str) -> None:
    agrees(line)


BASE_91 = st.integers(33, 33 + 90).map(chr)


@given(
    lat=st.integers(0, 180 * 380_926 - 1),
    lon=st.integers(0, 360 * 190_463 - 1),
    behind=st.tuples(BASE_91, BASE_91, st.integers(33, 33 + 63).map(chr)),
)
def test_that_aprslib_reads_the_same_compressed_places(lat: int, lon: int, behind: tuple[str, str, str]) -> None:
    def base_91(value: int) -> str:
        letters = ""
        for _ in range(4):
            value, rest = divmod(value, 91)
            letters = chr(33 + rest) + letters
        return letters

    agrees(f"{HEAD}!/{base_91(lat)}{base_91(lon)}>{''.join(behind)}")


@given(
    first=st.text("0123456789ABCDEFGHIJPQRSTUVWXY", min_size=3, max_size=3),
    last=st.text("0123456789PQRSTUVWXY", min_size=3, max_size=3),
    blank=st.integers(0, 4),
    figures=st.tuples(
        st.integers(38, 127),
        st.integers(38, 97),
        st.integers(28, 127),
        *[st.integers(28, 125)] * 2,
        st.integers(28, 127),
    ),
    height=st.sampled_from(["", '"4T}', ">!!!}"]),
)
def test_that_aprslib_reads_the_same_mic_e(
    first: str, last: str, blank: int, figures: tuple[int, ...], height: str
) -> None:
    destination = list(first + last)
    for at in range(6 - blank, 6):
        letter = destination[at]
        destination[at] = "Z" if letter >= "P" else "L" if at >= 3 or letter <= "9" else "K"
    line = f"N0COP-9>{''.join(destination)},qAR,N0COP-1:`{''.join(map(chr, figures))}>/{height}"
    try:
        theirs = aprslib.parse(line)
    except (aprslib.ParseError, aprslib.UnknownFormat):
        assume(False)
    # What is no place on the globe, aprslib passes on: minutes and degrees are not looked at there.
    assume(abs(theirs["latitude"]) <= 90 and abs(theirs["longitude"]) <= 180)
    agrees(line)


def test_that_a_packet_which_comes_by_another_way_is_one_report() -> None:
    adapter = adapter_of("aprs")
    assert heard(adapter, HEAD + PLACE)
    assert heard(adapter, HEAD.replace("WIDE1-1", "N0COP-3*") + PLACE, after_s=5) == []
    assert heard(adapter, HEAD + PLACE, after_s=40)  # the station says it again


def test_that_a_late_copy_does_not_move_a_unit_back() -> None:
    adapter = adapter_of("aprs")
    heard(adapter, HEAD + PLACE)
    heard(adapter, HEAD + "!3514.63N/08050.59W>", after_s=2)
    assert heard(adapter, HEAD + PLACE, after_s=9) == []


def test_that_telemetry_and_a_status_do_not_take_a_stations_word_back() -> None:
    adapter = adapter_of("aprs")
    (unit,) = units(heard(adapter, "N0COP-9>SU1S6S:`lNWm|c>/"))
    assert (unit.status, unit.kind) == ("en_route", "vehicle")
    for seconds, line in enumerate((HEAD + "T#001,1,2,3,4,5,00000000", HEAD + ">listening", HEAD + PLACE), start=1):
        for unit in units(heard(adapter, line, after_s=seconds)):
            assert (unit.status, unit.kind) == ("en_route", "vehicle")
    (unit,) = units(heard(adapter, "N0COP-9>351S6S:`lNWm|c>/", after_s=10))
    assert unit.status == "emergency"


def test_that_a_unit_keeps_its_status_text_and_loses_a_comment_that_no_longer_comes() -> None:
    adapter = adapter_of("aprs")
    heard(adapter, HEAD + ">Net control")
    (report, _) = heard(adapter, HEAD + PLACE + "at the bridge", after_s=1)
    assert (report.losses["status"], report.losses["comment"]) == ("Net control", "at the bridge")
    (report, _) = heard(adapter, HEAD + PLACE, after_s=2)
    assert "comment" not in report.losses
    assert report.losses["status"] == "Net control"


def test_that_an_emergency_in_a_comment_ends_with_the_comment() -> None:
    adapter = adapter_of("aprs")
    assert [one.status for one in units(heard(adapter, HEAD + PLACE + "!EMERGENCY!"))] == ["emergency"]
    assert [one.status for one in units(heard(adapter, HEAD + PLACE, after_s=60))] == ["unknown"]


def test_that_a_killed_object_is_said_again_when_it_is_back() -> None:
    adapter = adapter_of("aprs")
    place = "3513.63N\\08050.59Wh"
    assert len(heard(adapter, f"{HEAD};SHELTER 4*041158z{place}")) == 2
    (gone,) = heard(adapter, f"{HEAD};SHELTER 4_041159z{place}")
    assert isinstance(gone.body, Retraction)
    assert len(heard(adapter, f"{HEAD};SHELTER 4*041200z{place}")) == 2


def test_that_an_object_called_like_a_station_neither_moves_nor_removes_it() -> None:
    adapter = adapter_of("aprs")
    station, fix = heard(adapter, HEAD + PLACE)
    name = f"{station.body.id:<9}"
    told = heard(adapter, f"N0BAD>APRS:;{name}*041200z3600.00N/08100.00W>")
    told += heard(adapter, f"N0BAD>APRS:){name.strip()}!3600.00N/08100.00W>")
    told += heard(adapter, f"N0BAD>APRS:;{name}_041200z3600.00N/08100.00W>")
    told += heard(adapter, f"{station.body.id}>APRS:;{name}*041201z3600.00N/08100.00W>")
    assert len(told) >= 5
    assert fix.body.id not in {one.body.id for one in told}


def test_that_a_message_sent_again_is_the_same_line_of_the_log() -> None:
    adapter = adapter_of("aprs")
    first = heard(adapter, HEAD + ":N0COP-1  :Water rising{42")
    again = heard(adapter, HEAD + ":N0COP-1  :Water rising{42", after_s=60)
    assert first[0].body.id == again[0].body.id


def test_that_stations_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aprs, "_STATIONS_REMEMBERED", 20)
    monkeypatch.setattr(aprs, "_HEARD_REMEMBERED", 20)
    adapter = adapter_of("aprs")
    for number in range(200):
        assert heard(adapter, f"N{number}>APRS:{PLACE}")
    assert isinstance(adapter, aprs.Aprs)
    assert len(adapter._stations) <= 20
    assert len(adapter._young) + len(adapter._old) <= 40


@pytest.mark.parametrize("number", [0, 7, 15])
def test_that_a_frame_says_the_same_as_its_line(number: int) -> None:
    def address(call: str, number: int, last: bool) -> bytes:
        return bytes(ord(letter) << 1 for letter in call.ljust(6)) + bytes([0x60 | number << 1 | last])

    frame = address("APRS", 0, False) + address("N0COP", number, False) + address("WIDE1", 1, True)
    packet = aprs_packets.read(frame + b"\x03\xf0" + PLACE.encode())
    assert packet == aprs_packets.line(f"N0COP{f'-{number}' if number else ''}>APRS,WIDE1-1:{PLACE}")


def test_that_a_month_has_the_day_that_a_time_says() -> None:
    adapter = adapter_of("aprs")
    at = datetime.fromisoformat("2026-03-01T00:10:00+00:00")
    line = f"{HEAD}@312350z{PLACE[1:]}".encode()
    found = adapter.decode(Message("aprs/is", line, at))
    assert {report.body.at.isoformat() for report in found} == {"2026-01-31T23:50:00+00:00"}
