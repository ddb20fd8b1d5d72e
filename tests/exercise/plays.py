"""What the exercise's tests share: the simulation at a fixed moment, and the desktop's side of it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from paho.mqtt.client import topic_matches_sub

from cop.domain.batch import Batch
from cop.domain.report import Report
from cop.domain.statement import Statement
from cop.exercise.feeds import feeds
from cop.exercise.scenario import Scenario, load_scenario
from cop.exercise.simulation import Published, Simulation
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.adapters.cop_json import encode
from cop.feeds.message import Feed, Message
from cop.picture.picture import Picture

NOON = datetime(2026, 11, 2, 12, 0, 0, tzinfo=UTC)
ROOT = "exercise/steel-rail/v1"


def steel_rail() -> Scenario:
    """The scenario."""
    return load_scenario("steel-rail")


def simulation(seed: int = 1, rate: float = 1.0, base: datetime = NOON) -> Simulation:
    """Steel Rail from noon."""
    return Simulation(steel_rail(), seed, base=base, rate=rate)


def say(sim: Simulation, agency: str, kind: str, body: Statement) -> None:
    """Somebody at a desk of that agency says this."""
    sim.hear(f"{ROOT}/{agency}/{kind}/{body.id}", encode(body), NOON)


def words(messages: Iterable[Published]) -> Iterator[Published]:
    """All that is no position."""
    return (message for message in messages if "/v1/" in message.topic and "/position/" not in message.topic)


class Listener:
    """Decodes messages as a desktop would that has exactly the exercise's feeds."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.formats: set[str] = set()
        self._feeds = [(feed, make_adapter(feed)) for feed in feeds(steel_rail())]
        self._matching: dict[str, tuple[Feed, Adapter]] = {}

    def decode(self, message: Published) -> list[Report]:
        """The reports of a message, from the one feed whose topic filter matches. Raises BadMessage."""
        if message.topic not in self._matching:
            matching = [one for one in self._feeds if topic_matches_sub(one[0].topic, message.topic)]
            assert len(matching) == 1, (message.topic, [feed.name for feed, _adapter in matching])
            self._matching[message.topic] = matching[0]
        feed, adapter = self._matching[message.topic]
        reports = adapter.decode(Message(message.topic, message.payload, NOON))
        assert {report.agency for report in reports} <= {message.agency}
        self.formats.add(feed.format)
        return reports

    def take(self, messages: Iterable[Published]) -> Picture:
        """Apply all of it to the picture."""
        for message in messages:
            self.picture.apply(Batch(reports=self.decode(message)))
        return self.picture
