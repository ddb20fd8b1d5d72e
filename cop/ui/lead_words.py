"""Who leads an incident, in words: the same on its page, on its card and on the map."""

from collections.abc import Iterable
from dataclasses import dataclass

from cop.domain.agreement import LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.lead import Lead, Overlap
from cop.domain.words import INCIDENT_TYPES, label
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk

#: a clause is shown this far; the rest of its sentence stands with the reasons
_SENTENCE = 220


@dataclass(frozen=True, slots=True)
class LeadWords:
    """What a page says of a lead; what is empty is not shown.

    `who` leads, `how` that came about, `clause` and what it `says`; `line`: the line that leaves it open; `decides`:
    who settles it; `also` and `within`: other ground; `overlaps`: each with its clause; `differs`: what the reporter
    says instead; `reasons`: step by step.
    """

    who: str
    how: str = ""
    clause: str = ""
    says: str = ""
    line: str = ""
    decides: str = ""
    also: str = ""
    within: str = ""
    overlaps: tuple[str, ...] = ()
    differs: str = ""
    reasons: tuple[str, ...] = ()
    sure: bool = True


def lead_words(desk: Desk, report: Report) -> LeadWords:
    """Who leads this incident, as far as agreements and boundaries say."""
    body, picture = report.body, desk.picture
    assert isinstance(body, Incident)
    doubtful = picture.home.doubt(report.agency, body.lat, body.lon) is not None
    lead = None if doubtful else desk.authority.lead(report.key)
    if lead is None:
        located = body.lat is not None and body.lon is not None
        what = (
            "place is doubtful" if doubtful else "incident has no place" if not located else "ground is not known yet"
        )
        return LeadWords(
            wording.agency_name(picture, body.lead) if body.lead else "Not known",
            how=f"The {what}, so no boundary says who leads.",
            sure=False,
        )
    also = _agencies(picture, lead.also, lead.agencies)
    planned = _joined(dict.fromkeys(wording.one_line(one.name) for one in lead.also if one.level == "planning_zone"))
    return LeadWords(
        who=_who(picture, lead),
        how=_how(body, lead),
        clause=clause_words(lead.term) if lead.term is not None else "",
        says=sentence(lead.term),
        line=_line(picture, lead),
        decides=_decides(picture, lead),
        also=f"Also in jurisdiction: {also}" if also else "",
        within=f"Within: {planned}" if planned else "",
        overlaps=tuple(_overlap(picture, one, lead.term) for one in lead.overlaps),
        differs=_differs(picture, report, body, lead),
        reasons=tuple(wording.one_line(one) for one in lead.reasons),
        sure=not lead.contested and not lead.on_line,
    )


def leading(desk: Desk, report: Report) -> tuple[str, ...]:
    """The agencies that lead it; where neither agreement nor boundary says, the one that its reporter names."""
    lead = _known_lead(desk, report)
    if lead is not None and lead.agencies:
        return lead.agencies
    said = report.body.lead if isinstance(report.body, Incident) else ""
    return (said,) if said else ()


def leading_words(desk: Desk, report: Report) -> str:
    """The same on one line of a card: "Charlotte Fire + Airport Police", "contested: A or B"; empty if nobody does."""
    names = [wording.agency_name(desk.picture, one) for one in leading(desk, report)]
    lead = _known_lead(desk, report)
    if lead is not None and lead.contested:
        return f"contested: {' or '.join(names)}"
    return " + ".join(names)


def clause_words(term: Term) -> str:
    """A clause as people cite it, and how long it holds: "Regional Hazmat MOU §3.1 · in force until 31 Dec 2027"."""
    until = term.agreement.in_force_until
    holds = f"in force until {until.day} {until:%b %Y}" if until is not None else "in force until it is ended"
    return f"{cited(term)} · {holds}"


def cited(term: Term) -> str:
    """A clause as people cite it: "Regional Hazmat MOU §3.1"."""
    return wording.one_line(term.words)


