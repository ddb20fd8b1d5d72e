"""The network between desk and broker fails: cut, half-open, slow, garbled, another network."""

import os
import subprocess

import pytest

from cop.feeds.broker import Broker
from tests.faults import namespaces
from tests.faults.desk import FaultDesk
from tests.faults.neighbour import Neighbour
from tests.faults.proxy import Proxy
from tests.faults.scene import Scene

in_namespaces = pytest.mark.skipif(not namespaces.available(), reason="network namespaces need root and iproute2")


def _through_a_proxy(scene: Scene) -> tuple[Proxy, FaultDesk, Neighbour]:
    broker = scene.mosquitto()
    proxy = scene.proxy(broker.port)
    desk, neighbour = scene.desk(proxy.url), scene.neighbour(broker.port)
    scene.before(desk, neighbour)
    return proxy, desk, neighbour


def _on_a_cable(scene: Scene) -> tuple[namespaces.Cable, FaultDesk, Neighbour]:
    cable = namespaces.Cable("a")
    scene.ends(cable.close)
    broker = scene.mosquitto(namespace=cable.broker)
    url = f"mqtt://{cable.address('a')}:{broker.port}"
    desk = scene.desk(url, namespace=cable.namespace("a"))
    neighbour = scene.neighbour(broker.port, namespace=cable.broker)
    scene.before(desk, neighbour)
    return cable, desk, neighbour


def test_that_a_cut_line_is_said_and_all_of_qos_1_comes_after_it(scene: Scene) -> None:
    proxy, desk, neighbour = _through_a_proxy(scene)
    scene.begins()
    proxy.cut()
    desk.until_says("not reached")
    scene.noticed()
    desk.act(3)
    neighbour.positions(20)
    neighbour.report(5)
    for number in range(5):
        neighbour.log(f"said while the desk was away {number}")
    proxy.mend()
    scene.mended()
    desk.until_silent()
    scene.over()
    scene.until_quiet()
    row = scene.row(
        "Line to the broker cut, both ends told", remark="of positions the last of each unit comes, as it is retained"
    )
    assert row.reports[0] == 0


@pytest.mark.long
@in_namespaces
def test_that_a_pulled_cable_of_which_nobody_is_told_is_noticed(scene: Scene) -> None:
    cable, desk, neighbour = _on_a_cable(scene)
    scene.begins()
    cable.cut("a")
    desk.act(3)
    neighbour.positions(20)
    neighbour.report(5)
    desk.until_says("not reached", limit_s=40)
    scene.noticed()
    cable.mend("a")
    scene.mended()
    desk.until_silent(60)
    scene.over()
    scene.until_quiet(60)
    row = scene.row("Cable pulled (network namespace), nobody told", remark="of positions the last of each unit comes")
    assert row.reports[0] == 0


@pytest.mark.long
@in_namespaces
def test_that_a_desk_that_moves_to_another_network_comes_back_by_itself(scene: Scene) -> None:
    cable, desk, neighbour = _on_a_cable(scene)
    scene.begins()
    cable.move("a")
    desk.act(2)
    neighbour.report(3)
    desk.until_given_up()
    scene.noticed()
    desk.until_state("online", 40)
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    row = scene.row("The desk gets another address (Wi-Fi to cable)")
    assert row.reports[0] == 0


@in_namespaces
def test_that_a_narrow_line_delivers_everything_late(scene: Scene) -> None:
    cable, desk, neighbour = _on_a_cable(scene)
    try:
        cable.narrow("a", "256kbit")
    except subprocess.CalledProcessError:
        pytest.skip("this kernel shapes no traffic")
    scene.begins()
    desk.act(3)
    neighbour.positions(300)
    neighbour.report(20)
    scene.until_quiet(60)
    scene.over()
    scene.row("Line of 256 kbit/s (tbf in a namespace)")


