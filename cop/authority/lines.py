"""On which line of a TOML file a value stands: the standard reader gives values alone.

It reads what `tomllib` has read, or has stumbled over: it never fails, and what it cannot follow it does not know.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property

#: keys and indices from the top of the file: ("clauses", 2, "leads")
Path = tuple[str | int, ...]

_TOKENS = re.compile(
    r'''
      (?P<comment>\#[^\n]*)
    | (?P<text>"""(?:\\.|[^\\])*?"""(?:""?(?!"))?|\'\'\'.*?\'\'\'(?:\'\'?(?!\'))?|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    | (?P<newline>\n)
    | (?P<mark>[\[\]{},=.])
    | (?P<word>[^\s\[\]{},=.\#"']+)
    ''',
    re.VERBOSE | re.DOTALL,
)
_Token = tuple[str, str, int]
_DEEPEST = 64
_END: _Token = ("end", "", 0)


class Lines:
    """The lines of a file's values, counted from 1, by their path; and short texts as they stand there.

    The file is looked at when the first line is asked for: one without fault never is.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def line(self, path: Path) -> int:
        """The line of a value, or of what it stands in, or would stand in if it were there."""
        while path not in self._found.lines:
            path = path[:-1]
        return self._found.lines[path]

    def text(self, path: Path) -> str:
        """A text as the file says it; empty where there is none."""
        return self._found.texts.get(path, "")

    def entry_at(self, array: str, line: int) -> int | None:
        """Which entry of an array of tables a line stands in; None before the first and after another table began."""
        before = [path for number, path in self._found.headers if number <= line]
        return _entry(before[-1], array) if before else None

    @cached_property
    def _found(self) -> "_Look":
        return _Look(self._text)


class _Look:
    """One walk through the file."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {(): 1}
        self.texts: dict[Path, str] = {}
        self.headers: list[tuple[int, Path]] = []
        self._tables: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self._ahead = next(self._tokens, _END)
        self._read()

    def _next(self) -> _Token:
        token, self._ahead = self._ahead, next(self._tokens, _END)
        return token

    def _read(self) -> None:
        table: Path = ()
        while self._ahead[0] != "end":
            kind, sign, line = self._ahead
            if kind == "newline":
                self._next()
            elif sign == "[" and kind == "mark":
                table = self._header(line)
            else:
                self._key_and_value(table)

    def _header(self, line: int) -> Path:
        self._next()
        several = self._ahead[1] == "["
        if several:
            self._next()
        keys = self._keys("]")
        path = self._resolved(keys[:-1] if several else keys)
        if several and keys:
            path = (*path, keys[-1])
            self.lines.setdefault(path, line)
            number = self._tables.get(path, 0)
            self._tables[path] = number + 1
            path = (*path, number)
        self._tables.setdefault(path, 0)
        self.lines.setdefault(path, line)
        self.headers.append((line, path))
        self._to_line_end()
        return path

    def _resolved(self, keys: list[str]) -> Path:
        """Into the last entry of each array of tables on the way."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if self._tables.get(path):
                path = (*path, self._tables[path] - 1)
        return path

    def _keys(self, until: str) -> list[str]:
        keys: list[str] = []
        while self._ahead[0] in {"word", "text"} or self._ahead[1] == ".":
            kind, sign, _ = self._next()
            if kind == "word":
                keys.append(sign)
            elif kind == "text":
                keys.append(_unquoted(sign))
        if self._ahead[1] == until:
            self._next()
        if len(keys) > _DEEPEST:
            self._stop()
        return keys[:_DEEPEST]

    def _key_and_value(self, table: Path) -> None:
        line = self._ahead[2]
        keys = self._keys("=")
        if not keys:
            self._next()  # what cannot begin a key
            return
        path = (*table, *keys)
        for length in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        self._value(path)
        self._to_line_end()

    def _value(self, path: Path) -> None:
        """One value; lists and inline tables are kept on a stack of (path, next index or None, line)."""
        if self._ahead[0] == "text":
            self.texts[path] = _unquoted(self._ahead[1])
        stack: list[tuple[Path, int | None]] = []
        current: Path = path
        while self._ahead[0] != "end":
            kind, sign, line = self._ahead
            if kind == "newline" and not stack:
                return
            if kind in {"newline", "comment"}:
                self._next()
            elif sign in {"[", "{"} and kind == "mark":
                self.lines.setdefault(current, line)
                self._next()
                stack.append((current, 0 if sign == "[" else None))
                if len(stack) > _DEEPEST:
                    self._stop()
                current = (*current, 0) if sign == "[" else current
            elif sign in {"]", "}"} and kind == "mark":
                self._next()
                if not stack:
                    return
                current = stack.pop()[0]
            elif sign == "," and kind == "mark":
                self._next()
                if not stack:
                    return
                inside, index = stack.pop()
                stack.append((inside, None if index is None else index + 1))
                current = inside if index is None else (*inside, index + 1)
            elif stack and stack[-1][1] is None and current == stack[-1][0]:
                keys = self._keys("=")
                if not keys:
                    self._next()
                current = (*stack[-1][0], *keys)
                for length in range(len(stack[-1][0]) + 1, len(current) + 1):
                    self.lines.setdefault(current[:length], line)
            else:
                self.lines.setdefault(current, line)
                self._next()

    def _stop(self) -> None:
        """No agreement is so deep: what follows is not looked at."""
        self._tokens, self._ahead = iter(()), _END

    def _to_line_end(self) -> None:
        while self._ahead[0] not in {"newline", "end"}:
            self._next()


def _entry(path: Path, array: str) -> int | None:
    index = path[1] if len(path) > 1 and path[0] == array else None
    return index if isinstance(index, int) else None


def _tokens(text: str) -> Iterator[_Token]:
    """Kind, text and line of each; what is none is left out."""
    line, counted = 1, 0
    for match in _TOKENS.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if match.lastgroup not in {"comment", None}:
            yield (str(match.lastgroup), match.group(), line)


def _unquoted(token: str) -> str:
    try:
        return str(tomllib.loads(f"x = {token}")["x"])
    except tomllib.TOMLDecodeError:
        return token.strip("\"'")
