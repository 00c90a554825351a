"""What a package keeps and gives back: prices that stay due once they are, and so much a date (S10.6)."""

from __future__ import annotations

from datetime import date

import pytest
from tests.guide import OPEN, PRICED, SMALL, at

from clae_rules import Demande, Desk, Facts, Planning, costs, decide, due, engine_from_text, recapitulatif
from clae_rules.engine import Engine
from clae_rules.errors import InvalidReglementError
from clae_rules.files.reading import demande_from_text, releve_from_text

NOW = at("2025-09-01 09:00")
DAY, LATER = date(2025, 9, 11), date(2025, 10, 2)
YEARLY = """
[tarif.adhesion]
nom = "Adhésion"
en_plus = true
par = "année scolaire"
acquis = true
prix = 17.00
hypothese = "essai"
"""
HELD = Planning.of({("lou", DAY): ["a"]})


def engine(yearly: str = YEARLY) -> Engine:
    """Slots at 1 € each, with a yearly membership."""
    return engine_from_text(SMALL + OPEN + PRICED + yearly)


def total(desk: Desk, before: Planning, days: dict[date, list[str]]) -> int | None:
    """What a demande costs."""
    return recapitulatif(decide(desk, before, Demande.of("lou", "annee", days), now=NOW)).total_cents


@pytest.mark.parametrize(("yearly", "back"), ((YEARLY, -100), (YEARLY.replace("acquis = true", ""), -1800)))
def test_what_is_due_once_is_not_given_back(yearly: str, back: int) -> None:
    """Giving the only day of the year back gives the day back, and the membership only where it is not « acquis »."""
    desk = Desk(engine(yearly), Facts(), "lou")
    assert total(desk, Planning(), {DAY: ["a"]}) == 1800
    assert total(desk, HELD, {DAY: []}) == back
    assert total(desk, HELD, {DAY: [], LATER: ["a"]}) == 0
    moved = decide(desk, HELD, Demande.of("lou", "annee", {DAY: [], LATER: ["a", "b"]}), now=NOW).after
    assert costs.difference(desk, HELD, moved, now=NOW).total_cents == 100


@pytest.mark.parametrize(
    ("changes", "label"),
    (
        ((), "Adhésion"),
        ((('nom = "Adhésion"\n', ""),), "Supplément « adhesion »"),
        ((("année scolaire", "jour"), ("acquis = true\n", ""), ('nom = "Adhésion"\n', "")), "Supplément « adhesion »"),
        ((("année scolaire", "creneau"), ("acquis = true\n", "")), "Adhésion, A"),
        (
            (("année scolaire", "creneau"), ("acquis = true\n", ""), ('nom = "Adhésion"\n', "")),
            "Supplément « adhesion », A",
        ),
    ),
)
def test_a_supplement_is_never_told_under_the_name_of_a_slot(changes: tuple[tuple[str, str], ...], label: str) -> None:
    """A line of a supplement bears its name or says that it is one, so that no slot seems to be charged twice."""
    yearly = YEARLY
    for old, new in changes:
        yearly = yearly.replace(old, new)
    found = costs.charges(Desk(engine(yearly), Facts(), "lou"), HELD, now=NOW)
    assert sorted(one.charge.label for one in found.entries) == ["A", label]


def test_what_was_given_back_is_remembered_where_it_is_told() -> None:
    """Booking again in the same year charges no second membership, once the planning tells of what was given back."""
    desk, after = Desk(engine(), Facts(), "lou"), Planning().remembering(HELD)
    assert total(desk, after, {LATER: ["a"]}) == 100
    assert total(desk, after, {date(2025, 9, 12): ["a"], LATER: ["a"]}) == 200
    assert costs.charges(desk, after, now=NOW).total_cents == 1700
    text = """format = 1
    demande = { reglement = "petit", enfant = "lou", periode = "annee" }
    enfant.lou = {}
    rendu.2025-09-11 = ["a"]
    veut.2025-10-02 = ["a"]
    """
    read = demande_from_text(text, desk.engine.reglement)
    assert total(desk, read.planning(), {LATER: ["a"]}) == 100


def test_a_bill_keeps_what_is_due_once() -> None:
    """The month in which the only day was booked and given back bills the membership alone; the next one nothing."""
    text = """format = 1
    releve = { reglement = "petit", mois = "2025-09", instant = 2025-11-01T08:00:00+01:00 }
    enfant.lou = {}
    reserve.lou.2025-09-11 = ["a"]
    annule = [{ enfant = "lou", dates = 2025-09-11, instant = 2025-09-01T08:00:00+02:00 }]
    """
    desk = Desk(engine(), Facts(), "lou")
    bill = due(desk, releve_from_text(text, desk.engine.reglement).releve())
    assert [(one.item, one.due_cents) for one in bill.lines] == [("adhesion", 1700), ("a", 0)]
    assert bill.total_cents == 1700
    month = 'mois = "2025-10", du = 2025-09-01'
    october = text.replace('mois = "2025-09"', month).replace("annule", 'reserve.lou.2025-10-02 = ["a"]\n    annule')
    bill = due(desk, releve_from_text(october, desk.engine.reglement).releve())
    assert bill.total_cents == 100, bill.text()


def test_only_a_window_stays_due() -> None:
    """A price of a slot pays for a slot that is held: it cannot stay due."""
    with pytest.raises(InvalidReglementError, match="« acquis » parle d'une fenêtre"):
        engine(YEARLY.replace("année scolaire", "créneau"))


CARD = """
[delai.x]
reserver = "sans limite"
annuler = [{ limite = "le jour même, avant 08:00", a_payer = "3.85 rendus" }]
hypothese = "essai"
[tarif.carte]
nom = "Carte"
par = "mois"
prix = 10.00
hypothese = "essai"
"""
CARDS = [date(2025, 9, day) for day in (11, 12, 15)]


@pytest.mark.parametrize(("given", "back"), ((1, 385), (2, 770), (3, 1000)))
def test_a_package_gives_back_so_much_a_date(given: int, back: int) -> None:
    """« 3.85 rendus » is given back of a package for each date, never more than it costs: in a demande as in a bill."""
    package = engine_from_text(SMALL + CARD)
    desk, held = Desk(package, Facts(), "lou"), Planning.of({("lou", day): ["a"] for day in CARDS})
    assert total(desk, held, {day: [] for day in CARDS[:given]}) == -back
    text = """format = 1
    releve = { reglement = "petit", mois = "2025-09", instant = 2025-11-01T08:00:00+01:00 }
    enfant.lou = {}
    """
    text += "".join(f'reserve.lou.{day} = ["a"]\n' for day in CARDS)
    days = ", ".join(day.isoformat() for day in CARDS[:given])
    text += f'annule = [{{ enfant = "lou", dates = [{days}], instant = 2025-09-01T08:00:00+02:00 }}]'
    assert due(desk, releve_from_text(text, package.reglement).releve()).total_cents == 1000 - back
