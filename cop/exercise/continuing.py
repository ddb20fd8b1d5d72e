"""An exercise that was cut off goes on where it was: what had happened is gone over again, in silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.exercise.control_words import Act, Acts, State, read_order
from cop.exercise.injecting import NotDone
from cop.exercise.scenario import Scenario
from cop.exercise.simulation import Simulation

#: a performance that was cut off longer ago is over
CUT_OFF_WITHIN = timedelta(hours=12)
#: ... and one of such a length would take too long to go over
_LONGEST = timedelta(hours=24)


def can_go_on(state: State | None, acts: Acts | None, scenario: Scenario, now: datetime) -> bool:
    """Whether an earlier performance was cut off, not ended, and is known well enough to go on with."""
    if state is None or acts is None or state.ended or state.run != acts.run or state.name != scenario.name:
        return False
    started = acts.acts[0] if acts.acts else None
    return (
        started is not None
        and started.act == "started"
        and timedelta(0) <= state.at - started.at < _LONGEST
        and -timedelta(minutes=5) < now - state.at < CUT_OFF_WITHIN
    )


def go_on(
    scenario: Scenario, state: State, acts: Acts, heard: Sequence[tuple[str, bytes]], now: datetime
) -> Simulation:
    """The performance as it stood at `state`, its clock moved on to `now`; for what `can_go_on`."""
    first = acts.acts[0]
    play = Simulation(scenario, state.seed, base=first.at, rate=first.rate or 1.0)
    for topic, payload in heard:
        play.hearing.remember(topic, payload, now)
    play.is_gone_over = play.stage.voices.is_still = play.injecting.by_record = True
    clock = play.stage.clock
    for act in acts.acts:
        if act.act == "continued":
            clock.run_until(act.t)
            play.base = act.at - timedelta(seconds=clock.real)
        else:
            clock.run_to(max(clock.real, (act.at - play.base).total_seconds()))
        _do_again(play, act)
    clock.run_to(max(clock.real, (state.at - play.base).total_seconds()))
    for one in state.injects:
        if one.state == "skipped":
            _leave_out(play, one.id)
    play.is_gone_over = play.stage.voices.is_still = False
    play.base = now - timedelta(seconds=clock.real)
    play.acts, play.acts_so_far = list(acts.acts), len(acts.acts)
    play.note("continued")
    for topic, payload in heard:
        play.hear(topic, payload, now)
    play.injecting.catch_up()
    return play


def _do_again(play: Simulation, act: Act) -> None:
    if act.act == "fired":
        play.injecting.fire_again(act.inject, act.by)
        return
    try:
        match act.act:
            case "paused":
                play.pause()
            case "resumed":
                play.resume()
            case "rate":
                play.set_rate(act.rate or 1.0)
            case "taken_over":
                play.take_over(act.agency)
            case "given_back":
                play.give_back(act.agency)
            case "skipped":
                play.skip(act.inject)
            case _:
                order = read_order(act.order.encode())
                if order is not None:
                    play.obey(order)
    except NotDone:  # the scenario was changed since, or people had the word
        return


def _leave_out(play: Simulation, inject: str) -> None:
    try:
        play.skip(inject)
    except NotDone:  # it is left out already
        return
