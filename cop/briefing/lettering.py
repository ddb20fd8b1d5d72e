"""The letters of all that is printed: fonts that every character is looked up in, widths, and text broken into lines.

Text is plain text: nothing in it is markup, and no character stops a page; one that no font has is a box.
"""

import functools
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

#: where systems keep their fonts
_FOLDERS = tuple(
    map(
        Path,
        (
            "/usr/share/fonts/truetype/dejavu",
            "/usr/share/fonts/dejavu-sans-fonts",
            "/usr/share/fonts/TTF",
            "/usr/share/fonts/truetype/droid",
            "/usr/share/fonts/truetype/wqy",
            "/usr/local/share/fonts",
            "/Library/Fonts",
            "/System/Library/Fonts/Supplemental",
            "C:/Windows/Fonts",
        ),
    )
)
#: regular and bold, looked through in this order; Vera comes with ReportLab
_FACES = (
    (("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"), ("Vera.ttf", "VeraBd.ttf")),
    (("DroidSansFallbackFull.ttf",) * 2, ("wqy-microhei.ttc",) * 2, ("Arial Unicode.ttf",) * 2, ("arial.ttf",) * 2),
)
#: what stands for a character that no font has
BOX = "□"
_ELLIPSIS = "…"
_MOST_OF_A_LINE = 2_000
#: characters of one text that are printed; beyond them it is said how many there were
MOST = 30_000


def readable(text: str) -> str:
    """Text as it may be shown anywhere: lines, no steering characters, an end that says what was left out."""
    more = len(text) - MOST
    if more > 0:
        text = f"{text[:MOST]}{_ELLIPSIS} [{more:,} more characters are not printed]"
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(map(_seen, text))


def plain(text: str) -> str:
    """The same as it can be printed: what no font has is a box."""
    text = readable(text)
    letters = _letters(False)
    return text if text.isascii() else "".join(one if one == "\n" or letters[one][0] else BOX for one in text)


def _seen(sign: str) -> str:
    if sign in "\n ":
        return sign
    kind = unicodedata.category(sign)
    if kind in {"Zl", "Zp"}:
        return "\n"
    if kind[0] == "Z":
        return " "
    if kind in {"Cc", "Cf"}:
        return ""
    return BOX if kind in {"Co", "Cn", "Cs"} else sign


class _Letters(dict[str, tuple[str, float]]):
    """Each character's font and width (of a size of 1); looked up once. No font: empty."""

    def __init__(self, faces: tuple[TTFont, ...]) -> None:
        super().__init__()
        self._faces = faces

    def __missing__(self, sign: str) -> tuple[str, float]:
        code = ord(sign)
        found = next((one for one in self._faces if code in one.face.charToGlyph), None)
        if found is None:
            letter = ("", 0.0)
        else:
            letter = (str(found.fontName), float(found.face.charWidths.get(code, found.face.defaultWidth)) / 1000)
        self[sign] = letter
        return letter


@functools.cache
def _letters(bold: bool) -> _Letters:
    faces = []
    for ranked in _FACES:
        for pair in ranked:
            if (face := _face(pair[bold], bold)) is not None:
                faces.append(face)
                break
    return _Letters(tuple(faces))


def _face(file: str, bold: bool) -> TTFont | None:
    """A font by its file, from the system or from ReportLab; None where this machine has none that can be used."""
    places = [str(folder / file) for folder in _FOLDERS if (folder / file).is_file()]
    for place in (*places, file) if file.startswith("Vera") else places:
        try:
            face = TTFont(f"{Path(file).stem}{'-b' if bold else ''}", place)
        except (TTFError, OSError):
            continue
        pdfmetrics.registerFont(face)
        return face
    return None


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is, in points; `text` is `plain`."""
    letters = _letters(bold)
    return sum(letters[sign][1] for sign in text) * size


def lines(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Plain text broken into lines of at most `room` points: at spaces, a word that is too long where it must be."""
    broken: list[str] = []
    for line in plain(text).split("\n"):
        broken.extend(_broken(line.rstrip(), size, room, bold))
    while broken and not broken[-1]:
        broken.pop()
    return broken


def _broken(line: str, size: float, room: float, bold: bool) -> Iterator[str]:
    letters = _letters(bold)
    room /= size
    start, space, used, used_at_space = 0, -1, 0.0, 0.0
    for at, sign in enumerate(line):
        wide = letters[sign][1]
        if sign == " ":
            space, used_at_space = at, used + wide
        elif used + wide > room and at > start:
            if space > start:
                yield line[start:space]
                start, used = space + 1, used - used_at_space
            else:
                yield line[start:at]
                start, used = at, 0.0
            space = -1
        used += wide
    yield line[start:]


def cut(broken: list[str], most: int, size: float, room: float, *, bold: bool = False) -> list[str]:
    """The first lines of a text; an ellipsis where there are more."""
    if len(broken) <= most:
        return broken
    return [*broken[: most - 1], fitting(f"{broken[most - 1]}{_ELLIPSIS}", size, room, bold=bold)]


def fitting(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """One line that ends in an ellipsis where it does not fit."""
    line = " ".join(plain(text[:_MOST_OF_A_LINE]).split())
    if width(line, size, bold=bold) <= room:
        return line
    letters = _letters(bold)
    left = room / size - letters[_ELLIPSIS][1]
    kept = 0
    for sign in line:
        left -= letters[sign][1]
        if left < 0:
            break
        kept += 1
    return f"{line[:kept].rstrip()}{_ELLIPSIS}"


def draw(canvas: Canvas, x: float, y: float, line: str, size: float, *, bold: bool = False, align: float = 0.0) -> None:
    """Put a line on paper with its foot at y; `align` 0 begins at x, 0.5 stands over it, 1 ends there."""
    if not line:
        return
    if align:
        x -= width(line, size, bold=bold) * align
    text = canvas.beginText(x, y)
    for font, part in runs(line, bold=bold):
        text.setFont(font, size)
        text.textOut(part)
    canvas.drawText(text)


def runs(line: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
    """The line in parts of one font each: the font's name, and the part."""
    letters = _letters(bold)
    font, part = "", ""
    for sign in line:
        of = letters[sign][0]
        if not of:
            continue
        if of != font and part:
            yield font, part
            part = ""
        font = of
        part += sign
    if part:
        yield font, part
