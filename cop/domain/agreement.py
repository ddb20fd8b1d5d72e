"""Agreements as data: who leads where, whom one may ask for what, what is shown to whom, who decides.

An agreement is a file (`docs/agreements.md`); `cop.authority` reads it and finds the ground of its clauses.
Nothing here knows files.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Party = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
#: of a list of parties, agencies or kinds: all of them
EVERYONE = "*"
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Times(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """When a clause holds: on these days, between these hours of the wall clock in `zone`; over midnight is allowed.

    An hour over midnight belongs to the day on which it began.
    """

    days: tuple[Day, ...] = ()
    begins: time = time(0)
    ends: time = time(0)  # 00:00 is the end of the day
    zone: str = "UTC"


class Conditions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must be so for a lead clause to hold, all of it.

    `priority_at_least = 2` holds for priorities 1 and 2. `more_units_than` counts the units with an open task for the
    incident. `zone_active` names a planning zone by id or name: a zone of that name is drawn over the place and holds.
    """

    priority_at_least: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    more_units_than: Annotated[int, msgspec.Meta(ge=0)] | None = None
    zone_active: str = ""


class AreaTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Ground in words; exactly one of the fields says what it is, `within_m` goes with a road or any other to widen it.

    `jurisdiction` is an id of the boundaries, `agency` all ground of an agency, `zone_file` a GeoJSON file beside the
    agreement, `along_road` a road of the region's file, `inside_all` the ground that all of them share, `inside_any`
    that of any, each named as an area of the agreement, or a jurisdiction; `but_not` is taken away.
    """

    jurisdiction: str = ""
    agency: str = ""
    zone_file: str = ""
    along_road: str = ""
    inside_all: tuple[str, ...] = ()
    inside_any: tuple[str, ...] = ()
    within_m: Annotated[float, msgspec.Meta(ge=0, le=100_000)] = 0.0
    but_not: tuple[str, ...] = ()


class Area(AreaTerms, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Ground that an agreement names, for its clauses to speak of by this name."""

    id: Word
    title: str = ""


class Signatory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who signed for a party, and when."""

    party: Party
    name: Word
    office: str = ""
    on: date | None = None


class Clause(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"
):
    """What all clauses have: the number and the sentence of the paper, and for what, where and when they speak.

    Empty `types` are all incident types; a type stands for all below it (`words.is_of_type`). Empty `area` is
    everywhere: the name of an area of the agreement, the id of a jurisdiction, or terms.
    """

    number: Word
    says: Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
    types: tuple[Word, ...] = ()
    area: str | AreaTerms = ""
    times: Times = Times()


class LeadClause(Clause, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="lead"):
    """One leads, several lead together, or the closest of several does; exactly one of the three is said.

    Of those that apply, the one of the lowest `precedence` counts: 1 goes before 2. A clause of unified command also
    applies where only a zone of the incident reaches its ground, if one of those who lead at the place is of it and it
    goes before what decides there; any other clause is for the ground that the place itself lies on.
    """

    leads: str = ""
    unified: tuple[Party, ...] = ()
    closest_of: tuple[Party, ...] = ()
    precedence: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    when: Conditions = Conditions()


class AidClause(Clause, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="aid"):
    """`giver` lets the takers task its units of these kinds, `quantity` at a time, directly or when asked.

    Empty `kinds` are all kinds. Without `quantity` there is no limit. `answer_within_min` is how long a request waits
    before it goes to the next.
    """

    giver: Party
    takers: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    kinds: tuple[Word, ...] = ()
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    mode: Literal["direct", "request"] = "request"
    answer_within_min: Annotated[float, msgspec.Meta(gt=0, le=24 * 60)] | None = None


class ShareClause(Clause, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="share"):
    """What `giver` shows to these parties: positions of its units, and fields of its incidents.

    `details` are the kinds of incident fields that they may see beside the plain ones. `operations` are names of
    operations; empty means all.
    """

    giver: Party
    to: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    kinds: tuple[Word, ...] = ()
    positions: Literal["exact", "rounded", "delayed", "none"] = "exact"
    delay_min: Annotated[float, msgspec.Meta(gt=0, le=24 * 60)] = 15.0
    details: tuple[Literal["medical", "personal"], ...] = ()
    operations: tuple[Word, ...] = ()


class EscalateClause(Clause, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag="escalate"):
    """Who decides when two leads are claimed: an agency, and there the holder of an office."""

    decides: Party
    office: str = ""
    contact: str = ""


AnyClause = LeadClause | AidClause | ShareClause | EscalateClause


class Agreement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One agreement: its parties, how long it is in force (both days included, in `zone`), and its clauses."""

    id: Party
    title: Word
    parties: Annotated[tuple[Party, ...], msgspec.Meta(min_length=1)]
    in_force_from: date
    in_force_until: date | None = None
    zone: str = "UTC"
    signatories: tuple[Signatory, ...] = ()
    areas: tuple[Area, ...] = ()
    clauses: tuple[AnyClause, ...] = ()

    def in_force(self, at: datetime) -> bool:
        """Whether a moment lies in the days of the agreement."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A clause in its agreement, with its ground in WGS 84 degrees; `ground` None is everywhere."""

    agreement: Agreement
    clause: AnyClause
    ground: BaseGeometry | None = None
    ground_words: str = "everywhere"

    @property
    def key(self) -> tuple[str, str]:
        """Id of the agreement and number of the clause."""
        return (self.agreement.id, self.clause.number)

    @property
    def words(self) -> str:
        """As people cite it: "Regional Hazmat MOU §3.1"."""
        return f"{self.agreement.title} §{self.clause.number}"


class Agreements:
    """All agreements that a desk knows; the order in which they were read changes nothing.

    `incomplete`: there is an agreement that could not be applied, so that nobody knows what else it says.
    """

    def __init__(self, terms: Iterable[Term] = (), *, incomplete: bool = False) -> None:
        self.incomplete = incomplete
        self.terms: tuple[Term, ...] = tuple(sorted(terms, key=lambda term: term.key))
        self._by_key = {term.key: term for term in self.terms}
        for term in self.terms:  # their ground is asked about again and again
            if term.ground is not None:
                shapely.prepare(term.ground)
                # asked once here: what is prepared is built at the first question, later ones come from many threads
                west, south, east, north = term.ground.bounds
                shapely.intersects_xy(term.ground, (west + east) / 2, (south + north) / 2)

    def __bool__(self) -> bool:
        """Whether they say anything: also that nobody knows what they say."""
        return bool(self.terms) or self.incomplete

    def term(self, agreement: str, clause: str) -> Term | None:
        """The clause of that number."""
        return self._by_key.get((agreement, clause))

    @property
    def shares(self) -> "Agreements":
        """What is shown to whom alone: all that the feed process needs."""
        terms = (term for term in self.terms if isinstance(term.clause, ShareClause))
        return Agreements(terms, incomplete=self.incomplete)

    @cached_property
    def agreements(self) -> Sequence[Agreement]:
        """The agreements, by id."""
        return tuple({term.agreement.id: term.agreement for term in self.terms}.values())
