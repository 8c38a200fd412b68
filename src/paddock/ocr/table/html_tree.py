"""A table's HTML as the tree that TEDS compares; reads whatever it is given.

The tree is what libxml2's parser makes of the same HTML, as far as tables go: an end tag closes what is open inside it,
a cell or a row ends where the next one begins. Comments are left out.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_DOCUMENT = re.compile(r"\s*<(?:html|!doctype)\b", re.IGNORECASE)
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_CLOSED_BY = {
    "td": ("td", "th"),
    "th": ("td", "th"),
    "tr": ("td", "th", "tr"),
    "thead": ("td", "th", "tr", "thead", "tbody", "tfoot"),
    "tbody": ("td", "th", "tr", "thead", "tbody", "tfoot"),
    "tfoot": ("td", "th", "tr", "thead", "tbody", "tfoot"),
}
"""Which open tags a tag ends when it begins, inside the same table."""


@dataclass
class Node:
    """An element of the tree; cells have no children, only content."""

    tag: str
    colspan: int | None = None
    rowspan: int | None = None
    content: list[str] = field(default_factory=list)
    """Of a ``td``: its characters and inline tags."""
    children: list["Node"] = field(default_factory=list)


@dataclass
class TableTree:
    """The first table that stands directly in the body."""

    root: Node
    num_nodes: int = 0
    """Elements below ``root``, those inside cells included."""


def parse_table(html: str) -> TableTree | None:
    """The table of a whole document; None where ``html`` is none, or has no table directly in its body."""
    if not _DOCUMENT.match(html):
        return None
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.table


class _Builder(HTMLParser):
    """Collects `table` from what the parser meets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.table: TableTree | None = None
        self._open: list[str] = []
        """Tags that are open, from the root on."""
        self._nodes: list[Node] = []
        """Those of them that are nodes: from the table down to a cell."""
        self._cell_depth = 0
        """Length of ``_open`` with the current cell; 0 outside of cells."""
        self._is_done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_done:
            return
        self._close_before(tag)
        if self.table is None:
            if tag == "table" and [name for name in self._open if name != "html"] in ([], ["body"]):
                self.table = TableTree(Node(tag))
                self._nodes = [self.table.root]
        else:
            self.table.num_nodes += 1
            if self._cell_depth:
                self._nodes[-1].content += [f"<{tag}>", f"</{tag}>"] if tag in _VOID else [f"<{tag}>"]
            else:
                self._add_node(tag, dict(attrs))
        if tag not in _VOID:
            self._open.append(tag)
            if tag == "td" and self.table is not None and not self._cell_depth:
                self._cell_depth = len(self._open)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # HTML knows no <td/>: the slash says nothing

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open and not self._is_done:
            self._close_to(len(self._open) - 1 - self._open[::-1].index(tag))

    def handle_data(self, data: str) -> None:
        if self._cell_depth and not self._is_done:
            self._nodes[-1].content += data

    def _add_node(self, tag: str, attributes: dict[str, str | None]) -> None:
        node = Node(tag)
        if tag == "td":
            node = Node(tag, _span(attributes.get("colspan")), _span(attributes.get("rowspan")))
        self._nodes[-1].children.append(node)
        if tag not in _VOID:
            self._nodes.append(node)

    def _close_before(self, tag: str) -> None:
        """End the cells, rows and sections that cannot go on when ``tag`` begins."""
        closed = _CLOSED_BY.get(tag)
        if closed is None:
            return
        inner = len(self._open) - self._open[::-1].index("table") if "table" in self._open else 0
        first = next((depth for depth in range(inner, len(self._open)) if self._open[depth] in closed), None)
        if first is not None:
            self._close_to(first)

    def _close_to(self, depth: int) -> None:
        """Leave only the ``depth`` outermost tags open."""
        while len(self._open) > depth:
            tag = self._open.pop()
            if self.table is None:
                continue
            if self._cell_depth and len(self._open) >= self._cell_depth:
                self._nodes[-1].content.append(f"</{tag}>")
                continue
            self._cell_depth = 0
            self._nodes.pop()
            if not self._nodes:
                self._is_done = True
                return


def _span(value: str | None) -> int:
    """The number of an attribute; 1 where it has none, as a browser takes it."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else 1
