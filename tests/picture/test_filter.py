"""What a filter hides, and what it never does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agency import Agency
from cop.domain.batch import Batch
from cop.domain.unit import Unit
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES
from cop.picture.filter import Filter, counted, discipline_of, filter_of
from cop.picture.picture import Picture
from tests import reports as r

WORDS = {
    "agencies": ("pd", "fd", "other"),
    "disciplines": ("law", "fire", "ems", "transport", "other"),
    "statuses": tuple(UNIT_STATUSES),
    "kinds": tuple(UNIT_KINDS),
}


def picture_of(*units: tuple[str, str, str]) -> Picture:
    """Units of (agency, kind, status)."""
    picture = Picture()
    picture.apply(Batch(reports=[r.report("fd", Agency(id="fd", at=r.at(0), name="FD", disciplines=("fire",)))]))
    bodies = [
        r.report(agency, Unit(id=f"u{number}", at=r.at(0), kind=kind, status=status))
        for number, (agency, kind, status) in enumerate(units)
    ]
    picture.apply(Batch(reports=bodies))
    return picture


def test_that_each_word_hides_the_units_that_wear_it() -> None:
    picture = picture_of(("pd", "patrol", "available"), ("fd", "engine", "busy"), ("fd", "bus", "available"))
    hides = {
        Filter(): [],
        Filter(agencies=frozenset({"fd"})): [1, 2],
        Filter(statuses=frozenset({"available"})): [0, 2],
        Filter(kinds=frozenset({"engine"})): [1],
        Filter(disciplines=frozenset({"law"})): [0],
        Filter(agencies=frozenset({"pd"}), kinds=frozenset({"bus"})): [0, 2],
    }
    for chosen, rows in hides.items():
        assert np.flatnonzero(chosen.hidden(picture)).tolist() == rows


def test_that_a_unit_whose_kind_says_no_discipline_has_that_of_its_agency() -> None:
    picture = picture_of(("fd", "drone", "available"), ("pd", "drone", "available"))
    assert discipline_of(picture, "fd", "drone") == "fire"
    assert discipline_of(picture, "pd", "drone") == "other"
    assert Filter(disciplines=frozenset({"fire"})).hidden(picture).tolist() == [True, False]


def test_that_a_call_for_help_is_never_hidden() -> None:
    picture = picture_of(("fd", "engine", "emergency"))
    everything = Filter(**{name: frozenset(words) for name, words in WORDS.items()})
    assert not everything.hidden(picture).any()


def test_that_units_are_counted_by_each_word_that_can_hide_them() -> None:
    counts = counted(picture_of(("pd", "patrol", "available"), ("fd", "engine", "busy"), ("fd", "drone", "available")))
    assert counts["agencies"] == {"fd": 2, "pd": 1}
    assert counts["disciplines"] == {"fire": 2, "law": 1}
    assert counts["statuses"] == {"available": 2, "busy": 1}
    assert counts["kinds"] == {"patrol": 1, "engine": 1, "drone": 1}
    assert not any(counted(Picture()).values())


def test_that_an_empty_picture_can_be_filtered() -> None:
    assert Filter(agencies=frozenset({"pd"}), disciplines=frozenset({"law"})).hidden(Picture()).shape == (0,)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(WORDS["agencies"]), st.sampled_from(WORDS["kinds"]), st.sampled_from(WORDS["statuses"])
        ),
        min_size=1,
        max_size=20,
    ),
    st.fixed_dictionaries({name: st.frozensets(st.sampled_from(words)) for name, words in WORDS.items()}),
)
def test_that_the_mask_says_of_each_unit_what_its_words_say(
    units: list[tuple[str, str, str]], hidden: dict[str, frozenset[str]]
) -> None:
    picture = picture_of(*units)
    mask = Filter(**hidden).hidden(picture)
    for row, (agency, kind, status) in enumerate(units):
        wanted = status != "emergency" and (
            agency in hidden["agencies"]
            or kind in hidden["kinds"]
            or status in hidden["statuses"]
            or discipline_of(picture, agency, kind) in hidden["disciplines"]
        )
        assert mask[row] == wanted
    some = np.arange(len(units))[::2]
    assert (Filter(**hidden).hidden(picture, some) == mask[some]).all()


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(list(WORDS)), st.lists(st.text(max_size=4)) | st.none()))
def test_that_settings_of_any_shape_are_a_filter(state: dict[str, object]) -> None:
    assert isinstance(filter_of(state), Filter)


def test_that_a_filter_comes_back_from_the_settings() -> None:
    assert filter_of({"agencies": ["pd"], "kinds": ["bus"]}) == Filter(
        agencies=frozenset({"pd"}), kinds=frozenset({"bus"})
    )
