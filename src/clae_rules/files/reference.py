"""
The reference page of the file format, made from the one description of each field: French Markdown.

A page written by hand would drift from what the reader accepts; `docs/format.md` holds this one between its marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from ..absences import AbsenceTerms
from ..alternatives import Way
from ..attendance import Cancellation, Episode, Event, Stay
from ..days import DayException, Span
from ..described import Alternatives, Coded, Key, ListOf, Phrase, Record, Shape, TableOf, keys_of, required
from ..modifiers import Reach
from ..phases import Phase, Row
from ..prices import Effort, PriceShape
from ..reglement import REGLEMENT
from ..selectors import When, Where
from ..shapes import Day, Either
from ..slots import HYPOTHESE, SOURCE, Held, Slot
from ..windows import PublishedPart
from .demandes import DEMANDE
from .given_facts import DatedFile, FactsShape
from .releves import RELEVE
from .subscriptions import AbonneFile

#: Where the generated part of a page begins and ends.
BEGIN: Final = "<!-- référence : début -->"
END: Final = "<!-- référence : fin -->"

#: Tables that stand inside others: their heading, and who they are.
SHARED: Final[Mapping[type, tuple[str, str]]] = MappingProxyType(
    {
        Where: ("Le sélecteur", "Où cela s'applique : les clés s'ajoutent (et), une liste est un choix (ou)."),
        Reach: ("Le sélecteur d'une modification", "Le sélecteur, et de plus les tarifs et les tranches."),
        When: ("Des dates", "Les clés s'ajoutent (et), une liste est un choix (ou), une clé absente n'écarte rien."),
        Span: ("Du, au", "Des jours qui se suivent."),
        DayException: ("Une exception du calendrier", "Au moins l'une des deux clés."),
        Slot: ("Un créneau", "Une ligne de `offre`, dans l'ordre d'affichage."),
        PublishedPart: ("Une partie", "Une partie d'un découpage : un trimestre, une session."),
        Way: ("Une façon", "Un compte parmi d'autres : l'un d'eux suffit."),
        Phase: ("Une phase", "Un temps pendant lequel on peut agir, et à quelles conditions."),
        Row: ("Une ligne de tableau", "La limite de certaines dates, là où une phase dit « table »."),
        Effort: ("Un prix qui suit une mesure", "Part fixe + taux × mesure, entre un plancher et un plafond."),
        Held: ("Un créneau et sa variante", "Là où le code seul ne suffit pas."),
        AbsenceTerms: ("Un cas d'absence", "À quelles conditions une absence est excusée, et ce qui reste alors dû."),
        AbonneFile: ("Un abonnement d'un enfant", "Une table `[abonne.ENFANT.CODE]` du relevé."),
        Stay: ("Une présence", "Là où l'on note les heures."),
        Cancellation: ("Une annulation", "Une table `[[annule]]` par acte."),
        Episode: ("Une absence", "Une table `[[absence]]` par absence."),
        Event: ("Un événement", "Une table `[[evenement]]` par événement du service."),
        DatedFile: ("Une valeur datée", "Une valeur en vigueur entre deux jours."),
    }
)


def reference_page() -> str:
    """
    The tables of every section and key of the three files, as Markdown, ending with a newline.

    >>> "| `offre` | oui |" in reference_page()
    True
    """
    lines = [*_file("Le règlement, section par section", REGLEMENT)]
    lines += _file("La demande, section par section", DEMANDE)
    lines += _file("Le relevé, section par section", RELEVE)
    lines += ["## Les tables communes", ""]
    for cls, (title, doc) in SHARED.items():
        lines += [f"### {title}", "", doc, "", *_rows(cls), ""]
    return "\n".join(lines).rstrip() + "\n"


def with_reference(page: str) -> str:
    """
    A page whose part between the marks is the reference as it stands now; the rest is left alone.

    Raises:
        ValueError: If the marks are not there, each once and in order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"page: no {BEGIN} … {END}; put both marks where the reference goes")
    return f"{before}{BEGIN}\n\n{reference_page()}\n{END}{after}"


