"""Ten minutes at 5,000 messages a second: broker, feed process, journal and a real window. `make soak`.

Held: memory of both processes within ± 5 % after the first minute, and the 99th percentile of the frame interval in the
last minute as in the first that counts. `--minutes 2` is shorter, `--rate 1000` calmer.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.mosquitto import Publisher, mosquitto, packet
from benchmarks.traffic import ROOT, place
from cop.domain.batch import Batch
from cop.domain.desk import Command, Operator
from cop.feed_process import FeedProcess
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.outbox import Outbox
from cop.feeds.pipe import FeedSetup, Recording

_UNITS, _INCIDENTS, _CHUNK_S = 500, 50, 0.02
_STEADY, _FRAMES_STEADY = 0.05, 0.15
_OPERATION = "Soak"
_HEADING = (
    f"{'minute':>6}{'messages/s':>12}{'desktop MB':>12}{'feeds MB':>10}{'p99 frame ms':>14}{'journal MB':>12}"
    f"{'bytes each':>12}"
)


class Minute(NamedTuple):
    """What one minute showed; memory is resident, the mean of a sample a second."""

    rate: float
    desktop_mb: float
    feeds_mb: float
    p99_ms: float
    journal_mb: float
    recorded: int


def _publish(port: int, rate: int, said: "Synchronized[int]", end: Event) -> None:
    """Say positions of units that drive on, and now and then a change of an incident, at this rate until the end."""
    publisher = Publisher(port)
    a_chunk = max(1, int(rate * _CHUNK_S))
    number, due = 0, time.perf_counter()
    while not end.is_set():
        now = datetime.now(UTC)
        chunk = []
        for step in range(a_chunk):
            unit, turn = number % _UNITS, number // _UNITS
            lat, lon = place(unit, turn // 12)  # at the speed of a car
            at = now + timedelta(microseconds=step)
            said_at = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
            measures = f'"lat":{lat},"lon":{lon},"course_deg":{unit % 360}.0,"speed_mps":12.5'
            payload = f'{{"id":"unit-{unit}","at":"{said_at}",{measures}}}'
            chunk.append(packet(f"{ROOT}/agency-{unit % 12}/position/unit-{unit}", payload.encode()))
            number += 1
        incident, rev = (number // a_chunk) % _INCIDENTS, number // a_chunk // _INCIDENTS + 1
        said_at = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
        title = json.dumps(f"Incident {incident}, change {rev}")
        payload = f'{{"id":"i{incident}","at":"{said_at}","rev":{rev},"title":{title}}}'
        if number // a_chunk % 10 == 0:
            chunk.append(packet(f"{ROOT}/agency-0/incident/i{incident}", payload.encode()))
        publisher.send(b"".join(chunk))
        said.value = number
        due += _CHUNK_S
        time.sleep(max(0.0, due - time.perf_counter()))


def run(minutes: int, rate: int, tell: Callable[[str], None] = print) -> list[Minute]:
    """A line a minute; the minutes, the first one not counted in what is held."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication, QSettings
    from PySide6.QtWidgets import QApplication

    from cop.config import RESOURCES, Config
    from cop.map.palette import load_palette
    from cop.map.view import MapView
    from cop.picture.picture import Picture
    from cop.ui.desk import Desk
    from cop.ui.main_window import MainWindow
    from cop.ui.on_record import OnRecord
    from cop.ui.pulse import Pulse
    from cop.ui.upkeep import set_garbage_aside

    context = multiprocessing.get_context("spawn")
    end, said = context.Event(), context.Value("q", 0)
    application = QApplication.instance() or QApplication([])
    found: list[Minute] = []
    with mosquitto() as port, tempfile.TemporaryDirectory() as folder:
        operator = Operator("bench-desk", "commander", "bench", "bench")
        outbox = Outbox(Path(folder) / "outbox.sqlite", operator.agency, ROOT)
        journal = Path(folder) / "journal"
        feeds = FeedProcess(
            FeedSetup(
                broker=Broker(url=f"mqtt://127.0.0.1:{port}", session_expiry_s=0),
                feeds=(Feed(name="cop", format="cop-json", topic=f"{ROOT}/#"),),
                operator=operator,
                root=ROOT,
                journal=Recording(folder=str(journal), operation=_OPERATION, desk="bench"),
                outbox=str(Path(folder) / "outbox.sqlite"),
                client_id="bench-soak",
                operation=_OPERATION,
            )
        )
        feeds.start()
        picture, ground, palette = Picture(), Config().ground(), load_palette("dark")

        def send(command: Command) -> None:
            outbox.put(*command.bodies)
            feeds.notify()

        desk = Desk(operator, picture, ground, send, operation=_OPERATION)
        view = MapView(picture, ground, RESOURCES / "region", palette)
        window = MainWindow(
            desk, view, palette, QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        )
        window.resize(1920, 1080)
        window.show()
        set_garbage_aside(picture, window)
        OnRecord(desk, feeds.note, parent=window)
        moments: list[float] = []

        def receive() -> list[Batch]:
            moments.append(time.perf_counter())
            return feeds.receive()

        pulse = Pulse(receive, desk)
        publisher = context.Process(target=_publish, args=(port, rate, said, end), daemon=True)
        publisher.start()
        tell(_HEADING)
        heard = 0
        for minute in range(1, minutes + 1):
            moments.clear()
            desktop, fed = [], []
            begin = next_sample = time.perf_counter()
            while (now := time.perf_counter()) < begin + 60.0:
                QCoreApplication.processEvents()
                if now >= next_sample:
                    next_sample += 1.0
                    desktop.append(resident_mb(os.getpid()))
                    fed.append(resident_mb(feeds.pid))
                time.sleep(0.0005)
            messages = sum(one.messages for one in picture.feeds.values())
            found.append(
                Minute(
                    (messages - heard) / (time.perf_counter() - begin),
                    float(np.mean(desktop)),
                    float(np.mean(fed)),
                    float(np.percentile(np.diff(moments), 99)) * 1000,
                    _megabytes(journal),
                    picture.upto,
                )
            )
            heard = messages
            tell(_line(minute, found[-1]))
        end.set()
        publisher.join(3)
        pulse.deleteLater()
        window.close()
        feeds.stop()
        outbox.close()
        assert application
    return found


