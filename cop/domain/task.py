"""A piece of work asked of a unit or resource, and what its owner says to that.

A task and its answer are two objects with two owners: no one writes another agency's word.
"""

from typing import Annotated

import msgspec

from cop.domain.statement import LongText, Moment, ShortText, Statement


class Task(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="task"):
    """What the requesting agency asks: topic `task/<task>`. `assignee_agency` owns `unit` and alone answers."""

    objective: ShortText
    incident_agency: ShortText = ""
    incident: ShortText = ""
    assignee_agency: ShortText
    unit: ShortText
    clause: ShortText = ""
    due_at: Moment | None = None
    cancelled: bool = False
    note: LongText = ""


class Answer(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """What the owning agency says: topic `answer/<task>`; `id` is the task's, `requester` the agency that asked."""

    requester: ShortText
    state: ShortText
    reason: LongText = ""
    eta_s: Annotated[int, msgspec.Meta(ge=0, le=7 * 86400)] | None = None
