"""What the readers of TOML and of types say, in the words of those who write agreements."""

import difflib
import re
from collections.abc import Iterable

import msgspec

from cop.authority.problem import listed, shown

_KINDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": 'a list, as ["a", "b"]',
    "object": "a table of keys, as { key = … }",
    "date": "a day, as 2027-12-31 without quotes",
    "datetime": "a day with an hour",
    "time": "an hour of the day, as 22:00:00",
}
_SYNTAX = (
    ("Expected '=' after a key", "after the key there is no '='"),
    ("Cannot overwrite a value", "this key was said before"),
    ("Cannot declare", "this table was begun before; entries of a list begin with two brackets, as [[clauses]]"),
    ("Cannot mutate immutable", "this table was closed before: more cannot be added to it"),
    ("Unclosed array", "a list has no ] at its end"),
    ("Unclosed inline table", "a table has no } at its end"),
    ("Unterminated string", "a text has no quote at its end"),
    ("Expected \"'", "a text has no quote at its end"),
    ("Illegal character '\\n'", 'a text has no quote at the end of its line; longer text stands between """ and """'),
    ("Illegal character", "a character stands here that no text may hold"),
    ("Found invalid character", "a character stands here that no text may hold"),
    ("Expected newline or end of document", "more stands on this line after the value"),
    ("Expected ']", "a heading has no ] at its end, or too few"),
    ("Invalid initial character for a key", "a key is missing here, or holds a sign that no key may hold"),
    ("Invalid statement", "this is neither a key with its value nor a heading"),
    ("Unescaped '\\'", "a backslash in a text is written twice"),
    ("Invalid hex value", "a backslash in a text is written twice"),
    ("Invalid date or datetime", "there is no such day or hour"),
    ("Invalid value", 'no value: text stands in quotes, a day as 2027-12-31, an hour as 22:00:00 or "22:00"'),
)


def of_syntax(error: str) -> tuple[int, str]:
    """The line that `tomllib` names, 0 for the end of the file, and what is wrong there."""
    line = re.search(r"\(at line (\d+)", error)
    said = re.sub(r"\s*\(at [^()]*\)$", "", error)
    if not line and said.startswith("Invalid value"):
        return 0, "the file ends where a value should stand; a list has no ] at its end"
    words = next((words for begins, words in _SYNTAX if said.startswith(begins)), shown(said, 120))
    return (int(line[1]) if line else 0), words


def of_type(error: msgspec.ValidationError, value: object) -> tuple[tuple[str | int, ...], str]:
    """Where in a value msgspec found fault, as keys and indices, and what it must be."""
    said, _, where = str(error).partition(" - at `$")
    path = tuple(int(key[1:-1]) if key[0] == "[" else key[1:] for key in re.findall(r"\[\d+\]|\.\w+", where))
    for key in path:
        value = value[key] if isinstance(value, (dict, list)) else value
    return path, _must(said, value)


def _must(said: str, value: object) -> str:
    if kinds := re.fullmatch(r"Expected `([^`]+)`, got `(\w+)`", said):
        wanted = [_KINDS.get(one, one) for one in kinds[1].split(" | ") if one != "null"]
        return f"is {of_value(value)}; it must be {listed(wanted)}"
    if bound := re.fullmatch(r"Expected `(\w+)` (of length )?([<>]=?) ([\d.]+)", said):
        return _bound(bound[1], bound[2] or "", bound[3], float(bound[4]))
    if said.startswith("Expected `str` matching regex"):
        return f"{of_value(value)} is no id: an id has letters without accents, digits, '.', '_' and '-', at most 64"
    if said.startswith("Invalid enum value"):
        return f"{of_value(value)} is none of the words that can stand here"
    if said.endswith("encoded date"):
        return f"{of_value(value)} is no day: write it as 2027-12-31, without quotes"
    if said.endswith("encoded time"):
        return f'{of_value(value)} is no hour of the day: write "22:00" or 22:00:00'
    if said == "Number out of range":
        return "is too large a number"
    return shown(said, 120)


def _bound(kind: str, length: str, sign: str, limit: float) -> str:
    if length and limit == 1:
        return "is empty; something must stand there"
    if length:
        unit = "characters" if kind == "str" else "entries"
        return f"has {'more' if sign[0] == '<' else 'fewer'} than {limit:,.0f} {unit}"
    words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}[sign]
    return f"must be {words} {limit:,g}"


def of_value(value: object) -> str:
    """A value as it is shown in a sentence."""
    if isinstance(value, str):
        return f'"{shown(value, 60)}"' if value else "an empty text"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return shown(str(value), 60)


def meant(word: str, known: Iterable[str]) -> str:
    """A question after a word that is not known, where one of the known looks like it."""
    near = difflib.get_close_matches(word[:80], list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
