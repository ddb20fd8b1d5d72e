"""Who commands and how requests stand, kept up pulse by pulse: always the same as read anew from all words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.batch import Batch
from cop.domain.command import IncidentCommand, command_id
from cop.domain.incident import Link
from cop.domain.report import Report, Retraction
from cop.domain.request import Fill, ResourceRequest
from cop.domain.rules.command import commanders
from cop.domain.rules.requests import request_of, standing
from cop.picture.change import Change
from cop.picture.picture import Picture
from tests import reports as r

A, B, C = ("a", "i1"), ("b", "i2"), ("c", "i3")
_INCIDENTS = st.sampled_from((A, B, C))
_AGENCIES = st.sampled_from(("a", "b", "c"))
_REVS = st.integers(0, 6)


def _command(agency: str, incident: tuple[str, str], rev: int, holds: bool, other: str, way: str) -> Report:
    fields = (
        {"offered_to": other} if way == "offer" else {"taken_from": other, "taken_rev": rev} if way == "take" else {}
    )
    body = IncidentCommand(
        id=command_id(*incident),
        at=r.at(rev),
        rev=rev,
        incident_agency=incident[0],
        incident=incident[1],
        holds=holds,
        with_agencies=(other,) if way == "with" else (),
        deleted=way == "gone",
        **fields,
    )
    return r.report(agency, body)


def _link(agency: str, ends: tuple[tuple[str, str], ...], rev: int, relation: str) -> Report:
    first, second = ("/".join(end) for end in ends[:2])
    body = Link(id=f"{first}~{second}".replace("/", "."), at=r.at(rev), rev=rev, first=first, second=second)
    gone = relation == "gone"
    return r.report(agency, Link(**{**_fields(body), "relation": "same" if gone else relation, "deleted": gone}))


def _fields(body: Link) -> dict[str, object]:
    return {name: getattr(body, name) for name in body.__struct_fields__}


def _gone(kind: str, key: tuple[str, str], second: int) -> Report:
    return r.report(key[0], Retraction(id=key[1], at=r.at(second), kind=kind), received_s=second)


_WORDS = st.one_of(
    st.builds(
        _command,
        _AGENCIES,
        _INCIDENTS,
        _REVS,
        st.booleans(),
        _AGENCIES,
        st.sampled_from(("", "offer", "take", "with", "gone")),
    ),
    st.builds(_link, _AGENCIES, st.permutations((A, B, C)), _REVS, st.sampled_from(("same", "split", "gone"))),
    st.builds(lambda key, rev: r.report(key[0], r.incident(key[1], rev=rev)), _INCIDENTS, _REVS),
    st.builds(lambda key, second: _gone("incident", key, second), _INCIDENTS, _REVS),
    st.builds(
        lambda agency, incident, second: _gone("command", (agency, command_id(*incident)), second),
        _AGENCIES,
        _INCIDENTS,
        _REVS,
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_WORDS, max_size=20))
def test_that_command_kept_up_is_command_read_anew(words: list[Report]) -> None:
    picture = Picture()
    for report in words:
        before = {key: picture.commanding.standing(key) for key in (A, B, C)}
        change = picture.apply(Batch(epoch=1, reports=[report]))
        touched = picture.commanding.touched(change)
        for key in (A, B, C):
            same = picture.same.of(key)
            said = [
                (one.agency, one.body)
                for one in picture.commands.values()
                if isinstance(one.body, IncidentCommand) and (one.body.incident_agency, one.body.incident) in same
            ]
            now = picture.commanding.standing(key)
            assert now == commanders(said)
            assert now == before[key] or key in touched or change.incidents  # whoever looks only there misses nothing


@settings(max_examples=100, deadline=None)
@given(st.lists(_WORDS, max_size=14), st.randoms(use_true_random=False))
def test_that_any_order_of_arrival_gives_every_desk_the_same_commander(words, random) -> None:  # type: ignore[no-untyped-def]
    words = [one for one in words if not isinstance(one.body, Retraction)]
    pictures = []
    for _ in range(2):
        picture = Picture()
        for report in words:
            picture.apply(Batch(epoch=1, reports=[report]))
        pictures.append([picture.commanding.standing(key) for key in (A, B, C)])
        words = [*words, *random.choices(words, k=2)] if words else words
        random.shuffle(words)
    assert pictures[0] == pictures[1]


_ASKED = st.one_of(
    st.builds(
        lambda agency, rev, quantity, cancelled: r.report(
            agency,
            ResourceRequest(
                id="r", at=r.at(rev), rev=rev, what="x", quantity=quantity, cancelled=cancelled, needed_by=r.at(50)
            ),
        ),
        _AGENCIES,
        _REVS,
        st.integers(1, 9),
        st.booleans(),
    ),
    st.builds(
        lambda agency, asker, rev, quantity, state, deleted: r.report(
            agency,
            Fill(id="r", requester=asker, at=r.at(rev), rev=rev, quantity=quantity, state=state, deleted=deleted),
        ),
        _AGENCIES,
        _AGENCIES,
        _REVS,
        st.integers(0, 9),
        st.sampled_from(("offered", "en_route", "delivered", "withdrawn")),
        st.booleans(),
    ),
    st.builds(lambda agency, second: _gone("fill", (agency, "r"), second), _AGENCIES, _REVS),
    st.builds(lambda agency, second: _gone("request", (agency, "r"), second), _AGENCIES, _REVS),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_ASKED, max_size=20), st.integers(0, 100))
def test_that_requests_kept_up_stand_as_read_anew(words: list[Report], now: int) -> None:
    picture = Picture()
    for report in words:
        picture.apply(Batch(epoch=1, reports=[report]))
        for key, known in picture.requests.items():
            fills = [(one.agency, one.body) for one in picture.fills.values() if isinstance(one.body, Fill)]
            assert picture.asking.standing(known, r.at(now)) == standing(key[0], request_of(known), fills, r.at(now))


def test_that_nothing_is_read_anew_where_no_word_came() -> None:
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[_command("a", A, 1, True, "", ""), _command("b", B, 1, True, "", "")]))
    kept = picture.commanding.standing(B)
    picture.apply(Batch(epoch=1, reports=[_command("a", A, 2, True, "b", "offer")]))
    assert picture.commanding.standing(B) is kept
    assert picture.commanding.touched(Change(commands={("a", command_id(*A))})) == {A}
    assert picture.commanding.incidents() == [A, B]
