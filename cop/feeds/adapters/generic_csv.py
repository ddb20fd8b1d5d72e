"""Any table of text lines, by a mapping that stands in `cop.toml` (`docs/mapping.md`)."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from cop.domain.report import Report
from cop.feeds.adapters import readings
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.mapped_paths import columns_of
from cop.feeds.adapters.mapped_reports import Explained, Mapped
from cop.feeds.adapters.mapping import PARTS_LIMIT, MappingOptions
from cop.feeds.message import BadMessage, Feed, Message

_ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16"})
#: the column of a row that has more of them than the head
_EXTRA = "further columns"
_LINES_LIMIT, _COLUMNS_LIMIT = 25_000, 1_000


class _Options(MappingOptions, forbid_unknown_fields=True):
    columns: list[str] = msgspec.field(default_factory=list)
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    skip: int = 0
    comment: str = ""


class GenericCsv:
    """Decodes rows by the feed's mapping: `columns` names them, or the first row of each message does."""

    def __init__(self, feed: Feed) -> None:
        """Raises ValueError that names feed and key for what is wrong with the mapping."""
        options = self._options = readings.options_of(feed, _Options)
        if options.each or any(one.each for one in options.reports):
            raise ValueError(f"feed {feed.name}: options.each: a table has rows alone, so there is nothing to say")
        for name, letters in (("delimiter", options.delimiter), ("quote", options.quote)):
            if len(letters) != 1 or letters in "\r\n\0":
                raise ValueError(f"feed {feed.name}: options.{name}: one character is needed, such as , or ; or \\t")
        try:
            self._encoding = codecs.lookup(options.encoding).name
        except (LookupError, ValueError):
            self._encoding = ""
        if self._encoding not in _ENCODINGS:
            known = ", ".join(sorted(_ENCODINGS))
            raise ValueError(
                f"feed {feed.name}: options.encoding: {options.encoding!r} is not read; there are: {known}"
            )
        self._mapped = Mapped(feed, "csv", options, flat=True)
        mapped = [self._options, *self._options.reports]
        self._named = {name for one in mapped for path in one.fields.values() for name in columns_of(path)}
        self._check_columns(feed)

    def decode(self, message: Message) -> list[Report]:
        """The reports of every row."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        rows, trouble = self.rows(message)
        reports = self._mapped.reports(message, rows)
        if trouble:
            raise BadMessage(trouble, reports)
        return reports

    def explained(self, message: Message) -> list[Explained]:
        """Which column of the message becomes which field of ours. Raises BadMessage."""
        return self._mapped.explained(message, self.content(message))

    def content(self, message: Message) -> list[dict[str, Any]]:
        """The rows, each by the names of its columns. Raises BadMessage."""
        return self.rows(message)[0]

    def rows(self, message: Message) -> tuple[list[dict[str, Any]], str]:
        """The rows up to the first that is none, and what is wrong with that. Raises BadMessage without any row."""
        try:
            text = message.payload.decode(self._encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise BadMessage("bytes are not in the encoding they should be in") from None
        rows = self._rows(text)
        head = self._options.columns or next(rows, [])
        names = [name.strip() for name in head]
        if len(names) > _COLUMNS_LIMIT:
            raise BadMessage(f"more than {_COLUMNS_LIMIT:,} columns")
        if not any(names) or len(set(names)) != len(names):
            raise BadMessage("the head of the table names no columns, or one of them twice")
        if not self._options.columns and self._named.isdisjoint(names):
            raise BadMessage("the head of the table names none of the mapping's columns")
        found: list[dict[str, Any]] = []
        try:
            for row in rows:
                if self._options.columns and [cell.strip() for cell in row] == names:
                    continue  # some senders repeat the head
                found.append(self._row(names, row))
        except BadMessage as bad:
            if found:
                return found, bad.reason
            raise
        return found, ""

    def _rows(self, text: str) -> Iterator[list[str]]:
        """The rows that hold something, not many more than are taken."""
        options = self._options
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=options.delimiter, quotechar=options.quote, strict=True
        )
        try:
            taken = 0
            for number, row in enumerate(reader):
                if number > _LINES_LIMIT:
                    raise BadMessage(f"more than {_LINES_LIMIT:,} lines in one table")
                if number < options.skip or not any(cell.strip() for cell in row):
                    continue
                if options.comment and row[0].startswith(options.comment):
                    continue
                yield row
                taken += 1
                if taken > options.most + 2:
                    return
        except csv.Error:
            raise BadMessage("not a table: a quote is not closed, or a line is no row") from None

    @staticmethod
    def _row(names: list[str], row: list[str]) -> dict[str, Any]:
        cells: dict[str, Any] = dict(zip(names, row, strict=False))
        if len(row) > len(names):
            cells[_EXTRA] = ", ".join(row[len(names) : len(names) + 20])
        return cells

    def _check_columns(self, feed: Feed) -> None:
        """Raises ValueError for a column that the head in `columns` does not name."""
        if not self._options.columns:
            return
        known = {name.strip() for name in self._options.columns}
        for mapping in [self._options, *self._options.reports]:
            for field, path in mapping.fields.items():
                for name in columns_of(path):
                    if name not in known:
                        there = ", ".join(sorted(known))
                        raise ValueError(
                            f"feed {feed.name}: options.fields.{field}: no column {name!r}; there are: {there}"
                        )


FORMAT = Format(
    name="csv",
    summary="any table of text lines, by a mapping in cop.toml",
    make=GenericCsv,
    limits=f"{PARTS_LIMIT:,} rows in one message, or as option `most` says; {_LINES_LIMIT:,} lines",
)
