"""The command line. Each command imports what it needs when it runs: `cop --help` starts without Qt."""

import gc
import importlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cop import __version__
from cop.after_action_commands import review
from cop.agreement_commands import agreement
from cop.brief_commands import brief
from cop.exercise_commands import broker, control, exercise
from cop.export_commands import export
from cop.forms_commands import forms
from cop.journal_commands import journal

if TYPE_CHECKING:
    from cop.feeds.broker import Broker
    from cop.feeds.message import Feed

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FILE = click.Path(dir_okay=False, path_type=Path)
_BEFORE_QT = (
    "cop.authority.authority",
    "cop.briefing.state",
    "cop.config",
    "cop.domain.lettered_grid",
    "cop.domain.notation",
    "cop.domain.rules.actions",
    "cop.domain.rules.commanding",
    "cop.domain.rules.details",
    "cop.domain.rules.links",
    "cop.domain.rules.requesting",
    "cop.domain.rules.silence",
    "cop.domain.rules.task_moves",
    "cop.domain.zone_forms",
    "cop.exercise.feeds",
    "cop.exercise.processes",
    "cop.feed_process",
    "cop.feeds.outbox",
    "cop.picture.filter",
    "cop.picture.ground",
    "cop.picture.here",
    "cop.picture.trails_file",
    "cop.picture.whereabouts",
)
_ROLES = click.Choice(["dispatcher", "commander", "liaison"])


@click.group(context_settings=_CONTEXT)
@click.version_option(__version__, prog_name="cop")
def main() -> None:
    """A real-time common operating picture for emergency operations centres."""


@main.command()
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings (cop.toml).")
@click.option("--exercise", metavar="NAME", help="Run an exercise (the default); `cop control` steers one.")
@click.option("--broker", metavar="URL", help="mqtt://host:1883 or mqtts://host:8883; default: an embedded one.")
@click.option("--role", type=_ROLES, help="What this desk may do.")
@click.option("--agency", metavar="ID", help="Whose desk this is.")
@click.option("--operator", metavar="NAME", help="Who sits here.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="Colours.")
@click.option("--offscreen", is_flag=True, help="Run without a screen.")
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), metavar="SECONDS", help="End by itself.")
@click.option("--screenshot", type=_FILE, metavar="PNG", help="Write a picture of the window at the end.")
@click.option("--state", type=_FILE, metavar="JSON", help="Write the picture as JSON at the end.")
@click.option("--rate", type=click.FloatRange(min=0.1, max=100), default=1.0, help="Speed of the exercise.")
@click.option("--seed", type=int, default=1, help="Which of its courses the exercise takes.")
@click.option("--select", metavar="AGENCY/INCIDENT", help="Show this incident in the selection panel.")
@click.option("--until-painted", is_flag=True, hidden=True, help="Say when the map was first painted, and end.")
def run(**options: Any) -> None:
    """Open the desk: map, queue, tasks. Without options: the exercise Steel Rail as incident commander."""
    gc.disable()  # of what is made while starting nothing is garbage; `cop.app` turns it on again
    # All that does not need Qt comes before it: once it is loaded, Qt's binding reads the source of every module that
    # is imported (0.1 s of a start).
    for name in _BEFORE_QT:
        importlib.import_module(name)
    from cop.app import Options, start
    from cop.config import ConfigError

    try:
        sys.exit(start(Options(**options)))
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.argument("form", metavar="FORMAT")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True))
@click.option("--topic", default="", metavar="T", help="The topic the messages came on.")
@click.option("--agency", default="", metavar="A", help="Whose messages these are.")
@click.option("--zone", default="UTC", metavar="Z", help="The time zone (IANA) of times that name none.")
def decode(form: str, files: tuple[str, ...], topic: str, agency: str, zone: str) -> None:
    """Decode recorded messages: one JSON line a report; bad ones go to standard error and give exit code 1.

    FORMAT is one of `cop formats`, or auto.
    """
    from cop.feeds.decoding import UnknownFormat, decode_file
    from cop.feeds.message import Feed

    feed = Feed(name="decode", format=_known_format(form), topic="#", agency=agency, zone=zone)
    bad = False
    for file in files:
        try:
            content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            for line in decode_file(content, feed, topic=topic):
                failed = "error" in line
                bad |= failed
                click.echo(json.dumps({**line, "file": file} if failed else line, ensure_ascii=False), err=failed)
        except (OSError, UnknownFormat) as error:
            bad = True
            click.echo(json.dumps({"error": getattr(error, "strerror", "") or str(error), "file": file}), err=True)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    sys.exit(1 if bad else 0)


