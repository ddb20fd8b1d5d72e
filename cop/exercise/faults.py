"""What is wrong with the lines of whole agencies: who is not heard, or cannot be read, whose clock is off."""

import math
from datetime import timedelta

_NONE = timedelta(0)


class Faults:
    """Each fault of an agency holds until a second of the exercise."""

    def __init__(self) -> None:
        self._mute: dict[str, float] = {}
        self._cut: dict[str, float] = {}
        self._garbled: dict[str, float] = {}
        self._clocks: dict[str, tuple[float, timedelta]] = {}

    def silence(self, agency: str, until_s: float) -> None:
        """Nothing that it says is heard."""
        self._mute[agency] = until_s

    def cut(self, agency: str, until_s: float) -> None:
        """Its connection is broken."""
        self._cut[agency] = until_s

    def garble(self, agency: str, until_s: float) -> None:
        """Its positions cannot be read."""
        self._garbled[agency] = until_s

    def set_clock(self, agency: str, until_s: float, ahead_s: float) -> None:
        """Its clock is so much ahead; behind, if negative."""
        self._clocks[agency] = (until_s, timedelta(seconds=ahead_s))

    def is_cut(self, agency: str, now: float) -> bool:
        """Whether it has no connection."""
        return now < self._cut.get(agency, -math.inf)

    def is_mute(self, agency: str, now: float) -> bool:
        """Whether nothing of it is heard."""
        return now < self._mute.get(agency, -math.inf) or self.is_cut(agency, now)

    def is_garbled(self, agency: str, now: float) -> bool:
        """Whether its positions cannot be read."""
        return now < self._garbled.get(agency, -math.inf)

    def clock_of(self, agency: str, now: float) -> timedelta:
        """How far its clock is ahead."""
        until_s, ahead = self._clocks.get(agency, (-math.inf, _NONE))
        return ahead if now < until_s else _NONE

    @staticmethod
    def garbled(payload: bytes) -> bytes:
        """A message of which half came, the rest as noise: readable in no format."""
        return b"\xff\x00\x9f" + bytes(byte ^ 0x5A for byte in payload[: max(8, len(payload) // 2)])
