"""APRS packets: the lines of APRS-IS and of TNC monitors, and the AX.25 frames of the radio, bare or in KISS."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cop.feeds.message import BadMessage

_LENGTH = 1024
_FEND, _FESC = b"\xc0", b"\xdb"
_CALL = re.compile(r"[A-Za-z0-9]{1,9}(?:-[A-Za-z0-9]{1,2})?")
_ADDRESS_BYTES = 7
_ADDRESSES = 10
_UNNUMBERED, _NO_LAYER_3 = 0x03, 0xF0


class Packet(NamedTuple):
    """Who sent it, to what (of Mic-E a part of the place), by which way, and its text, a character a byte."""

    source: str
    destination: str
    path: str
    text: str


def packets(payload: bytes) -> Iterator[bytes]:
    """The packets of a message or of a recorded file: lines, or frames one after another."""
    if _FEND in payload[:1]:
        for frame in payload.split(_FEND):
            if len(frame) > 1:
                yield frame[1:].replace(_FESC + b"\xdc", _FEND).replace(_FESC + b"\xdd", _FESC)
        return
    for line in payload.splitlines():
        if line.strip():
            yield line


def read(packet: bytes) -> Packet:
    """One packet, a line or a frame. Raises BadMessage."""
    if len(packet) > _LENGTH:
        raise BadMessage("a packet is longer than 1,024 characters")
    return _frame(packet) if packet[0] >= 0x80 else line(packet.decode("latin-1"))


def line(text: str) -> Packet:
    """`SOURCE>DESTINATION,PATH:text`. Raises BadMessage."""
    head, colon, body = text.partition(":")
    source, arrow, way = head.partition(">")
    destination, _, path = way.partition(",")
    source = source.strip()
    if not (colon and arrow and body) or not _CALL.fullmatch(source):
        raise BadMessage("no packet of APRS")
    return Packet(source, destination.partition("-")[0], path, body)


def _frame(frame: bytes) -> Packet:
    """AX.25: addresses of seven bytes shifted by one bit, the last one marked, then control, protocol and text."""
    addresses: list[str] = []
    at = 0
    while len(addresses) < _ADDRESSES:
        address = frame[at : at + _ADDRESS_BYTES]
        if len(address) < _ADDRESS_BYTES:
            raise BadMessage("no frame of AX.25")
        at += _ADDRESS_BYTES
        call = "".join(chr(byte >> 1) for byte in address[:6]).strip()
        number = address[6] >> 1 & 0x0F
        addresses.append(f"{call}-{number}" if number else call)
        if address[6] & 1:
            break
    if len(addresses) < 2 or frame[at : at + 2] != bytes((_UNNUMBERED, _NO_LAYER_3)):
        raise BadMessage("no frame of AX.25")
    destination, source, *path = addresses
    if not _CALL.fullmatch(source):
        raise BadMessage("no packet of APRS")
    return Packet(source, destination.partition("-")[0], ",".join(path), frame[at + 2 :].decode("latin-1"))
