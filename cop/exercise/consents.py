"""Which tasks need no answer in an exercise, because an agreement of its folder gives consent in advance.

The simulated owners go by the clause's number alone; desks check the whole claim (`rules.tasking`).
"""

import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec

from cop.domain.agreement import Agreement, AidClause
from cop.domain.task import Task


def consents_of(folder: Path) -> Callable[[Task], bool]:
    """Whether a task leans on a direct clause of the asked agency's, by the agreements in a folder."""
    givers: dict[tuple[str, str], str] = {}
    for file in sorted(folder.glob("*.toml")):
        agreement = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Agreement)
        for clause in agreement.clauses:
            if isinstance(clause, AidClause) and clause.mode == "direct":
                givers[agreement.id, clause.number] = clause.giver
    return lambda task: givers.get((task.agreement, task.clause), "") == task.assignee_agency
