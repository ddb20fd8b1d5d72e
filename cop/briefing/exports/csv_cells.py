"""Cells of a table (RFC 4180) that no spreadsheet takes for a formula, and what they were before.

A spreadsheet runs what begins with one of a few signs, and some split lines at semicolons whatever the quotes say.
There an apostrophe stands before it, which the reader takes off again.
"""

import re

#: tab and line breaks begin a cell anew where a spreadsheet splits by its own rules; full-width signs are read as signs
_RUN = "=+\\-@'|%\uff1d\uff0b\uff0d\uff20"
_GUARD = re.compile(rf"(^|[;\t\r\n])(?=\s*[{_RUN}])")
_GUARDED = re.compile(rf"(^|[;\t\r\n])'(?=\s*[{_RUN}])")


def guarded(text: str) -> str:
    """A text that is no formula in any spreadsheet."""
    return _GUARD.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """The text as it was."""
    return _GUARDED.sub(r"\1", text)
