"""The pieces that a règlement requires, and how long each is good for (S6.4)."""

from datetime import date

import pytest
from tests.small import engine, told

from clae_rules.errors import InvalidValueError
from clae_rules.facts import FactKind, FactKindRead
from clae_rules.pieces import ENDLESS, Term, Validity, Whose, levels, parse_validity

FACTS = 'dossier = ["incomplet", "complet", "valide"]\npai = "oui ou non"\nrang = "nombre"'
HOME = 'nom = "justificatif de domicile"\npour = "foyer"\ndossier = "dossier"'


@pytest.mark.parametrize(
    ("phrase", "dated", "last"),
    (
        ("3 mois", date(2026, 11, 30), date(2027, 2, 28)),
        ("3 mois", date(2026, 6, 15), date(2026, 9, 15)),
        ("1 an", date(2024, 2, 29), date(2025, 2, 28)),
        ("12 mois", date(2026, 1, 1), date(2027, 1, 1)),
        ("jusqu'à sa date", date(2026, 12, 24), date(2026, 12, 24)),
        ("Année scolaire", date(2026, 8, 31), date(2026, 8, 31)),
        ("année scolaire", date(2026, 9, 1), date(2027, 8, 31)),
        ("sans fin", date(2026, 9, 1), None),
    ),
)
def test_where_a_validity_ends(phrase: str, dated: date, last: date | None) -> None:
    """Months end on the same number of the month, or on its last day (code de procédure civile, art. 641)."""
    assert parse_validity(phrase).days(dated)[1] == last


@pytest.mark.parametrize(
    "phrase", ("", "0 mois", "241 mois", "21 ans", "10 jours", "3", "mois", "trois mois", "9999 ans")
)
def test_other_validities_are_refused(phrase: str) -> None:
    """What is no validity is one error with the ways to write one."""
    with pytest.raises(InvalidValueError, match="lu « "):
        parse_validity(phrase)


def test_a_reglement_states_its_pieces() -> None:
    """Each piece: its name, who gives it, whose dossier it is of, of whom it is asked, how long it is good for."""
    found = engine({
        "faits": FACTS,
        "piece.domicile": HOME + '\nvalidite = "3 mois"',
        "piece.pai": 'nom = "PAI"\npour = "enfant"\ndossier = "dossier"\nqui.pai = true\nobligatoire = false',
    }).reglement  # fmt: skip
    home, pai = found.pieces
    assert (home.label, home.whose, home.dossier, home.validity, home.required) == (
        "justificatif de domicile", Whose.HOUSEHOLD, "dossier", Validity(Term.MONTHS, 3), True,
    )  # fmt: skip
    assert (pai.whose, pai.who, pai.validity, pai.required) == (
        Whose.CHILD, (("pai", frozenset((True,))),), ENDLESS, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "fault"),
    (
        ({"dossier": '"dosier"'}, "piece.domicile.dossier : fait inconnu : « dosier »"),
        ({"dossier": '"rang"'}, "piece.domicile.dossier : « rang » ne dit pas où en est un dossier"),
        ({"qui.dossier": '"valide"'}, "piece.domicile.qui.dossier : « dossier » vient lui-même des pièces"),
        ({"qui.rang": "true"}, "piece.domicile.qui.rang : ce fait est un nombre"),
        ({"pour": '"famille"'}, "piece.domicile.pour"),
        ({"validite": '"3 jours"'}, "piece.domicile.validite"),
        ({"nom": '""'}, "piece.domicile.nom"),
    ),
)
def test_a_piece_that_cannot_be_is_refused(changes: dict[str, str], fault: str) -> None:
    """A dossier whose fact cannot tell of one, a piece asked by its own dossier, an unknown word: refused at load."""
    lines = {"nom": '"justificatif"', "pour": '"foyer"', "dossier": '"dossier"', **changes}
    body = "\n".join(f"{key} = {value}" for key, value in lines.items())
    assert any(fault in one for one in told({"faits": FACTS, "piece.domicile": body}))


def test_the_words_of_a_dossier_go_from_the_least_to_the_most() -> None:
    """A piece lacks, none does, an agent validated it; yes or no tell the first two; nothing else tells of a dossier."""
    assert levels(FactKindRead(FactKind.FLAG)) == (False, True)
    assert levels(FactKindRead(FactKind.CHOICE, ("a", "b"))) == ("a", "b")
    for words in (("a",), ("a", "b", "c", "d")):
        assert levels(FactKindRead(FactKind.CHOICE, words)) == ()
    for kind in (FactKind.NUMBER, FactKind.AGE, FactKind.COUNT):
        assert levels(FactKindRead(kind)) == ()
