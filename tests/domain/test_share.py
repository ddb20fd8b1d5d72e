"""What is shown to whom: positions exact, rounded, late or not at all; details to those alone whom a clause names."""

from datetime import date
from typing import Any

import msgspec
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.consent import Consent, consent_id
from cop.domain.details import IncidentDetails
from cop.domain.report import Report
from cop.domain.rules.share import NOBODY_NAMED, ROUNDED_M, Case, Sharing, as_shown, rounded_place
from cop.domain.unit import Position
from tests import reports as r

ENGINE = Case(unit_kind="engine", lat=35.24, lon=-80.95)
RAIL = Case(incident_type="hazmat", lat=35.24, lon=-80.95)


def _clause(number: str, **fields: Any) -> ShareClause:
    return ShareClause(number=number, says="As written.", **{"giver": "charlotte-fire", "to": ("*",), **fields})


def _sharing(*clauses: ShareClause, said: Consent | None = None, ground: Any = None) -> Sharing:
    agreement = Agreement(
        id="mou",
        title="MOU",
        parties=("charlotte-fire", "gastonia-fd", "york-fd"),
        in_force_from=date(2020, 1, 1),
        clauses=clauses,
    )
    consents: dict[tuple[str, str], Report] = {}
    if said is not None:
        consents["charlotte-fire", said.id] = r.report("charlotte-fire", said)
    return Sharing(Agreements(Term(agreement, clause, ground) for clause in clauses), consents)


def _paused(clause: str, **fields: Any) -> Consent:
    given = {"state": "withdrawn", "withdrawn_at": r.at(-10), **fields}
    return Consent(id=consent_id("mou", clause), at=r.at(-10), rev=1, agreement="mou", clause=clause, **given)


def test_that_without_a_clause_positions_are_exact_and_details_are_nobodys() -> None:
    shown = _sharing().shown_to("gastonia-fd", "charlotte-fire", ENGINE, r.NOON)
    assert (shown.hidden, shown.rounded, shown.details) == (False, False, frozenset())


def test_that_an_agency_sees_all_of_its_own() -> None:
    shown = _sharing(_clause("1", positions="none")).shown_to("charlotte-fire", "charlotte-fire", RAIL, r.NOON)
    assert not shown.hidden
    assert shown.details == {"medical", "personal"}


def test_that_a_clause_for_a_party_goes_before_one_for_everyone() -> None:
    sharing = _sharing(_clause("1", positions="none"), _clause("2", to=("gastonia-fd",), positions="rounded"))
    assert sharing.shown_to("york-fd", "charlotte-fire", ENGINE, r.NOON).hidden
    shown = sharing.shown_to("gastonia-fd", "charlotte-fire", ENGINE, r.NOON)
    assert (shown.hidden, shown.rounded) == (False, True)
    assert [term.clause.number for term in shown.terms] == ["2"]


def test_that_of_several_clauses_for_one_party_the_strictest_counts() -> None:
    sharing = _sharing(
        _clause("1", to=("york-fd",), details=("medical", "personal")),
        _clause("2", to=("york-fd",), positions="delayed", details=("medical",)),
        _clause("3", to=("york-fd",), positions="rounded", details=("medical",)),
    )
    shown = sharing.shown_to("york-fd", "charlotte-fire", RAIL, r.NOON)
    assert shown.rounded
    assert shown.delay.total_seconds() == 900
    assert shown.details == {"medical"}


@pytest.mark.parametrize("positions", ["exact", "rounded", "delayed", "none"])
def test_that_taking_a_share_clause_back_shows_nothing_of_what_it_speaks_of(positions: Any) -> None:
    clause = _clause("1", to=("york-fd",), positions=positions, details=("medical",))
    shown = _sharing(clause, said=_paused("1")).shown_to("york-fd", "charlotte-fire", ENGINE, r.NOON)
    assert shown.hidden
    assert not shown.details


def test_that_a_clause_speaks_of_its_kinds_types_ground_and_operations_alone() -> None:
    ground = shapely.box(-81, 35, -80.9, 35.3)
    fields = {"positions": "none", "kinds": ("engine",), "types": ("fire",), "operations": ("Steel Rail",)}
    sharing = _sharing(_clause("1", **fields), ground=ground)

    def hidden(case: Case, operation: str = "Steel Rail") -> bool:
        return sharing.shown_to("york-fd", "charlotte-fire", case, r.NOON, operation=operation).hidden

    assert hidden(ENGINE)
    assert hidden(RAIL)  # hazmat is a fire
    assert not hidden(ENGINE, operation="Border Flood")
    assert not hidden(Case(unit_kind="patrol", lat=35.24, lon=-80.95))
    assert not hidden(Case(incident_type="crash", lat=35.24, lon=-80.95))
    assert not hidden(Case(unit_kind="engine", lat=34.0, lon=-80.95))


