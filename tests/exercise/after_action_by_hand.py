"""The figures of an after-action review computed anew, from raw messages alone: `json`, `tomllib`, and nothing of ours.

What `cop/exercise/review` says is held against this (`test_after_action_by_hand.py`). It shares no line with it: no
picture, no rule, no adapter, no journal. It reads what was published (when it came, topic, payload), the exercise's
file for its objectives, and the agreements' files for which clauses are consent in advance. What each figure is:
`docs/after-action.md`; what can be told without the picture is told here, the rest (who leads by the agreements,
conflicts) is left out.

All seconds are the exercise's: before its start they are the world's, then `rate` of them pass in one of the world.
"""

import itertools
import json
import statistics
import tomllib
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

#: words of an owner that answer a request
ANSWERS = {"accepted", "declined", "countered", "en_route", "on_scene", "complete", "released"}
#: a clock that is so far ahead of when its words come is wrong; they were said when they came
_WRONG_CLOCK_S = 30.0
_CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


class Raw(NamedTuple):
    """One message as it came: epoch seconds, topic, payload."""

    came: float
    topic: str
    payload: bytes


class Course(NamedTuple):
    """The exercise's time: `base` is the epoch second of its start."""

    base: float
    rate: float

    def second(self, epoch: float) -> float:
        """Which second of the exercise a moment is."""
        passed = epoch - self.base
        return passed if passed < 0 else passed * self.rate

    def of(self, text: str) -> float:
        """Which second of the exercise an RFC 3339 time is."""
        return self.second(datetime.fromisoformat(text).timestamp())


@dataclass
class Asked:
    """A task and what became of it; times are seconds of the exercise."""

    asker: str
    id: str
    owner: str
    unit: str
    unit_kind: str
    incident: tuple[str, str]
    clause: tuple[str, str]
    at: float
    over_at: float | None = None
    answered: float | None = None
    en_route: float | None = None
    on_scene: float | None = None
    said_no: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_request(self) -> bool:
        """Whether another agency had to be asked."""
        return self.asker != self.owner

    def after(self, at: float | None) -> float | None:
        """So long after it was asked."""
        return None if at is None else max(0.0, at - self.at)


class Agency(NamedTuple):
    """How an agency answered: each duration in order, and the middle of each kind."""

    to_answer: list[float]
    to_en_route: list[float]
    to_on_scene: list[float]
    declined: list[tuple[str, str, str]]

    def median(self, what: str) -> float | None:
        """The middle one, of an even number the mean of the middle two."""
        durations: list[float] = getattr(self, what)
        return statistics.median(durations) if durations else None


class Objective(NamedTuple):
    """Whether it was met, and when after it began to count; `met` None: this computation cannot tell."""

    met: bool | None
    took_s: float | None


@dataclass
class ByHand:
    """What the messages tell."""

    tasks: dict[tuple[str, str], Asked]
    agencies: dict[str, Agency]
    objectives: dict[str, Objective]
    fired: dict[str, float]
    nobody_commands_s: dict[tuple[str, str], float]
    two_command_s: dict[tuple[str, str], float]
    #: of each feed (agency, tree): the pauses longer than a minute, from the last message before to the first after
    pauses: dict[tuple[str, str], list[tuple[float, float | None]]]


class _Word(NamedTuple):
    """A word in our own format: whose, of what kind, when it was said (its own time), its JSON."""

    agency: str
    kind: str
    id: str
    said: float
    body: dict[str, Any]
    came: float


def figures(
    messages: Iterable[Raw],
    exercise: Path,
    agreements: Path,
    *,
    base: float,
    rate: float,
    end_s: float | None = None,
) -> ByHand:
    """All figures of an exercise whose file is `exercise`; the record ends at `end_s`, or with its last message."""
    course = Course(base, rate)
    raw = list(messages)
    scenario = tomllib.loads(exercise.read_text(encoding="utf-8"))
    end = course.second(raw[-1].came) if end_s is None else end_s
    words = list(_words(raw, scenario["name"], course))
    fired = _fired(scenario, words, course)
    tasks = _tasks(words, course)
    direct = _direct_clauses(agreements)
    incidents = {line["id"]: line for line in _incident_lines(scenario)}
    facts = _Facts(raw, words, tasks, direct, scenario, course, end, fired, incidents)
    return ByHand(
        tasks=tasks,
        agencies=_agencies(tasks),
        objectives={line["id"]: facts.objective(line) for line in scenario.get("objectives", ())},
        fired=fired,
        nobody_commands_s={key: none for key, (none, _two) in facts.command().items()},
        two_command_s={key: two for key, (_none, two) in facts.command().items()},
        pauses=_pauses(raw, scenario["name"], course, end),
    )


