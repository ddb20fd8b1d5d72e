"""Archives with KML in them: what they say of themselves is not believed."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from cop.domain.report import Report
from cop.feeds.message import MAX_PAYLOAD_BYTES, BadMessage, Message

from .payloads import adapter_of

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DOCUMENT = b'<kml><Placemark id="a"><Point><coordinates>-80.84,35.22</coordinates></Point></Placemark></kml>'


def archive(files: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return written.getvalue()


def decode(payload: bytes) -> list[Report]:
    """What comes of a message."""
    return adapter_of("kml").decode(Message("", payload, AT))


def test_that_an_archive_gives_its_document() -> None:
    assert [report.body.id for report in decode(archive([("files/a.png", b""), ("doc.kml", DOCUMENT)]))] == ["a"]
    assert len(decode(archive([("doc.kml", DOCUMENT)], zipfile.ZIP_STORED))) == 1


def test_that_a_document_that_grows_beyond_bounds_is_refused() -> None:
    bomb = archive([("doc.kml", b"<kml>" + b" " * (200 * MAX_PAYLOAD_BYTES) + b"</kml>")])
    assert len(bomb) < MAX_PAYLOAD_BYTES
    with pytest.raises(BadMessage, match="too large"):
        decode(bomb)


def test_that_an_archive_that_lies_about_its_size_is_not_believed() -> None:
    lying = bytearray(archive([("doc.kml", b"<kml>" + b" " * (20 * MAX_PAYLOAD_BYTES) + b"</kml>")]))
    directory = lying.rindex(b"PK\x01\x02")
    lying[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    with pytest.raises(BadMessage):
        decode(bytes(lying))


def test_that_an_archive_of_very_many_files_is_refused_before_they_are_counted() -> None:
    with pytest.raises(BadMessage, match="more than 1,000 files"):
        decode(archive([(f"{number}.kml", b"") for number in range(1_001)], zipfile.ZIP_STORED))


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_that_ways_of_packing_that_no_kmz_uses_are_refused(method: int) -> None:
    with pytest.raises(BadMessage, match="packed in a way"):
        decode(archive([("doc.kml", DOCUMENT)], method))


def test_that_a_damaged_archive_is_refused_wherever_it_is_damaged() -> None:
    whole = archive([("doc.kml", DOCUMENT), ("b.png", b"abc")])
    for at in range(4, len(whole)):
        for value in (0x00, 0xFF, whole[at] ^ 0x01):
            damaged = whole[:at] + bytes([value]) + whole[at + 1 :]
            try:
                decode(damaged)
            except BadMessage as bad:
                assert 0 < len(bad.reason) <= 160
