"""The commands, as people run them."""

import json
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import publish

from cop.journal.journal import Journal
from cop.journal.record import Record, Way
from tests.conftest import Mosquitto

_ROOT = Path(__file__).parents[2]


def _cop(*arguments: str, stdin: bytes = b"", timeout_s: float = 60) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cop", *arguments],
        input=stdin,
        capture_output=True,
        cwd=_ROOT,
        timeout=timeout_s,
        check=False,
    )


def _lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_that_help_starts_without_qt_numpy_or_a_broker_client() -> None:
    program = (
        "import sys\nfrom cop.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('PySide6', 'numpy', 'paho', 'shapely', 'amqtt') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=_ROOT, check=True)
    assert "decode" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"


def test_that_decode_prints_a_line_a_report_and_a_bad_message_stops_nothing() -> None:
    good = b'{"report":"position","id":"engine-30","at":"2026-11-02T12:00:00Z","lat":35.2,"lon":-80.9,"speed_mps":4.5}'
    ended = _cop(
        "decode", "cop-json", "--agency", "charlotte-fire", "-", stdin=good + b'\n{"report":"nonsense"}\n' + good
    )
    assert ended.returncode == 1
    first, second = _lines(ended.stdout)
    assert first == second
    assert (first["report"], first["agency"], first["unit"], first["lat"]) == (
        "position",
        "charlotte-fire",
        "engine-30",
        35.2,
    )
    assert (first["reported_at"], first["stale_at"]) == ("2026-11-02T12:00:00.000Z", "2026-11-02T12:01:00.000Z")
    assert first["original"] == {"format": "cop-json", "id": "engine-30", "type": "position"}
    (error,) = _lines(ended.stderr)
    assert error["error"]
    assert error["message"] == 2


def test_that_decode_takes_a_topic_and_names_an_unknown_format_or_a_missing_file(tmp_path: Path) -> None:
    message = tmp_path / "unit.json"
    message.write_text('{"id":"m17","at":"2026-11-02T12:00:00Z","rev":1,"callsign":"Medic 17"}')
    ended = _cop("decode", "cop-json", "--topic", "cop/v1/mecklenburg-ems/unit/m17", str(message))
    assert ended.returncode == 0
    assert [(one["report"], one["agency"], one["callsign"]) for one in _lines(ended.stdout)] == [
        ("unit", "mecklenburg-ems", "Medic 17")
    ]
    assert _cop("decode", "morse", str(message)).returncode == 2
    missing = _cop("decode", "cop-json", str(tmp_path / "nothing"))
    assert (missing.returncode, _lines(missing.stderr)[0]["error"]) == (1, "No such file or directory")


def test_that_where_names_every_jurisdiction_over_a_place() -> None:
    ended = _cop("where", "35.2425", "-80.953")
    found = json.loads(ended.stdout)["jurisdictions"]
    assert [one["agency"] for one in found][:3] == ["nc-highway-patrol", "charlotte-pd", "charlotte-fire"]
    assert _cop("where", "95", "0").returncode == 2
    assert _cop("where", "nan", "0").returncode == 2
    assert _cop("where", "35").returncode == 2
    assert _cop("where").returncode == 2


def test_that_where_takes_a_place_in_any_notation() -> None:
    degrees = json.loads(_cop("where", "35.2425", "-80.953").stdout)
    for text in ("17SNU0427699936", "17S NU 04276 99936", "17S 504276 3899936", "geo:35.2425,-80.953"):
        ended = _cop("where", *text.split())
        read = json.loads(ended.stdout)
        assert (round(read["lat"], 4), round(read["lon"], 4)) == (35.2425, -80.953), ended.stderr
        assert read["jurisdictions"] == degrees["jurisdictions"]
    wrong = _cop("where", "17ZNU0427699936")
    assert wrong.returncode == 2
    assert b"Error:" in wrong.stderr


def test_that_where_lists_gaps_and_overlaps_for_people_and_programs(tmp_path: Path) -> None:
    table = _cop("where", "--gaps").stdout.decode()
    assert "31 jurisdictions: 0 gaps, 3 overlaps" in table
    largest = next(line for line in table.splitlines() if line.startswith("overlap"))
    assert "35.00" in largest
    assert "Town of Huntersville | City of Charlotte" in largest
    ground = tmp_path / "overlaps.geojson"
    ended = _cop("where", "--gaps", "--level", "corridor", "--json", "--geojson", str(ground))
    (one,) = json.loads(ended.stdout)["findings"]
    assert (one["kind"], one["discipline"], one["level"]) == ("overlap", "law", "corridor")
    assert json.loads(ground.read_text())["features"][0]["properties"] == one
    wrong = _cop("where", "--gaps", "--discipline", "cavalry")
    assert wrong.returncode == 2
    assert b"there are emergency_management planning_zone, ems district, fire district" in wrong.stderr
    assert _cop("where", "--gaps", "35", "-80").returncode == 2


def test_that_where_tells_what_had_to_be_done_to_boundaries(tmp_path: Path) -> None:
    said = '{"id":"x","name":"\\u001b[31mx","level":"district","discipline":"fire","agency":"x-fd"}'
    ring = "[[[-81,35],[-80.9,35.1],[-80.9,35],[-81,35.1],[-81,35]]]"
    geometries = (f'{{"type":"Polygon","coordinates":{ring}}}', "null")
    features = ",".join(f'{{"type":"Feature","properties":{said},"geometry":{one}}}' for one in geometries)
    (tmp_path / "fire.geojson").write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    settings = tmp_path / "cop.toml"
    settings.write_text(f'[map]\njurisdictions = ["{tmp_path / "fire.geojson"}"]\n')
    ended = _cop("where", "--gaps", "--config", str(settings))
    assert ended.returncode == 0
    assert b"1 jurisdiction: 0 gaps, 0 overlaps" in ended.stdout
    assert ended.stderr.decode().splitlines() == [
        "fire.geojson, feature 2: no geometry, left out",
        "fire.geojson, feature 1: self-intersection, repaired",
    ]


def test_that_a_journal_is_verified_looked_into_and_taken_out_while_it_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Steel Rail", desk="desk")
    source = journal.source("bus", "cats-transit", "hfp")
    journal.append([Record(1_795_000_000.0 + n, source, Way.HEARD, f"t/{n}", b'{"n": 1.0}') for n in range(3)])
    journal.commit()
    (file,) = tmp_path.glob("*.sqlite")
    ended = _cop("journal", "verify", str(tmp_path))
    assert ended.returncode == 0
    assert ended.stdout.startswith(b"WHOLE: 3 records in 1 file")
    assert b"not signed" in ended.stdout
    told = json.loads(_cop("journal", "info", "--json", str(file)).stdout)
    assert [(one["agency"], one["format"], one["records"]) for one in told["counts"]] == [("cats-transit", "hfp", 3)]
    since = ("--from", "2026-11-18T11:06:41Z", "--to", "2026-11-18T11:06:41Z")
    ended = _cop("journal", "export", str(tmp_path), *since, "--agency", "cats-transit")
    assert [(one["number"], one["payload"]) for one in _lines(ended.stdout)] == [(2, {"n": 1.0})]
    journal.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE content SET packed = zeroblob(length(packed))")
    ended = _cop("journal", "verify", str(tmp_path))
    assert ended.returncode == 1
    assert ended.stdout.startswith(b"NOT WHOLE")
    ended = _cop("journal", "export", str(tmp_path))
    assert ended.returncode == 1
    assert b"not read: records 1\xe2\x80\x933" in ended.stderr


def test_that_a_wrong_setting_ends_with_its_name_and_no_traceback(tmp_path: Path) -> None:
    settings = tmp_path / "cop.toml"
    settings.write_text("[desk]\nrole = 'chief'\n")
    ended = _cop("run", "--config", str(settings), "--offscreen", "--for", "1")
    assert ended.returncode == 1
    assert b"role" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_that_boundaries_that_cannot_be_used_are_named_without_a_traceback(tmp_path: Path) -> None:
    nameless = tmp_path / "nameless.geojson"
    nameless.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"x"},'
        '"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}'
    )
    settings = tmp_path / "cop.toml"
    for file, said in ((nameless, b"no property"), (tmp_path / "missing.geojson", b"missing.geojson")):
        settings.write_text(f'[map]\njurisdictions = ["{file}"]\n')
        ended = _cop("where", "--config", str(settings), "35", "-80")
        assert ended.returncode == 1
        assert said in ended.stderr
        assert b"Traceback" not in ended.stderr


