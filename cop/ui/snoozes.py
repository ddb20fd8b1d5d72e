"""Requests that a person put off for some minutes, on this desk alone."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSettings

#: (kind, agency, id) of what waits
Item = tuple[str, str, str]
#: what can be chosen, in minutes
MINUTES = (2, 5, 10)
_KEY = "inbox/snoozed"
#: so many are kept: nobody puts off more, and a settings file stays small
_MOST = 500


class Snoozes:
    """Until when each is put off. It is kept over a restart; what is overdue cannot be put off."""

    def __init__(self) -> None:
        self._until: dict[Item, datetime] = {}

    def put_off(self, item: Item, minutes: int, now: datetime, *, latest: datetime | None = None) -> datetime | None:
        """Quiet for so long, at the most until `latest`; None where that is over already."""
        until = now + timedelta(minutes=minutes)
        if latest is not None:
            until = min(until, latest)
        if until <= now:
            return None
        self._until[item] = until
        return until

    def until(self, item: Item, now: datetime) -> datetime | None:
        """Until when it is put off; None if it is not."""
        until = self._until.get(item)
        return until if until is not None and until > now else None

    def let_go(self, now: datetime) -> list[Item]:
        """Those whose time has just come: they are back."""
        back = [item for item, until in self._until.items() if until <= now]
        for item in back:
            del self._until[item]
        return back

    def save(self, settings: QSettings) -> None:
        """Remember them: a desk that starts anew is not woken by what a person has put off."""
        kept = sorted(self._until.items(), key=lambda one: one[1])[-_MOST:]
        settings.setValue(_KEY, [[*item, until.isoformat()] for item, until in kept])

    def restore(self, settings: QSettings) -> None:
        """As they were; what cannot be read is as if it had not been put off."""
        kept = settings.value(_KEY)
        for one in kept if isinstance(kept, list) else ():
            if not isinstance(one, list) or len(one) != 4:
                continue
            kind, agency, object_id, until = (str(part) for part in one)
            try:
                moment = datetime.fromisoformat(until)
            except ValueError:
                continue
            if moment.tzinfo is not None:
                self._until[(kind, agency, object_id)] = moment.astimezone(UTC)
