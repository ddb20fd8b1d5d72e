"""(c) The frame interval while 15,000 messages a second arrive, beside the same window with none."""

import multiprocessing
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np

from benchmarks.mosquitto import Publisher, mosquitto, packet
from benchmarks.row import Row
from benchmarks.traffic import ROOT, place
from cop.domain.batch import Batch
from cop.domain.desk import Operator
from cop.feed_process import FeedProcess
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.pipe import FeedSetup, Recording

_RATE, _UNITS, _CHUNK_S, _SPAN_S, _ROUNDS = 15_000, 3_000, 0.01, 6.0, 3


def _publish(port: int, running: Event, end: Event) -> None:
    """Publish at the given rate while `running` is set; every message is newer than the unit's last."""
    publisher = Publisher(port)
    a_chunk = int(_RATE * _CHUNK_S)
    start = datetime.now(UTC) - timedelta(hours=10)
    number = 0
    due = time.perf_counter()
    while not end.is_set():
        if not running.is_set():
            running.wait(0.05)
            due = time.perf_counter()
            continue
        chunk = []
        for number in range(number, number + a_chunk):  # noqa: B020 - the count goes on
            unit, turn = number % _UNITS, number // _UNITS
            lat, lon = place(unit, turn)
            at = (start + timedelta(seconds=turn)).isoformat(timespec="seconds").replace("+00:00", "Z")
            measures = f'"lat":{lat},"lon":{lon},"course_deg":{unit % 360}.0,"speed_mps":12.5'
            payload = f'{{"id":"unit-{unit}","at":"{at}",{measures}}}'
            chunk.append(packet(f"{ROOT}/agency-{unit % 12}/position/unit-{unit}", payload.encode()))
        number += 1
        publisher.send(b"".join(chunk))
        due += _CHUNK_S
        time.sleep(max(0.0, due - time.perf_counter()))


def run() -> list[Row]:
    """99th percentiles of the time between pulses of the whole window, in alternating spans."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QCoreApplication, QSettings
    from PySide6.QtWidgets import QApplication

    from cop.config import RESOURCES, Config
    from cop.map.palette import load_palette
    from cop.map.view import MapView
    from cop.picture.picture import Picture
    from cop.ui.desk import Desk
    from cop.ui.main_window import MainWindow
    from cop.ui.pulse import Pulse

    context = multiprocessing.get_context("spawn")
    running, end = context.Event(), context.Event()
    application = QApplication.instance() or QApplication([])
    with mosquitto() as port, tempfile.TemporaryDirectory() as folder:
        operator = Operator("bench-desk", "commander", "bench", "bench")
        feeds = FeedProcess(
            FeedSetup(
                broker=Broker(url=f"mqtt://127.0.0.1:{port}", session_expiry_s=0),
                feeds=(Feed(name="cop", format="cop-json", topic=f"{ROOT}/#"),),
                operator=operator,
                root=ROOT,
                journal=Recording(folder=folder, operation="Bench", desk="bench"),
                outbox=str(Path(folder) / "outbox.sqlite"),
                client_id="bench-frames",
            )
        )
        feeds.start()
        picture = Picture()
        ground = Config().ground()
        desk = Desk(operator, picture, ground, lambda _command: None)
        palette = load_palette("dark")
        view = MapView(picture, ground, RESOURCES / "region", palette)
        settings = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        window = MainWindow(desk, view, palette, settings)
        window.resize(1920, 1080)
        window.show()
        moments: list[float] = []

        def receive() -> list[Batch]:
            moments.append(time.perf_counter())
            return feeds.receive()

        pulse = Pulse(receive, desk)

        def span() -> float:
            moments.clear()
            until = time.perf_counter() + _SPAN_S
            while time.perf_counter() < until:
                QCoreApplication.processEvents()
                time.sleep(0.0005)
            return float(np.percentile(np.diff(moments), 99)) * 1000

        publisher = context.Process(target=_publish, args=(port, running, end), daemon=True)
        publisher.start()
        running.set()
        warm_until = time.perf_counter() + 20
        while picture.tracks.count < _UNITS and time.perf_counter() < warm_until:
            QCoreApplication.processEvents()
            time.sleep(0.001)
        quiet: list[float] = []
        busy: list[float] = []
        rates: list[float] = []
        for _ in range(_ROUNDS):
            running.clear()
            span_settle(application)
            quiet.append(span())
            running.set()
            span_settle(application)
            first, since = picture.feeds["cop"].messages, time.perf_counter()
            busy.append(span())
            span_settle(application)  # the counts come once a second
            rates.append((picture.feeds["cop"].messages - first) / (time.perf_counter() - since))
        end.set()
        publisher.join(3)
        pulse.deleteLater()
        window.close()
        feeds.stop()
    floor, value = float(np.median(quiet)), float(np.median(busy))
    what = f"p99 frame interval at {np.median(rates):,.0f} messages/s ÷ at none"
    return [Row("c", what, "ms", value, floor, value / floor, "≤ 1.5")]


def span_settle(application: object) -> None:
    """Let what is under way come to rest before a span is measured."""
    from PySide6.QtCore import QCoreApplication

    until = time.perf_counter() + 1.5
    while time.perf_counter() < until:
        QCoreApplication.processEvents()
        time.sleep(0.001)


if __name__ == "__main__":
    print(*run(), sep="\n")