def _words(raw: Iterable[Raw], name: str, course: Course) -> Iterable[_Word]:
    root = f"exercise/{name}/v1/"
    seen: set[tuple[str, str, str, int, str]] = set()
    for one in raw:
        if not one.topic.startswith(root) or not one.payload or "/position/" in one.topic:
            continue
        agency, _, rest = one.topic[len(root) :].partition("/")
        try:
            body = json.loads(one.payload)
        except ValueError:
            continue
        kind = body.get("report", rest.partition("/")[0])
        key = (agency, rest, body["id"], body.get("rev", 0), body["at"])
        if key in seen:
            continue
        seen.add(key)
        came, said = course.second(one.came), course.of(body["at"])
        ahead_s = datetime.fromisoformat(body["at"]).timestamp() - one.came
        yield _Word(agency, kind, body["id"], came if ahead_s > _WRONG_CLOCK_S else said, body, came)


def _fired(scenario: Mapping[str, Any], words: Iterable[_Word], course: Course) -> dict[str, float]:
    """When each inject fired: at its time; else when the first thing that it brings says that it began."""
    fired = {}
    opened = {word.id: course.of(word.body["opened_at"]) for word in words if word.kind == "incident"}
    said = {word.body["text"]: word.said for word in words if word.kind == "log"}
    for inject in scenario.get("injects", ()):
        if "at_s" in inject:
            fired[inject["id"]] = float(inject["at_s"])
            continue
        for incident in inject.get("incidents", ()):
            if incident["id"] in opened:
                fired.setdefault(inject["id"], opened[incident["id"]] - incident["opened_s"])
        for message in inject.get("messages", ()):
            if message["text"] in said:
                fired.setdefault(inject["id"], said[message["text"]])
    return fired


def _tasks(words: Iterable[_Word], course: Course) -> dict[tuple[str, str], Asked]:
    tasks: dict[tuple[str, str], Asked] = {}
    for word in words:
        body = word.body
        if word.kind == "task" and not body.get("draft"):
            asked = course.of(body["asked_at"]) if "asked_at" in body else word.said
            task = tasks.setdefault(
                (word.agency, word.id),
                Asked(
                    asker=word.agency,
                    id=word.id,
                    owner=body["assignee_agency"],
                    unit=body["unit"],
                    unit_kind=body.get("unit_kind", ""),
                    incident=(body.get("incident_agency", ""), body.get("incident", "")),
                    clause=(body.get("agreement", ""), body.get("clause", "")),
                    at=asked,
                ),
            )
            task.at = min(task.at, asked)
            if (body.get("cancelled") or body.get("deleted")) and task.over_at is None:
                task.over_at = word.said
    for word in words:
        if word.kind == "answer" and not word.body.get("deleted"):
            task_or_none = tasks.get((word.body["requester"], word.id))
            if task_or_none is not None and task_or_none.owner == word.agency:
                _answer(task_or_none, word, course)
    return tasks


def _answer(task: Asked, word: _Word, course: Course) -> None:
    body, state = word.body, word.body["state"]
    if state not in ANSWERS or body.get("unit", task.unit) not in {"", task.unit}:
        return
    answered = course.of(body["answered_at"]) if "answered_at" in body else word.said
    task.answered = answered if task.answered is None else min(task.answered, answered)
    if state in {"en_route", "on_scene"}:
        known = getattr(task, state)
        setattr(task, state, word.said if known is None else min(known, word.said))
    if state in {"declined", "countered", "released"} and (state, body.get("reason", "")) not in task.said_no:
        task.said_no.append((state, body.get("reason", "")))


