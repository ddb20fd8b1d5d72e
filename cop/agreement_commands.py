"""`cop agreement`: agreements on the command line, for those who write them."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cop.authority.check import Report, Units
    from cop.authority.explain import Asked
    from cop.authority.uncovered import Uncovered
    from cop.config import Config

_DEFAULT_EXERCISE = "steel-rail"
_FILES = click.Path(path_type=Path)
_SETTINGS = click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings (cop.toml)."
)
_EXERCISE = click.option("--exercise", metavar="NAME", help="The agencies and agreements of this exercise.")


@click.group()
def agreement() -> None:
    """Agreements: who leads where, and whom one may ask; check what is written, explain what it comes to."""


@agreement.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=_FILES)
@_SETTINGS
@_EXERCISE
@click.option(
    "--state",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="JSON",
    help="Who has which units: what `cop run --state` wrote.",
)
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
def check(
    files: tuple[Path, ...], *, config: Path | None, exercise: str | None, state: Path | None, as_json: bool
) -> None:
    """Say what is wrong with agreements, each with file, line and clause, and where nobody leads.

    FILE is an agreement or a folder of them; without, those of the settings. Which kinds of units an agency has is
    known from --state, or from the exercise. Exit code 1 if there are errors; notes alone give 0.
    """
    from cop.authority.check import check as check_agreements
    from cop.config import ConfigError

    settings, units, known_from = _settings(config, exercise)
    if state is not None:
        units, known_from = _units_of_state(state), str(state)
    try:
        ground = settings.ground()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    paths = files or settings.agreement_folders()
    if not paths:
        raise click.UsageError("say a FILE, or name the folders in [agreements] of the settings")
    report = check_agreements(paths, ground, settings.region(), at=datetime.now(UTC), units=units)
    against = (
        f"{len(ground.jurisdictions):,} jurisdictions, {f'units as in {known_from}' if known_from else 'no units'}"
    )
    if as_json:
        click.echo(json.dumps(_as_json(report, against), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_as_text(report, against)))
    sys.exit(1 if report.errors else 0)


@agreement.command(context_settings={"ignore_unknown_options": False})
@click.option("--type", "incident_type", required=True, metavar="TYPE", help="What happens: hazmat, crash, medical ...")
@click.option("--at", "place", required=True, metavar="PLACE", help="LAT,LON or any notation that the desk reads.")
@click.option("--priority", type=click.IntRange(1, 5), default=3, help="1 is the most urgent.")
@click.option("--when", metavar="TIME", help="2026-11-22T14:30 (UTC, or with an offset); default: now.")
@click.option("--units", type=click.IntRange(min=0), default=0, metavar="N", help="So many units are on it.")
@click.option("--hot-zone", type=click.FloatRange(min=0, max=100_000), default=0.0, metavar="METRES", help="Around it.")
@click.option("--zone-active", multiple=True, metavar="NAME", help="This zone is drawn over the place.")
@click.option("--near", multiple=True, metavar="AGENCY=METRES", help="How near an agency's units are; for closest of.")
@click.option("--task", multiple=True, metavar="TAKER:GIVER/KIND", help="And how TAKER would get such a unit of GIVER.")
@click.option("--file", "files", multiple=True, type=_FILES, metavar="FILE", help="Of these agreements or folders.")
@_SETTINGS
@_EXERCISE
def explain(
    *,
    incident_type: str,
    place: str,
    priority: int,
    when: str | None,
    units: int,
    hot_zone: float,
    zone_active: tuple[str, ...],
    near: tuple[str, ...],
    task: tuple[str, ...],
    files: tuple[Path, ...],
    config: Path | None,
    exercise: str | None,
) -> None:
    """Say step by step who would lead an incident, by which clause, and how one would get a unit for it."""
    from cop.authority import explain as explaining
    from cop.authority.reading import load_agreements
    from cop.config import ConfigError

    _known_type(incident_type)
    lat, lon = _place(place)
    case = explaining.Case(
        incident_type, lat, lon, _moment(when), priority, units, hot_zone, zone_active, dict(map(_distance, near))
    )
    asked = [_asked(one) for one in task]
    settings, _, _ = _settings(config, exercise)
    try:
        ground = settings.ground()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    agreements, problems = load_agreements(files or settings.agreement_folders(), ground, settings.region())
    for problem in problems:
        click.echo(str(problem), err=True)
    click.echo("\n".join(explaining.explain(case, ground, agreements, asked)))


def _settings(config: Path | None, exercise: str | None) -> "tuple[Config, Units | None, str]":
    """The settings, as `cop run` takes them; who has which units if it is an exercise, and whose word that is.

    Where nothing is said, an agency has what it has in any of the ready exercises: they share their agreements.
    """
    import msgspec

    from cop.config import ConfigError, load
    from cop.exercise.scenario import ScenarioError, load_scenario, names
    from cop.feeds.topics import exercise_root

    try:
        settings = load(config)
        name = exercise or settings.exercise
        if not name and config is not None:
            return settings, None, ""
        scenarios = [load_scenario(one) for one in ([name] if name else names())]
    except (ConfigError, ScenarioError) as error:
        raise click.ClickException(str(error)) from None
    owned: dict[str, Counter[str]] = {}
    for scenario in scenarios:
        for one in scenario.agencies:
            kinds = Counter(group.kind for group in one.groups for _ in group.callsigns())
            owned[one.id] = owned.get(one.id, Counter()) | kinds
    settings = msgspec.structs.replace(settings, root=exercise_root(name or _DEFAULT_EXERCISE))
    return settings, owned, f"exercise {name}" if name else "the exercises"


def _units_of_state(path: Path) -> "Units":
    """Who has which units, by what `cop run --state` wrote."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["units"]
        owned: dict[str, Counter[str]] = {}
        for row in rows:
            owned.setdefault(str(row["agency"]), Counter())[str(row.get("said", {}).get("kind", "unknown"))] += 1
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise click.ClickException(f"{path} is nothing that `cop run --state` wrote: {error}") from None
    return owned


