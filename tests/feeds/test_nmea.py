"""NMEA 0183 over several messages: sentences of one moment one by one, dates that hold, pynmeagps's reading."""

from datetime import datetime, timedelta
from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynmeagps import NMEAReader

from cop.domain.unit import Position, Unit
from cop.feeds.adapters import nmea, nmea_sentences
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

PLACE = "3513.62600,N,08050.58600,W"


def sentence(body: str) -> bytes:
    """With its checksum."""
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


def rmc(time: str = "115900.00", date: str = "040526", place: str = PLACE, speed: str = "19.438") -> bytes:
    return sentence(f"GPRMC,{time},A,{place},{speed},271.5,{date},,,A")


def gga(time: str = "115900.00", place: str = PLACE) -> bytes:
    return sentence(f"GPGGA,{time},{place},1,09,0.9,262.0,M,-32.0,M,,")


def positions(adapter: Adapter, *payloads: bytes, topic: str = "avl/e12", at: datetime = RECEIVED_AT) -> list[Position]:
    """Every position that comes out."""
    return [
        report.body
        for one in payloads
        for report in adapter.decode(Message(topic, one, at))
        if isinstance(report.body, Position)
    ]


def clock(found: list[Position]) -> list[str]:
    return [one.at.strftime("%d %H:%M:%S") for one in found]


def test_that_a_receiver_whose_speed_comes_last_is_soon_waited_for() -> None:
    adapter = adapter_of("nmea")
    first = positions(adapter, gga("115900.00"), rmc("115900.00"))
    assert [one.speed_mps for one in first] == [None]  # nobody knew that more would come
    for second in range(1, 5):
        (found,) = positions(adapter, gga(f"11590{second}.00"), rmc(f"11590{second}.00"))
        assert found.alt_m == 230.0
        assert found.speed_mps == pytest.approx(10.0, abs=0.01)
        assert clock([found]) == [f"04 11:59:0{second}"]


def test_that_a_speed_which_no_longer_comes_is_waited_for_once() -> None:
    adapter = adapter_of("nmea")
    positions(adapter, gga("115900.00"), rmc("115900.00"))
    assert positions(adapter, gga("115901.00")) == []
    assert clock(positions(adapter, gga("115902.00"))) == ["04 11:59:01", "04 11:59:02"]
    assert clock(positions(adapter, gga("115903.00"))) == ["04 11:59:03"]


def test_that_a_receiver_whose_speed_comes_first_is_never_waited_for() -> None:
    adapter = adapter_of("nmea")
    for second in range(5):
        (found,) = positions(adapter, rmc(f"11590{second}.00"), gga(f"11590{second}.00"))
        assert found.speed_mps is not None


def test_that_the_date_of_rmc_holds_for_gga_over_midnight() -> None:
    adapter = adapter_of("nmea")
    old = RECEIVED_AT + timedelta(days=400)  # a recording that is read much later
    assert clock(positions(adapter, rmc("235959.00"), at=old)) == ["04 23:59:59"]
    assert clock(positions(adapter, gga("000000.00"), at=old)) == ["05 00:00:00"]


def test_that_a_date_does_not_hold_for_ever() -> None:
    adapter = adapter_of("nmea")
    positions(adapter, rmc("115900.00"))
    later = RECEIVED_AT + timedelta(days=3)
    assert clock(positions(adapter, gga("115900.00"), at=later)) == ["07 11:59:00"]


def test_that_a_retained_date_says_nothing_of_the_receivers_clock() -> None:
    adapter = adapter_of("nmea")
    (old,) = adapter.decode(Message("avl/e12", rmc("115900.00", "010526"), RECEIVED_AT, retained=True))[1:]
    assert old.reported_at.day == 1
    assert clock(positions(adapter, gga("115930.00"))) == ["04 11:59:30"]


