"""An action that `put` returned for is on disk."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cop.feeds.outbox import Outbox
from tests.reports import incident

_ROOT = "cop/v1"


def test_that_an_action_survives_a_kill_right_after_put_returned(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, time\nfrom cop.feeds.outbox import Outbox\nfrom tests.reports import incident\n"
        "box = Outbox(pathlib.Path(sys.argv[1]), 'charlotte-fire', 'cop/v1')\n"
        "box.put(incident('i1', title='Derailment')); print('on disk', flush=True); time.sleep(60)\n"
    )
    path = tmp_path / "outbox.sqlite"
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "on disk\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    box = Outbox(path, "charlotte-fire", _ROOT)
    assert [entry.topic for entry in box.pending()] == ["cop/v1/charlotte-fire/incident/i1"]
    assert [getattr(body, "title", "") for body in box.pending_bodies()] == ["Derailment"]
    box.close()


def test_that_actions_leave_in_order_and_only_once_settled(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "outbox.sqlite", "charlotte-fire", _ROOT)
    for rev in (1, 2, 3):
        box.put(incident("i1", rev=rev))
    first, second, third = box.pending()
    assert first.seq < second.seq < third.seq
    assert (first.qos, first.retain) == (1, True)
    box.settle(first.seq, "sent")
    box.settle(second.seq, "refused", "not authorised")
    assert [entry.seq for entry in box.pending()] == [third.seq]
    assert box.pending(after=third.seq) == []
    box.close()


def test_that_an_exercises_actions_are_never_sent_into_live_work(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    exercise = Outbox(path, "charlotte-fire", "exercise/steel-rail/v1")
    exercise.put(incident("i1"))
    live = Outbox(path, "charlotte-fire", _ROOT)
    assert live.pending() == []
    assert len(exercise.pending()) == 1
    exercise.close()
    live.close()


def test_that_one_agencys_actions_are_never_sent_by_anothers_desk(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    ours = Outbox(path, "charlotte-fire", _ROOT)
    ours.put(incident("i1"))
    theirs = Outbox(path, "gastonia-fd", _ROOT)
    assert theirs.pending() == []
    assert len(ours.pending()) == 1
    ours.close()
    theirs.close()


def test_that_a_disk_that_refuses_is_an_os_error(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "outbox.sqlite", "charlotte-fire", _ROOT)
    box._connection.execute("PRAGMA query_only=ON")
    with pytest.raises(OSError, match="the file, its folder or the disk is read-only"):
        box.put(incident("i1"))
    box.close()


def test_that_an_action_no_other_desk_would_read_is_not_taken(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "outbox.sqlite", "charlotte-fire", _ROOT)
    for wrong in (incident("i1", title="x" * 300), incident("i/1"), incident("i1", lat=91.0, lon=0.0)):
        with pytest.raises(ValueError, match="Expected"):
            box.put(wrong)
    assert box.pending() == []
    box.close()


def test_that_a_file_that_is_no_outbox_is_an_os_error_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    path.write_text("not a database" * 100)
    with pytest.raises(OSError, match=r"file is not a database \(.*outbox\.sqlite\)"):
        Outbox(path, "charlotte-fire", _ROOT)
    assert path.read_text() == "not a database" * 100


def test_that_an_action_of_another_version_or_a_broken_one_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    box = Outbox(path, "charlotte-fire", _ROOT)
    box.put(incident("i1"))
    box.put(incident("i2"))
    box.put(incident("i3"))
    box._connection.execute("UPDATE entry SET kind = 'prophecy' WHERE object_id = 'i1'")
    box._connection.execute("UPDATE entry SET payload = x'00' WHERE object_id = 'i2'")
    assert [entry.object_id for entry in box.pending()] == ["i2", "i3"]
    assert [body.id for body in box.pending_bodies()] == ["i3"]
    box.close()