@pytest.mark.long
@pytest.mark.parametrize("way", ["both", "up", "down"])
def test_that_a_half_open_connection_is_given_up_and_nothing_said_into_it_is_lost(scene: Scene, way: str) -> None:
    proxy, desk, neighbour = _through_a_proxy(scene)
    scene.begins()
    proxy.swallow_up, proxy.swallow_down = way in {"both", "up"}, way in {"both", "down"}
    desk.act(3)
    neighbour.positions(20)
    neighbour.report(5)
    desk.until_given_up()
    scene.noticed()
    desk.until(desk.words, "said", 20)
    proxy.mend()
    proxy.reset()
    scene.mended()
    desk.until_silent(60)
    scene.over()
    scene.until_quiet(60)
    words = {"both": "both ways", "up": "from the desk", "down": "to the desk"}[way]
    row = scene.row(f"Half-open: bytes vanish {words}, nobody is told", remark="the last position of each unit comes")
    assert row.reports[0] == 0


def test_that_a_slow_line_is_lived_with(scene: Scene) -> None:
    proxy, desk, neighbour = _through_a_proxy(scene)
    scene.begins()
    proxy.delay_s = 0.3
    desk.act(2)
    neighbour.positions(50)
    neighbour.report(3)
    scene.until_quiet(40)
    scene.over()
    row = scene.row("Slow line: each piece 0.3 s late")
    assert row.positions[0] == 0


@pytest.mark.long
def test_that_a_line_of_a_few_kilobytes_a_second_keeps_the_connection_and_loses_nothing(scene: Scene) -> None:
    proxy, desk, neighbour = _through_a_proxy(scene)
    scene.begins()
    proxy.bytes_per_s = 8_000
    desk.act(2)
    neighbour.positions(200)
    neighbour.report(5)
    scene.until_quiet(60)
    scene.over()
    scene.row("Narrow line: 8 kB a second")


def test_that_garbage_in_the_connection_ends_it_and_costs_nothing(scene: Scene) -> None:
    proxy, desk, neighbour = _through_a_proxy(scene)
    before = proxy.connections
    scene.begins()
    proxy.inject(b"\xf0\xff\xff\xff\xff\xff" + os.urandom(4_000))
    desk.act(2)
    neighbour.report(3)
    desk.until(lambda: proxy.connections > before, "another connection")
    scene.noticed()
    desk.until_state("online")
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    row = scene.row("Garbage in the middle of the stream (a broken box on the way)")
    assert row.reports[0] == 0


@pytest.mark.long
def test_that_resets_again_and_again_lose_nothing(scene: Scene) -> None:
    proxy, desk, neighbour = _through_a_proxy(scene)
    scene.begins()
    for number in range(5):
        proxy.reset()
        desk.act()
        neighbour.report()
        neighbour.log(f"between two resets {number}")
        desk.until(lambda count=proxy.connections: proxy.connections > count, "another connection")
        desk.until_state("online")
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    row = scene.row("Connection reset five times in a row (a firewall that restarts)")
    assert row.reports[0] == 0


def test_that_a_name_that_cannot_be_looked_up_is_said(scene: Scene) -> None:
    broker = scene.mosquitto()
    neighbour = scene.neighbour(broker.port)
    lost = Broker(url=f"mqtt://broker.invalid:{broker.port}", keepalive_s=5, connect_timeout_s=1.0)
    desk = scene.desk(lost, start=False)
    scene.begins()
    desk.begin()
    desk.until_says("not reached")
    desk.until(lambda: desk.picture.broker is not None and desk.picture.broker.reason, "a reason")
    scene.noticed()
    desk.act(2)
    assert desk.picture.broker is not None
    seen = f"“{desk.words()[0]}”"
    desk.close()
    again = scene.desk(broker.url, name=desk.operator.desk)
    scene.over()
    scene.until_quiet()
    scene.row(
        "DNS gone: the broker's name is not found", seen=seen, desk=again, remark="actions leave when it is reached"
    )
    assert neighbour.client.is_connected()
