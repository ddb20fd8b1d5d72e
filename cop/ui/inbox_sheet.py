"""All that the inbox's pane tells of one line, and what can be said to it."""

from cop.domain.report import Report
from cop.domain.rules.task_state import ONGOING
from cop.domain.task import Task
from cop.domain.words import TASK_KINDS, TASK_STATES, UNIT_STATUSES, label
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.facts import Fact
from cop.ui.inbox_others import sheet_of_other
from cop.ui.inbox_pane import Sheet
from cop.ui.inbox_words import Asked, clause_words, incident_words, instead_of, key_of, way_words
from cop.ui.reasons import DECLINE, RECALL
from cop.ui.snoozes import Item

#: letters of a note or a sentence that stand here; the selection has it whole
_MOST = 400


def sheet_of(desk: Desk, asked: Asked, report: Report | None) -> Sheet:
    """What stands in the pane; `report` is the task, None for what is none."""
    if report is None or not isinstance(report.body, Task):
        return sheet_of_other(desk, asked)
    refusal = desk.may("answer_task")
    why = refusal.reason if refusal is not None else None
    task, direct = report.body, not asked.needs_answer
    near = asked.answer is not None and asked.answer.near_its_end
    return Sheet(
        asked=asked,
        facts=tuple(_facts(desk, asked, report, task)),
        yes="Noted" if direct else "Accept",
        refusal=why,
        refusal_of_no=why,
        reasons=RECALL if direct else DECLINE,
        instead=() if direct else tuple(instead_of(desk, task)),
        may_snooze=not direct and not near,
        said_so_far=(task.objective, task.kind, task.unit, task.incident_agency, task.incident, task.due_at, task.note),
    )


def why_gone(desk: Desk, item: Item) -> str:
    """What became of a line that waits no longer."""
    if item[0] not in {"task", "direct"}:
        return "Settled: nothing is asked of us any more."
    report = desk.picture.tasks.get(key_of(item))
    if report is None:
        return "This request is gone: its agency has taken it away."
    stands = desk.picture.standings.of(report, desk.now())
    by = wording.agency_name(desk.picture, stands.agency) if stands.agency else wording.one_line(stands.by)
    return f"Settled: {label(TASK_STATES, stands.state).lower()}{f' by {by}' if by else ''}."


def _facts(desk: Desk, asked: Asked, report: Report, task: Task) -> list[Fact]:
    now = desk.now()
    clause, sentence = clause_words(desk, task)
    kind = label(TASK_KINDS, task.kind) if task.kind != "custom" else ""
    home = home_words(desk, task, gone=not asked.needs_answer)
    status = _status(desk, report.key, task)
    told = wording.clock_or_date(asked.since, now) + (f" by {task.by}" if task.by else "")
    way = way_words(desk, task)
    return [
        ("At home", f"⚠ {home}" if home else "", "bad"),
        ("Incident", wording.shortened(incident_words(desk, task), _MOST)),
        ("Way", way, "warn" if "▲" in way else ""),
        ("Unit is", status, "warn" if "⚠" in status else ""),
        ("At home", "" if home else "nothing left uncovered"),
        ("Wanted", " · ".join(part for part in (kind, _due(task, desk)) if part)),
        ("Hazards", wording.shortened(", ".join(wording.one_line(one) for one in task.hazards), _MOST), "warn"),
        ("Channel", wording.one_line(task.channel)),
        ("Clause", wording.shortened(f"{clause}: {sentence}" if sentence else clause, _MOST)),
        ("Note", wording.shortened(wording.one_line(task.note), _MOST)),
        ("Asked", wording.one_line(told)),
    ]


def home_words(desk: Desk, task: Task, *, gone: bool = False) -> str:
    """What the unit's going would leave uncovered at home, or has left; empty if nothing."""
    unit = (task.assignee_agency, task.unit)
    return desk.authority.leaves_uncovered(unit, gone=gone) if task.unit else ""


def _due(task: Task, desk: Desk) -> str:
    return f"by {wording.clock_or_date(task.due_at, desk.now())}" if task.due_at is not None else ""


def _status(desk: Desk, key: Key, task: Task) -> str:
    """What the unit says it does, and the other work that it is on."""
    tracks, unit = desk.picture.tracks, (task.assignee_agency, task.unit)
    row = tracks.row_of(*unit)
    if row is None:
        return "⚠ not in our picture" if task.unit else ""
    others = [one for one in desk.authority.engaged.of_unit(unit) if one.key != key and one.state in ONGOING]
    work = [f"{wording.one_line(one.task.objective)} ({label(TASK_STATES, one.state).lower()})" for one in others]
    at_work = ", ".join(work)
    status = list(UNIT_STATUSES.values())[int(tracks.status[row])]
    return wording.shortened(f"{status} · ⚠ at work: {at_work}", _MOST) if at_work else status
