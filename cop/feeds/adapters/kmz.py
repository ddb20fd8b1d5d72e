"""KMZ: a KML document in a zip archive (OGC 12-007r2 annex C), opened without trust in what it says of itself."""

import io
import zipfile
import zlib
from struct import unpack_from

from cop.feeds.message import BadMessage

BEGIN = b"PK\x03\x04"
MOST_ENTRIES = 1_000
#: A document may be so many times as large as the message that brought it may be.
GROWTH = 4
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_DIRECTORY_SIZE = 300 * MOST_ENTRIES
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def document(payload: bytes, most_bytes: int) -> bytes:
    """The first KML document of an archive. No path in it is used, nothing is written. Raises BadMessage."""
    _check_directory(payload)
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            return _unpacked(archive, most_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        raise BadMessage("archive is broken") from None


def _unpacked(archive: zipfile.ZipFile, most_bytes: int) -> bytes:
    entry = next((one for one in archive.infolist() if one.filename.lower().endswith(".kml")), None)
    if entry is None:
        raise BadMessage("archive holds no KML document")
    if entry.compress_type not in _METHODS or entry.flag_bits & 1:
        raise BadMessage("archive is packed in a way that is not read")
    with archive.open(entry) as packed:
        found = packed.read(most_bytes + 1)
    if len(found) > most_bytes:
        raise BadMessage("document in the archive is too large")
    return found


def _check_directory(payload: bytes) -> None:
    """The library reads the whole directory before anybody can ask how long it is."""
    at = payload.rfind(_END_OF_DIRECTORY, max(0, len(payload) - _END_SIZE - _LONGEST_COMMENT))
    if at < 0 or len(payload) - at < _END_SIZE:
        raise BadMessage("archive is broken")
    entries, size = unpack_from("<HI", payload, at + 10)
    if entries > MOST_ENTRIES or size > _DIRECTORY_SIZE:
        raise BadMessage(f"archive holds more than {MOST_ENTRIES:,} files")
