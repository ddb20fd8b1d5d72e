"""Text that others wrote as HTML, as plain text: nothing in a message is markup."""

from html import unescape
from typing import Any

from lxml import etree

_LONGEST = 65_536
_PARSER = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
_BLOCKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dt", "dd"})
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "head", "title"})


def of_html(text: str) -> str:
    """What a reader sees of a text that may hold HTML: no tags, entities resolved, a line for each block.

    Of a text longer than 65,536 characters the rest is left out; one in which nothing can be read comes back as it is.
    """
    if "<" not in text:
        return unescape(text[:_LONGEST]) if "&" in text else text
    try:
        # UTF-16 surrogates are in no XML and no JSON that was read; a NUL would end the text.
        tree = etree.fromstring(text[:_LONGEST].replace("\0", " ").encode("utf-8", "replace"), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return text
    if tree is None:
        return text
    lines = "".join(_seen(tree)).splitlines()
    return "\n".join(words for line in lines if (words := " ".join(line.split()))) or text


def _seen(tree: Any) -> list[str]:
    """The words of a tree; walked by events, for its depth is the sender's."""
    found: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            hidden += tag in _UNSEEN
            if tag in _BLOCKS:
                found.append("\n")
            if element.text and not hidden:
                found.append(element.text.replace("\n", " "))
        else:
            hidden -= tag in _UNSEEN
            if tag in _BLOCKS and tag != "br":
                found.append("\n")
            elif tag in _CELLS:
                found.append(" ")
            if element.tail and not hidden:
                found.append(element.tail.replace("\n", " "))
    return found
