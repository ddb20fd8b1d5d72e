"""What of the picture its reader does not get, in words, before it leaves."""

from cop.briefing.leaving import Leaving
from cop.picture.picture import Picture
from cop.ui import wording

_CLAUSES_SHOWN = 5


def held_back(leaves: Leaving, picture: Picture) -> list[str]:
    """The clauses that were obeyed and what they did, then what leaves without any clause; a line each.

    `picture` is the one that `leaves` was taken from.
    """
    if leaves.whole:
        return [_whole(picture)]
    lines = [
        f"{wording.agency_name(picture, one.giver)}, {wording.one_line(one.words)}: {one.count} {one.what}"
        for one in leaves.applied
    ]
    if len(lines) > _CLAUSES_SHOWN:
        more = len(lines) - _CLAUSES_SHOWN + 1
        lines[_CLAUSES_SHOWN - 1 :] = [f"and {more} more clauses, which the map names"]
    details = len(_incidents(picture)) - len(_incidents(leaves.picture))
    if details > 0:
        lines.append(f"Medical and personal details of {_of(details, 'incident')}: no clause shows them")
    log = len(picture.log) - len(leaves.picture.log)
    if log > 0:
        lines.append(f"{_of(log, 'log entry', 'log entries')} addressed to others")
    drafts = len(picture.tasks) - len(leaves.picture.tasks)
    if drafts > 0:
        lines.append(f"{_of(drafts, 'task')} not sent yet")
    return lines or ["Nothing: no clause holds back what this desk knows."]


def _whole(picture: Picture) -> str:
    details = len(_incidents(picture))
    also = f", with medical or personal details of {_of(details, 'incident')}" if details else ""
    return f"Nothing: all that this desk knows leaves{also}."


def _incidents(picture: Picture) -> set[tuple[str, str]]:
    return {(agency, key.partition("~")[2]) for agency, key in picture.details}


def _of(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"
