"""Whether a claim can be believed at all."""

from datetime import UTC, datetime, timedelta

#: A sender's clock may be this far ahead of ours before its word is refused: a report from the future would win over
#: every true one until that future comes, and look fresh all the while.
CLOCK_TOLERANCE = timedelta(minutes=5)
#: No agency's system reported by MQTT before this: such a time is a clock that was never set.
_CLOCK_NEVER_SET = datetime(2000, 1, 1, tzinfo=UTC)


def refuse_time(reported_at: datetime, received_at: datetime) -> str:
    """Why a report with this time is not taken; empty if it is."""
    if reported_at - received_at > CLOCK_TOLERANCE:
        return "sender's clock is more than 5 min ahead"
    if reported_at < _CLOCK_NEVER_SET:
        return "sender's clock was never set"
    return ""
