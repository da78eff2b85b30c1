"""A page as a browser reads it: elements, text, and forms filled as HTML says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
BOXES = ("checkbox", "radio")
NOT_SENT = ("submit", "button", "reset", "image", "file")

Typed = Mapping[str, str | Sequence[str]]


@dataclass
class Element:
    """One element; ``inside`` are its children, texts and elements, in order."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, white space as written."""
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    @property
    def words(self) -> str:
        """All text in it, white space folded as on the screen."""
        return " ".join(self.text.split())

    def every(self, tag: str = "", **attributes: str) -> Iterator[Element]:
        """The elements in it, in order of the page; ``data_live="x"`` asks for ``data-live="x"``."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        for part in self.inside:
            if isinstance(part, Element):
                if tag in ("", part.tag) and wanted.items() <= part.attributes.items():
                    yield part
                yield from part.every(tag, **attributes)

    def having(self, attribute: str) -> Iterator[Element]:
        """The elements in it that carry an attribute."""
        return (element for element in self.every() if attribute in element.attributes)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        tags = [element.tag for element in self._open]
        if tag in tags:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


@dataclass(frozen=True)
class Form:
    """A form of a page; ``action`` is a whole address."""

    element: Element
    action: str

    def filled(self, typed: Typed) -> list[tuple[str, str]]:
        """What is sent when ``typed`` stands in its fields and the rest is left alone.

        A field or a choice that the form does not have cannot be typed: AssertionError.
        """
        left = dict(typed)
        sent: list[tuple[str, str]] = []
        for control in self.element.every():
            name = control.attributes.get("name", "")
            if name and control.tag in ("input", "select", "textarea"):
                sent += [(name, value) for value in _values(control, typed.get(name))]
                left.pop(name, None)
        for name, value in typed.items():
            for chosen in [value] if isinstance(value, str) else value:
                assert name in left or (name, chosen) in sent, f"{self.action} has no {name} = {chosen}"
        assert not left, f"{self.action} has no {sorted(left)}"
        return sent


def _values(control: Element, typed: str | Sequence[str] | None) -> list[str]:
    attributes, kind = control.attributes, control.attributes.get("type", "text")
    if control.tag == "select":
        offered = list(control.every("option"))
        chosen = [option for option in offered if "selected" in option.attributes] or offered[:1]
        if typed is not None:
            chosen = [option for option in offered if option.attributes["value"] == typed]
        return [option.attributes["value"] for option in chosen]
    if control.tag == "textarea":
        return [control.text.removeprefix("\n") if typed is None else str(typed)]
    if kind in BOXES:
        value = attributes.get("value", "on")
        ticked = "checked" in attributes if typed is None else value in typed
        return [value] if ticked else []
    return [] if kind in NOT_SENT else [attributes.get("value", "") if typed is None else str(typed)]


class Page:
    """An answer that was a page."""

    def __init__(self, url: str, status: int, html: str) -> None:
        self.url = url
        self.path = urlsplit(url).path
        self.status = status
        reader = _Reader()
        reader.feed(html)
        self.root = reader.root
        (self.main,) = self.root.every("main")

    @property
    def words(self) -> str:
        """What stands in the main part."""
        return self.main.words

    @property
    def token(self) -> str:
        """What a script sends with each change."""
        (meta,) = self.root.every("meta", name="csrf-token")
        return meta.attributes["content"]

    @property
    def case(self) -> int:
        """The case that the page follows."""
        return int(self.main.attributes["data-live-case"])

    @property
    def seq(self) -> int:
        """The number of the newest event that the page shows."""
        return int(self.main.attributes["data-live-seq"])

    def form(self, end: str = "") -> Form:
        """The form that is sent to an address with that end; by default to the page's own."""
        for element in self.root.every("form", method="post"):
            action = urljoin(self.url, element.attributes.get("action") or self.url)
            if action.endswith(end or self.path):
                return Form(element, action)
        raise AssertionError(f"{self.path} has no form for {end or self.path}: {self.words[:300]}")

    def offers(self, end: str) -> bool:
        """Whether there is such a form."""
        return any(element.attributes.get("action", "").endswith(end) for element in self.root.every("form"))

    def links(self, part: str) -> list[str]:
        """The addresses that the page leads to and that contain ``part``."""
        found = (element.attributes.get("href", "") for element in self.main.every("a"))
        return [href for href in found if part in href]

    def upload(self, name: str) -> Element:
        """An upload control."""
        for element in self.main.having("data-upload-url"):
            if element.attributes["data-upload-url"].endswith(f"tipo={name}"):
                return element
        raise AssertionError(f"{self.path} takes no file of kind {name}")

    def faults(self) -> list[str]:
        """The sentences at the top of a form that came back."""
        summaries = self.main.having("data-error-summary")
        return [item.words for summary in summaries for item in summary.every("li")] or [
            summary.words for summary in self.main.having("data-error-summary")
        ]
