"""The page itself: folium puts it together, without anything that it would load from elsewhere.

No word of a feed goes through a template: what the page tells stands in it as JSON, and our script sets it as text. A
content security policy forbids every request, and every script and style but those that the page was made with.
"""

import base64
import hashlib
import html
import json
import re
from typing import Any

import folium
from jinja2 import Template

from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page import carried
from cop.briefing.page.content import content_of
from cop.briefing.page.order import PageOrder

#: within a script of JSON nothing may end it, and no old engine may take a line's end for one
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_BLOCK = re.compile(r"<(script|style)([^>]*)>(.*?)</\1>", re.DOTALL)


def briefing_page(leaving: Leaving, occasion: Occasion, order: PageOrder) -> bytes:
    """A briefing map of what leaves, as an HTML page in UTF-8. On any thread.

    Raises what `order.go_on` raises, and OSError where the region cannot be read.
    """
    content = content_of(leaving, occasion, order)
    order.go_on()
    page: str = _BriefingMap(content["centre"]).get_root().render()
    theme = "dark" if order.theme == "dark" else "light"
    parts = {
        "styles": "".join(f"<style>{sheet}</style>" for sheet in carried.styles()),
        "elements": carried.our_elements().replace("data-theme=light", f"data-theme={theme}"),
        "libraries": "\n".join(carried.scripts()),
        "ours": carried.our_script(),
    }
    for name, part in parts.items():
        page = _put(page, name, part)
    page = _put(_guarded(page), "told", _as_json(content))
    # the room for it comes before all that is told, which may look like room for it
    return _put(page, "title", html.escape(content["title"])).encode("utf-8", "replace")


class _BriefingMap(folium.Map):  # type: ignore[misc]  # folium ships no types
    """folium's map on a page that has room for all it needs.

    What is put into that room comes after folium is done: it takes what it is given for a template, twice.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own name, which it reads from the class
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - as above
    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>@title@</title>
        @styles@
        {% endmacro %}
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}"></div>
        @elements@
        <script type="application/json" id="told">@told@</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        @libraries@
        var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {{ this.options | tojson }});
        @ours@
        {% endmacro %}
        """
    )

    def __init__(self, centre: list[float]) -> None:
        super().__init__(location=centre, tiles=None)
        self._id = "briefing"
        self.options = {"center": centre, "zoom": 9, "minZoom": 3, "maxZoom": 19}


def _put(page: str, name: str, part: str) -> str:
    """Put a part where there is room for it, once: a part may hold what looks like room for another."""
    before, room, after = page.partition(f"@{name}@")
    assert room, name
    return f"{before}{part}{after}"


def _as_json(content: dict[str, Any]) -> str:
    written = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "".join(_ESCAPED.get(sign, sign) for sign in written)


def _guarded(page: str) -> str:
    """The page with its policy as the first thing in it."""
    digests: dict[str, list[str]] = {"script": [], "style": []}
    for name, said, block in _BLOCK.findall(page):
        if "application/json" not in said:
            digest = base64.b64encode(hashlib.sha256(block.encode("utf-8", "replace")).digest()).decode("ascii")
            digests[name].append(f"'sha256-{digest}'")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"script-src {' '.join(digests['script'])}; style-src {' '.join(digests['style'])}"
    )
    guard = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace("<head>", f"<head>\n{guard}", 1)
