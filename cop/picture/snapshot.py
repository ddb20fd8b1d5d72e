"""All that a picture holds as one batch, and an empty picture again: how a desk of the past goes to another time.

Applied to an empty picture the batch makes the same picture, down to what is remembered of objects that are gone. What
a desk's own actions are on their way to is not in it, nor are trails.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from cop.domain.batch import POSITION_ROW, Aside, Batch, GoneWord, PositionFields, TrackName, UnitAside
from cop.domain.report import Report
from cop.picture.change import Change, Key
from cop.picture.gone import Gone

if TYPE_CHECKING:
    from cop.picture.picture import Picture

_ENCODER = msgspec.msgpack.Encoder()


class Snapshot:
    """References to what stood at one moment, taken at once; `packed` encodes them, on another thread if need be."""

    def __init__(self, picture: "Picture", tables: Mapping[str, str]) -> None:
        self._reports = [report for kind in tables for report in _standing(picture, kind, tables[kind])]
        self._reports += [*picture.agencies.values(), *picture.log]
        self._positions, self._tracks = _located(picture)
        self._fields = [PositionFields(row, dict(said)) for row, said in picture.position_fields.items()]
        self._aside = Aside(
            gone=[GoneWord(kind, *key, gone.word, gone.at) for (kind, key), gone in picture.gone.items()],
            ended=picture.ended.kept(),
            heard=picture.heard.kept(),
            units=_aside_of_units(picture),
            refusals=list(picture.refusals),
            earlier=picture.tracks.earlier.packed(picture.tracks.count),
        )
        self._health = list(picture.feeds.values())
        self._broker = picture.broker
        self._upto = (picture.upto, picture.upto_at)

    def batch(self, epoch: int = 0) -> Batch:
        """The batch; its slots are numbers of its own, so whatever follows needs another epoch."""
        return Batch(epoch=epoch, reports=self._reports, **self._rest())

    def packed(self) -> bytes:
        """The same in msgpack, a report at a time: other threads get their turn between two."""
        reports = [msgspec.Raw(_ENCODER.encode(one)) for one in self._reports]
        return _ENCODER.encode(Batch(reports=reports, **self._rest()))  # type: ignore[arg-type]  # encoded already

    def _rest(self) -> dict[str, Any]:
        upto, upto_at = self._upto
        return {
            "upto": upto,
            "upto_at": upto_at,
            "tracks": self._tracks,
            "positions": self._positions,
            "fields": self._fields,
            "health": self._health,
            "broker": self._broker,
            "aside": self._aside,
        }


def forget(picture: "Picture", tables: Mapping[str, str]) -> Change:
    """Empty the tables and the tracks of a picture where they stand; the change names all that was there."""
    change = Change()
    for kind, name in tables.items():
        table: dict[Key, Report] = getattr(picture, name)
        gone = dict(table)
        table.clear()
        for key, report in gone.items():
            picture.note(kind, key, report, change)
    change.agencies.update(picture.agencies)
    change.feeds.update(picture.feeds)
    change.broker = picture.broker is not None
    change.delivered.update(picture.deliveries)
    change.log, change.refusals = len(picture.log), len(picture.refusals)
    change.units.update(picture.tracks.keys)
    for one in (picture.agencies, picture.feeds, picture.deliveries, picture.log, picture.refusals, picture.gone):
        one.clear()
    picture.broker = None
    picture.upto, picture.upto_at, picture.in_full = 0, 0.0, 0
    picture.ended.adopt(())
    picture.heard.adopt(())
    picture.words.clear()
    picture.tracks.empty()
    picture.trails.forget()
    return change


def adopt(picture: "Picture", aside: Aside, change: Change) -> None:
    """Remember what that picture remembered whose snapshot was just applied, in place of what applying it left."""
    picture.gone.clear()
    picture.gone.update({(one.kind, (one.agency, one.id)): Gone(one.word, one.at) for one in aside.gone})
    picture.ended.adopt(aside.ended)
    picture.heard.adopt(aside.heard)
    for one in aside.units:
        picture.tracks.leave(one)
        change.units.add((one.agency, one.unit))
    picture.refusals.clear()
    picture.refusals.extend(aside.refusals)
    change.overtaken.clear()


def _standing(picture: "Picture", kind: str, name: str) -> Iterator[Report]:
    """The reports of a table as they came, so that applied in this order they make the same table."""
    table: Mapping[Key, Report] = getattr(picture, name)
    if kind != "incident":
        yield from table.values()
        return
    for key, report in table.items():
        yield from picture.words.said(key, report)


def _located(picture: "Picture") -> tuple[bytes, list[TrackName]]:
    """The position of each unit that is there, and the names of those that ever said one; a row is a slot."""
    tracks = picture.tracks
    there = np.flatnonzero(~np.isnan(tracks.reported_at))
    rows = np.zeros(len(there), dtype=POSITION_ROW)
    rows["slot"] = there
    for name in POSITION_ROW.names or ():
        if name != "slot":
            rows[name] = getattr(tracks, name)[there]
    # of those that were taken back too: one that comes back is of the same source
    names = [msgspec.structs.replace(name, slot=row) for row, name in enumerate(tracks.names) if name is not None]
    return rows.tobytes(), names


def _aside_of_units(picture: "Picture") -> list[UnitAside]:
    tracks = picture.tracks
    behind = np.flatnonzero(~np.isnan(tracks.gone_at) | ~tracks.present)
    return [tracks.left(row) for row in behind.tolist()]
