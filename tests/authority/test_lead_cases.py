"""The hand-made cases of who leads (`tests/domain/cases/README.md`), told to a picture as they happen."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from cop.authority.engaged import Engaged
from cop.authority.leads import LeadChange, Leads
from cop.domain.area import Zone
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.rules.lead import Lead, who_leads
from cop.domain.statement import Statement
from cop.domain.task import Task
from cop.picture.picture import Picture
from tests.cases import Case, agreements_of, cases, ground_of
from tests.reports import report

_KEY = ("reporter", "case")


@pytest.mark.parametrize(("file", "case"), cases("lead"), ids=lambda one: one.id if isinstance(one, Case) else one)
def test_that_it_is_led_as_a_chief_would_say(file: str, case: Case) -> None:
    for step, lead, told in _happening(file, case):
        looked_at = "\n".join((step.words, *lead.reasons))
        for what, expected in step.expect.items():
            assert _said(what, lead, told, expected) == expected, f"{what}\n{looked_at}"


def test_that_every_case_has_a_name_of_its_own() -> None:
    names = [case.id for question in ("lead", "task") for _, case in cases(question)]
    assert len(names) == len(set(names))


def _said(what: str, lead: Lead, told: list[LeadChange], expected: Any) -> Any:
    """What came out, in the shape in which it is expected."""
    match what:
        case "leads":
            return sorted(lead.agencies, key=lambda one: (expected.index(one) if one in expected else -1, one))
        case "clause":
            return " ".join(lead.term.key) if lead.term is not None else ""
        case "also" | "on_line":
            found = [one.id for one in getattr(lead, what)]
            return sorted(found, key=lambda one: (expected.index(one) if one in expected else -1, one))
        case "across":
            return list(lead.across)
        case "overlaps":
            words = [one.words for one in lead.overlaps]
            return [part if any(part in one for one in words) else words for part in expected]
        case "says":
            words = [lead.reason, *lead.reasons]
            return [part if any(part in one for one in words) else words for part in expected]
        case "announced":
            return told[0].words if told else ""
        case _:
            return getattr(lead, what)


def _happening(file: str, case: Case) -> Iterator[tuple[Case, Lead, list[LeadChange]]]:
    """Each step of a case, who leads then, and what was announced."""
    picture, ground, agreements = Picture(), ground_of(file), agreements_of(file)
    step = case
    engaged = Engaged(picture, lambda: step.at)
    leads = Leads(picture, ground, agreements, engaged, lambda: step.at)
    for rev, one in enumerate(case.steps(), 1):
        step = one
        said = [report(_KEY[0], body) for body in _statements(step, rev)]
        change = picture.apply(Batch(epoch=1, reports=said))
        told = leads.take(change, engaged.take(change).tasks) + leads.tick()
        lead, site = leads.lead(_KEY), leads.site(_KEY)
        assert lead is not None
        assert site is not None
        if step.metres:
            body = picture.incidents[_KEY].body
            assert isinstance(body, Incident)
            fields = {name: getattr(site, name) for name in site.__dataclass_fields__}
            lead = who_leads(body, type(site)(**{**fields, "metres": step.metres}), agreements, step.at)
        yield step, lead, told


def _statements(step: Case, rev: int) -> Iterator[Statement]:
    yield Incident(id=_KEY[1], at=step.at, rev=rev, **{"title": step.id, **step.incident})
    for number, zone in enumerate(step.zones):
        yield Zone(
            id=f"zone-{number}",
            at=step.at,
            rev=rev,
            kind=zone["kind"],
            name=zone.get("name", ""),
            geometry=_geometry(zone, step.incident["lat"], step.incident["lon"]),
            incident_agency=_KEY[0],
            incident=_KEY[1],
            starts_at=zone.get("from"),
            expires_at=zone.get("until", step.at + timedelta(days=2)),
        )
    for number in range(step.units):
        yield Task(
            id=f"task-{number}",
            at=step.at,
            rev=rev,
            objective="Work",
            incident_agency=_KEY[0],
            incident=_KEY[1],
            assignee_agency="reporter",
            unit=f"unit-{number}",
            asked_at=step.at,
        )


def _geometry(zone: dict[str, Any], lat: float, lon: float) -> dict[str, Any]:
    if "box" in zone:
        west, south, east, north = zone["box"]
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    else:
        turn = np.linspace(0.0, 2 * np.pi, 49)
        up = zone["radius_m"] / 111_320.0
        x, y = lon + up / np.cos(np.radians(lat)) * np.cos(turn), lat + up * np.sin(turn)
        ring = msgspec.json.decode(msgspec.json.encode(np.column_stack((x, y)).tolist()))
        ring[-1] = ring[0]
    return {"type": "Polygon", "coordinates": [ring]}