@main.command()
@click.argument("name", required=False, metavar="[FORMAT]")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a format.")
def formats(name: str | None, as_json: bool) -> None:
    """List the formats: direction, what they are, topics that senders use, limits; with FORMAT, an example feed too."""
    from cop.feeds.adapters import FAMILIES, format_of

    if name is not None:
        _known_format(name, auto=False)
    for family, names in FAMILIES.items():
        chosen = [one for one in names if name in (None, one)]
        if chosen and not as_json:
            click.echo(family)
        for form in map(format_of, chosen):
            direction = "in and out" if form.outbound else "in"
            if as_json:
                row = {"format": form.name, "family": family, "direction": direction, "summary": form.summary}
                more = {"topic": form.topic, "limits": form.limits, "example": form.example()}
                click.echo(json.dumps({**row, **more}, ensure_ascii=False))
                continue
            click.echo(f"  {form.name:<16}{direction:<12}{form.summary}")
            for heading, text in (("topics like", form.topic), ("at most", form.limits)):
                if text:
                    click.echo(f"{'':<30}{heading}: {text}")
            if name is not None:
                click.echo(f"\n{form.example()}\n\nOptions: docs/formats/{form.name}.md")


@main.command()
@click.argument("journal", metavar="FILE|FOLDER", type=click.Path(exists=True, path_type=Path))
@click.option("--operation", default="", metavar="NAME", help="Of this one, where a folder holds several.")
@click.option("--at", "moment", default="", metavar="TIME", help="The moment to begin with; else the last one.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Ground and agreements.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="Colours.")
@click.option("--offscreen", is_flag=True, help="Run without a screen.")
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), metavar="SECONDS", help="End by itself.")
@click.option("--screenshot", type=_FILE, metavar="PNG", help="Write a picture of the window at the end.")
@click.option("--state", type=_FILE, metavar="JSON", help="Write the picture as JSON at the end.")
def replay(*, moment: str, **options: Any) -> None:
    """Look at a recorded operation: map, queue and tasks as they were at any moment. No broker is needed."""
    from cop.config import ConfigError
    from cop.review import Review, start

    try:
        sys.exit(start(Review(at=moment, **options)))
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


@main.command("replay-file")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False))
@click.option("--format", "form", required=True, metavar="FORMAT", help="One of `cop formats`, or auto.")
@click.option("--broker", default="mqtt://127.0.0.1:1883", metavar="URL", help="Where to publish.")
@click.option("--topic", default="", metavar="T", help="Where to; a recording may hold its own topics.")
@click.option("--speed", type=click.FloatRange(min=0), default=1.0, help="60: an hour in a minute; 0: no pauses.")
@click.option("--per-second", type=click.FloatRange(min=0.01), default=20.0, help="Pace of what bears no times.")
@click.option("--longest-pause", type=click.FloatRange(min=0), default=5.0, metavar="S", help="Seconds.")
@click.option("--qos", type=click.IntRange(0, 1), default=1, help="0 or 1.")
def replay_file(
    files: tuple[str, ...],
    *,
    form: str,
    broker: str,
    topic: str,
    speed: float,
    per_second: float,
    longest_pause: float,
    qos: int,
) -> None:
    """Publish recorded messages at the pace at which they were received: a recording is a feed too."""
    from cop.feeds.adapters import AUTO, format_of
    from cop.feeds.broker import Broker
    from cop.feeds.decoding import UnknownFormat, format_of_file
    from cop.feeds.replay_file import Pace, ReplayError, replay

    _known_format(form)
    pace = Pace(speed=speed, per_second=per_second, longest_pause_s=longest_pause)
    sent = 0
    try:
        for file in files:
            content = Path(file).read_bytes()
            name = format_of_file(content, topic) if form == AUTO else form
            sent += replay(format_of(name).split(content), Broker(url=broker), pace, topic=topic, qos=qos)
    except (ReplayError, UnknownFormat, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{sent:,} messages")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("place", nargs=-1, metavar="[PLACE]")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings (cop.toml).")
@click.option("--gaps", is_flag=True, help="Instead: where boundaries leave ground to nobody, or give it to two.")
@click.option("--discipline", default="", metavar="D", help="Gaps of this discipline alone: fire.")
@click.option("--level", default="", metavar="L", help="Gaps and overlaps between those of this level alone: district.")
@click.option("--least-km2", type=click.FloatRange(min=0), default=0.01, help="Smaller ones are only counted.")
@click.option("--json", "as_json", is_flag=True, help="Gaps as JSON.")
@click.option("--geojson", type=_FILE, metavar="FILE", help="Write the ground of gaps and overlaps, for a GIS.")
def where(
    place: tuple[str, ...], *, config: Path | None, gaps: bool, as_json: bool, geojson: Path | None, **wanted: Any
) -> None:
    """Whose ground a place is, as JSON, smallest jurisdiction first; or what is wrong with the boundaries (--gaps).

    PLACE is said in any notation: 35.2425 -80.953, "35°14'33\"N 80°57'11\"W", 17SNU0427699936, UTM, a map's link.
    """
    from cop.config import ConfigError, load

    if bool(place) == gaps:
        raise click.UsageError("say a PLACE or --gaps")
    at = _place(place) if place else None
    try:
        ground = load(config).ground()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    from cop.briefing import boundary_report

    if at is not None:
        click.echo(json.dumps(boundary_report.whose(ground, *at), indent=2))
        return
    try:
        report = boundary_report.wrong_in(ground, **wanted)
        if geojson is not None:
            geojson.write_text(json.dumps(report.as_geojson()), encoding="utf-8")
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{geojson} could not be written: {error.strerror}") from None
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else "\n".join(report.as_table()))
    for remark in ground.remarks if not as_json else ():
        click.echo(remark, err=True)


