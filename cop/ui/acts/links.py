"""What a person does with links: merge two incidents into one picture, relate them, take them apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cop.domain.desk import Refusal
from cop.domain.incident import Incident, Link
from cop.domain.report import Report
from cop.domain.rules.links import Likeness, Linker, likeness
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Key
from cop.picture.names import agency_name

if TYPE_CHECKING:
    from cop.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Likely:
    """Another incident, and why it looks the same or not."""

    key: Key
    likeness: Likeness


class LinkActs:
    """Every act returns None when it was taken, else the refusal, as all of the desk do."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def merge(self, first: Key, second: Key) -> Refusal | None:
        """Show two incidents as one; both stay their agencies'."""
        return self._desk.do(self._linker(first).merge(*self.ends(first, second)))

    def relate(self, first: Key, second: Key) -> Refusal | None:
        """Link two incidents that have to do with each other."""
        return self._desk.do(self._linker(first).relate(*self.ends(first, second)))

    def unlink(self, first: Key, second: Key) -> Refusal | None:
        """Take two incidents apart, whoever linked them."""
        return self._desk.do(self._linker(first).unlink(first, second))

    def candidates(self, key: Key) -> list[Likely]:
        """The incidents that this one can be merged with by us, those that look the same first."""
        picture, own = self._desk.picture, self._desk.operator.agency
        known = picture.incidents.get(key)
        if known is None or not isinstance(known.body, Incident):
            return []
        same = picture.same.of(key)
        ours = any(one[0] == own for one in same)
        found = []
        for lead in picture.same.leads():
            report = picture.incidents[lead]
            if lead in same or report.exercise != known.exercise:
                continue
            parts = picture.same.of(lead)
            if not ours and not any(one[0] == own for one in parts):
                continue
            like = min((self._likeness(known, picture.incidents[one]) for one in parts), key=lambda one: one.order)
            over = getattr(report.body, "status", "") in INCIDENT_OVER
            if not over or like.likely:
                found.append(Likely(lead, like))
        return sorted(found, key=lambda one: (one.likeness.order, one.key))

    def ends(self, first: Key, second: Key) -> tuple[Key, Key]:
        """What to say of two that may be groups: one of the two must be ours, so the ends are chosen that way."""
        picture, own = self._desk.picture, self._desk.operator.agency
        if own in {first[0], second[0]}:
            return first, second
        mine = next((one for one in picture.same.of(first) if one[0] == own), None)
        if mine is not None:
            return mine, second
        return first, next((one for one in picture.same.of(second) if one[0] == own), second)

    def _likeness(self, first: Report, second: Report) -> Likeness:
        assert isinstance(first.body, Incident)
        assert isinstance(second.body, Incident)
        return likeness(first.body, second.body)

    def _linker(self, first: Key) -> Linker:
        desk, picture = self._desk, self._desk.picture
        known = picture.incidents.get(first)
        drill = known.exercise if known is not None else bool(desk.exercise)
        said = [
            (report.agency, report.body)
            for _, report in sorted(picture.links.items())
            if isinstance(report.body, Link) and report.exercise == drill
        ]
        return Linker(
            desk.operator,
            said,
            desk.now(),
            lambda: desk.new_id("link"),
            lambda agency: agency_name(picture, agency),
        )
