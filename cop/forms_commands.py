"""`cop forms`: fill an ICS form from the record and write it as PDF or HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # imported once a form is asked for: `cop --help` starts with none of it
    from datetime import datetime

    from cop.briefing.forms.form import Form
    from cop.briefing.forms.situation import About
    from cop.picture_source import Asked, Source

_FILE = click.Path(dir_okay=False, path_type=Path)
_EXISTS = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("name", metavar="FORM", default="")
@click.option("--journal", type=_EXISTS, metavar="FILE", help="Fill it from a journal: a file, or a desk's folder.")
@click.option("--state", type=_EXISTS, metavar="FILE", help="Fill it from a state document (`cop run --state`).")
@click.option("--operation", default="", metavar="NAME", help="Of a folder of journals: which operation.")
@click.option("--at", default="", metavar="TIME", help="The moment; default: the end of the period, or the last one.")
@click.option("--period", type=click.IntRange(min=1), metavar="N", help="Which operational period; default: the last.")
@click.option("--from", "begins", default="", metavar="TIME", help="When the operational period began.")
@click.option("--to", "ends", default="", metavar="TIME", help="When it ends.")
@click.option("--incident", default="", metavar="AGENCY/ID", help="Of this incident alone.")
@click.option("--unit", default="", metavar="AGENCY/ID", help="Of this unit (214, 221).")
@click.option("--request", default="", metavar="AGENCY/ID", help="Of this resource request (213RR).")
@click.option("--message", default="", metavar="AGENCY/ID", help="Of this log entry (213).")
@click.option("--for", "reader", default="", metavar="AGENCY", help="Who will read it; default: anybody.")
@click.option("--config", type=_EXISTS, metavar="FILE", help="Settings (cop.toml).")
@click.option("--paper", type=click.Choice(["letter", "a4"]), default="letter", show_default=True)
@click.option("--all", "every", is_flag=True, help="All forms in one document.")
@click.option("--list", "listed", is_flag=True, help="Which forms there are.")
@click.option("-o", "--output", type=_FILE, metavar="FILE", help="A .pdf, or a .html; default: ics<FORM>.pdf.")
def forms(name: str, **options: Any) -> None:
    """Fill an ICS form from the record and write it as PDF or HTML.

    FORM is its number (`cop forms --list`). TIME is as for `cop journal`: "14:30", "2026-11-22 14:30", "-10 min".
    """
    from cop.briefing.forms.filling import FORMS

    if options["listed"]:
        for kind in FORMS.values():
            about = f" (--{', --'.join(kind.about)})" if kind.about else ""
            click.echo(f"{kind.name:<6} {kind.title}{about}")
        return
    number = name.upper().removeprefix("ICS").strip(" -")
    if bool(number) == options["every"]:
        raise click.UsageError("say which FORM, or --all")
    if number and number not in FORMS:
        raise click.UsageError(f"there is no form {name!r}: it is one of {', '.join(FORMS)}")
    output = options["output"] or Path(f"ics{number.lower() or '-forms'}.pdf")
    if output.suffix.lower() not in {".pdf", ".html", ".htm"}:
        raise click.UsageError("the output ends in .pdf or .html")
    _write(output, [number] if number else list(FORMS), options)


def _write(output: Path, names: list[str], options: dict[str, Any]) -> None:
    from cop.briefing.whole_file import write_whole
    from cop.config import ConfigError
    from cop.picture.names import agency_name
    from cop.picture_source import Asked, opened

    asked = Asked(
        state=options["state"],
        journal=options["journal"],
        operation=options["operation"],
        at=options["at"],
        config=options["config"],
        reader=options["reader"],
        output=output,
    )
    try:
        if asked.journal is not None and not asked.at:
            asked = _until(asked, options)
        with opened(asked) as source:
            try:
                filled = _filled(source, names, options)
            except ValueError as error:  # of what was asked for, not of the file
                raise click.ClickException(str(error)) from None
            author = agency_name(source.picture, source.operator.agency)
            occasion = source.occasion
        if output.suffix.lower() == ".pdf":
            from cop.briefing.forms.as_pdf import as_pdf

            document = as_pdf(filled, occasion, author=author, paper=options["paper"])
        else:
            from cop.briefing.forms.as_html import as_html

            document = as_html(filled, occasion, author=author)
        write_whole(output, document)
    except (ConfigError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    counted = "1 form" if len(filled) == 1 else f"{len(filled)} forms"
    click.echo(f"{output}: {counted}, {len(document) / 1e3:,.0f} kB, as of {occasion.at:%Y-%m-%d %H:%M:%SZ}")


def _until(asked: Asked, options: dict[str, Any]) -> Asked:
    """A period that is over is told of as it was at its end."""
    import msgspec

    from cop.briefing.forms.periods import chosen
    from cop.config import load
    from cop.replay.recall import Recall

    if not (options["period"] or options["ends"]):
        return asked
    assert asked.journal is not None
    recall = Recall(asked.journal, asked.operation)
    try:
        first, last = (_utc(one) for one in (recall.record.first_at, recall.record.last_at))
    finally:
        recall.close()
    period = chosen(first, last, **_bounds(options, load(asked.config).desk.period))
    return msgspec.structs.replace(asked, at=min(period.ends, last).isoformat())


def _bounds(options: dict[str, Any], words: str) -> dict[str, Any]:
    return {"number": options["period"] or 0, "begins": options["begins"], "ends": options["ends"], "words": words}


def _utc(at: float) -> datetime:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC)


def _filled(source: Source, names: list[str], options: dict[str, Any]) -> list[Form]:
    from cop.briefing.forms.began import began
    from cop.briefing.forms.filling import FORMS, fill
    from cop.briefing.forms.periods import chosen
    from cop.briefing.forms.said import said_in, said_of
    from cop.briefing.forms.situation import leads_of, situation
    from cop.briefing.forms.sketch import WITH_SKETCH, with_sketch

    record = source.recall.record if source.recall is not None else None
    first = _utc(record.first_at) if record is not None else began(source.picture, source.at)
    last = _utc(record.last_at) if record is not None and (options["period"] or options["begins"]) else source.at
    period = chosen(first, max(first, last), **_bounds(options, source.config.desk.period))
    until = min(period.ends, source.at)
    if source.recall is not None:
        said = said_in(source.recall, period.begins, until)
    else:
        said = said_of(source.picture, period.begins, until)
    leaves, authority = source.leaving(), source.authority()
    leads, sites = leads_of(leaves.picture, authority.lead, authority.site)
    ground = situation(leaves, source.occasion, period, said, leads=leads, sites=sites)
    about = _about(options)
    filled = []
    for name in names:
        speaks = about is not None and (len(names) == 1 or about.what in FORMS[name].about)
        its = about if speaks else None
        drawn = with_sketch(ground, source.config.region(), its) if name == WITH_SKETCH else ground
        filled += fill(name, drawn, about=its)
    return filled


def _about(options: dict[str, Any]) -> About | None:
    from cop.briefing.forms.situation import About

    named = [what for what in ("incident", "unit", "request", "message") if options[what]]
    if len(named) > 1:
        raise ValueError(f"a form is of one {named[0]} or of one {named[1]}, not of both")
    if not named:
        return None
    agency, _, object_id = options[named[0]].partition("/")
    if not (agency and object_id):
        raise ValueError(f"--{named[0]} is AGENCY/ID, as in charlotte-fire/inc-0417")
    return About(named[0], agency, object_id)  # type: ignore[arg-type]  # one of the four above
