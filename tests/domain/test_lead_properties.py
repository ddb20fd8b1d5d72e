"""What holds of who leads, whatever the papers say."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.agreement import Agreement, Agreements, Conditions, EscalateClause, LeadClause, Term, Times
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.rules.clauses import applies
from cop.domain.rules.lead import Site, who_leads
from cop.domain.rules.lead_clauses import unmet

_AGENCIES = ("fire-a", "fire-b", "police", "airport")
_TYPES = ("fire", "structure_fire", "hazmat", "radiological", "medical", "crash", "made_up")
_SQUARE = shapely.box(0, 0, 1, 1)
_WHEN = datetime(2026, 3, 6, tzinfo=UTC)

moments = st.integers(0, 24 * 12).map(lambda hours: _WHEN + timedelta(hours=hours, minutes=17))
hours = st.sampled_from([time(0), time(2, 30), time(6), time(22)])
times = st.builds(
    Times,
    days=st.lists(st.sampled_from(["mon", "thu", "sat", "sun"]), max_size=3, unique=True).map(tuple),
    begins=hours,
    ends=hours,
    zone=st.sampled_from(["UTC", "America/New_York"]),
)
conditions = st.builds(
    Conditions,
    priority_at_least=st.none() | st.integers(1, 5),
    more_units_than=st.none() | st.integers(0, 6),
    zone_active=st.sampled_from(["", "EPZ"]),
)
kinds = st.lists(st.sampled_from(_TYPES), max_size=2, unique=True).map(tuple)
parties = st.lists(st.sampled_from(_AGENCIES), min_size=2, max_size=3, unique=True).map(tuple)
whom = st.one_of(
    st.builds(dict, leads=st.sampled_from(_AGENCIES)),
    st.builds(dict, unified=parties),
    st.builds(dict, closest_of=parties),
)


@st.composite
def _lead_clauses(draw: st.DrawFn) -> LeadClause:
    return LeadClause(
        number="1",
        says="As agreed.",
        types=draw(kinds),
        times=draw(times),
        when=draw(conditions),
        precedence=draw(st.integers(1, 4)),
        **draw(whom),
    )


_escalate_clauses = st.builds(
    EscalateClause, number=st.just("1"), says=st.just("They decide."), types=kinds, decides=st.sampled_from(_AGENCIES)
)


@st.composite
def _books(draw: st.DrawFn) -> list[Term]:
    """Clauses in some agreements, each with or without ground of its own."""
    clauses = draw(st.lists(st.one_of(_lead_clauses(), _lead_clauses(), _escalate_clauses), max_size=9))
    papers = [
        Agreement(
            id=f"a{number}",
            title=f"Agreement {number}",
            parties=_AGENCIES,
            in_force_from=date(2026, 3, 1),
            in_force_until=draw(st.sampled_from([None, date(2026, 3, 8), date(2026, 2, 1)])),
            zone="America/New_York",
        )
        for number in range(3)
    ]
    terms = []
    for number, clause in enumerate(clauses):
        numbered = type(clause)(**{**{f: getattr(clause, f) for f in clause.__struct_fields__}, "number": str(number)})
        terms.append(Term(draw(st.sampled_from(papers)), numbered, draw(st.sampled_from([None, _SQUARE]))))
    return terms


def _jurisdiction(name: str, level: str, discipline: str, agency: str, area: float) -> Jurisdiction:
    return Jurisdiction(name, name.capitalize(), level, discipline, agency, _SQUARE, area)


_GROUND = (
    _jurisdiction("airport", "special", "law", "airport", 5.0),
    _jurisdiction("city", "municipal", "law", "police", 100.0),
    _jurisdiction("district", "district", "fire", "fire-a", 120.0),
    _jurisdiction("plan", "planning_zone", "emergency_management", "fire-b", 1.0),
)


@st.composite
def _sites(draw: st.DrawFn, terms: list[Term]) -> Site:
    keys = sorted(term.key for term in terms if term.ground is not None)
    some = st.sets(st.sampled_from(keys)) if keys else st.just(set())
    here = frozenset(draw(some))
    inside = [one for one in _GROUND if draw(st.booleans())]
    return Site(
        inside=tuple(inside),
        beside=tuple(one for one in _GROUND if draw(st.integers(0, 3)) == 0),
        reached=tuple(one for one in _GROUND if one not in inside and draw(st.booleans())),
        terms=here,
        terms_beside=frozenset(draw(some)) if draw(st.booleans()) else frozenset(),
        terms_reached=frozenset(draw(some)) - here,
        units=draw(st.integers(0, 8)),
        zones_active=frozenset({"epz"}) if draw(st.booleans()) else frozenset(),
        metres={agency: float(draw(st.integers(0, 3))) for agency in _AGENCIES if draw(st.booleans())},
    )


@st.composite
def _asked(draw: st.DrawFn) -> tuple[Incident, Site, list[Term], datetime]:
    terms = draw(_books())
    incident = Incident(id="i", at=_WHEN, type=draw(st.sampled_from(_TYPES)), priority=draw(st.integers(1, 5)))
    return incident, draw(_sites(terms)), terms, draw(moments)


def _applying(incident: Incident, site: Site, terms: list[Term], at: datetime) -> list[Term]:
    """The lead clauses that apply at the place, found without any index."""
    return [
        term
        for term in terms
        if isinstance(term.clause, LeadClause)
        and applies(term, incident.type, at, site.terms)
        and not unmet(term.clause.when, incident, site)
    ]


@given(_asked(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_that_neither_the_order_of_files_nor_of_clauses_changes_who_leads(asked: tuple, dice: object) -> None:
    incident, site, terms, at = asked
    shuffled = list(terms)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (who_leads(incident, site, Agreements(order), at) for order in (terms, shuffled))
    assert first == second
    assert first.reasons == second.reasons


@given(_asked(), st.randoms(use_true_random=False))
def test_that_the_order_of_jurisdictions_does_not_change_who_leads(asked: tuple, dice: object) -> None:
    incident, site, terms, at = asked
    inside = list(site.inside)
    dice.shuffle(inside)  # type: ignore[attr-defined]
    other = Site(
        tuple(inside), (), site.reached, site.terms, frozenset(), site.terms_reached, site.units, site.zones_active
    )
    same = Site(
        site.inside, (), site.reached, site.terms, frozenset(), site.terms_reached, site.units, site.zones_active
    )
    book = Agreements(terms)
    assert who_leads(incident, other, book, at).agencies == who_leads(incident, same, book, at).agencies


@given(_asked())
@settings(max_examples=150)
def test_that_every_answer_cites_a_clause_that_applies_or_the_boundaries(asked: tuple) -> None:
    incident, site, terms, at = asked
    lead = who_leads(incident, site, Agreements(terms), at)
    applying = _applying(incident, site, terms, at)
    if lead.term is None:
        assert not applying
        assert (lead.jurisdiction is None) == (not lead.agencies)
        return
    for term in lead.claims:
        assert term in applying or (term.key in site.terms_reached and term.clause.unified)
        named = term.clause.leads or term.clause.unified or term.clause.closest_of
        assert set(lead.agencies) & ({named} if isinstance(named, str) else set(named))


@given(_asked())
@settings(max_examples=150)
def test_that_the_lowest_precedence_counts_and_two_that_differ_are_contested(asked: tuple) -> None:
    incident, site, terms, at = asked
    site = Site(site.inside, terms=site.terms, units=site.units, zones_active=site.zones_active, metres=site.metres)
    lead = who_leads(incident, site, Agreements(terms), at)
    applying = _applying(incident, site, terms, at)
    if not applying:
        return
    lowest = min(term.clause.precedence for term in applying)
    assert {term.key for term in lead.claims} == {t.key for t in applying if t.clause.precedence == lowest}
    if lead.contested:
        assert len(lead.agencies) > 1
        assert not lead.unified
    else:
        assert not lead.decides


@given(_asked())
def test_that_nobody_who_leads_stands_among_those_also_in_jurisdiction(asked: tuple) -> None:
    incident, site, terms, at = asked
    lead = who_leads(incident, site, Agreements(terms), at)
    assert not {one.agency for one in lead.also} & set(lead.agencies)
    assert {one.agency for one in site.inside} <= {one.agency for one in lead.also} | set(lead.agencies)


@given(_asked())
def test_that_a_zone_alone_never_takes_the_lead_from_who_has_it_at_the_place(asked: tuple) -> None:
    incident, site, terms, at = asked
    book = Agreements(terms)
    place = Site(site.inside, terms=site.terms, units=site.units, zones_active=site.zones_active, metres=site.metres)
    before, after = who_leads(incident, place, book, at), who_leads(incident, site, book, at)
    assert set(before.agencies) & set(after.agencies) or not before.agencies


@given(_asked())
def test_that_the_reasons_name_what_decided(asked: tuple) -> None:
    incident, site, terms, at = asked
    lead = who_leads(incident, site, Agreements(terms), at)
    said = "\n".join(lead.reasons)
    for term in lead.claims:
        assert f"{term.words} (precedence {term.clause.precedence}) decides" in said
    assert (lead.term is None) == ("the boundaries decide" in said)


@given(st.sampled_from(["crash", "fire", "unknown"]), st.permutations(range(2)))
def test_that_a_place_on_a_boundary_names_both_sides_from_either_side(kind: str, order: list[int]) -> None:
    sides = (
        _jurisdiction("east", "county", "law", "east-sheriff", 10.0),
        _jurisdiction("west", "county", "law", "west-sheriff", 20.0),
    )
    here, there = (sides[n] for n in order)
    lead = who_leads(Incident(id="i", at=_WHEN, type=kind), Site(inside=(here,), beside=sides), Agreements(), _WHEN)
    assert lead.agencies == (here.agency,)
    assert set(lead.on_line) == set(sides)
    assert lead.across == (there.agency,)
    assert "on the line of East and West" in lead.reason


def test_that_a_wider_type_does_not_stand_for_a_narrower_one() -> None:
    paper = Agreement(id="a", title="A", parties=("x",), in_force_from=date(2026, 1, 1))
    clause = LeadClause(number="1", says="…", types=("hazmat",), leads="x")
    book = Agreements([Term(paper, clause)])
    led = {kind: who_leads(Incident(id="i", at=_WHEN, type=kind), Site(), book, _WHEN).agency for kind in _TYPES}
    assert {kind for kind, agency in led.items() if agency} == {"hazmat", "radiological"}


def test_that_whoever_is_closest_leads_and_of_equally_close_ones_the_first_named() -> None:
    paper = Agreement(id="a", title="A", parties=("x",), in_force_from=date(2026, 1, 1))
    book = Agreements([Term(paper, LeadClause(number="1", says="…", closest_of=("x", "y", "z")))])
    incident = Incident(id="i", at=_WHEN)
    found = {
        (x, y): who_leads(incident, Site(metres={"x": x, "y": y}), book, _WHEN).agency
        for x, y in product((1.0, 2.0), repeat=2)
    }
    assert found == {(1.0, 1.0): "x", (1.0, 2.0): "x", (2.0, 1.0): "y", (2.0, 2.0): "x"}
    assert who_leads(incident, Site(metres={"z": 9.0}), book, _WHEN).agency == "z"
    assert who_leads(incident, Site(), book, _WHEN).agency == "x"
