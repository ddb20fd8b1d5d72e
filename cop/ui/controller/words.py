"""The controller's words: when an inject comes, what it does, what has happened."""

from collections.abc import Iterator, Mapping

from cop.domain.words import INCIDENT_STATUSES, UNIT_KINDS, UNIT_STATUSES, label
from cop.exercise.control_words import Act, InjectState
from cop.exercise.injects import CONTROL_CELL, Condition, Inject
from cop.exercise.objectives import Objective
from cop.exercise.scenario import Scenario
from cop.ui import wording

_FAULTS = {
    "silent": "feed silent",
    "flood": "feed floods",
    "garbage": "feed cannot be read",
    "clock": "clock off",
    "disconnected": "connection broken",
}
_ACTS = {
    "started": "Started",
    "continued": "Continued after it was cut off",
    "ended": "Ended",
    "paused": "Paused",
    "resumed": "Running",
    "rate": "Speed",
    "fired": "Inject",
    "skipped": "Left out",
    "taken_over": "Taken over",
    "given_back": "Given back",
    "answered": "answers",
    "status": "status",
    "moved": "sent",
    "wrote": "writes",
}
#: measures that are to be kept all the time: their `within_s` is no date
_LIMITS = frozenset({"answered", "lead", "conflicts"})
_BY = {"time": "by time", "condition": "by condition", "hand": "by hand"}


class Named:
    """The scenario's names for what injects speak of."""

    def __init__(self, scenario: Scenario) -> None:
        self.agencies = {one.id: wording.one_line(one.name) for one in scenario.speakers}
        self.incidents = {one.id: wording.one_line(one.title) for one in scenario.all_incidents}
        self.injects = {one.id: wording.one_line(one.title) for one in scenario.injects}
        #: the second at which each incident of the timeline is opened
        self.opened = {one.id: one.opened_s for one in scenario.incidents}

    def agency(self, one: str) -> str:
        """What an agency is called."""
        return self.agencies.get(one, wording.one_line(one))

    def incident(self, one: str) -> str:
        """What an incident is called."""
        return self.incidents.get(one, wording.one_line(one))

    def inject(self, one: str) -> str:
        """What an inject is called."""
        return self.injects.get(one, wording.one_line(one))


def second_words(second: float) -> str:
    """A second of the exercise: "12:34", "1:02:03"."""
    return wording.waiting(second)


def rate_words(rate: float) -> str:
    """ "2×", "½×"."""
    return {0.5: "½×", 0.25: "¼×"}.get(rate, f"{rate:g}×")


def when_words(inject: Inject, named: Named) -> str:
    """When an inject fires by itself."""
    if inject.at_s is not None:
        return f"At {second_words(inject.at_s)}"
    if inject.when is None:
        return "By hand alone"
    wait = f", {wording.span(inject.when.wait_s)} later" if inject.when.wait_s else ""
    return f"When {_condition_words(inject.when, named)}{wait}"


def _condition_words(when: Condition, named: Named) -> str:
    if when.after:
        return f"“{named.inject(when.after)}” has fired"
    if when.incident is not None:
        return f"{named.incident(when.incident.id)} is {label(INCIDENT_STATUSES, when.incident.status).lower()}"
    if when.task is not None:
        who = when.task.unit or (named.agency(when.task.agency) if when.task.agency else "a unit")
        where = f" for {named.incident(when.task.incident)}" if when.task.incident else ""
        asker = f" asked by {named.agency(when.task.asker)}" if when.task.asker else ""
        return f"a task of {who}{where}{asker} is {when.task.state.replace('_', ' ')}"
    if when.arrives is not None:
        where = f" at {named.incident(when.arrives.incident)}" if when.arrives.incident else ""
        return f"{when.arrives.unit} arrives{where}"
    if when.unanswered is not None:
        whom = f" to {named.agency(when.unanswered.agency)}" if when.unanswered.agency else ""
        asker = f" by {named.agency(when.unanswered.asker)}" if when.unanswered.asker else ""
        return f"a request{asker}{whom} waits {wording.span(when.unanswered.for_s)}"
    if when.on_scene is not None:
        kinds = ", ".join(label(UNIT_KINDS, kind).lower() for kind in when.on_scene.kinds)
        whose = ", ".join(named.agency(one) for one in when.on_scene.agencies)
        what = f" ({', '.join(part for part in (kinds, whose) if part)})" if kinds or whose else ""
        units = "a unit is" if when.on_scene.count == 1 else f"{when.on_scene.count} units are"
        return f"{units} on scene{what} at {named.incident(when.on_scene.incident)}"
    return "never"


def does_words(inject: Inject, named: Named) -> list[str]:
    """What an inject does, a line each."""
    return [wording.one_line(words) for words in _does(inject, named)]


