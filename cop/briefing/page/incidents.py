"""What a page tells of an incident: itself, who leads and commands it, who is asked for what and where that stands."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import shapely

from cop.authority.authority import Authority
from cop.briefing.exports.things import Thing
from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.moments import age_s, moment_words
from cop.domain.report import Report
from cop.domain.words import INCIDENT_OVER, INCIDENT_STATUSES, INCIDENT_TYPES, TASK_OVER, TASK_STATES, label
from cop.picture.ground import Ground
from cop.picture.names import agency_name, incident_title, one_line, unit_callsign
from cop.picture.picture import Picture
from cop.picture.sameness import links_with

#: those that somebody has to do something about come first
_ORDER = ("declined", "expired", "countered", "released", "requested", "accepted", "en_route", "on_scene", "draft")


def incident_words(thing: Thing, picture: Picture, at: datetime) -> dict[str, Any]:
    """What is said of an incident itself; `reports` are the other words about the same one."""
    fields = thing.fields
    opened = fields.get("opened_at")
    key = (thing.agency, thing.id)
    same = picture.same.of(key)
    return {
        "what": label(INCIDENT_TYPES, str(fields.get("type", "unknown"))),
        "priority": fields.get("priority", 3),
        "status": label(INCIDENT_STATUSES, str(fields.get("status", "unknown"))),
        "over": fields.get("status") in INCIDENT_OVER,
        "address": fields.get("address", ""),
        "summary": fields.get("summary", ""),
        "opened": moment_words(datetime.fromisoformat(opened)) if opened else "",
        "open_s": age_s(datetime.fromisoformat(opened), at) if opened else None,
        "echo_of": "/".join(same[0]) if same[0] != key else "",
        "reports": [_reported(picture, one) for one in same if one != key],
        "related": [_reported(picture, one) for one in _related(picture, key) if one not in same],
        "details": _details(thing, picture),
        "tasks": [],
    }


def _related(picture: Picture, key: tuple[str, str]) -> list[tuple[str, str]]:
    """Incidents that somebody linked to this one; what is the same one is left to `same`."""
    linked = [(report.body, other) for report, other, _ in links_with(picture.links, key)]
    return sorted(
        {other for body, other in linked if getattr(body, "relation", "same") != "same" and other in picture.incidents}
    )


def authority_of(leaving: Leaving, occasion: Occasion, ground: Ground) -> Authority:
    """Who leads, by what the reader may know: a reason may tell how near a unit is."""
    picture = leaving.picture
    live = not occasion.exercise
    ground = _of_this_thread(ground)
    authority = Authority(picture, ground, picture.agreements, occasion.operator, lambda: leaving.at, live=live)
    authority.take(
        Picture(picture.home, picture.agreements, pace=picture.tracks.pace).apply(picture.snapshot().batch(epoch=1))
    )
    return authority


def _of_this_thread(ground: Ground) -> Ground:
    """Prepared geometries are for the thread that made them: a page is made beside a desk that asks its own."""
    copies = shapely.from_wkb(shapely.to_wkb(ground.geometries))
    return Ground(replace(one, geometry=copy) for one, copy in zip(ground.jurisdictions, copies.tolist(), strict=True))


def led(authority: Authority, incident: Mapping[str, Any]) -> dict[str, Any]:
    """Who leads, and under which clause; who is in command."""
    key = (incident["agency"], incident["id"])
    lead = authority.lead(key)
    picture = authority.picture
    in_command = [
        " ".join(filter(None, (one_line(one.name), f"({agency_name(picture, one.agency)})")))
        for one in picture.commanding.standing(key).commanders
    ]
    found: dict[str, Any] = {"command": ", ".join(in_command)}
    if lead is not None:
        found |= {
            "lead": " and ".join(agency_name(picture, one) for one in lead.agencies) or "nobody",
            "contested": lead.contested,
            "under": lead.term.words if lead.term is not None else "",
            "says": lead.term.clause.says if lead.term is not None else "",
            "why": lead.reason,
        }
    return found


def put_tasks(incidents: Iterable[dict[str, Any]], picture: Picture, at: datetime) -> list[dict[str, Any]]:
    """Under each incident its tasks, those first that somebody has to look at; the others are returned.

    None is left out: work for no incident, or for one that is not on the page, is work as well.
    """
    by_key = {(one["agency"], one["id"]): one for one in incidents}
    others: list[dict[str, Any]] = []
    for report in sorted(picture.tasks.values(), key=lambda one: (one.reported_at, one.key)):
        body: Any = report.body
        incident = by_key.get((body.incident_agency, body.incident))
        (incident["tasks"] if incident is not None else others).append(_task(report, picture, at))
    for every in (*(one["tasks"] for one in by_key.values()), others):
        every.sort(key=lambda one: _ORDER.index(one["state_word"]) if one["state_word"] in _ORDER else len(_ORDER))
    return others


def _task(report: Report, picture: Picture, at: datetime) -> dict[str, Any]:
    """Who was asked for what by whom, where that stands by whose word, and on what ground."""
    body: Any = report.body
    stands = picture.standings.of(report, at)
    term = stands.term or picture.agreements.term(body.agreement, body.clause)
    named = f"{body.agreement} §{body.clause}" if body.agreement and body.clause else body.agreement
    by = ", ".join(filter(None, (one_line(stands.by), agency_name(picture, stands.agency) if stands.agency else "")))
    return {
        "objective": body.objective,
        "asked": unit_callsign(picture, body.assignee_agency, body.unit) if body.unit else "any unit",
        "whose": agency_name(picture, body.assignee_agency) if body.assignee_agency else "",
        "by": agency_name(picture, report.agency),
        "state": label(TASK_STATES, stands.state),
        "state_word": stands.state,
        "over": stands.state in TASK_OVER - {"declined", "expired", "released"},
        "since": moment_words(stands.since),
        "since_s": age_s(stands.since, at),
        "word_of": by,
        "reason": stands.reason,
        "clause": term.words if term is not None else named,
        "ground": stands.why,
        "late": stands.late,
        "hazards": ", ".join(body.hazards),
        "due": moment_words(body.due_at) if body.due_at else "",
        "channel": body.channel,
        "note": body.note,
        **_answered(picture, report),
    }


def _answered(picture: Picture, report: Report) -> dict[str, Any]:
    """When it is expected, and what was offered instead."""
    answer: Any = getattr(picture.answer_to(report), "body", None)
    if answer is None:
        return {}
    offered = unit_callsign(picture, report.body.assignee_agency, answer.offers) if answer.offers else ""  # type: ignore[union-attr]  # of a task
    return {"eta_s": answer.eta_s, "offers": offered}


def _reported(picture: Picture, key: tuple[str, str]) -> str:
    report = picture.incidents[key]
    return f"{agency_name(picture, key[0])}: {incident_title(report)}"


def _details(thing: Thing, picture: Picture) -> list[dict[str, str]]:
    """What of it is for this reader alone, with the clauses that say so."""
    found = []
    for report in picture.details.values():
        if report.agency == thing.agency and report.body.id == thing.id:
            body: Any = report.body
            found.append({"medical": body.medical, "personal": body.personal, "under": ", ".join(body.under)})
    return found