def verdict(found: list[Minute]) -> list[str]:
    """What was not held, in words; the first minute warms up."""
    counted = found[1:]
    if not counted:
        return ["too short to tell: two minutes at least"]
    amiss = []
    for name, values in (
        ("desktop", [one.desktop_mb for one in counted]),
        ("feed process", [one.feeds_mb for one in counted]),
    ):
        worst = max(abs(value / values[0] - 1.0) for value in values)
        if worst > _STEADY:
            amiss.append(f"memory of the {name} moved by {worst:.1%}")
    grown = counted[-1].p99_ms / counted[0].p99_ms - 1.0
    if grown > _FRAMES_STEADY:
        amiss.append(f"frame interval p99 grew by {grown:.0%}")
    return amiss


def resident_mb(pid: int | None) -> float:
    """Memory that a process holds, in megabytes (Linux); 0.0 for one that is not there."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _line(minute: int, one: Minute) -> str:
    each = one.journal_mb * 1e6 / one.recorded if one.recorded else 0.0
    return (
        f"{minute:>6}{one.rate:>12,.0f}{one.desktop_mb:>12,.1f}{one.feeds_mb:>10,.1f}{one.p99_ms:>14,.1f}"
        f"{one.journal_mb:>12,.1f}{each:>12,.1f}"
    )


def main() -> int:
    """Run it, print it; 1 if something was not held."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=int, default=10)
    options.add_argument("--rate", type=int, default=5_000)
    given = options.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    amiss = verdict(run(given.minutes, given.rate, lambda line: print(line, flush=True)))
    print("held: memory within ± 5 % after the first minute, frames as at the start" if not amiss else "")
    for one in amiss:
        print(f"NOT HELD: {one}")
    return int(bool(amiss))


if __name__ == "__main__":
    sys.exit(main())
