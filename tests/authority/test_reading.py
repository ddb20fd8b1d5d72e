"""Agreement files: what is read of them, and that every fault is told by file, line and clause and stops nobody."""

import itertools
import random
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.authority.areas import Atlas
from cop.authority.reading import load_agreements, read_text
from cop.config import RESOURCES
from cop.domain.agreement import AidClause, LeadClause
from tests.authority.paper import AID, HEAD, LEAD, ground, read, region, said


def test_that_an_agreement_is_read_with_all_that_its_clauses_say() -> None:
    times = 'times = { days = ["fri", "sat"], begins = "20:00", ends = "24:00", zone = "America/New_York" }'
    file = read(HEAD + LEAD + times + "\nwhen = { priority_at_least = 2 }\n" + AID)
    assert file.problems == ()
    lead, aid = (term.clause for term in file.terms)
    assert isinstance(lead, LeadClause)
    assert isinstance(aid, AidClause)
    assert (lead.leads, lead.when.priority_at_least, lead.precedence) == ("city-fire", 2, 100)
    assert (lead.times.days, lead.times.begins, lead.times.ends) == (("fri", "sat"), time(20), time(0))
    assert (aid.giver, aid.takers, aid.kinds, aid.mode) == ("west-fire", ("city-fire",), ("engine",), "request")
    assert file.terms[0].agreement.in_force_until == date(2027, 12, 31)
    assert file.terms[0].words == "Hazmat MOU §3.1"
    assert file.terms[0].ground is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD.replace("parties", "partys") + LEAD, 'mou.toml:3: "partys" is no key that can stand here; did you mean'),
        (HEAD.replace("parties", "partys") + LEAD, "mou.toml:1: parties is missing"),
        (HEAD + LEAD + "kinds = []\n", 'mou.toml:14: §3.1: "kinds" is no key that can stand here'),
        (HEAD + LEAD.replace('"hazmat"', "3"), "mou.toml:12: §3.1: types, entry 1, is 3; it must be text in quotes"),
        (HEAD + LEAD.replace('["hazmat"]', '"hazmat"'), 'mou.toml:12: §3.1: types is "hazmat"; it must be a list'),
        (HEAD + LEAD.replace('"3.1"', "3.1"), "mou.toml:9: number is 3.1; it must be text in quotes"),
        (HEAD + LEAD.replace('lead"', 'leed"'), 'mou.toml:10: §3.1: kind is "leed"; a clause is one of lead, aid,'),
        (HEAD + LEAD + "precedence = 0\n", "mou.toml:14: §3.1: precedence must be at least 1"),
        (HEAD + LEAD + "precedence = true\n", "mou.toml:14: §3.1: precedence is true; it must be a whole number"),
        (HEAD + LEAD.replace('"The city leads."', '""'), "mou.toml:11: §3.1: says is empty"),
        (HEAD + LEAD.replace("The city", "x" * 10_001), "mou.toml:11: §3.1: says has more than 10,000 characters"),
        (
            HEAD + LEAD.replace("leads =", "unified =").replace('"city-fire"\n', '["city-fire"]\n'),
            "two agencies or more",
        ),
        (HEAD + LEAD + 'closest_of = ["air", "city-fire"]\n', "leads and closest_of are said"),
        (HEAD + LEAD.replace('leads = "city-fire"\n', ""), "mou.toml:10: §3.1: who leads is said by one of leads,"),
        (
            HEAD + LEAD.replace("city-fire", "city-fir"),
            '"city-fir" is not a party to this agreement; did you mean "city-',
        ),
        (HEAD + LEAD.replace('"city-fire"', '"*"'), "all cannot lead"),
        (HEAD + AID.replace('"west-fire"', '"state"'), 'mou.toml:12: §4: giver: "state" is not a party'),
        (HEAD + AID.replace('["city-fire"]', '["state"]'), 'mou.toml:13: §4: takers: "state" is not a party'),
        (HEAD + AID.replace('["city-fire"]', "[]"), "mou.toml:13: §4: takers is empty"),
        (HEAD + AID.replace('"4"', '"4/1"'), "mou.toml:9: §4/1: nobody could pause or withdraw it"),
        (HEAD + AID.replace('"4"', f'"{"4" * 130}"'), "nobody could pause or withdraw it"),
        (HEAD + AID + "quantity = 0\n", "mou.toml:15: §4: quantity must be at least 1"),
        (HEAD + AID + 'mode = "maybe"\n', 'mode "maybe" is none of the words that can stand here: direct or request'),
        (HEAD + AID + "answer_within_min = inf\n", "answer_within_min must be at most 1,440"),
        (HEAD + LEAD + LEAD, "mou.toml:16: §3.1: there is another §3.1 in line 9"),
        (HEAD + LEAD + 'times = { zone = "Mars/Base" }\n', 'there is no time zone "Mars/Base"'),
        (HEAD + LEAD + 'times = { begins = "25:00" }\n', 'begins "25:00:00" is no hour of the day'),
        (HEAD + LEAD + 'times = { begins = "07:00:00Z" }\n', "begins is an hour of the wall clock"),
        (HEAD + LEAD + 'times = "always"\n', 'times is "always"; it must be a table of keys'),
        (HEAD + LEAD + "when = { priority_at_least = 6 }\n", "priority_at_least must be at most 5"),
        (HEAD.replace("America/New_York", "../../etc/passwd") + LEAD, "mou.toml:6: there is no time zone"),
        (HEAD.replace("2027-12-31", "2025-12-31") + LEAD, "mou.toml:5: it ends on 2025-12-31, before it begins"),
        (
            HEAD.replace("2027-12-31", "2027-12-31T10:00:00") + LEAD,
            "mou.toml:5: in_force_until is 2027-12-31 10:00:00;",
        ),
        (HEAD.replace("2027-12-31", '"2027"') + LEAD, 'in_force_until "2027" is no day: write it as 2027-12-31'),
        (HEAD.replace("2027-12-31", "2027-13-31") + LEAD, "mou.toml:5: "),
        (HEAD.replace('"mou"', '"m o u"') + LEAD, 'mou.toml:1: id "m o u" is no id'),
        (HEAD, "an agreement without clauses says nothing"),
        (HEAD + "clauses = 3\n", "clauses is 3; each of its entries begins with [[clauses]]"),
        (HEAD + "clauses = [3]\n", "an entry is 3; it must be a table"),
        (HEAD + LEAD + 'leads = "x"\n', "mou.toml:14: §3.1: this key was said before"),
        (HEAD + LEAD + "precedence = ten\n", "mou.toml:14: §3.1: no value: text stands in quotes"),
        (HEAD + LEAD.replace('leads."', "leads."), "mou.toml:11: §3.1: a text has no quote at the end of its line"),
        (HEAD + LEAD + "x\n", "mou.toml:14: §3.1: after the key there is no '='"),
        (HEAD + LEAD + "types2 = [\n", "mou.toml:14: §3.1: the file ends where a value should stand; a list has no ]"),
        (HEAD + LEAD + 'says2 = "\x01"\n', "a character stands here that no text may hold"),
        (HEAD + '[[signatories]]\nparty = "moon"\nname = "M"\n' + LEAD, 'mou.toml:8: "moon" is not a party'),
        (HEAD + LEAD.replace("hazmat", "hazmatt"), 'no incident type "hazmatt"; did you mean "hazmat"?'),
        (HEAD + AID.replace('engine"', 'engin"'), 'no kind of unit "engin"; did you mean "engine"?'),
        ("[[areas]]\n" + HEAD + LEAD, 'mou.toml:4: "parties" is no key that can stand here; it stands above the first'),
    ],
)
def test_that_a_fault_is_told_by_file_line_and_clause(text: str, expected: str) -> None:
    told = said(read(text))
    assert any(expected in one for one in told), told
    assert all(one.startswith("mou.toml:") for one in told)


