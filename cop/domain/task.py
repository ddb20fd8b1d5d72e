"""A piece of work asked of a unit or resource, and what its owner says to that.

A task and its answer are two objects with two owners: no one writes another agency's word. Where a task stands is read
from both (`rules.task_state`), never written down by either.
"""

import hashlib
from typing import Annotated

import msgspec

from cop.domain.statement import Latitude, Longitude, LongText, Moment, ShortText, Statement


class Basis(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The incident as the asker saw it when it asked: what a clause is held against, on every desk the same."""

    type: ShortText = "unknown"
    priority: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3
    lat: Latitude | None = None
    lon: Longitude | None = None


class Task(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="task"):
    """What the requesting agency asks: topic `task/<task>`. `assignee_agency` owns `unit` and alone answers.

    `agreement` and `clause` name the consent that it leans on: a claim, which every desk checks for itself. `asked_at`
    is when it was first asked (`at` moves with each revision); without an answer it lapses at `answer_by`. `replaces`
    names the task whose place it takes, `agency/task`: for another unit, or the same one under another command.
    """

    objective: ShortText
    kind: ShortText = "custom"
    incident_agency: ShortText = ""
    incident: ShortText = ""
    assignee_agency: ShortText
    unit: ShortText
    unit_kind: ShortText = ""
    agreement: ShortText = ""
    clause: ShortText = ""
    basis: Basis | None = None
    asked_at: Moment | None = None
    answer_by: Moment | None = None
    due_at: Moment | None = None
    draft: bool = False
    cancelled: bool = False
    reason: LongText = ""
    replaces: ShortText = ""
    hazards: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=50)] = ()
    channel: ShortText = ""
    checklist: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=100)] = ()
    note: LongText = ""


class Answer(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """What the owning agency says: topic `answer/<requester>~<task>`; `id` is the task's, `requester` who asked.

    `unit` and `work` (`work_of` the task) are what it speaks of, lest consent to one thing be taken for consent to
    another that is put in its place. `answered_at` is when the request was first answered (`at` moves with each
    revision). `offers` is the unit that a counter offers instead; `checked` are the numbers (from 0) of the
    checklist's lines that are done.
    """

    requester: ShortText
    state: ShortText
    unit: ShortText = ""
    work: ShortText = ""
    answered_at: Moment | None = None
    reason: LongText = ""
    eta_s: Annotated[int, msgspec.Meta(ge=0, le=7 * 86400)] | None = None
    offers: ShortText = ""
    checked: Annotated[tuple[Annotated[int, msgspec.Meta(ge=0, lt=100)], ...], msgspec.Meta(max_length=100)] = ()


def work_of(task: Task) -> str:
    """What is asked, apart from the unit, in 16 letters: another objective, kind or incident is other work."""
    words = (task.kind, task.objective, task.incident_agency, task.incident)
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:16]
