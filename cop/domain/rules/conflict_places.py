"""Conflicts of places: units in a hot zone without a task there, ground without a unit ready to go, refused words."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cop.domain.rules.conflict import About, Conflict, Proposal
from cop.domain.rules.conflict_tasks import Names
from cop.domain.rules.fitting import kind_called
from cop.domain.rules.same import End

#: of more units of one agency in a zone one line tells, not a line each
_EACH = 4
#: of those that leave a ground uncovered so many are named
_NAMED = 5


def in_hot_zone(
    zone: End, agency: str, inside: Mapping[End, datetime], *, zone_name: str, names: Names
) -> list[Conflict]:
    """Units of an agency that are inside a hot zone and have no task there, each with since when it is seen there."""
    about: About = ("zone", *zone)
    units = sorted(inside)
    if len(units) > _EACH:
        return [
            Conflict(
                key=("in_hot_zone", *zone, agency),
                kind="in_hot_zone",
                owner=agency,
                words=f"{len(units)} units of {names.agency(agency)} are inside {zone_name} without a task there",
                about=(*(("unit", *unit) for unit in units), about),
                since=min(inside.values()),
                proposal=Proposal("Show them", "show", (about,)),
            )
        ]
    return [
        Conflict(
            key=("in_hot_zone", *zone, *unit),
            kind="in_hot_zone",
            owner=agency,
            words=f"{names.unit(unit)} ({names.agency(agency)}) is inside {zone_name} without a task there",
            about=(("unit", *unit), about),
            since=inside[unit],
            proposal=Proposal("Order out", "order_out", (("unit", *unit), about)),
        )
        for unit in units
    ]


def coverage_void(agency: str, kind: str, *, units: Sequence[str], since: datetime, names: Names) -> Conflict:
    """An agency's ground without an available unit of a kind that it has; `units` are all it has of it."""
    about: tuple[About, ...] = tuple(("unit", agency, unit) for unit in units[:_NAMED])
    many = len(units)
    has = "its only one is not free there" if many == 1 else f"none of its {many} is free there"
    return Conflict(
        key=("coverage_void", agency, kind),
        kind="coverage_void",
        owner=agency,
        words=f"{names.agency(agency)} has no available {kind_called(kind)} on its ground: {has}",
        about=about,
        since=since,
        proposal=Proposal("Show its units" if many > 1 else "Show its unit", "show", about[:1]),
    )


def refused_words(
    agency: str, kind: str, reason: str, *, ids: Sequence[str], since: datetime, names: Names
) -> Conflict:
    """Words of an agency that were not taken, for one reason; the newest id last."""
    what = f"A {kind}" if len(ids) == 1 else f"{len(ids)} {kind}s"
    verb = "was" if len(ids) == 1 else "were"
    return Conflict(
        key=("refused_word", agency, kind, reason),
        kind="refused_word",
        owner=agency,
        words=f"{what} in {names.agency(agency)}'s name {verb} not taken: {reason}",
        about=((kind, agency, ids[-1]),) if ids else (),
        since=since,
    )
