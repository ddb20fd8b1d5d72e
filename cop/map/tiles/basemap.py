"""A background map as the settings tell it, `[[map.basemap]]`, and what is wrong with it. Knows no Qt."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from cop.map.tiles.address import template_problem
from cop.map.tiles.style import StyleError, prepared_style

Kind = Literal["xyz", "mbtiles", "pmtiles", "vector"]
Zoom = Annotated[int, msgspec.Meta(ge=0, le=24)]

#: how a file of each kind begins (SQLite "Database File Format" §1.3; PMTiles v3 §3)
_BEGINS = {"mbtiles": b"SQLite format 3\0", "pmtiles": b"PMTiles\x03"}
_CALLED = {"mbtiles": "an MBTiles", "pmtiles": "a PMTiles (version 3)"}


class Basemap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One background map. `least_zoom` and `most_zoom` may be left to an archive, which knows its own."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    kind: Kind = "xyz"
    url: str = ""
    file: str = ""
    style: str = ""
    style_light: str = ""
    style_dark: str = ""
    network: bool = False
    attribution: str = ""
    tile_px: Literal[256, 512] | None = None
    least_zoom: Zoom | None = None
    most_zoom: Zoom | None = None
    cache_mb: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 500
    dark: bool = False
    dim: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.6

    @property
    def path(self) -> Path:
        """The archive."""
        return Path(self.file).expanduser()

    def style_path(self, theme: str) -> Path:
        """The style file for a theme, "dark" or "light"."""
        return Path((self.style_dark if theme == "dark" else self.style_light) or self.style).expanduser()


def basemap_problem(basemap: Basemap) -> str:
    """What is wrong with a background map, beginning with the key; empty if nothing is that can be seen at once."""
    if basemap.least_zoom is not None and basemap.most_zoom is not None and basemap.least_zoom > basemap.most_zoom:
        return f"least_zoom: {basemap.least_zoom} is above most_zoom, {basemap.most_zoom}"
    if basemap.kind == "xyz":
        return "file: tiles in a folder are told by a url, file:///…/{z}/{x}/{y}.png" if basemap.file else _url(basemap)
    if basemap.url:
        return f"url: {basemap.kind} is read from a file; name it by the key file"
    if basemap.kind == "vector":
        return _vector_problem(basemap)
    return _archive_problem(basemap, (basemap.kind,))


def archive_kind(path: Path) -> str:
    """What a file is by its first bytes: "mbtiles", "pmtiles" or "". Raises OSError."""
    with path.open("rb") as file:
        head = file.read(16)
    return next((kind for kind, begins in _BEGINS.items() if head.startswith(begins)), "")


def _url(basemap: Basemap) -> str:
    problem = template_problem(basemap.url)
    return f"url: {problem}" if problem else ""


def _archive_problem(basemap: Basemap, kinds: tuple[str, ...]) -> str:
    if not basemap.file:
        return "file: is missing"
    wanted = " or ".join(_CALLED[kind] for kind in kinds)
    try:
        found = archive_kind(basemap.path)
    except OSError as error:
        return f"file: {basemap.path}: {error.strerror}"
    return "" if found in kinds else f"file: {basemap.path} is not {wanted} file"


def _vector_problem(basemap: Basemap) -> str:
    if not (basemap.style or (basemap.style_light and basemap.style_dark)):
        return "style: is missing (or style_light and style_dark, one for each theme)"
    if basemap.file and (problem := _archive_problem(basemap, ("mbtiles", "pmtiles"))):
        return problem
    for theme in ("light", "dark"):
        path = basemap.style_path(theme)
        key = f"style_{theme}" if (basemap.style_dark if theme == "dark" else basemap.style_light) else "style"
        try:
            prepared_style(path, basemap.path if basemap.file else None, network=basemap.network)
        except OSError as error:
            return f"{key}: {path}: {error.strerror}"
        except StyleError as error:
            return f"{key}: {path}: {error}"
    return ""
