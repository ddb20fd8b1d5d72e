"""`cop review`: review an operation or exercise by its record: what was done when, and what was not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # imported once a review is asked for: `cop --help` starts with none of it
    from cop.briefing.occasion import Occasion
    from cop.config import Config
    from cop.exercise.objectives import Objective
    from cop.exercise.review.figures import Review
    from cop.exercise.scenario import Scenario
    from cop.replay.recall import Recall

_FILE = click.Path(dir_okay=False, path_type=Path)
_EXISTS = click.Path(exists=True, path_type=Path)
_SUFFIXES = (".html", ".htm", ".pdf", ".json")


@click.command()
@click.argument("journal", metavar="FILE|FOLDER", type=_EXISTS)
@click.option("--operation", default="", metavar="NAME", help="Of this one, where a folder holds several.")
@click.option("--from", "begins", default="", metavar="TIME", help="Review what came from then on; else all of it.")
@click.option("--to", "ends", default="", metavar="TIME", help="Up to then.")
@click.option("--exercise", default="", metavar="NAME", help="Whose objectives to look at; else the record's own.")
@click.option("--objectives", type=_EXISTS, metavar="FILE", help="A TOML file with [[objectives]] instead.")
@click.option("--for", "reader", default="", metavar="AGENCY", help="Whom it is for; else what anybody may see.")
@click.option("--classification", metavar="TEXT", help="The line above and below; else that of the settings.")
@click.option("--config", type=_EXISTS, metavar="FILE", help="Ground and agreements.")
@click.option("--paper", type=click.Choice(["letter", "a4"]), default="letter", show_default=True)
@click.option("--progress", is_flag=True, help="Say how far it is, in percent, a line each.")
@click.option(
    "-o", "--output", type=_FILE, required=True, metavar="FILE", help="A .html, .pdf, or .json (the figures)."
)
def review(journal: Path, output: Path, **said: Any) -> None:
    """Review an operation or exercise by its record: what was done when, and what was not.

    TIME is as for `cop journal`: "14:30" of the record's day, "2026-11-22T14:30", "2026-11-22T19:30Z".
    """
    from cop.briefing.whole_file import check_not_read, write_whole
    from cop.config import ConfigError
    from cop.exercise.scenario import ScenarioError
    from cop.replay.recall import Recall

    if output.suffix.lower() not in _SUFFIXES:
        raise click.UsageError(f"the output ends in {', '.join(_SUFFIXES)}")
    try:
        check_not_read(output, journal)
        recall = Recall(journal, said["operation"])
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error) if str(journal) in str(error) else f"{journal}: {error}") from None
    try:
        document = _made(recall, output.suffix.lower(), said)
    except (ConfigError, ScenarioError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        recall.close()
    try:
        write_whole(output, document)
    except OSError as error:
        raise click.ClickException(f"{output} could not be written: {error.strerror or error}") from None
    click.echo(f"{output}: {len(document) / 1e6:.1f} MB")


def _made(recall: Recall, suffix: str, said: dict[str, Any]) -> bytes:
    import msgspec

    from cop.briefing.reader import check_reader, readers
    from cop.briefing.review_leaving import told_to
    from cop.config import load
    from cop.exercise.review.review import review as figures_of
    from cop.journal.moments import moment
    from cop.picture.home import HomeGround

    record, whose = recall.record, recall.whose
    if record.last < record.first:
        raise ValueError("nothing is on record")
    config = msgspec.structs.replace(load(said["config"]), root=whose.root)
    ground = config.ground()
    agreements, problems = config.load_agreements(ground)
    for problem in problems:
        click.echo(str(problem), err=True)
    first, last = record.first_at, record.last_at
    known = readers(recall.picture(record.last_at), agreements, ground, whose.operator.agency) if said["reader"] else ()
    check_reader(said["reader"], known)
    scenario = _scenario(said["exercise"] or whose.exercise, asked=bool(said["exercise"]))
    figures = figures_of(
        recall,
        ground=ground,
        agreements=agreements,
        scenario=scenario,
        objectives=_objectives(said["objectives"]) if said["objectives"] else None,
        begins=moment(said["begins"], first_at=first, last_at=last) if said["begins"] else None,
        ends=moment(said["ends"], first_at=first, last_at=last, end=True) if said["ends"] else None,
        home=HomeGround(ground, config.map.doubtful_beyond_km),
        goes_on=_percent() if said["progress"] else lambda share: None,
    )
    told = told_to(figures, agreements, reader=said["reader"], own=whose.operator.agency)
    if told.kept_back:
        click.echo(f"kept back: {', '.join(told.kept_back)}", err=True)
    if suffix == ".json":
        return msgspec.json.format(msgspec.json.encode(told.review), indent=1)
    occasion = _occasion(config, figures, recall, said)
    if suffix == ".pdf":
        from cop.briefing.review_paper import as_paper

        return as_paper(told, occasion, size=said["paper"])
    from cop.briefing.review_page import as_page

    return as_page(told, occasion)


def _occasion(config: Config, figures: Review, recall: Recall, said: dict[str, Any]) -> Occasion:
    from datetime import UTC, datetime

    from cop.briefing.occasion import Occasion

    line = said["classification"] if said["classification"] is not None else config.desk.classification
    return Occasion(
        operation=figures.operation,
        at=figures.ends,
        made_at=datetime.now(UTC),
        operator=recall.whose.operator,
        exercise=figures.title if figures.exercise else "",
        classification=line,
        reader=said["reader"],
    )


def _scenario(name: str, *, asked: bool) -> Scenario | None:
    """The exercise of that name; None for live work, and for an exercise of others that nobody asked for."""
    from cop.exercise.scenario import ScenarioError, load_scenario

    if not name:
        return None
    try:
        return load_scenario(name)
    except ScenarioError:
        if asked:
            raise
        return None


def _objectives(file: Path) -> tuple[Objective, ...]:
    """Those of a file; other keys of it are left alone. Raises ValueError."""
    import msgspec

    from cop.exercise.objectives import Objective

    try:
        document = msgspec.toml.decode(file.read_bytes())
        return msgspec.convert(document.get("objectives", ()), tuple[Objective, ...])
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise ValueError(f"{file}: {error}") from None


def _percent() -> Any:
    """Says each new percent on a line of its own."""
    reached = -1

    def say(share: float) -> None:
        nonlocal reached
        percent = min(100, int(share * 100))
        if percent > reached:
            reached = percent
            click.echo(f"{percent} %")

    return say
