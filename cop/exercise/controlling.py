"""The controller's connection to an exercise, on a thread of its own: the screen never waits for a broker."""

import logging
import select
import threading
from typing import Literal

from cop.exercise.control_words import control_topic
from cop.exercise.controls import Controls
from cop.exercise.link import Link
from cop.exercise.voices import Published
from cop.feeds.broker import Broker

_KINDS: tuple[Literal["state", "acts", "presence"], ...] = ("state", "acts", "presence")
_LOG = logging.getLogger(__name__)
_PULSE_S = 0.05
_AGAIN_S = 1.0
_JOIN_S = 3.0


class Controlling:
    """Brings to `controls` what an exercise says, and to the exercise what is ordered; until `close`."""

    def __init__(self, broker: Broker, name: str, controls: Controls) -> None:
        self._controls = controls
        self._order_topic = control_topic(name, "order")
        filters = [control_topic(name, kind) for kind in _KINDS]
        self._link = Link(broker, f"{name}-controller", filters=filters)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cop-controlling", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Go."""
        self._stop.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._bring()
            except Exception:  # noqa: BLE001 - a fault of ours must be seen at the dock, not end the thread in silence
                _LOG.exception("the controller's connection has failed")
                self._controls.say_trouble("the connection has failed and is made anew")
                self._link.close()
                self._stop.wait(_AGAIN_S)
        self._link.close()

    def _bring(self) -> None:
        link = self._link
        while not self._stop.is_set():
            link.tend()
            sock = link.socket()
            try:
                ready = sock is not None and bool(select.select([sock], [], [], _PULSE_S)[0])
            except (OSError, ValueError):  # it was closed under us
                ready = False
            if ready:
                link.service()
            if sock is None:
                self._stop.wait(_PULSE_S)
            for topic, payload in link.heard:
                self._controls.hear(topic, payload)
            link.heard = []
            self._controls.say_trouble("" if link.online else link.refusal or "no connection to the broker yet")
            for order in self._controls.fetch():
                link.publish(Published(0.0, "", self._order_topic, order, 1, False))
