"""Tells when this computer's network is another, or back: what waits to be tried again need wait no longer."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_CALM_MS = 500  # a network that comes up changes several times in a row


def watch_network(changed: Callable[[], None], parent: QObject) -> QObject | None:
    """Call `changed` once a change of network has settled; None where this system tells nothing of its networks."""
    from PySide6.QtNetwork import QNetworkInformation  # noqa: PLC0415 - after the first paint: it loads a plugin

    if not QNetworkInformation.loadDefaultBackend():
        return None
    network = QNetworkInformation.instance()
    calm = QTimer(parent)
    calm.setSingleShot(True)
    calm.setInterval(_CALM_MS)
    calm.timeout.connect(changed)

    def reachability(now: QNetworkInformation.Reachability) -> None:
        if now != QNetworkInformation.Reachability.Disconnected:  # without a network there is nothing to try
            calm.start()

    network.reachabilityChanged.connect(reachability)
    network.transportMediumChanged.connect(lambda _now: calm.start())
    return network
