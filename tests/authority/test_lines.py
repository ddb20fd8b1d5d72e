"""On which line of a file each value stands, whatever the file looks like."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.authority.lines import Lines

_FILE = '''\
id = "a"
# [[clauses]] in a comment, and x = 1
title = """two
lines with "quotes" and [[clauses]]
"""
"odd key" . 'x.y' = 1
parties = [
  "one",  # with a comment
  "two",
  { a = 1, b = [2,
    3], c.d = 4 },
]
[[clauses]]
number = "1"
times = { days = ["mon"] }
[clauses.when]
zone_active = \'\'\'it's\'\'\'
[[clauses]]
number = '2'
  [[clauses.deeper]]
  x = 1979-05-27T07:32:00Z
[other]
y = 1.5
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 1),
        (("title",), 3),
        (("odd key", "x.y"), 6),
        (("parties",), 7),
        (("parties", 0), 8),
        (("parties", 1), 9),
        (("parties", 2), 10),
        (("parties", 2, "b", 1), 11),
        (("parties", 2, "c", "d"), 11),
        (("clauses",), 13),
        (("clauses", 0), 13),
        (("clauses", 0, "times", "days", 0), 15),
        (("clauses", 0, "when"), 16),
        (("clauses", 0, "when", "zone_active"), 17),
        (("clauses", 1), 18),
        (("clauses", 1, "number"), 19),
        (("clauses", 1, "deeper", 0, "x"), 21),
        (("other", "y"), 23),
        (("clauses", 1, "leads"), 18),  # is not there: where it would stand
        (("nowhere", 4), 1),
    ],
)
def test_that_a_value_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(_FILE)
    assert Lines(_FILE).line(path) == line


def test_that_texts_and_the_entry_of_a_line_are_known() -> None:
    lines = Lines(_FILE)
    assert lines.text(("clauses", 1, "number")) == "2"
    assert lines.text(("clauses", 0, "when", "zone_active")) == "it's"
    assert [lines.entry_at("clauses", line) for line in (12, 13, 17, 19, 21, 23)] == [None, 0, 0, 1, 1, None]


@given(st.text(alphabet='[]{}",=.#\'\\ \nab1"', max_size=120))
def test_that_no_text_stops_it(text: str) -> None:
    lines = Lines(text)
    assert 1 <= lines.line(("a",)) <= text.count("\n") + 1
    lines.entry_at("a", 3)


_VALUES: Any = st.recursive(
    st.one_of(st.integers(-5, 5), st.booleans(), st.text(alphabet="a\"'\n#[]{}=,.", max_size=6)),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, list):
        return "[\n" + "".join(f"{_written(one)},\n" for one in value) + "]"
    return str(value)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), _VALUES), max_size=6, unique_by=lambda pair: pair[0]))
def test_that_every_key_of_a_valid_file_is_on_the_line_on_which_it_was_written(pairs: list[tuple[str, Any]]) -> None:
    text, expected = "", {}
    for key, value in pairs:
        expected[key] = text.count("\n") + 1
        text += f"{key} = {_written(value)}\n"
    assert set(tomllib.loads(text)) == set(expected)
    lines = Lines(text)
    assert {key: lines.line((key,)) for key in expected} == expected
