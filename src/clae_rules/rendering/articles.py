"""
A whole règlement as plain French articles, from its data alone: what a town compares with what it published.

Articles are numbered through, grouped by theme; each has its source in brackets, and what is supposed is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, count
from types import MappingProxyType
from typing import Any, Final

from ..described import Coded, Key, TableOf, keys_of
from ..reglement import Reglement
from . import deadlines, lapses, places, prices, rules
from .speaker import Sentence, Speaker, provenance
from .words import code_words

#: Every sentence, by the class that it tells.
SENTENCES: Final[Mapping[type, Sentence]] = MappingProxyType(
    dict(chain.from_iterable(one.SENTENCES.items() for one in (places, rules, deadlines, prices, lapses)))
)
#: The themes in order, and the sections that each holds; a section that is in none has a theme of its own, at the end.
THEMES: Final = (
    ("Établissements et créneaux", ("etablissement", "mode", "groupe", "formule")),
    ("Calendrier et périodes", ("jours", "calendrier", "decoupage", "periode")),
    ("Ce que l'on sait de l'enfant et du foyer", ("faits",)),
    ("Règles entre créneaux", ("regle",)),
    ("Délais", ("delai", "abonnement")),
    ("Accès et dossiers", ("acces", "piece")),
    ("Places", ("capacite",)),
    ("Tarifs", ("grille", "compte", "tarif")),
    ("Modifications des prix", ("modification", "prix")),
    ("Présences, retards et absences", ("constat", "absence", "evenement")),
    ("Publié, sans rien décider ici", ("mention",)),
)
#: The sections that stand at the head, before the articles.
HEAD: Final = ("format", "reglement", "document")


def render(reglement: Reglement) -> str:
    """
    The articles of a règlement, as Markdown that reads as plain text, ending with a newline.

    Args:
        reglement: A règlement, checked or not: the articles are its data, in its order.
    """
    speaker = Speaker(reglement, SENTENCES)
    sections = {key.name: (key, getattr(reglement, one.name)) for one, key in keys_of(Reglement)}
    themed = {name for _, names in THEMES for name in names}
    others = [(code_words(name), (name,)) for name in sections if name not in themed and name not in HEAD]
    lines = [*_head(reglement, speaker)]
    number = count(1)
    for theme, names in (*THEMES, *others):
        known = [sections[name] for name in names if name in sections]
        items = [one for key, value in known for one in _items(key, value, speaker)]
        if items:
            lines += ["", f"## {theme}"]
            lines += chain.from_iterable(_article(next(number), *one) for one in items)
    return "\n".join(lines) + "\n"


def _head(reglement: Reglement, speaker: Speaker) -> Iterator[str]:
    yield f"# {reglement.identity.label}"
    yield ""
    yield f"{speaker.tell(reglement.identity)}."
    if reglement.identity.source:
        yield f"Un article sans source vient de [{reglement.identity.source}]."
    if reglement.documents:
        yield ""
        yield "Documents cités :"
        yield ""
        yield from (f"- [{one.code}] {speaker.tell(one)}" for one in reglement.documents)


def _items(key: Key, value: Any, speaker: Speaker) -> Iterator[tuple[str, str, str]]:
    """Each article of a section: its title, its text, where it comes from."""
    if isinstance(key.shape, Coded):
        for one in value:
            yield getattr(one, "label", "") or code_words(one.code), speaker.told(one), provenance(one)
    elif isinstance(key.shape, TableOf):
        rows = "".join(f"\n- {code} : {speaker.value(key.shape.item, one)}" for code, one in value)
        if rows:
            yield key.doc.rstrip("."), rows.lstrip("\n"), ""
    elif any(getattr(value, one.name) != one.default for one, _ in keys_of(value.__class__)):
        yield key.doc.rstrip("."), speaker.told(value), provenance(value)


def _article(number: int, title: str, text: str, whence: str) -> Iterator[str]:
    body = text[:1].upper() + text[1:]
    yield ""
    yield f"### Article {number}. {title}"
    yield ""
    first, *rest = body.split("\n")
    first = first.rstrip()
    yield f"{first}{'' if first.endswith((':', '.')) or rest or first.startswith('- ') else '.'}"
    yield from ([""] if rest and not first.startswith("- ") else [])
    yield from rest
    if whence:
        yield from ("", whence.strip())