def sentence(term: Term | None, limit: int = _SENTENCE) -> str:
    """The sentence that a clause stands for, between quotation marks."""
    said = wording.one_line(term.clause.says) if term is not None else ""
    return f"“{wording.shortened(said, limit)}”" if said else ""


def _known_lead(desk: Desk, report: Report) -> Lead | None:
    body = report.body
    if not isinstance(body, Incident) or desk.picture.home.doubt(report.agency, body.lat, body.lon) is not None:
        return None
    return desk.authority.lead(report.key)


def _who(picture: Picture, lead: Lead) -> str:
    names = [wording.agency_name(picture, one) for one in lead.agencies]
    if not names:
        return "Nobody"
    if lead.contested:
        return f"Contested: {_joined(names, ' or ')}"
    return f"{_joined(names, ' and ')} — unified command" if lead.unified else names[0]


def _how(body: Incident, lead: Lead) -> str:
    if lead.term is not None:
        ground = wording.one_line(lead.term.ground_words)
        return f"{label(INCIDENT_TYPES, body.type).lower()}, {ground}"
    inside = f"inside {wording.one_line(lead.jurisdiction.name)} — " if lead.jurisdiction is not None else ""
    return f"{inside}{wording.one_line(lead.reason)}"


def _line(picture: Picture, lead: Lead) -> str:
    if not lead.on_line:
        return ""
    names = dict.fromkeys(
        wording.one_line(one.name) or wording.agency_name(picture, one.agency) for one in lead.on_line
    )
    if len(names) == 1:
        return f"⚠ On the line of {next(iter(names))}: the place is not exact enough to say which side"
    return f"⚠ On the line between {_joined(names, ' and ')}"


def _decides(picture: Picture, lead: Lead) -> str:
    if not lead.contested:
        return ""
    if not lead.decides:
        return "⚠ No clause says who decides: settle it by voice"
    # an agency's id, or words that the rule made of agency, office and number to call
    known = lead.decides in picture.agencies
    return f"⚠ {wording.agency_name(picture, lead.decides) if known else wording.one_line(lead.decides)} decides"


def _overlap(picture: Picture, overlap: Overlap, decided: Term | None) -> str:
    words = f"⚠ Overlap: {wording.one_line(overlap.words)}"
    term = overlap.term
    if term is None:
        return words
    same = decided is not None and decided.agreement.id == term.agreement.id
    clause = f"§{wording.one_line(term.clause.number)}" if same else cited(term)
    return f"{words} — {clause} {_ordered(picture, term)}".rstrip()


def _ordered(picture: Picture, term: Term) -> str:
    """What a lead clause orders, in two words."""
    clause = term.clause
    if not isinstance(clause, LeadClause):
        return ""
    if clause.unified:
        return "unified command"
    return "the closest leads" if clause.closest_of else f"{wording.agency_name(picture, clause.leads)} leads"


def _differs(picture: Picture, report: Report, body: Incident, lead: Lead) -> str:
    if not body.lead or body.lead in lead.agencies:
        return ""
    said = "it" if body.lead == report.agency else wording.agency_name(picture, body.lead)
    return f"⚠ {wording.agency_name(picture, report.agency)} says that {said} leads"


def _agencies(picture: Picture, jurisdictions: Iterable[Jurisdiction], leading: tuple[str, ...]) -> str:
    return _joined(
        dict.fromkeys(
            wording.agency_name(picture, one.agency)
            for one in jurisdictions
            if one.level != "planning_zone" and one.agency and one.agency not in leading
        )
    )


def _joined(words: Iterable[str], last: str = ", ") -> str:
    """ "A, B and C"."""
    several = list(words)
    return last.join(part for part in (", ".join(several[:-1]), several[-1]) if part) if several else ""


def incident_of(desk: Desk, key: Key) -> Incident | None:
    """What is known of an incident; None if nothing is."""
    report = desk.picture.incidents.get(key)
    return report.body if report is not None and isinstance(report.body, Incident) else None
