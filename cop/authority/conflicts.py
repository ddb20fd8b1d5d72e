"""What stands open between agencies, kept up as the picture changes: one list, until each is settled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cop.authority.engaged import Engaged
from cop.domain.rules.conflict import Conflict
from cop.domain.rules.lead import Lead
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.picture import Picture


@dataclass(frozen=True, slots=True)
class Noted:
    """A conflict that somebody at this desk set aside: it stays in the list, quietly, until it grows."""

    by: str
    at: datetime
    conflict: Conflict


class Conflicts:
    """`take` each change, `tick` each second, then `standing` tells what is open; `version` grows when that changes."""

    def __init__(
        self,
        picture: Picture,
        ground: Ground,
        engaged: Engaged,
        *,
        own: str,
        live: bool,
        lead: Callable[[Key], Lead | None],
    ) -> None:
        self._picture = picture
        self._engaged = engaged
        self._own = own
        self._live = live
        self._lead = lead
        self.version = 0
        self._found: dict[tuple[str, ...], Conflict] = {}
        self._noted: dict[tuple[str, ...], Noted] = {}

    def take(self, change: Change, now: datetime) -> None:
        """What a pulse changed."""

    def tick(self, now: datetime) -> None:
        """A second has passed: answers are overdue, clauses end, units come and go."""

    def standing(self) -> list[Conflict]:
        """All that is open, the most urgent first, ours before others'; what was set aside comes last."""
        return list(self._found.values())

    def set_aside(self, key: tuple[str, ...], by: str, now: datetime) -> None:
        """Somebody here has taken note: it need not stand out any longer."""
        conflict = self._found.get(key)
        if conflict is not None:
            self._noted[key] = Noted(by, now, conflict)
            self.version += 1

    def bring_back(self, key: tuple[str, ...]) -> None:
        """It stands out again."""
        if self._noted.pop(key, None) is not None:
            self.version += 1

    def noted(self, key: tuple[str, ...]) -> Noted | None:
        """Who set it aside, and when; None if nobody did."""
        return self._noted.get(key)
