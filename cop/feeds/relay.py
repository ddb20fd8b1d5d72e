"""What we know, said again in the formats of those who do not speak ours: `[[publish]]` of `cop.toml`."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cop.domain.agreement import Agreements
from cop.domain.consent import Consent
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules.newer import is_newer
from cop.domain.rules.seen_by import SeenBy
from cop.domain.rules.share import Sharing, as_shown
from cop.domain.unit import Position
from cop.feeds.outbound import Writer, make_writer
from cop.feeds.outlet import Outlet
from cop.feeds.topics import is_exercise

_LOG = logging.getLogger(__name__)
#: what waits for a connection, by topic; a desk that is away longer says the newest of it
_WAITING_LIMIT = 20_000
#: positions of one unit that wait to be shown late: the oldest are left out of a faster unit's way
_LATE_LIMIT = 2_000

#: hands a message to the broker; False while there is no connection that takes it
Publisher = Callable[[str, bytes, int, bool], bool]


class Relay:
    """Takes every report that was believed; what an outlet wants of it waits until `flush`.

    Nothing goes out in the format it came in: two desks that relay to one another would never fall silent. What goes
    out is what its owner shows to the outlet's reader (`rules.share`).
    """

    def __init__(
        self,
        outlets: Sequence[Outlet],
        own_agency: str,
        agreements: Agreements | None = None,
        *,
        operation: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._consents: dict[tuple[str, str], Report] = {}
        sharing = Sharing(agreements or Agreements(), self._consents)
        self._lines = [_Line(outlet, own_agency, _Shown(sharing, outlet.to, operation, now)) for outlet in outlets]

    def take(self, report: Report) -> None:
        """Note a report for the outlets that want it."""
        if isinstance(report.body, Consent):
            known = self._consents.get(report.key)
            if known is None or is_newer(report.body, known.body):
                self._consents[report.key] = report
        for line in self._lines:
            if line.wants(report):
                try:
                    line.take(report)
                except Exception:  # noqa: BLE001 - an outlet's edge: what it cannot write stops no feed that said it
                    _LOG.exception(
                        "outlet %s cannot write an object of kind %s", line.outlet.name, kind_of(report.body)
                    )

    def says(self, agency: str) -> bool:
        """Whether objects of an agency go out as Cursor on Target: what a TAK server sends back of them is an echo."""
        return any(line.outlet.format == "cot-xml" and line.speaks_for(agency) for line in self._lines)

    def flush(self, publish: Publisher) -> None:
        """Say what waits and is due; what the connection does not take goes on waiting."""
        now = time.monotonic()
        for line in self._lines:
            if now >= line.due:
                line.flush(publish)
                line.due = now + line.outlet.every_s


class _Shown:
    """What of each report one reader may see, and what of it has to wait until then."""

    def __init__(self, sharing: Sharing, party: str, operation: str, now: Callable[[], datetime]) -> None:
        self._eyes = SeenBy(sharing, party, operation)
        self._now = now
        #: of units that are shown late every position that is not due yet
        self._late: dict[tuple[str, str], deque[tuple[datetime, Report]]] = {}

    def of(self, report: Report) -> Report | None:
        """The report as it may be shown now; None if it may not, or not yet."""
        body = report.body
        self._eyes.note(report)
        if not isinstance(body, Position):
            return report
        shown = self._eyes.of_place(report.agency, body.id, body.lat, body.lon, self._now())
        passed = as_shown(report, shown)
        if passed is None or not shown.delay:
            self._late.pop(report.key, None)  # what waited is no longer to be shown, or older than this
            return passed
        waiting = self._late.setdefault(report.key, deque(maxlen=_LATE_LIMIT))
        waiting.append((report.received_at + shown.delay, passed))
        return None

    def due(self) -> list[Report]:
        """Of each unit that is shown late the newest position that is due by now."""
        found, now = [], self._now()
        for waiting in self._late.values():
            last = None
            while waiting and waiting[0][0] <= now:
                last = waiting.popleft()[1]
            if last is not None:
                found.append(last)
        return found


class _Line:
    def __init__(self, outlet: Outlet, own_agency: str, shown: _Shown) -> None:
        self.outlet = outlet
        self._shown = shown
        self.due = 0.0
        self._writer: Writer = make_writer(outlet.format)
        self._agencies = frozenset(outlet.agencies or (own_agency,))
        self._kinds = frozenset(outlet.kinds)
        #: topic, and whether of an exercise -> payload, and whether the object is gone
        self._waiting: dict[tuple[str, bool], tuple[bytes, bool]] = {}

    def wants(self, report: Report) -> bool:
        """Whether it is of an agency and kind that go out here, and did not come in this format."""
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        if kind == "details":
            return False  # each reader has a copy of its own; an outlet has as many readers as can hear it
        # a unit's words go with its positions
        wanted = kind in self._kinds or (kind == "unit" and "position" in self._kinds)
        if not (wanted and self.speaks_for(report.agency)) or report.source.format == self.outlet.format:
            return False
        # Our own format marks an exercise by its topic alone.
        return self.outlet.format != "cop-json" or report.exercise == is_exercise(self.outlet.topic)

    def speaks_for(self, agency: str) -> bool:
        """Whether objects of this agency go out here."""
        return "*" in self._agencies or agency in self._agencies

    def take(self, report: Report) -> None:
        """Write it in the outlet's format, as its reader may see it."""
        shown = self._shown.of(report)
        if shown is not None:
            self._write(shown)

    def _write(self, report: Report) -> None:
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        gone = isinstance(body, Retraction) or body.deleted
        for one in self._writer.take(report):
            where = self.outlet.topic_of(report.agency, kind, one.id), report.exercise
            if where not in self._waiting and len(self._waiting) >= _WAITING_LIMIT:
                _LOG.warning("outlet %s: too much waits for a connection; the oldest is left out", self.outlet.name)
                del self._waiting[next(iter(self._waiting))]
            self._waiting[where] = (one.payload, gone)

    def flush(self, publish: Publisher) -> None:
        """Say all that waits, until the connection takes no more."""
        for report in self._shown.due():
            self._write(report)
        outlet = self.outlet
        while self._waiting:
            where, (payload, gone) = next(iter(self._waiting.items()))
            topic = where[0]
            try:
                taken = publish(topic, payload, outlet.qos, outlet.retain and not gone)
                if taken and gone and outlet.retain:
                    taken = publish(topic, b"", outlet.qos, True)
            except ValueError as error:
                _LOG.warning("outlet %s: %s cannot be published: %s", outlet.name, topic, error)
                taken = True
            if not taken:
                return
            del self._waiting[where]
