"""Each ready exercise runs to its end: readable, on its ground, with all its injects; some objectives are met."""

import functools
import itertools
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import pytest
import shapely
from click.testing import CliRunner
from paho.mqtt.client import topic_matches_sub

from cop.domain.agreement import Agreement, AidClause
from cop.domain.batch import Batch
from cop.domain.words import is_of_type
from cop.exercise.cast import Player
from cop.exercise.control_words import Act, InjectState
from cop.exercise.feeds import feeds
from cop.exercise.roads import Network, distance_m, load_lines, load_named_area
from cop.exercise.scenario import RESOURCES, Scenario, load_scenario, names
from cop.exercise.simulation import Published, Simulation
from cop.exercise_commands import exercise
from cop.feeds.adapters import make_adapter
from cop.feeds.message import BadMessage, Message
from cop.feeds.topics import exercise_root
from cop.picture.picture import Picture
from tests.exercise.after_action_by_hand import ByHand, Raw, figures
from tests.exercise.plays import NOON

READY = ("border-flood", "game-day", "steel-rail")
RATE = 8.0
_REGION = RESOURCES / "region"
_LOOK_S = 60
_EACH = pytest.mark.parametrize("name", READY)


@dataclass
class Course:
    """An exercise from its beginning to its end."""

    scenario: Scenario
    messages: list[Published] = field(default_factory=list)
    #: why a message could not be read: agency, second
    unreadable: list[tuple[str, float]] = field(default_factory=list)
    #: units that were seen off their ground: callsign, second, where
    astray: list[tuple[str, float, tuple[float, float]]] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)
    formats: set[str] = field(default_factory=set)
    injects: tuple[InjectState, ...] = ()
    #: what the controller was told, as the journal keeps it
    acts: list[Act] = field(default_factory=list)
    picture: Picture = field(default_factory=Picture)


@functools.cache
def course(name: str) -> Course:
    """Play an exercise once for all tests."""
    scenario = load_scenario(name)
    found = Course(scenario)
    sim = Simulation(scenario, 1, base=NOON, rate=RATE)
    ground = _Ground(scenario)
    for t in range(0, int(scenario.duration_s) + 1, _LOOK_S):
        found.messages += sim.until(float(t))
        for player in sim.players:
            if player.silent_after_s is None:
                found.looked_at[ground.motions[player.agency.id, player.callsign]] += 1
                if not ground.holds(player):
                    found.astray.append((player.callsign, t, player.motion.place))
    found.injects, found.acts = sim.injecting.states(), list(sim.acts)
    _decode(found)
    return found


@functools.cache
def by_hand(name: str) -> ByHand:
    """The figures of that course, from its messages alone."""
    base, played = NOON.timestamp(), course(name)
    raw = [Raw(base + max(0.0, one.t) / RATE, one.topic, one.payload) for one in played.messages]
    return figures(
        raw,
        RESOURCES / "exercises" / f"{name}.toml",
        RESOURCES / "agreements",
        base=base,
        rate=RATE,
    )


def _decode(found: Course) -> None:
    known = [(feed, make_adapter(feed)) for feed in feeds(found.scenario)]
    matching = {}
    for one in found.messages:
        if one.topic not in matching:
            [matching[one.topic]] = [pair for pair in known if topic_matches_sub(pair[0].topic, one.topic)]
        feed, adapter = matching[one.topic]
        try:
            reports = adapter.decode(Message(one.topic, one.payload, NOON))
        except BadMessage:
            found.unreadable.append((one.agency, one.t))
            continue
        assert {report.agency for report in reports} <= {one.agency}
        found.formats.add(feed.format)
        found.picture.apply(Batch(reports=reports))


