"""The broker, the record and this computer's clock in words: what is wrong, since when, and what a person can do."""

from datetime import datetime

from cop.domain.batch import BrokerState, Upset
from cop.ui import wording

_CONNECTING_S = 10.0
#: from here on a broker's answer is slow
_SLOW_S = 1.0
#: a clock that is less far off than this moves no age that anybody reads
_CLOCK_OFF_S = 3.0
_STATES = {
    "connecting": "connecting",
    "online": "connected",
    "offline": "not reached",
    "refused": "refuses us",
    "stopped": "feed process stopped",
}
_GOES_ON = "positions are not updating"
#: what a journal's error begins with (`cop.domain.disk_words`), and what helps
_DISK_ADVICE = (
    (
        ("disk is full", "quota", "grow no larger"),
        "Free space on that disk, or call whoever looks after this computer.",
    ),
    (
        ("read-only", "may not write"),
        "This user must be allowed to write there: call whoever looks after this computer.",
    ),
    (("keeps the file locked", "another process"), "Close the other program that has it open."),
    (("does not answer",), "Check the disk or its cable; then call whoever looks after this computer."),
    (("file stands where",), "Move that file away, or name another folder under [journal] in cop.toml."),
    (
        ("damaged", "malformed", "not a database", "replaced or overwritten"),
        "The file is left as it is and another one begun: tell whoever looks after the records.",
    ),
)
_ANY_DISK = "Call whoever looks after this computer."


def broker_line(broker: BrokerState | None) -> str:
    """The broker in one line: which, how it is, since when, how often it came back."""
    if broker is None:
        return "Broker: the feed process has not said anything yet"
    which = f"Broker {broker.place} of {broker.brokers}" if broker.brokers > 1 else "Broker"
    host = wording.shortened(wording.one_line(broker.url).rpartition("//")[2], 60)
    parts = [f"{which} {host}: {_STATES.get(broker.state, wording.one_line(broker.state))}"]
    if broker.since is not None:
        parts[0] += f" since {wording.clock(broker.since, seconds=True)}"
    if broker.round_trip_s is not None and broker.round_trip_s >= _SLOW_S:
        parts.append(f"slow: answers in {delay(broker.round_trip_s)}")
    parts.append(f"{broker.reconnects} reconnect{'s' if broker.reconnects != 1 else ''}")
    return " · ".join(parts)


def broker_hint(broker: BrokerState | None) -> str:
    """What of the connection only who looks after it wants to know."""
    if broker is None:
        return ""
    answers = f"answers in {delay(broker.round_trip_s)}" if broker.round_trip_s is not None else ""
    said = (wording.one_line(broker.url), wording.one_line(broker.protocol), answers)
    return "\n".join(part for part in said if part)


def why_line(broker: BrokerState | None) -> str:
    """Why the broker is not as it should be, and what a person can do; empty where there is nothing to say."""
    if broker is None:
        return ""
    return sentences(broker.reason, broker.advice)


def sentences(*parts: str) -> str:
    """Some words of others as sentences one after the other: a capital at the beginning, a full stop at the end."""
    said = [wording.one_line(part).rstrip(" .") for part in parts]
    return " ".join(f"{one[:1].upper()}{one[1:]}{'' if one[-1] in '?!…' else '.'}" for one in said if one)


def _after(first: str, *more: str) -> str:
    """The same behind a dash or a colon: the first begins small."""
    return " ".join(
        part for part in (f"{wording.one_line(first).rstrip(' .')}." if first else "", sentences(*more)) if part
    )


def other_broker(before: BrokerState | None, broker: BrokerState) -> str:
    """That this desk works at another of its brokers now; empty where it does not."""
    if broker.state != "online" or broker.place == (before.place if before is not None else 1):
        return ""
    host = wording.shortened(wording.one_line(broker.url).rpartition("//")[2], 60)
    if broker.place == 1:
        return f"Back at the first broker, {host}."
    gone = " The first is not reached: tell whoever runs it." if broker.brokers > 1 else ""
    return f"Now at broker {broker.place} of {broker.brokers}, {host}: work goes on there.{gone}"


def delay(seconds: float) -> str:
    """ "40 ms", "4.3 s", "2 min"."""
    if seconds < 0.95:
        return f"{max(0.0, seconds) * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 9.95 else wording.span(seconds)


def banners(broker: BrokerState | None, now: datetime, unrecorded_since: datetime | None = None) -> dict[str, str]:
    """What must be said across the window, by its source; empty where all is well."""
    return {
        "broker": broker_banner(broker, now),
        "journal": not_recording(broker.journal_error, unrecorded_since) if broker is not None else "",
        "outbox": outbox_words(broker.outbox_error) if broker is not None else "",
        "clock": clock_words(broker.clock_off_s) if broker is not None else "",
    }