def _does(inject: Inject, named: Named) -> Iterator[str]:
    for message in inject.messages:
        to = f" to {', '.join(map(named.agency, message.to))}" if message.to else ""
        yield f"{named.agency(message.agency)}{to}: “{message.text}”"
    for incident in inject.incidents:
        false = f", taken back after {wording.span(incident.retracted_s)}" if incident.retracted_s is not None else ""
        yield f"New incident: {incident.title}{false}"
    for change in inject.changes:
        what = [
            f"P{change.priority}" if change.priority is not None else "",
            label(INCIDENT_STATUSES, change.status) if change.status is not None else "",
            f"“{change.summary}”" if change.summary is not None else "",
        ]
        yield f"{named.incident(change.incident)}: {', '.join(one for one in what if one)}"
    for fault in inject.feeds:
        clock = f" by {fault.clock_s:+.0f} s" if fault.fault == "clock" else ""
        yield f"{named.agency(fault.agency)}: {_FAULTS[fault.fault]}{clock}{_for(fault.for_s)}"
    for silence in inject.silent_units:
        yield f"Radio silent: {', '.join(silence.units)}{_for(silence.for_s)}"
    for place in inject.wrong_places:
        yield f"{place.unit} says a wrong place{_for(place.for_s)}"
    for status in inject.wrong_statuses:
        yield f"{status.unit} says {label(UNIT_STATUSES, status.status).lower()}, wrongly{_for(status.for_s)}"
    for breakdown in inject.breakdowns:
        yield f"{', '.join(breakdown.units)}: {breakdown.reason}{_for(breakdown.for_s)}"
    for resource in inject.resources:
        yield f"{named.agency(resource.agency)}: {resource.resource} {resource.availability.replace('_', ' ')}"
    for zone in inject.zones:
        yield f"{label({}, zone.kind)}: {zone.name}"
    for warning in inject.warnings:
        yield f"Warning: {warning.headline}"
    for task in inject.tasks:
        yield f"{named.agency(task.agency)} asks for {task.unit}: {task.objective}"
    for request in inject.requests:
        yield f"{named.agency(request.agency)} requests {request.quantity} × {request.what}"


def _for(for_s: float | None) -> str:
    return "" if for_s is None else f", for {wording.span(for_s)}"


def standing_words(inject: Inject, state: InjectState | None, t: float) -> str:
    """How far it is: "in 2:15", "fired 12:03 · by hand"."""
    if state is None:
        return ""
    if state.state == "fired":
        by = f" · {_BY[state.by]}" if state.by is not None else ""
        return f"Fired {second_words(state.t or 0.0)}{by}"
    if state.state == "skipped":
        return f"Left out {second_words(state.t or 0.0)}"
    if state.due_t is not None:
        return f"in {second_words(max(0.0, state.due_t - t))}"
    return "waits" if inject.when is not None else ""


def act_words(act: Act, named: Named) -> str:
    """What happened, in one line."""
    words = _ACTS.get(act.act, act.act)
    if act.act in ("fired", "skipped"):
        by = f" ({_BY[act.by]})" if act.act == "fired" else ""
        return wording.one_line(f"{words}: {named.inject(act.inject)}{by}")
    if act.act == "rate":
        return f"{words} {rate_words(act.rate or 1.0)}"
    if act.act in ("taken_over", "given_back"):
        return wording.one_line(f"{words}: {named.agency(act.agency)}")
    if act.agency:
        who = named.agency(act.agency)
        text = f"“{act.words}”" if act.act == "wrote" else act.words
        return wording.one_line(f"{who}: {text}" if act.agency == CONTROL_CELL else f"{who} (by hand): {text}")
    return words


def mark_words(act: Act, names: Mapping[str, str]) -> str:
    """What stands on the time bar."""
    words = _ACTS.get(act.act, act.act)
    what = act.words or names.get(act.agency, act.agency) or (rate_words(act.rate) if act.rate else "")
    return wording.one_line(f"{words}: {what}" if what else words)


def objective_words(objective: Objective, named: Named, t: float, fired: Mapping[str, float]) -> str:
    """How long there still is at second `t`; `fired` is when each inject fired that has."""
    limit = wording.span(objective.within_s)
    if objective.measure in _LIMITS:
        return f"At most {limit} at a time"
    if objective.after and objective.after not in fired:
        return wording.one_line(f"{limit} from “{named.inject(objective.after)}”")
    begins = fired.get(objective.after, named.opened.get(objective.incident, 0.0))
    until = begins + objective.within_s
    if until <= 0.0:
        return "Its time was before the start"
    left = f" · {second_words(until - t)} left" if t < until else " · time is over"
    return f"Until {second_words(until)}{left}"
