"""The process that draws vector tiles: MapLibre Native through `mapli`, away from the desk, which it may not harm.

Each request is a line of JSON, each answer bytes: `+` and a PNG, `0` (a tile that cannot be drawn) or `!` (nothing
can be drawn at all), these two with a reason. No pickles: what draws hostile tiles is not to be believed beyond that.
"""

import base64
import json
import os
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cop.map.tiles.style import SCHEME, StyleError, kept_file, prepared_style

#: nobody listens there: whatever in a style or archive still asks the network is refused at once
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_LARGEST_FILE = 16 * 1024 * 1024
#: in place of symbols that are not there: none, on a picture of one clear pixel
_NO_SPRITES = b"{}"
_NO_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR4nGNgAAIAAAUAAXpeqz8AAAAASUVORK5CYII="
)


def draw(pipe: Connection, style: str, archive: str, platform: str, network: bool) -> None:
    """Answer until the other end closes. `platform` is Mesa's word for how to get at EGL, empty for its own choice."""
    if platform:
        os.environ["EGL_PLATFORM"] = platform
    if not network:
        os.environ.update(
            dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"), _NOWHERE)
        )
        os.environ.pop("no_proxy", None)
        os.environ.pop("NO_PROXY", None)
    try:
        pool = _opened(Path(style), Path(archive) if archive else None, network=network)
    except (ImportError, OSError, StyleError) as error:
        _answer(pipe, b"!", str(error))
        return
    except Exception as error:  # noqa: BLE001  # whatever of EGL is not there
        _answer(pipe, b"!", f"no graphics to draw with: {error}")
        return
    pipe.send_bytes(b"+")
    while True:
        try:
            asked = json.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            picture: bytes = pool.render_tile("style", **asked)
        except Exception as error:  # noqa: BLE001  # one tile: the next may be drawn
            _answer(pipe, b"0", str(error))
        else:
            pipe.send_bytes(b"+" + picture)


def _opened(style: Path, archive: Path | None, *, network: bool) -> Any:
    import mapli  # noqa: PLC0415  # an extra, and only ever in this process

    prepared = prepared_style(style, archive, network=network)

    def kept(request: mapli.ResourceRequest) -> mapli.Response:
        """A file of fonts or sprites; one that is not there costs its letters or symbols alone."""
        try:
            with kept_file(request.url).open("rb") as file:
                return mapli.Response(file.read(_LARGEST_FILE))
        except (OSError, ValueError):
            nothing = {"sprite_json": _NO_SPRITES, "sprite_image": _NO_PICTURE}.get(request.kind)
            return mapli.Response(nothing) if nothing is not None else mapli.Response.no_content()

    mapli.register_scheme_handler(SCHEME, kept)
    pool = mapli.RenderPool(workers=1)
    pool.register_style("style", json=prepared)
    return pool


def _answer(pipe: Connection, kind: bytes, reason: str) -> None:
    pipe.send_bytes(kind + reason[:500].encode())
