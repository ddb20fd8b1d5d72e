"""Text that others wrote as HTML, as plain text: nothing in a message is markup."""

import re
from html import unescape

from lxml import etree

_LONGEST = 65_536
_PARSER = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
_UNSEEN = ("script", "style", "head", "title")
#: Where a line ends, and where a word does.
_BLOCK = re.compile(r"<(?=/?(?:br|p|div|li|tr|h[1-6]|table|ul|ol|dt|dd)[\s/>])", re.IGNORECASE)
_CELL = re.compile(r"<(?=/(?:td|th)[\s>])", re.IGNORECASE)


def of_html(text: str) -> str:
    """What a reader sees of a text that may hold HTML: no tags, entities resolved, a line for each block.

    Of a text longer than 65,536 characters the rest is left out; one in which nothing can be read comes back as it is.
    """
    if "<" not in text:
        return unescape(text[:_LONGEST]) if "&" in text else text
    marked = _CELL.sub(" <", _BLOCK.sub("\n<", " ".join(text[:_LONGEST].split())))
    try:
        tree = etree.fromstring(marked.encode("utf-8", "replace"), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return text
    if tree is None:
        return text
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    lines = str(etree.tostring(tree, method="text", encoding="unicode")).splitlines()
    return "\n".join(words for line in lines if (words := " ".join(line.split()))) or text
