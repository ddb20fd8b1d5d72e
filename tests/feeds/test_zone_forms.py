"""Zones with forms on the wire: what is no form is refused, and every outlet says the geometry."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cop.domain.area import Zone, ZoneForm
from cop.domain.report import Report, Source
from cop.domain.zone_forms import geometry_of
from cop.feeds.adapters.cop_json import encode
from cop.feeds.message import BadMessage, Message
from cop.feeds.outbound import make_writer
from tests.feeds.payloads import adapter_of

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FORMS = (
    ZoneForm(shape="circle", points=((-80.953, 35.2425),), radius_m=1000.0),
    ZoneForm(shape="corridor", points=((-80.95, 35.24), (-80.9, 35.26)), width_m=200.0),
    ZoneForm(shape="line", points=((-80.95, 35.24), (-80.9, 35.26))),
    ZoneForm(shape="polygon", points=((-80.95, 35.24), (-80.9, 35.24), (-80.92, 35.28))),
    ZoneForm(shape="grid", points=((-80.95, 35.24), (-80.9, 35.28)), columns=4, rows=3),
)


def zone(form: ZoneForm) -> Zone:
    return Zone(
        id="z",
        at=NOON,
        rev=1,
        kind="hot_zone",
        form=form,
        geometry=geometry_of(form),
        expires_at=NOON + timedelta(hours=1),
    )


def heard(payload: bytes) -> Any:
    (report,) = adapter_of("cop-json").decode(Message("cop/v1/charlotte-fire/zone/z", payload, NOON))
    return report.body


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.shape)
def test_that_a_drawn_zone_is_heard_as_it_was_said(form: ZoneForm) -> None:
    assert heard(encode(zone(form))) == zone(form)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.shape)
@pytest.mark.parametrize("format_name", ["cot-xml", "geojson"])
def test_that_every_outlet_says_where_a_drawn_zone_is(form: ZoneForm, format_name: str) -> None:
    body = zone(form)
    report = Report(agency="charlotte-fire", body=body, source=Source(feed="f", format="cop-json"), received_at=NOON)
    (out,) = make_writer(format_name).take(report)
    if format_name == "geojson":
        feature = json.loads(out.payload)
        assert feature["geometry"] == body.geometry
        assert feature["properties"]["form"]["shape"] == form.shape
    else:
        (back,) = adapter_of("cot-xml").decode(Message("tak/out", out.payload, NOON))
        assert isinstance(back.body, Zone)
        assert back.body.geometry["type"] in {"Polygon", "LineString"}


@pytest.mark.parametrize(
    "form",
    [
        {"shape": "blob", "points": [[0, 0]]},
        {"shape": "circle", "points": []},
        {"shape": "circle", "points": [[0, 91]], "radius_m": 5},
        {"shape": "circle", "points": [[0, 0]], "radius_m": -5},
        {"shape": "circle", "points": [[0, 0]], "radius_m": 1e9},
        {"shape": "circle", "points": [[0, 0, 0]], "radius_m": 5},
        {"shape": "line", "points": [[0, 0]] * 2001},
        {"shape": "grid", "points": [[0, 0], [1, 1]], "columns": 0, "rows": 1},
        {"shape": "grid", "points": [[0, 0], [1, 1]], "columns": 1.5, "rows": 1},
        {"points": [[0, 0]]},
        "circle",
    ],
)
def test_that_what_is_no_form_is_refused(form: Any) -> None:
    said = json.loads(encode(zone(FORMS[0])))
    said["form"] = form
    with pytest.raises(BadMessage):
        heard(json.dumps(said).encode())


def test_that_a_form_without_its_figures_or_at_odds_with_the_geometry_does_no_harm() -> None:
    said = json.loads(encode(zone(FORMS[0])))
    said["form"] = {"shape": "circle", "points": [[5.0, 5.0]]}
    assert heard(json.dumps(said).encode()).geometry == geometry_of(FORMS[0])
