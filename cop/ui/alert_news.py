"""Which alerts people must be told of when they come, and when they go."""

from dataclasses import dataclass
from datetime import datetime

from cop.domain.rules.alarm import is_severe, severity_rank
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.alert_words import alert_of, standing_of
from cop.ui.desk import Desk

#: so many are named one by one
_NAMED = 2


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said aloud of an alert."""

    rank: int
    called: str
    expires_at: datetime | None


class AlertNews:
    """Finds the words for a pulse: Actual alerts that are Extreme or Severe and new, and those that were called off.

    An update of an alert that people were told of is no news unless it is worse.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[Key, _Told] = {}  # of alerts that stand, so never more than those

    def take(self, change: Change) -> str:
        """What must be said now, a sentence a line; empty if nothing must."""
        alerts, now = self._desk.picture.alerts, self._desk.now()
        gone = {key: self._told.pop(key) for key in sorted(change.alerts) if key in self._told and key not in alerts}
        standing = sorted(key for key in change.alerts if key in alerts)
        followed = {(key[0], one) for key in standing for one in alert_of(alerts[key]).supersedes}
        standing.sort(key=lambda key: severity_rank(alert_of(alerts[key])))
        news = [text for key in standing if (text := self._news(key, gone))]
        off = [
            told.called
            for key, told in gone.items()
            if key not in followed and (told.expires_at is None or told.expires_at > now)
        ]
        return "\n".join([*_sentences("", news), *_sentences("No longer in force: ", off)])

    def _news(self, key: Key, gone: dict[Key, _Told]) -> str:
        report = self._desk.picture.alerts[key]
        stands, alert = standing_of(self._desk, report), alert_of(report)
        if stands.tag or stands.phase == "over" or not is_severe(stands.rank):
            return ""
        earlier = [(key[0], one) for one in (alert.id, *alert.supersedes)]
        before = [told.rank for one in earlier if (told := self._told.get(one) or gone.get(one)) is not None]
        self._told[key] = _Told(stands.rank, f"{stands.event} ({stands.agency})", alert.expires_at)
        if before and min(before) <= stands.rank:
            return ""
        parts = ", ".join(part for part in (stands.severity, stands.area, stands.when) if part)
        return f"{stands.event} — {stands.agency}: {parts}"


def _sentences(before: str, said: list[str]) -> list[str]:
    if len(said) > _NAMED:
        return [f"{before}{len(said)} severe alerts, the first: {wording.shortened(said[0], 200)}"]
    return [before + wording.shortened(one, 240) for one in said]