def test_that_all_faults_of_a_file_are_told_at_once() -> None:
    text = HEAD + LEAD + "precedence = 0\nfoo = 1\n" + LEAD.replace("city-fire", "moon").replace("3.1", "3.2")
    told = said(read(text + AID + 'area = "nowhere"\n'))
    assert [one.split(":")[1] for one in told] == ["14", "15", "22", "31"]


def test_that_a_clause_is_named_by_its_number_even_where_the_file_breaks_off() -> None:
    (told,) = said(read(HEAD + LEAD + AID + 'mode = "direct'))
    assert told.startswith("mou.toml:22: §4: a text has no quote at its end")


def test_that_an_agreement_with_a_fault_is_not_applied_in_part(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(HEAD + LEAD + AID + "quantity = 0\n")
    (tmp_path / "good.toml").write_text(HEAD.replace('"mou"', '"other"') + AID)
    agreements, problems = load_agreements([tmp_path], ground())
    assert [term.key for term in agreements.terms] == [("other", "4")]
    assert [one.line for one in problems] == [22]
    assert problems[0].refused


def test_that_words_no_table_has_are_told_and_the_agreement_is_applied(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + LEAD.replace("hazmat", "gas_leak"))
    agreements, problems = load_agreements([tmp_path], ground())
    assert len(agreements.terms) == 1
    assert [one.refused for one in problems] == [False]


def test_that_of_two_files_of_one_agreement_neither_is_applied(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + LEAD)
    (tmp_path / "b.toml").write_text(HEAD + AID)
    agreements, problems = load_agreements([tmp_path], ground())
    assert not agreements.terms
    assert agreements.incomplete
    assert [Path(one.file).name for one in problems] == ["a.toml", "b.toml"]
    assert "b.toml" in problems[0].words


def test_that_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + LEAD)
    agreements, problems = load_agreements([tmp_path, tmp_path / "a.toml", tmp_path], ground())
    assert (len(agreements.terms), problems) == (1, [])


