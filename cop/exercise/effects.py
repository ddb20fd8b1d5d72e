"""What an inject does to the exercise."""

import math
from collections.abc import Callable

import msgspec

from cop.domain.log import LogEntry
from cop.domain.resource import Resource
from cop.exercise import script
from cop.exercise.cast import Player
from cop.exercise.injects import (
    Breakdown,
    FeedFault,
    Inject,
    InjectedIncident,
    MessageLine,
    ResourceChange,
    SilentUnits,
    WrongPlace,
    WrongStatus,
)
from cop.exercise.stage import Stage
from cop.feeds.topics import object_topic

#: real seconds between two pieces of noise, and between two gusts of a flood
_NOISE_S, _GUST_S = 1.0, 0.1


def carry_out(inject: Inject, stage: Stage) -> None:
    """Let all of it happen, now or from now on."""
    now = stage.clock.now
    for incident in inject.incidents:
        _open(incident, stage)
    for change in inject.changes:
        stage.change_incident(change.incident, change)
    later = [
        *script.zones(inject.zones, stage.owners, lambda s: stage.written(s + now)),
        *script.warnings(inject.warnings, lambda s: stage.written(s + now)),
        *script.requests(inject.requests, stage.incidents, lambda s: stage.written(s + now)),
    ]
    stage.play(later, from_s=now)
    for task in inject.tasks:
        stage.ask(task, from_s=now)
    for message in inject.messages:
        write(message, stage)
    for fault in inject.feeds:
        _FAULTS[fault.fault](fault, _until(stage, fault.for_s), stage)
    for silence in inject.silent_units:
        _silence(silence, stage)
    for place in inject.wrong_places:
        _misplace(place, stage)
    for status in inject.wrong_statuses:
        _missay(status, stage)
    for resource in inject.resources:
        _withdraw(resource, stage)
    for breakdown in inject.breakdowns:
        _break_down(breakdown, stage)


def write(message: MessageLine, stage: Stage, *, incident_agency: str = "") -> None:
    """A log line; of an incident that people opened, its agency too."""
    entry = LogEntry(
        id=stage.next_line(),
        at=stage.moment(),
        text=message.text,
        to=message.to,
        incident_agency=incident_agency or stage.owners.get(message.incident, ""),
        incident=message.incident,
    )
    stage.say(message.agency, entry)


def _until(stage: Stage, for_s: float | None) -> float:
    return math.inf if for_s is None else stage.clock.now + for_s


def _afterwards(stage: Stage, until_s: float, do: Callable[[], object]) -> None:
    if until_s < math.inf:
        stage.clock.at(until_s, do)


def _open(line: InjectedIncident, stage: Stage) -> None:
    now = stage.clock.now
    stage.open_incident(line, from_s=now)

    def take_back() -> None:
        body = stage.voices.said.get((line.agency, "incident", line.id))
        if body is not None and not body.deleted:
            stage.say(line.agency, msgspec.structs.replace(body, deleted=True))

    if line.retracted_s is not None:
        stage.clock.at(now + line.retracted_s, take_back)


def _silence(silence: SilentUnits, stage: Stage) -> None:
    until_s = _until(stage, silence.for_s)
    for callsign in silence.units:
        player = stage.unit(silence.agency, callsign)
        player.silent_until_s = max(player.silent_until_s, until_s)


def _misplace(wrong: WrongPlace, stage: Stage) -> None:
    player, place = stage.unit(wrong.agency, wrong.unit), (wrong.place[0], wrong.place[1])
    player.says_place = place

    def put_right() -> None:
        if player.says_place is place:
            player.says_place = None

    _afterwards(stage, _until(stage, wrong.for_s), put_right)


def _missay(wrong: WrongStatus, stage: Stage) -> None:
    player = stage.unit(wrong.agency, wrong.unit)
    player.says_status = wrong.status
    stage.show(player)

    def put_right() -> None:
        player.says_status = ""
        stage.show(player)

    _afterwards(stage, _until(stage, wrong.for_s), put_right)


def _withdraw(change: ResourceChange, stage: Stage) -> None:
    key = (change.agency, "resource", change.resource)
    body = stage.voices.said.get(key)
    if not isinstance(body, Resource):
        return
    until_s = _until(stage, change.for_s)
    changed = msgspec.structs.replace(
        body,
        availability=change.availability,
        available=min(change.available, body.quantity),
        conditions=body.conditions if change.conditions is None else change.conditions,
        until=None if until_s == math.inf else stage.moment_at(until_s),
    )
    stage.say(change.agency, changed)
    _afterwards(stage, until_s, lambda: stage.say(change.agency, body))


def _break_down(breakdown: Breakdown, stage: Stage) -> None:
    until_s = _until(stage, breakdown.for_s)
    for callsign in breakdown.units:
        player = stage.unit(breakdown.agency, callsign)
        player.broken_until_s = max(player.broken_until_s, until_s)
        stage.tasking.give_up(player, breakdown.reason)
        player.motion.put(player.motion.place)
        player.status = "out_of_service"
        stage.show(player)
        _afterwards(stage, until_s, lambda player=player: _repair(player, stage))  # type: ignore[misc]  # the default binds


def _repair(player: Player, stage: Stage) -> None:
    if stage.clock.now >= player.broken_until_s and player.status == "out_of_service":
        player.status = "available"
        player.motion.release()
        stage.show(player)


def _mute(fault: FeedFault, until_s: float, stage: Stage) -> None:
    stage.voices.faults.silence(fault.agency, until_s)
    _afterwards(stage, until_s, lambda: stage.voices.speak_up(fault.agency))


def _cut(fault: FeedFault, until_s: float, stage: Stage) -> None:
    stage.voices.faults.cut(fault.agency, until_s)
    _afterwards(stage, until_s, lambda: stage.voices.speak_up(fault.agency))


def _set_clock(fault: FeedFault, until_s: float, stage: Stage) -> None:
    stage.voices.faults.set_clock(fault.agency, until_s, fault.clock_s)


def _garble(fault: FeedFault, until_s: float, stage: Stage) -> None:
    stage.voices.faults.garble(fault.agency, until_s)
    topic = object_topic(stage.voices.root, fault.agency, "log", "noise")

    def make_noise() -> None:
        if stage.clock.now < until_s:
            stage.voices.blare(fault.agency, topic, b'{"id": "noise", "at": ' + b"\xc3(" * 20)
            stage.clock.beat(stage.clock.real + _NOISE_S, make_noise)

    make_noise()


def _flood(fault: FeedFault, until_s: float, stage: Stage) -> None:
    players = stage.units_of(fault.agency)
    spoken = 0

    def gust() -> None:
        nonlocal spoken
        if stage.clock.now >= until_s or not players:
            return
        for _ in range(max(1, round(fault.per_second * _GUST_S))):
            stage.voices.place(players[spoken % len(players)], players[spoken % len(players)].motion.fix())
            spoken += 1
        stage.clock.beat(stage.clock.real + _GUST_S, gust)

    gust()


_FAULTS: dict[str, Callable[[FeedFault, float, Stage], None]] = {
    "silent": _mute,
    "disconnected": _cut,
    "clock": _set_clock,
    "garbage": _garble,
    "flood": _flood,
}
