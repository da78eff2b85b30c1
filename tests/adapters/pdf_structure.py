"""What PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) ask of a file, as far as its structure shows it.

No independent checker (veraPDF) can be had here; these are the rules that a reader of the objects can see for
itself: claims, languages, tags and their order, fonts, figures, tables, links, and what must not be there.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from pyhanko.pdf_utils.reader import PdfFileReader

HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")
STANDARD = {
    *("/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/TOC", "/TOCI", "/Index"),
    *("/P", *HEADINGS, "/L", "/LI", "/Lbl", "/LBody", "/Table", "/TR", "/TH", "/TD", "/THead", "/TBody"),
    *("/TFoot", "/Span", "/Quote", "/Note", "/Reference", "/BibEntry", "/Code", "/Link", "/Annot", "/Figure"),
    *("/Formula", "/Form", "/NonStruct"),
}
NAMES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
ACTIVE = ("/OpenAction", "/AA", "/AcroForm", "/AF")


def faults(pdf: bytes) -> list[str]:
    """Everything found wrong, in words; empty for a file that keeps the rules."""
    return list(_Check(pdf).found())


class _Check:
    def __init__(self, pdf: bytes) -> None:
        self._reader = PdfFileReader(io.BytesIO(pdf))
        self._root = self._reader.root
        self._roles = {str(k): str(v) for k, v in _get(self._tree, "/RoleMap", {}).items()}

    @property
    def _tree(self) -> Any:
        return _get(self._root, "/StructTreeRoot", {})

    def found(self) -> Iterator[str]:
        yield from self._claims()
        yield from self._document()
        yield from self._tags()
        for number, page in enumerate(self._pages(self._root["/Pages"]), start=1):
            yield from (f"page {number}: {fault}" for fault in self._page(page))

    def _claims(self) -> Iterator[str]:
        metadata = self._root["/Metadata"]
        if "/Filter" in metadata:
            yield "metadata are compressed"
        xmp = ElementTree.fromstring(metadata.data.strip())
        for name, wanted in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
            if (value := _xmp(xmp, name)) != wanted:
                yield f"{name} is {value!r}"
        for name in ("dc:title", "dc:language"):
            if not _xmp(xmp, name):
                yield f"no {name}"
        if _xmp(xmp, "dc:title") != _get(_get(self._reader.trailer, "/Info", {}), "/Title", ""):
            yield "the title of the metadata is another than that of Info"

    def _document(self) -> Iterator[str]:
        if "/Encrypt" in self._reader.trailer:
            yield "encrypted"
        if "/ID" not in self._reader.trailer:
            yield "no file identifier"
        if not str(_get(self._root, "/Lang", "")):
            yield "no language"
        if not _true(_get(_get(self._root, "/MarkInfo", {}), "/Marked")):
            yield "not marked as tagged"
        if _true(_get(_get(self._root, "/MarkInfo", {}), "/Suspects")):
            yield "tags are suspect"
        if not _true(_get(_get(self._root, "/ViewerPreferences", {}), "/DisplayDocTitle")):
            yield "the title is not displayed"
        intents = [one.get_object() for one in _get(self._root, "/OutputIntents", ())]
        if not any(one["/S"] == "/GTS_PDFA1" and "/DestOutputProfile" in one for one in intents):
            yield "no output intent with a profile"
        yield from (f"{name} in the catalogue" for name in ACTIVE if name in self._root)
        names = _get(self._root, "/Names", {})
        yield from (f"{name} in the names" for name in ("/JavaScript", "/EmbeddedFiles") if name in names)

    def _tags(self) -> Iterator[str]:
        elements = list(self._elements(self._tree))
        for element in elements:
            yield from self._tag(element, self._role(element))
        levels = [HEADINGS.index(role) + 1 for one in elements if (role := self._role(one)) in HEADINGS]
        if levels[:1] != [1] or levels.count(1) != 1:
            yield f"headings begin {levels[:2]} and have {levels.count(1)} of level 1"
        if any(after > before + 1 for before, after in itertools.pairwise(levels)):
            yield f"a level of heading is skipped: {levels}"

    def _tag(self, element: Any, role: str) -> Iterator[str]:
        if role not in STANDARD:
            yield f"{role} is no standard tag"
        if role in ("/Figure", "/Formula") and not str(_get(element, "/Alt", "")).strip():
            yield "a figure without an alternative text"
        if role == "/TH" and not self._attribute(element, "/Scope"):
            yield "a header cell without its scope"
        if role == "/Table":
            yield from self._table(element)
        if role == "/Link" and not any(_is_reference(kid) for kid in _kids(element)):
            yield "a link tag without its annotation"
        if role == "/LI" and self._parent_role(element) != "/L":
            yield "an item outside of a list"

    def _table(self, table: Any) -> Iterator[str]:
        rows = [one for one in self._elements(table) if self._role(one) == "/TR"]
        widths = {sum(self._span(cell) for cell in _structs(row)) for row in rows}
        if len(widths) != 1:
            yield f"rows of a table have {sorted(widths)} cells"
        if not any(self._role(cell) == "/TH" for row in rows for cell in _structs(row)):
            yield "a table without header cells"

    def _span(self, cell: Any) -> int:
        return int(self._attribute(cell, "/ColSpan") or 1)

    def _attribute(self, element: Any, name: str) -> Any:
        given = _get(element, "/A", {})
        for one in given if isinstance(given, list) else [given]:
            if name in (found := _resolved(one)):
                return found[name]
        return None

    def _elements(self, parent: Any) -> Iterator[Any]:
        for kid in _structs(parent):
            yield kid
            yield from self._elements(kid)

    def _role(self, element: Any) -> str:
        role = str(element["/S"])
        return self._roles.get(role, role)

    def _parent_role(self, element: Any) -> str:
        parent = element["/P"]
        return self._role(parent) if "/S" in parent else ""

    def _pages(self, node: Any) -> Iterator[Any]:
        for kid in node["/Kids"]:
            page = kid.get_object()
            if page["/Type"] == "/Pages":
                yield from self._pages(page)
            else:
                yield page

    def _page(self, page: Any) -> Iterator[str]:
        annotations = [one.get_object() for one in _get(page, "/Annots", ())]
        if annotations and _get(page, "/Tabs") != "/S":
            yield "keys do not follow the tags"
        for one in annotations:
            if "/StructParent" not in one:
                yield "an annotation outside of the tags"
            if not str(_get(one, "/Contents", "")):
                yield "an annotation without words"
            if int(_get(one, "/F", 0)) & 0b110 != 0b100:
                yield "an annotation that is not printed"
        if "/StructParents" not in page:
            yield "content without tags"
        yield from _content(page)
        yield from self._resources(page["/Resources"])

    def _resources(self, resources: Any) -> Iterator[str]:
        for name, reference in _get(resources, "/Font", {}).items():
            yield from (f"font {name} {fault}" for fault in _font(reference.get_object()))
        for reference in _get(resources, "/XObject", {}).values():
            inner = reference.get_object()
            if inner["/Subtype"] == "/Form" and "/Resources" in inner:
                yield from self._resources(inner["/Resources"])


def _content(page: Any) -> Iterator[str]:
    """Everything drawn is inside of a tag or an artifact."""
    parts = page["/Contents"]
    whole = b"\n".join(one.get_object().data for one in (parts if isinstance(parts, list) else [parts]))
    depth = 0
    for operator in _WORDS.findall(_STRINGS.sub(b" ", whole)):
        depth += operator in (b"BDC", b"BMC")
        depth -= operator == b"EMC"
        if depth == 0 and operator in _DRAWS:
            yield f"{operator.decode()} draws outside of the tags"
    if depth:
        yield "a tag that is not closed"


_STRINGS = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_WORDS = re.compile(rb"(?<![^\s\]>])[A-Za-z'\"*]+(?=[\s/\[<(]|$)")
_DRAWS = (b"Tj", b"TJ", b"'", b'"', b"Do", b"S", b"s", b"f", b"f*", b"B", b"B*", b"b", b"b*", b"sh")


def _font(font: Any) -> Iterator[str]:
    described = font["/DescendantFonts"][0].get_object() if font["/Subtype"] == "/Type0" else font
    if font["/Subtype"] != "/Type3":
        descriptor = _get(described, "/FontDescriptor", {})
        if not any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")):
            yield "is not embedded"
    if "/ToUnicode" not in font:
        yield "does not say its characters"


def _kids(element: Any) -> list[Any]:
    kids = _get(element, "/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    return [_resolved(kid) for kid in kids]


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _structs(element: Any) -> list[Any]:
    return [kid for kid in _kids(element) if isinstance(kid, dict) and "/S" in kid]


def _is_reference(kid: Any) -> bool:
    return isinstance(kid, dict) and _get(kid, "/Type") == "/OBJR"


def _get(values: Any, name: str, default: Any = None) -> Any:
    """What stands under a name, itself and not a reference to it."""
    try:
        return values[name]
    except KeyError:
        return default


def _true(value: Any) -> bool:
    return bool(getattr(value, "value", value))


def _xmp(tree: ElementTree.Element, name: str) -> str:
    """The text of a property, which may stand in an element or in an attribute."""
    space, _, local = name.partition(":")
    wanted = f"{{{NAMES[space]}}}{local}"
    for element in tree.iter():
        if wanted in element.attrib:
            return element.attrib[wanted]
        if element.tag == wanted:
            return "".join(element.itertext()).strip()
    return ""