def broker_banner(broker: BrokerState | None, now: datetime) -> str:
    """What must be said across the window about the broker; empty if all is well, or may be in a moment."""
    if broker is None or broker.state == "online":
        return ""
    since = f" since {wording.clock(broker.since)}" if broker.since is not None else ""
    if broker.state == "stopped":
        return f"Feed process stopped — restarting; {_GOES_ON}"
    why = sentences(broker.reason, broker.advice)
    if broker.state == "refused":
        return f"Broker refuses us{since} — {_GOES_ON}. {why}".rstrip(". ") + ("." if why else "")
    connecting_s = (now - broker.since).total_seconds() if broker.since is not None else 0.0
    if broker.state == "offline" or (broker.state == "connecting" and connecting_s > _CONNECTING_S):
        both = f" (neither of {broker.brokers})" if broker.brokers == 2 else ""
        many = f" (none of {broker.brokers})" if broker.brokers > 2 else both
        return f"Broker not reached{many}{since} — {_GOES_ON}{f'. {why}' if why else ''}"
    return ""


def not_recording(error: str, since: datetime | None) -> str:
    """That nothing is put on record, why, since when, and what to do; empty where all is well."""
    why = wording.one_line(error)
    if not why:
        return ""
    when = f" since {wording.clock(since)}" if since is not None else ""
    return f"NOT RECORDING{when} — {_after(why, _disk_advice(why))} What comes is held in memory."


def _disk_advice(why: str) -> str:
    return next((help_ for signs, help_ in _DISK_ADVICE if any(sign in why for sign in signs)), _ANY_DISK)


def recording_again(seconds: float) -> str:
    """That the record goes on, and how long it did not."""
    long = wording.span(seconds)
    return f"Recording again, after {long} without. If anything was lost meanwhile, the journal says what is missing."


def outbox_words(error: str) -> str:
    """That our actions stay here, and why; empty where all is well."""
    why = wording.one_line(error)
    if "will be tried again" in why:  # the broker gives them back for now: `cop.feeds.sending`
        return f"Actions do not reach the broker: {_after(why, 'Call whoever runs the broker.')}"
    return f"Actions are not leaving this desk: {_after(why, _disk_advice(why))}" if why else ""


def clock_words(off_s: float | None) -> str:
    """That this computer's clock is wrong; empty where it is right, or nobody knows."""
    if off_s is None or abs(off_s) < _CLOCK_OFF_S:
        return ""
    return (
        f"This computer's clock is {wording.span(abs(off_s))} {'ahead' if off_s > 0 else 'behind'}, by what most"
        " agencies say: times and ages shown here are wrong by as much. Set its clock, or call whoever looks after this"
        " computer."
    )


def upset_words(upset: Upset) -> str:
    """What happened to this computer while nobody looked: it slept, or its clock was set."""
    long = wording.span(abs(upset.seconds))
    if upset.kind == "slept":
        return (
            f"This computer slept for {long}: what was said meanwhile is being fetched. Look at the ages of positions."
        )
    if upset.kind == "clock":
        way = "forward" if upset.seconds > 0 else "back"
        return f"This computer's clock was set {way} by {long}: times and ages shown before may be wrong by as much."
    return ""


def left_aside(files: str) -> str:
    """That files of the record were found damaged, and what is to be done with them."""
    damaged = wording.shortened(wording.one_line(files), 160)
    return f"A file of the record is damaged and was left as it is: {_after(damaged)} Keep it for who reviews this."


def record_line(broker: BrokerState | None) -> tuple[str, str]:
    """Whether all of this is being recorded, and the tone to say it in."""
    if broker is None:
        return "", "muted"
    why = _after(broker.journal_error)
    lines = [f"Not recording: {why}" if why else "", outbox_words(broker.outbox_error)]
    if amiss := "\n".join(line for line in lines if line):
        return amiss, "bad"
    if not broker.recorded:
        return "Not recorded: `record` under [journal] in cop.toml is false.", "warn"
    into = f" into {wording.shortened(wording.one_line(broker.record), 60)}" if broker.record else ""
    if broker.left_aside:
        return f"Recording{into}. {left_aside(broker.left_aside)}", "warn"
    if broker.unsigned:
        return f"Recording{into}, but the record is not signed: {_after(broker.unsigned)}", "bad"
    return f"Recording{into}{', signed' if broker.signed else ''}: every message and every action.", "muted"
