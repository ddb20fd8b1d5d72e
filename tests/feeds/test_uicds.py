"""What UICDS and the other formats with places in bounds make of several messages, and of where they may lie."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.domain.area import Zone
from cop.domain.report import Retraction
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.readings import Bounds, Place, place
from cop.feeds.message import Message

from .payloads import adapter_of

T0 = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)
CIRCLE = (
    "<AreaCircularRegion><CircularRegionCenterCoordinate>"
    "<GeographicCoordinateLatitude><LatitudeDegreeValue>35.2</LatitudeDegreeValue></GeographicCoordinateLatitude>"
    "<GeographicCoordinateLongitude><LongitudeDegreeValue>-80.8</LongitudeDegreeValue></GeographicCoordinateLongitude>"
    "</CircularRegionCenterCoordinate><CircularRegionRadiusLengthMeasure><MeasurePointValue>1</MeasurePointValue>"
    "<LengthUnitCode>KMT</LengthUnitCode></CircularRegionRadiusLengthMeasure></AreaCircularRegion>"
)


def heard(adapter: Adapter, minute: int, location: str, status: str = "Active") -> list[tuple[str, str]]:
    """Kind and id of what comes out of an update, without the incident itself."""
    payload = (
        '<Incident xmlns="http://uicds.org/incident"><ActivityIdentification><IdentificationID>I1</IdentificationID>'
        f"</ActivityIdentification><ActivityStatus><StatusText>{status}</StatusText></ActivityStatus>{location}</Incident>"
    ).encode()
    reports = adapter.decode(Message("", payload, T0 + timedelta(minutes=minute)))
    return [(type(one.body).__name__, one.body.id) for one in reports[1:] if isinstance(one.body, Zone | Retraction)]


def areas(*circles: str) -> str:
    """A location with these areas."""
    return f"<IncidentLocation><LocationArea>{''.join(circles)}</LocationArea></IncidentLocation>"


def test_that_areas_that_an_update_leaves_out_are_taken_back() -> None:
    adapter = adapter_of("uicds")
    assert heard(adapter, 0, areas(CIRCLE, CIRCLE)) == [("Zone", "I1-area"), ("Zone", "I1-area-2")]
    assert heard(adapter, 1, areas(CIRCLE)) == [("Zone", "I1-area"), ("Retraction", "I1-area-2")]
    assert heard(adapter, 2, areas(CIRCLE)) == [("Zone", "I1-area")]
    assert heard(adapter, 3, areas()) == [("Retraction", "I1-area")]


def test_that_an_update_without_a_location_leaves_the_areas() -> None:
    adapter = adapter_of("uicds")
    heard(adapter, 0, areas(CIRCLE))
    assert heard(adapter, 1, "") == []
    assert heard(adapter, 2, areas(CIRCLE), "Closed") == [("Retraction", "I1-area")]


def test_that_an_update_wins_over_what_was_said_before_though_its_date_is_the_same() -> None:
    adapter = adapter_of("uicds")
    date = "<ActivityDate><DateTime>2026-05-04T10:00:00Z</DateTime></ActivityDate><ActivityName>Leak</ActivityName>"
    first, second = (
        adapter.decode(Message("", f"<{kind}>{date}</{kind}>".encode(), T0 + timedelta(minutes=minute)))[0].body.at
        for minute, kind in enumerate(("CreateIncidentRequest", "UpdateIncidentRequest"))
    )
    assert (first, second) == (datetime(2026, 5, 4, 10, 0, tzinfo=UTC), T0 + timedelta(minutes=1))


CAROLINA = Bounds(33.0, -85.0, 37.0, -75.0)
FIJI = Bounds(-20.0, 176.0, -15.0, -178.0)


@pytest.mark.parametrize(
    ("bounds", "lat", "lon", "doubt"),
    [
        (CAROLINA, 35.2, -80.8, ""),
        (None, 76.2, 36.7, ""),
        (CAROLINA, 35.2, 80.8, "place outside the feed's bounds: 35.2, 80.8 (sign of the longitude lost?)"),
        (CAROLINA, -80.8, 35.2, "place outside the feed's bounds: -80.8, 35.2 (latitude and longitude swapped?)"),
        (CAROLINA, 80.8, 35.2, "place outside the feed's bounds: 80.8, 35.2 (swapped, and the sign lost?)"),
        (CAROLINA, 0.0, 0.0, "place outside the feed's bounds: 0, 0"),
        (CAROLINA, 91.0, 0.0, "place outside the globe: 91, 0"),
        (None, float("nan"), 0.0, "place outside the globe: nan, 0"),
        (FIJI, -18.0, 178.4, ""),
        (FIJI, -18.0, -179.0, ""),
        (FIJI, -18.0, 100.0, "place outside the feed's bounds: -18, 100"),
    ],
)
def test_that_a_place_outside_the_bounds_is_told_and_not_located(
    bounds: Bounds | None, lat: float, lon: float, doubt: str
) -> None:
    assert place(lat, lon, bounds) == (Place(doubt=doubt) if doubt else Place(lat, lon))


@pytest.mark.parametrize("form", ["edxl-rm", "edxl-have", "niem-cfs", "uicds"])
@pytest.mark.parametrize("bounds", [[37.0, -85.0, 33.0, -75.0], [-91.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0], "Carolina"])
def test_that_bounds_that_are_none_are_a_wrong_option(form: str, bounds: object) -> None:
    with pytest.raises(ValueError, match="bounds"):
        adapter_of(form, {"bounds": bounds})
