"""How the feeds are, in words and in shapes that do not need colour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cop.domain.batch import BrokerState, FeedHealth
from cop.picture.picture import Picture
from cop.ui import wording

#: worst first: the state in words, and the mark that stands beside its colour
STATES: dict[str, tuple[str, str]] = {
    "failed": ("failed", "✕"),
    "stopped": ("stopped", "■"),
    "silent": ("silent", "▲"),
    "never_heard": ("never heard", "○"),
    "live": ("live", "●"),
}
_WORST_FIRST = list(STATES)
_CONNECTING_S = 10.0


@dataclass(frozen=True, slots=True)
class AgencyFeeds:
    """All feeds of an agency in one: the worst state counts."""

    agency: str
    name: str
    state: str
    detail: str


def state_words(state: str) -> str:
    """A feed's state in words; an unknown one as it came."""
    return STATES.get(state, (state, ""))[0]


def badness(state: str) -> int:
    """0 is the worst."""
    return _WORST_FIRST.index(state) if state in STATES else 0


def by_agency(picture: Picture) -> list[AgencyFeeds]:
    """One entry an agency, in alphabetical order of names; feeds of no one agency stand under their own name."""
    feeds: dict[str, list[FeedHealth]] = {}
    for health in picture.feeds.values():
        feeds.setdefault(health.agency or health.feed, []).append(health)
    entries = []
    for agency, healths in feeds.items():
        worst = min(healths, key=lambda one: badness(one.state))
        detail = "\n".join(f"{one.feed} ({one.format}): {state_words(one.state)}{_bad(one)}" for one in healths)
        entries.append(AgencyFeeds(agency, wording.agency_name(picture, agency), worst.state, detail))
    return sorted(entries, key=lambda one: one.name.casefold())


def tally(entries: Iterable[AgencyFeeds]) -> str:
    """ "20 live, 1 silent": for screen readers."""
    counts: dict[str, int] = {}
    for one in entries:
        counts[one.state] = counts.get(one.state, 0) + 1
    words = [f"{counts[state]} {state_words(state)}" for state in reversed(_WORST_FIRST) if state in counts]
    return ", ".join(words) or "no feed has been heard of"


def broker_line(broker: BrokerState | None) -> str:
    """The broker in one line."""
    if broker is None:
        return "Broker: the feed process has not said anything yet"
    words = {
        "connecting": "connecting",
        "online": "connected",
        "offline": "not reached",
        "refused": "refuses us",
        "stopped": "feed process stopped",
    }
    parts = [f"Broker {wording.one_line(broker.url)}: {words.get(broker.state, broker.state)}"]
    if broker.since is not None:
        parts.append(f"since {wording.clock(broker.since, seconds=True)}")
    if broker.protocol:
        parts.append(wording.one_line(broker.protocol))
    if broker.reconnects:
        parts.append(f"{broker.reconnects} reconnect{'s' if broker.reconnects != 1 else ''}")
    if broker.reason:
        parts.append(wording.one_line(broker.reason))
    return " · ".join(parts)


def broker_banner(broker: BrokerState | None, now: datetime) -> str:
    """What must be said across the window about the broker; empty if all is well, or may be in a moment."""
    if broker is None or broker.state == "online":
        return ""
    since = f" since {wording.clock(broker.since)}" if broker.since is not None else ""
    if broker.state == "refused":
        why = f": {wording.one_line(broker.reason)}" if broker.reason else ""
        return f"Broker refuses us{since}{why} — positions are not updating"
    if broker.state == "stopped":
        return "Feed process stopped — restarting; positions are not updating"
    connecting_s = (now - broker.since).total_seconds() if broker.since is not None else 0.0
    if broker.state == "offline" or (broker.state == "connecting" and connecting_s > _CONNECTING_S):
        return f"Broker not reached{since} — positions are not updating"
    return ""


def disk_banners(broker: BrokerState | None) -> dict[str, str]:
    """What must be said across the window about journal and outbox; empty where all is well."""
    journal = wording.one_line(broker.journal_error) if broker is not None else ""
    outbox = wording.one_line(broker.outbox_error) if broker is not None else ""
    return {
        "journal": f"Journal cannot be written — nothing is on record: {journal}" if journal else "",
        "outbox": f"Actions are not leaving this desk: {outbox}" if outbox else "",
    }


def _bad(health: FeedHealth) -> str:
    return f", {health.bad} bad" if health.bad else ""
