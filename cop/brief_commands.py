"""`cop brief`: write a briefing map: one HTML page that opens in any browser, without a network."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cop.briefing.page.order import Tiles
    from cop.picture_source import Source


@click.command()
@click.option("--state", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What --state wrote.")
@click.option("--journal", type=click.Path(exists=True, path_type=Path), help="A record, or the folder of records.")
@click.option("--operation", default="", metavar="NAME", help="Of this one, where a folder holds several.")
@click.option("--at", default="", metavar="TIME", help="The moment; else the last one on record.")
@click.option("--for", "reader", default="", metavar="AGENCY", help="Whom it is for; else what anybody may see.")
@click.option("--classification", metavar="TEXT", help="The line above and below; else that of the settings.")
@click.option("--kinds", default="", metavar="K,K", help="What is on it; else all.")
@click.option("--trails", type=click.FloatRange(0, 10), default=10.0, metavar="MIN", help="Minutes; 0 for none.")
@click.option(
    "--tiles", type=click.IntRange(0, 16), metavar="ZOOM", help="The settings' background map, up to this zoom."
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", help="Colours.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Ground and agreements.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE")
def brief(**said: Any) -> None:
    """Write a briefing map: one HTML page that opens in any browser, without a network."""
    import dataclasses
    import functools

    import msgspec

    from cop.briefing.page.order import KINDS, PageOrder
    from cop.briefing.page.page import briefing_page
    from cop.briefing.whole_file import write_whole
    from cop.config import ConfigError
    from cop.map.icons import png_of
    from cop.picture_source import Asked, opened

    kinds = frozenset(name.strip().lower() for name in said["kinds"].split(",") if name.strip())
    if wrong := kinds - KINDS:
        raise click.UsageError(f"{', '.join(sorted(wrong))}: no such kind; there are {', '.join(sorted(KINDS))}")
    _without_screen()
    asked = Asked(
        state=said["state"],
        journal=said["journal"],
        operation=said["operation"],
        at=said["at"],
        config=said["config"],
        reader=said["reader"],
        trails=bool(said["trails"]),
        output=said["output"],
    )
    try:
        with opened(asked) as source:
            occasion = source.occasion
            if said["classification"] is not None:
                occasion = msgspec.structs.replace(occasion, classification=said["classification"])
            leaves = source.leaving()
            order = PageOrder(
                draw=png_of,
                draw_dark=functools.partial(png_of, theme="dark"),
                ground=source.ground,
                region=source.config.region(),
                kinds=kinds or KINDS,
                trails_s=said["trails"] * 60.0,
                theme=said["theme"],
            )
            if said["tiles"] is not None:
                order = dataclasses.replace(order, tiles=_tiles(source, said["tiles"], said["theme"]))
            page = briefing_page(leaves, occasion, order)
            for one in leaves.applied:
                click.echo(f"{one.giver}, {one.words}: {one.what} ({one.count})", err=True)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    try:
        write_whole(said["output"], page)
    except OSError as error:
        raise click.ClickException(f"{said['output']} could not be written: {error.strerror or error}") from None
    click.echo(f"{said['output']}: {len(page) / 1e6:.1f} MB")


def _tiles(source: "Source", zoom: int, theme: str) -> "Tiles":
    """The first background map of the settings, over the incidents and some ground about them, up to a zoom."""
    from cop.briefing.page.backdrop import first_view
    from cop.config import ConfigError
    from cop.desktop import tile_sources
    from cop.map.tiles.carried import carried_tiles
    from cop.map.tiles.store import StoreError

    sources = tile_sources(source.config, source.config.data())
    if not sources:
        raise ConfigError("--tiles: the settings name no background map; name their file with --config")
    try:
        return carried_tiles(sources[0], first_view(source.picture, source.ground), zoom, theme=theme)
    except StoreError as error:
        raise ConfigError(f"--tiles: {sources[0].name}: {error}") from error


def _without_screen() -> None:
    """Letters in symbols are drawn with Qt's fonts, for which an application must be there; it shows no window."""
    import os

    from PySide6.QtGui import QGuiApplication

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if QGuiApplication.instance() is None:
        brief.application = QGuiApplication(["cop"])  # type: ignore[attr-defined]  # it must outlive the drawing
