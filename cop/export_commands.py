"""`cop export`: write the picture as GeoJSON, KML, KMZ, CSV, GPX or CoT."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cop.briefing.exports.export import Export, ObjectKey
    from cop.briefing.exports.looks import Draw, Look
    from cop.picture_source import Source

_FILE = click.Path(dir_okay=False, path_type=Path)
_KINDS = {
    **{"units": "unit", "positions": "unit", "trails": "trail", "incidents": "incident", "tasks": "task"},
    **{"resources": "resource", "zones": "zone", "alerts": "alert", "log": "log"},
}


@click.command()
@click.option("--state", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What --state wrote.")
@click.option("--journal", type=click.Path(exists=True, path_type=Path), help="A record, or the folder of records.")
@click.option("--operation", default="", metavar="NAME", help="Of this one, where a folder holds several.")
@click.option("--at", "at", default="", metavar="TIME", help="The moment; else the last one on record.")
@click.option("--from", "begin", default="", metavar="TIME", help="Trails from this moment on …")
@click.option("--to", "end", default="", metavar="TIME", help="… up to this one, which the rest is of too.")
@click.option("--for", "reader", default="", metavar="AGENCY", help="Whom it is for; else what anybody may see.")
@click.option("--kinds", default="", metavar="K,K", help=f"Of {', '.join(_KINDS)}; else what the format usually holds.")
@click.option("--unit", default="", metavar="AGENCY/UNIT", help="This unit alone.")
@click.option("--format", "form", default="", metavar="FORMAT", help="geojson, kmz, kml, csv, csv-zip, gpx, cot, tak.")
@click.option("--excel", is_flag=True, help="CSV with the mark by which Excel knows UTF-8.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Ground and agreements.")
@click.option("-o", "--output", type=_FILE, required=True, metavar="FILE", help="Its suffix says the format.")
def export(**said: Any) -> None:
    """Write the picture as GeoJSON, KML, KMZ, CSV, GPX or CoT: as much of it as its reader may know."""
    from cop.briefing.exports.formats import UnknownForm, form_of, save
    from cop.config import ConfigError

    output: Path = said["output"]
    try:
        form = form_of(output, said["form"])
        made = _export(said, form)
    except UnknownForm as error:
        raise click.UsageError(str(error)) from None
    except (ConfigError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    for one in made.leaving.applied:
        click.echo(f"{one.giver}, {one.words}: {one.what} ({one.count})", err=True)
    try:
        count = save(made, form, output)
    except OSError as error:
        raise click.ClickException(f"{output} could not be written: {error.strerror or error}") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{count:,} in {output}")


def _export(said: dict[str, Any], form: str) -> "Export":
    """What was asked for, read and sieved. Raises ConfigError, click.UsageError."""
    from cop.briefing.exports.export import Export, Wanted
    from cop.briefing.exports.formats import FORMATS
    from cop.picture_source import Asked, opened

    kinds, only = _kinds(said["kinds"]), _only(said["unit"])
    possible = set(FORMATS[form].kinds)
    if not kinds <= possible:
        names = ", ".join(name for name, kind in _KINDS.items() if kind in possible)
        raise click.UsageError(f"{FORMATS[form].label} holds {names}")
    trails = "trail" in (kinds or FORMATS[form].usual)
    spanned = bool(said["begin"] or said["end"])
    if spanned and said["at"]:
        raise click.UsageError("say either --at, or --from and --to")
    if (spanned or (trails and form == "gpx")) and said["journal"] is None:
        raise click.UsageError("a state holds one moment and no trails: say --journal for where units had been")
    asked = Asked(
        state=said["state"],
        journal=said["journal"],
        operation=said["operation"],
        at=said["end"] or said["at"],
        config=said["config"],
        reader=said["reader"],
        trails=trails and not spanned,
        output=said["output"],
    )
    with opened(asked) as source:
        since = _look_back(source, said["begin"]) if trails and spanned else 0.0
        wanted = Wanted(kinds=kinds, only=only, since=since, for_excel=said["excel"])
        draw = _drawing() if form == "kmz" else None
        return Export(source.leaving(), source.occasion, wanted, draw)


def _look_back(source: "Source", begin: str) -> float:
    """Give the picture the trails from that moment on; the moment in epoch seconds."""
    from cop.domain.batch import Batch
    from cop.replay.stretch import been

    recall = source.recall
    assert recall is not None
    since = recall.moment(begin) if begin else recall.record.first_at
    end = source.at.timestamp()
    if since >= end:
        raise click.UsageError("--from is not before --to")
    for one in been(recall, since, end, units=int(source.picture.tracks.present.sum())):
        source.picture.apply(Batch(epoch=source.picture.epoch, been=one))
    return since


def _kinds(said: str) -> frozenset[str]:
    names = [name.strip().lower() for name in said.split(",") if name.strip()]
    wrong = [name for name in names if name not in _KINDS]
    if wrong:
        raise click.UsageError(f"{', '.join(wrong)}: no such kind; there are {', '.join(_KINDS)}")
    return frozenset(_KINDS[name] for name in names)


def _only(unit: str) -> "frozenset[ObjectKey]":
    agency, slash, name = unit.partition("/")
    if unit and not (agency and slash and name):
        raise click.UsageError("--unit is AGENCY/UNIT")
    return frozenset({("unit", agency, name)} if unit else ())


def _drawing() -> "Draw":
    """Who draws the symbols of the map: Qt, without a screen. Raises ConfigError where it cannot be loaded."""
    import os

    from cop.config import ConfigError

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from PySide6.QtGui import QGuiApplication

        from cop.map.icons import png_of
    except ImportError as error:
        raise ConfigError(f"symbols cannot be drawn here ({error}): write KML instead") from None
    application = QGuiApplication.instance() or QGuiApplication(["cop"])  # fonts are its own

    def draw(look: "Look") -> bytes:
        assert application is not None
        return png_of(look)

    return draw
