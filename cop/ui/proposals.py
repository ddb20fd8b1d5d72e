"""What a conflict proposes, done: one action each, by the same acts as everywhere else."""

from collections.abc import Callable, Mapping

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.rules.conflict import About, Proposal
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.opener import Dialogs
from cop.ui.task_words import task_of

Show = Callable[[str, str, str], None]


class Proposals:
    """Knows how each act of a `Proposal` is done at this desk.

    `show` selects an object and brings it into sight, `say` tells what was done where nothing else shows it.
    """

    def __init__(
        self, desk: Desk, dialogs: Dialogs, show: Show, show_request: Show, say: Callable[[str], None]
    ) -> None:
        self._desk = desk
        self._say = say
        self._dialogs = dialogs
        self._show = show
        self._acts: Mapping[str, Callable[[tuple[About, ...]], object]] = {
            "cancel_task": lambda about: dialogs.cancel_task(*about[0][1:]),
            "call_back": lambda about: dialogs.answer_task(*about[0][1:], "released"),
            "answer": lambda about: show_request(*about[0]),
            "ask_next": self._ask_next,
            "link_incidents": lambda about: desk.links.merge(about[0][1:], about[1][1:]),
            "open_incident_page": lambda about: show(*about[0]),
            "order_out": self._order_out,
            "show": lambda about: show(*about[0]),
        }

    def act(self, proposal: Proposal) -> None:
        """Do it."""
        act = self._acts.get(proposal.act)
        if act is not None and proposal.about:
            act(proposal.about)

    def _ask_next(self, about: tuple[About, ...]) -> None:
        picture = self._desk.picture
        report = picture.tasks.get(about[0][1:])
        if report is None or self._desk.tasks.ask_next(report) is not None:
            return
        instead_of = "/".join(report.key)
        new = next((one for one in picture.tasks.values() if task_of(one).replaces == instead_of), None)
        if new is not None:  # the button did not say whom
            task = task_of(new)
            callsign = wording.unit_callsign(picture, task.assignee_agency, task.unit)
            self._show("task", *new.key)
            self._say(f"Asked instead: {callsign}, {wording.agency_name(picture, task.assignee_agency)}.")

    def _order_out(self, about: tuple[About, ...]) -> None:
        """The unit's agency is told; nobody but its own people moves it."""
        (_, agency, unit), (_, *zone) = about[0], about[1]
        callsign = wording.unit_callsign(self._desk.picture, agency, unit)
        report = self._desk.picture.zones.get((zone[0], zone[1]))
        body = report.body if report is not None else None
        drawn = body if isinstance(body, Zone) else None
        name = wording.one_line(drawn.name) if drawn is not None else ""
        entry = LogEntry(
            id=self._desk.new_id("log"),
            at=self._desk.now(),
            text=f"{callsign} is inside {name or 'a hot zone'} without a task there: move out.",
            to=(agency,),
            incident_agency=drawn.incident_agency if drawn is not None else "",
            incident=drawn.incident if drawn is not None else "",
        )
        refusal = self._desk.write_log(entry)
        self._show("unit", agency, unit)
        if refusal is None:
            told = wording.agency_name(self._desk.picture, agency)
            self._say(f"Written in the log for {told}: {callsign}, move out. Tell the crew by radio.")