def test_that_what_cannot_be_written_at_the_end_is_said_and_fails_the_command(tmp_path: Path) -> None:
    settings = tmp_path / "cop.toml"
    settings.write_text(f'[desk]\ndata = "{tmp_path / "data"}"\n[broker]\nurl = "mqtt://127.0.0.1:9"\n')
    nowhere = tmp_path / "nowhere"
    asked = ("--state", str(nowhere / "s.json"), "--screenshot", str(nowhere / "s.png"))
    ended = _cop("run", "--config", str(settings), "--offscreen", "--for", "1", *asked)
    assert ended.returncode == 1
    assert b"s.json could not be written" in ended.stderr
    assert b"s.png could not be written" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_that_two_exercises_are_not_mixed_by_option_and_settings(tmp_path: Path) -> None:
    settings = tmp_path / "cop.toml"
    settings.write_text('root = "exercise/border-flood/v1"\n')
    ended = _cop("run", "--config", str(settings), "--exercise", "steel-rail", "--offscreen", "--for", "1")
    assert ended.returncode == 1
    assert b"border-flood" in ended.stderr


@pytest.mark.timeout(180)
def test_that_the_exercise_runs_from_nothing_and_shows_what_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    state, picture = tmp_path / "s.json", tmp_path / "s.png"
    ended = _cop(
        "run", "--offscreen", "--for", "20", "--state", str(state), "--screenshot", str(picture), timeout_s=150
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"Traceback" not in ended.stderr
    seen = json.loads(state.read_text())
    located = [unit for unit in seen["units"] if "lat" in unit]
    assert len(located) >= 200
    assert len({unit["agency"] for unit in located}) >= 12
    assert {unit["source"]["format"] for unit in located} == {
        *("cop-json", "cot-xml", "tak-protobuf", "owntracks", "meshtastic", "taip", "hfp", "ais", "adsb")
    }
    assert len(seen["incidents"]) == 8
    assert len(seen["resources"]) == 61
    assert len(seen["links"]) == len(seen["alerts"]) == 1
    assert {feed["format"] for feed in seen["feeds"] if feed["messages"]} >= {
        "cap",
        "edxl-have",
        "eido",
        "json",
        "wzdx",
    }
    assert any(task["answer"] for task in seen["tasks"])
    assert all(feed["bad"] == 0 for feed in seen["feeds"])
    assert picture.stat().st_size > 100_000
    _check_record(tmp_path, seen)


def _check_record(folder: Path, lived: dict[str, Any]) -> None:
    """The record of that desk is whole, and played to the same moment it shows the same picture."""
    journal = folder / "data" / "cop" / "exercise-steel-rail" / "charlotte-fire-commander" / "journal"
    verified = _cop("journal", "verify", str(journal))
    assert verified.returncode == 0, verified.stdout.decode()
    state = folder / "replayed.json"
    at = lived["record"]["upto_at"]
    ended = _cop("replay", str(journal), "--at", at, "--offscreen", "--for", "6", "--state", str(state), timeout_s=60)
    assert ended.returncode == 0, ended.stderr.decode()
    replayed = json.loads(state.read_text())
    compared = (
        "incidents",
        "resources",
        "zones",
        "alerts",
        "links",
        "presence",
        "requests",
        "fills",
        "log",
        "agencies",
    )
    for name in compared:
        assert _sorted(replayed[name]) == _sorted(lived[name]), name
    for name, own in (("units", "unit"), ("tasks", "id")):
        told = {(one["agency"], one[own]): _settled(one) for one in lived[name]}
        assert {(one["agency"], one[own]): _settled(one) for one in replayed[name]} == told


def _sorted(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted((_settled(one) for one in objects), key=repr)


def _settled(one: dict[str, Any]) -> dict[str, Any]:
    """Without what hangs on the moment of writing alone."""
    return {name: value for name, value in one.items() if name not in {"stale", "stands"}}


def test_that_a_broker_for_everybody_is_refused_in_words() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cop", "broker", "--host", "0.0.0.0", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: cannot listen on 0.0.0.0:0: it lets everybody in")


def test_that_a_desk_whose_outbox_cannot_be_used_says_so_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "outbox.sqlite").write_text("not a database" * 100)
    settings = tmp_path / "cop.toml"
    settings.write_text(f'[desk]\ndata = "{tmp_path / "data"}"\n')
    done = subprocess.run(
        [sys.executable, "-m", "cop", "run", "--config", str(settings), "--offscreen", "--for", "1"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "its outbox" in done.stderr
    assert "Traceback" not in done.stderr


def test_that_every_format_is_listed_with_its_direction_and_a_topic_or_without() -> None:
    ended = _cop("formats", "--json")
    rows = {row["format"]: row for row in _lines(ended.stdout)}
    assert len(rows) >= 31
    assert rows["cot-xml"]["direction"] == "in and out"
    assert rows["ais"]["direction"] == "in"
    assert "cap" in _cop("formats").stdout.decode()
    assert tomllib.loads(rows["cap"]["example"])["feed"][0]["format"] == "cap"
    told = _cop("formats", "ais").stdout.decode()
    assert "[[feed]]" in told
    assert "docs/formats/ais.md" in told
    assert "owntracks" not in told
    assert _cop("formats", "morse").returncode == 2


def test_that_auto_finds_the_format_and_says_where_it_cannot(tmp_path: Path) -> None:
    message = b'{"_type":"location","lat":35.2,"lon":-80.9,"tst":1777895940,"tid":"C1"}'
    ended = _cop("decode", "auto", "-", "--topic", "owntracks/a/b", stdin=message)
    assert [one["original"]["format"] for one in _lines(ended.stdout)] == ["owntracks", "owntracks"]
    unknown = _cop("decode", "auto", "-", stdin=b"hello")
    assert unknown.returncode == 1
    assert "name it" in _lines(unknown.stderr)[0]["error"]


def test_that_a_feed_is_tried_on_a_recorded_message_and_on_the_brokers(mosquitto: Mosquitto, tmp_path: Path) -> None:
    message = tmp_path / "call.json"
    message.write_text('{"no":"26-1","when":1777895940,"kind":"MVA <b>","where":{"lat":35.2,"lon":-80.9},"crew":"B"}')
    settings = tmp_path / "cop.toml"
    settings.write_text(
        f"""[desk]
data = "{tmp_path / "data"}"
[broker]
url = "{mosquitto.url}"
[[feed]]
name = "cad"
format = "json"
topic = "cad/#"
agency = "gaston-911"
words = {{ incident_types = {{ "MVA <b>" = "crash" }} }}
[feed.options]
report = "incident"
fields = {{ id = "no", at = "when", type = "kind", lat = "where.lat", lon = "where.lon" }}
times = {{ at = "epoch_s" }}
"""
    )
    recorded = _cop("feed", "try", "cad", str(message), "--config", str(settings))
    assert recorded.returncode == 0, recorded.stderr
    said = recorded.stdout.decode()
    assert "INCIDENT 26-1" in said
    assert "crash" in said
    assert "crew = B" in said  # what nobody reads is shown too
    silent = _cop("feed", "try", "cad", "--config", str(settings), "--for", "1")
    assert silent.returncode == 1
    assert b"nothing was heard on cad/#" in silent.stderr
    publish.single("cad/1", message.read_bytes(), qos=1, retain=True, port=mosquitto.port)
    live = _cop("feed", "try", "cad", "--config", str(settings), "--messages", "1")
    assert live.returncode == 0, live.stderr
    assert "INCIDENT 26-1" in live.stdout.decode()


def test_that_a_recording_is_replayed_by_command_and_a_missing_broker_is_said(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    recording = tmp_path / "phones.jsonl"
    line = '{"_type":"location","lat":35.2,"lon":-80.9,"tst":%d,"tid":"C1"}\n'
    recording.write_text("".join(line % (1777895940 + number) for number in range(5)))
    asked = ("replay-file", "--format", "owntracks", str(recording), "--topic", "owntracks/a/b", "--speed", "0")
    done = _cop(*asked, "--broker", mosquitto.url)
    assert (done.returncode, done.stdout) == (0, b"5 messages\n")
    nowhere = _cop(*asked, "--broker", "mqtt://127.0.0.1:9")
    assert nowhere.returncode == 1
    assert b"mqtt://127.0.0.1:9" in nowhere.stderr
