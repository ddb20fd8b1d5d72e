"""Clocks that say only a part of the time: a time of day, a day of the month, a week number that began anew."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from cop.feeds.adapters import readings
from cop.feeds.message import BadMessage

KNOT_MPS = 1852.0 / 3600.0
MPH_MPS = 0.44704
KMH_MPS = 1.0 / 3.6
FOOT_M = 0.3048

_DAY_S = 86_400
_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)
_ROLL_OVER = timedelta(weeks=1024)
#: how far from now a date may lie to be taken for one whose weeks have rolled over
_NEAR = timedelta(days=2)


def nearest_day(seconds_of_day: float, reference: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment of that time of day that lies nearest to the reference, as aware UTC. Raises BadMessage."""
    if not 0.0 <= seconds_of_day <= _DAY_S + 1:  # a leap second has a number of its own
        raise BadMessage("time of day is out of range")
    local = reference.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = (midnight + timedelta(days=day, seconds=seconds_of_day) for day in (-1, 0, 1))
    return _nearest([moment.astimezone(UTC) for moment in moments], reference)


def nearest_month(day: int, seconds_of_day: float, reference: datetime, zone: tzinfo = UTC) -> datetime:
    """The moment of that day of a month and time of day nearest to the reference, as aware UTC. Raises BadMessage."""
    if not 0.0 <= seconds_of_day <= _DAY_S + 1:
        raise BadMessage("time of day is out of range")
    local = reference.astimezone(zone)
    found = []
    for months in (-2, -1, 0, 1, 2):  # a day that not every month has may be two months away
        count = local.year * 12 + local.month - 1 + months
        try:
            midnight = datetime(count // 12, count % 12 + 1, day, tzinfo=zone)
        except ValueError:
            continue
        found.append((midnight + timedelta(seconds=seconds_of_day)).astimezone(UTC))
    if not found:
        raise BadMessage("day of the month is out of range")
    return _nearest(found, reference)


def calendar_day(day: int, month: int, year: int) -> date | None:
    """A date of figures; two digits of a year mean 1980 to 2079. None if there is no such day."""
    if 0 <= year <= 99:
        year += 2000 if year < 80 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def at_day(day: date, seconds_of_day: float) -> datetime:
    """A date and a time of day, UTC. Raises BadMessage."""
    if not 0.0 <= seconds_of_day <= _DAY_S + 1:
        raise BadMessage("time of day is out of range")
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds_of_day)
    readings.check_moment(at)
    return at


def at_week(week: int, day: int, seconds_of_day: float) -> datetime:
    """A GPS week (counted from 6 January 1980), day of that week and time of day. Raises BadMessage."""
    if not (0 <= week <= 9999 and 0 <= day <= 6 and 0.0 <= seconds_of_day <= _DAY_S):
        raise BadMessage("GPS week is out of range")
    at = _GPS_EPOCH + timedelta(weeks=week, days=day, seconds=seconds_of_day)
    readings.check_moment(at)
    return at


def rolled_over(at: datetime, received_at: datetime) -> datetime | None:
    """The time that a receiver meant whose ten bits of week number began anew; None if that is not what happened.

    It is only believed where the corrected time lies within two days of the time of receipt: an old recording is old.
    """
    for times in (1, 2):
        meant = at + times * _ROLL_OVER
        if abs(meant - received_at) <= _NEAR:
            return meant
    return None


def _nearest(moments: list[datetime], reference: datetime) -> datetime:
    at = min(moments, key=lambda moment: abs(moment - reference))
    readings.check_moment(at)
    return at
