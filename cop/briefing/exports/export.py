"""What is to be written into a file: what may leave, which of it is wanted, and what the file says of itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cop.briefing.leaving import Applied, Leaving
from cop.briefing.occasion import Occasion
from cop.domain.flat import rfc3339
from cop.domain.rules.share import NOBODY_NAMED
from cop.domain.words import ROLES, label
from cop.picture.names import agency_name, one_line

if TYPE_CHECKING:
    from cop.briefing.exports.looks import Draw

#: what can be asked for, and how it is called on the screen; "trail": where units had been
KINDS = {
    "unit": "Units and their positions",
    "trail": "Trails of units",
    "incident": "Incidents",
    "task": "Tasks",
    "resource": "Resources",
    "zone": "Zones",
    "alert": "Alerts",
    "log": "Log",
}
ANYBODY = "anybody"

#: an object: its kind, agency and id
ObjectKey = tuple[str, str, str]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which part: `kinds` of `KINDS`, empty for all that a format is usually asked for; `only` some objects.

    Trails go back to `since` (epoch seconds). `for_excel` puts a byte order mark before a table: Excel takes what has
    none for the code page of its country.
    """

    kinds: frozenset[str] = frozenset()
    only: frozenset[ObjectKey] = frozenset()
    since: float = 0.0
    for_excel: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """What is written, the same for all formats."""

    leaving: Leaving
    occasion: Occasion
    wanted: Wanted
    #: draws a symbol as a PNG, where a format holds symbols; None: nobody here can draw
    draw: "Draw | None" = None

    @property
    def at(self) -> datetime:
        """The moment that it shows."""
        return self.leaving.at

    def kinds(self, usual: tuple[str, ...], possible: tuple[str, ...]) -> frozenset[str]:
        """The kinds to write in a format: what was asked for of what it can hold, or what is usual in it."""
        of_only = {kind for kind, _agency, _id in self.wanted.only}
        of_only |= {"trail"} if "unit" in of_only else set()
        wanted = self.wanted.kinds or (set(usual) & of_only if of_only else set(usual)) or of_only
        return frozenset(wanted) & set(possible)

    def has(self, kind: str, agency: str, object_id: str) -> bool:
        """Whether an object is wanted, its kind apart; a unit's trail is wanted where the unit is."""
        only = self.wanted.only
        as_unit = ("unit", agency, object_id)
        return not only or (kind, agency, object_id) in only or (kind == "trail" and as_unit in only)


def head(export: Export) -> dict[str, str]:
    """What every file says of itself, in the words of its fields; what there is nothing to say of is left out."""
    occasion = export.occasion
    said = {
        "as_of": rfc3339(export.at),
        "made_at": rfc3339(occasion.made_at),
        "operation": one_line(occasion.operation),
        "exercise": f"EXERCISE: {one_line(occasion.exercise)}" if occasion.exercise else "",
        "replay": one_line(occasion.past),
        "classification": one_line(occasion.classification),
        "for": reader_words(export.leaving, occasion.reader),
        "by": by_words(export),
        "clauses": "; ".join(map(clause_words, export.leaving.applied)),
    }
    return {name: words for name, words in said.items() if words}


def title(export: Export) -> str:
    """One line: how it is marked, of which operation, as of when."""
    said = head(export)
    marks = [said.get("classification", ""), said.get("exercise", ""), "REPLAY" if "replay" in said else ""]
    operation = said.get("operation", "")
    named = "" if operation in said.get("exercise", "") else operation
    return " — ".join(filter(None, (*marks, named, f"as of {said['as_of']}")))


def reader_words(leaving: Leaving, reader: str) -> str:
    """Whom it is for."""
    return ANYBODY if reader == NOBODY_NAMED else one_line(agency_name(leaving.picture, reader))


def by_words(export: Export) -> str:
    """Who made it."""
    operator = export.occasion.operator
    who = (operator.name, label(ROLES, operator.role), agency_name(export.leaving.picture, operator.agency))
    return one_line(", ".join(filter(None, who)))


def clause_words(applied: Applied) -> str:
    """A clause that was obeyed, as one reads it: "Gastonia PD, MOU §5: positions not shown (3)"."""
    return one_line(f"{applied.giver}, {applied.words}: {applied.what} ({applied.count})")


def clauses_as_json(export: Export) -> list[dict[str, Any]]:
    """The clauses that were obeyed, for programs."""
    return [
        {"giver": one.giver, "clause": one.words, "what": one.what, "count": one.count}
        for one in export.leaving.applied
    ]
