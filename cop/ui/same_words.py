"""What the page of an incident says of others: who else reports it, and what it is linked with."""

from dataclasses import dataclass, replace

from cop.domain.incident import Incident, Link
from cop.domain.report import Report
from cop.domain.rules.same import APART, SAME, speaks_for
from cop.domain.words import INCIDENT_STATUSES, label
from cop.picture.change import Key
from cop.picture.sameness import links_with
from cop.ui import wording
from cop.ui.desk import Desk

#: what the other incident is to this one, by relation and by whether the other stands first
_RELATIONS = {
    ("related", True): "Related to this",
    ("related", False): "Related to this",
    ("parent", True): "This is a part of it",
    ("parent", False): "A part of this",
    ("split", True): "Split from this",
    ("split", False): "Split from this",
}
_MOST = 8


@dataclass(frozen=True, slots=True)
class Other:
    """Another report beside this incident; `why` is what it has to do with this one. One not known has no lines."""

    key: Key
    name: str
    why: str
    lines: tuple[str, ...] = ()
    known: bool = True
    #: this desk's agency may have a say in whether they belong together
    parts: bool = False


def also_reported(desk: Desk, key: Key) -> list[Other]:
    """The other reports of the same incident, the leading one first: each in its own agency's words."""
    group = desk.picture.same.of(key)
    ours = any(one[0] == desk.operator.agency for one in group)
    return [replace(_told(desk, one, _whose(desk, one)), parts=ours) for one in group if one != key]


def linked(desk: Desk, key: Key) -> list[Other]:
    """What else anybody links it with: related ones, parts, the same by a word that does not join, those not known."""
    same = desk.picture.same.of(key)
    found: dict[tuple[Key, str], Other] = {}
    for report, other, first in links_with(desk.picture.links, key):
        if other not in same:
            why = _why(desk, report, first)
            ours = report.agency == desk.operator.agency and getattr(report.body, "relation", "") != APART
            found[other, why] = replace(_told(desk, other, why), parts=ours)
    return [found[one] for one in sorted(found)]


def shown(others: list[Other]) -> tuple[list[Other], str]:
    """As many as fit on a page, and how many more there are."""
    more = len(others) - _MOST
    return others[:_MOST], f"and {more} more" if more > 0 else ""


def _why(desk: Desk, report: Report, first: bool) -> str:
    link = report.body
    assert isinstance(link, Link)
    who = wording.agency_name(desk.picture, report.agency)
    own = speaks_for(report.agency, link)
    if link.relation == SAME:
        return f"The same, says {who}" if own else f"The same, says {who}; neither is theirs, so both are shown"
    relation = wording.shortened(wording.one_line(link.relation), 40)
    words = _RELATIONS.get((link.relation, first)) or label({}, relation)
    return words if own else f"{words}, says {who}"


def _told(desk: Desk, key: Key, why: str) -> Other:
    report = desk.picture.incidents.get(key)
    if report is None or not isinstance(report.body, Incident):
        return Other(key, f"{wording.one_line(key[1])} · not known here", why, (_whose(desk, key),), known=False)
    body = report.body
    where = " · ".join(part for part in (wording.one_line(body.address), wording.place(body.lat, body.lon)) if part)
    opened = wording.span((desk.now() - (body.opened_at or body.at)).total_seconds())
    state = f"P{body.priority} · {label(INCIDENT_STATUSES, body.status).lower()} · opened {opened} ago"
    summary = wording.shortened(wording.one_line(body.summary[:1000]), 240)
    lines = tuple(part for part in (where, state, summary) if part)
    return Other(key, wording.drill(report, desk.exercise) + wording.incident_title(report), why, lines)


def _whose(desk: Desk, key: Key) -> str:
    return wording.agency_name(desk.picture, key[0])
