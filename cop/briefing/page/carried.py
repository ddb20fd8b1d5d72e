"""What a page carries in itself: Leaflet as its package brings it, our own style and script."""

import base64
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_RESOURCES = Path(__file__).parents[3] / "resources"
_OURS = _RESOURCES / "briefing"
_PARTS = (
    "said",
    "colours",
    "popups",
    "ground",
    "grid",
    "things",
    "crowds",
    "names",
    "layers",
    "trails",
    "search",
    "lists",
    "paper",
)
_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}


@cache
def scripts() -> tuple[str, ...]:
    """The scripts, in the order in which they run; none of them asks for anything."""
    return (_without_map((_leaflet() / "leaflet.js").read_text(encoding="utf-8")),)


@cache
def styles() -> tuple[str, ...]:
    """The style sheets, their images in them."""
    every = (_leaflet() / "leaflet.css", _OURS / "page.css")
    return (_colours(), *(_with_images(path) for path in every))


@cache
def our_script() -> str:
    """What makes the page of what it is told: the parts of one function, in the order in which they run."""
    parts = "\n".join((_OURS / "page" / f"{name}.js").read_text(encoding="utf-8") for name in _PARTS)
    return f'(function () {{\n"use strict";\n{parts}}})();\n'


def our_elements() -> str:
    """What stands in the page before anything is told: no word of any feed."""
    return (_OURS / "page.html").read_text(encoding="utf-8")


def _colours() -> str:
    """The colours of the desk's themes, as the style sheet and the script name them."""
    written = []
    for theme, chosen in (("light", "#page"), ("dark", "#page[data-theme=dark]")):
        flat: dict[str, str] = {}
        for name, value in theme_colours(theme).items():
            if isinstance(value, str):
                flat[name] = value
            elif name in {"priority", "priority_text", "task"}:
                flat |= {f"{name}-{word}": one for word, one in value.items()}
        rules = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in flat.items())
        written.append(f"{chosen}{{{rules}}}")
    return "\n".join(written)


@cache
def theme_colours(name: str) -> Mapping[str, Any]:
    """The colours of a theme of the desk, "light" or "dark"."""
    return tomllib.loads((_RESOURCES / "themes" / f"{name}.toml").read_text(encoding="utf-8"))


def data_uri(content: bytes) -> str:
    """An image as it stands in a page; PNG, JPEG or WebP."""
    kind = "image/png"
    if content.startswith(b"\xff\xd8"):
        kind = "image/jpeg"
    elif content[8:12] == b"WEBP":
        kind = "image/webp"
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _leaflet() -> Path:
    from xstatic.pkg import leaflet  # noqa: PLC0415 - files only, for who makes a page

    return Path(leaflet.BASE_DIR)


def _without_map(script: str) -> str:
    """Without the hint at a file of its source, which a browser's tools would look for."""
    return re.sub(r"^//[#@] sourceMappingURL=.*$", "", script, flags=re.MULTILINE)


def _with_images(sheet: Path) -> str:
    """A style sheet with the images that it names in itself; one that is not there is none."""

    def carried(found: re.Match[str]) -> str:
        named = found.group(1).strip("'\"")
        if named.startswith(("data:", "#")):
            return found.group(0)
        path = sheet.parent / named
        if not path.is_file():
            return "none"
        return f"url(data:{_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode('ascii')})"

    return re.sub(r"url\(([^)]*)\)", carried, sheet.read_text(encoding="utf-8"))
