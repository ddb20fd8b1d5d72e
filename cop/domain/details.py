"""What of an incident not everybody may read: shown to those alone whom a clause names."""

from typing import Annotated

import msgspec

from cop.domain.statement import LongText, ShortText, Statement


class IncidentDetails(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="details"):
    """Details of an incident of the sender's for one agency: topic `for/<to>/details/<incident>`; `id` the incident's.

    `medical` is of people's health, `personal` their names, numbers and addresses. Each copy holds what its reader may
    see, `under` names the clauses that say so. The agency's own desks read the copy addressed to itself.
    """

    to: ShortText
    medical: LongText = ""
    personal: LongText = ""
    under: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=100)] = ()


def details_id(to: str, incident: str) -> str:
    """The key of one reader's copy among those of its agency."""
    return f"{to}~{incident}"
