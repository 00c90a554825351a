"""The constraint graph as a drawing: inline SVG readable without colour, and Mermaid text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from types import MappingProxyType
from typing import Final, NamedTuple

from ..constraints import graph
from ..engine import Engine
from ..errors import Lang

Edge = tuple[str, str, str]


class Drawn(NamedTuple):
    """How a kind of rule is drawn: its line, whether it has an arrow, and its words."""

    dashes: str
    arrow: bool
    fr: str
    en: str


_DRAWN: Final = MappingProxyType(
    {
        "demande-aussi": Drawn("", True, "demande", "needs"),
        "demande-un-de": Drawn("6 3", True, "demande un de", "needs one of"),
        "interdit-seul": Drawn("6 3", True, "jamais sans", "never without"),
        "bloque": Drawn("2 3", False, "exclut", "excludes"),
    }
)


def drawn(kind: str) -> Drawn:
    """How a kind of rule is drawn; a count ties slots without a direction."""
    said = kind.replace("-", " ")
    return _DRAWN.get(kind, Drawn("8 2 2 2", False, said, said))


_ROW: Final = 34
_LEFT: Final = 12


def edges(engine: Engine) -> tuple[Edge, ...]:
    """The edges of the constraint graph between slots, groups and modes expanded, each once, in display order."""
    rank = {code: i for i, code in enumerate(engine.order)}
    found: dict[Edge, None] = {}
    for rule in engine.reglement.rules:
        for subject, kind, other in graph([rule]):
            for one in engine.places.expand((subject,)):
                for two in engine.places.expand((other,)):
                    if one != two:
                        pair = (one, two) if drawn(kind).arrow or rank[one] < rank[two] else (two, one)
                        found[pair[0], kind, pair[1]] = None
    return tuple(sorted(found, key=lambda edge: (rank[edge[0]], rank[edge[2]], edge[1])))


def word(kind: str, lang: Lang) -> str:
    """The kind of an edge in a word or two."""
    return drawn(kind).fr if lang == "fr" else drawn(kind).en


def svg(engine: Engine, lang: Lang = "fr") -> str:
    """
    The graph as an arc drawing: slots in a column, each rule an arc with its word, lines told apart by their dashes.

    No script, no outside resource, no meaning in colour; a title for those who do not see it.
    """
    found = edges(engine)
    used = [code for code in engine.order if any(code in (one, two) for one, _, two in found)]
    if not used:
        return ""
    at = {code: _ROW * (i + 1) for i, code in enumerate(used)}
    longest = max(len(engine.labels[code]) for code in used)
    edge_x = _LEFT + 8 * longest + 10
    arcs = "".join(_arc(edge, at, edge_x, i, lang) for i, edge in enumerate(found))
    names = "".join(
        f'<text x="{edge_x - 10}" y="{at[code] + 5}" text-anchor="end">{escape(engine.labels[code])}</text>'
        f'<circle cx="{edge_x}" cy="{at[code]}" r="4" fill="#000"/>'
        for code in used
    )
    far = max(abs(at[one] - at[two]) for one, _, two in found)
    width, height = edge_x + far // 2 + 190, _ROW * (len(used) + 1)
    title = "graphe des règles" if lang == "fr" else "constraint graph"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" style="background:#fff" font-family="sans-serif" font-size="14"><title>{title}</title>'
        '<defs><marker id="fleche" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z"/></marker></defs>{arcs}{names}</svg>'
    )


def _arc(edge: Edge, at: dict[str, int], x: int, index: int, lang: Lang) -> str:
    one, kind, two = edge
    start, end = at[one], at[two]
    reach = abs(end - start) // 2 + 14
    how = drawn(kind)
    dashed = f' stroke-dasharray="{how.dashes}"' if how.dashes else ""
    head = ' marker-end="url(#fleche)"' if how.arrow else ""
    middle = (start + end) // 2 + (index % 3 - 1) * 5
    return (
        f'<path d="M{x + 6} {start}C{x + reach} {start} {x + reach} {end} {x + 6} {end}" fill="none" stroke="#000"'
        f'{dashed}{head}/><text x="{x + reach * 3 // 4 + 6}" y="{middle + 4}" font-size="11">'
        f"{escape(word(kind, lang))}</text>"
    )


def mermaid(engine: Engine, lang: Lang = "fr") -> str:
    """The graph as Mermaid text: `graph LR`, one line a slot, one an edge."""
    found = edges(engine)
    used = [code for code in engine.order if any(code in (one, two) for one, _, two in found)]
    lines = ["graph LR", *(f'  {_id(code)}["{_mermaid(engine.labels[code])}"]' for code in used)]
    for one, kind, two in found:
        line = "-->" if drawn(kind).arrow else "---"
        lines.append(f"  {_id(one)} {line}|{_mermaid(word(kind, lang))}| {_id(two)}")
    return "\n".join(lines) + "\n"


def _id(code: str) -> str:
    return f"s_{code.replace('-', '_')}"


def _mermaid(said: str) -> str:
    """Text inside a Mermaid label: what it would read as syntax is written as an entity."""
    return "".join(f"#{ord(c)};" if c in '"#;|[]{}()<>`\\' else c for c in said)


def legend(kinds: Iterable[str], lang: Lang) -> str:
    """The lines of the drawing in words."""
    lines = {"": ("trait plein", "solid line"), "6 3": ("tirets", "dashes"), "2 3": ("points", "dots")}
    said = []
    for kind in sorted(set(kinds)):
        line = lines.get(drawn(kind).dashes, ("tirets et points", "dashes and dots"))[lang == "en"]
        said.append(f"{line} : {word(kind, lang)}" if lang == "fr" else f"{line}: {word(kind, lang)}")
    return " ; ".join(said)
