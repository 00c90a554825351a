"""The récapitulatif: the guide's table, late lines, what stays due, to the cent (S11, S4.2, S10.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pytest
from tests.guide import OPEN, SMALL, at, lou, martin

from clae_rules import (
    Demande,
    Desk,
    Facts,
    Grain,
    Held,
    Planning,
    Recapitulatif,
    Status,
    Variant,
    decide,
    engine_from_text,
    recapitulatif,
)
from clae_rules.recapitulatif import _a_year

NOW = at("2021-09-01 09:00")
MONDAY, TUESDAY = date(2021, 9, 6), date(2021, 9, 7)
EMPTY = Planning()
DAY, EARLY = date(2025, 9, 11), at("2025-09-01 09:00")
LATE = Variant.HORS_DELAI
NB = "\u00a0"

FORMULES = """
[formule.journee]
ensembles = [["a", "b", "c"]]
hypothese = "essai"
[formule.demi]
ensembles = [["a", "b"], ["b", "c"]]
hypothese = "essai"
[formule.seul]
ensembles = [["a"], ["c"]]
hypothese = "essai"
[regle.formules]
creneaux = ["a", "b", "c"]
formules_seulement = ["journee", "demi", "seul"]
hypothese = "essai"
[tarif.jour]
creneaux = ["a", "b", "c"]
par = "jour"
prix = { journee = 10.00, demi = 6.05, seul = 4.00 }
hypothese = "essai"
[tarif.d]
creneaux = "d"
par = "creneau"
prix = 3.05
hypothese = "essai"
"""


def of_guide(days: Mapping[date, list[str]], planning: Planning = EMPTY, now: datetime = NOW) -> Recapitulatif:
    """The récapitulatif of a demande of the guide's child."""
    return recapitulatif(decide(martin(), planning, Demande.of("martin", "periscolaire-2021", days), now=now))


def of_lou(desk: Desk, held: tuple[str, ...], wanted: tuple[str, ...], now: datetime = EARLY) -> Recapitulatif:
    """The récapitulatif of a change of one date of the small règlement."""
    planning = Planning.of({("lou", DAY): held})
    return recapitulatif(decide(desk, planning, Demande.of("lou", "annee", {DAY: wanted}), now=now))


def owing(due: str) -> str:
    """Deadlines under which what is cancelled leaves some of its price due."""
    return OPEN.replace('a_payer = "rien"', f'a_payer = "{due}"')


def lines(one: Recapitulatif) -> list[tuple[str, str, int, int, int]]:
    """Kind, item, quantity, unit price and amount of each line."""
    return [(line.kind, line.item, line.quantity, line.unit_cents, line.amount_cents) for line in one.lines]


def test_the_table_of_the_guide_to_the_letter() -> None:
    """« Périscolaire midi 2 (06/09) », 1, 0,25 €, 0,25 €, and the same total (S11)."""
    assert of_guide({MONDAY: ["midi-2"]}).text() == (
        "Désignation                                                Quantité   Tarif  Montant\n"
        "- CLAE MESSY / PERISCOLAIRE / RESTAURATION / Périscolaire / Restauration 2021 - 2022\n"
        f"Périscolaire midi 2 (06/09)                                       1  0,25{NB}€   0,25{NB}€\n"
        f"Total                                                                         0,25{NB}€"
    )


def test_one_line_a_priced_item() -> None:
    """Dates at one price share a line, in display order; another price has its own (S11)."""
    found = of_guide({TUESDAY: ["repas", "soir-1"], MONDAY: ["repas"]})
    assert [line.designation(with_year=False) for line in found.lines] == [
        "Repas enfant (06/09, 07/09)",
        "Périscolaire soir 1 (07/09)",
    ]
    assert lines(found)[0] == ("reserve", "repas", 2, 400, 800)
    assert found.total_cents == 850
    assert found.lines[0].designation(with_year=True) == "Repas enfant (06/09/2021, 07/09/2021)"


def test_late_lines_are_doubled_and_say_so() -> None:
    """A late slot has a line of its own at the late price (S11, S4.1)."""
    found = of_guide({MONDAY: ["repas"], date(2021, 9, 13): ["repas"]}, now=at("2021-09-02 12:00"))
    assert {(line.variant, line.unit_cents) for line in found.lines} == {(LATE, 800), (Variant.NORMAL, 400)}
    late = next(line for line in found.lines if line.variant is LATE)
    assert late.designation(with_year=False) == "Repas enfant hors-délai (06/09)"
    assert found.total_cents == 1200
    assert any("× 2" in row for row in found.text(derivation=True).splitlines())


@pytest.mark.parametrize(
    ("due", "left"),
    (("rien", 0), ("tout", 305), ("50 %", 153), ("1.00 dus", 100), ("1.00 rendus", 205), ("9.00 dus", 305)),
)
def test_what_stays_due_of_a_cancellation(due: str, left: int) -> None:
    """A cancellation is a line no longer charged, and one for the part that stays due (S4.2, S10.6)."""
    found = of_lou(lou(FORMULES, delays=owing(due), prices=""), ("d",), ())
    assert lines(found)[0] == ("retire", "d", 1, -305, -305)
    assert lines(found)[1:] == ([("du", "d", 1, left, left)] if left else [])
    assert found.total_cents == left - 305
    assert found.lines[0].designation(with_year=False) == "n'est plus facturé : D (11/09)"