def _as_text(report: "Report", against: str) -> Iterator[str]:
    from cop.authority.check import counted, severity_words

    yield from map(str, report.problems)
    if report.problems:
        yield ""
    agreements = sum(1 for file in report.files if file.terms)
    yield (
        f"{counted(len(report.files), 'file')}, {counted(agreements, 'agreement')}, "
        f"{counted(len(report.terms), 'clause')}, against {against}: {severity_words(report.problems)}"
    )
    if not report.uncovered:
        return
    yield ""
    yield "Where no clause holds at all hours, and nobody leads by the boundaries:"
    for one in report.uncovered:
        yield f"  {_uncovered_words(one)}"


def _uncovered_words(one: "Uncovered") -> str:
    from cop.authority.contradictions import km2_words
    from cop.authority.problem import listed
    from cop.domain.words import INCIDENT_TYPES, label

    where = f"{km2_words(one.area_km2)} ({one.share:.0%}), as at {one.lat:.4f}, {one.lon:.4f}"
    if not one.discipline:
        return f"nobody's ground at all: {where}"
    types = listed((label(INCIDENT_TYPES, each).lower() for each in one.types), last="and", most=9)
    discipline = one.discipline.replace("_", " ")
    return f"{types}: no {discipline} jurisdiction on {where}; instead {listed(one.instead, last='and', most=4)}"


def _as_json(report: "Report", against: str) -> dict[str, Any]:
    problems = [
        {
            "file": one.file,
            "line": one.line,
            "clause": one.clause,
            "severity": one.severity,
            "refused": one.refused,
            "words": one.words,
        }
        for one in report.problems
    ]
    places = [
        {
            "discipline": one.discipline,
            "types": list(one.types),
            "area_km2": round(one.area_km2, 4),
            "share": round(one.share, 4),
            "lat": round(one.lat, 6),
            "lon": round(one.lon, 6),
            "instead": list(one.instead),
        }
        for one in report.uncovered
    ]
    return {
        "files": [file.name for file in report.files],
        "clauses": [" §".join(term.key) for term in report.terms],
        "against": against,
        "problems": problems,
        "nobody_leads": places,
    }


def _known_type(incident_type: str) -> None:
    from cop.authority.toml_words import meant
    from cop.domain.words import INCIDENT_TYPES

    if incident_type not in INCIDENT_TYPES:
        hint = meant(incident_type, INCIDENT_TYPES) or f"; there are {', '.join(INCIDENT_TYPES)}"
        raise click.BadParameter(f"there is no incident type {incident_type!r}{hint}", param_hint="--type")


def _place(text: str) -> tuple[float, float]:
    """Latitude and longitude, degrees, in any notation; what was assumed goes to standard error."""
    from cop.domain.notation import read_place, why_not

    read = read_place(text)
    if read is None:
        raise click.BadParameter(why_not(text) or "say latitude and longitude, or a grid reference", param_hint="--at")
    if read.note:
        click.echo(read.note, err=True)
    return read.lat, read.lon


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("say it as 2026-11-22T14:30 or 2026-11-22T14:30-05:00", param_hint="--when") from None
    return read.astimezone(UTC) if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _distance(text: str) -> tuple[str, float]:
    agency, _, metres = text.partition("=")
    try:
        return agency, float(metres)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not AGENCY=METRES", param_hint="--near") from None


def _asked(text: str) -> "Asked":
    from cop.authority.explain import Asked

    taker, _, rest = text.partition(":")
    giver, _, kind = rest.partition("/")
    if not (taker and giver and kind):
        raise click.BadParameter(f"{text!r} is not TAKER:GIVER/KIND", param_hint="--task")
    return Asked(taker, giver, kind)
