"""Times as people type them for a stretch of the journal, and as it says them."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_CLOCK = re.compile(r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<utc>[Zz])?")
_HINT = "say it as 2026-11-22T14:30 (local), 2026-11-22T19:30Z, or 14:30 of the journal's day"
_MICROSECONDS = 1_000_000


def iso(at: float) -> str:
    """A time in epoch seconds as RFC 3339 in UTC, to the microsecond; empty if it is none that a calendar knows."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")[:-6] + "Z"
    except (ValueError, OverflowError, OSError):
        return ""


def moment(text: str, *, first_at: float, last_at: float, end: bool = False, zone: tzinfo | None = None) -> float:
    """Epoch seconds of what was typed: any ISO form, or a time of day on record. Raises ValueError.

    Without an offset it is local time (of `zone`). A time of day is looked for between `first_at` and `last_at`, and
    refused where it was there twice. As the `end` of a stretch a day alone is all of it, and an hour that the clocks
    went through twice is the later one: nothing that was meant is left out.
    """
    said = text.strip()
    if clock := _CLOCK.fullmatch(said):
        return _of_the_day(clock, first_at, last_at, UTC if clock["utc"] else zone, end=end)
    try:
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", said):
            day = date.fromisoformat(said) + (timedelta(days=1) if end else timedelta())
            return _epoch(datetime.combine(day, time()), zone, end=False) - (1 / _MICROSECONDS if end else 0.0)
        read = datetime.fromisoformat(said)
        return read.timestamp() if read.tzinfo is not None else _epoch(read, zone, end=end)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{text!r} is no time; {_HINT}") from None


def _of_the_day(clock: re.Match[str], first_at: float, last_at: float, zone: tzinfo | None, *, end: bool) -> float:
    try:
        of_day = time.fromisoformat(clock["clock"] if clock["clock"][2:3] == ":" else "0" + clock["clock"])
        day = datetime.fromtimestamp(first_at, UTC).astimezone(zone).date()
        last_day = datetime.fromtimestamp(last_at, UTC).astimezone(zone).date()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{clock[0]!r} is no time of day; {_HINT}") from None
    near: list[tuple[float, float]] = []
    while day <= last_day:
        at = _epoch(datetime.combine(day, of_day), zone, end=end)
        near.append((max(first_at - at, at - last_at, 0.0), at))
        day += timedelta(days=1)
    within = [at for distance, at in near if not distance]
    if len(within) > 1:
        raise ValueError(f"{clock[0]!r} was on {len(within)} days that are on record: say the day, as 2026-11-22T14:30")
    return within[0] if within else min(near)[1]


def _epoch(local: datetime, zone: tzinfo | None, *, end: bool) -> float:
    """Of a local time without an offset; of the two that a clock put back makes of it the earlier, or the later."""
    return local.replace(tzinfo=zone, fold=int(end)).timestamp()