def _file(title: str, root: Record) -> Iterator[str]:
    yield from (f"## {title}", "")
    for one, key in keys_of(root.cls):
        needed = "obligatoire" if required(one) else "facultatif"
        yield from (f"### {_heading(key)}", "", f"{key.doc} ({needed})", "")
        yield from _section(key.shape)


def _heading(key: Key) -> str:
    if isinstance(key.shape, Coded):
        return f"`[{key.name}.CODE]`"
    if isinstance(key.shape, Record | TableOf | FactsShape):
        return f"`[{key.name}]`"
    return f"`{key.name}`"


def _section(shape: Shape) -> Iterator[str]:
    if isinstance(shape, Coded):
        yield from _section(shape.item)
    elif isinstance(shape, Alternatives):
        yield from ("Le sélecteur dit de quels créneaux on parle, puis un seul verbe dit la règle.", "")
        rows = dict.fromkeys(row for cls in shape.classes for row in _own(cls, "l'un d'eux"))
        yield from (*_HEAD, *rows, "")
        yield from (_said(shape.classes[0]), "")
    elif isinstance(shape, Record):
        yield from (*_rows(shape.cls), "")
    else:
        yield from (f"On écrit : {written(shape)}.", "")


_HEAD: Final = ("| clé | obligatoire | ce qu'on écrit | sens | exemple |", "|---|---|---|---|---|")


def _rows(cls: type) -> Iterator[str]:
    yield from (*_HEAD, *_own(cls))
    if said := _said(cls):
        yield from ("", said)


def _own(cls: type, needed: str = "oui") -> Iterator[str]:
    """The rows of a table, without what every table of its kind shares; *needed* marks what must be written."""
    shared = [key for _, key in keys_of(Where)] if issubclass(cls, Where) and cls is not Where else []
    if issubclass(cls, Where) and cls not in SHARED and issubclass(cls, Reach):
        shared = [key for _, key in keys_of(Reach)]
    names = {key.name for key in shared}
    for one, key in keys_of(cls):
        if key.name and key.name not in names and key is not SOURCE and key is not HYPOTHESE:
            example = f"`{key.name} = {key.example}`" if key.example else ""
            must = needed if required(one) else "non"
            yield f"| `{key.name}` | {must} | {_cell(written(key.shape))} | {_cell(key.doc)} | {_cell(example)} |"


def _said(cls: type) -> str:
    """What every table of its kind shares, in a sentence."""
    said = []
    if issubclass(cls, Where) and cls not in SHARED:
        said.append(_link(Reach if issubclass(cls, Reach) else Where))
    if any(key is SOURCE for _, key in keys_of(cls)):
        said.append("`source` ou `hypothese`")
    return f"Et aussi : {', '.join(said)}." if said else ""


def _link(cls: type) -> str:
    title = SHARED[cls][0]
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -")
    return f"[{title[0].lower()}{title[1:]}](#{kept.replace(' ', '-')})"


def written(shape: Shape) -> str:
    """What one writes for a shape, in a few French words; a table that stands elsewhere is linked."""
    if isinstance(shape, Record):
        return _link(shape.cls) if shape.cls in SHARED else shape.expects()[0]
    if isinstance(shape, ListOf):
        item = written(shape.item)
        return f"{item}, ou une liste" if shape.single else f"une liste : {item}"
    if isinstance(shape, Coded):
        return f"une table par code : {written(shape.item)}"
    if isinstance(shape, TableOf):
        return f"une ligne par {'date' if isinstance(shape.code, Day) else 'code'} : {written(shape.item)}"
    if isinstance(shape, Either):
        return " ; ou ".join(dict.fromkeys(written(one) for one in _inside(shape)))
    if isinstance(shape, Phrase):
        return shape.name[0]
    if isinstance(shape, PriceShape) and shape.depth:
        return f"un montant, une ligne par tranche ou par formule, ou {_link(Effort)}"
    return shape.expects()[0]


def _inside(shape: Either) -> Iterator[Any]:
    yield from (one for one in (shape.flag, shape.number, shape.text, shape.rows, shape.table) if one is not None)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