def _place(words: tuple[str, ...]) -> tuple[float, float]:
    """Latitude and longitude, degrees, of what was typed in any notation; what was assumed goes to standard error."""
    from cop.domain.notation import read_place, why_not

    text = " ".join(words)
    read = read_place(text)
    if read is None:
        raise click.UsageError(why_not(text) or "PLACE is latitude and longitude, a grid reference, or a map's link")
    if read.note:
        click.echo(read.note, err=True)
    return read.lat, read.lon


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def schema(folder: Path) -> None:
    """Write the JSON Schemas of our own payloads into a folder."""
    from cop.feeds.schemas import write

    for file in write(folder):
        click.echo(str(file))


for command in (exercise, control, broker, agreement, journal, brief, forms, export, review):
    main.add_command(command)


@main.group()
def feed() -> None:
    """Feeds of other systems: try what comes in before it goes on the map."""


@feed.command("try")
@click.argument("name", required=False)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings (cop.toml).")
@click.option("--format", "form", metavar="FORMAT", help="Try this format, without settings; auto finds it.")
@click.option("--topic", default="", metavar="T", help="The topic the messages of a file came on.")
@click.option("--messages", type=click.IntRange(1, 1000), default=3, help="How many to show.")
@click.option("--for", "seconds", type=click.FloatRange(min=1), default=60.0, metavar="SECONDS", help="Wait so long.")
def feed_try(
    name: str | None,
    files: tuple[Path, ...],
    *,
    config: Path | None,
    form: str | None,
    topic: str,
    messages: int,
    seconds: float,
) -> None:
    """Show messages beside what a feed makes of them: of the broker as they come, or recorded ones.

    NAME is a [[feed]] of the settings. With --format, NAME is a file: `cop feed try --format json message.json`.
    """
    from itertools import islice
    from shutil import get_terminal_size

    from cop.config import ConfigError
    from cop.feeds.adapters import format_of
    from cop.feeds.decoding import UnknownFormat
    from cop.feeds.listening import NotHeard, hear
    from cop.feeds.trial import trial

    width = max(80, min(160, get_terminal_size((120, 40)).columns))
    shown = 0
    try:
        if form is not None:
            files = (*([Path(name)] if name else []), *files)
            tried, broker = _feed_of_format(form, files, topic), None
        else:
            tried, broker = _feed_of_settings(config, name)
        if files:
            recorded = (one for file in files for one in format_of(tried.format).split(file.read_bytes()))
            heard = ((one.topic or topic, one.payload, False) for one in recorded)
        else:
            assert broker is not None
            click.echo(f"Waiting for messages on {tried.topic} ...", err=True)
            live = hear(broker, tried, count=messages, seconds=seconds)
            heard = ((one.topic, one.payload, one.retained) for one in live)
        for shown, (on, payload, retained) in enumerate(islice(heard, messages), start=1):
            click.echo(f"--- message {shown}{' on ' + on if on else ''}, {len(payload):,} bytes, {tried.format}")
            click.echo(trial(tried, on, payload, retained=retained).text(width))
    except (ConfigError, NotHeard, UnknownFormat, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if not shown:
        raise click.ClickException(f"nothing was heard on {tried.topic} for {seconds:.0f} s")


def _feed_of_format(form: str, files: tuple[Path, ...], topic: str) -> "Feed":
    """A feed to try a format with. Raises UnknownFormat."""
    from cop.feeds.adapters import AUTO
    from cop.feeds.decoding import format_of_file
    from cop.feeds.message import Feed

    if not files:
        raise click.UsageError("--format needs a recorded message: name its file")
    found = format_of_file(files[0].read_bytes(), topic) if form == AUTO else _known_format(form)
    return Feed(name="try", format=found, topic="#", agency="tried")


def _feed_of_settings(config: Path | None, name: str | None) -> "tuple[Feed, Broker]":
    """One feed of the settings, and where it is heard. Raises ConfigError."""
    from cop.config import load

    settings = load(config)
    feeds = {one.name: one for one in settings.feeds()}
    if name is None or name not in feeds:
        if config is None:
            raise click.UsageError(
                "say which settings the feed stands in, --config cop.toml, or which format, --format"
            )
        raise click.UsageError(f"NAME is one of the feeds of {config}: {', '.join(feeds)}")
    return feeds[name], settings.broker


def _known_format(form: str, *, auto: bool = True) -> str:
    """The name of a format, or `auto` where that is one."""
    from cop.feeds.adapters import AUTO, MODULES

    known = (*MODULES, AUTO) if auto else tuple(MODULES)
    if form not in known:
        raise click.BadParameter(f"{form!r} is none of {', '.join(known)}", param_hint="FORMAT")
    return form