def test_that_sentences_without_a_time_do_not_keep_a_unit_where_it_was() -> None:
    adapter = adapter_of("nmea")
    found = positions(
        adapter, sentence("GPGLL,3513.62600,N,08050.58600,W"), sentence("GPGLL,3514.62600,N,08050.58600,W")
    )
    assert [round(one.lat, 4) for one in found] == [35.2271, 35.2438]
    found = positions(adapter, *(sentence(f"GPGLL,351{minute}.62600,N,08050.58600,W,,A") for minute in (4, 5)))
    assert [round(one.lat, 4) for one in found] == [35.2438, 35.2604]


def test_that_two_trackers_on_one_topic_are_two_units() -> None:
    adapter = adapter_of("nmea")
    found = positions(adapter, b"111," + rmc(), b"222," + rmc(place="3514.62600,N,08050.58600,W"))
    assert [(one.id, round(one.lat, 4)) for one in found] == [("111", 35.2271), ("222", 35.2438)]


def test_that_a_line_cut_off_before_a_sentence_is_no_id() -> None:
    (found,) = positions(adapter_of("nmea"), b"0.9,262.0,M*4" + rmc())
    assert found.id == "e12"


def test_that_receivers_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nmea, "_RECEIVERS_REMEMBERED", 20)
    adapter = adapter_of("nmea")
    for number in range(200):
        assert positions(adapter, f"{number},".encode() + rmc())
    assert isinstance(adapter, nmea.Nmea)
    assert len(adapter._receivers) <= 20


def test_that_too_many_sentences_are_refused_and_the_others_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nmea, "_SENTENCES_LIMIT", 2)
    with pytest.raises(BadMessage, match="more than 2 sentences") as caught:
        positions(adapter_of("nmea"), rmc("115900.00") + rmc("115901.00") + rmc("115902.00"))
    assert sum(isinstance(report.body, Unit) for report in caught.value.reports) == 1
    assert sum(isinstance(report.body, Position) for report in caught.value.reports) == 2


@given(
    lat=st.floats(-89.99, 89.99),
    lon=st.floats(-179.99, 179.99),
    knots=st.floats(0.0, 600.0),
    course=st.floats(0.0, 359.9),
    height=st.floats(-100.0, 9000.0),
)
def test_that_pynmeagps_reads_the_same(lat: float, lon: float, knots: float, course: float, height: float) -> None:
    def written(degrees: float, width: int, sides: str) -> str:
        whole, part = divmod(abs(degrees), 1.0)
        minutes = f"{part * 60:08.5f}"
        return f"{int(whole):0{width}d}{minutes if minutes < '60' else '59.99999'},{sides[degrees < 0]}"

    place = f"{written(lat, 2, 'NS')},{written(lon, 3, 'EW')}"
    for line in (
        sentence(f"GNRMC,115900.25,A,{place},{knots:.3f},{course:.2f},040526,,,A"),
        sentence(f"GNGGA,115900.25,{place},1,09,0.9,{height:.1f},M,-32.0,M,,"),
        sentence(f"GNGLL,{place},115900.25,A,A"),
        sentence(f"GNGNS,115900.25,{place},AN,09,0.9,{height:.1f},-32.0,,"),
    ):
        theirs = NMEAReader.parse(line)
        parsed = nmea_sentences.parse(line.decode().strip())
        assert parsed is not None
        ours = nmea_sentences.read(parsed)
        assert ours is not None
        assert ours.valid
        if ours.lat is None or ours.lon is None:  # both are 0
            assert (theirs.lat, theirs.lon) == (0, 0)
        else:
            assert (ours.lat, ours.lon) == (pytest.approx(theirs.lat, abs=1e-8), pytest.approx(theirs.lon, abs=1e-8))
        if b"RMC" in line:
            assert ours.day == theirs.date
            assert ours.speed_mps == pytest.approx(theirs.spd * 1852 / 3600)
            assert ours.course_deg == theirs.cog
        if b"GGA" in line:
            assert ours.alt_m == pytest.approx(theirs.alt + theirs.sep)
