"""The fields of a JSON object whose types nobody promises: what somebody takes is read, what is left is lost."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from cop.feeds.adapters import readings
from cop.feeds.message import BadMessage

_LOSSES = 40


class Fields:
    """A JSON object. Every method takes a field out; one of another type than asked for stays, and is a loss."""

    def __init__(self, fields: Any, zone: tzinfo = UTC) -> None:
        self._left: dict[str, Any] = dict(fields) if isinstance(fields, dict) else {}
        self.zone = zone

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def text(self, *keys: str) -> str:
        """The first of these fields that holds words; a whole number is one, as ids come in both."""
        for key in keys:
            value = self._left.get(key)
            if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value)
            if isinstance(value, str) and (words := value.strip()):
                del self._left[key]
                return words
        return ""

    def flag(self, key: str) -> bool | None:
        """True or false, also as a text; None for anything else."""
        value = self._left.get(key)
        found = {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else value
        if not isinstance(found, bool):
            return None
        del self._left[key]
        return found

    def figure(self, key: str) -> float | None:
        """A figure, also as a text."""
        value = self._left.get(key)
        if isinstance(value, str):
            value = readings.figure(value.strip())
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e300 <= value <= 1e300:
            return None
        del self._left[key]
        return float(value)

    def moment(self, *keys: str) -> datetime | None:
        """The first of these fields that is an ISO 8601 time, or a day and a time with the day first."""
        for key in keys:
            value = self._left.get(key)
            if isinstance(value, str) and (at := moment(value, self.zone)) is not None:
                del self._left[key]
                return at
        return None

    def seconds(self, *keys: str, a_second: float = 1.0) -> datetime | None:
        """The first of these fields that is a time since the epoch; what lies before 1980 means none."""
        for key in keys:
            value = self._left.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool):
                del self._left[key]
                try:
                    return readings.moment_of_seconds(value / a_second)
                except (BadMessage, OverflowError):
                    continue
        return None

    def milliseconds(self, *keys: str) -> datetime | None:
        """As `seconds`, in thousandths."""
        return self.seconds(*keys, a_second=1000.0)

    def part(self, key: str) -> "Fields":
        """An object inside; what is not taken of it stays a loss here. Empty where there is none."""
        value = self._left.get(key)
        inside = Fields(value, self.zone)
        if isinstance(value, dict):
            self._left[key] = inside._left
        return inside

    def parts(self, key: str) -> list["Fields"]:
        """The objects of a list inside; what is not taken of them stays a loss here."""
        value = self._left.get(key)
        if not isinstance(value, list):
            return []
        inside = [Fields(one, self.zone) for one in value]
        if inside and all(isinstance(one, dict) for one in value):
            self._left[key] = [one._left for one in inside]
        return inside

    def texts(self, key: str) -> list[str]:
        """The texts of a list inside; a text alone is a list of one."""
        value = self._left.get(key)
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            return []
        del self._left[key]
        return [words for one in found if (words := one.strip())]

    def value(self, key: str) -> Any:
        """Whatever stands there; None for nothing."""
        return self._left.pop(key, None)

    def losses(self) -> dict[str, str]:
        """What nobody took and says something, at most 40 of them."""
        said = [(key, value) for key, value in self._left.items() if _is_said(value)]
        return {readings.loss(key): readings.loss(value) for key, value in said[:_LOSSES]}


def moment(text: str, zone: tzinfo) -> datetime | None:
    """An ISO 8601 time, or a day and a time with the day first; None for any other text."""
    text = text.strip()
    if not 8 <= len(text) <= 40:
        return None
    try:
        if text[2] == "/":
            return day_first(text, zone)
        return readings.moment_of_text(text, zone)
    except (BadMessage, ValueError):
        return None


def day_first(text: str, zone: tzinfo) -> datetime:
    """A day and a time as `04/05/2026 8:00` or `04/05/2026 08:00:00`. Raises BadMessage or ValueError for another."""
    day, _, time = text.partition(" ")
    date, month, year = day.split("/")
    return of_day(year, month, date, time, zone)


def of_day(year: str, month: str, day: str, time: str, zone: tzinfo) -> datetime:
    """A day and a time of day, written as figures, in UTC. Raises BadMessage or ValueError for what is none."""
    figures = [year, month, day, *time.strip().split(":")]
    if not all(one.isascii() and one.isdigit() and len(one) <= 4 for one in figures) or not 5 <= len(figures) <= 6:
        raise BadMessage("time is no day and time of day")
    at = datetime(*map(int, figures), tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type, misc]  # five or six figures
    readings.check_moment(at)
    return at


def _is_said(value: Any) -> bool:
    """Whether a value says anything: no null, no blank text, nothing that holds only such."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, dict):
        return any(_is_said(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_is_said(inner) for inner in value)
    return value is not None
