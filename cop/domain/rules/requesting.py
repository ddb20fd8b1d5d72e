"""What a desk may say of resource requests: every action returns the words to say, or a refusal and its reason.

Who asked changes and cancels; a giver speaks of its own resources, and gives never more than it has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from cop.domain.desk import Command, Operator, Refusal
from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.rules.actions import may
from cop.domain.rules.requests import GIVING, free, gone, request_of, resource_of

_DONE = Refusal("What was delivered cannot be changed: offer more, or write in the log.")


def ask(operator: Operator, request: ResourceRequest, at: datetime) -> Command | Refusal:
    """Ask the others for resources."""
    refusal = may(operator, "request_resource") or _why_not_ask(request, at)
    if refusal is not None:
        return refusal
    return Command(
        msgspec.structs.replace(request, what=request.what.strip(), asked_at=at, at=at, rev=1, by=operator.name)
    )


def change(operator: Operator, known: Report, changed: ResourceRequest, at: datetime) -> Command | Refusal:
    """Who asked asks for something else, or for another number."""
    request = request_of(known)
    refusal = may(operator, "request_resource") or _why_not_theirs(operator, known, "changes")
    refusal = refusal or _why_not_ask(changed, at, before=request)
    if refusal is not None:
        return refusal
    head = {"id": request.id, "asked_at": request.asked_at, "at": at, "rev": request.rev + 1, "by": operator.name}
    return Command(msgspec.structs.replace(changed, what=changed.what.strip(), cancelled=False, signature=None, **head))


def cancel(operator: Operator, known: Report, reason: str, at: datetime) -> Command | Refusal:
    """Who asked needs it no longer; givers read why."""
    refusal = may(operator, "request_resource") or _why_not_theirs(operator, known, "cancels")
    if refusal is not None:
        return refusal
    if not reason.strip():
        return Refusal("Say why: others may be on their way.")
    request = request_of(known)
    return Command(
        msgspec.structs.replace(
            request,
            cancelled=True,
            reason=reason.strip(),
            at=at,
            rev=request.rev + 1,
            by=operator.name,
            signature=None,
        )
    )


@dataclass(frozen=True, slots=True)
class Giver:
    """A desk that gives towards a request: what its agency `said` to it, of which resource (`lent`), all its `fills`.

    `called` gives an agency's name for a refusal.
    """

    operator: Operator
    request: Report
    at: datetime
    said: Fill | None = None
    lent: Report | None = None
    fills: tuple[tuple[str, Fill], ...] = ()
    called: Callable[[str], str] = str

    def offer(
        self, quantity: int, resource: Report | None = None, *, eta_s: int | None = None, note: str = ""
    ) -> Command | Refusal:
        """Give this many, of this resource of ours (none: of what no board shows), more or fewer than before.

        Never more than there are. Where this role marks resources, the resource's mark follows in the same breath.
        """
        refusal = self._why_not()
        if refusal is not None:
            return refusal
        if quantity < 1:
            return Refusal("Offer at least one, or decline.")
        before = self.said.delivered if self.said is not None else 0
        if self.said is not None and self.said.state == "delivered":
            before = self.said.quantity
        refusal = self._why_too_many(quantity, resource)
        if refusal is not None:
            return refusal
        marked, also = self._marked(quantity, resource)
        fill = self._word(
            state="offered",
            quantity=before + quantity,
            delivered=before,
            marked=marked,
            resource=resource.body.id if resource is not None else "",
            eta_s=eta_s,
            reason=note.strip(),
        )
        other = resource is None or self.lent is None or resource.key != self.lent.key
        return Command(fill, (*(self._put_back() if other else ()), *also))

    def en_route(self, eta_s: int | None = None) -> Command | Refusal:
        """What we offered is on its way."""
        if (refusal := self._why_not() or self._why_not_from({"offered", "en_route"}, "on its way")) is not None:
            return refusal
        return Command(self._word(state="en_route", eta_s=eta_s))

    def delivered(self) -> Command | Refusal:
        """All that we gave has been handed over, also where it is cancelled meanwhile."""
        refusal = may(self.operator, "fill_request") or self._why_not_from({"offered", "en_route"}, "delivered")
        if refusal is not None:
            return refusal
        return Command(self._word(state="delivered", delivered=0, eta_s=None))

    def decline(self, reason: str) -> Command | Refusal:
        """Nothing of ours, and why."""
        refusal = self._why_not()
        if refusal is not None:
            return refusal
        if self.said is not None and self.said.state in GIVING:
            return Refusal("We give something already: withdraw that.")
        if not reason.strip():
            return Refusal("Say why: the asker needs a reason to look elsewhere.")
        return Command(self._word(state="declined", quantity=0, marked=0, eta_s=None, reason=reason.strip()))

    def withdraw(self, reason: str) -> Command | Refusal:
        """What we offered does not come after all; what was set aside for it is available again."""
        refusal = may(self.operator, "fill_request") or self._why_not_from({"offered", "en_route"}, "withdrawn")
        if refusal is not None:
            return refusal
        if not reason.strip():
            return Refusal("Say why: they count on it.")
        fill = self._word(state="withdrawn", eta_s=None, reason=reason.strip(), marked=0)
        return Command(fill, self._put_back())

    def _why_not(self) -> Refusal | None:
        refusal = may(self.operator, "fill_request")
        if refusal is not None:
            return refusal
        request = request_of(self.request)
        if request.cancelled:
            return Refusal(f"{self.called(self.request.agency)} needs it no longer: the request is cancelled.")
        if request.asked_of and self.operator.agency not in request.asked_of:
            return Refusal(f"This is asked of {', '.join(self.called(one) for one in request.asked_of)}.")
        return None

    def _why_not_from(self, states: set[str], words: str) -> Refusal | None:
        if self.said is None or self.said.state not in GIVING | {"withdrawn", "declined"}:
            return Refusal("We have offered nothing yet.")
        if self.said.state in states:
            return None
        if self.said.state == "delivered":
            return _DONE
        return Refusal(f"What is {self.said.state} cannot be {words}: offer it first.")

    def _why_too_many(self, quantity: int, resource: Report | None) -> Refusal | None:
        if resource is None:
            return None
        if resource.agency != self.operator.agency:
            return Refusal(f"This resource is {self.called(resource.agency)}'s; only they give it.")
        left = self.free(resource)
        said, marks = self.said, may(self.operator, "mark_resource") is None
        if (
            not marks
            and said is not None
            and gone(self.operator.agency, resource_of(resource), [(resource.agency, said)])
        ):
            return Refusal("Some of it were delivered: the liaison marks how many are left before more are offered.")
        if quantity <= left:
            return None
        name = " ".join(resource_of(resource).name.split()) or resource.body.id
        return Refusal(f"{left or 'None'} of {name} can be given; {quantity} cannot.")

    def free(self, resource: Report) -> int:
        """What can be given to this request: what is free, and what was set aside for it already."""
        key = f"{self.request.agency}/{self.request.body.id}"
        left = free(self.operator.agency, resource_of(resource), self.fills, self.at, but=key)
        return left + self._set_aside(resource.body.id)

    def _set_aside(self, resource: str) -> int:
        said = self.said
        if said is None or said.resource != resource or said.state not in {"offered", "en_route"}:
            return 0
        return min(said.marked, said.quantity - said.delivered)

    def _marked(self, quantity: int, resource: Report | None) -> tuple[int, tuple[Resource, ...]]:
        """How many are taken off what is available, and the word that does it; none where this role marks nothing."""
        if resource is None:
            return 0, ()
        aside = self._set_aside(resource.body.id)
        if may(self.operator, "mark_resource") is not None:
            return min(aside, quantity), ()
        return quantity, (self._left(resource, aside - quantity),)

    def _put_back(self) -> tuple[Resource, ...]:
        """What was set aside of the resource that we gave is available again."""
        aside = self._set_aside(self.lent.body.id) if self.lent is not None else 0
        if self.lent is None or not aside or may(self.operator, "mark_resource") is not None:
            return ()
        return (self._left(self.lent, aside),)

    def _left(self, resource: Report, more: int) -> Resource:
        """The resource with so many more available, or fewer."""
        body = resource_of(resource)
        available = body.available + more - gone(self.operator.agency, body, self.fills)
        available = max(0, min(body.quantity, available))
        availability = body.availability
        if not available and availability in {"available", "unknown"}:
            availability = "committed"
        elif available and availability == "committed":
            availability = "available"
        return msgspec.structs.replace(
            body,
            available=available,
            availability=availability,
            at=self.at,
            rev=body.rev + 1,
            by=self.operator.name,
            signature=None,
        )

    def _word(self, **fields: object) -> Fill:
        request = self.request.body
        said = self.said or Fill(id=request.id, at=self.at, requester=self.request.agency)
        said = msgspec.structs.replace(said, at=self.at, rev=said.rev + 1, by=self.operator.name, signature=None)
        return msgspec.structs.replace(said, **{"reason": "", **fields})


def _why_not_theirs(operator: Operator, known: Report, doing: str) -> Refusal | None:
    if known.agency != operator.agency:
        return Refusal(f"This request is {known.agency}'s; only they {doing[:-1]} it.")
    if request_of(known).cancelled:
        return Refusal("The request is cancelled: ask anew.")
    return None


def _why_not_ask(request: ResourceRequest, at: datetime, before: ResourceRequest | None = None) -> Refusal | None:
    if not request.what.strip():
        return Refusal("Say what is needed.")
    if request.quantity < 1:
        return Refusal("Ask for at least one.")
    due = request.needed_by
    if due is not None and due <= at and (before is None or due != before.needed_by):
        return Refusal("By-when is in the past.")
    if (request.lat is None) != (request.lon is None):
        return Refusal("A place needs both latitude and longitude.")
    return None
