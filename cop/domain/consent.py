"""What the giver of a clause says about it from day to day: that it holds, is paused, or is withdrawn."""

from typing import Annotated, Literal

import msgspec

from cop.domain.statement import Moment, ShortText, Statement


class Pause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time in which a clause does not hold; open while it has no `until`."""

    since: Moment
    until: Moment | None = None


class Consent(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="consent"):
    """The giver's word about a clause: topic `consent/<agreement>~<clause>`; nobody else's counts.

    It carries all its pauses, so that whether the clause held at a moment needs no earlier word. What was asked while
    it held stays as it is: a pause is for what is asked after it.
    """

    agreement: ShortText
    clause: ShortText
    state: Literal["given", "paused", "withdrawn"] = "given"
    withdrawn_at: Moment | None = None
    pauses: Annotated[tuple[Pause, ...], msgspec.Meta(max_length=1000)] = ()
    reason: ShortText = ""


def consent_id(agreement: str, clause: str) -> str:
    """The id of the word about a clause."""
    return f"{agreement}~{clause}"
