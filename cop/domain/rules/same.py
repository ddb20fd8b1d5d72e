"""Which reports of incidents tell of one and the same, on whose word, and which of them leads."""

from collections.abc import Iterable, Iterator

from cop.domain.incident import Incident, Link
from cop.domain.words import INCIDENT_OVER

#: agency and id of an incident
End = tuple[str, str]
#: an agency, and the link that it said
Said = tuple[str, Link]

SAME, APART = "same", "split"


def ends_of(link: Link) -> tuple[End, End] | None:
    """The two incidents of a link, the first one first; None where it names no two."""
    ends = tuple(_end(text) for text in (link.first, link.second))
    first, second = ends
    return (first, second) if all(first) and all(second) and first != second else None


def speaks_for(agency: str, link: Link) -> bool:
    """Whether an agency may say this: one of the two incidents is its own. A third party's word changes no queue."""
    ends = ends_of(link)
    return ends is not None and agency in {end[0] for end in ends}


def same_incidents(said: Iterable[Said]) -> dict[End, frozenset[End]]:
    """Who is the same as whom, for each incident that is the same as another; the order of the links changes nothing.

    Two are the same when the agency of one of them says so; what is the same as the same is the same too. Two that the
    agency of one of them calls split are not joined by a link between them, whoever says it: to show one incident twice
    costs a look, to hide one behind another costs more.
    """
    joined: set[frozenset[End]] = set()
    apart: set[frozenset[End]] = set()
    for agency, link in said:
        ends = ends_of(link)
        if link.relation in {SAME, APART} and ends is not None and speaks_for(agency, link):
            (joined if link.relation == SAME else apart).add(frozenset(ends))
    neighbours: dict[End, list[End]] = {}
    for pair in joined - apart:
        first, second = pair
        neighbours.setdefault(first, []).append(second)
        neighbours.setdefault(second, []).append(first)
    found: dict[End, frozenset[End]] = {}
    for start in neighbours:
        if start not in found:
            group = frozenset(_reached(start, neighbours))
            found.update(dict.fromkeys(group, group))
    return found


def leading_order(end: End, incident: Incident) -> tuple[bool, int, float, End]:
    """Sorts reports of the same incident: not over before over, then the most urgent, then the first opened."""
    opened = incident.opened_at or incident.at
    return (incident.status in INCIDENT_OVER, incident.priority, opened.timestamp(), end)


def _reached(start: End, neighbours: dict[End, list[End]]) -> Iterator[End]:
    seen, waiting = {start}, [start]
    while waiting:
        one = waiting.pop()
        yield one
        for other in neighbours[one]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)


def _end(text: str) -> End:
    agency, _, incident = text.partition("/")
    return agency, incident
