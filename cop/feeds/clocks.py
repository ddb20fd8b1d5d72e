"""This computer's clocks, read together."""

import time

from cop.domain.rules.upset import Sample

_APART_S = 0.05
#: Linux and macOS have a clock that goes on in sleep; elsewhere the monotonic one does
_ELAPSED = getattr(
    time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None) if hasattr(time, "CLOCK_UPTIME_RAW") else None
)


def look() -> Sample:
    """One look at all clocks; taken again where this process was stopped between two of them."""
    while True:
        running = time.monotonic()
        sample = Sample(time.time(), running, _elapsed(running))
        if time.monotonic() - running < _APART_S:
            return sample


def _elapsed(running: float) -> float:
    return time.clock_gettime(_ELAPSED) if _ELAPSED is not None else running
