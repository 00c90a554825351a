"""The pages of docs/kinds cannot drift: their blocks load, their links lead somewhere, their table is current."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from tests.kinds_pages import BASE, FOLDER, INDEX, TABLES, Entry, declared, entries, renewed, spliced

from clae_rules import load_engine
from clae_rules.engine import Engine
from clae_rules.files.reading import engine_from_text
from clae_rules.kinds import FAMILIES, KINDS

ENTRIES: Final = entries()
#: The kinds of rule that came out of 142 règlements of French towns.
CODES: Final = [
    "D-VEILLE",
    "D-JCAL",
    "D-JOUV",
    "D-SEM1",
    "D-TABLE",
    "D-MOIS",
    "D-FENETRE",
    "D-PERIODE-N",
    "D-OUVERTURE",
    "D-JOURJ",
    "D-PAR-ACTIVITE",
    "D-ANNUL-DIFF",
    "D-EXCEPTION",
    "D-ANNUEL",
    "D-SANS",
    "L-REFUS",
    "L-FIXE",
    "L-PCT",
    "L-GRILLE",
    "L-PARTIEL",
    "L-QUOTA",
    "L-DEMANDE",
    "L-MAJ-NC",
    "U-PRIX",
    "U-REFUS",
    "N-PLEIN",
    "N-PENALITE",
    "P-FORFAIT",
    "P-TRANCHE",
    "I-REPAS-LIE",
    "I-FORMULES",
    "I-JOURNEE",
    "I-SEMAINE",
    "I-MIN",
    "I-MAX",
    "I-CAPACITE",
    "I-ATTENTE",
    "I-PRIORITE",
    "I-AGE",
    "I-ECOLE",
    "I-HORAIRE",
    "I-PRIX-CROISE",
    "I-ECOLE-PRESENT",
    "T-FIXE",
    "T-QF",
    "T-EFFORT",
    "T-AUTRE-RESS",
    "T-FRATRIE-RANG",
    "T-FRATRIE-AUTRE",
    "T-EXT",
    "T-EXT-MAJ",
    "T-PAI",
    "T-TEMPS",
    "T-FORFAIT",
    "T-LISSE",
    "T-PLAFOND",
    "T-REG-OCC",
    "T-NIVEAU",
    "T-DEMI",
    "T-PALIER-VOL",
    "T-SUPPL",
    "T-ADHESION",
    "T-MAX-DEFAUT",
    "T-QF-EFFET",
    "T-CATEG",
    "T-ADULTE",
    "T-ARRONDI",
    "T-DATE",
    "R-MEDICAL",
    "R-DELAI-JUSTIF",
    "R-CARENCE",
    "R-SEUIL",
    "R-MOTIFS",
    "R-AVOIR",
    "R-RETENUE",
    "R-AUCUN",
    "S-DOSSIER",
    "S-PIECES",
    "S-RENOUV",
    "S-DETTE",
    "S-PAI",
    "S-GARDE",
    "F-MENSUEL",
    "F-PREPAI",
    "F-PORTE",
    "F-MOYENS",
    "F-RELANCE",
    "F-BASE-RESA",
]
BLOCKS: Final = [pytest.param(block, id=f"{one.code}-{i}") for one in ENTRIES for i, block in enumerate(one.blocks, 1)]


def plain(value: Any) -> Any:
    """A value of a TOML file as JSON has it: numbers and dates are texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value) if isinstance(value, date | Decimal) else value


def loaded(block: str) -> Engine:
    """The base règlement with a block in it, checked whole."""
    return engine_from_text(json.dumps(plain(spliced(block))), "kinds.json")


def test_the_base_is_sound() -> None:
    """The règlement in which every block is read is itself valid."""
    assert load_engine(BASE).reglement.identity.code == "base"


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_read(block: str) -> None:
    """Each block of TOML, in the base règlement, makes a règlement that loads, and another one than the base."""
    assert loaded(block).applied.digest != load_engine(BASE).applied.digest


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.code)
def test_every_kind_has_its_sentence_and_its_lines(entry: Entry) -> None:
    """A kind is headed by its own words, restates what a town publishes and names it, and shows what to write."""
    (kind,) = [one for one in KINDS if one.code == entry.code]

    assert entry.label == kind.label
    assert entry.page.name.startswith(f"{kind.family.lower()}-")
    assert entry.sentences
    assert all(len(said) > 15 and town for said, town in entry.sentences)
    assert entry.blocks


def test_all_the_kinds_that_towns_publish_are_told() -> None:
    """Each of the 88 kinds stands once, in the order of the vocabulary: none is silently missing."""
    assert [one.code for one in ENTRIES] == CODES == [one.code for one in KINDS]
    assert len(CODES) == 88
    assert len(list(FOLDER.glob("?-*.md"))) == len(FAMILIES)


@pytest.mark.parametrize(("page", "made"), TABLES, ids=("kinds", "towns"))
def test_the_tables_are_current(page: Path, made: Callable[[], str]) -> None:
    """The tables of all kinds and of all towns are those that the pages and the examples make today."""
    text = page.read_text("utf-8")

    assert text == renewed(text, made()), f"{page.name} is out of date; run: python -m tests.kinds_pages"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.code)
def test_a_kind_that_an_example_writes_names_one(entry: Entry) -> None:
    """The row of a kind that the attendu.toml of a town says it writes is never without an example."""
    row = next(line for line in INDEX.read_text("utf-8").splitlines() if line.startswith(f"| [`{entry.code}`]"))
    assert bool(declared(entry.code) or entry.examples) is not row.endswith("|  |")


def test_every_link_leads_somewhere() -> None:
    """Links between the pages, to the examples and to the format lead to a file, and to a heading in it."""
    lost = []
    for page in FOLDER.glob("*.md"):
        for path, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text("utf-8")):
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
                lost.append(f"{page.name}: {path}#{anchor}")

    assert lost == []


def anchors(text: str) -> set[str]:
    """The headings of a page, as links name them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {"".join(c for c in title.lower() if c.isalnum() or c in " -_").replace(" ", "-") for title in titles}


@pytest.mark.parametrize("entry", [one for one in ENTRIES if one.examples], ids=lambda one: one.code)
def test_an_example_writes_the_sections_of_its_kind(entry: Entry) -> None:
    """An example that a kind names mentions it, or uses at least one of the sections that the kind shows."""
    for name, path in entry.examples:
        text = (entry.page.parent / path).read_text("utf-8")
        uses = [f"[{section}." in text for section in entry.sections if section != "mention"]
        assert any(uses) or f'"{entry.code}"' in text, (name, entry.sections)
