"""`cop journal`, as people run it; that it starts as a process is shown in tests/end_to_end."""

import csv
import io
import json
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cop.journal.journal import Journal
from cop.journal.keys import make_key
from cop.journal.record import GAP, SNAPSHOT, STARTED, Record, Way
from cop.journal_commands import journal as command

_AT = 1_795_000_000.0  # 2026-11-18T11:06:40Z


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    make_key(tmp_path / "desk.pem")
    now = [_AT]
    written = Journal(
        tmp_path / "journal",
        "Steel Rail",
        desk="east desk",
        key_file=str(tmp_path / "desk.pem"),
        clock=lambda: now[0],
        steady=lambda: now[0],
    )
    bus = written.source("bus", "cats-transit", "hfp")
    own = written.source("this desk", "charlotte-fire", "cop-json")
    written.note(STARTED, b'{"version": "1.0", "feeds": []}')
    written.commit()
    for n in range(120):
        now[0] += 1.0
        written.append([Record(now[0], bus, Way.HEARD, f"t/{n % 7}", b"=1+%d" % n, now[0] - 1, "position", 2)])
        if n == 60:
            written.append([Record(now[0], own, Way.SAID, "t/x", b'{"a": 1.50}', kind="incident")])
            written.note(SNAPSHOT, b"\xff" * 40)
        written.commit()
    written.note(GAP, json.dumps({"begin": _AT, "end": _AT + 1, "why": "a \x1b[31mdisk"}).encode())
    written.close()
    yield tmp_path / "journal"


def test_that_a_whole_journal_is_said_to_be_whole_and_who_signed_it(folder: Path) -> None:
    ended = _run("verify", folder)
    assert ended.exit_code == 0
    assert ended.stdout.startswith("WHOLE: 124 records in 1 file\n")
    assert "it stands in the file" in ended.stdout
    assert "compare its fingerprint" in ended.stdout
    ended = _run("verify", folder, "--key", folder.parent / "desk.pem", "--json")
    told = json.loads(ended.stdout)
    assert (told["whole"], told["records"], told["head"]["number"]) == (True, 124, 124)
    assert [(one["given"], one["number"]) for one in told["signed"]] == [(True, 124)]


def test_that_the_first_altered_record_is_named_and_the_exit_code_is_1(folder: Path) -> None:
    (file,) = folder.glob("*.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE note SET payload = ? WHERE number = 1", (b"{}",))
    ended = _run("verify", file)
    assert ended.exit_code == 1
    assert "NOT WHOLE" in ended.stdout
    assert "first: record 1, received 2026-11-18T11:06:40.000000Z, note 'started': the index of notes" in ended.stdout


@pytest.mark.parametrize("command_name", ["verify", "info", "export"])
def test_that_what_cannot_be_read_ends_with_code_2(command_name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite").write_text("not a database" * 100)
    for where in (tmp_path / "notes.sqlite", tmp_path, tmp_path / "nothing"):
        ended = _run(command_name, where)
        assert ended.exit_code == 2
        assert ended.stdout == ""
        assert ended.stderr.startswith("Error: ")
    assert _run("verify", tmp_path, "--key", tmp_path / "notes.sqlite").exit_code == 2


def test_that_one_of_several_operations_in_a_folder_must_be_named(folder: Path) -> None:
    other = Journal(folder, "Another one", desk="east desk")
    other.append([Record(_AT, other.source("f", "a", "x"), Way.HEARD, "t", b"x")])
    other.close()
    ended = _run("info", folder)
    assert ended.exit_code == 2
    assert "name one: 'Another one', 'Steel Rail'" in ended.stderr
    assert json.loads(_run("info", folder, "--operation", "Steel Rail", "--json").stdout)["records"] == 124


def test_that_info_tells_counts_size_notes_signatures_and_the_head(folder: Path) -> None:
    told = json.loads(_run("info", folder, "--json").stdout)
    assert (told["operation"], told["desk"], told["records"]) == ("Steel Rail", "east desk", 124)
    assert told["bytes"] == sum(one.stat().st_size for one in folder.glob("*.sqlite"))
    assert [(one["agency"], one["kind"], one["records"], one["said"]) for one in told["counts"]] == [
        ("", "gap", 1, 0),
        ("", "snapshot", 1, 0),
        ("", "started", 1, 0),
        ("cats-transit", "position", 120, 0),
        ("charlotte-fire", "incident", 1, 1),
    ]
    assert [one["kind"] for one in told["notes"]] == ["started", "gap"]
    assert told["signed"]["number"] == 124
    assert len(told["head"]["digest"]) == 64
    shown = _run("info", folder).stdout
    assert "cats-transit" in shown
    assert "record 124: gap begin 2026-11-18T11:06:40.000000Z" in shown
    assert "\x1b" not in shown


def test_that_export_takes_out_what_is_asked_for_and_nothing_else(folder: Path) -> None:
    ended = _run("export", folder, "--from", "2026-11-18T11:07:40Z", "--to", "2026-11-18T11:07:42Z")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(one["number"], one["kind"]) for one in lines] == [
        (61, "position"),
        (62, "position"),
        (63, "incident"),
        (65, "position"),
    ]
    assert lines[2]["payload"] == {"a": 1.5}
    assert "4 records" in ended.stderr
    ended = _run("export", folder, "--agency", "charlotte-fire", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(ended.stdout))
    assert (row["way"], row["payload"]) == ("said", '{"a": 1.50}')
    out = folder / "out.csv"
    assert _run("export", folder, "--kind", "position", "--format", "csv", "--out", out).stdout == ""
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), rows[0]["payload"]) == (120, "'=1+0")


@pytest.mark.parametrize("times", [("--from", "noon"), ("--from", "2026-11-19T00:00", "--to", "2026-11-18T00:00")])
def test_that_a_stretch_that_is_none_is_refused(folder: Path, times: tuple[str, ...]) -> None:
    ended = _run("export", folder, *times)
    assert ended.exit_code == 2
    assert ended.stdout == ""


def test_that_what_could_not_be_taken_out_is_named_and_the_rest_is(folder: Path) -> None:
    (file,) = folder.glob("*.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE content SET packed = zeroblob(20) WHERE first = 1")
    ended = _run("export", folder, "--format", "csv")
    assert ended.exit_code == 1
    assert "not read: records 1–" in ended.stderr
    numbers = [int(row["number"]) for row in csv.DictReader(io.StringIO(ended.stdout))]
    assert numbers[-1] == 124
    assert numbers[0] > 1


def test_that_a_key_is_made_once_and_its_public_half_is_printed(tmp_path: Path) -> None:
    ended = _run("key", tmp_path / "desk.pem")
    assert ended.stdout.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert "Fingerprint (SHA-256): " in ended.stderr
    assert stat.S_IMODE((tmp_path / "desk.pem").stat().st_mode) == 0o600
    again = _run("key", tmp_path / "desk.pem")
    assert again.exit_code == 1
    assert "no key is overwritten" in again.stderr
    assert _run("key", tmp_path / "nowhere" / "desk.pem").exit_code == 1
