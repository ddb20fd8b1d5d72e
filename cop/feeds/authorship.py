"""Who said a message: the one place where its author is established, and refused where hands and words do not fit.

An agency writes below its own level of the tree alone, which the broker's rules guard (`docs/architecture.md`); the
payload says agency, operator and role of itself. Both must agree. Signatures will be checked here, and nowhere else.
"""

from typing import NamedTuple

from cop.domain.report import Report, kind_of
from cop.domain.rules.spoken import why_not_theirs


class Author(NamedTuple):
    """The agency whose word it is, and the person and role that it names."""

    agency: str
    operator: str
    role: str


class WrongHands(Exception):  # noqa: N818 - named for what happened, as BadMessage
    """A message that is not its author's to say; `reason` in the field's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def author_of(report: Report) -> Author:
    """The author of a report, `report.agency` being the owner of the part of the tree that it came in.

    Other formats than our own name no role: there the feed's agency is the author, as `cop.toml` says, and its system
    speaks, which gives no consent and takes no command. To take a word back needs no role, for an emptied topic names
    none; one that is named must fit. Raises WrongHands.
    """
    body, kind = report.body, kind_of(report.body)
    role = body.role if report.source.format == "cop-json" else "system"
    if body.agency and body.agency != report.agency:
        raise WrongHands(f"it says that it comes from {body.agency[:64]}")
    if kind == "retraction" or (body.deleted and not role):
        return Author(report.agency, body.by, role)
    refusal = why_not_theirs(kind, role)
    if refusal:
        raise WrongHands(refusal)
    return Author(report.agency, body.by, role)
