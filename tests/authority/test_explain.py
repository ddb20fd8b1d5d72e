"""`cop agreement explain`: who leads the mock-up's incident, step by step, and how units would be got."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cop.cli import main

_DERAILMENT = ("--type", "hazmat", "--at", "35.2425,-80.953", "--priority", "1")


def explained(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["agreement", "explain", *arguments])


def test_that_each_step_and_the_clause_are_told() -> None:
    done = explained(*_DERAILMENT, "--hot-zone", "1000", "--when", "2026-11-22T14:36-05:00")
    assert done.exit_code == 0, done.output
    lines = [line.strip() for line in done.output.splitlines()]
    assert lines[0] == "1. Hazmat, priority 1, at 2026-11-22 19:36 UTC."
    assert any(line.startswith("4. Regional Hazmat MOU §3.1 (precedence 10) decides:") for line in lines)
    assert "charlotte-fire leads — hazmat in the city" in lines
    assert "Regional Hazmat MOU §3.1 · in force until 31 Dec 2027" in lines
    overlap = "Overlap: Charlotte Douglas airport property line crosses the hot zone"
    assert f"{overlap} — Regional Hazmat MOU §3.4 unified command" in lines


def test_that_a_small_hot_zone_touches_nobody() -> None:
    assert "Overlap" not in explained(*_DERAILMENT, "--hot-zone", "500").output


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("charlotte-fire:charlotte-fire/hazmat", "Direct — our own unit"),
        ("charlotte-fire:mecklenburg-ems/ambulance", "Direct — Regional Hazmat MOU §2.4 gives 4 ambulance units"),
        ("charlotte-fire:airport-police/arff", "Request, to be answered within 3 min — Airport mutual aid letter §2"),
        ("charlotte-fire:gastonia-fd/hazmat", "Request, to be answered within 5 min — Regional Hazmat MOU §2.2"),
        ("charlotte-fire:nc-highway-patrol/patrol", "Not covered — no agreement covers this"),
    ],
)
def test_that_the_units_of_the_mock_up_are_got_as_it_shows(asked: str, expected: str) -> None:
    assert expected in explained(*_DERAILMENT, "--task", asked).output


@pytest.mark.parametrize(
    ("case", "leads"),
    [
        (("mass_casualty", "35.1925,-80.772"), "mecklenburg-ems leads"),
        (("flood", "34.957,-81.050"), "york-county-em leads"),
        (("disturbance", "35.3075,-80.7335"), "campus-police leads"),
        (("outage", "35.4435,-80.868"), "duke-utility leads"),
        (("traffic", "35.2672,-80.842"), "nc-highway-patrol leads"),
        (("hazmat", "35.244,-81.042"), "gastonia-fd leads"),
        (("hazmat", "35.214,-80.943"), "charlotte-fire and airport-police lead together"),
        (("radiological", "35.43,-80.95", "--zone-active", "mcguire-epz"), "nc-emergency-management leads"),
        (
            ("crash", "35.2285,-80.83", "--near", "nc-highway-patrol=90", "--near", "charlotte-pd=200"),
            "nc-highway-patrol leads",
        ),
        (
            ("crash", "35.2285,-80.83", "--near", "nc-highway-patrol=900", "--near", "charlotte-pd=200"),
            "charlotte-pd leads",
        ),
        (("fire", "35.262,-81.187"), "gastonia-fd leads"),
        (("fire", "35.262,-81.187", "--units", "21"), "gastonia-fd and charlotte-fire lead together"),
        (("water_rescue", "35.55,-80.95"), "lake-norman-marine leads"),
        (("crash", "34.95,-81.0"), "rock-hill-pd leads"),
        (("crash", "10,10"), "Nobody leads"),
    ],
)
def test_that_the_region_is_led_as_its_agreements_say(case: tuple[str, ...], leads: str) -> None:
    done = explained("--type", case[0], "--at", case[1], *case[2:])
    assert any(line.startswith(leads) for line in done.output.splitlines()), done.output


@pytest.mark.parametrize("place", ["17SNU0427699936", "35°14'33\"N 80°57'11\"W", "35.2425 -80.953"])
def test_that_a_place_is_said_in_any_notation(place: str) -> None:
    assert "charlotte-fire leads" in explained("--type", "hazmat", "--at", place).output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--type", "hazmatt", "--at", "35,-80"), 'did you mean "hazmat"?'),
        (("--type", "hazmat", "--at", "nowhere"), "--at"),
        (("--type", "hazmat", "--at", "35,-80", "--when", "soon"), "--when"),
        (("--type", "hazmat", "--at", "35,-80", "--task", "a/b"), "is not TAKER:GIVER/KIND"),
        (("--type", "hazmat", "--at", "35,-80", "--near", "a=b"), "is not AGENCY=METRES"),
    ],
)
def test_that_a_question_that_cannot_be_answered_is_refused_in_words(arguments: tuple[str, ...], expected: str) -> None:
    done = explained(*arguments)
    assert done.exit_code == 2
    assert expected in done.output


def test_that_without_agreements_the_boundaries_decide(tmp_path: Path) -> None:
    done = explained("--type", "fire", "--at", "35.2425,-80.953", "--file", str(tmp_path))
    assert "No agreement says who leads." in done.output
    assert "charlotte-fire leads — smallest fire jurisdiction here" in done.output
