"""The desk: the one place where a person's action becomes a statement of the agency."""

import uuid
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from PySide6.QtCore import QObject, Signal

from cop.authority.authority import Authority, LeadChange
from cop.domain.area import Zone
from cop.domain.batch import Batch, Delivered
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report, Source, kind_of
from cop.domain.rules import actions
from cop.domain.rules.newer import next_revision
from cop.domain.statement import Statement
from cop.domain.zone_forms import fits
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.picture.whereabouts import Whereabouts
from cop.ui.acts.again import SayAgain
from cop.ui.acts.command import CommandActs
from cop.ui.acts.consents import ConsentActs
from cop.ui.acts.details import DetailsActs
from cop.ui.acts.links import LinkActs
from cop.ui.acts.our_words import OurWords
from cop.ui.acts.requests import RequestActs
from cop.ui.acts.tasks import TaskActs
from cop.ui.wording import agency_name

#: puts a command on disk before it returns; raises OSError if it cannot, ValueError if no desk would read it
Send = Callable[[Command], None]
#: so long after its end an alert or a zone can still be looked at where it is selected
_KEPT_WHEN_OVER = timedelta(hours=1)
#: why a desk of the past does nothing
THE_PAST = "This is the past: nothing is sent from here. LIVE brings you back."
_LET_GO_EVERY = timedelta(minutes=1)
_PASSED_LEADS = 500


