"""Tasks that lean on a clause, in a picture: what it accepts, and what is bound of it."""

from typing import Any

from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.report import Report, Retraction
from cop.domain.statement import Statement
from cop.domain.task import Basis
from cop.picture.picture import Picture
from tests.reports import NOON, answer, at, incident, report, task, unit

GIVER, TAKER, OTHER = "gastonia-fd", "charlotte-fire", "york-fire"


def term(**fields: Any) -> Term:
    """Two hazmat units of Gastonia's for the others, directly."""
    clause = AidClause(
        **{
            "number": "4.2",
            "says": "Gastonia FD gives two hazmat units.",
            "giver": GIVER,
            "takers": (TAKER, OTHER),
            "kinds": ("hazmat",),
            "types": ("hazmat",),
            "quantity": 2,
            "mode": "direct",
            **fields,
        }
    )
    agreement = Agreement(
        id="mou",
        title="Regional Hazmat MOU",
        parties=(GIVER, TAKER, OTHER),
        in_force_from=NOON.date(),
        clauses=(clause,),
    )
    return Term(agreement, clause)


TERM = term()


def asked(task_id: str, unit_id: str = "hazmat-1", *, seconds: float = 60.0, by: str = TAKER, **fields: Any) -> Report:
    """A task that names the clause."""
    said = {
        "unit": unit_id,
        "unit_kind": "hazmat",
        "incident_agency": TAKER,
        "incident": "leak",
        "agreement": "mou",
        "clause": "4.2",
        "basis": Basis(type="hazmat"),
        "asked_at": at(seconds),
        **fields,
    }
    return report(by, task(task_id, seconds=seconds, **said))


def says(seconds: float, state: str, *, rev: int = 1, by: str = GIVER, **fields: Any) -> Report:
    """A word about the clause."""
    word = Consent(
        id=consent_id("mou", "4.2"), at=at(seconds), rev=rev, agreement="mou", clause="4.2", state=state, **fields
    )
    return report(by, word)


def paused(seconds: float, *, rev: int = 1, by: str = GIVER, until: float | None = None, standing: Any = None) -> Report:
    """The clause is paused from a moment on."""
    end = at(until) if until is not None else None
    return says(seconds, "paused", rev=rev, by=by, pauses=(Pause(since=at(seconds), until=end, standing=standing),))


def world() -> list[Report]:
    """An incident and three units."""
    units = [report(GIVER, unit(f"hazmat-{n}", kind="hazmat", status="available")) for n in (1, 2, 3)]
    return [report(TAKER, incident("leak", type="hazmat", lat=35.2, lon=-80.9)), *units]


def picture_of(*told: Report, agreements: Agreements | None = None) -> Picture:
    """A picture of the world that was told of these, in this order, one after another."""
    picture = Picture(agreements=agreements or Agreements([TERM]))
    picture.apply(Batch(reports=world()))
    for one in told:
        picture.apply(Batch(reports=[one]))
    return picture


def states(picture: Picture) -> dict[str, str]:
    """Where every task stands."""
    return {key[1]: picture.task_state(one) for key, one in picture.tasks.items()}


def test_that_a_task_that_the_clause_covers_is_accepted_and_one_too_many_is_asked() -> None:
    picture = picture_of(asked("a"), asked("b", "hazmat-2", seconds=61, by=OTHER), asked("c", "hazmat-3", seconds=62))
    assert states(picture) == {"a": "accepted", "b": "accepted", "c": "requested"}
    assert "gives 2 hazmat units" in picture.standings.of(picture.tasks[TAKER, "c"]).why
    assert len(picture.commitments.bound_units(TERM, at(100))) == 3
