"""ICS 202, Incident Objectives."""

from cop.briefing.forms.blocks import form, name_box, period_box, prepared, row, wide
from cop.briefing.forms.form import Box, Form, Part, Signature
from cop.briefing.forms.hazards import safety_words
from cop.briefing.forms.ics201 import objectives
from cop.briefing.forms.situation import About, Situation
from cop.picture.change import Key
from cop.picture.names import one_line

_PLAN = ("ICS 203", "ICS 204", "ICS 205", "ICS 205A", "ICS 206", "ICS 207", "ICS 208", "Map/Chart", "Weather Forecast")


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """The objectives that open tasks serve; command emphasis is for who commands to write."""
    incident = about.key if about is not None else None
    parts: list[Part] = [
        row(name_box(ground, incident, share=0.5), period_box(ground, share=0.5)),
        wide("3", "Objective(s)", objectives(ground, incident), least=8),
        wide("4", "Operational Period Command Emphasis", least=5),
        wide("", "General Situational Awareness", safety_words(ground, incident), least=5),
        row(
            Box(number="5", label="Site Safety Plan Required?", text="☐ Yes   ☐ No", share=0.4),
            Box(label="Approved Site Safety Plan(s) Located at", share=0.6),
        ),
        wide("6", "Incident Action Plan (the items checked are included)", "   ".join(f"☐ {one}" for one in _PLAN)),
    ]
    signatures = [prepared(ground, "7"), approved(ground, incident, "8")]
    return [form(ground, "202", "Incident Objectives", parts, signatures)]


def approved(ground: Situation, incident: Key | None, number: str) -> Signature:
    """The line for the incident commander: named where one person alone commands one incident."""
    stands = ground.command(incident) if incident is not None else None
    names = [one_line(one.name) for one in stands.commanders] if stands is not None else []
    return Signature(label=f"{number}. Approved by Incident Commander", name=names[0] if len(names) == 1 else "")
