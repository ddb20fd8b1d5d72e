"""ICS 214, Activity Log."""

from cop.briefing.forms.activity import activity, rows
from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    name_box,
    period_box,
    prepared,
    row,
    unit_kind,
    unit_name,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.situation import About, Situation
from cop.domain.words import ROLES, label
from cop.picture.names import one_line


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """All that happened in the period, of an incident, or of a unit; the desk is the one whose log it is."""
    incident = about.key if about is not None and about.what == "incident" else None
    unit = about.key if about is not None and about.what == "unit" else None
    operator = ground.occasion.operator
    if unit is not None:
        name, position, home = unit_name(ground, unit), unit_kind(ground, unit), agency(ground, unit[0])
    else:
        name = one_line(operator.name)
        position = one_line(label(ROLES, operator.role)) if operator.role else ""
        home = ", ".join(filter(None, (agency(ground, operator.agency), one_line(operator.desk))))
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    units = {one.unit: one for one in works if one.is_at_work and (unit is None or one.unit == unit)}
    assigned = [
        (unit_name(ground, key), unit_kind(ground, key, one.task.unit_kind), agency(ground, key[0]))
        for key, one in sorted(units.items(), key=lambda pair: (agency(ground, pair[0][0]).casefold(), pair[0]))
    ]
    parts: list[Part] = [
        row(name_box(ground, incident, share=0.5), period_box(ground, share=0.5)),
        row(
            Box(number="3", label="Name", text=name, share=0.33),
            Box(number="4", label="ICS Position", text=position, share=0.33),
            Box(number="5", label="Home Agency (and Unit)", text=home, share=0.34),
        ),
        Table(
            number="6",
            label="Resources Assigned",
            columns=columns(("Name", 0.33), ("ICS Position", 0.33), ("Home Agency (and Unit)", 0.34)),
            rows=tuple(assigned),
            blank=0 if assigned else BLANK,
        ),
        Table(
            number="7",
            label="Activity Log",
            columns=columns(("Date/Time", 0.17), ("Notable Activities", 0.83)),
            rows=rows(ground, activity(ground, incident, unit)),
            blank=BLANK,
        ),
    ]
    return [form(ground, "214", "Activity Log", parts, [prepared(ground, "8")])]
