"""What desks write to each other and for the record."""

from typing import Annotated

import msgspec

from cop.domain.statement import ShortText, Statement


class LogEntry(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="log"):
    """A log line or message: topic `log/<entry>`; `to` names agencies, empty means everybody."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=65_536)]
    to: tuple[ShortText, ...] = ()
    incident_agency: ShortText = ""
    incident: ShortText = ""
