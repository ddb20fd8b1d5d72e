"""What was chosen of a file as zones of ours."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from cop.briefing.imports.ground import Drawn
from cop.domain.area import Zone
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.rules import actions
from cop.domain.words import ZONE_KINDS
from cop.picture.change import Key
from cop.picture.names import one_line

#: of so many at once each is seen on the map
MOST_ZONES = 200


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for all that is imported at once: `kind` empty is what each says or looks like."""

    kind: str = ""
    incident: Key | None = None
    expires_at: datetime | None = None
    summary: str = ""


def kind_of(one: Drawn, choice: Choice) -> str:
    """The kind of zone that it becomes."""
    return choice.kind or one.kind


def command(
    operator: Operator, some: Sequence[Drawn], choice: Choice, at: datetime, new_id: Callable[[], str]
) -> Command | Refusal:
    """Publish them, all or none: by the rule by which a desk draws a zone."""
    if not some:
        return Refusal("Choose what is to be drawn.")
    if len(some) > MOST_ZONES:
        return Refusal(f"{len(some):,} are chosen; at most {MOST_ZONES} zones are drawn at once.")
    said = []
    for one in some:
        if one.wrong:
            return Refusal(f"{one.name or 'One of them'} cannot be drawn: {one.wrong}.")
        decided = actions.draw_zone(operator, zone_of(one, choice, at, new_id()), at)
        if isinstance(decided, Refusal):
            return Refusal(f"{one.name}: {decided.reason}" if one.name else decided.reason)
        said.append(decided.body)
    return Command(said[0], tuple(said[1:]))


def zone_of(one: Drawn, choice: Choice, at: datetime, zone_id: str) -> Zone:
    """One of them as a zone."""
    kind = kind_of(one, choice)
    label = ZONE_KINDS[kind].label if kind in ZONE_KINDS else kind
    agency, incident = choice.incident or ("", "")
    begins = one.feature.begins if one.feature.begins is not None and one.feature.begins > at else None
    return Zone(
        id=zone_id,
        at=at,
        kind=kind,
        name=one_line(one.name)[:256] or label,
        summary="\n".join(filter(None, (one.feature.summary[:8_000], choice.summary))),
        geometry=one.geometry if one.form is None else {},
        form=one.form,
        incident_agency=agency,
        incident=incident,
        starts_at=begins,
        expires_at=choice.expires_at,
    )
