"""Why a broker refuses us or lets us go, in words for people, and what they can do about it (MQTT 5 §2.4).

What a broker says in its own words is shortened and quoted: it may be anything.
"""

from typing import Any, NamedTuple

_ASK = "Ask whoever runs the broker"
_IN_SETTINGS = "under [broker] in cop.toml"
_QUOTED_LENGTH = 160


class Words(NamedTuple):
    """What is wrong, in the middle of a sentence; and what a person can do about it, a sentence or two."""

    reason: str
    advice: str = ""


NOTHING = Words("")
_AGAIN = "It is tried again by itself."
_LOG = f"{_ASK} to look into its log."

#: MQTT 3.1.1 says five of them, in numbers that paho translates
_SAID = {
    0x80: Words("the broker refuses and does not say why", _LOG),
    0x81: Words("the broker cannot read what this desk says", _LOG),
    0x82: Words("the broker says that this desk breaks its rules", _LOG),
    0x83: Words("the broker refuses for a reason of its own", _LOG),
    0x84: Words("the broker speaks another version of MQTT", "It has to speak MQTT 5 or MQTT 3.1.1."),
    0x85: Words("the broker refuses this desk's client id", f"{_ASK} which it takes; set client_id {_IN_SETTINGS}."),
    0x86: Words(
        "user name or password is wrong",
        f"Check user and password {_IN_SETTINGS}. Whoever runs the broker can set a new password.",
    ),
    0x87: Words(
        "the broker does not let this desk in: user name, password or permission is wrong",
        f"Check user and password {_IN_SETTINGS}. {_ASK} whether this desk may connect.",
    ),
    0x88: Words("the broker says that it is not available", f"{_AGAIN} If it lasts, call whoever runs the broker."),
    0x89: Words("the broker says that it is busy", f"{_AGAIN} If it lasts, call whoever runs the broker."),
    0x8A: Words("this desk is banned by the broker", f"{_ASK} to let it in again."),
    0x8B: Words("the broker is shutting down", f"{_AGAIN} If it stays away, call whoever runs the broker."),
    0x8C: Words("the broker wants another way of signing in", f"{_ASK} to let desks sign in by name and password."),
    0x8D: Words("the broker has not heard from this desk for too long", f"{_AGAIN} Check this desk's network."),
    0x8E: Words(
        "another desk connects with this desk's client id",
        f"Close the other desk, or give one of the two another client_id {_IN_SETTINGS}.",
    ),
    0x90: Words("the broker does not take the topic", f"{_ASK} to allow this desk's part of the topic tree."),
    0x93: Words("the broker says that this desk says too much at once", _LOG),
    0x95: Words("a message is larger than the broker takes", f"{_ASK} to take larger messages."),
    0x96: Words("the broker says that this desk says too much", f"{_ASK} to allow more messages."),
    0x97: Words(
        "the broker's quota for this desk is used up",
        f"{_ASK} to make room: its limits on messages, memory or connections are reached.",
    ),
    0x98: Words("whoever runs the broker has ended the connection", "Ask them why."),
    0x99: Words("the broker does not take this form of message", _LOG),
    0x9A: Words(
        "the broker does not retain messages", "COP needs a broker that retains messages: it has to be set so."
    ),
    0x9B: Words("the broker does not confirm messages", "COP needs a broker with QoS 1: it has to be set so."),
    0x9C: Words("the broker asks this desk to use another one for now", ""),
    0x9D: Words("the broker has moved for good", ""),
    0x9F: Words("the broker says that this desk connects too often", _AGAIN),
    0xA0: Words("the broker ends connections after a time", _AGAIN),
}
#: what no trying again mends: the state is `refused`, not `offline`
_FOR_PEOPLE = frozenset({0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D})
_ELSEWHERE = frozenset({0x9C, 0x9D})
UNSUPPORTED_VERSION = 0x84
#: refused for reasons that hold for the same words each time: not authorised, topic invalid, too large, form invalid
_FINAL = frozenset({0x87, 0x90, 0x95, 0x99})
_OF_AN_ACTION = {
    0x80: "the broker refused it and did not say why",
    0x83: "the broker refused it for a reason of its own",
    0x87: "the broker does not allow this desk to say it",
    0x90: "the broker does not take its topic",
    0x91: "the broker mixed it up with another",
    0x95: "it is larger than the broker takes",
    0x97: "the broker has no room for it now: its quota is used up",
    0x99: "the broker does not take its form",
}


def of_broker(code: int, properties: Any = None) -> Words:
    """What a CONNACK or DISCONNECT with this reason code tells (MQTT 5 §3.2.2.2, §3.14.2.1)."""
    reason, advice = _SAID.get(code, Words(f"the broker refuses (reason {code:#04x})", _LOG))
    if code in _ELSEWHERE:
        server = quoted(getattr(properties, "ServerReference", ""))
        advice = f"{_ASK} whether url {_IN_SETTINGS} is now {server}." if server else f"{_ASK} where it is now."
    if said := quoted(getattr(properties, "ReasonString", "")):
        reason = f"{reason} (“{said}”)"
    return Words(reason, advice)


def is_for_people(code: int) -> bool:
    """Whether a refusal stands until a person does something."""
    return code in _FOR_PEOPLE


def of_action(code: int, properties: Any = None) -> tuple[str, bool]:
    """Why the broker refused a publish, and whether that is final (MQTT 5 §3.4.2.1).

    Final is what the same words would be told again: not authorised, topic name invalid, packet too large, payload
    format invalid. Quota exceeded, packet identifier in use, unspecified and implementation specific errors may be
    over the next moment.
    """
    reason = _OF_AN_ACTION.get(code, f"the broker refused it (reason {code:#04x})")
    if said := quoted(getattr(properties, "ReasonString", "")):
        reason = f"{reason} (“{said}”)"
    return reason, code in _FINAL


def quoted(words: object) -> str:
    """Somebody else's words on one short line, without what could not be seen."""
    text = " ".join("".join(one if one.isprintable() else " " for one in str(words)[:1000]).split())
    return text if len(text) <= _QUOTED_LENGTH else f"{text[: _QUOTED_LENGTH - 1]}…"
