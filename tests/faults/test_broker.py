"""The broker itself fails: killed, frozen, full, without its memory."""

import pytest

from cop.feeds.broker import Broker
from tests.faults.scene import Scene


def test_that_a_killed_broker_is_said_and_actions_taken_meanwhile_leave_when_it_is_back(scene: Scene) -> None:
    broker, desk, neighbour = scene.usual()
    scene.begins()
    broker.kill()
    desk.until_says("not reached")
    scene.noticed()
    desk.act(3)
    broker.start()
    scene.mended()
    desk.until_silent()
    scene.over()
    neighbour.positions(5)
    neighbour.report()
    scene.until_quiet()
    scene.row("Broker killed, back with an empty memory")


def test_that_a_broker_with_a_memory_gives_back_what_was_said_before(scene: Scene) -> None:
    broker, desk, neighbour = scene.usual(memory=True)
    scene.begins()
    broker.stop()
    desk.until_says("not reached")
    scene.noticed()
    desk.act(3)
    broker.start()
    scene.mended()
    desk.until_silent()
    scene.over()
    neighbour.positions(5)
    neighbour.report()
    scene.until_quiet()
    scene.row("Broker stopped for maintenance, back with its memory")


def test_that_who_comes_after_a_broker_lost_its_memory_still_hears_what_stands(scene: Scene) -> None:
    broker, desk, neighbour = scene.usual()
    scene.begins()
    broker.kill()
    desk.until_says("not reached")
    scene.noticed()
    broker.start()
    scene.mended()
    desk.until_silent()
    scene.over()
    late = scene.desk(broker.url, agency="york-county-em")
    own = ("charlotte-fire", desk.taken[0].id)

    def both_hear() -> bool:
        desk.pulse()  # it is this desk that says again what stands
        return own in late.picture.incidents

    late.until(both_hear, "what our agency said before")
    desk.until(lambda: desk.settled() and not desk.unanswered(neighbour.heard), "said again")
    scene.row(
        "Broker lost its memory; a third desk comes later",
        remark="what stands of our words is said again, and the third desk has it",
    )


@pytest.mark.long
def test_that_a_frozen_broker_is_noticed_by_its_silence(scene: Scene) -> None:
    broker, desk, neighbour = scene.usual()
    scene.begins()
    broker.freeze()
    desk.act(2)
    desk.until_says("not updating", limit_s=40)
    scene.noticed()
    broker.thaw()
    scene.mended()
    desk.until_silent()
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    scene.row("Broker frozen (it listens and does not answer)")


def test_that_actions_wait_while_two_brokers_are_down_and_leave_through_the_one_that_comes_first(scene: Scene) -> None:
    first, second = scene.mosquitto(memory=True), scene.mosquitto(memory=True)
    desk = scene.desk(Broker(url=first.url, also=(second.url,), keepalive_s=5, connect_timeout_s=1.0))
    neighbour, beyond = scene.neighbour(first.port), scene.neighbour(second.port, agency="york-county-em")
    neighbour.positions(5)
    desk.act()
    scene.until_quiet()
    scene.begins()
    first.kill()
    desk.act(2)
    desk.until(lambda: desk.picture.broker is not None and desk.picture.broker.place == 2, "the second broker")
    desk.until_state("online")
    scene.noticed()
    beyond.positions(5)
    desk.until(desk.settled, "what was said goes to the second")
    second.kill()
    desk.until_says("not reached")
    desk.act(2)
    first.start()
    scene.mended()
    desk.until_state("online")
    scene.over()
    scene.until_quiet()
    scene.row("First of two brokers gone, then the second too, then the first is back")


def test_that_a_full_broker_gives_actions_back_to_be_said_again(scene: Scene) -> None:
    broker, desk, neighbour = scene.usual(settings="allow_anonymous true\nmemory_limit 400000\n", memory=True)
    scene.begins()
    for number in range(60):  # retained, until it has no more room
        neighbour.client.publish(f"elsewhere/{number}", b"x" * 10_000, qos=1, retain=True)
    desk.act(3)
    desk.until(lambda: desk.settled() or desk.words(), "sent, or said why not", limit_s=10)
    scene.noticed()
    broker.stop()
    broker.rewrite("memory_limit 400000", "")
    broker.start()
    scene.mended()
    desk.until_silent()
    scene.over()
    desk.until(desk.settled, "all actions sent")
    neighbour.report()
    scene.until_quiet()
    scene.row("Broker out of memory (its limit), given more")


@pytest.mark.long
def test_that_a_broker_that_keeps_little_for_who_is_away_loses_reports_and_no_action(scene: Scene) -> None:
    broker, desk, neighbour = scene.usual(settings="allow_anonymous true\nmax_queued_messages 20\n")
    scene.begins()
    desk.feeds.stop()
    for number in range(60):
        neighbour.report(1, f"While away {number}")
        neighbour.log(f"line {number}")
    desk.act(2)
    scene.mended()
    desk.until_state("online")
    scene.over()
    desk.until(lambda: desk.settled() and not desk.unanswered(neighbour.heard), "all actions heard")
    row = scene.row(
        "Broker keeps 20 messages for a desk that is away, 120 come",
        remark="what is beyond the broker's limit never comes, and no desk can know: docs/broker.md asks for"
        " max_queued_messages 0",
    )
    assert row.reports[1] >= 60
    assert broker.port
