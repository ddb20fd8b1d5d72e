"""What of a report can be believed, and where it goes then: positions conflated, everything else queued in order."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from cop.domain.area import Alert, Zone
from cop.domain.batch import PositionFields, RefusedWord, TrackName
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules.known_words import unknown_words
from cop.domain.rules.newer import is_of_a_time_to_come, revision_of_time
from cop.domain.rules.plausible import CLOCK_TOLERANCE, refuse_time
from cop.domain.rules.skew import TOLERANCE_S, WILDEST_S
from cop.domain.statement import Statement
from cop.domain.unit import Position, Unit
from cop.feeds.authorship import WrongHands, author_of
from cop.feeds.census import Census
from cop.feeds.conflation import Conflation
from cop.feeds.hearing import Hearing
from cop.feeds.message import BadMessage
from cop.feeds.routing import Line
from cop.feeds.topics import levels_of

_LOG = logging.getLogger(__name__)
#: refused words that wait for the desktop: it shows the last of them, and who floods us with such gains nothing
_REFUSALS_LIMIT = 100
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_TOO_FAR_S = CLOCK_TOLERANCE.total_seconds()
_REPORT_ENCODER = msgspec.msgpack.Encoder()
_REPORT_DECODER = msgspec.msgpack.Decoder(Report)

#: revision and time of a unit's newest words, and what they are: body, losses, whether it is in an exercise
_Words = tuple[tuple[int, datetime], tuple[Unit, dict[str, str], bool]]


class TooEarly(Exception):  # noqa: N818 - it is no error yet: whether the sender's clock is ahead will be known soon
    """A report of a time to come, which may be a clock that is ahead: it can wait until that is known."""


class Believing:
    """Takes reports one by one; what is believed is fetched for each batch.

    `reader` is this desk's agency. `listen` hears every report that is believed.
    """

    def __init__(self, reader: str, listen: Callable[[Report], None] | None) -> None:
        self.census = Census()
        self.conflation = Conflation()
        self.waiting_bytes = 0
        self._reader = reader
        self._listen = listen
        self._reports: list[Report] = []
        self._refusals: deque[RefusedWord] = deque(maxlen=_REFUSALS_LIMIT)
        # no more of both than the census admits
        self._last_words: dict[tuple[str, str], _Words] = {}
        self._revisions: dict[tuple[str, str, str], tuple[int, datetime]] = {}

    @property
    def waiting(self) -> int:
        """How many positions, reports and refusals wait."""
        return len(self.conflation) + len(self._reports) + len(self._refusals)

    def fetch(self, now: float) -> tuple[list[TrackName], bytes, list[PositionFields], list[Report], list[RefusedWord]]:
        """What was believed since the last call: names, packed positions, fields, reports; and what was refused."""
        names, positions = self.conflation.take()
        reports, self._reports, self.waiting_bytes = self._reports, [], 0
        refusals = list(self._refusals)
        self._refusals.clear()
        for key in self.census.leave_over(now):
            self._revisions.pop(key, None)
        return names, positions, self.conflation.take_fields(), reports, refusals

    def is_known(self, agency: str, unit: str) -> bool:
        """Whether words of this unit have been believed."""
        return (agency, unit) in self._last_words

    def emergencies(self, agency: str) -> list[tuple[str, bool]]:
        """The agency's units that call for help, and whether in an exercise."""
        return [
            (unit, exercise)
            for (owner, unit), (_, (body, _, exercise)) in self._last_words.items()
            if owner == agency and body.status == "emergency"
        ]

    def show(self, report: Report) -> None:
        """Pass a report on as it is."""
        self._reports.append(report)

    def take(
        self,
        line: Line,
        hearing: Hearing,
        report: Report,
        size: int,
        received_at: float,
        *,
        retained: bool,
        waits: bool = True,
    ) -> None:
        """Take a report, its time read by the sender's clock. Raises BadMessage, and TooEarly where it `waits`."""
        body = report.body
        said_at = body.at.timestamp()
        offset_s = hearing.offset_s
        reported_at = said_at - offset_s
        if offset_s < 0.0 and reported_at > received_at + TOLERANCE_S >= said_at:
            reported_at = said_at  # another clock of this agency's, which is right
        if reported_at > received_at:
            ahead_s = reported_at - received_at
            too_far = ahead_s > _TOO_FAR_S
            unsure = too_far or (retained and hearing.clock.skew_s is None and ahead_s > TOLERANCE_S)
            if waits and unsure and ahead_s <= WILDEST_S:
                raise TooEarly
            if not too_far or (not waits and ahead_s <= WILDEST_S and not isinstance(body, Position)):
                reported_at = received_at  # no unit waits for a time to come, and no word is lost for a clock
        if reported_at != said_at:
            report = msgspec.structs.replace(report, corrected_s=said_at - reported_at)
        refusal = refuse_time(report.reported_at, report.received_at)
        if refusal:
            raise BadMessage(refusal)
        if isinstance(body, Position):
            if not self.conflation.knows(report.agency, body.id):
                self.census.admit(report.agency, "position", body.id, 0)
            self.conflation.put(report, body, reported_at)
            if self._listen is not None:
                self._listen(report)
            return
        self._take_word(line, report, size)

    def _take_word(self, line: Line, report: Report, size: int) -> None:
        body, at = report.body, report.reported_at
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        try:
            author_of(report)
        except WrongHands as wrong:
            whose = (report.agency, body.id, body.by, body.role)
            self._refusals.append(RefusedWord(kind, *whose, wrong.reason, report.received_at))
            raise BadMessage(f"wrong hands: {wrong.reason}") from None
        if isinstance(body, IncidentDetails) and self._reader not in {"", body.to, report.agency}:
            raise BadMessage("details that are for another agency: the broker should not let this desk read them")
        if report.source.format != "cop-json" and kind not in ("unit", "position"):
            body = msgspec.structs.replace(body, rev=revision_of_time(at))
            report = msgspec.structs.replace(report, body=body)
        _check_passage(report)
        if isinstance(body, Retraction) or body.deleted:
            self._revisions.pop((report.agency, kind, _name(body)), None)
            if kind in ("unit", "position"):
                self.conflation.take_back(report.agency, body.id, at.timestamp())
            if kind != "position":  # a unit's slot is for ever
                self.census.leave(report.agency, kind, _name(body))
        elif not isinstance(body, LogEntry):  # the picture keeps the last lines only
            self.census.admit(report.agency, kind, _name(body), size)
            if isinstance(body, Alert | Zone):
                ends = body.expires_at.timestamp() if body.expires_at is not None else None
                self.census.ends(report.agency, kind, body.id, ends)
            if report.source.format == "cop-json":  # the other formats count no revisions
                try:
                    self._check_revision((report.agency, kind, _name(body)), body.rev, at)
                except BadMessage:
                    if report.agency == self._reader:  # the broker keeps it: we say again what stands in its place
                        self._reports.append(report)
                    raise
        if isinstance(body, Unit) and not self._is_news(report, body, at):
            return
        for what, word in unknown_words(body):
            line.counter.note_unmapped(what, word)
        if isinstance(body, Retraction) or body.deleted:
            self._last_words.pop((report.agency, body.id), None)
        self._reports.append(report)
        self.waiting_bytes += size
        if self._listen is not None:
            self._listen(report)

    def _is_news(self, report: Report, body: Unit, at: datetime) -> bool:
        """Whether a unit's words are neither late nor said before, word for word; they are the last ones then."""
        words = (msgspec.structs.replace(body, at=_NO_TIME), report.losses, report.exercise)
        newest, said = self._last_words.get(report.key, ((body.rev, at), None))
        if (body.rev, at) < newest and not is_of_a_time_to_come(newest[1], report.received_at):
            return False  # late; the words of now may have been said before it, and are not said again
        self._last_words[report.key] = (body.rev, at), words
        return said != words

    def _check_revision(self, key: tuple[str, str, str], rev: int, at: datetime) -> None:
        """Raises BadMessage for a later word with a lower revision: the picture takes none, and it must be seen.

        So speaks a system that was installed anew and counts from 1 again.
        """
        known = self._revisions.get(key)
        if known is not None and rev < known[0]:
            if at > known[1]:
                raise BadMessage("rev went back: a later word with a lower revision is not taken")
            return
        self._revisions[key] = (rev, at)


def _name(body: Statement) -> str:
    """The name of an object among those of its kind and agency: what is said to others names them too."""
    return levels_of(body)[0]


def _check_passage(report: Report) -> None:
    """Raises BadMessage for a report that the desktop could not read: it would take the whole batch for broken.

    msgspec checks a struct's ranges when it decodes one, not when an adapter makes one.
    """
    try:
        _REPORT_DECODER.decode(_REPORT_ENCODER.encode(report))
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        _LOG.warning("feed %s made a report that cannot be used: %s", report.source.feed, error)
        raise BadMessage("error of ours: the report it makes is out of range") from None
