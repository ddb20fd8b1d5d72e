"""`cop exercise`, `cop control`, `cop broker`: exercises, who steers them, and the broker that comes with COP."""

import sys
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


def _list_exercises(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Say which exercises there are, one a line, and end."""
    if not wanted or context.resilient_parsing:
        return
    from cop.exercise.scenario import ScenarioError, load_scenario, names

    for name in names():
        try:
            one = load_scenario(name)
        except ScenarioError as error:
            click.echo(f"{name:<14} cannot be played: {error}")
            continue
        click.echo(
            f"{name:<14} {one.title}, {one.place}: {len(one.agencies)} agencies, {one.duration_s / 60:.0f} min, "
            f"{len(one.injects)} injects, {len(one.objectives)} objectives"
        )
    context.exit()


@click.command()
@click.argument("name")
@click.option("--broker", required=True, metavar="URL", help="Where the simulated agencies publish.")
@click.option("--rate", type=click.FloatRange(min=0.1, max=100), default=1.0, help="1 is real time.")
@click.option("--seed", type=int, default=1, help="The same seed gives the same exercise.")
@click.option("--paused", is_flag=True, help="Wait for the controller to start it (`cop control`).")
@click.option("--control/--no-control", default=True, help="Whether a controller may steer it.")
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=_list_exercises, help="Say which there are."
)
@click.option("--anew", is_flag=True, help="From the beginning, where one that was cut off could go on.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input closes.")
def exercise(name: str, *, broker: str, with_parent: bool, **how: Any) -> None:
    """Run only the simulated agencies of an exercise. One that was cut off goes on where it was."""
    from cop.exercise.agencies import run as run_exercise
    from cop.exercise.scenario import ScenarioError

    if how["paused"] and not how["control"]:
        raise click.UsageError("paused, nobody could start it: --paused needs --control")
    if with_parent:
        _end_with_standard_input()
    try:
        run_exercise(broker, name, **how)
    except (ScenarioError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("name")
@click.option("--broker", metavar="URL", help="Where the exercise runs; default: here, and it waits for its start.")
@click.option("--operator", metavar="NAME", help="Who sits here.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="Colours.")
@click.option("--rate", type=click.FloatRange(min=0.1, max=100), default=1.0, help="Speed of one that is run here.")
@click.option("--seed", type=int, default=1, help="Which of its courses one that is run here takes.")
@click.option("--offscreen", is_flag=True, help="Run without a screen.")
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), metavar="SECONDS", help="End by itself.")
@click.option("--screenshot", type=_FILE, metavar="PNG", help="Write a picture of the window at the end.")
def control(name: str, **options: Any) -> None:
    """Control an exercise: start, pause, speed, injects, agencies played by hand."""
    from cop.app import Options, start
    from cop.config import ConfigError

    try:
        sys.exit(start(Options(exercise=name, controller=True, paused=True, **options)))
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=1883, help="0 chooses a free one.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input closes.")
def broker(host: str, port: int, with_parent: bool) -> None:
    """Run only the embedded broker: for exercises and first runs; for operations take a full one."""
    from cop.exercise.broker import serve

    if with_parent:
        _end_with_standard_input()
    try:
        serve(host, port)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror or error}") from None


def _end_with_standard_input() -> None:
    """End this process in order when the one that started it is gone, however it went."""
    import os
    import signal
    import threading

    def watch() -> None:
        while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
