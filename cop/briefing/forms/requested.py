"""What was requested of the agencies, and what they give towards it, for the forms that order and plan resources."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.briefing.forms.blocks import agency
from cop.briefing.forms.situation import Situation
from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.rules.requests import Standing, standing
from cop.picture.change import Key


@dataclass(frozen=True)
class Asked:
    """One request: as it was asked, how it stands, who gives what, when the last of what is on its way arrives."""

    report: Report
    request: ResourceRequest
    standing: Standing
    fills: tuple[Report, ...]
    words: str
    eta: datetime | None


def asked(ground: Situation, incident: Key | None = None) -> list[Asked]:
    """Every request that stood in the period, also one that is gone by now, the most urgent first."""
    known = {one.key: one for one in ground.said.of(ResourceRequest) if not one.body.deleted}
    known.update(ground.picture.requests)
    given: dict[Key, list[Report]] = {}
    seen: set[tuple[str, Key]] = set()
    for one in [*ground.picture.fills.values(), *reversed(list(ground.said.of(Fill)))]:
        body = one.body
        assert isinstance(body, Fill)
        about = (one.agency, (body.requester, body.id))
        if about not in seen and not body.deleted:
            given.setdefault((body.requester, body.id), []).append(one)
        seen.add(about)
    found = []
    for key, report in known.items():
        body = report.body
        assert isinstance(body, ResourceRequest)
        if incident is None or ground.of_incident((body.incident_agency, body.incident), incident):
            found.append(_read(ground, report, body, given.get(key, [])))
    return sorted(found, key=lambda one: (one.request.priority, one.request.asked_at or one.request.at, one.report.key))


def _read(ground: Situation, report: Report, request: ResourceRequest, given: list[Report]) -> Asked:
    fills = [
        (one.agency, body) for one in given if isinstance(body := one.body, Fill) and one.exercise == report.exercise
    ]
    stands = standing(report.agency, request, fills, ground.at)
    state = stands.state.replace("_", " ")
    parts = [f"{state}: {stands.promised} of {request.quantity} promised"]
    if stands.delivered:
        parts.append(f"{stands.delivered} delivered")
    if stands.overdue:
        parts.append("overdue")
    for one in stands.given:
        word = next(body for giver, body in fills if giver == one.agency)
        parts.append(f"{agency(ground, one.agency)} {word.state.replace('_', ' ')} {word.quantity or ''}".rstrip())
    etas = [
        body.at + timedelta(seconds=body.eta_s)
        for _giver, body in fills
        if body.eta_s is not None and body.state in {"offered", "en_route"}
    ]
    words = "; ".join(parts)
    return Asked(report, request, stands, tuple(given), words, max(etas, default=None))