class Desk(QObject):
    """Picture, ground, operator, and what the operator may do.

    Every action method returns None when it was taken, else the refusal; a taken action is on disk, stands in the
    picture as pending, and `changed` was emitted for it.
    """

    changed = Signal(object)  # Change: once a pulse, and once an action
    lead_passed = Signal(object)  # LeadChange: who leads an incident is no longer who did
    left = Signal(str)  # something has left this desk as a file: what, for whom, of when, in words
    refused = Signal(str)  # the reason of a refused action, in the field's words

    def __init__(
        self,
        operator: Operator,
        picture: Picture,
        ground: Ground,
        send: Send,
        *,
        exercise: str = "",
        operation: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        past: bool = False,
    ) -> None:
        """`past`: what stands in the picture was; `now` is the time that is looked at, and no action leaves here."""
        super().__init__()
        self.operator = operator
        self.picture = picture
        self.ground = ground
        self.whereabouts = Whereabouts(ground)  # of the units; whoever asks it tells it first what moved
        self.exercise = exercise  # the exercise's title; empty when live
        self.operation = operation or exercise  # as clauses name it that hold for some operations alone
        self.now = now
        self.past = past
        #: of the past: how what is shown differs from what this desk knew then, in words; empty where it does not
        self.seen_otherwise = ""
        self._send = send
        self.authority = Authority(
            picture, ground, picture.agreements, operator, now, live=not exercise, whereabouts=self.whereabouts
        )
        self.tasks = TaskActs(self)
        self.command = CommandActs(self)
        self.requests = RequestActs(self)
        self.links = LinkActs(self)
        self.consents = ConsentActs(self)
        self.details = DetailsActs(self)
        if not past:
            self.changed.connect(self.consents.say_again)
            self.changed.connect(self.details.renew)
        #: whose lead passed, and when this desk saw it
        self.passed_leads: deque[tuple[datetime, LeadChange]] = deque(maxlen=_PASSED_LEADS)
        self._again = SayAgain(self)
        self._ours = OurWords(operator.agency, now)
        self._let_go_at = now()

    def take_in(self, batch: Batch) -> None:
        """Apply what arrived and tell layers and tables what changed."""
        change = self.picture.apply(batch)
        if change:
            self._tell(change)
        self._again.take(batch, change)
        self._mark_superseded(batch)

    def take_anew(self, batch: Batch) -> None:
        """All that stood is over; this batch says what stands. Who listens is told once, of both."""
        forgotten = self.picture.forget()
        self._again.forget()
        self._ours.forget()
        self.authority.forget()
        self.passed_leads.clear()
        self._let_go_at = self.now()
        self._tell(forgotten.then(self.picture.apply(batch)))

    def _mark_superseded(self, batch: Batch) -> None:
        """Mark our words in whose place a colleague's stands."""
        if superseded := self._ours.take(batch):
            change = Change()
            self.picture.mark(superseded, change)
            self._tell(change)

    def let_go(self) -> None:
        """Forget alerts and zones that have been over for long; asked each second, it looks once a minute."""
        now = self.now()
        if now - self._let_go_at >= _LET_GO_EVERY:
            self._let_go_at = now
            change = self.picture.drop_over(now - _KEPT_WHEN_OVER)
            if change:
                self._tell(change)

    def tick(self) -> None:
        """A second has passed: clauses begin and end by the clock, and what is over for long is let go."""
        self._announce(self.authority.tick())
        self._again.say()
        self.let_go()

    def _tell(self, change: Change) -> None:
        """Rules first, so that whoever looks at the change finds leads and conflicts as they are now."""
        passed = self.authority.take(change)
        self.changed.emit(change)
        self._announce(passed)

    def put(self, command: Command) -> str:
        """Put words of ours on disk as they are; why that could not be done, empty if it was."""
        if self.past:
            return THE_PAST
        try:
            self._send(command)
        except (OSError, ValueError) as error:
            return str(error)
        return ""

    def _announce(self, passed: Iterable[LeadChange]) -> None:
        for one in passed:
            self.passed_leads.append((self.now(), one))
            self.lead_passed.emit(one)

    def may(self, action: str) -> Refusal | None:
        """Whether this desk's role may do this at all (`actions.ALLOWED`); the reason if not."""
        return Refusal(THE_PAST) if self.past else actions.may(self.operator, action)

    def open_incident(self, incident: Incident) -> Refusal | None:
        """Open an incident of our agency."""
        return self.do(actions.open_incident(self.operator, incident, self.now()))

    def change_incident(self, known: Report, changed: Incident) -> Refusal | None:
        """Change an incident that our agency reported."""
        return self.do(actions.change_incident(self.operator, known, changed, self.now()))

    def mark_resource(
        self, known: Report, *, availability: str, available: int, until: datetime | None
    ) -> Refusal | None:
        """Say what our agency can give of a resource."""
        return self.do(
            actions.mark_resource(
                self.operator, known, availability=availability, available=available, until=until, at=self.now()
            )
        )

    def draw_zone(self, zone: Zone) -> Refusal | None:
        """Publish a zone that was drawn here."""
        return self.do(actions.draw_zone(self.operator, zone, self.now()))

    def change_zone(self, key: Key, changed: Zone, *, seen_rev: int) -> Refusal | None:
        """Change a zone of our agency, unless somebody has since the revision that was looked at."""
        known = self.picture.zones.get(key)
        if known is None:
            return self.do(Refusal("This zone is gone: its agency has ended it."))
        owner = agency_name(self.picture, known.agency)
        return self.do(actions.change_zone(self.operator, known, changed, self.now(), seen_rev=seen_rev, owner=owner))

    def may_change_zone(self, known: Report) -> Refusal | None:
        """Whether this desk may change or end this zone; the reason if not."""
        if self.past:
            return Refusal(THE_PAST)
        return actions.may_change_zone(self.operator, known, owner=agency_name(self.picture, known.agency))

    def extend_zone(self, key: Key, by: timedelta = timedelta(hours=1)) -> Refusal | None:
        """Let a zone of our agency hold for longer: from its end, or from now where that is over."""
        known = self.picture.zones.get(key)
        if known is None or not isinstance(known.body, Zone):
            return self.do(Refusal("This zone is gone: its agency has ended it."))
        zone = known.body
        if zone.expires_at is None:
            return self.do(Refusal("This zone has no end: it stands until somebody ends it."))
        form = zone.form if zone.form is not None and fits(zone.form, zone.geometry) else None
        ends = max(zone.expires_at, self.now()) + by
        return self.change_zone(key, msgspec.structs.replace(zone, form=form, expires_at=ends), seen_rev=zone.rev)

    def end_zone(self, key: Key) -> Refusal | None:
        """Take a zone of our agency back."""
        known = self.picture.zones.get(key)
        if known is None:
            return self.do(Refusal("This zone is gone: its agency has ended it."))
        owner = agency_name(self.picture, known.agency)
        return self.do(actions.end_zone(self.operator, known, self.now(), owner=owner))

    def write_log(self, entry: LogEntry) -> Refusal | None:
        """Write a line for the record."""
        return self.do(actions.write_log(self.operator, entry, self.now()))

    def new_id(self, prefix: str) -> str:
        """An id for a new object of ours, unique without asking anyone: `inc-3f2a…`."""
        return f"{prefix}-{uuid.uuid4().hex[:12]}"

    def is_pending(self, kind: str, agency: str, object_id: str) -> bool:
        """Whether our own action on this object has not reached the broker yet."""
        delivered = self.picture.deliveries.get((kind, agency, object_id))
        return delivered is not None and delivered.state == "pending"

    def restore(self, bodies: list[Command]) -> None:
        """Show the actions that an earlier run left unsent, as pending."""
        for command in bodies:
            self._show_pending(command)

    def do(self, decided: Command | Refusal) -> Refusal | None:
        """Say what a rule decided: on disk before this returns, or refused with the reason."""
        if self.past:
            decided = Refusal(THE_PAST)
        if isinstance(decided, Command):
            first, *also = (self._as_next_word(body) for body in decided.bodies)
            command = Command(first, tuple(also))
            try:
                self._send(command)
            except OSError as error:
                decided = Refusal(f"Not taken: it could not be written to disk ({error}).")
            except ValueError as error:
                decided = Refusal(f"Not taken: no other desk could read it ({error}).")
            else:
                self._show_pending(command)
                return None
        self.refused.emit(decided.reason)
        return decided

    def _as_next_word(self, body: Statement) -> Statement:
        """A word of this desk's role, with a revision above all that our agency said of the object, taken back or not.

        Every desk takes the higher revision for the newer word: a lower one would be said in vain.
        """
        body = msgspec.structs.replace(body, role=self.operator.role, agency=self.operator.agency)
        last = self.picture.last_rev(kind_of(body), self._report(body))
        if body.rev > last:
            return body
        return msgspec.structs.replace(body, rev=next_revision(last, body.at))

    def _report(self, body: Statement) -> Report:
        return Report(
            agency=self.operator.agency,
            body=body,  # type: ignore[arg-type]  # what a command says is one of the wire's bodies
            source=Source(feed="this desk", format="cop-json", original_id=body.id, original_type=kind_of(body)),
            received_at=self.now(),
            exercise=bool(self.exercise),
        )

    def _show_pending(self, command: Command) -> None:
        self._ours.said(command.bodies)
        reports = [self._report(body) for body in command.bodies]
        change = self.picture.apply(Batch(epoch=self.picture.epoch, reports=reports))
        agency = self.operator.agency
        self.picture.mark([Delivered(kind_of(body), agency, body.id, "pending") for body in command.bodies], change)
        self._tell(change)
