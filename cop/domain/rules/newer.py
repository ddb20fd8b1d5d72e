"""Which of two statements about the same object is the newer one."""

from datetime import datetime, timedelta

import msgspec

from cop.domain.consent import Consent
from cop.domain.report import Report
from cop.domain.statement import Statement

#: above it a revision is the milliseconds of a sender's time, of our century
_TIMES_FROM = 10**12
#: no word is believed to be said so much later than it was heard: our own clock was later then
_OUR_CLOCK_SET_BACK = timedelta(seconds=60)


def is_newer(candidate: Statement, known: Statement) -> bool:
    """The higher revision wins, then the later sender's time, then the greater sender's name.

    Of two words about consent that were said without knowing of each other the narrower wins, whatever their times:
    who stops giving is not overruled by a resumption in the same second. A tie that all of this leaves open is broken
    by the content's own representation, so that every desk chooses the same word whatever the order of arrival
    (`docs/adr/0004-newest-by-the-senders-word.md`).
    """
    first, second = (_order(candidate), _order(known))
    if first != second:
        return first > second
    return candidate != known and repr(candidate) > repr(known)


def is_newer_report(candidate: Report, known: Report) -> bool:
    """Which of two reports about the same object is the newer: as above, their times by our clock.

    A sender whose clock was ahead and is put right is not outdone by its own earlier words. Of two people's words of
    one count, said at two desks that did not hear each other, the same wins everywhere only by the times as they were
    said: each desk measures these clocks a little otherwise.
    """
    first, second = candidate.body, known.body
    if is_of_a_time_to_come(min(known.reported_at, known.received_at), candidate.received_at) and not (
        is_counted(first.rev) or is_counted(second.rev)
    ):
        return True
    if first.rev == second.rev and is_counted(first.rev) and first.by != second.by:
        return is_newer(first, second)
    return is_newer(_by_our_clock(candidate), _by_our_clock(known))


def is_of_a_time_to_come(known_at: datetime, now: datetime) -> bool:
    """Whether what is known was said later than it is now: our own clock was put back since.

    Such a time counts for nothing, where only times tell the order: else nothing new is heard until it has come.
    """
    return known_at - now > _OUR_CLOCK_SET_BACK


def _by_our_clock(report: Report) -> Statement:
    return msgspec.structs.replace(report.body, at=report.reported_at) if report.corrected_s else report.body


def _order(word: Statement) -> tuple[int, int, datetime, str]:
    narrow = 0
    if isinstance(word, Consent):
        narrow = 3 if word.deleted else ("given", "paused", "withdrawn").index(word.state)
    return (word.rev, narrow, word.at, word.by)


def revision_of_time(at: datetime) -> int:
    """The revision of what formats say that count none: the sender's time in milliseconds since the epoch.

    So a desk's own word about such an object stands until its agency's system says something later, and no longer.
    """
    return int(at.timestamp() * 1000)


def is_counted(revision: int) -> bool:
    """Whether a revision was counted by its sender, and is not a time."""
    return 0 < revision < _TIMES_FROM


def next_revision(last: int, at: datetime) -> int:
    """The revision of a word said at a moment after one of revision `last` (-1: none)."""
    return max(last + 1, revision_of_time(at)) if last >= _TIMES_FROM else last + 1
