"""Whom something is for: an agency that is known here, by its own spelling, or anybody.

A clause that hides from "york-sheriff" says nothing of "York-Sheriff": a name that nobody bears would get what is open
to all, and be taken for the answer to what that agency may see.
"""

import difflib
from collections.abc import Iterable

from cop.domain.agreement import EVERYONE, Agreements, AidClause, EscalateClause, ShareClause
from cop.picture.ground import Ground
from cop.picture.picture import Picture

_KINDS = ("unit", "incident", "resource", "task", "zone", "presence")


def readers(picture: Picture, agreements: Agreements, ground: Ground, own: str) -> frozenset[str]:
    """The agencies that anything here speaks of."""
    found = {own, *picture.agencies, *(one.agency for one in ground.jurisdictions)}
    found.update(agency for agency, _ in picture.tracks.keys)
    for kind in _KINDS:
        found.update(report.agency for report in picture.table(kind).values())
    found.update(getattr(report.body, "assignee_agency", "") for report in picture.tasks.values())
    for term in agreements.terms:
        clause = term.clause
        found.update(term.agreement.parties)
        if isinstance(clause, ShareClause):
            found.update((clause.giver, *clause.to))
        elif isinstance(clause, AidClause):
            found.update((clause.giver, *clause.takers))
        elif isinstance(clause, EscalateClause):
            found.add(clause.decides)
    return frozenset(found - {"", EVERYONE})


def check_reader(reader: str, known: Iterable[str]) -> None:
    """Raises ValueError, in words, for an agency that nobody here has heard of; no name is anybody."""
    names = sorted(set(known))
    if not reader or reader in names:
        return
    by_small = {one.casefold(): one for one in names}
    near = difflib.get_close_matches(reader.strip().casefold(), by_small, n=1, cutoff=0.75)
    meant = f"; is it {by_small[near[0]]!r}?" if near else ""
    raise ValueError(f"--for {reader!r}: no agency of that name is known here{meant} (without --for it is for anybody)")
