"""What a person is told without asking: notices of what a pulse brought, banners while something is amiss."""

from datetime import UTC, datetime

from cop.domain.batch import BrokerState
from cop.picture.change import Change
from cop.ui import broker_words, wording
from cop.ui.acts import our_words
from cop.ui.alert_news import AlertNews
from cop.ui.banner import Banners, Notice
from cop.ui.command_words import CommandNews
from cop.ui.desk import Desk
from cop.ui.log_news import told_to_us
from cop.ui.silence import SilenceAlarm
from cop.ui.tones import Tones
from cop.ui.zone_news import ZoneNews


class News:
    """One voice for all of it: `take` what changed, `tick` each second."""

    def __init__(self, desk: Desk, notice: Notice, banners: Banners, tones: Tones) -> None:
        self._desk = desk
        self._notice = notice
        self._banners = banners
        self._alerts = AlertNews(desk)
        self._zones = ZoneNews(desk)
        self._command = CommandNews(desk)
        self._silence = SilenceAlarm(desk, notice, banners, tones)
        self._feeds_stopped = False
        self._at_broker: BrokerState | None = None  # where this desk was connected last
        self._left_aside = ""
        self._unrecorded_since: datetime | None = None
        desk.refused.connect(notice.say)
        if desk.past:  # what was news then is none now
            return
        desk.lead_passed.connect(lambda passed: notice.say(passed.words))

    def take(self, change: Change) -> None:
        """Say what of a change must be known at once."""
        if self._desk.past:
            if change.broker:
                self.say_broker()
            return
        if change.alerts and (news := self._alerts.take(change)):
            self._notice.say(news)
        if told := self._command.take(change):
            self._notice.say("\n".join(told))
        if told_us := told_to_us(self._desk, change):
            self._notice.say(told_us)
        picture = self._desk.picture
        if change.refusals:
            self._notice.say(wording.refused_word(picture, picture.refusals[-1]))
        self._say_upsets(change)
        if change.broker:
            self.say_broker()
        for key in change.delivered:
            delivered = picture.deliveries[key]
            if delivered.state == "refused":
                self._notice.say(f"Not sent: {wording.one_line(delivered.reason) or 'refused by the broker'}.")
            elif delivered.state == "superseded":
                self._notice.say(our_words.notice(picture, delivered))

    def tick(self) -> None:
        """A second has passed."""
        if self._desk.past:
            self.say_broker()
            return
        if news := self._zones.tick():
            self._notice.say(news)
        self.say_broker()
        self._silence.look()

    def say_broker(self) -> None:
        """How the broker and the disk are, for as long as they are not well."""
        picture, now = self._desk.picture, self._desk.now()
        broker = picture.broker
        self._say_record(broker, now)
        banners = broker_words.banners(broker, now, self._unrecorded_since)
        for source, text in banners.items():
            if text and self._desk.past:
                self._banners.show_banner(f"Then: {text}", "warn", source)
            elif text:
                self._banners.show_banner(text, "bad", source)
            else:
                self._banners.clear_banner(source)
        if broker is not None and broker.state == "online":
            if not self._desk.past and (words := broker_words.other_broker(self._at_broker, broker)):
                self._notice.say(words)
            self._at_broker = broker
        stopped = broker is not None and broker.state == "stopped"
        is_back = broker is not None and broker.state == "online"
        if self._feeds_stopped and is_back and not self._desk.past:
            self._notice.say("The feed process had stopped; it was started again and the picture is up to date.")
        self._feeds_stopped = stopped or (self._feeds_stopped and broker is not None and broker.state != "online")

    def _say_record(self, broker: BrokerState | None, now: datetime) -> None:
        """Since when nothing is on record; once it goes on, how long that was."""
        if broker is None or broker.state == "stopped":
            return
        if broker.left_aside != self._left_aside:
            self._left_aside = broker.left_aside
            if broker.left_aside and not self._desk.past:
                self._notice.say(broker_words.left_aside(broker.left_aside))
        if broker.journal_error:
            self._unrecorded_since = self._unrecorded_since or now
        elif self._unrecorded_since is not None:
            if not self._desk.past:
                self._notice.say(broker_words.recording_again((now - self._unrecorded_since).total_seconds()))
            self._unrecorded_since = None

    def _say_upsets(self, change: Change) -> None:
        """What happened to this computer and its clock."""
        for upset in change.upsets:
            if upset.kind == "slept":
                self._silence.woken_at = datetime.fromtimestamp(upset.at, UTC)
            if words := broker_words.upset_words(upset):
                self._notice.say(words)
