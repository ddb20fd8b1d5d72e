"""(b) Messages a second from broker to picture, journal on, beside a bare paho subscriber that does nothing."""

import multiprocessing
import statistics
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.mosquitto import Publisher, mosquitto
from benchmarks.row import Row
from benchmarks.traffic import ROOT, marker, positions
from cop.domain.desk import Operator
from cop.feed_process import FeedProcess
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.pipe import FeedSetup, Recording
from cop.picture.picture import Picture

MESSAGES, UNITS = 60_000, 2_000
_ROUNDS = 3


def _bare(port: int, pipe: Connection) -> None:
    """A subscriber that only notes when the first and the last message came."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench-bare", protocol=mqtt.MQTTv5)
    client.on_connect = lambda *_: client.subscribe(f"{ROOT}/#", 1)
    client.on_subscribe = lambda *_: pipe.send(0.0)

    client.on_message = lambda *_: None
    client.message_callback_add(f"{ROOT}/bench/#", lambda *_: pipe.send(time.perf_counter()))
    client.connect("127.0.0.1", port)
    client.loop_forever()


def _floor(port: int, packets: bytes, round_: int) -> float:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_bare, args=(port, theirs), daemon=True)
    process.start()
    ours.recv()
    publisher = Publisher(port)
    publisher.send(marker(f"floor-a{round_}") + packets + marker(f"floor-b{round_}"))
    begin, end = ours.recv(), ours.recv()
    publisher.close()
    process.kill()
    process.join()
    return MESSAGES / (end - begin)


def ours(port: int, packets: bytes, round_: int, *, recorded: bool = True) -> float:
    """Messages a second from the broker to a picture; `round_` names the run, so that none hears of another."""
    with tempfile.TemporaryDirectory() as folder:
        setup = FeedSetup(
            broker=Broker(url=f"mqtt://127.0.0.1:{port}", session_expiry_s=0),
            feeds=(Feed(name="cop", format="cop-json", topic=f"{ROOT}/#"),),
            operator=Operator("bench-desk", "dispatcher", "bench", f"bench-{round_}"),
            root=ROOT,
            journal=Recording(folder=folder, operation="Bench", desk="bench") if recorded else None,
            outbox=str(Path(folder) / "outbox.sqlite"),
            client_id=f"bench-ours-{round_}",
        )
        feeds, picture = FeedProcess(setup), Picture()
        feeds.start()
        seen: dict[str, float] = {}

        def pulse_until(name: str, limit_s: float = 60.0) -> None:
            deadline = time.perf_counter() + limit_s
            while name not in seen and time.perf_counter() < deadline:
                for batch in feeds.receive():
                    change = picture.apply(batch)
                    seen.update(dict.fromkeys((key[1] for key in change.incidents), time.perf_counter()))
                    if picture.broker is not None and picture.broker.state == "online":
                        seen.setdefault("online", 0.0)
                time.sleep(1 / 60)

        pulse_until("online")
        publisher = Publisher(port)
        begin_name, end_name = f"ours-a{round_}", f"ours-b{round_}"
        publisher.send(marker(begin_name) + packets + marker(end_name))
        pulse_until(end_name)
        publisher.close()
        feeds.stop()
        if picture.tracks.count != UNITS:
            raise RuntimeError(f"only {picture.tracks.count} of {UNITS} units arrived")
        return MESSAGES / (seen[end_name] - seen[begin_name])


def run() -> list[Row]:
    """Medians of alternating rounds."""
    packets = positions(MESSAGES, UNITS)
    floors, rates = [], []
    with mosquitto() as port:
        for round_ in range(_ROUNDS):
            floors.append(_floor(port, packets, round_))
            rates.append(ours(port, packets, round_))
    floor, rate = statistics.median(floors), statistics.median(rates)
    return [Row("b", "broker → picture, journal on, ÷ bare paho", "messages/s", rate, floor, rate / floor, "≥ 0.6")]


if __name__ == "__main__":
    for row in run():
        print(row)
