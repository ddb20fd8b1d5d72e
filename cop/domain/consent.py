"""What the giver of a clause says about it from day to day: that it holds, is paused, or is withdrawn."""

from typing import Annotated, Literal

import msgspec

from cop.domain.statement import Moment, ShortText, Statement

#: agency, task and unit of a task that leans on a clause
ShortClaim = Annotated[str, msgspec.Meta(max_length=700)]


class Pause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time in which a clause does not hold; open while it has no `until`.

    `standing` are the tasks, "agency/task/unit", that the giver knew to stand by the clause when it began. One that
    says it was asked before, and is not among them, had not reached the giver: it is asked, as any other. Without a
    list the times alone decide.
    """

    since: Moment
    until: Moment | None = None
    standing: Annotated[tuple[ShortClaim, ...], msgspec.Meta(max_length=1000)] | None = None


class Consent(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="consent"):
    """The giver's word about a clause: topic `consent/<agreement>~<clause>`; nobody else's counts.

    It carries all its pauses, so that whether the clause held at a moment needs no earlier word. What was asked while
    it held stays as it is: a pause is for what is asked after it. A withdrawal is a pause without end besides;
    `deleted` is a withdrawal too: to take a word back must not give what it took.
    """

    agreement: ShortText
    clause: ShortText
    state: Literal["given", "paused", "withdrawn"] = "given"
    withdrawn_at: Moment | None = None
    pauses: Annotated[tuple[Pause, ...], msgspec.Meta(max_length=1000)] = ()
    reason: ShortText = ""


def can_be_named(agreement: str, clause: str) -> bool:
    """Whether a giver can say a word about a clause: its id is the last level of a topic."""
    named = consent_id(agreement, clause)
    return len(named) <= 128 and not any(one in "/+#" or one < " " for one in named)


def consent_id(agreement: str, clause: str) -> str:
    """The id of the word about a clause."""
    return f"{agreement}~{clause}"
