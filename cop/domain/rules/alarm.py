"""What an alert may do: alarm, or only be known; now, later, or no longer."""

from datetime import datetime
from typing import Literal

from cop.domain.area import Alert

Phase = Literal["coming", "now", "over"]

#: most severe first (CAP 1.2 §3.2.2)
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
_ACTUAL, _EXERCISE = "actual", "exercise"


def is_actual(alert: Alert) -> bool:
    """Whether it is meant for all who hear it; Exercise, System, Test and Draft are not (CAP 1.2 §3.2.1)."""
    return alert.status.strip().casefold() == _ACTUAL


def tag_of(alert: Alert, *, exercise: bool, playing: bool = False) -> str:
    """What must stand beside an alert that never alarms: EXERCISE, TEST, DRAFT, SYSTEM; empty for one that may alarm.

    `exercise` says that it was marked as one, `playing` that all the work here is one: there an alert of status
    Exercise alarms, for it is meant for those who take part (CAP 1.2 §3.2.1). A status that we do not know stands as it
    came.
    """
    if playing and alert.status.strip().casefold() == _EXERCISE:
        return ""
    if not is_actual(alert):
        return " ".join(alert.status.split()).upper()[:16] or "NO STATUS"
    return "EXERCISE" if exercise and not playing else ""


def severity_rank(alert: Alert) -> int:
    """0 is the most severe; a word that we do not know ranks with Unknown."""
    word = alert.severity.strip().capitalize()
    return SEVERITIES.index(word) if word in SEVERITIES else len(SEVERITIES) - 1


def is_severe(rank: int) -> bool:
    """Whether people must be told of an alert of this rank when it arrives: Extreme and Severe."""
    return rank <= SEVERITIES.index("Severe")


def phase(starts_at: datetime | None, expires_at: datetime | None, now: datetime) -> Phase:
    """Where the time of an alert or a zone stands."""
    if expires_at is not None and expires_at <= now:
        return "over"
    return "coming" if starts_at is not None and starts_at > now else "now"
