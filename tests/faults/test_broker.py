"""The broker itself fails: killed, frozen, without its memory."""

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


def test_that_a_broker_with_a_memory_gives_back_what_was_said_while_the_feed_process_was_away(scene: Scene) -> None:
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
