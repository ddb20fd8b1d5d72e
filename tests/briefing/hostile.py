"""Texts that a feed, or a person at a desk, may say so that a page that leaves runs them; and pictures full of them.

`TEXTS` is for every product that leaves: put it where text can stand (`saying`, `occasion_saying`), look that nothing
ran (`tests.briefing.browser`), and that it can be read as it was said (`readable`).
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from cop.briefing.occasion import Occasion
from cop.domain.agency import Agency, Presence
from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch
from cop.domain.desk import Operator
from cop.domain.incident import Link
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.picture.names import one_line
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.browser.watching import SENTINEL
from tests.map.scenes import square

RUN = f"window.{SENTINEL}=1"
TEXTS = {
    "image": f"<img src=x onerror={RUN}>",
    "image, quoted": f'<img src="x" onerror="{RUN}">',
    "script": f"<script>{RUN}</script>",
    "script that ends ours": f"</script><script>{RUN}</script>",
    "script that ends ours, spelt oddly": f"</ScRiPt\t><script>{RUN}//",
    "style that ends ours": f"</style><script>{RUN}</script>",
    "title that ends ours": f"</title></textarea></template><script>{RUN}</script>",
    "comment": "<!--",
    "comment and script": "<!-- <script> --!>",
    "end of a comment": f"--><script>{RUN}</script>",
    "end of character data": f"]]><script>{RUN}</script>",
    "attribute": f'"><svg onload={RUN}>',
    "attribute, single": f"'><svg onload={RUN}>",
    "attribute without end": f'" autofocus onfocus={RUN} x="',
    "handler": f"' onmouseover='{RUN}",
    "backtick": f"`+({RUN})+`",
    "template": f"${{{RUN}}}",
    "template, curly": f"{{{{ {RUN} }}}}{{% if 1 %}}{{# #}}",
    "jinja": "{{ 7*7 }}{{ config }}{{ ''.__class__ }}",
    "leaflet": f"{{s}}{{z}}{{x}}{{y}}{{name}}<b onclick={RUN}>",
    "end of a string": f'";{RUN};//',
    "end of a string, single": f"';{RUN};//",
    "backslash": f'\\";{RUN};//',
    "escaped": f"\\u003cimg src=x onerror={RUN}\\u003e",
    "entities": f"&lt;img src=x onerror={RUN}&gt; &amp;amp; &#60;script&#62;",
    "link": f"javascript:{RUN}",
    "link, hidden": f"JaVaScRiPt&colon;{RUN}",
    "link in markup": f"<a href='javascript:{RUN}'>press</a>",
    "link with a tab": f"<a href='java\tscript:{RUN}'>press</a>",
    "data": f"data:text/html,<script>{RUN}</script>",
    "frame": f"<iframe srcdoc='<script>parent.{SENTINEL}=1</script>'></iframe>",
    "object": f"<object data='data:text/html,<script>{RUN}</script>'></object><embed src=x>",
    "form": f"<form action='javascript:{RUN}'><button autofocus>go</button></form>",
    "details": f"<details open ontoggle={RUN}><summary>x</summary></details>",
    "mathematics": f"<math><mtext></mtext><mglyph><style><!--</style><img title='--><img src=1 onerror={RUN}>'>",
    "style": "<style>*{display:none}</style><link rel=stylesheet href=//example.invalid/a.css>",
    "base": "<base href='http://example.invalid/'><meta http-equiv=refresh content='0;url=http://example.invalid/'>",
    "refers away": "<img src='http://example.invalid/a.png'><video poster=//example.invalid/p.png></video>",
    "picture away": "url(http://example.invalid/a.png)",
    "prototype": "__proto__",
    "constructor": "constructor",
    "line separators": f"one\u2028{RUN}\u2029three",
    "lines": f"one\r\n{RUN}\n\tthree",
    "direction": "\u202eevil\u202c \u2066txt\u2069 \u200fוחד\u200e وحدة",
    "unseen": "\u200b\ufeff\u00ad",
    "null": f"nu\x00ll <scr\x00ipt>{RUN}</scr\x00ipt>",
    "control": "a\x07b\x1b[31mc\x7fd\x85e",
    "not characters": "\ufffe\uffff \U0010ffff",
    "half a character": "\ud800 and \udfff",
    "signs": "🚒👩🏽‍🚒🇺🇸 Z\u0351\u036b\u0343a\u0334\u0300",
    "sheet": f'=HYPERLINK("javascript:{RUN}";"press")',
    "path": "../../etc/passwd",
    "percent": "%s %(x)s %d %3Cscript%3E",
    "long": "W" * 10_000,
    "long and marked up": f"<b onclick={RUN}>" * 500,
    "empty": "",
}
_PIECES = (
    *(
        "<",
        ">",
        "&",
        '"',
        "'",
        "`",
        "/",
        "\\",
        "=",
        "{",
        "}",
        "$",
        "{{",
        "}}",
        "{%",
        "<!--",
        "-->",
        "]]>",
        "\n",
        "\x00",
    ),
    *("</script>", "<script>", f"<script>{RUN}</script>", f"<img src=x onerror={RUN}>", f"<svg onload={RUN}>", RUN),
    *("\u2028", "\u202e", "javascript:", "onerror=", "</style>", "</title>", "&lt;", "&#x3c;", "\\u003c", "é", "🚒"),
)
#: chosen by Hypothesis: pieces that matter, and any text between them
texts = st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), min_size=1, max_size=8).map("".join)


def readable(text: str) -> str:
    """A text as it is to be read where it stands on one line: every letter, no sign that is none."""
    return one_line(text)


def as_name(text: str) -> str:
    """The text as an identifier that a feed could say (`cop.domain.statement.Identifier`); never empty."""
    kept = "".join(one for one in text if one not in "/+#" and one >= " ").encode("utf-8", "ignore").decode()
    return kept[:128] or "x"


def said(text: str) -> str:
    """The text as a feed could say it: JSON holds no half characters."""
    return text.encode("utf-8", "replace").decode()


def saying(*texts: str) -> Picture:
    """A picture with objects of every kind, each saying a text in every field that can hold it.

    Of several texts each has an agency of its own, `fire-0`, `fire-1` …, and ids that end as it does (`u1-0`).
    """
    picture = Picture()
    for number, text in enumerate(texts):
        agency, end = ("charlotte-fire", "") if len(texts) == 1 else (f"fire-{number}", f"-{number}")
        picture.apply(Batch(epoch=1, reports=reports_saying(text, agency, end)))
        who = as_name(text)
        claims = ((agency, f"u1{end}"), (who, f"{who}{end}"), (agency, f"u2{end}"))
        for minute in range(-9, 1):
            places = ((35.24 + 0.01 * at, -80.95 + 0.002 * minute + 0.001 * number) for at in range(3))
            told = ((*key, *place, 60.0 * minute) for key, place in zip(claims, places, strict=True))
            picture.apply(r.positions_batch(*told, epoch=2 + number))
    return picture


def reports_saying(text: str, fire: str = "charlotte-fire", end: str = "") -> list[Report]:
    """One object of every kind of an agency, and of an agency, units and incidents that are called as the text is."""
    text = said(text)
    who = as_name(text)
    its, rail = f"{who}{end}", f"rail-1{end}"
    by: dict[str, Any] = {"by": text, "role": text}
    about: dict[str, Any] = {"incident_agency": fire, "incident": rail}
    return [
        r.report(fire, Agency(id="profile", at=r.at(-900), name=text, disciplines=(text,), contact=text, **by)),
        r.report(who, Agency(id="profile", at=r.at(-900), name=text, disciplines=("fire",), contact=text, **by)),
        r.report(fire, Presence(id="desk", at=r.at(-900), online=True, operator=text, **by)),
        *(
            r.report(agency, r.unit(unit, callsign=text, kind=kind, status=text, capabilities=(text,), **by))
            for agency, unit, kind in ((fire, f"u1{end}", "engine"), (who, its, text), (fire, f"u2{end}", text))
        ),
        *(
            r.report(
                agency,
                r.incident(
                    incident,
                    type=kind,
                    status="open",
                    title=text,
                    address=text,
                    summary=text,
                    lead=text,
                    lat=35.2425,
                    lon=-80.953 + 0.01 * at,
                    opened_at=r.at(-840),
                    **by,
                ),
            )
            for at, (agency, incident, kind) in enumerate(((fire, rail, "hazmat"), (who, its, text)))
        ),
        r.report(
            fire, Link(id=f"link{end}", at=r.NOON, first=f"{fire}/{rail}", second=f"{who}/{its}", relation=text, **by)
        ),
        *(
            r.report(
                agency,
                r.resource(
                    resource,
                    name=text,
                    kind=text,
                    nims_type=text,
                    availability=text,
                    conditions=text,
                    lat=35.25,
                    lon=-80.94,
                    **by,
                ),
            )
            for agency, resource in ((fire, f"x{end}"), (who, its))
        ),
        *(
            r.report(
                fire,
                r.task(
                    task,
                    objective=text,
                    assignee_agency=who,
                    unit=unit,
                    agreement=text,
                    clause=text,
                    reason=text,
                    hazards=(text,),
                    channel=text,
                    checklist=(text, text),
                    note=text,
                    due_at=r.at(1800),
                    **about,
                    **by,
                ),
            )
            for task, unit in ((f"t1{end}", its), (f"t2{end}", ""), (its, its))
        ),
        r.report(who, r.answer(f"t1{end}", "declined", requester=fire, reason=text, unit=its, offers=text, **by)),
        r.report(who, r.answer(f"t2{end}", text, requester=fire, reason=text, work=text, **by)),
        *(
            r.report(
                agency,
                Zone(
                    id=f"z{at}{end}",
                    at=r.NOON,
                    kind=kind,
                    name=text,
                    summary=text,
                    geometry=square(35.2 + 0.05 * at, -80.9, 0.01),
                    **about,
                    **by,
                ),
            )
            for at, (agency, kind) in enumerate(((fire, "hot_zone"), (fire, text), (who, "staging_area")))
        ),
        *(
            r.report(
                agency,
                Alert(
                    id=f"a{at}{end}",
                    at=r.NOON,
                    event=text,
                    headline=text,
                    description=text,
                    instruction=text,
                    area=text,
                    severity=severity,
                    urgency=text,
                    certainty=text,
                    geometry=square(35.1, -80.8 + 0.05 * at, 0.02),
                    expires_at=r.NOON + timedelta(hours=2),
                    **by,
                ),
            )
            for at, (agency, severity) in enumerate(((fire, "Extreme"), (who, text)))
        ),
        r.report(fire, LogEntry(id=f"l1{end}", at=r.at(-500), text=text or "-", **about, **by)),
        r.report(who, LogEntry(id=f"l2{end}", at=r.at(-400), text=text or "-", **by)),
    ]


def occasion_saying(text: str, **fields: Any) -> Occasion:
    """An occasion that says it everywhere."""
    text = said(text)
    given: dict[str, Any] = {
        "operation": text,
        "at": r.NOON,
        "made_at": r.NOON,
        "operator": Operator(agency="charlotte-fire", role="commander", name=text, desk=text),
        "exercise": text,
        "classification": text,
        "past": text,
        "reader": as_name(text),
        "period_words": text,
    }
    return Occasion(**{**given, **fields})
