"""Whose desk a journal is and where to begin in it, as `cop replay` reads it, whoever made the file."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cop.config import ConfigError
from cop.domain.desk import Operator
from cop.journal.journal import Journal
from cop.journal.record import STARTED
from cop.review import Review, _desk_of

NOON = 1_793_620_800.0
OPERATOR = Operator(agency="charlotte-fire", role="commander", name="A. Rivera", desk="desk-1")


def record(folder: Path, operation: str = "Rail", **said: Any) -> Path:
    """A journal of ten seconds whose start says this."""
    now = [NOON]
    journal = Journal(folder, operation, clock=lambda: now[0], steady=lambda: now[0])
    payload = said.pop("payload", None)
    journal.note(STARTED, payload or msgspec.json.encode({"operator": OPERATOR, "root": "cop/v1", **said}))
    now[0] += 10.0
    journal.note("mark", b"{}")
    journal.close()
    return folder


def test_that_the_record_says_whose_desk_it_is_and_it_begins_at_its_end(tmp_path: Path) -> None:
    desk = _desk_of(Review(journal=record(tmp_path)))
    assert (desk.operator, desk.root, desk.operation, desk.begin, desk.pace) == (
        OPERATOR,
        "cop/v1",
        "Rail",
        NOON + 10,
        1.0,
    )


@pytest.mark.parametrize(
    ("at", "begin"), [("2026-11-02T12:00:04Z", 4.0), ("12:00:04Z", 4.0), ("2026-11-02T12:00:06.5+00:00", 6.5)]
)
def test_that_it_begins_at_the_time_that_was_named(tmp_path: Path, at: str, begin: float) -> None:
    assert _desk_of(Review(journal=record(tmp_path), at=at)).begin == NOON + begin


def test_that_what_is_no_time_is_refused_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="yesterday"):
        _desk_of(Review(journal=record(tmp_path), at="yesterday-ish"))


def test_that_of_a_folder_with_two_operations_one_must_be_named(tmp_path: Path) -> None:
    record(tmp_path)
    record(tmp_path, "Flood", pace=5.0)
    with pytest.raises(ConfigError, match="several operations, name one: 'Flood', 'Rail'"):
        _desk_of(Review(journal=tmp_path))
    assert _desk_of(Review(journal=tmp_path, operation="Flood")).operation == "Flood"
    with pytest.raises(ConfigError, match="Quake"):
        _desk_of(Review(journal=tmp_path, operation="Quake"))


def test_that_what_is_no_journal_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("groceries")
    for path in (tmp_path, tmp_path / "notes.txt", tmp_path / "nothing"):
        with pytest.raises(ConfigError) as refused:
            _desk_of(Review(journal=path))
        assert "\n" not in str(refused.value)
    journal = Journal(tmp_path / "silent", "Rail")
    journal.note("mark", b"{}")
    journal.close()
    with pytest.raises(ConfigError, match="does not say whose desk it is"):
        _desk_of(Review(journal=tmp_path / "silent"))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b'{"operator": []}',
        b'{"operator": {"agency": "a"}}',
        b'{"operator": {"agency": 7, "role": "commander", "name": "x", "desk": ""}, "root": "cop/v1"}',
        b'{"operator": {"agency": "a", "role": "king", "name": "x", "desk": ""}, "root": "cop/v1"}',
        b'{"operator": {"agency": "a", "role": "commander", "name": "x", "desk": ""}, "root": ["cop"]}',
        b'{"operator": {"agency": "a", "role": "commander", "name": "x", "desk": ""}}',
        b'{"operator": {"agency": "a", "role": "commander", "name": "x", "desk": ""}, "root": "%s"}' % (b"r" * 9_999),
        b'{"operator": {"agency": "a", "role": "commander", "name": "x"}, "root": "cop/v1", "pace": "fast"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_that_a_start_that_anybody_may_have_written_is_refused_in_a_line(tmp_path: Path, payload: bytes) -> None:
    with pytest.raises(ConfigError) as refused:
        _desk_of(Review(journal=record(tmp_path, payload=payload or b" ")))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("said", "pace"), [(20.0, 20.0), (0.1, 1.0), (1e300, 100.0), (-4, 1.0)])
def test_that_an_exercise_that_was_played_faster_has_faster_units_in_review_too(
    tmp_path: Path, said: float, pace: float
) -> None:
    assert _desk_of(Review(journal=record(tmp_path, pace=said))).pace == pace
