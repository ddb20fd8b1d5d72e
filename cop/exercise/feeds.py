"""What a desktop must subscribe to in an exercise. Knows no broker client: the desktop starts with it."""

from cop.exercise import encoders
from cop.exercise.scenario import Participant, Scenario
from cop.feeds.message import Feed
from cop.feeds.topics import exercise_root

#: a simulated position is good for this long
STALE_S = 30.0


def feeds(scenario: Scenario) -> list[Feed]:
    """What a desktop must subscribe to: our own format for each agency, and the foreign one of those who have one."""
    root, foreign_root = exercise_root(scenario.name), encoders.root(scenario.name)
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
            found.append(_foreign_feed(agency, foreign_root))
    return found


def _foreign_feed(agency: Participant, root: str) -> Feed:
    topics = {
        "cot-xml": f"{root}/cot/{agency.id}/#",
        "owntracks": f"{root}/owntracks/{agency.id}/#",
        "hfp": f"{root}/hfp/v2/journey/ongoing/vp/+/{encoders.HFP_OPERATOR}/#",
    }
    options: dict[str, object] = {}
    if agency.format == "owntracks" and agency.groups:
        options = {"kind": agency.groups[0].kind}  # the format has no word for what a device is mounted on
    return Feed(
        name=f"{agency.id} {agency.format}",
        format=agency.format,
        topic=topics[agency.format],
        agency=agency.id,
        qos=0,
        stale_after_s=STALE_S,
        silent_after_s=15.0,
        options=options,
    )