def test_a_part_due_that_is_not_published() -> None:
    """A due announced and not published leaves the total unknown (S4.6)."""
    found = of_lou(lou(FORMULES, delays=owing("non publié"), prices=""), ("d",), ())
    assert (found.total_cents, [one.unpriced.code for one in found.unknown]) == (None, ["non-publie"])
    assert "prix inconnu" in found.text()
    assert "price not known" in found.text("en")


@pytest.mark.parametrize(
    ("held", "wanted", "due", "total"),
    (
        (("a",), ("a", "b"), "tout", 205),
        (("a", "b"), ("a", "b", "c"), "tout", 395),
        (("a", "b", "c"), ("a", "b"), "rien", -395),
        (("a", "b", "c"), ("a", "b"), "tout", 0),
        (("a", "b", "c"), ("a", "b"), "50 %", -197),
        (("a", "b", "c"), (), "50 %", -500),
        (("a", "b", "d"), ("a",), "rien", -510),
        (("a", "b"), ("b", "c"), "rien", 0),
    ),
)
def test_a_formule_for_another(held: tuple[str, ...], wanted: tuple[str, ...], due: str, total: int) -> None:
    """Going from one formule to another costs the difference, and what is given back is due in part (S10.2, S10.6)."""
    found = of_lou(lou(FORMULES, delays=owing(due), prices=""), held, wanted)
    assert found.total_cents == total
    assert sum(line.amount_cents for line in found.lines) == total


def test_slots_with_their_own_dues() -> None:
    """Each charge leaves due what its own slot says, even under one tariff (S4.2)."""
    own = owing("50 %").replace("general", "b") + 'creneaux = "b"\n'
    found = of_lou(lou(delays=OPEN + own), ("a", "b", "c"), ())
    assert found.total_cents == -250
    assert [line[:2] for line in lines(found) if line[0] == "du"] == [("du", "b")]


def test_lines_add_up_and_multiply() -> None:
    """Quantity times tarif is the amount, and the amounts are the total (S11)."""
    days = {date(2021, 9, 6 + n): ["matin-2", "midi-1", "midi-2", "soir-1"] for n in (0, 1, 3, 4)}
    found = of_guide(days, Planning.of({("martin", MONDAY): ["repas", Held("soir-1", LATE)]}))
    assert all(line.quantity * line.unit_cents == line.amount_cents for line in found.lines)
    assert found.total_cents == sum(line.amount_cents for line in found.lines)


def test_refused_and_partial_demandes() -> None:
    """Day by day only the granted dates are priced (S6.6, S11)."""
    days = {MONDAY: ["repas"], TUESDAY: ["repas", "midi-1"]}
    demande = Demande.of("martin", "periscolaire-2021", days)
    verdict = decide(martin(), Planning(), demande, now=NOW, grain=Grain.DAY_BY_DAY)
    assert verdict.status is Status.ALLOWED
    assert recapitulatif(verdict).total_cents == 400


def test_a_demande_refused_whole_shows_no_total() -> None:
    """A total of 0,00 € would read as free: that it is refused stands in its place, as text and as a table (S11)."""
    demande = Demande.of("martin", "periscolaire-2021", {TUESDAY: ["matin-1"]})
    found = recapitulatif(decide(martin(), Planning(), demande, now=NOW))

    assert found.refused
    for shown in (found.text(), found.text("en"), found._repr_html_()):
        assert "refus" in shown
        assert not any(word in shown for word in ("€", "Total", "Montant", "Amount"))


def test_an_empty_demande() -> None:
    """Nothing asked costs nothing (S11)."""
    found = of_guide({})
    assert (found.lines, found.total_cents) == ((), 0)


@pytest.mark.parametrize(
    ("first", "last", "year"),
    (
        (date(2021, 9, 2), date(2022, 7, 7), False),
        (date(2021, 9, 1), date(2022, 8, 30), False),
        (date(2021, 9, 1), date(2022, 8, 31), True),
        (date(2023, 9, 1), date(2024, 8, 30), False),
        (date(2023, 9, 1), date(2024, 8, 31), True),
        (date(2024, 3, 1), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 1, 1), date.max, True),
    ),
)
def test_twelve_months(first: date, last: date, *, year: bool) -> None:
    """Dates carry their year where both days together span twelve months or more (S11)."""
    assert _a_year(first, last) is year


def test_a_long_periode_prints_its_years() -> None:
    """A période of twelve months prints « 11/09/2025 » (S11)."""
    text = SMALL.replace("du = 2025-09-01\nau = 2026-07-03", "du = 2025-08-10\nau = 2026-08-20")
    prices = '[tarif.u]\ncreneaux = "jour"\npar = "creneau"\nprix = 1\nhypothese = "essai"\n'
    found = of_lou(Desk(engine_from_text(text + OPEN + prices), Facts.of(), "lou"), (), ("a",))
    assert found.with_year
    assert "A (11/09/2025)" in found.text()
