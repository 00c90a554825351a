"""What a town publishes: the documents, which of them replaces which, and what is mentioned without being decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Annotated

from .described import Key, leaves
from .errors import Fault, Path
from .kinds import KIND_CODE
from .selectors import When, Where
from .shapes import Day, Ref, Slug, Text
from .slots import HYPOTHESE, SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    A published text that items name as their source.

    Args:
        replaces: Code of the document that this one replaces, whose items end before those of this one begin.
    """

    code: Annotated[str, Key("", Slug(), "")]
    title: Annotated[str, Key("titre", Text(), "Le titre du document.", '"Règlement intérieur"')]
    page: Annotated[str, Key("page", Text(), "Son adresse publique.")] = ""
    day: Annotated[date | None, Key("date", Day(), "Sa date.", "2021-06-01")] = None
    replaces: Annotated[
        str, Key("remplace", Ref(("document",)), "Le document d'avant, que celui-ci remplace.", '"reglement-2023"')
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """
    What is published and changes no answer here: means of payment, reminders, arbitration (S13.2).

    Args:
        says: What is published, in a sentence.
        kind: Code of one of `kinds.KINDS`.
        why: Why nothing is decided from it.
    """

    code: Annotated[str, Key("", Slug(), "")]
    says: Annotated[str, Key("dit", Text(1000), "Ce qui est publié, en une phrase.", '"Paiement par chèque ou CB."')]
    kind: Annotated[str, Key("genre", KIND_CODE, "Le genre de règle que c'est.", '"F-MOYENS"')] = ""
    why: Annotated[
        str, Key("pourquoi", Text(), "Pourquoi rien n'en est décidé ici.", '"ne change ni une date ni un prix"')
    ] = ""
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""


@dataclass(frozen=True, slots=True)
class Sourced:
    """An item that a selector holds, with the documents that it is taken from."""

    path: Path
    item: Where
    documents: frozenset[str]


def sourced(path: Path, item: Where, inherited: str) -> Sourced:
    """An item with the documents that it, its phases and its rows name; the inherited source where it names none."""
    own = {value.split()[0] for _, key, value in leaves(item) if key is SOURCE and value}
    return Sourced(path, item, frozenset(own or set(inherited.split()[:1])))


def version_faults(
    documents: Collection[Document], items: Iterable[Sourced], expand: Callable[[Where], frozenset[str]]
) -> Iterator[Fault]:
    """
    Where a file mixes a document with the one that it replaces, and does not date them apart.

    Two items of one section that may speak of the same slot, one taken from each, must not share a day: the older
    ends, by `quand`, before the newer begins.

    Args:
        documents: Every document of the règlement.
        items: What is taken from them.
        expand: The slots of which a selector may speak.
    """
    replaced = {one.code: one.replaces for one in documents if one.replaces}
    older = {code: _chain(code, replaced) for code in replaced}
    for code, chain in older.items():
        if code in chain:
            fr = f"« {code} » finit par se remplacer lui-même ; retirez « remplace » de l'un d'eux"
            yield Fault(
                ("document", code, "remplace"), fr, f"« {code} » ends up replacing itself; drop one « remplace »"
            )
    known = list(items) if older else []
    for one in known:
        for code in sorted(one.documents):
            both = sorted(one.documents & set(older.get(code, ())) - {code})
            if both:
                fr = f"mêle « {code} » et « {both[0]} », qu'il remplace ; écrivez-en deux, datés par quand.du et quand.au"
                yield Fault(
                    one.path, fr, f"mixes « {code} » and « {both[0]} », which it replaces; write two, dated apart"
                )
    for new, old in product(known, known):
        pair = next((code for code in new.documents if old.documents & set(older.get(code, ()))), "")
        if pair and new is not old and new.path[0] == old.path[0] and expand(new.item) & expand(old.item):
            ends, begins = _days(old.item.when)[1], _days(new.item.when)[0]
            if ends is None or begins is None or ends >= begins:
                yield _mixed(new, old, pair)


def _chain(code: str, replaced: dict[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    while (code := replaced.get(code, "")) and code not in found:
        found.append(code)
    return tuple(found)


def _days(when: When) -> tuple[date | None, date | None]:
    """The first and the last day of some dates, None where they have none."""
    listed = when.dates
    first, last = (min(listed), max(listed)) if listed else (None, None)
    return when.first_day or first, when.last_day or last


def _mixed(new: Sourced, old: Sourced, document: str) -> Fault:
    name = new.path[-1]
    fr = f"vient d'un document que « {document} » remplace, et « {name} » de « {document} » : les deux vaudraient ensemble"
    en = f"is taken from a document that « {document} » replaces, and « {name} » from « {document} »: both would hold"
    way = "finissez celui-ci par quand.au avant que l'autre commence par quand.du"
    return Fault(old.path, f"{fr} ; {way}", f"{en}; end this one by quand.au before the other begins by quand.du")
