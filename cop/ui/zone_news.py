"""Which zones people must be told of because they leave the map by themselves."""

from cop.domain.area import Zone
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.zone_words import zone_name

#: so many are named one by one
_NAMED = 2


class ZoneNews:
    """Finds, once a second, the zones whose time ended since the last look; each is said once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looked_at = desk.now()

    def tick(self) -> str:
        """What must be said now, a sentence a line; empty if nothing must."""
        since, now = self._looked_at, self._desk.now()
        self._looked_at = now
        ended = [
            report
            for report in self._desk.picture.zones.values()
            if isinstance(report.body, Zone)
            and report.body.expires_at is not None
            and since < report.body.expires_at <= now
        ]
        said = []
        for report in ended[:_NAMED]:
            zone = report.body
            assert isinstance(zone, Zone)
            assert zone.expires_at is not None
            whose = wording.agency_name(self._desk.picture, report.agency)
            said.append(f"{zone_name(zone)} ({whose}) ended by itself {wording.clock(zone.expires_at)}.")
        if len(ended) > _NAMED:
            said.append(f"{len(ended) - _NAMED} more zones ended by themselves.")
        return "\n".join(said)
