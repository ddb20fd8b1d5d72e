"""The selection panel's pages of a unit and a resource."""

import numpy as np
from PySide6.QtWidgets import QWidget

from cop.domain.unit import Unit
from cop.domain.words import AVAILABILITIES, UNIT_KINDS, UNIT_STATUSES, label
from cop.map import coordinates
from cop.picture.change import Change
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.facts import Fact, Facts, times
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button
from cop.ui.page import Page
from cop.ui.received import Received
from cop.ui.resource_dock import body_of, free_of, resource_place, resource_type, why_not_mark
from cop.ui.task_words import standing, task_of

#: so many jurisdictions of a place are named; the others are counted
_GROUNDS = 3


class UnitPage(Page):
    """One unit: what it is, where it was when, its tasks, and where that is known from."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.stale = Label(tone="warn", wrap=True)
        self.doubt = Label(tone="warn", wrap=True)
        self.lines.addWidget(self.stale)
        self.lines.addWidget(self.doubt)
        self.section("Position")
        self.position = Facts()
        self.lines.addWidget(self.position)
        self.lines.addSpacing(8)
        self.ask = button("Ask for this unit…   A", "primary", name="Ask for this unit")
        self.ask.clicked.connect(lambda: self.assign_asked.emit(*self.key))
        self.show_place = button("Show on the map")
        self.show_place.clicked.connect(self._show_place)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=8)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.ask)
        flow.addWidget(self.show_place)
        self.lines.addWidget(buttons)
        self.said = Facts()
        self.lines.addWidget(self.said)
        self.section("Tasks")
        self.tasks = Label(wrap=True)
        self.lines.addWidget(self.tasks)
        self.section("Source of the position")
        self.track_source = Facts()
        self.lines.addWidget(self.track_source)
        self.with_position = Received("As received with the position")
        self.lines.addWidget(self.with_position)
        self.end_with_source("Source of the unit")

    def concerns(self, change: Change) -> bool:
        """Its own position, words or tasks."""
        row = self.desk.picture.tracks.row_of(*self.key)
        moved = row is not None and bool(np.any(change.moved == row))
        return moved or self.key in change.units or bool(change.tasks or change.agencies)

    def refresh(self) -> None:
        """Read everything anew."""
        picture = self.desk.picture
        row = picture.tracks.row_of(*self.key)
        report = picture.units.get(self.key)
        if row is None:
            self.say_gone("This unit is not in the picture")
            return
        said = report.body if report is not None and isinstance(report.body, Unit) else None
        agency = wording.agency_name(picture, self.key[0])
        kind, status = (said.kind, said.status) if said is not None else ("unknown", "unknown")
        self.say(
            f"{label(UNIT_KINDS, kind)} · {self.key[1]}",
            wording.unit_callsign(picture, *self.key),
            wording.one_line(f"{agency} · {label(UNIT_STATUSES, status)}"),
        )
        self._say_position(row, kind)
        self.with_position.say(picture.position_fields.get(row, {}), collapse=self.turned)
        capabilities = ", ".join(said.capabilities) if said is not None else ""
        facts: list[Fact] = [("Can", wording.one_line(capabilities))]
        if said is not None and said.crew is not None:
            facts.append(("Crew", str(said.crew)))
        if report is None:
            self.source.say([("", "Nobody has said what this unit is.")])
            self.received.say({})
        else:
            self.say_source(report)
        self.said.say(facts)
        refusal = self.desk.may("assign_task")
        own = self.key[0] == self.desk.operator.agency
        words = "Assign this unit…" if own else "Ask for this unit…"
        if self.ask.text() != f"{words}   A":
            self.ask.setText(f"{words}   A")
            self.ask.setAccessibleName(words.rstrip("…"))
        hint = "Give it a task (A)" if own else "Ask its agency for it (A)"
        allow(self.ask, refusal.reason if refusal else None, hint)
        mine = [one for one in picture.tasks.values() if (task_of(one).assignee_agency, task_of(one).unit) == self.key]
        stands = [standing(self.desk, one) for one in mine]
        open_ones = [f"{one.objective} — {one.line}" for one in stands if one.state not in {"complete", "cancelled"}]
        self.tasks.say("\n".join(open_ones) or "No open task.")

    def _ground(self, lat: float, lon: float) -> str:
        """Whose ground it is on, the smallest first, and whether that is none of its agency's; empty where in doubt."""
        if self.desk.picture.home.doubt(self.key[0], lat, lon) is not None:
            return ""
        names = [one.name for one in self.desk.ground.at(lat, lon)] or ["nobody's ground"]
        own = " · off its agency's ground" if self.desk.ground.is_off_own(self.key[0], lat, lon) else ""
        return ", ".join(names[:_GROUNDS]) + (f" and {len(names) - _GROUNDS} more" if names[_GROUNDS:] else "") + own

    def _say_position(self, row: int, kind: str) -> None:
        picture, now = self.desk.picture, self.desk.now()
        tracks = picture.tracks
        lat, lon = float(tracks.lat[row]), float(tracks.lon[row])
        located = not np.isnan(lat)
        self.show_place.setEnabled(located)
        self.doubt.say(wording.unit_doubt(picture, row) if located else "")
        if not located:
            self.stale.say("")
            self.position.say([("Place", f"{wording.NOT_LOCATED}: no position stands")])
            self.track_source.say([("", "—")])
            return
        seconds = now.timestamp() - float(tracks.reported_at[row])
        stale = bool(tracks.stale_at[row] <= now.timestamp())
        self.stale.say(f"STALE {wording.span(seconds)}: it may be elsewhere by now" if stale else "")
        speed, course = float(tracks.speed_mps[row]), float(tracks.course_deg[row])
        reported, received = (
            now.fromtimestamp(float(column[row]), now.tzinfo) for column in (tracks.reported_at, tracks.received_at)
        )
        accuracy, alt = float(tracks.accuracy_m[row]), float(tracks.alt_m[row])
        self.position.say(
            [
                ("Grid", wording.grid(lat, lon)),
                ("Degrees", coordinates.degrees(lat, lon)),
                ("Ground", "" if tracks.jumped[row] else wording.one_line(self._ground(lat, lon))),
                ("Reported", times(reported, now), "warn" if stale else ""),
                ("Speed", wording.speed(speed, kind) if not np.isnan(speed) else "not said"),
                ("Course", f"{course:.0f}° {wording.compass(course)}" if not np.isnan(course) else "not said"),
                ("Altitude", wording.altitude(alt) if not np.isnan(alt) else ""),
                ("Accuracy", f"± {accuracy:.0f} m" if not np.isnan(accuracy) else ""),
            ]
        )
        name = tracks.names[row]
        self.track_source.say(
            [
                ("Agency", wording.agency_name(picture, self.key[0])),
                ("Feed", wording.feed_and_format(name.feed, name.format) if name else ""),
                ("Received", times(received, now)),
                ("Original", wording.one_line(name.original_id) if name else ""),
                ("", "EXERCISE, not live" if tracks.exercise[row] else ""),
            ]
        )

    def _show_place(self) -> None:
        row = self.desk.picture.tracks.row_of(*self.key)
        if row is not None:
            self.place_asked.emit(float(self.desk.picture.tracks.lat[row]), float(self.desk.picture.tracks.lon[row]))


