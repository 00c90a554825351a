"""What is published without being decided, and two versions of one règlement in a file (S13.2)."""

from __future__ import annotations

import json

import pytest
from tests.small import engine, told

from clae_rules.files.reading import engine_from_text
from clae_rules.kinds import FAMILIES, KINDS

TWO: dict[str, str | None] = {
    "reglement": 'code = "essai"\nnom = "Essai"\nfuseau = "Europe/Paris"',
    "document.doc": 'titre = "Règlement 2025"',
    "document.neuf": 'titre = "Règlement 2026"\nremplace = "doc"',
    "periode.p1": (
        'nom = "Rentrée"\nmode = "accueil"\ndu = 2026-09-07\nau = 2026-10-30\nquand.type = "ordinaire"\nsource = "doc"'
    ),
    "delai.general": 'reserver = "le jour même, avant 07:00"\nannuler = "jamais"\nsource = "doc art. 4"',
    "tarif.general": None,
}
OLD = 'par = "créneau"\nprix = 1.00\nsource = "doc art. 7"'
NEW = 'par = "créneau"\nprix = 1.20\nsource = "neuf art. 7"'


def test_a_mention_is_kept_and_decides_nothing() -> None:
    """What is only told is data of the règlement, with its kind and why nothing follows from it."""
    mention = 'dit = "Paiement par chèque ou CB."\ngenre = "f-moyens"\npourquoi = "ne change aucun prix"'
    (one,) = engine({"mention.paiement": mention}).reglement.mentions

    assert (one.code, one.kind, one.says, one.why) == (
        "paiement", "F-MOYENS", "Paiement par chèque ou CB.", "ne change aucun prix",
    )  # fmt: skip
    plain = json.dumps(engine({"mention.paiement": mention}).reglement.plain())
    assert engine_from_text(plain, "r.json").reglement.mentions == (one,)


@pytest.mark.parametrize(
    ("body", "way_out"),
    (
        ('genre = "F-MOYENS"', "il manque « dit »"),
        ('dit = "x"\ngenre = "F-MOYEN"', "vouliez-vous dire « F-MOYENS »"),
        ('dit = "x"\ngenre = 3', "le code d'un genre de règle"),
    ),
)
def test_a_mention_that_says_nothing_or_an_unknown_kind_is_refused(body: str, way_out: str) -> None:
    """A mention says something, and its kind is one of the vocabulary."""
    (fault,) = told({"mention.x": body})

    assert "mention.x" in fault
    assert way_out in fault


def test_a_mention_needs_its_source() -> None:
    """What is published is published somewhere."""
    found = told({**TWO, "tarif.general": OLD, "mention.x": 'dit = "Paiement par chèque."'})

    assert [one for one in found if "mention.x" in one and "ni source ni hypothèse" in one]


def test_the_vocabulary_is_whole() -> None:
    """Eighty-eight kinds in seven families, each code once, each with words of its own."""
    assert len({one.code for one in KINDS}) == len({one.label for one in KINDS}) == len(KINDS) == 88
    assert {one.family for one in KINDS} == set(FAMILIES)


@pytest.mark.parametrize(
    "changes",
    (
        {
            "tarif.avant": OLD + "\nquand.au = 2026-09-30",
            "tarif.apres": NEW + "\nquand.du = 2026-10-01",
        },
        {
            "tarif.avant": OLD + '\ncreneaux = ["matin", "soir"]',
            "tarif.apres": NEW + '\ncreneaux = "repas"',
        },
        {"tarif.seul": NEW},
    ),
)
def test_two_versions_dated_apart_are_read(changes: dict[str, str | None]) -> None:
    """Items of both documents may stand together where no slot has both on one day."""
    assert told({**TWO, **changes}) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    (
        (
            {"tarif.avant": OLD + "\nquand.au = 2026-09-30", "tarif.apres": NEW + "\nquand.du = 2026-09-30"},
            "tarif.avant",
        ),
        ({"tarif.avant": OLD + '\ncreneaux = "matin"', "tarif.apres": NEW + "\nquand.du = 2026-10-01"}, "tarif.avant"),
        (
            {
                "tarif.general": OLD,
                "regle.a": 'creneaux = "repas"\nseulement_avec = "matin"\nsource = "doc art. 2"',
                "regle.b": 'creneaux = ["repas", "soir"]\nau_plus = 1\nsource = "neuf art. 2"',
            },
            "regle.a",
        ),
    ),
)
def test_two_versions_mixed_are_refused(changes: dict[str, str | None], path: str) -> None:
    """Where an item of the older document and one of the newer share a slot and a day, the file is refused."""
    found = [one for one in told({**TWO, **changes}) if "remplace" in one]

    assert len(found) == 1
    assert f"{path} : " in found[0]
    assert "quand.au" in found[0]


def test_one_item_of_two_versions_is_refused() -> None:
    """An item that names both versions in its parts cannot be dated apart."""
    rows = (
        'table = [{ quand.mois = "septembre", limite = "le 2026-08-27, avant 12:00", source = "doc art. 4" },\n'
        '  { quand.mois = "octobre", limite = "le 2026-09-24, avant 12:00", source = "neuf art. 4" }]\n'
        'reserver = [{ limite = "table", variante = "normal" }]\nannuler = "jamais"'
    )
    found = told({**TWO, "tarif.general": OLD, "delai.general": rows + '\nsource = "doc"'})

    assert [one for one in found if "delai.general" in one and "mêle « neuf » et « doc »" in one]


def test_versions_follow_each_other_over_several_documents() -> None:
    """What replaces a document replaces what that one replaced."""
    third = {**TWO, "document.dernier": 'titre = "2027"\nremplace = "neuf"'}
    newest = 'par = "créneau"\nprix = 2.00\nsource = "dernier"'
    found = told({**third, "tarif.avant": OLD, "tarif.apres": newest})

    assert [one for one in found if "« dernier » remplace" in one]


@pytest.mark.parametrize(
    ("replaced", "way_out"), (("doc", "finit par se remplacer"), ("ailleurs", "document inconnu : « ailleurs »"))
)
def test_a_document_replaces_another_one(replaced: str, way_out: str) -> None:
    """A document cannot replace itself, nor one that is not there."""
    found = told({"document.doc": f'titre = "Document"\nremplace = "{replaced}"'})

    assert [one for one in found if way_out in one]
