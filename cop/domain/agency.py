"""An agency and the desks that speak for it."""

from typing import Annotated

import msgspec

from cop.domain.statement import ShortText, Statement


class Agency(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="profile"):
    """Who an agency is: topic `profile`. `colour` is `#rrggbb`."""

    name: ShortText
    disciplines: tuple[ShortText, ...] = ()
    colour: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    contact: ShortText = ""
    certificate: str | None = None


class Presence(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="presence"):
    """A desk of an agency is online or gone: topic `presence/<desk>`; gone is the MQTT last will."""

    online: bool
    operator: ShortText = ""
    role: ShortText = ""
