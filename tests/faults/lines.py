"""Lines to one broker, cut and mended together: cables of network namespaces, or proxies where we are not root."""

from typing import NamedTuple

from tests.faults import namespaces
from tests.faults.brokers import Mosquitto
from tests.faults.neighbour import Neighbour
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene


class Lines(NamedTuple):
    """A broker, a neighbour who stands at it, and the line of each desk by its name."""

    broker: Mosquitto
    neighbour: Neighbour
    cable: namespaces.Cable | None
    proxies: dict[str, Proxy]

    @property
    def how(self) -> str:
        """How they are cut."""
        return "network namespaces" if self.cable is not None else "proxies"

    def url(self, desk: str) -> str:
        """Where a desk connects."""
        if self.cable is not None:
            return f"mqtt://{self.cable.address(desk)}:{self.broker.port}"
        return self.proxies[desk].url

    def namespace(self, desk: str) -> str:
        """Where a desk stands."""
        return self.cable.namespace(desk) if self.cable is not None else ""

    def cut(self) -> None:
        """Nobody hears anybody any more."""
        if self.cable is not None:
            self.cable.cut(*self.names)
        for proxy in self.proxies.values():
            proxy.half_open()

    def mend(self) -> None:
        """All is as it was."""
        if self.cable is not None:
            self.cable.mend(*self.names)
        for proxy in self.proxies.values():
            proxy.mend()
            proxy.reset()

    @property
    def names(self) -> tuple[str, ...]:
        """The desks."""
        return tuple(self.proxies) if self.cable is None else self.cable.desks


def laid(scene: Scene, *names: str) -> Lines:
    """Lines for these desks."""
    if namespaces.available():
        cable = namespaces.Cable(*names)
        scene.ends(cable.close)
        broker = scene.mosquitto(namespace=cable.broker)
        return Lines(broker, scene.neighbour(broker.port, namespace=cable.broker), cable, {})
    broker = scene.mosquitto()
    return Lines(broker, scene.neighbour(broker.port), None, {name: scene.proxy(broker.port) for name in names})
