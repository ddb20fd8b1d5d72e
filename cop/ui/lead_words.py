"""Who leads an incident, in words: the same on its page, on its card and on the map."""

from collections.abc import Iterable
from dataclasses import dataclass

from cop.domain.agreement import EscalateClause, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.lead import Lead, Overlap
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk

#: a clause is shown this far; the rest of its sentence stands with the reasons
_SENTENCE = 220
#: what a reason ends with where the place lies on a line, which is said on a line of its own
_ON_LINE = "; on the line of"


@dataclass(frozen=True, slots=True)
class LeadWords:
    """What a page says of a lead; what is empty is not shown.

    `who` leads, `how` that came about, `clause` and what it `says`; `line`: the line that leaves it open; `decides`:
    who settles it; `also` and `within`: other ground; `overlaps`: each with its clause; `differs`: what the reporter
    says instead. `sure`: neither contested, nor on a line, nor unknown.
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
    sure: bool = True


def lead_words(desk: Desk, report: Report, lead: Lead | None) -> LeadWords:
    """Who leads this incident (`known_lead`), as far as agreements and boundaries say."""
    body, picture = report.body, desk.picture
    assert isinstance(body, Incident)
    if lead is None:
        doubtful = picture.home.doubt(report.agency, body.lat, body.lon) is not None
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
        how=_how(lead),
        clause="\n".join(clause_words(term) for term in (lead.claims or (lead.term,)) if term is not None),
        says="" if lead.contested else sentence(lead.term),
        line=_line(picture, lead),
        decides=_decides(picture, lead),
        also=f"Also in jurisdiction: {also}" if also else "",
        within=f"Within: {planned}" if planned else "",
        overlaps=tuple(_overlap(picture, one, lead.term) for one in lead.overlaps),
        differs=_differs(picture, report, body, lead),
        sure=not lead.contested and not lead.on_line,
    )


def leading(desk: Desk, report: Report) -> tuple[str, ...]:
    """The agencies that lead it; where neither agreement nor boundary says, the one that its reporter names."""
    lead = known_lead(desk, report)
    if lead is not None and lead.agencies:
        return lead.agencies
    said = report.body.lead if isinstance(report.body, Incident) else ""
    return (said,) if said else ()


def leading_words(desk: Desk, report: Report) -> str:
    """The same on one line of a card: "Charlotte Fire + Airport Police", "contested: A or B"; empty if nobody does."""
    names = [wording.agency_name(desk.picture, one) for one in leading(desk, report)]
    lead = known_lead(desk, report)
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


def known_lead(desk: Desk, report: Report) -> Lead | None:
    """Who leads; None where that cannot be said: no place, or one that can hardly be true."""
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


def _how(lead: Lead) -> str:
    inside = f"inside {wording.one_line(lead.jurisdiction.name)} — " if lead.jurisdiction is not None else ""
    return f"{inside}{wording.one_line(lead.reason).partition(_ON_LINE)[0]}"


def _line(picture: Picture, lead: Lead) -> str:
    if not lead.on_line:
        return ""
    names = dict.fromkeys(
        wording.one_line(one.name) or wording.agency_name(picture, one.agency) for one in lead.on_line
    )
    where = f"⚠ On the line {'between' if len(names) > 1 else 'of'} {_joined(names, ' and ')}"
    if not lead.across:
        return where
    others = _joined((wording.agency_name(picture, one) for one in lead.across), " and ")
    return f"{where}: on the other side {others} would lead"


def _decides(picture: Picture, lead: Lead) -> str:
    if not lead.contested:
        return ""
    if not lead.decides:
        return "⚠ No clause says who decides: settle it by voice"
    by = f", by {cited(lead.escalation)}" if lead.escalation is not None else ""
    return f"⚠ {wording.agency_name(picture, lead.decides)} decides{by}{_office(lead.escalation)}"


def _office(term: Term | None) -> str:
    clause = term.clause if term is not None else None
    if not isinstance(clause, EscalateClause):
        return ""
    said = " · ".join(wording.one_line(part) for part in (clause.office, clause.contact) if part)
    return f" ({said})" if said else ""


def _overlap(picture: Picture, overlap: Overlap, decided: Term | None) -> str:
    """Ground that the incident touches, and the clause that speaks of it, cited shortly where it is of the same."""
    words, term = f"⚠ Overlap: {wording.one_line(overlap.words)}", overlap.term
    if term is None:
        return words
    number = f"§{wording.one_line(term.clause.number)}"
    if number not in words:
        words = f"{words} — {cited(term)} {_ordered(picture, term)}".rstrip()
    same = decided is not None and decided.agreement.id == term.agreement.id
    return words.replace(cited(term), number) if same else words


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
