"""Alerts in words: how they stand, and when they hold."""

from dataclasses import dataclass
from datetime import datetime

from cop.domain.area import Alert
from cop.domain.report import Report
from cop.domain.rules.alarm import Phase, phase, severity_rank, tag_of
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk

_PHASES: tuple[Phase, ...] = ("now", "coming", "over")


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """An alert as lists show it. `tag` stands beside one that never alarms; `rank` 0 is the most severe."""

    key: Key
    event: str
    tag: str
    rank: int
    severity: str
    phase: Phase
    when: str
    area: str
    headline: str
    agency: str
    located: bool

    def words(self) -> tuple[str, ...]:
        """The alert as a screen reader says it."""
        where = () if self.located else (wording.NOT_LOCATED,)
        parts = (self.tag, self.event, self.severity, self.when, self.area, *where, self.agency)
        return tuple(part for part in parts if part)


def standing_of(desk: Desk, report: Report) -> AlertStanding:
    """How an alert stands now."""
    alert, now = alert_of(report), desk.now()
    return AlertStanding(
        key=report.key,
        event=wording.one_line(alert.event) or wording.one_line(alert.headline) or "Alert",
        tag=tag(desk, report),
        rank=severity_rank(alert),
        severity=wording.one_line(alert.severity) or "Unknown",
        phase=phase(alert.starts_at, alert.expires_at, now),
        when=when(alert.starts_at, alert.expires_at, now),
        area=wording.one_line(alert.area[:1024]),
        headline=wording.one_line(alert.headline),
        agency=wording.agency_name(desk.picture, report.agency),
        located=alert.geometry is not None,
    )


def when(starts_at: datetime | None, expires_at: datetime | None, now: datetime) -> str:
    """ "from 14:00", "until 15:30", "over since 15:30"; empty where no time was said."""
    stands = phase(starts_at, expires_at, now)
    if stands == "coming" and starts_at is not None:
        return f"from {wording.clock_or_date(starts_at, now)}"
    if expires_at is None:
        return ""
    return f"{'over since' if stands == 'over' else 'until'} {wording.clock_or_date(expires_at, now)}"


def tag(desk: Desk, report: Report) -> str:
    """What stands beside an alert that never alarms: EXERCISE, TEST …; empty for one that may."""
    return tag_of(alert_of(report), exercise=report.exercise, playing=bool(desk.exercise))


def importance(desk: Desk, report: Report) -> tuple[bool, int, int]:
    """What lists of alerts are ordered by: those that may alarm first, those in force, the most severe."""
    return (bool(tag(desk, report)), _PHASES.index(phase_of(desk, report)), severity_rank(alert_of(report)))


def phase_of(desk: Desk, report: Report) -> Phase:
    """Where the time of an alert stands now."""
    alert = alert_of(report)
    return phase(alert.starts_at, alert.expires_at, desk.now())


def standing_alerts(desk: Desk) -> list[Report]:
    """The alerts whose time is not over."""
    return [report for report in desk.picture.alerts.values() if phase_of(desk, report) != "over"]


def alert_of(report: Report) -> Alert:
    """The alert that a report of the alert table tells of."""
    assert isinstance(report.body, Alert)
    return report.body
