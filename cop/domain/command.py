"""Who is in command of an incident: each agency's own word about it, from which all desks read the same."""

from typing import Annotated

import msgspec

from cop.domain.statement import LongText, Moment, ShortText, Statement


class HandOver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Command once went from or to this agency, by the revision of the giver's word that offered it."""

    agency: ShortText
    rev: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class IncidentCommand(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="command"):
    """What an agency says about command of an incident: topic `command/<incident-agency>~<incident>`.

    `holds` claims it, `commander` is the person, `since` when it was taken. `offered_to` hands it over: the giver
    commands until that agency takes it with a word of its own that names giver and revision (`taken_from`,
    `taken_rev`), or declines it (`declined_from`, `declined_rev`). Agencies that each name the
    others in `with_agencies` are in unified command. It carries what went before, so that no earlier word is needed:
    `took` are the hand-overs that it accepted before `taken_from`, `gave` those of its own offers that were accepted.
    """

    incident_agency: ShortText
    incident: ShortText
    holds: bool = False
    commander: ShortText = ""
    since: Moment | None = None
    offered_to: ShortText = ""
    taken_from: ShortText = ""
    taken_rev: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    declined_from: ShortText = ""
    declined_rev: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    with_agencies: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=50)] = ()
    took: Annotated[tuple[HandOver, ...], msgspec.Meta(max_length=200)] = ()
    gave: Annotated[tuple[HandOver, ...], msgspec.Meta(max_length=200)] = ()
    reason: LongText = ""


def command_id(incident_agency: str, incident: str) -> str:
    """The id of an agency's word about command of an incident."""
    return f"{incident_agency}~{incident}"[:128]
