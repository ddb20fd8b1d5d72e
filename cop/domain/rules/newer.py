"""Which of two statements about the same object is the newer one."""

from cop.domain.statement import Statement


def is_newer(candidate: Statement, known: Statement) -> bool:
    """The higher revision wins, then the later sender's time, then the greater sender's name.

    A tie that all three leave open is broken by the content's own representation, so that every desk
    chooses the same word whatever the order of arrival (`docs/adr/0004-newest-by-the-senders-word.md`).
    """
    first, second = (candidate.rev, candidate.at, candidate.by), (known.rev, known.at, known.by)
    if first != second:
        return first > second
    return candidate != known and repr(candidate) > repr(known)
