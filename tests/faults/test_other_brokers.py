"""One set of faults at RabbitMQ and at NATS: what they do like Mosquitto, and what they cannot."""

from collections.abc import Iterator

import pytest

from tests.faults.other_brokers import Nats, OtherBroker, RabbitMQ
from tests.faults.scene import Scene

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", params=[RabbitMQ, Nats], ids=["rabbitmq", "nats"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherBroker]:
    """A running one; skipped by name where it is not installed."""
    kind: type[OtherBroker] = request.param
    if not kind.installed():
        pytest.skip(f"{kind.name} is not installed: make test-brokers installs it")
    one = kind(tmp_path_factory.mktemp("broker"))
    try:
        yield one.start()
    finally:
        one.kill()


def _own(broker: OtherBroker, number: int) -> str:
    """The id of a desk that no other test had: what a broker keeps for it is its own."""
    return f"{broker.name.lower()}-{number}"


def test_that_a_desk_works_at_it(scene: Scene, broker: OtherBroker) -> None:
    desk = scene.desk(broker.url, name=_own(broker, 1))
    neighbour = scene.neighbour(broker.port, v5=False)
    scene.begins()
    desk.act(3)
    neighbour.positions(20)
    neighbour.report(5)
    scene.until_quiet()
    late = scene.desk(broker.url, name=_own(broker, 2), agency="york-county-em")
    try:
        late.until(lambda: scene.quiet(late), limit_s=8)
        remark = "a desk that comes later hears what stands (retained)"
    except pytest.fail.Exception:
        came = len(late.picture.incidents)
        remark = f"a desk that comes later hears {came} of 8 incidents that stand: no retained messages for a wildcard"
    assert desk.picture.broker is not None
    row = scene.row(
        f"{broker.name}: no fault; a desk joins later", seen=f"connected, {desk.picture.broker.protocol}", remark=remark
    )
    assert row.positions[0] == row.reports[0] == 0


def test_that_what_was_said_while_a_desk_was_away_comes(scene: Scene, broker: OtherBroker) -> None:
    desk = scene.desk(broker.url, name=_own(broker, 3))
    neighbour = scene.neighbour(broker.port, v5=False)
    scene.before(desk, neighbour)
    desk.feeds.stop()
    scene.begins()
    neighbour.report(5)
    for number in range(5):
        neighbour.log(f"said while the desk was away {number}")
    desk.act(2)
    scene.mended()
    desk.until_state("online")
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    row = scene.row(f"{broker.name}: desk away for a while", seen="what was said meanwhile comes (QoS 1)")
    assert row.reports[0] == 0


def test_that_it_may_be_killed_and_started_again(scene: Scene, broker: OtherBroker) -> None:
    desk = scene.desk(broker.url, name=_own(broker, 4))
    neighbour = scene.neighbour(broker.port, v5=False)
    scene.before(desk, neighbour)
    scene.begins()
    broker.kill()
    desk.until_says("not reached")
    scene.noticed()
    desk.act(3)
    broker.start()
    scene.mended()
    desk.until_silent(60)
    scene.over()
    neighbour.positions(5)
    neighbour.report(2)
    scene.until_quiet(60)
    row = scene.row(f"{broker.name}: killed, started again")
    assert row.reports[0] == 0


@pytest.mark.parametrize("how", ["cut", "half-open"])
def test_that_the_line_to_it_may_be_cut(scene: Scene, broker: OtherBroker, how: str) -> None:
    proxy = scene.proxy(broker.port)
    desk = scene.desk(proxy.url, name=_own(broker, 5 if how == "cut" else 6))
    neighbour = scene.neighbour(broker.port, v5=False)
    scene.before(desk, neighbour)
    scene.begins()
    if how == "cut":
        proxy.cut()
    else:
        proxy.half_open()
    desk.act(3)
    neighbour.report(5)
    neighbour.log("said while the line was cut")
    desk.until_says("not reached", limit_s=60)
    scene.noticed()
    proxy.mend()
    proxy.reset()
    scene.mended()
    desk.until_silent(60)
    scene.over()
    neighbour.positions(5)
    scene.until_quiet(60)
    row = scene.row(f"{broker.name}: line {how}")
    assert row.reports[0] == 0


def test_that_three_desks_who_act_while_cut_off_show_the_same_afterwards(scene: Scene, broker: OtherBroker) -> None:
    neighbour = scene.neighbour(broker.port, v5=False)
    proxies = [scene.proxy(broker.port) for _ in range(3)]
    agencies = ("charlotte-fire", "charlotte-fire", "york-county-em")
    desks = [
        scene.desk(proxy.url, name=_own(broker, 7 + number), agency=agency)
        for number, (proxy, agency) in enumerate(zip(proxies, agencies, strict=True))
    ]
    scene.begins()
    for proxy in proxies:
        proxy.cut()
    for desk in desks:
        desk.act(3)
    neighbour.report(3)
    for desk in desks:
        desk.until_says("not reached")
    scene.noticed()
    for proxy in proxies:
        proxy.mend()
    scene.mended()
    for desk in desks:
        desk.until_silent(60)
    scene.over()
    neighbour.positions(5)
    scene.until_quiet(60)
    said = {(one.agency, one.id) for desk in desks for one in desk.taken}
    for desk in desks:
        desk.until(lambda one=desk: said <= one.picture.incidents.keys(), "each has what the others did")
    row = scene.row(
        f"{broker.name}: three desks act while cut off", remark="afterwards the same incidents on all three"
    )
    assert row.reports[0] == 0
