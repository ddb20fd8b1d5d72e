"""What aircraft say beside their position, in the words of `resources/mappings/adsb.toml`: kinds and emergencies."""

from functools import cache

from cop.feeds.adapters import readings
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.message import Feed

_EMERGENCY = "emergency"
_UNKNOWN = "unknown"
_WORD_LENGTH = 32


class AircraftWords:
    """The words of one feed, found once for each of theirs."""

    def __init__(self, feed: Feed, *, kind: str, kinds: dict[str, str]) -> None:
        self._words = Vocabulary(feed, "adsb")
        self._kind, self._kinds = kind, {address.lower(): said for address, said in kinds.items()}
        self._kind_of = cache(self._find_kind)
        self._status_of = cache(self._find_status)

    def kind(self, address: str, category: str | None, designator: str | None) -> str:
        """By the feed's options for this address, by emitter category, by type designator."""
        own = self._kinds.get(address)
        if own is not None:
            return own
        if not category and not designator:
            return self._kind
        if len(category or "") > _WORD_LENGTH or len(designator or "") > _WORD_LENGTH:
            return self._kind
        if self._kind_of.cache_info().currsize > 10_000:
            self._kind_of.cache_clear()
        return self._kind_of(category, designator)

    def status(self, squawk: str | None, emergency: str | None) -> tuple[str, str]:
        """The unit's status, and what it means; both say nothing where there is no emergency."""
        if len(squawk or "") > _WORD_LENGTH or len(emergency or "") > _WORD_LENGTH:
            return _UNKNOWN, ""
        if self._status_of.cache_info().currsize > 10_000:
            self._status_of.cache_clear()
        return self._status_of(squawk, emergency)

    def _find_kind(self, category: str | None, designator: str | None) -> str:
        return self._words.find("unit_kinds", category) or self._words.find("types", designator) or self._kind

    def _find_status(self, squawk: str | None, emergency: str | None) -> tuple[str, str]:
        by_code = self._words.find("squawks", squawk)
        by_state = self._words.word("unit_statuses", emergency)
        meanings = []
        if by_code is not None:
            meanings.append(f"squawk {squawk}: {self._words.find('meanings', squawk) or by_code}")
        if emergency and emergency != "none":
            meanings.append(self._words.find("meanings", emergency) or readings.name(emergency))
        status = _EMERGENCY if _EMERGENCY in (by_code, by_state) else by_code or by_state
        if status == _UNKNOWN:
            status = _UNKNOWN  # the domain's own word, which messages leave out
        return status, readings.loss("; ".join(meanings))
