"""What a valid règlement leaves open is listed, so that somebody can answer (S4.6, S13.2)."""

from __future__ import annotations

import pytest
from tests.small import engine

from clae_rules.errors import path_text
from clae_rules.notices import NoticeKind, notices

GRID = 'mesure = "quotient"\nlu = "tronqué"'


def test_nothing_is_said_of_a_reglement_that_says_everything() -> None:
    """A règlement that leaves nothing open has no notice."""
    assert notices(engine()) == ()


@pytest.mark.parametrize(
    ("changes", "kind", "path", "said"),
    (
        ({"tarif.general": 'par = "créneau"\nprix = "non publié"'}, "non-publie", "tarif.general.prix", "indécis"),
        (
            {"modification.tard": 'variante = "hors-delai"\nplus = "non publié"'},
            "non-publie",
            "modification.tard.plus",
            "indécis",
        ),
        (
            {
                "delai.general": (
                    'reserver = "le jour même, avant 07:00"\n'
                    'annuler = [{ limite = "le jour même, avant 07:00", a_payer = "non publié" }]'
                )
            },
            "non-publie",
            "delai.general.annuler[0].a_payer",
            "indécis",
        ),
        (
            {
                "constat.retard": (
                    'fait = "repris en retard"\ncreneaux = "soir"\napres = "la fin du créneau"\n'
                    'paliers = { "de 1 à 15" = "non publié", "plus de 15" = "non publié" }'
                )
            },
            "non-publie",
            "constat.retard.paliers",
            "indécis",
        ),
        (
            {"delai.general": 'reserver = "le jour même, avant 07:00"\nannuler = "non publié"'},
            "non-publie",
            "delai.general.annuler",
            "indécis",
        ),
        (
            {
                "delai.general": (
                    'reserver = "le jour même, avant 07:00"\nannuler = [{ limite = "non publié", a_payer = "rien" }]'
                )
            },
            "non-publie",
            "delai.general.annuler[0].limite",
            "indécis",
        ),
        ({"capacite.tout": 'enfants = "non publié"'}, "non-publie", "capacite.tout.enfants", "indécis"),
        (
            {
                "grille.qf": f'{GRID}\nmanquant = "refus"\ntranches = {{ A = "de 0 à 599", B = "à partir de 600" }}',
                "tarif.general": 'par = "créneau"\nselon = "qf"\nprix = { A = 1.00, autres = "non publié" }',
            },
            "non-publie",
            "tarif.general.prix.autres",
            "indécis",
        ),
        (
            {"grille.qf": f'{GRID}\ntranches = {{ A = "de 0 à 599", B = "à partir de 600" }}'},
            "indecis",
            "grille.qf",
            "ne donne pas « quotient »",
        ),
        (
            {
                "delai.general": (
                    'table = [{ quand.mois = "septembre", limite = "le 2026-08-27, avant 12:00" }]\n'
                    'reserver = [{ limite = "table", variante = "normal" }]\nannuler = "jamais"'
                )
            },
            "indecis",
            "delai.general.table",
            "octobre 2026 (22 jours)",
        ),
        (
            {"tarif.general": 'par = "créneau"\nprix = 1.00\nhypothese = "prix inventé"'},
            "hypothese",
            "tarif.general",
            "prix inventé",
        ),
        (
            {"mention.paiement": 'dit = "Paiement par chèque."\npourquoi = "hors du logiciel"'},
            "mention",
            "mention.paiement",
            "Paiement par chèque. (hors du logiciel)",
        ),
    ),
)
def test_what_is_left_open_is_told(changes: dict[str, str | None], kind: str, path: str, said: str) -> None:
    """Each thing left open is one notice, with its place, in both languages."""
    (found,) = notices(engine(changes))

    assert (found.kind.value, path_text(found.path)) == (kind, path)
    assert said in found.text()
    assert found.en
    assert found.text("en").startswith(f"{found.kind.label('en')}, {path}: ")


def test_a_kept_hole_is_told_with_its_decision() -> None:
    """A published hole that the file keeps is told, and the decision beside it."""
    body = (
        f'{GRID}\nmanquant = "refus"\ntrous = "indécis"\nhypothese = "la page ne dit rien de 650"\n'
        'tranches = { A = "de 0 à 649", B = "à partir de 651" }'
    )

    assert [one.kind for one in notices(engine({"grille.qf": body}))] == [NoticeKind.HOLES, NoticeKind.SUPPOSED]


def test_a_table_is_asked_only_for_the_dates_that_it_governs() -> None:
    """A deadline that speaks of some dates or slots is not blamed for the others."""
    table = (
        'quand.mois = "septembre"\ntable = [{ quand.mois = "septembre", limite = "le 2026-08-27, avant 12:00" }]\n'
        'reserver = [{ limite = "table", variante = "normal" }]'
    )

    assert notices(engine({"delai.rentree": table})) == ()
