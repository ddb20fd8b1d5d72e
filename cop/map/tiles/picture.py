"""A tile's bytes made a picture, on a worker thread, and only if they are one of a tile's size."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

#: a tile is never that large, as bytes or on the screen
MOST_BYTES = 4 * 1024 * 1024
LARGEST_SIDE_PX = 1024
#: what tiles are made of; SVG, which can point elsewhere, is none of it
_FORMATS = frozenset({b"png", b"jpeg", b"jpg", b"webp", b"gif"})


def decoded(content: bytes) -> QImage | None:
    """The picture, None if the bytes are none, are damaged, or would be far too large: its size is asked first."""
    if not content or len(content) > MOST_BYTES:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()) not in _FORMATS:
        return None
    size = reader.size()
    if not (0 < size.width() <= LARGEST_SIDE_PX and 0 < size.height() <= LARGEST_SIDE_PX):
        return None
    image = reader.read()
    if image.isNull():
        return None
    if image.hasAlphaChannel():
        return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return image.convertToFormat(QImage.Format.Format_RGB32)
