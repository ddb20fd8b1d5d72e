"""(s) Seeking to any moment of a day in which 500 units say each second where they are, beside reading blocks alone.

A day of 43 million positions takes the writer most of an hour, so two minutes are written, by the very intake and
writer, and the day is those blocks again and again: numbers and times of receipt shifted, a snapshot after each. The
file has its real size and index; what is decoded after a seek is decoded as on any day.
"""

import random
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.row import Row
from benchmarks.traffic import ROOT, place
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import cop_json
from cop.feeds.intake import Intake
from cop.feeds.message import Feed
from cop.feeds.session import Received
from cop.journal.block import Block
from cop.journal.chain import digests
from cop.journal.folder import files_of
from cop.journal.journal import Journal
from cop.journal.packing import decode, encode
from cop.journal.reading import JournalReader
from cop.journal.record import MARK, SNAPSHOT, STARTED
from cop.journal.volume import BlockRow, Volume
from cop.picture.picture import Picture
from cop.replay.engine import Engine
from cop.replay.frames import Ask, Frame, Said

UNITS, STRETCH_S, STRETCHES = 500, 120, 720
_OPERATION = "bench"
_BEGIN = datetime(2026, 11, 2, 0, 0, 0, tzinfo=UTC)
_SEEKS, _LIMIT_S = 24, 0.5
_FEEDS = (Feed(name="cop", format="cop-json", topic=f"{ROOT}/#"),)
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Said])


def run() -> list[Row]:
    """Median and slowest of seeks to random moments, until they stand in the picture."""
    with tempfile.TemporaryDirectory() as folder:
        write_day(Path(folder))
        (file,) = files_of(Path(folder), _OPERATION)
        gigabytes = sum(one.stat().st_size for one in Path(folder).iterdir()) / 1e9
        record = JournalReader(file.path)
        assert record.last > UNITS * STRETCH_S * STRETCHES
        engine, picture = Engine(record), Picture()
        chance = random.Random(7)
        sought, raw = [], []
        for number in range(_SEEKS):
            at = chance.uniform(record.first_at + STRETCH_S, record.last_at)
            begin = time.perf_counter()
            frames = engine.answer(Ask(number=number, act="seek", at=at))
            _show(picture, _DECODER.decode(_ENCODER.encode(frames)))
            sought.append(time.perf_counter() - begin)
            assert picture.tracks.count == UNITS
            raw.append(_read_raw(file.path, record.number_at(at)))
        median, slowest, floor = (
            1000 * one for one in (statistics.median(sought), max(sought), statistics.median(raw))
        )
        day = f"seek in a day of {record.last / 1e6:.1f} M records, {gigabytes:.1f} GB"
        return [
            Row("s", f"{day} (2 min repeated)", "ms median", median, floor, median / floor, ""),
            Row(
                "s",
                "the same, the slowest of them, beside half a second",
                "ms",
                slowest,
                1000 * _LIMIT_S,
                slowest / (1000 * _LIMIT_S),
                "≤ 1",
            ),
        ]


def _show(picture: Picture, said: list[Said]) -> None:
    for frame in said:
        assert isinstance(frame, Frame)
        assert not frame.trouble, frame.trouble
        if frame.anew:
            picture.forget()
        picture.apply(frame.batch)


