"""The picture: apply a batch, get what changed. Knows neither feeds nor screen."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.domain.agreement import Agreements
from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch, BrokerState, Delivered, FeedHealth, RefusedWord
from cop.domain.log import LogEntry
from cop.domain.report import Report, kind_of
from cop.domain.rules.alarm import tag_of
from cop.domain.rules.consents import is_of_giver
from cop.domain.rules.newer import is_newer_report
from cop.domain.unit import Unit
from cop.picture.asking import Asking
from cop.picture.change import Change, Key
from cop.picture.commanding import Commanding
from cop.picture.commitments import Commitments
from cop.picture.ended_alerts import EndedAlerts, counts
from cop.picture.gone import GoneObjects, is_sent_at
from cop.picture.heard_words import HeardWords
from cop.picture.home import HomeGround
from cop.picture.incident_words import IncidentWords
from cop.picture.placing import Placing
from cop.picture.said_to import SaidTo
from cop.picture.sameness import Sameness
from cop.picture.snapshot import Snapshot, adopt, forget
from cop.picture.tables import OF_THE_WORLD, SAID_TO, TABLES, key_of
from cop.picture.task_standings import TaskStandings
from cop.picture.tracks import Tracks
from cop.picture.trails import Trails

_LOG_LENGTH = 2000
_REFUSALS_LENGTH = 200
#: how the ids of those log entries begin that the picture itself writes of cancelled alerts
CANCELLED = "cancelled "


class Picture:
    """Tracks in columns, everything else in dicts of frozen reports keyed by (agency, id).

    Each report keeps its provenance. The newest by the sender's word wins (`rules.newer`): applying the same
    reports in any order, any number of times, ends in the same picture. How many objects there can be is bounded where
    they come in (`feeds.census`), and deliveries by what the operators of one desk do. `home` says where each agency's
    objects are expected.
    """

    def __init__(
        self, home: HomeGround | None = None, agreements: Agreements | None = None, *, pace: float = 1.0
    ) -> None:
        """`pace` is how many times faster than the world an exercise is played: its units go so much faster."""
        self.home = home or HomeGround()
        #: what consent is held against: a task that was sent directly stands on a clause
        self.agreements = agreements or Agreements()
        self.tracks = Tracks(pace=pace)
        self.trails = Trails()
        self.units: dict[Key, Report] = {}
        self._placing = Placing(self.tracks, self.trails, self.home, self._row)
        self.incidents: dict[Key, Report] = {}
        self.resources: dict[Key, Report] = {}
        self.tasks: dict[Key, Report] = {}
        #: keyed by (answering agency, requesting agency + "/" + task)
        self.answers: dict[Key, Report] = {}
        self.zones: dict[Key, Report] = {}
        self.links: dict[Key, Report] = {}
        #: which incidents are one, by the links
        self.same = Sameness(self.incidents, self.links)
        #: those that stand: not ended by a later one of their agency, and not such a word themselves
        self.alerts: dict[Key, Report] = {}
        self.presence: dict[Key, Report] = {}
        #: what givers say about their clauses
        self.consents: dict[Key, Report] = {}
        #: each agency's word about who commands an incident
        self.commands: dict[Key, Report] = {}
        #: who is in command of which incident, by these words
        self.commanding = Commanding(self.commands, self.incidents, self.same)
        #: where tasks stand, by whose word
        self.standings = TaskStandings(
            self.tasks,
            self.answers,
            took_over=self.commanding.took_over,
            taken_back=self._is_taken_back,
        )
        #: which tasks lean on which clause, and what of it is bound
        self.commitments = Commitments(self)
        self.standings.by_clause = self.commitments.by_clause
        self.requests: dict[Key, Report] = {}
        #: keyed by (giving agency, requesting agency + "/" + request)
        self.fills: dict[Key, Report] = {}
        #: how the requests stand, by these words
        self.asking = Asking(self.requests, self.fills)
        #: keyed by (agency, reader + "~" + incident)
        self.details: dict[Key, Report] = {}
        self.agencies: dict[str, Report] = {}
        self.log: list[Report] = []
        self.feeds: dict[str, FeedHealth] = {}
        self.broker: BrokerState | None = None
        #: the last record of the journal that is in it, and when that was received (epoch seconds)
        self.upto, self.upto_at = 0, 0.0
        #: how many records came that a replay has to read one by one
        self.in_full = 0
        #: our own actions on their way: (kind, agency, id) -> Delivered with state pending, sent or refused
        self.deliveries: dict[tuple[str, str, str], Delivered] = {}
        #: words that were not taken, the newest last
        self.refusals: deque[RefusedWord] = deque(maxlen=_REFUSALS_LENGTH)
        self.heard = HeardWords(self.tasks, self.agreements)
        self.gone = GoneObjects()
        self.ended = EndedAlerts()
        self.words = IncidentWords()
        self._said_to = SaidTo()
        self._log_seen: set[Key] = set()

    def apply(self, batch: Batch) -> Change:
        """Take in what a pulse brought and say what it changed."""
        change = Change()
        self.in_full += batch.in_full
        if batch.upto:
            self.upto, self.upto_at = batch.upto, batch.upto_at
        for report in batch.reports:
            self._take(report, change)
        self._placing.take(batch, change)
        if batch.aside is not None:
            adopt(self, batch.aside, change)
            self._placing.judge_renamed()
        for health in batch.health:
            self.feeds[health.feed] = health
            change.feeds.add(health.feed)
        if batch.broker is not None and batch.broker != self.broker:
            self.broker = batch.broker
            change.broker = True
        change.upsets += batch.upsets
        self.mark(batch.delivered, change)
        self._refuse(batch.refusals, change)
        self._renew(change)
        return change

    def snapshot(self) -> Snapshot:
        """All that stands, for an empty picture to `apply`."""
        return Snapshot(self, TABLES)

    def forget(self) -> Change:
        """Know nothing any more, as if it was new; the change names all that was there. Rows of tracks stay."""
        change = forget(self, TABLES)
        self._said_to.clear()
        self._log_seen.clear()
        self._placing.forget()
        self._renew(change)
        return change

    def _renew(self, change: Change) -> None:
        """What is read from the tables is read anew where a change may have moved it."""
        if change.links:
            self.same.renew()
        self.commanding.renew(change)
        self.asking.renew(change)
        change.tasks |= self.standings.renew(change)
        if moved := self.commitments.take(change):
            change.tasks |= moved
            change.tasks |= self.standings.renew(change)

    @property
    def epoch(self) -> int:
        """Which start of the feed process the slots of its batches hold for."""
        return self._placing.epoch

    @property
    def position_fields(self) -> dict[int, dict[str, str]]:
        """Row of the tracks -> what its newest position said that our words cannot hold."""
        return self._placing.fields

    def _refuse(self, words: Iterable[RefusedWord], change: Change) -> None:
        for word in words:
            self.refusals.append(word)
            change.refusals += 1

    def mark(self, delivered: Iterable[Delivered], change: Change) -> None:
        """Note how far our own actions have come."""
        for one in delivered:
            key = (one.kind, one.agency, one.id)
            self.deliveries[key] = one
            change.delivered.add(key)

    def answer_to(self, task: Report) -> Report | None:
        """What the owning agency last said to a task; nobody else's answer counts."""
        return self.standings.answer(task)

    def _is_taken_back(self, answer: Key, asked_at: datetime) -> bool:
        """Whether an answer stood and was taken back after its task was asked; what is asked later is asked afresh."""
        gone = self.gone.get(("answer", answer))
        return gone is not None and gone.at >= asked_at.timestamp()

    def task_state(self, task: Report, now: datetime | None = None) -> str:
        """Where a task stands, in a word (`rules.task_state`); nothing expires without `now`."""
        return self.standings.of(task, now).state

    def stands(self, kind: str, key: Key) -> Report | None:
        """The newest word about an object; None if none stands."""
        table: dict[Key, Report] = getattr(self, TABLES[kind])
        return table.get(key)

    def table(self, kind: str) -> Mapping[Key, Report]:
        """The newest words about all objects of a kind that stand."""
        table: dict[Key, Report] = getattr(self, TABLES[kind])
        return table

    def last_word(self, kind: str, key: Key) -> Report | None:
        """The newest word about an object, also where it took the object back; None if none is known."""
        return self.stands(kind, key) or self.gone.word(kind, key)

    @staticmethod
    def key_of(report: Report) -> Key:
        """Under which key what a report is about stands."""
        return key_of(report)

    def last_rev(self, kind: str, report: Report) -> int:
        """The highest revision known of the object that a report is about, taken back or not; -1 if none is."""
        if kind not in TABLES:
            return -1
        word = self.last_word(kind, key_of(report))
        return word.body.rev if word is not None else -1

    def stale(self, now: datetime) -> NDArray[np.bool_]:
        """Which tracks are stale at `now`, shape (tracks.count,)."""
        return self.tracks.stale(now.timestamp())

    def drop_over(self, before: datetime) -> Change:
        """Let go of the alerts and zones whose time was over at `before`; no older word brings them back."""
        change = Change()
        for kind, table in (("alert", self.alerts), ("zone", self.zones)):
            for key, report in list(table.items()):
                body = report.body
                assert isinstance(body, Alert | Zone)
                if body.expires_at is not None and body.expires_at <= before:
                    self._remove(kind, key, report, report.reported_at, change)
        return change

    def _row(self, agency: str, unit: str) -> int:
        """The row of a unit; a new one of a unit that was taken back remembers that."""
        row = self.tracks.row_of(agency, unit)
        if row is None:
            row = self.tracks.row(agency, unit)
            gone = self.gone.get(("unit", (agency, unit)))
            if gone is not None:
                self.tracks.remove(row, gone.at)
        return row

    def _take(self, report: Report, change: Change) -> None:
        kind = kind_of(report.body)
        if kind == "log":
            self._take_log(report, change)
        elif kind == "profile":
            known = self.agencies.get(report.agency)
            if known is None or is_newer_report(report, known):
                self.agencies[report.agency] = report
                change.agencies.add(report.agency)
        elif kind == "retraction":
            self._retract(report, change)
        elif kind in TABLES:
            self._take_object(kind, report, change)

    def _take_object(self, kind: str, report: Report, change: Change) -> None:
        table: dict[Key, Report] = getattr(self, TABLES[kind])
        key = key_of(report)
        if kind == "alert":
            self._end_alerts(report, change)
        self._refuse(self.heard.why_not(kind, key, report, change), change)
        known = table.get(key) or self.gone.word(kind, key)
        if kind == "incident":
            known = self.words.newest(key, known)
        if known is not None and kind in OF_THE_WORLD and counts(report) != counts(known):
            newer = counts(report)
        else:
            newer = known is None or is_newer_report(report, known)
        if not newer:
            if kind == "incident" and key in table and known is not None and self.words.note(report):
                table[key] = self.words.shown(known)
                self.note(kind, key, known, change)
            return
        goes = report.body.deleted and not is_of_giver(report, self.agreements)
        if goes or (kind == "alert" and self._is_aside(report)):
            self._remove(kind, key, report, report.reported_at, change)
            return
        self.gone.pop((kind, key), None)
        table[key] = self.words.shown(report) if kind == "incident" else report
        if kind in SAID_TO:
            self._said_to.note(kind, key)
        if isinstance(report.body, Unit):
            body = report.body
            row = self.tracks.row(*key)
            self.tracks.describe(row, callsign=body.callsign, kind=body.kind, status=body.status)
        self.note(kind, key, report, change)

    def _end_alerts(self, report: Report, change: Change) -> None:
        """Take away what an alert supersedes or cancels, and write in the log what it cancels."""
        for alert in self.ended.note(report):
            key = (report.agency, alert)
            known = self.alerts.get(key)
            if known is not None and self.ended.is_over(known):
                self._remove("alert", key, known, known.reported_at, change)
        body = report.body
        if isinstance(body, Alert) and body.cancels and not body.deleted:
            tag = tag_of(body, exercise=False)
            text = f"Cancelled{f' ({tag})' if tag else ''}: {body.headline or body.event}"
            entry = LogEntry(id=CANCELLED + body.id[-118:], at=body.at, by=body.by, text=text)
            self._take_log(msgspec.structs.replace(report, body=entry), change)

    def _is_aside(self, report: Report) -> bool:
        """Whether an alert is to be known, but stands no longer: ended by a later one, or itself such an end."""
        return bool(getattr(report.body, "cancels", ())) or self.ended.is_over(report)

    def _retract(self, report: Report, change: Change) -> None:
        kind: str = getattr(report.body, "kind", "")
        row = self.tracks.row_of(*report.key)
        if kind == "position":
            if row is None or self.tracks.reported_at[row] > report.reported_at.timestamp():
                return  # nothing is known of where it is, or it has said since where that is
            if report.key in self.units:
                self.tracks.unplace(row, report.reported_at.timestamp())
                self.trails.part(report.key, report.reported_at.timestamp())
                self.position_fields.pop(row, None)
                self.note("unit", report.key, report, change)
                return
            self.tracks.unplace(row, report.reported_at.timestamp())
            kind = "unit"  # nothing else is known of it
        word = self.consents.get(report.key)
        if kind == "consent" and (word is None or is_of_giver(word, self.agreements)):
            # to take back the word that pauses a clause would give it again: it stays
            change.taken_back.add(report.key)
            return
        if kind not in TABLES:
            return
        table: dict[Key, Report] = getattr(self, TABLES[kind])
        matching = [key for key in (report.key,) if key in table or (kind == "unit" and row is not None)]
        if kind in SAID_TO:
            matching = self._said_to.named(kind, report)
        for key in matching:
            known = table.get(key)
            if report.exercise and known is not None and not known.exercise:
                continue  # a drill takes back nothing of the real world
            # a word from a clock ahead of ours is older than its taking back all the same
            if known is None or report.reported_at >= known.reported_at or known.reported_at > report.received_at:
                newer = known is None or (is_sent_at(report) and is_newer_report(report, known))
                self._remove(kind, key, report if newer or known is None else known, report.reported_at, change)
        if not matching and kind not in SAID_TO and is_sent_at(report) and not report.exercise:
            known_gone = self.gone.word(kind, report.key)
            if known_gone is None or is_newer_report(report, known_gone):
                self.gone.keep(kind, report.key, report, report.reported_at)

    def _remove(self, kind: str, key: Key, last_word: Report, at: datetime, change: Change) -> None:
        getattr(self, TABLES[kind]).pop(key, None)
        if kind in SAID_TO:
            self._said_to.forget(kind, key)
        if kind == "incident":
            self.words.forget(key)
        self.gone.keep(kind, key, last_word, at)
        if kind == "unit" and (row := self.tracks.row_of(*key)) is not None:
            self.tracks.remove(row, at.timestamp())
            self.trails.part(key, at.timestamp())
            self.position_fields.pop(row, None)
        self.note(kind, key, last_word, change)

    def note(self, kind: str, key: Key, report: Report, change: Change) -> None:
        """Put into a change what a word about an object may have moved."""
        if kind in SAID_TO:
            requester, _, object_id = key[1].partition("/")
            getattr(change, SAID_TO[kind]).add((requester, object_id))
        elif kind == "details":
            change.incidents.add((report.agency, key[1].partition("~")[2]))
        else:
            getattr(change, TABLES[kind]).add(key)

    def _take_log(self, report: Report, change: Change) -> None:
        if report.key in self._log_seen:
            return
        self._log_seen.add(report.key)
        self.log.append(report)
        change.log += 1
        if len(self.log) > _LOG_LENGTH:
            for old in self.log[: _LOG_LENGTH // 4]:
                self._log_seen.discard(old.key)
            del self.log[: _LOG_LENGTH // 4]
