"""What a desktop must subscribe to in an exercise. Knows no broker client: the desktop starts with it."""

from cop.exercise.scenario import Participant, Scenario
from cop.exercise.tongues import foreign_root, tongue
from cop.feeds.message import Feed
from cop.feeds.topics import exercise_root

#: a simulated position is good for this long
STALE_S = 30.0


def feeds(scenario: Scenario) -> list[Feed]:
    """What a desktop must subscribe to: our own format for each agency, and the foreign one of those who have one."""
    root, foreign = exercise_root(scenario.name), foreign_root(scenario.name)
    found: list[Feed] = []
    for agency in scenario.agencies:
        found.append(
            Feed(
                name=agency.id,
                format="cop-json",
                topic=f"{root}/{agency.id}/#",
                agency=agency.id,
                stale_after_s=STALE_S,
                silent_after_s=60.0,
            )
        )
        if agency.format != "cop-json":
            found.append(_foreign_feed(agency, foreign))
    return found


def _foreign_feed(agency: Participant, root: str) -> Feed:
    speech = tongue(agency.format)
    assert speech is not None
    return Feed(
        name=f"{agency.id} {agency.format}",
        format=agency.format,
        topic=f"{root}/{speech.topics(agency.id)}",
        agency=agency.id,
        qos=0,
        stale_after_s=STALE_S,
        silent_after_s=15.0,
        options=speech.options(agency.groups[0].kind if agency.groups else "unknown"),
    )