def _read_raw(path: Path, upto: int) -> float:
    """Seconds to read the records since the snapshot and nothing else, nothing of them kept from before."""
    record = JournalReader(path)
    a_stretch = record.last // STRETCHES
    begin = time.perf_counter()
    deque(record.blocks(upto // a_stretch * a_stretch, upto), maxlen=0)
    elapsed = time.perf_counter() - begin
    record.close()
    return elapsed


def write_day(folder: Path) -> None:
    """Two minutes by the writer, and the rest of the day from them."""
    _write_stretch(folder)
    repeat(folder, _OPERATION, STRETCHES, STRETCH_S)


def repeat(folder: Path, operation: str, stretches: int, stretch_s: float) -> None:
    """Lengthen a record of one file to so many times its length."""
    (file,) = files_of(folder, operation)
    volume = Volume(file.path)
    rows = volume.blocks()
    blocks = [(row, decode(volume.content(row.first))) for row in rows]
    count, hashed = rows[-1].last, rows[-1].hash
    for stretch in range(1, stretches):
        with volume.at_once():
            for row, block in blocks:
                shifted = _shifted(block, count * stretch, stretch_s * stretch)
                is_snapshot = block.kinds[block.kind[0]] == SNAPSHOT
                if is_snapshot:
                    volume.add_note(shifted.first, float(shifted.received_at[0]), SNAPSHOT, b"")
                # a snapshot is believed that is chained to what stands before and after it: no more is asked of a day
                proved = is_snapshot or row.first == 1
                hashed = deque(digests(shifted, hashed), maxlen=1)[-1] if proved else row.hash
                volume.add_block(_row(row, shifted, stretch_s * stretch, hashed), encode(shifted, 1))
    volume.close()


def _row(row: BlockRow, block: Block, shift_s: float, hashed: bytes) -> BlockRow:
    said_since = row.said_since + shift_s if row.said_since is not None else None
    return BlockRow(block.first, block.last, row.since + shift_s, row.until + shift_s, said_since, hashed)


def _shifted(block: Block, numbers: int, seconds: float) -> Block:
    """The same records, so much later; a snapshot says so too, and the feed process was started once."""
    payloads, ends = block.payloads, block.ends
    if block.kinds[block.kind[0]] == SNAPSHOT:
        stands = msgspec.msgpack.decode(payloads, type=Batch)
        stands = msgspec.structs.replace(stands, upto=stands.upto + numbers, upto_at=stands.upto_at + seconds)
        payloads = _ENCODER.encode(stands)
        ends = np.array([len(payloads)])
    return Block(
        first=block.first + numbers,
        received_at=block.received_at + seconds,
        said_at=block.said_at + seconds,
        source=block.source,
        way=block.way,
        marks=block.marks,
        topic=block.topic,
        kind=block.kind,
        sources=block.sources,
        topics=block.topics,
        kinds=[MARK if kind == STARTED else kind for kind in block.kinds],
        ends=ends,
        payloads=payloads,
        checks=block.checks,
    )


def _write_stretch(folder: Path) -> None:
    """What the feed process and the desktop put on record in two minutes."""
    now = _BEGIN.timestamp()
    journal = Journal(folder, _OPERATION, clock=lambda: now, steady=lambda: now)
    whose = {"agency": "bench", "role": "commander", "name": "Bench", "desk": "bench"}
    begun = {"feeds": _FEEDS, "root": ROOT, "reader": "bench", "operator": whose, "fresh": True}
    journal.note(STARTED, msgspec.json.encode(begun))
    journal.commit()
    intake, picture = Intake(_FEEDS, journal, exercise=None, clock=lambda: now), Picture()
    for second in range(STRETCH_S):
        for number, (topic, payload) in enumerate(_said(second)):
            now = _BEGIN.timestamp() + second + number / (UNITS + 10)
            intake.take([Received(topic, payload, now, False, 0, 0)])
        journal.commit()
        batch = intake.batch(1, None, [], health=True)
        picture.apply(msgspec.structs.replace(batch, upto=journal.last, upto_at=journal.last_at))
    journal.note(SNAPSHOT, picture.snapshot().packed())
    journal.close()


def _said(second: int) -> Iterator[tuple[str, bytes]]:
    """A second of 500 units: where each is, what three of them do; now and then an incident."""
    at = _BEGIN + timedelta(seconds=second - 0.3)
    for unit in range(UNITS):
        lat, lon = place(unit, second)
        body = Position(id=f"unit-{unit}", at=at, lat=lat, lon=lon, course_deg=float(unit % 360), speed_mps=12.5)
        yield f"{ROOT}/agency-{unit % 12}/position/unit-{unit}", cop_json.encode(body)
    for unit in range(second * 5 % UNITS, second * 5 % UNITS + 5):
        said = Unit(id=f"unit-{unit}", at=at, rev=second, callsign=f"Unit {unit}", kind="engine", status="available")
        yield f"{ROOT}/agency-{unit % 12}/unit/unit-{unit}", cop_json.encode(said)
    if second % 2 == 0:
        incident = Incident(id=f"inc-{second}", at=at, rev=1, title=f"Incident {second}", lat=35.2, lon=-80.9)
        yield f"{ROOT}/agency-1/incident/inc-{second}", cop_json.encode(incident)
