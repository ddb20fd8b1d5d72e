"""A filled form as a plain page: the same blocks as on paper, for who reads on a screen or has a reader read to them.

It asks nobody for anything and runs nothing: its policy (CSP) allows its own style sheet and images inside it, no more.
"""

import base64
import hashlib
from collections.abc import Sequence

from jinja2 import Environment
from markupsafe import Markup

from cop.briefing import lettering
from cop.briefing.forms.as_pdf import label_of, title_of
from cop.briefing.forms.form import Box, Column, Form, Row, Signature, Table
from cop.briefing.occasion import Occasion
from cop.briefing.ruled import shares

_STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; padding: 12px; max-width: 1000px; background: #fff; color: #000;
  font: 14px/1.35 "DejaVu Sans", "Segoe UI", Arial, sans-serif; }
h1 { font-size: 20px; text-align: center; text-transform: uppercase; margin: 10px 0; }
.line { font-weight: bold; text-align: center; margin: 4px 0; overflow-wrap: anywhere; }
.badges { text-align: center; margin: 6px 0; }
.badge { display: inline-block; margin: 2px 4px; padding: 2px 10px; border-radius: 3px; color: #fff; font-weight: bold;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; overflow-wrap: anywhere; }
.exercise { background: #5b21b6; } .replay { background: #92400e; }
.row { display: flex; margin-top: -1px; }
.row > .box { flex: 1 1 auto; }
.box, figure { border: 1px solid #000; margin: 0 0 0 -1px; padding: 3px 6px; min-width: 0; box-sizing: border-box; }
.row > :first-child, figure { margin-left: 0; }
figure { margin-top: -1px; min-height: 200px; } figure img { display: block; max-width: 100%; margin: 0 auto; }
h2, .label, caption, figcaption { font-size: 11px; font-weight: bold; margin: 0; text-align: left; }
.text, td { white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin-top: -1px; }
caption { border: 1px solid #000; border-bottom: 0; padding: 2px 6px; }
th, td { border: 1px solid #000; padding: 3px 6px; vertical-align: top; text-align: left; height: 1.35em; }
th { background: #ececec; font-size: 11px; overflow-wrap: anywhere; }
.note { font-size: 11px; overflow-wrap: anywhere; }
.foot { display: flex; justify-content: space-between; border: 1px solid #000; margin-top: -1px; padding: 3px 6px;
  font-weight: bold; }
section + section { margin-top: 40px; border-top: 3px double #000; padding-top: 12px; }
@media print {
  body { padding: 0; max-width: none; font-size: 9pt; }
  section { break-after: page; } section + section { border: 0; margin: 0; padding: 0; }
  thead { display: table-header-group; } tr, .row { break-inside: avoid; }
}
"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="author" content="{{ author }}">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
{%- macro marks(form) %}
{%- if form.marking %}<p class="line">{{ form.marking | p }}</p>{% endif %}
{%- if exercise or past %}<p class="badges">
{%- if exercise %}<span class="badge exercise">EXERCISE · {{ exercise | p }}</span>{% endif %}
{%- if past %}<span class="badge replay">{{ past | p }}</span>{% endif %}</p>{% endif %}
{%- endmacro %}
{%- for form in forms %}
<section aria-label="{{ titled(form) | p }}">
{{ marks(form) }}
<h1>{{ titled(form) | p }}</h1>
{%- for part in form.parts %}
{%- if part is row %}
<div class="row">
{%- for one in part.boxes %}
<div class="box {{ width(one, part.boxes) }}"><h2>{{ label(one) | p }}</h2>
<div class="text">{{ one.text | p or " " }}</div></div>
{%- endfor %}
</div>
{%- elif part is table %}
<table><caption>{{ label(part) | p }}</caption>
<colgroup>{% for one in part.columns %}<col class="{{ width(one, part.columns) }}">{% endfor %}</colgroup>
{%- if headed(part) %}
<thead><tr>{% for one in part.columns %}<th scope="col">{{ one.heading | p }}</th>{% endfor %}</tr></thead>
{%- endif %}
<tbody>
{%- for row in part.rows %}
<tr>{% for text in row %}<td>{{ text | p }}</td>{% endfor %}</tr>
{%- endfor %}
{%- for _ in blanks(part) %}
<tr>{% for _ in part.columns %}<td></td>{% endfor %}</tr>
{%- endfor %}
</tbody></table>
{%- else %}
<figure><figcaption>{{ label(part) | p }}</figcaption>
{%- if part.png %}<img alt="{{ part.label | p }}" src="data:image/png;base64,{{ encoded(part.png) }}">{% endif %}
</figure>
{%- endif %}
{%- endfor %}
{%- for one in form.signatures %}
<div class="row">
{%- for label, text in signed(one) %}
<div class="box w25"><h2>{{ label | p }}</h2><div class="text">{{ text | p or " " }}</div></div>
{%- endfor %}
</div>
{%- endfor %}
<div class="foot"><span>ICS {{ form.name | p }}</span><span>Form {{ loop.index }} of {{ forms | length }}</span></div>
{%- if form.note %}<p class="note">{{ form.note | p }}</p>{% endif %}
{{ marks(form) }}
</section>
{%- endfor %}
</body>
</html>
"""


def as_html(forms: Form | Sequence[Form], occasion: Occasion | None = None, *, author: str = "") -> bytes:
    """One page of all forms, in UTF-8."""
    every = [forms] if isinstance(forms, Form) else list(forms)
    if not every:
        raise ValueError("there is no form to write")
    style = _STYLE + "".join(f".w{part} {{ width: {part}%; }}\n" for part in range(1, 101))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = Environment(autoescape=True)
    page.filters["p"] = lettering.readable
    page.tests.update(row=lambda part: isinstance(part, Row), table=lambda part: isinstance(part, Table))
    text = page.from_string(_PAGE).render(
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704 - ours alone, and its digest stands in the policy
        title=lettering.readable(" · ".join(dict.fromkeys(map(title_of, every)))),
        author=lettering.readable(author),
        exercise=occasion.exercise if occasion is not None else "",
        past=_past(occasion),
        forms=every,
        titled=title_of,
        label=label_of,
        width=_width,
        headed=lambda table: any(column.heading for column in table.columns),
        blanks=lambda table: range(min(max(table.blank, 0), 200)),
        signed=_signed,
        encoded=lambda png: base64.b64encode(png).decode(),
    )
    return text.encode("utf-8", "replace")


def _width(one: Box | Column, among: Sequence[Box | Column]) -> str:
    """The class of its share of the width, in hundredths."""
    parts = shares([each.share for each in among])
    mine = next(part for part, each in zip(parts, among, strict=True) if each is one)
    return f"w{min(max(round(mine * 100), 1), 100)}"


def _signed(one: Signature) -> tuple[tuple[str, str], ...]:
    named, position, at = (f"{one.label}: Name", one.name), ("Position/Title", one.position), ("Date/Time", one.at)
    return (named, position, ("Signature", ""), at)


def _past(occasion: Occasion | None) -> str:
    past = occasion.past if occasion is not None else ""
    return past if not past or past.upper().startswith("REPLAY") else f"REPLAY · {past}"