class ResourcePage(Page):
    """One resource: how many, in which state, until when, under which conditions."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.doubt = Label(tone="warn", wrap=True)
        self.lines.addWidget(self.doubt)
        self.section("What can be had")
        self.facts = Facts()
        self.lines.addWidget(self.facts)
        self.lines.addSpacing(8)
        self.mark = button("Mark…   M", "primary", name="Mark this resource")
        self.mark.clicked.connect(lambda: self.mark_asked.emit(*self.key))
        self.why = Label(tone="muted", wrap=True)
        buttons = QWidget()
        flow = FlowLayout(buttons, gap=8)
        flow.setContentsMargins(0, 0, 0, 0)
        self.ask = button("Ask for its unit…", name="Ask for the unit of this resource")
        self.ask.clicked.connect(self._ask)
        flow.addWidget(self.mark)
        flow.addWidget(self.ask)
        self.lines.addWidget(buttons)
        self.lines.addWidget(self.why)
        self.end_with_source()

    def concerns(self, change: Change) -> bool:
        """Only itself."""
        return self.key in change.resources or bool(change.agencies or change.delivered)

    def refresh(self) -> None:
        """Read everything anew."""
        picture, now = self.desk.picture, self.desk.now()
        report = picture.resources.get(self.key)
        if report is None:
            self.say_gone("This resource is gone")
            return
        body = body_of(report)
        self.say(
            resource_type(report),
            wording.resource_name(body, wording.agency_name(picture, report.agency)),
            wording.agency_name(picture, report.agency),
        )
        pending = self.desk.is_pending("resource", *self.key)
        self.doubt.say(wording.doubt(picture, report.agency, body.lat, body.lon))
        self.facts.say(
            [
                ("State", wording.one_line(label(AVAILABILITIES, body.availability))),
                ("Free", free_of(body) or "not said"),
                ("Until", wording.clock_or_date(body.until, now) if body.until is not None else "not said"),
                ("Conditions", wording.paragraphs(body.conditions)),
                ("Kind", wording.one_line(label({}, body.kind))),
                ("Unit", wording.unit_callsign(picture, report.agency, body.unit) if body.unit else ""),
                (
                    "Place",
                    wording.grid(body.lat, body.lon)
                    if body.lat is not None and body.lon is not None
                    else resource_place(picture, report),
                ),
                ("", "● not sent yet" if pending else "", "warn"),
            ]
        )
        reason = why_not_mark(self.desk, self.key)
        allow(self.mark, reason, "Say how many can be had, and until when (M)")
        self.why.say(reason or "")
        self.ask.setVisible(bool(body.unit))
        refusal = self.desk.may("assign_task")
        allow(self.ask, refusal.reason if refusal else None)
        self.say_source(report)

    def _ask(self) -> None:
        report = self.desk.picture.resources.get(self.key)
        if report is not None:
            self.assign_asked.emit(report.agency, body_of(report).unit)