class _Ground:
    """Where the units of a scenario belong."""

    def __init__(self, scenario: Scenario) -> None:
        streets = [shapely.LineString([(lon, lat) for lat, lon in street.points]) for street in scenario.streets]
        lines = [*load_lines(_REGION / "roads.geojson"), *streets]
        network = Network(lines)
        links = [shapely.LineString([network.nodes[node][::-1] for node in pair]) for pair in network.joined]
        self._road = shapely.union_all([*lines, *links]).buffer(0.001)  # some 100 m
        self._places = {(line.agency, line.id): line.place for line in scenario.all_incidents}
        self._water = {
            (agency.id, callsign): self._of_water(group.motion, (group.area or agency.area).water)
            for agency in scenario.agencies
            for group in agency.groups
            for callsign in group.callsigns()
            if group.motion in {"lake", "river"}
        }
        self.motions = {
            (agency.id, callsign): group.motion
            for agency in scenario.agencies
            for group in agency.groups
            for callsign in group.callsigns()
        }

    @staticmethod
    @functools.cache
    def _of_water(motion: str, name: str) -> shapely.geometry.base.BaseGeometry:
        if motion == "lake":
            return load_named_area(_REGION / "water.geojson", name).buffer(0.001)
        return shapely.union_all(
            load_lines(_REGION / "water.geojson", wanted=lambda properties: properties.get("name") == name)
        ).buffer(0.001)

    def holds(self, player: Player) -> bool:
        """Whether the unit is where such a unit can be now: on its ground, at work, on its way, or where it was put."""
        key = (player.agency.id, player.callsign)
        motion = player.motion
        lat, lon = motion.place
        if self.motions[key] in {"circle", "parked"} or player.callsign in player.agency.starts:
            return True
        if motion.bound_for is not None or player.assignment is not None:
            return True  # the last metres go across; boats go by trailer (`Sailing.way_to`)
        ground = self._water.get(key, self._road)
        if shapely.intersects_xy(ground, lon, lat):
            return True
        # on the way back from a place, before its round goes on
        return any(distance_m(motion.place, place) < 2_500.0 for place in self._places.values())


@_EACH
def test_that_each_exercise_loads_with_a_cast_of_many_agencies_and_formats(name: str) -> None:
    scenario = load_scenario(name)
    assert 15 <= len(scenario.agencies) <= 40
    assert 6 <= len(scenario.objectives) <= 10
    assert len(scenario.injects) >= 8
    assert len(scenario.tasks) >= 14
    assert len({agency.format for agency in scenario.agencies}) >= 6
    assert "wzdx" in {zone.format for zone in scenario.all_zones}
    assert "cap" in {warning.format for warning in scenario.all_warnings}
    assert {one.format for one in scenario.all_incidents} >= {"cop-json", "eido", "json"}
    assert "edxl-have" in {agency.resource_format for agency in scenario.agencies}
    assert any(inject.at_s is not None for inject in scenario.injects)
    assert any(inject.when is not None for inject in scenario.injects)


def test_that_the_ready_exercises_are_the_three() -> None:
    assert tuple(names()) == READY


def test_that_the_list_names_each_exercise_and_needs_nothing_else() -> None:
    done = CliRunner().invoke(exercise, ["--list"])
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.output.splitlines()] == list(READY)
    assert "Operation Border Flood, Catawba River, NC and SC: 39 agencies, 30 min" in done.output


@_EACH
def test_that_the_agencies_of_an_exercise_can_be_told_apart_on_both_maps(name: str) -> None:
    colours = {agency.id: _rgb(agency.colour) for agency in load_scenario(name).agencies}
    for agency, colour in colours.items():
        for ground in ("#16202b", "#f2f4f7"):
            assert _contrast(colour, _rgb(ground)) >= 2.9, (agency, ground)
    for (first, a), (second, b) in itertools.combinations(colours.items(), 2):
        assert sum(abs(x - y) for x, y in zip(a, b, strict=True)) >= 24, (first, second)


@_EACH
def test_that_all_that_is_said_can_be_read_but_what_an_inject_spoils(name: str) -> None:
    played = course(name)
    spoilt = {
        (fault.agency, state.t, state.t + (fault.for_s or played.scenario.duration_s))
        for inject, state in zip(played.scenario.injects, played.injects, strict=True)
        for fault in inject.feeds
        if fault.fault == "garbage" and state.t is not None
    }
    for agency, t in played.unreadable:
        assert any(who == agency and begins <= t <= ends for who, begins, ends in spoilt), (agency, t)
    assert bool(played.unreadable) == bool(spoilt)
    assert len(played.formats) >= 10


@_EACH
def test_that_an_exercise_says_nothing_outside_its_own_tree(name: str) -> None:
    root = exercise_root(name).removesuffix("v1")
    assert all(one.topic.startswith(root) for one in course(name).messages)