def _agencies(tasks: Mapping[tuple[str, str], Asked]) -> dict[str, Agency]:
    found: dict[str, Agency] = defaultdict(lambda: Agency([], [], [], []))
    for task in tasks.values():
        agency = found[task.owner]
        for at, durations in (
            (task.answered if task.is_request else None, agency.to_answer),
            (task.en_route, agency.to_en_route),
            (task.on_scene, agency.to_on_scene),
        ):
            took = task.after(at)
            if took is not None:
                durations.append(took)
        agency.declined.extend((task.asker, task.id, why) for state, why in task.said_no if state == "declined")
    for agency in found.values():
        for durations in agency[:3]:
            durations.sort()
    return dict(found)


def _direct_clauses(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (agreement["id"], clause["number"]): clause
        for file in sorted(folder.glob("*.toml"))
        for agreement in [tomllib.loads(file.read_text(encoding="utf-8"))]
        for clause in agreement["clauses"]
        if clause["kind"] == "aid" and clause.get("mode") == "direct"
    }


def _incident_lines(scenario: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from scenario["incidents"]
    for inject in scenario.get("injects", ()):
        yield from inject.get("incidents", ())


def _pauses(
    raw: Iterable[Raw], name: str, course: Course, end: float
) -> dict[tuple[str, str], list[tuple[float, float | None]]]:
    """Where an agency's tree said nothing for more than a minute: `v1` is our format, else the other's name."""
    came: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in raw:
        levels = one.topic.removeprefix(f"exercise/{name}/").split("/")
        if levels[0] == "v1":
            came[levels[1], "v1"].append(course.second(one.came))
        elif levels[0] == "hfp":
            came["cats-transit", "hfp"].append(course.second(one.came))
        elif levels[0] == "msh":
            came[levels[4], "meshtastic"].append(course.second(one.came))
        else:
            came[levels[1], levels[0]].append(course.second(one.came))
    found: dict[tuple[str, str], list[tuple[float, float | None]]] = {}
    for key, times in came.items():
        times.sort()
        found[key] = [(a, b) for a, b in itertools.pairwise(times) if b - a > 60.0]
        if end - times[-1] > 60.0:
            found[key].append((times[-1], None))
    return found


class _Facts:
    """What objectives are measured on."""

    def __init__(
        self,
        raw: list[Raw],
        words: list[_Word],
        tasks: dict[tuple[str, str], Asked],
        direct: dict[tuple[str, str], dict[str, Any]],
        scenario: Mapping[str, Any],
        course: Course,
        end: float,
        fired: dict[str, float],
        incidents: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.raw, self.words, self.tasks, self.direct = raw, words, tasks, direct
        self.course, self.end, self.fired, self.incidents = course, end, fired, incidents
        self.scenario = scenario
        self.capabilities: dict[tuple[str, str], set[str]] = defaultdict(set)
        for word in words:
            if word.kind == "unit":
                self.capabilities[word.agency, word.id] |= set(word.body.get("capabilities", ()))

    def objective(self, line: Mapping[str, Any]) -> Objective:
        """Met, and after how many seconds."""
        begins = self.begins(line)
        if begins is None:
            return Objective(None, None)
        measure = getattr(self, f"_{line['measure']}", None)
        if measure is None:  # leads by the agreements and conflicts are the picture's
            return Objective(None, None)
        if line["measure"] == "answered":
            return self._answered(line, begins)
        reached: float | None = measure(line, begins)
        due = begins + line["within_s"]
        if reached is None:
            return Objective(False if self.end >= due else None, None)
        took = max(0.0, reached - begins)
        return Objective(took <= line["within_s"], took)

    def begins(self, line: Mapping[str, Any]) -> float | None:
        """From when its time counts."""
        if line.get("after"):
            return self.fired.get(line["after"])
        incident = line.get("incident")
        if not incident:
            return 0.0
        opened = self.incidents[incident]["opened_s"]
        for inject in self.scenario.get("injects", ()):
            if any(one["id"] == incident for one in inject.get("incidents", ())):
                fired = self.fired.get(inject["id"])
                return None if fired is None else fired + float(opened)
        return float(opened)

    def command(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Of each incident of our format, from its opening on: how long nobody commanded it, and how long two did."""
        found = {}
        for (agency, incident), (known, over) in self._known().items():
            held: dict[str, tuple[bool, frozenset[str]]] = {}
            changes = sorted(
                (
                    (word.said, word.body.get("rev", 0), word)
                    for word in self.words
                    if word.kind == "command"
                    and (word.body["incident_agency"], word.body["incident"]) == (agency, incident)
                ),
                key=lambda change: change[:2],
            )
            none = two = 0.0
            at = known
            for when, _rev, word in [*changes, (over, 0, None)]:
                until = min(max(when, known), over)
                none, two = _count(held, until - at, none, two)
                at = max(at, until)
                if word is not None:
                    holds = bool(word.body.get("holds")) and not word.body.get("deleted")
                    held[word.agency] = (holds, frozenset(word.body.get("with_agencies", ())))
            found[agency, incident] = (none, two)
        return found

    def _known(self) -> dict[tuple[str, str], tuple[float, float]]:
        known: dict[tuple[str, str], tuple[float, float]] = {}
        for word in self.words:
            if word.kind == "incident":
                key = (word.agency, word.id)
                begins, over = known.get(key, (self.course.of(word.body["opened_at"]), self.end))
                if word.body.get("status") in {"closed", "cancelled"} or word.body.get("deleted"):
                    over = min(over, word.said)
                known[key] = (begins, over)
        return known

    def _of_incident(self, line: Mapping[str, Any]) -> list[Asked]:
        return [
            task for task in self.tasks.values() if not line.get("incident") or task.incident[1] == line["incident"]
        ]

    def _fits(self, task: Asked, line: Mapping[str, Any]) -> bool:
        kinds, agencies, wanted = line.get("kinds", ()), line.get("agencies", ()), set(line.get("capabilities", ()))
        return (
            (not kinds or task.unit_kind in kinds)
            and (not agencies or task.owner in agencies)
            and wanted <= self.capabilities[task.owner, task.unit]
        )

    def _nth(self, moments: Iterable[tuple[tuple[str, str], float | None]], count: int) -> float | None:
        """When the `count`-th different one came."""
        first: dict[tuple[str, str], float] = {}
        for key, at in moments:
            if at is not None:
                first[key] = min(at, first.get(key, at))
        times = sorted(first.values())
        return times[count - 1] if len(times) >= count else None

    def _on_scene(self, line: Mapping[str, Any], begins: float) -> float | None:
        fitting = [task for task in self._of_incident(line) if self._fits(task, line)]
        return self._nth((((task.owner, task.unit), task.on_scene) for task in fitting), line.get("count", 1))

    def _tasked(self, line: Mapping[str, Any], begins: float) -> float | None:
        fitting = [task for task in self._of_incident(line) if self._fits(task, line)]
        return self._nth((((task.owner, task.unit), task.at) for task in fitting), line.get("count", 1))

    def _answered(self, line: Mapping[str, Any], begins: float) -> Objective:
        """Every request from `begins` on was answered in time; those under a direct clause needed no answer."""
        slowest, unsure = 0.0, False
        for task in self._of_incident(line):
            agencies = line.get("agencies", ())
            clause = self.direct.get(task.clause)
            by_clause = clause is not None and clause["giver"] == task.owner
            if not task.is_request or by_clause or task.at < begins or (agencies and task.owner not in agencies):
                continue
            waited = task.after(task.answered if task.answered is not None else task.over_at)
            if waited is None:
                waited = self.end - task.at
                unsure = unsure or waited <= line["within_s"]
            slowest = max(slowest, waited)
        if slowest > line["within_s"]:
            return Objective(False, slowest)
        return Objective(None if unsure else True, slowest)

    def _lines_of(self, kind: str, line: Mapping[str, Any]) -> list[_Word]:
        return [
            word
            for word in self.words
            if word.kind == kind and (not line.get("incident") or word.body.get("incident") == line["incident"])
        ]

    def _requested(self, line: Mapping[str, Any], begins: float) -> float | None:
        return self._sum_of({(w.agency, w.id): w for w in reversed(self._wanted(line))}.values(), line.get("count", 1))

    def _wanted(self, line: Mapping[str, Any]) -> list[_Word]:
        return [
            word
            for word in self._lines_of("request", line)
            if (not line.get("kinds") or word.body["kind"] in line["kinds"])
            and line.get("what", "").lower() in word.body["what"].lower()
        ]

    @staticmethod
    def _sum_of(words: Iterable[_Word], count: int) -> float | None:
        total = 0
        for word in sorted(words, key=lambda one: one.said):
            total += word.body.get("quantity", 1)
            if total >= count:
                return word.said
        return None

    def _delivered(self, line: Mapping[str, Any], begins: float) -> float | None:
        wanted = {(word.agency, word.id) for word in self._wanted(line)}
        given: dict[tuple[str, str, str], int] = {}
        for word in sorted(self._lines_of("fill", {}), key=lambda one: (one.said, one.body.get("rev", 0))):
            key = (word.body["requester"], word.id)
            if key not in wanted:
                continue
            there = word.body.get("quantity", 0) if word.body.get("state") == "delivered" else 0
            given[(word.agency, *key)] = max(there, word.body.get("delivered", 0))
            if sum(given.values()) >= line.get("count", 1):
                return word.said
        return None

    def _command(self, line: Mapping[str, Any], begins: float) -> float | None:
        agencies = line.get("agencies", ())
        taken = [
            word.said
            for word in self._lines_of("command", line)
            if word.body.get("holds") and (not agencies or word.agency in agencies)
        ]
        return min(taken, default=None)

    def _zone(self, line: Mapping[str, Any], begins: float) -> float | None:
        kinds = line.get("kinds", ())
        drawn = [
            word.said
            for word in self._lines_of("zone", line)
            if not word.body.get("deleted") and (not kinds or word.body["kind"] in kinds)
        ]
        return min(drawn, default=None)

    def _warned(self, line: Mapping[str, Any], begins: float) -> float | None:
        """The first warning that was issued from then on, in our format or as CAP."""
        issued = [(word.agency, word.said) for word in self.words if word.kind == "alert"]
        for one in self.raw:
            levels = one.topic.split("/")
            if len(levels) > 3 and levels[2] == "cap" and one.payload:
                alert = ET.fromstring(one.payload)
                if alert.findtext(f"{_CAP}msgType") == "Alert":
                    issued.append((levels[3], self.course.of(alert.findtext(f"{_CAP}sent", ""))))
        agencies = line.get("agencies", ())
        return min((at for who, at in issued if at >= begins - 1.0 and (not agencies or who in agencies)), default=None)

    def _available(self, line: Mapping[str, Any], begins: float) -> float | None:
        """When those who have it said, together, that so much is available: already when it begins, or later."""
        now: dict[tuple[str, str], int] = {}
        agencies = line.get("agencies", ())
        known = [
            word
            for word in self.words
            if word.kind == "resource"
            and word.body["kind"] in line["kinds"]
            and (not agencies or word.agency in agencies)
        ]
        enough = False
        for word in sorted(known, key=lambda one: one.said):
            if word.said > begins and enough:
                return begins
            free = word.body.get("available", 0) if word.body.get("availability", "available") == "available" else 0
            now[word.agency, word.id] = free
            enough = sum(now.values()) >= line.get("count", 1)
            if enough and word.said >= begins:
                return word.said
        return begins if enough else None

    def _linked(self, line: Mapping[str, Any], begins: float) -> float | None:
        """When a 911 centre's document said that an incident of its own is this one (EIDO, mergeComponent)."""
        said = [
            word.said
            for word in self.words
            if word.kind == "link" and line["incident"] in {word.body.get("first"), word.body.get("second")}
        ]
        for one in self.raw:
            if one.topic.split("/")[2] == "eido" and one.payload:
                document = json.loads(one.payload)
                said.extend(
                    self.course.of(merge["lastUpdateTimeStamp"])
                    for merge in document.get("mergeComponent", ())
                    if line["incident"] in {merge["incidentTrackingIdentifier"], document["$id"]}
                )
        return min(said, default=None)

    def _status(self, line: Mapping[str, Any], begins: float) -> float | None:
        said = [
            word.said
            for word in self.words
            if word.kind == "incident" and word.id == line["incident"] and word.body.get("status") == line["status"]
        ]
        return min(said, default=None)


def _count(
    held: Mapping[str, tuple[bool, frozenset[str]]], seconds: float, none: float, two: float
) -> tuple[float, float]:
    holders = [agency for agency, (holds, _with) in held.items() if holds]
    if not holders:
        return none + seconds, two
    together = all(other == one or other in held[one][1] for one in holders for other in holders)
    return none, two + (0.0 if len(holders) == 1 or together else seconds)
