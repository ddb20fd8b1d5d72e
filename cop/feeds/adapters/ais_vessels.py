"""What is known of each ship from all that it said: name, kind, status; positions bear none of these.

Sources: ITU-R M.1371-5, Annex 8 (navigational status, type of ship); ITU-R M.585 (what an MMSI begins with);
IEC 61097-14 (search and rescue transmitters: status 14 and "ACTIVE", or 15 and "TEST").
"""

from datetime import datetime

from cop.domain.unit import Unit
from cop.feeds.adapters import readings
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.message import Feed

_VESSELS_REMEMBERED = 50_000
_KIND = "vessel"
_IN_DISTRESS = 14
_NOT_SAID = 15
_EMERGENCY = "emergency"
#: transmitters that somebody in distress switches on: what they are called where they have no name
_TRANSMITTERS = {"970": "AIS-SART", "972": "MOB", "974": "EPIRB-AIS"}


class Vessel:
    """One MMSI. `version` grows when what goes to the losses of the unit changes."""

    __slots__ = (
        "_calls",
        "_described_at",
        "_known",
        "_parts",
        "callsign",
        "capabilities",
        "distress",
        "id",
        "kind",
        "losses",
        "status",
        "test",
        "version",
    )

    def __init__(self, mmsi: int, known: "Vessels") -> None:
        self.id = f"{mmsi:09d}"
        self._known = known
        self.kind = known.kind_of_number(self.id) or _KIND
        self.distress = self.id[:3] in _TRANSMITTERS
        self.callsign = f"{_TRANSMITTERS[self.id[:3]]} {self.id}" if self.distress else self.id
        self.capabilities: tuple[str, ...] = ()
        self.status = "unknown"
        self.losses: dict[str, str] = {}
        self._parts: dict[str, dict[str, str]] = {}
        self.version = 0
        self._calls = False
        #: whether it is a transmitter for distress that is only being tested
        self.test = False
        self._described_at: datetime | None = None

    def unit(self, at: datetime) -> Unit:
        """Its words, as of a time."""
        return Unit(
            id=self.id,
            at=at,
            callsign=self.callsign,
            kind=self.kind,
            status=self.status,
            capabilities=self.capabilities,
        )

    def navigates(self, status: int) -> None:
        """It says its navigational status (M.1371-5, table 45)."""
        if self.distress:
            self._transmits(calls=status != _NOT_SAID or self._calls)
        else:
            self.status = self._known.statuses[status]

    def says(self, text: str) -> None:
        """It sends a safety-related text; one of a transmitter for distress says whether somebody calls or tests."""
        if self.distress:
            words = text.upper()
            self._calls = "TEST" not in words and ("ACTIVE" in words or self._calls)
            if self._calls or "TEST" in words:
                self._transmits(calls=self._calls)

    def _transmits(self, *, calls: bool) -> None:
        self.test = not calls
        self.status = _EMERGENCY if calls else "unknown"

    def describe(
        self, at: datetime, part: str, *, name: str | None, ship_type: int | None, left: dict[str, str]
    ) -> None:
        """It says what it is called and what type of ship it is; what came out of order does not take back newer.

        `left` are the losses of that part of what ships say of themselves, in place of those that it left before.
        """
        if self._described_at is not None and at < self._described_at:
            return
        self._described_at = at
        called = readings.name((name or "").partition("@")[0])
        if called:
            self.callsign = called
        if ship_type:
            self.kind, self.capabilities, words = self._known.of_type(self.id, ship_type)
            left["ship_type"] = words
        if left != self._parts.get(part):
            self._parts[part] = left
            self.losses = {key: value for said in self._parts.values() for key, value in said.items()}
            self.version += 1


class Vessels:
    """The ships of one feed, in the words of `resources/mappings/ais.toml`; the longest known are forgotten first."""

    def __init__(self, feed: Feed) -> None:
        self._words = Vocabulary(feed, "ais")
        self._vessels: dict[int, Vessel] = {}
        self.statuses = tuple(self._words.find("unit_statuses", str(number)) or "unknown" for number in range(16))
        self._types: dict[tuple[str, int], tuple[str, tuple[str, ...], str]] = {}

    def of(self, mmsi: int) -> Vessel:
        """The ship of an MMSI; a new one is known by its number alone."""
        vessel = self._vessels.get(mmsi)
        if vessel is None:
            if len(self._vessels) >= _VESSELS_REMEMBERED:
                del self._vessels[next(iter(self._vessels))]
            vessel = self._vessels[mmsi] = Vessel(mmsi, self)
        return vessel

    def kind_of_number(self, number: str) -> str | None:
        """What an MMSI of nine digits says of its bearer; None for a ship."""
        if number.startswith("111") and number[6] == "5":  # M.585: the seventh digit tells helicopters from aeroplanes
            return self._words.find("mmsi_kinds", "111h")
        return self._words.find("mmsi_kinds", number[:3]) or self._words.find("mmsi_kinds", number[:2])

    def of_type(self, number: str, ship_type: int) -> tuple[str, tuple[str, ...], str]:
        """Kind, capabilities and the words of a type of ship (M.1371-5, table 53); the MMSI's own kind wins."""
        own = self.kind_of_number(number) or ""
        known = self._types.get((own, ship_type))
        if known is None:
            key = str(ship_type)
            kind = own or self._words.find("unit_kinds", key) or _KIND
            able = self._words.find("capabilities", key)
            words = self._words.find("ship_types", key)
            known = (kind, (able,) if able else (), f"{key} {words}" if words else key)
            self._types[own, ship_type] = known
        return known

    def status(self, number: int) -> str:
        """The navigational status in words; unknown for one that the table has not."""
        return self.statuses[number] if 0 <= number < len(self.statuses) else "unknown"

    def aid(self, aid_type: int) -> str:
        """The type of an aid to navigation in words."""
        return self._words.find("aids", str(aid_type)) or ""
