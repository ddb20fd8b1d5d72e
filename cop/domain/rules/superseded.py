"""When a word of ours was superseded: two desks of one agency spoke of the same thing without knowing of each other."""

from datetime import datetime

from cop.domain.rules.newer import is_newer
from cop.domain.statement import Statement


def is_superseded(ours: Statement, theirs: Statement, left_at: datetime | None) -> bool:
    """Whether `theirs` stands in place of `ours` though it was said without knowing of it.

    `left_at` is when the broker took ours, None while it waits. Who spoke after that may have read ours first and then
    changed it, as people do all day; unless the revision shows that they had not.
    """
    if not is_newer(theirs, ours):
        return False
    return left_at is None or theirs.rev <= ours.rev or theirs.at <= left_at
