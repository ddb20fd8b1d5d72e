"""A review as page, as paper and by its command: what it says is what the figures say, and for whom."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from cop.briefing.occasion import Occasion
from cop.briefing.pdf_pages import text
from cop.briefing.review_charts import course, response_times, silences, svg, workload
from cop.briefing.review_leaving import Told, told_to
from cop.briefing.review_page import as_page
from cop.briefing.review_paper import as_paper
from cop.briefing.review_words import Sayer, findings
from cop.cli import main
from cop.domain.agreement import Agreements, ShareClause
from cop.exercise.review.figures import Review, Unseen
from cop.exercise.review.index import named_in
from tests.briefing.hostile import TEXTS, occasion_saying, said
from tests.exercise.review import busy
from tests.exercise.review.told import INCIDENT, OTHERS, THEIRS, Record, agreements_of, reviewed
from tests.replay.stage import OPERATOR, OWN

AT = datetime(2026, 11, 2, 13, tzinfo=UTC)
OCCASION = Occasion(operation="Rail", at=AT, made_at=AT, operator=OPERATOR, classification="FOR OFFICIAL USE ONLY")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("record")
    busy.write(made)
    return made


@pytest.fixture(scope="module")
def review(folder: Path) -> Review:
    return busy.review_of(folder)


def whole(review: Review) -> Told:
    return Told(review=review, reader=OWN, whole=True)


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(text(pdf)).split())


def test_that_page_and_paper_say_first_what_was_reached(review: Review) -> None:
    page = as_page(whole(review), OCCASION, zone=UTC).decode()
    paper = words_of(as_paper(whole(review), OCCASION, zone=UTC))
    assert page.index("What was reached</h2>") < page.index("How it went</h2>")
    assert "1 of 4 objectives met, 2 not met, 1 cannot be told" in paper
    for one in review.objectives:
        assert one.objective.text in page and one.objective.text in paper
    for words in ("FOR OFFICIAL USE ONLY", "Held for our own calls", "Aid §9"):
        assert words in page and words in paper


def test_that_every_record_that_is_named_is_one_of_the_figures(review: Review) -> None:
    page = as_page(whole(review), OCCASION, zone=UTC).decode()
    named = {int(number) for number in re.findall(r'href="#r(\d+)"', page)}
    listed = {int(number) for number in re.findall(r'id="r(\d+)"', page)}
    assert named and named <= listed == {one.record for one in review.index}


def test_that_times_and_durations_are_those_of_the_figures(review: Review) -> None:
    page = as_page(whole(review), OCCASION, zone=UTC).decode()
    one = next(each for each in review.responses if each.task.endswith("t-1"))
    assert (one.to_answer_s, one.late) == (130, True)
    assert "2 min 10 s" in page and "12:01:10" in page and "accepted, late" in page


def test_that_what_stood_out_begins_with_what_was_not_answered(review: Review) -> None:
    first = findings(review, Sayer(review, UTC))[0]
    assert "did not answer" in first.words and first.records


def test_that_charts_are_lines_and_words_and_run_nothing(review: Review) -> None:
    hostile = busy.saying(review, said(TEXTS["script that ends ours"]))
    for made in (review, hostile):
        say = Sayer(made, UTC)
        for draw in (course, workload, response_times, silences):
            drawing = draw(made, say, 600.0)
            assert drawing is not None
            assert svg(drawing).startswith("data:image/svg+xml;base64,")


def test_that_hostile_words_stop_no_paper(review: Review) -> None:
    for name in ("null", "signs", "direction", "long", "not characters"):
        hostile = busy.saying(review, said(TEXTS[name]))
        assert as_paper(whole(hostile), occasion_saying(TEXTS[name])).startswith(b"%PDF")


def test_that_a_page_of_nothing_is_a_page(tmp_path: Path) -> None:
    Record(tmp_path).end(1)
    empty = reviewed(tmp_path)
    page = as_page(whole(empty), OCCASION, zone=UTC).decode()
    assert "No objectives are set for this operation" in page and "Nobody was asked for anything" in page
    assert "No objectives are set" in words_of(as_paper(whole(empty), OCCASION))


def test_that_what_leaves_for_others_tells_no_message_and_no_draft_of_ours(review: Review) -> None:
    told = told_to(review, busy.CLAUSES, reader=OTHERS, own=OWN)
    page = as_page(told, OCCASION, zone=UTC).decode()
    assert "Roof is down" not in page and "Do t-4" not in page
    assert told.kept_back and all(words in page for words in told.kept_back)
    assert "Roof is down" in as_page(told_to(review, busy.CLAUSES, reader=THEIRS, own=OWN), OCCASION).decode()
    assert told_to(review, busy.CLAUSES, reader=OWN, own=OWN).whole


def test_that_no_conflict_tells_where_a_unit_is_that_its_reader_may_not_see(review: Review) -> None:
    (hot,) = [one for one in review.conflicts if one.kind == "in_hot_zone"]
    clause = ShareClause(number="1", says="None.", giver=OTHERS, to=("*",), positions="none")
    for agreements, is_told in ((busy.CLAUSES, True), (agreements_of(clause), False)):
        told = told_to(review, agreements, reader=THEIRS, own=OWN)
        for made in (as_page(told, OCCASION, zone=UTC).decode(), words_of(as_paper(told, OCCASION))):
            assert (hot.words.split(" without")[0] in " ".join(made.replace("&#34;", '"').split())) is is_told


def test_that_what_the_controller_did_by_hand_and_why_words_were_refused_stay_with_us(tmp_path: Path) -> None:
    record = Record(tmp_path)
    record.incident(10)
    record.ask(20)
    record.control(30, "wrote", 30.0, agency=THEIRS, words="letter-secret")
    record.control(40, "moved", 40.0, agency=THEIRS, words="Engine 2 to 35.2613, -81.1879")
    record.control(50, "fired", 50.0, inject="second-leak")
    record.end(60)
    review = reviewed(tmp_path)
    refused = Unseen(agency="", incident="", kind="refused", what="lat 35.2613: reason-secret", of="cad", records=(2,))
    review = msgspec.structs.replace(review, unseen=(*review.unseen, refused))
    secrets = ("letter-secret", "35.2613", "reason-secret")
    told = told_to(review, Agreements(), reader=OTHERS, own=OWN)
    for leaves, is_told in ((told, False), (whole(review), True)):
        figures = msgspec.json.encode(leaves.review).decode()
        page = as_page(leaves, OCCASION, zone=UTC).decode()
        assert [secret in made for secret in secrets for made in (figures, page)] == [is_told] * 6
    assert "second-leak" in as_page(told, OCCASION, zone=UTC).decode()
    named = named_in(told.review)
    assert {one.record for one in told.review.index} <= named
    assert {one.record for one in review.index} - named


def test_that_a_conflict_that_is_not_told_does_not_name_whose_unit_it_was(review: Review) -> None:
    (hot,) = [one for one in review.conflicts if one.kind == "in_hot_zone"]
    clause = ShareClause(number="1", says="None.", giver=OTHERS, to=("*",), positions="none")
    told = told_to(review, agreements_of(clause), reader=THEIRS, own=OWN).review
    lines = [one for one in told.timeline if one.kind == "conflict" and one.at == hot.begins.at]
    assert lines and not any(one.agency for one in lines)


def run(*arguments: object) -> Result:
    return CliRunner(env={"TZ": "UTC"}).invoke(main, ["review", *map(str, arguments)])


def test_that_the_command_writes_page_paper_and_figures(folder: Path, tmp_path: Path) -> None:
    goals = tmp_path / "goals.toml"
    lines = ('id = "a"', 'text = "Someone there"', 'measure = "on_scene"', "within_s = 600", f'incident = "{INCIDENT}"')
    goals.write_text("\n".join(("[[objectives]]", *lines)))
    for name in ("review.html", "review.pdf", "review.json"):
        file = tmp_path / name
        result = run(folder, "-o", file, "--for", OWN, "--objectives", goals, "--progress")
        assert result.exit_code == 0, result.output
        assert "100 %" in result.output and file.stat().st_size > 1000
    figures = json.loads((tmp_path / "review.json").read_text())
    assert [one["met"] for one in figures["objectives"]] == [True]
    assert "Someone there" in words_of((tmp_path / "review.pdf").read_bytes())


def test_that_the_command_reviews_a_part(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "-o", tmp_path / "r.json", "--from", "2026-11-02T12:08:00Z", "--to", "2026-11-02T12:10:00Z")
    assert result.exit_code == 0, result.output
    figures = json.loads((tmp_path / "r.json").read_text())
    assert [one["task"] for one in figures["responses"]] == ["charlotte-fire/t-3"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-o", "r.txt"), "the output ends in"),
        (("-o", "r.html", "--exercise", "no-such"), "no exercise 'no-such'"),
        (("-o", "r.html", "--from", "yesterday"), "is no time"),
        (("-o", "no/such/r.html"), "could not be written"),
    ],
)
def test_that_what_cannot_be_is_said_in_words(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    placed = [str(tmp_path / one) if one.startswith(("r.", "no/")) else one for one in arguments]
    result = run(folder, *placed)
    assert result.exit_code != 0 and words in result.output and "Traceback" not in result.output


def test_that_a_folder_without_a_record_is_said(tmp_path: Path) -> None:
    result = run(tmp_path, "-o", tmp_path / "r.html")
    assert result.exit_code == 1 and "there is no journal" in result.output