@_EACH
def test_that_units_keep_to_the_ground_and_the_water_where_they_belong(name: str) -> None:
    played = course(name)
    assert played.astray == []
    assert played.looked_at["road"] > 1000
    assert name == "game-day" or played.looked_at["lake"] > 30


@_EACH
def test_that_every_inject_fires_unless_it_is_the_controllers_alone(name: str) -> None:
    played = course(name)
    left = {state.id for state in played.injects if state.state != "fired"}
    by_hand_alone = {one.id for one in played.scenario.injects if one.at_s is None and one.when is None}
    assert left == by_hand_alone
    assert len(by_hand_alone) == 1
    for state in played.injects:
        if state.state == "fired":
            assert state.t is not None
            assert state.t < played.scenario.duration_s - 60.0


@_EACH
def test_that_the_moments_of_injects_can_be_read_from_what_they_bring(name: str) -> None:
    fired = {state.id: state.t for state in course(name).injects if state.state == "fired"}
    for inject, t in by_hand(name).fired.items():
        assert t == pytest.approx(fired[inject], abs=0.01), inject


@pytest.mark.parametrize(
    ("name", "met", "missed", "untold"),
    [
        (
            "steel-rail",
            {"hazmat-on-scene", "command-train", "one-incident", "patients-away"},
            {"evacuation-area", "no-request-waits", "foam", "campus-command"},
            {"one-lead"},
        ),
        (
            "border-flood",
            {"swift-water-riverside", "evac-area-riverwalk", "warned-below-dam", "one-incident", "boats-at-pontoon"}
            | {"shelter-places"},
            {"no-request-waits", "command-belmont", "sandbags"},
            {"one-lead-at-the-line"},
        ),
        (
            "game-day",
            {"posts", "child-found", "storm-warned", "contact-team", "hot-zone", "ambulances"},
            {"surge-officers", "command-shooting", "calls-linked", "no-request-waits"},
            set(),
        ),
    ],
)
def test_that_left_alone_an_exercise_meets_some_objectives_and_misses_some(
    name: str, met: set[str], missed: set[str], untold: set[str]
) -> None:
    found = by_hand(name).objectives
    assert {one for one, objective in found.items() if objective.met} == met
    assert {one for one, objective in found.items() if objective.met is False} == missed
    assert {one for one, objective in found.items() if objective.met is None} == untold


@_EACH
def test_that_tasks_are_asked_answered_declined_and_done(name: str) -> None:
    picture = course(name).picture
    states = Counter(picture.task_state(task) for task in picture.tasks.values())
    assert states["complete"] >= 5
    assert states["declined"] >= 1
    assert states["on_scene"] + states["complete"] >= 8


@_EACH
def test_that_clauses_that_tasks_lean_on_give_that_kind_of_unit_for_that_type_of_incident(name: str) -> None:
    scenario = load_scenario(name)
    kinds = {
        (a.id, callsign): group.kind for a in scenario.agencies for group in a.groups for callsign in group.callsigns()
    }
    types = {line.id: line.type for line in scenario.all_incidents}
    clauses = _clauses()
    leaning = [line for line in scenario.all_tasks if line.clause]
    assert len(leaning) >= 6
    for line in leaning:
        clause = clauses[line.agreement, line.clause]
        assert isinstance(clause, AidClause), line.id
        assert clause.giver == line.asked, line.id
        assert line.agency in clause.takers or "*" in clause.takers, line.id
        assert not clause.kinds or kinds[line.asked, line.unit] in clause.kinds, line.id
        assert not clause.types or any(is_of_type(types[line.incident], one) for one in clause.types), line.id


@functools.cache
def _clauses() -> dict[tuple[str, str], object]:
    return {
        (agreement.id, clause.number): clause
        for file in (RESOURCES / "agreements").glob("*.toml")
        for agreement in [msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Agreement)]
        for clause in agreement.clauses
    }


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _contrast(first: Sequence[int], second: Sequence[int]) -> float:
    """WCAG 2.1, "contrast ratio"."""

    def luminance(colour: Sequence[int]) -> float:
        parts = [value / 255 for value in colour]
        red, green, blue = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
