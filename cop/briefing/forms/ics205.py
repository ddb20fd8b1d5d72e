"""ICS 205, Incident Radio Communications Plan: the channels that tasks name; frequencies are for the planner."""

from cop.briefing.forms.blocks import (
    BLANK,
    agencies,
    columns,
    form,
    full,
    incident_name,
    name_box,
    period_box,
    prepared,
    row,
    unit_name,
    wide,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import Work
from cop.domain.words import TASK_KINDS, label
from cop.picture.names import one_line


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """One line a channel: what it is for, and who is to use it."""
    incident = about.key if about is not None else None
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    by_channel: dict[str, list[Work]] = {}
    for one in works:
        if one.is_open and (channel := one_line(one.task.channel)):
            by_channel.setdefault(channel, []).append(one)
    parts: list[Part] = [
        row(
            name_box(ground, incident, share=0.35),
            Box(number="2", label="Date/Time Prepared", text=full(ground, ground.occasion.made_at), share=0.25),
            period_box(ground, "3", share=0.4),
        ),
        Table(
            number="4",
            label="Basic Radio Channel Use",
            columns=columns(
                ("Zone Grp.", 0.05),
                ("Ch #", 0.05),
                ("Function", 0.12),
                ("Channel Name/Trunked Radio System Talkgroup", 0.15),
                ("Assignment", 0.2),
                ("RX Freq N or W", 0.07),
                ("RX Tone/NAC", 0.07),
                ("TX Freq N or W", 0.07),
                ("TX Tone/NAC", 0.07),
                ("Mode (A, D, or M)", 0.05),
                ("Remarks", 0.1),
            ),
            rows=tuple(_channel(ground, channel, some) for channel, some in sorted(by_channel.items())),
            blank=BLANK,
        ),
        wide("5", "Special Instructions", least=4),
    ]
    signatures = [prepared(ground, "6", "Prepared by (Communications Unit Leader)")]
    return [form(ground, "205", "Incident Radio Communications Plan", parts, signatures, landscape=True)]


def _channel(ground: Situation, channel: str, works: list[Work]) -> tuple[str, ...]:
    kinds = dict.fromkeys(one_line(label(TASK_KINDS, one.task.kind)) for one in works if one.task.kind != "custom")
    units = dict.fromkeys(unit_name(ground, one.unit) for one in works)
    incidents = dict.fromkeys(incident_name(ground, one.incident) for one in works if one.incident is not None)
    remarks = agencies(ground, sorted({one.unit[0] for one in works}))
    at = f" ({', '.join(incidents)})" if incidents else ""
    assignment = ", ".join(units) + at
    return ("", "", ", ".join(kinds), channel, assignment, "", "", "", "", "", remarks)