def test_that_details_leave_with_what_their_reader_may_see_and_the_clause_that_says_so() -> None:
    sharing = _sharing(_clause("7.2", to=("york-fd",), details=("medical",)))
    body = IncidentDetails(id="i1", at=r.NOON, to="york-fd", medical="2 red", personal="Caller: 704 555 0100")
    said = r.report("charlotte-fire", body)
    shown = as_shown(said, sharing.shown_to("york-fd", "charlotte-fire", RAIL, r.NOON))
    assert shown is not None
    assert isinstance(shown.body, IncidentDetails)
    assert (shown.body.medical, shown.body.personal, shown.body.under) == ("2 red", "", ("MOU §7.2",))
    assert as_shown(said, sharing.shown_to(NOBODY_NAMED, "charlotte-fire", RAIL, r.NOON)) is None


@given(st.floats(-89.9, 89.9), st.floats(-180, 180), st.floats(0, 0.004), st.floats(0, 0.004))
def test_that_a_rounded_place_hides_where_in_its_square_it_is(lat: float, lon: float, up: float, right: float) -> None:
    middle = rounded_place(lat, lon)
    assert rounded_place(*middle) == middle
    near = rounded_place(min(89.9, lat + up), min(180.0, lon + right))
    assert abs(middle[0] - lat) <= ROUNDED_M / 111_320.0 / 2 + 1e-5
    rows = (near[0] - middle[0]) / (ROUNDED_M / 111_320.0)
    assert rows == pytest.approx(round(rows), abs=2e-3)
    assert 0 <= round(rows) <= 1


def test_that_a_rounded_position_tells_neither_course_nor_speed_and_that_it_is_rough() -> None:
    exact = Position(id="e", at=r.NOON, lat=35.2425, lon=-80.953, course_deg=90, speed_mps=20, accuracy_m=5, alt_m=3)
    sharing = _sharing(_clause("1", positions="rounded"))
    shown = as_shown(
        r.report("charlotte-fire", exact), sharing.shown_to(NOBODY_NAMED, "charlotte-fire", ENGINE, r.NOON)
    )
    assert shown is not None
    body = shown.body
    assert isinstance(body, Position)
    assert (body.course_deg, body.speed_mps, body.alt_m) == (None, None, None)
    assert body.accuracy_m == pytest.approx(707, abs=1)
    assert (body.lat, body.lon) != (exact.lat, exact.lon)
    assert msgspec.structs.replace(body, lat=0, lon=0).id == "e"


@given(
    st.lists(
        st.builds(
            lambda to, positions, details: {"to": (to,), "positions": positions, "details": details},
            st.sampled_from(["*", "york-fd", "gastonia-fd"]),
            st.sampled_from(["exact", "rounded", "delayed", "none"]),
            st.sampled_from([(), ("medical",), ("personal", "medical")]),
        ),
        max_size=5,
    ),
    st.integers(0, 4),
)
def test_that_taking_any_clause_back_never_shows_more_to_anybody(fields: list[dict[str, Any]], taken: int) -> None:
    clauses = [_clause(str(number), **one) for number, one in enumerate(fields)]
    for party in ("york-fd", "gastonia-fd", NOBODY_NAMED):
        before = _sharing(*clauses).shown_to(party, "charlotte-fire", ENGINE, r.NOON)
        after = _sharing(*clauses, said=_paused(str(taken))).shown_to(party, "charlotte-fire", ENGINE, r.NOON)
        assert after.hidden >= before.hidden
        assert after.hidden or after.rounded >= before.rounded
        assert after.hidden or after.delay >= before.delay
        assert after.details <= before.details


def test_that_while_an_agreement_cannot_be_applied_nothing_is_shown_that_it_might_speak_of() -> None:
    sharing = Sharing(Agreements(incomplete=True), {})
    assert sharing.shown_to("york-fd", "charlotte-fire", ENGINE, r.NOON).hidden
    assert not sharing.shown_to("york-fd", "charlotte-fire", RAIL, r.NOON).details
    assert not sharing.shown_to("charlotte-fire", "charlotte-fire", ENGINE, r.NOON).hidden


def test_that_a_unit_whose_kind_is_not_known_yet_is_shown_as_the_strictest_clause_says() -> None:
    sharing = _sharing(_clause("1", positions="none", kinds=("helicopter",)))
    unknown = Case(unit_kind="unknown", lat=35.24, lon=-80.95)
    assert sharing.shown_to("york-fd", "charlotte-fire", unknown, r.NOON).hidden
    assert not sharing.shown_to("york-fd", "charlotte-fire", ENGINE, r.NOON).hidden