def test_that_what_is_not_there_or_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + LEAD)
    (tmp_path / "binary.toml").write_bytes(b"id = \xff\xfe\x00")
    (tmp_path / "huge.toml").write_bytes(b"# " + b"x" * 1_100_000)
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "empty.toml").write_bytes(b"")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5000)
    (tmp_path / "dots.toml").write_text(".".join("a" * 3000) + " = 1")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "readme.md").write_text("nothing of ours")
    agreements, problems = load_agreements([tmp_path, tmp_path / "nowhere"], ground())
    assert len(agreements.terms) == 1
    told = {Path(one.file).name for one in problems}
    assert told == {f"{name}.toml" for name in ("binary", "huge", "folder", "empty", "deep", "dots", "loop")} | {
        "nowhere"
    }


def test_that_hostile_text_is_shown_on_one_line_and_not_too_long() -> None:
    title = "x\\u001b[31m\\u202e" + "y" * 500
    file = read(HEAD.replace('"mou"', f'"{title}"').replace("zone = ", f'"{title}" = ') + LEAD)
    assert file.problems
    for one in said(file):
        assert one.isprintable()
        assert len(one) < 400


def test_that_a_byte_order_mark_and_other_line_ends_are_no_fault() -> None:
    content = b"\xef\xbb\xbf" + (HEAD + LEAD).replace("\n", "\r\n").encode()
    file = read_text(content, "mou.toml", Atlas(ground()))
    assert file.problems == ()
    assert len(file.terms) == 1


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_that_no_bytes_raise(content: bytes) -> None:
    file = read_text(content, "mou.toml", Atlas(ground()))
    assert file.terms == ()
    assert file.problems
    assert all(one.file == "mou.toml" for one in file.problems)


_REAL = (RESOURCES / "agreements" / "regional-hazmat-mou.toml").read_text(encoding="utf-8")


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_that_a_real_file_with_anything_changed_is_read_or_told(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(_REAL)))
    gone = data.draw(st.integers(0, 40))
    new = data.draw(
        st.one_of(st.text(max_size=8), st.sampled_from(['"', "[", "]]", "= 3", "\n[[clauses]]\n", "{", "-1"]))
    )
    text = _REAL[:at] + new + _REAL[at + gone :]
    file = read_text(text.encode("utf-8", "surrogatepass"), "mou.toml", Atlas(ground()))
    assert bool(file.terms) != any(one.refused for one in file.problems)
    count = text.count("\n") + 1
    assert all(0 <= one.line <= count and one.words for one in file.problems)


_JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=4,
)


@given(st.sampled_from(["leads", "types", "area", "times", "when", "precedence", "number", "says", "unified"]), _JUNK)
@settings(max_examples=150, deadline=None)
def test_that_a_value_of_any_other_type_is_told_and_never_raises(key: str, value: object) -> None:
    from cop.authority.forms import agreement_of  # the table as `tomllib` would give it

    clause = {"number": "1", "kind": "lead", "says": "x", "leads": "a", key: value}
    table = {"id": "a", "title": "t", "parties": ["a"], "in_force_from": date(2026, 1, 1), "clauses": [clause]}
    told: list[str] = []
    form = agreement_of(table, lambda path, words: told.append(f"{path} {words}"))
    assert form is not None
    assert form.whole != bool(told)


def test_that_the_order_of_files_and_of_clauses_changes_nothing(tmp_path: Path) -> None:
    clauses = [LEAD, AID, LEAD.replace("3.1", "3.2").replace("city-fire", "air") + 'area = "port"\n']
    seen = set()
    for number, order in enumerate(itertools.permutations(range(3))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "z.toml").write_text(HEAD + "".join(clauses[index] for index in order))
        names = [f"{letter}.toml" for letter in "abc"]
        random.Random(number).shuffle(names)
        for index, name in enumerate(names):
            (folder / name).write_text(HEAD.replace('"mou"', f'"m{index}"') + AID)
        paths = sorted(folder.glob("*.toml"), reverse=bool(number % 2))
        agreements, problems = load_agreements(paths, ground())
        assert problems == []
        seen.add(tuple((*term.key, term.ground_words, term.clause.says) for term in agreements.terms))
    assert len(seen) == 1


def test_that_a_road_and_a_zone_file_are_found_beside_the_agreement(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HEAD + LEAD + 'area = { along_road = "i-85", within_m = 100 }\n')
    agreements, problems = load_agreements([tmp_path], ground(), region(tmp_path))
    assert problems == []
    assert agreements.terms[0].ground_words == "I-85 and 100 m around it"


def test_that_agreements_of_which_one_cannot_be_applied_are_known_to_be_incomplete(tmp_path: Path) -> None:
    (tmp_path / "torn.toml").write_text('id = "torn"\nclauses = [', encoding="utf-8")
    agreements, problems = load_agreements([tmp_path], ground())
    assert problems
    assert agreements.incomplete
    assert agreements.shares.incomplete
    assert not load_agreements([], ground())[0].incomplete
