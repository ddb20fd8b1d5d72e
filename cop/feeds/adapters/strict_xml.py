"""XML from the network: no DTD in any encoding, no entities, no network, no depth and no size that ends the process."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml import etree

from cop.feeds.adapters import readings
from cop.feeds.message import BadMessage

MAX_DEPTH = 64
MAX_ATTRIBUTES = 500
_MAX_LOSSES = 40
_MAX_TEXTS = 100
_MAX_CHILDREN = 2_000
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
#: lxml looks each attribute of an element up from its first one on: of 80,000 that would take seconds
_TOO_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*[@*[{MAX_ATTRIBUTES + 1}]])")
_SHORTEST_TOO_DEEP = (MAX_DEPTH + 1) * len("<a></a>") - len("</a>") + 1
_DECLARATION = re.compile(rb"<\?xml\s[^<>]{0,200}\?>")
_DOCTYPE = re.compile(rb"<![Dd]")
_UTF8_DECLARATION = re.compile(rb"""<\?xml\s[^<>]{0,100}encoding\s*=\s*["'][Uu][Tt][Ff]-8["'][^<>]{0,60}\?>""")
_DECLARED_ENCODING = re.compile(rb"""\s*<\?xml\s[^<>]{0,150}encoding\s*=\s*["']([A-Za-z0-9._-]{1,20})["']""")
#: The encodings that are read. What others (UTF-7, EBCDIC) make of the same bytes need not be guarded then.
_ENCODINGS = {
    b"utf-8": "utf-8",
    b"utf8": "utf-8",
    b"us-ascii": "ascii",
    b"ascii": "ascii",
    b"iso-8859-1": "iso-8859-1",
    b"windows-1252": "cp1252",
}
#: What the parser says where a second document begins: content after the end, or a declaration in the middle.
_ANOTHER_BEGINS = (etree.ErrorTypes.ERR_DOCUMENT_END, etree.ErrorTypes.ERR_RESERVED_XML_NAME)
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def documents(payload: bytes, root: str) -> list[Any]:
    """The elements named `root` in a payload: one, or several one after another as some senders do.

    The XML declaration's version is not looked at: senders write the version of their own format there.
    Raises BadMessage.
    """
    body = _utf8(payload)
    try:
        tree = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError as error:
        if error.code not in _ANOTHER_BEGINS:
            raise BadMessage("not well-formed XML") from None
        tree = _joined(body)
        found = list(tree)
        if any(element.tag != root for element in found):
            raise BadMessage(f"root element is not {root}") from None
    else:
        if tree.tag != root:
            raise BadMessage(f"root element is not {root}")
        found = [tree]
    if len(body) >= _SHORTEST_TOO_DEEP and body.count(b"<") > MAX_DEPTH and _TOO_DEEP(tree):
        raise BadMessage("XML is nested too deeply")
    return found


def document(payload: bytes) -> Any:
    """The root element of the one document in a payload. Raises BadMessage."""
    body = _utf8(payload)
    try:
        tree = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError:
        raise BadMessage("not well-formed XML") from None
    if len(body) >= _SHORTEST_TOO_DEEP and _TOO_DEEP(tree):
        raise BadMessage("XML is nested too deeply")
    if body.count(b"=") > MAX_ATTRIBUTES and _TOO_MANY_ATTRIBUTES(tree):
        raise BadMessage("an element has too many attributes")
    return tree


def local_name(element: Any) -> str:
    """An element's name without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2]


def text_of(element: Any, path: str) -> str:
    """The text of the first element at a path of local names (`info/area/polygon`), stripped; "" if there is none.

    Namespaces are not looked at: senders get them wrong, and the names are told apart by where they stand.
    """
    found = element.find(_any_namespace(path))
    return (found.text or "").strip() if found is not None else ""


def all_at(element: Any, path: str) -> list[Any]:
    """Every element at a path of local names, namespaces not looked at."""
    found: list[Any] = element.findall(_any_namespace(path))
    return found


@lru_cache(maxsize=1_000)
def _any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def unread(element: Any, read: frozenset[str]) -> dict[str, str]:
    """The losses of an element: the texts below every child that nobody reads, at most 40 of them, by local name."""
    left: dict[str, str] = {}
    for child in islice(element, _MAX_CHILDREN):
        name = child.tag.rpartition("}")[2]
        if name in read or (name not in left and len(left) >= _MAX_LOSSES):
            continue
        known = left.get(name, "")
        if len(known) >= readings.SHORT - 1:
            continue
        texts = " ".join(islice(_texts_below(child), _MAX_TEXTS))
        if texts:
            left[readings.loss(name)] = readings.loss(f"{known}; {texts}" if known else texts)
    return left


def _texts_below(element: Any) -> Iterator[str]:
    """Its own text, and those of the elements below it with their names."""
    for below in element.iter():
        text = (below.text or "").strip()
        if text:
            yield text if below is element else f"{below.tag.rpartition('}')[2]}={text}"


def _joined(body: bytes) -> Any:
    """Several documents, one after another, as the children of one element."""
    try:
        joined = etree.fromstring(b"<joined>" + _DECLARATION.sub(b"", body) + b"</joined>", _PARSER)
    except etree.XMLSyntaxError:
        raise BadMessage("not well-formed XML") from None
    if len(joined) < 2:
        raise BadMessage("not well-formed XML")
    if (joined.text or "").strip() or any((element.tail or "").strip() for element in joined):
        raise BadMessage("text between the elements")
    return joined


def _utf8(payload: bytes) -> bytes:
    """The document as UTF-8 without its declaration, refused if it holds a document type declaration."""
    declaration = _DECLARATION.match(payload)
    if payload[:1] == b"<" and payload[1:2] != b"?" and b"\0" not in payload:
        body = payload  # the common case: UTF-8 without a declaration
    elif declaration is not None and _UTF8_DECLARATION.fullmatch(declaration[0]) and b"\0" not in payload:
        try:
            payload.decode()
        except UnicodeDecodeError:
            raise BadMessage("bytes are not in the encoding they claim") from None
        body = payload[declaration.end() :]  # the other common case: nothing to bring into UTF-8
    else:
        body = _decoded(payload).lstrip().encode()
        declaration = _DECLARATION.match(body)
        body = body[declaration.end() if declaration else 0 :]
        if b"\0" in body:
            raise BadMessage("not well-formed XML")
    if b"!" in body and _DOCTYPE.search(body):  # one letter is found ten times as fast as two
        raise BadMessage("a document type declaration is refused")
    return body


def _decoded(payload: bytes) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if payload.startswith(mark)), None)
    if encoding is None:
        declared = _DECLARED_ENCODING.match(payload)
        encoding = _ENCODINGS.get(declared[1].lower()) if declared else "utf-8"
        if encoding is None:  # UTF-16 too, for what declares it in ASCII is not in it
            raise BadMessage("encoding is not one that is read")
    try:
        return payload.decode(encoding)
    except UnicodeDecodeError:
        raise BadMessage("bytes are not in the encoding they claim") from None
