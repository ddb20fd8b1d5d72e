"""`cop forms`: from a record or a state, of a period, for whom; what cannot be is said in words."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cop.briefing.pdf_pages import sizes, text
from cop.briefing.state import state
from cop.cli import main
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.unit import Unit
from cop.feeds.message import Feed
from cop.replay.heard import moment_of as moment
from cop.replay.recall import Recall
from tests.replay.stage import NOON, OWN, Stage

FEEDS = (Feed(name="cop", format="cop-json", topic="cop/v1/#"),)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten hours: over two operational periods (18:00 UTC) an incident, and a line in the log of each."""
    folder = tmp_path_factory.mktemp("journal")
    stage = Stage(folder, FEEDS)
    stage.say(OWN, Unit(id="e1", at=moment(stage.now), callsign="Engine 1", kind="engine"))
    incident = Incident(id="i1", at=moment(stage.now), title="Fire <b>", type="fire", lat=35.2, lon=-80.8)
    stage.say(OWN, incident)
    stage.say(OWN, LogEntry(id="l1", at=moment(stage.now), text="Wind turns west", incident_agency=OWN, incident="i1"))
    stage.wait(9 * 3600.0)
    stage.say(OWN, LogEntry(id="l2", at=moment(stage.now), text="Fire is out", incident_agency=OWN, incident="i1"))
    stage.wait(3600.0)
    stage.stopped()
    return folder


def run(*arguments: object) -> Result:
    return CliRunner(env={"TZ": "UTC"}).invoke(main, ["forms", *map(str, arguments)])


def words_of(file: Path) -> str:
    return " ".join(" ".join(text(file.read_bytes())).split())


def test_that_a_period_that_is_over_is_told_as_it_was_at_its_end(journal: Path, tmp_path: Path) -> None:
    told = []
    for period in ("1", "2"):
        file = tmp_path / f"{period}.pdf"
        result = run("201", "--journal", journal, "--period", period, "-o", file)
        assert result.exit_code == 0, result.output
        assert "1 form" in result.output
        told.append(words_of(file))
    assert "Wind turns west" in told[0]
    assert "Fire is out" not in told[0]
    assert "Fire is out" in told[1]
    assert all("Fire <b>" in one and "REPLAY" in one and "Prepared by" in one for one in told)


def test_that_all_forms_are_one_document_with_all_its_pages_numbered(journal: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.pdf"
    result = run("--all", "--journal", journal, "--incident", f"{OWN}/i1", "--paper", "a4", "-o", file)
    assert result.exit_code == 0, result.output
    pages = sizes(file.read_bytes())
    assert pages[0] == pytest.approx((595.3, 841.9), abs=0.1)
    assert f"Page 2 of {len(pages)}" in " ".join(text(file.read_bytes())) or len(pages) > 12
    for name in ("201", "204", "213RR", "221"):
        assert f"(ICS {name})" in words_of(file)


def test_that_a_page_for_browsers_is_written_by_its_suffix_and_from_a_state_too(journal: Path, tmp_path: Path) -> None:
    recall = Recall(journal)
    document = tmp_path / "state.json"
    picture = recall.picture(NOON + 60)
    document.write_text(json.dumps(state(picture, moment(NOON + 60))))
    recall.close()
    file = tmp_path / "ics214.html"
    result = run("ICS 214", "--state", document, "--for", "gastonia-pd", "-o", file)
    assert result.exit_code == 0, result.output
    page = file.read_text(encoding="utf-8")
    assert "Wind turns west" in page
    assert "Fire is out" not in page
    assert "<b>" not in page


def test_that_the_forms_are_listed_with_what_they_can_be_about() -> None:
    result = run("--list")
    assert result.exit_code == 0
    assert "213RR" in result.output
    assert "--unit" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("201",), "say either --state FILE or --journal FILE"),
        (("--journal", "{journal}"), "say which FORM, or --all"),
        (("201", "--all", "--journal", "{journal}"), "say which FORM, or --all"),
        (("999", "--journal", "{journal}"), "there is no form '999'"),
        (("201", "--journal", "{journal}", "-o", "{folder}/x.docx"), "ends in .pdf or .html"),
        (("201", "--journal", "{journal}", "-o", "{folder}/none/x.pdf"), "No such file"),
        (("201", "--journal", "{journal}", "--period", "9"), "there is no operational period 9"),
        (("201", "--journal", "{journal}", "--incident", "i1"), "AGENCY/ID"),
        (("201", "--journal", "{journal}", "--incident", "nobody/i1"), "no incident"),
        (("201", "--journal", "{journal}", "--unit", f"{OWN}/e1"), "not of one unit"),
        (("201", "--journal", "{journal}", "--from", "yesterday"), "is no time"),
        (("214", "--journal", "{journal}", "--unit", "a/b", "--incident", "a/b"), "not of both"),
        (("201", "--journal", "{journal}", "--for", "*"), "no agency of that name is known here"),
        (("201", "--journal", "{journal}", "--for", OWN.upper()), f"is it {OWN!r}?"),
        (("201", "--state", "{folder}/state.json"), "this is no state of a desk"),
    ],
)
def test_that_what_cannot_be_is_said(journal: Path, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "state.json").write_text("[]")
    given = [one.replace("{journal}", str(journal)).replace("{folder}", str(tmp_path)) for one in arguments]
    if "-o" not in given:
        given += ["-o", str(tmp_path / "x.pdf")]
    result = run(*given)
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "x.pdf").exists()


def test_that_nothing_is_written_over_what_it_is_made_from(journal: Path, tmp_path: Path) -> None:
    document = tmp_path / "state.html"
    recall = Recall(journal)
    document.write_text(json.dumps(state(recall.picture(NOON + 60), moment(NOON + 60))))
    recall.close()
    (tmp_path / "same.html").symlink_to(document)
    kept = {one: one.read_bytes() for one in (document, *journal.iterdir())}
    record = next(one for one in journal.iterdir() if one.is_file())
    plain = CliRunner(env={"TZ": "UTC"})
    for output in (document, tmp_path / "same.html"):
        for command in (("forms", "201"), ("brief",), ("export", "--format", "geojson")):
            result = plain.invoke(main, [*command, "--state", str(document), "-o", str(output)])
            assert result.exit_code and "name another file" in result.output, command
    result = plain.invoke(main, ["export", "--format", "kml", "--journal", str(journal), "-o", str(record)])
    assert result.exit_code and "name another file" in result.output
    assert {one: one.read_bytes() for one in kept} == kept
