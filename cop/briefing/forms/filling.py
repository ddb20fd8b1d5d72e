"""The ICS forms (FEMA 502-2, 2010): which there are, what each is about, and how one is filled from the situation.

Everything on a form comes from what was said; what the app does not know stays an empty box.
"""

from collections.abc import Callable
from types import MappingProxyType

import msgspec

from cop.briefing.forms import (
    ics201,
    ics202,
    ics203,
    ics204,
    ics205,
    ics206,
    ics209,
    ics211,
    ics213,
    ics213rr,
    ics214,
    ics215,
    ics221,
)
from cop.briefing.forms.blocks import agency, incident_name, unit_name
from cop.briefing.forms.form import Form
from cop.briefing.forms.requested import asked
from cop.briefing.forms.situation import About, Situation, What
from cop.picture.names import one_line

__all__ = ["FORMS", "About", "FormKind", "fill", "subjects"]


class FormKind(msgspec.Struct, frozen=True, kw_only=True):
    """One of the forms: `about` are the kinds of object that it can be made for; without one it is of the operation.

    `many`: without one there may be several, one each incident, unit or request.
    """

    name: str
    title: str
    about: tuple[What, ...] = ()
    many: bool = False


FORMS: dict[str, FormKind] = {
    one.name: one
    for one in (
        FormKind(name="201", title="Incident Briefing", about=("incident",)),
        FormKind(name="202", title="Incident Objectives", about=("incident",)),
        FormKind(name="203", title="Organization Assignment List", about=("incident",)),
        FormKind(name="204", title="Assignment List", about=("incident",), many=True),
        FormKind(name="205", title="Incident Radio Communications Plan", about=("incident",)),
        FormKind(name="206", title="Medical Plan", about=("incident",)),
        FormKind(name="209", title="Incident Status Summary", about=("incident",)),
        FormKind(name="211", title="Incident Check-In List", about=("incident",)),
        FormKind(name="213", title="General Message", about=("message",)),
        FormKind(name="213RR", title="Resource Request Message", about=("request", "incident"), many=True),
        FormKind(name="214", title="Activity Log", about=("incident", "unit")),
        FormKind(name="215", title="Operational Planning Worksheet", about=("incident",)),
        FormKind(name="221", title="Demobilization Check-Out", about=("unit", "incident"), many=True),
    )
}


def subjects(name: str, ground: Situation) -> list[tuple[About, str]]:
    """What a form can be made about, each with its words for a list: incidents, units, messages or requests."""
    told: list[tuple[About, str]] = []
    for what in FORMS[name].about:
        if what == "incident":
            told += [(About(what, *key), incident_name(ground, key)) for key in ground.incidents]
        elif what == "unit":
            units = sorted({one.unit for one in ground.works})
            told += [(About(what, *key), f"{unit_name(ground, key)}, {agency(ground, key[0])}") for key in units]
        elif what == "request":
            told += [(About(what, *one.report.key), one_line(one.request.what)) for one in asked(ground)]
        else:
            told += [(About(what, *key), words) for key, words in ics213.messages(ground)]
    return told


def fill(name: str, ground: Situation, *, about: About | None = None) -> list[Form]:
    """A form filled for the whole operation, or for what it is `about`; a blank one where there is nothing to tell.

    Raises ValueError, in words, for a form that is none, and for what it cannot be about or what is not there.
    """
    kind = FORMS.get(name.upper().removeprefix("ICS").strip(" -"))
    if kind is None:
        raise ValueError(f"there is no form {name!r}: it is one of {', '.join(FORMS)}")
    if about is not None and about.what not in kind.about:
        speaks = f"of the operation, or of one {' or '.join(kind.about)}" if kind.about else "of the operation"
        raise ValueError(f"ICS {kind.name} is {speaks}, not of one {about.what}")
    if about is not None and about.what == "incident" and about.key not in ground.picture.incidents:
        raise ValueError(f"there is no incident {about.id!r} of {about.agency}")
    return _FILL[kind.name](ground, about)


_FILL: MappingProxyType[str, Callable[[Situation, About | None], list[Form]]] = MappingProxyType(
    {
        "201": ics201.fill,
        "202": ics202.fill,
        "203": ics203.fill,
        "204": ics204.fill,
        "205": ics205.fill,
        "206": ics206.fill,
        "209": ics209.fill,
        "211": ics211.fill,
        "213": ics213.fill,
        "213RR": ics213rr.fill,
        "214": ics214.fill,
        "215": ics215.fill,
        "221": ics221.fill,
    }
)
