"""What a desktop must subscribe to in an exercise. Knows no broker client: the desktop starts with it."""

from collections.abc import Sequence

from cop.exercise.lines import Participant
from cop.exercise.scenario import Scenario
from cop.exercise.tongues import foreign_root, object_tongue, tongue
from cop.feeds.message import Feed
from cop.feeds.topics import exercise_root

#: a simulated position is good for this long
STALE_S = 30.0


def feeds(scenario: Scenario) -> list[Feed]:
    """What a desktop must subscribe to: our own format for each agency, and the foreign one of those who have one."""
    root, foreign = exercise_root(scenario.name), foreign_root(scenario.name)
    found: list[Feed] = []
    for agency in scenario.speakers:
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
    agencies = [agency.id for agency in scenario.agencies]
    found += [_object_feed(agency, form, foreign, agencies) for agency, form in sorted(_object_formats(scenario))]
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


def _object_formats(scenario: Scenario) -> set[tuple[str, str]]:
    """Which agencies say incidents, zones, warnings or resources in which other formats."""
    spoken = {(line.agency, line.format) for line in scenario.all_incidents}
    spoken |= {(line.agency, line.format) for line in scenario.all_zones}
    spoken |= {(line.agency, line.format) for line in scenario.all_warnings}
    spoken |= {(agency.id, agency.resource_format) for agency in scenario.agencies}
    return {(agency, form) for agency, form in spoken if form != "cop-json"}


def _object_feed(agency: str, form: str, root: str, agencies: Sequence[str]) -> Feed:
    speech = object_tongue(form)
    assert speech is not None
    return Feed(
        name=f"{agency} {form}",
        format=form,
        topic=f"{root}/{form}/{agency}/#",
        agency=agency,
        silent_after_s=3600.0,
        words=speech.words,
        options=speech.options(agencies),
    )
