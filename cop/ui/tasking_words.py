"""What asking for a unit would mean: the pill, its colour, and what will happen, in words."""

from collections.abc import Iterable
from datetime import timedelta

from cop.domain.rules.tasking import Direct, Refused, Request, Tasking
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.lead_words import cited, sentence


def pill(desk: Desk, unit: Key, tasking: Tasking) -> tuple[str, str]:
    """Words and look of the button that asks for a unit."""
    if isinstance(tasking, Refused):
        return "Not allowed", "uncovered"
    if unit[0] == desk.operator.agency:
        return "Own", "own"
    if isinstance(tasking, Direct):
        return "Direct", "own"
    return ("Request", "request") if tasking.covered else ("Not covered", "uncovered")


def what_happens(desk: Desk, unit: Key, tasking: Tasking) -> str:
    """What will come of it: "Request by Metro Aid §4.2: Gastonia FD answers within 5 min, then the next is asked"."""
    owner = wording.agency_name(desk.picture, unit[0])
    reason = wording.one_line(tasking.reason)
    if isinstance(tasking, Refused):
        return f"Not allowed: {reason}"
    if unit[0] == desk.operator.agency:
        return "Our own unit: sent at once"
    if isinstance(tasking, Direct):
        by = f" by {cited(tasking.term)}" if tasking.term is not None else ""
        return f"Direct{by}: sent at once, {owner} is told and can recall it"
    within = _minutes(tasking.answer_within)
    if tasking.term is not None:
        return f"Request by {cited(tasking.term)}: {owner} answers within {within}, then the next is asked"
    return f"Not covered: {owner} is asked and need not agree; without an answer in {within} the next is asked"


def why_words(desk: Desk, unit: Key, tasking: Tasking, why: str) -> str:
    """All that there is to say about asking for a unit, a line each: what happens, the clause, why it stands here."""
    uncovered = tasking.reason if isinstance(tasking, Request) and not tasking.covered else ""
    lines = (
        what_happens(desk, unit, tasking),
        wording.one_line(uncovered),
        sentence(tasking.term),
        wording.one_line(why),
    )
    return "\n".join(dict.fromkeys(line for line in lines if line))


def tone(desk: Desk, unit: Key, tasking: Tasking) -> str:
    """The tone of what happens: well, to be asked, refused."""
    if isinstance(tasking, Refused):
        return "bad"
    return "ok" if unit[0] == desk.operator.agency or isinstance(tasking, Direct) else "warn"


def verb(desk: Desk, asked: Iterable[tuple[Key, Tasking]]) -> str:
    """What the button says that sends it: "Assign", "Request", "Send 3"."""
    several = list(asked)
    at_once = [unit[0] == desk.operator.agency or isinstance(tasking, Direct) for unit, tasking in several]
    word = "Assign" if all(at_once) else "Request" if not any(at_once) else "Send"
    return word if len(several) < 2 else f"{word} {len(several)}"


def _minutes(span: timedelta) -> str:
    return wording.span(span.total_seconds())
