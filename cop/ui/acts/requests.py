"""What a person does with resource requests: ask, change, cancel; offer, say on its way, delivered, withdraw."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.rules import requesting, requests
from cop.domain.rules.requesting import Giver
from cop.domain.rules.requests import Standing, request_of
from cop.picture.change import Key
from cop.picture.names import agency_name

if TYPE_CHECKING:
    from cop.ui.desk import Desk

_WORDS = re.compile(r"[^\W_]+")
#: words of a request by which a resource is not known to be what is wanted
_SAY_NOTHING = frozenset({"type", "types", "unit", "units", "team", "teams", "with", "crew", "crews", "need", "needed"})


class RequestActs:
    """Every act returns None when it was taken, else the refusal, as all of the desk do."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def ask(self, request: ResourceRequest) -> Refusal | None:
        """Ask the others for resources."""
        return self._desk.do(requesting.ask(self._desk.operator, request, self._desk.now()))

    def change(self, known: Report, changed: ResourceRequest) -> Refusal | None:
        """Ask for something else, or for another number."""
        known = self._newest(known)
        return self._desk.do(requesting.change(self._desk.operator, known, changed, self._desk.now()))

    def cancel(self, known: Report, reason: str) -> Refusal | None:
        """What we asked for is needed no longer."""
        known = self._newest(known)
        return self._desk.do(requesting.cancel(self._desk.operator, known, reason, self._desk.now()))

    def offer(
        self, known: Report, quantity: int, resource: Key | None = None, *, eta_s: int | None = None, note: str = ""
    ) -> Refusal | None:
        """Give so many of a resource of ours; `resource` None is of what no board shows."""
        report = self._desk.picture.resources.get(resource) if resource is not None else None
        if resource is not None and report is None:
            return self._desk.do(Refusal("This resource is not in the picture any more."))
        return self._desk.do(self.giver(known).offer(quantity, report, eta_s=eta_s, note=note))

    def en_route(self, known: Report, eta_s: int | None = None) -> Refusal | None:
        """What we offered is on its way."""
        return self._desk.do(self.giver(known).en_route(eta_s))

    def delivered(self, known: Report) -> Refusal | None:
        """All that we gave has been handed over."""
        return self._desk.do(self.giver(known).delivered())

    def decline(self, known: Report, reason: str) -> Refusal | None:
        """Nothing of ours, and why."""
        return self._desk.do(self.giver(known).decline(reason))

    def withdraw(self, known: Report, reason: str) -> Refusal | None:
        """What we offered does not come after all."""
        return self._desk.do(self.giver(known).withdraw(reason))

    def giver(self, known: Report) -> Giver:
        """This desk as a giver towards a request."""
        desk, picture = self._desk, self._desk.picture
        known = self._newest(known)
        said = self.said(known)
        lent = picture.resources.get((desk.operator.agency, said.resource)) if said is not None else None
        return Giver(
            desk.operator, known, desk.now(), said, lent, self._own_fills(), lambda one: agency_name(picture, one)
        )

    def said(self, known: Report) -> Fill | None:
        """What our agency said to a request."""
        report = self._desk.picture.fills.get((self._desk.operator.agency, f"{known.agency}/{known.body.id}"))
        return report.body if report is not None and isinstance(report.body, Fill) else None

    def standing(self, known: Report, now: datetime | None = None) -> Standing:
        """How a request stands."""
        return self._desk.picture.asking.standing(known, now or self._desk.now())

    def standings(self) -> list[tuple[Report, Standing]]:
        """All requests and how they stand now."""
        picture, now = self._desk.picture, self._desk.now()
        return [(report, picture.asking.standing(report, now)) for report in picture.requests.values()]

    def free(self, resource: Report, known: Report | None = None) -> int:
        """How many of a resource of ours can be given; with a request, what was set aside for it counts too."""
        if known is not None:
            return self.giver(known).free(resource)
        assert isinstance(resource.body, Resource)
        return requests.free(resource.agency, resource.body, self._own_fills(), self._desk.now())

    def fitting(self, known: Report, *, surely: bool = False) -> list[Report]:
        """Our own resources, those first that fit a request best and have most free; `surely`: called as it is."""
        request, own = request_of(known), self._desk.operator.agency
        found = [
            (score, -self.free(report, known), key, report)
            for key, report in self._desk.picture.resources.items()
            if key[0] == own and (score := _unlike(request, report)) is not None and score < (3 if surely else 5)
        ]
        return [report for *_, report in sorted(found, key=lambda one: one[:3])]

    def open_for_us(self) -> list[Report]:
        """What others ask of us, that misses something and that we have not answered: the most urgent first."""
        own = self._desk.operator.agency
        waiting = [
            (report, stands)
            for report, stands in self.standings()
            if report.agency != own
            and stands.missing
            and stands.of(own) is None
            and (not request_of(report).asked_of or own in request_of(report).asked_of)
        ]
        return [report for report, _ in sorted(waiting, key=lambda one: urgency(*one))]

    def _own_fills(self) -> tuple[tuple[str, Fill], ...]:
        own = self._desk.operator.agency
        return tuple(
            (own, report.body)
            for key, report in self._desk.picture.fills.items()
            if key[0] == own and isinstance(report.body, Fill)
        )

    def _newest(self, known: Report) -> Report:
        return self._desk.picture.requests.get(known.key, known)


def urgency(report: Report, stands: Standing) -> tuple[object, ...]:
    """Sorts requests: those that miss something first, the overdue, the pressing, by priority, then by when."""
    body = request_of(report)
    due = body.needed_by.timestamp() if body.needed_by is not None else float("inf")
    done = stands.state in {"delivered", "cancelled"}
    return (done, not stands.missing, not stands.overdue, not stands.pressing, body.priority, due, report.key)


def _unlike(request: ResourceRequest, report: Report) -> int | None:
    """How little a resource fits a request: 0 of its type, 1 of its kind and named like it, 2 named like it, 3 of its
    kind alone, 4 else; None out of use. A kind is wide: foam and air monitors are both equipment.
    """
    body = report.body
    assert isinstance(body, Resource)
    if body.availability == "out_of_service":
        return None
    if request.nims_type and request.nims_type.casefold() == body.nims_type.casefold():
        return 0
    of_kind = request.kind != "unknown" and request.kind == body.kind
    wanted = set(_WORDS.findall(request.what.casefold())) - _SAY_NOTHING
    named = set(_WORDS.findall(f"{body.name} {body.nims_type} {body.kind}".casefold())) - _SAY_NOTHING
    if any(one[:4] == other[:4] for one in wanted for other in named if len(one) > 3):
        return 1 if of_kind else 2
    return 3 if of_kind else 4
