"""A MapLibre style made ready for a desk: its map data from an archive, fonts and sprites from files. Knows no Qt.

Style specification: https://maplibre.org/maplibre-style-spec/
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

#: under this scheme the renderer asks us for files, so that one that is missing costs its letters, not the whole tile
SCHEME = "kept"
_LARGEST_BYTES = 32 * 1024 * 1024
#: sources whose data may stand somewhere else
_POINTERS = ("url", "data", "tiles", "urls")


class StyleError(Exception):
    """A style that cannot be used here; the text says why."""


def prepared_style(path: Path, archive: Path | None, *, network: bool) -> dict[str, Any]:
    """Read a style; every vector source of it comes from `archive`, if there is one.

    Paths without a scheme are those beside the style. Raises OSError, and StyleError where the file is no style or asks
    the network for something without leave.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        raise StyleError("is too large for a style")
    try:
        style = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise StyleError(f"is no JSON: {error}") from error
    if not isinstance(style, dict) or style.get("version") != 8:
        raise StyleError("is no MapLibre style of version 8")
    sources, layers = style.get("sources"), style.get("layers")
    if not isinstance(sources, dict) or not isinstance(layers, list):
        raise StyleError("has no sources or no layers")
    for name, source in sources.items():
        if not isinstance(source, dict):
            raise StyleError(f"source {name!r} is no table")
        if archive is not None and source.get("type") == "vector":
            for key in _POINTERS:
                source.pop(key, None)
            source["url"] = _archive_url(archive)
        for key in _POINTERS:
            source[key] = _beside(source[key], path.parent) if key in source else None
            if source[key] is None:
                del source[key]
    for key in ("glyphs", "sprite"):
        if key in style:
            style[key] = _kept(style[key], path.parent)
    if "glyphs" not in style:  # without letters the rest can be drawn
        style["layers"] = [one for one in layers if not _writes(one)]
    if not network and (asked := next(_addresses(style), "")):
        raise StyleError(f"asks the network for {asked}; keep it in files, or say network = true")
    return style


def kept_file(url: str) -> Path:
    """The file that an address of our scheme stands for."""
    return Path(unquote(urlsplit(url).path))


def _archive_url(archive: Path) -> str:
    resolved = archive.resolve()
    with resolved.open("rb") as file:
        is_pmtiles = file.read(7) == b"PMTiles"
    return f"pmtiles://file://{resolved}" if is_pmtiles else f"mbtiles://{resolved}"


def _beside(pointer: Any, folder: Path) -> Any:
    """Where a source's data stand; lists and inline GeoJSON pass."""
    if isinstance(pointer, str) and "://" not in pointer:
        return f"file://{(folder / pointer).resolve()}"
    return [_beside(one, folder) for one in pointer] if isinstance(pointer, list) else pointer


def _kept(pointer: Any, folder: Path) -> Any:
    """Where fonts or sprites stand: files go through our own scheme."""
    if isinstance(pointer, list):  # several sprites
        return [one | {"url": _kept(one.get("url"), folder)} if isinstance(one, dict) else one for one in pointer]
    if not isinstance(pointer, str):
        raise StyleError("glyphs or sprite is no address")
    if pointer.startswith("file://"):
        return f"{SCHEME}://{pointer.removeprefix('file://')}"
    return pointer if "://" in pointer else f"{SCHEME}://{(folder / pointer).resolve()}"


def _writes(layer: Any) -> bool:
    layout = layer.get("layout") if isinstance(layer, dict) else None
    return isinstance(layout, dict) and "text-field" in layout


def _addresses(style: dict[str, Any]) -> Iterator[str]:
    """Everything that a style would ask of the network."""
    pointers: list[Any] = [style.get("glyphs"), style.get("sprite")]
    pointers += [source[key] for source in style["sources"].values() for key in _POINTERS if key in source]
    while pointers:
        pointer = pointers.pop()
        if isinstance(pointer, list):
            pointers.extend(pointer)
        elif isinstance(pointer, dict) and "url" in pointer:
            pointers.append(pointer["url"])
        elif isinstance(pointer, str):
            scheme = pointer.partition("://")[0].lower()
            inner = pointer.partition("://")[2].partition("://")[0].lower() if scheme == "pmtiles" else ""
            if scheme not in {"file", "mbtiles", "pmtiles", SCHEME} or inner in {"http", "https"}:
                yield pointer
