"""Two households of one child: the rules read what they hold together, each pays and gives back its own (S6.8)."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.guide import OPEN, PRICED, SMALL, at, guide
from tests.test_releves import HEAD, rules

from clae_rules import (
    BoxState,
    Dated,
    Demande,
    Desk,
    Facts,
    Grain,
    Held,
    InvalidDemandeError,
    InvalidReleveError,
    InvalidValueError,
    Onto,
    OtherHouseholdError,
    Pattern,
    Planning,
    Selection,
    Status,
    boxes,
    check_day,
    costs,
    decide,
    demande_from_text,
    due,
    engine_from_text,
    recapitulatif,
    recopie,
    releve_from_text,
    repairs,
)
from clae_rules.files.demandes import DEMANDE as DEMANDE_FILE

NOW = at("2021-09-01 09:00")
DAY = date(2021, 9, 6)
YEAR = "periscolaire-2021"
FACTS = Facts.of(dossier_foyer="valide", dossier_enfant="complet")


def of(household: str) -> Desk:
    """Martin, before the guide's règlement, with one of his households."""
    return Desk(guide(), FACTS, "martin", household=household)


def mine(*slots: str, household: str = "mere") -> tuple[Held, ...]:
    """Slots held by a household."""
    return tuple(Held(slot, holder=household) for slot in slots)


FATHERS = Planning.of({("martin", DAY): mine("repas", household="pere")})


def test_the_rules_read_what_both_households_hold() -> None:
    """A slot of the mother's that goes with none of the father's is refused: one child, one day (S6.8, S5.6)."""
    wanted = Demande.of("martin", YEAR, {DAY: ["midi-2", "repas"]})
    verdict = decide(of("mere"), FATHERS, wanted, now=NOW)
    assert [(one.code, one.slots) for one in verdict.violations] == [("bloque", ("repas", "midi-2"))]
    assert [one.remove for one in repairs(verdict.days[0]).found] == [("midi-2",)]


def test_each_household_is_charged_for_what_it_holds() -> None:
    """The récapitulatif of the mother holds her evening and not the father's meal; each slot keeps its holder (S6.8)."""
    wanted = Demande.of("martin", YEAR, {DAY: ["repas", "soir-1"]})
    verdict = decide(of("mere"), FATHERS, wanted, now=NOW)
    assert verdict.allowed
    assert verdict.after.held("martin", DAY) == Selection.of(*mine("soir-1"), *mine("repas", household="pere"))
    assert [(one.item, one.amount_cents) for one in recapitulatif(verdict).lines] == [("soir-1", 50)]
    assert verdict.after.held_by("pere") == FATHERS
    father = decide(of("pere"), verdict.after, Demande.of("martin", YEAR, {DAY: ["soir-1"]}), now=NOW)
    assert [(one.kind, one.item, one.amount_cents) for one in recapitulatif(father).lines] == [
        ("retire", "repas", -400)
    ]


@pytest.mark.parametrize("wanted", ((), ("soir-1",)))
def test_only_the_holder_gives_back(wanted: tuple[str, ...]) -> None:
    """A household cannot cancel what the other holds, nor by leaving it out; the way out is to keep it (S6.8, S8)."""
    verdict = check_day(of("mere"), DAY, wanted, now=NOW, held=FATHERS.held("martin", DAY))
    assert [(one.code, one.slots) for one in verdict.violations] == [("autre-foyer", ("repas",))]
    assert "« pere »" in verdict.violations[0].sentence()
    assert "alone can cancel" in verdict.violations[0].sentence("en")
    assert [one.keep for one in repairs(verdict).found] == [("repas",)]
    assert check_day(of("pere"), DAY, (), now=NOW, held=FATHERS.held("martin", DAY)).allowed
    assert check_day(of(""), DAY, (), now=NOW, held=FATHERS.held("martin", DAY)).status is Status.REFUSED
    assert check_day(of("mere"), DAY, (), now=NOW, held=Selection.of("repas")).status is Status.REFUSED


def test_the_box_of_the_other_household_is_locked() -> None:
    """What the other household holds is shown checked and locked, with why (S7)."""
    page = boxes(of("mere"), DAY, now=NOW, held=FATHERS.held("martin", DAY))
    assert page.box("repas").state is BoxState.LOCKED
    assert [one.code for one in page.box("repas").reasons] == ["autre-foyer"]
    assert (page.box("soir-1").state, page.box("soir-1").price_cents) == (BoxState.FREE, 50)


def test_nobody_books_for_the_other_household() -> None:
    """A slot asked in the name of another household is an error; one that it holds may be named as it is held."""
    with pytest.raises(OtherHouseholdError, match="chaque foyer"):
        check_day(of("mere"), DAY, mine("soir-1", household="pere"), now=NOW)
    with pytest.raises(OtherHouseholdError):
        decide(of(""), Planning(), Demande.of("martin", YEAR, {DAY: mine("soir-1")}), now=NOW)
    held = FATHERS.held("martin", DAY)
    assert check_day(of("mere"), DAY, [*held, "soir-1"], now=NOW, held=held).allowed
    beyond = check_day(of("mere"), date(2030, 9, 6), [*held, "soir-1"], now=NOW, held=held)
    assert beyond.outcome.after == Selection.of(*held, *mine("soir-1"))


def test_a_recopie_leaves_what_the_other_household_holds() -> None:
    """Copying merges with, or replaces around, what the other household holds on a date (S9.3)."""
    pattern = Pattern.day(["soir-1"], "lundi", first_day=DAY, last_day=DAY)
    both = Planning.of({("martin", DAY): [*mine("soir-2"), *mine("repas", household="pere")]})
    merged = recopie(of("mere"), both, pattern, periode=YEAR, now=NOW)
    replaced = recopie(of("mere"), both, pattern, periode=YEAR, now=NOW, onto=Onto.REPLACE)
    father = mine("repas", household="pere")
    assert merged.after.held("martin", DAY) == Selection.of(*mine("soir-1", "soir-2"), *father)
    assert replaced.after.held("martin", DAY) == Selection.of(*mine("soir-1"), *father)


def test_two_plannings_make_one() -> None:
    """The plannings of two households are read together; one slot held by both is an error that names it (S2.3)."""
    mothers = Planning.of({("martin", DAY): mine("soir-1"), ("lea", DAY): mine("repas")}, ())
    union = mothers.union(FATHERS)
    assert union.held("martin", DAY) == Selection.of(*mine("soir-1"), *mine("repas", household="pere"))
    assert union.held_by("mere") == mothers
    assert union == FATHERS.union(mothers)
    with pytest.raises(InvalidValueError, match=r"martin.2021-09-06.repas : .*deux foyers") as error:
        Planning.of({("martin", DAY): mine("repas")}).union(FATHERS)
    assert "two households" in error.value.text("en")
    partial = Planning(modes=("mercredi",)).union(Planning(modes=("periscolaire", "mercredi")))
    assert partial.modes == ("mercredi", "periscolaire")


CUSTODY = """
[faits]
niveau = ["petit", "grand"]
semaine-de-garde = "oui ou non"
[acces.semaine-de-garde]
exige.semaine-de-garde = true
message = "Ce n'est pas votre semaine de garde."
hypothese = "essai"
"""


def custody(*facts: Dated) -> Desk:
    """A child of a règlement where each household books its own weeks."""
    text = SMALL.replace('[faits]\nniveau = ["petit", "grand"]\n', CUSTODY)
    given = Facts.of(niveau="petit", semaine_de_garde=facts) if facts else Facts.of(niveau="petit")
    return Desk(engine_from_text(text + OPEN + PRICED), given, "lou", household="mere")


def test_a_gate_can_ask_for_the_week_of_custody() -> None:
    """A fact that holds one week in two, counted from a Friday, opens these weeks alone (S6.4, S6.8)."""
    desk = custody(Dated(value=False), Dated(value=True, first_day=date(2025, 9, 5), every_weeks=2))
    now = at("2025-09-01 09:00")
    days = {
        date(2025, 9, 5): True,
        date(2025, 9, 11): True,
        date(2025, 9, 12): False,
        date(2025, 9, 18): False,
        date(2025, 9, 19): True,
        date(2025, 12, 29): True,
        date(2026, 1, 2): False,
        date(2026, 1, 9): True,
    }
    asked = {day: check_day(desk, day, ["a"], now=now) for day in days}
    assert {day: verdict.allowed for day, verdict in asked.items()} == days
    assert "pas votre semaine" in asked[date(2025, 9, 12)].violations[0].sentence()
    grain = decide(
        desk, Planning(), Demande.of("lou", "annee", {day: ["a"] for day in days}), now=now, grain=Grain.DAY_BY_DAY
    )
    assert {one.day for one in grain.granted} == {day for day, allowed in days.items() if allowed}
    assert check_day(custody(), date(2025, 9, 5), ["a"], now=now).status is Status.UNDECIDED


def test_what_alternates_is_told_since_when() -> None:
    """Weeks are counted from a day; a number or a birth date does not alternate."""
    with pytest.raises(InvalidValueError, match="comptée depuis quand"):
        Dated(value=True, every_weeks=2)
    with pytest.raises(InvalidValueError, match="2 à 52"):
        Dated(value=True, first_day=DAY, every_weeks=0)
    with_number = SMALL.replace("[faits]\n", '[faits]\nquotient = "nombre"\n')
    alternating = Facts.of(quotient=[Dated(Fraction(650), DAY, every_weeks=2)])
    with pytest.raises(InvalidValueError, match="pour un fait qui alterne"):
        Desk(engine_from_text(with_number + OPEN + PRICED), alternating)


DEMANDE = """
format = 1
[demande]
reglement = "cluses-clae-messy-2021"
enfant = "martin"
periode = "periscolaire-2021"
instant = 2021-09-01T09:00:00+02:00
foyer = "mere"
foyers = ["mere", "pere"]
[enfant.martin]
dossier-enfant = "complet"
[foyer]
dossier-foyer = "valide"
[deja]
2021-09-06 = [{ creneau = "repas", foyer = "pere" }, "soir-1"]
[veut]
2021-09-06 = ["repas", "soir-1", "matin-2"]
"""
GUIDE = "examples/cluses/reglement.toml"


def test_a_demande_file_names_its_household(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is held is the asking household's unless it names another, in the file and in the answer (S6.8)."""
    read = demande_from_text(DEMANDE, guide().reglement)
    assert read.planning().held("martin", DAY) == Selection.of(*mine("soir-1"), *mine("repas", household="pere"))
    pytest.importorskip("typer")
    from clae_rules.cli import run

    file = tmp_path / "demande.toml"
    file.write_text(DEMANDE, "utf-8")
    assert run(["check", GUIDE, str(file), "--format", "json"]) == 0
    held = json.loads(capsys.readouterr().out)["dates"][0]["tenus"]
    assert {one["creneau"]: one["foyer"] for one in held} == {"matin-2": "mere", "repas": "pere", "soir-1": "mere"}
    file.write_text(DEMANDE.replace('["repas", "soir-1", "matin-2"]', "[]"), "utf-8")
    assert run(["check", GUIDE, str(file)]) == 1
    assert "lui seul peut l'annuler" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ('foyer = "pere" }', 'foyer = "perre" }', "foyer inconnu : « perre » ; vouliez-vous dire « pere » ?"),
        ('foyers = ["mere", "pere"]\n', "", 'écrivez foyers = ["mere", …]'),
        ('foyer = "mere"\n', "", 'lequel demande ? écrivez foyer = "mere"'),
        ('"matin-2"]', '{ creneau = "matin-2", foyer = "pere" }]', "on ne réserve que pour son foyer"),
        ('["repas",', '[{ creneau = "repas", foyer = "grand-mere" },', "foyer inconnu"),
        ("[deja]", '[fratrie.lea]\n2021-09-06 = [{ creneau = "repas", foyer = "x" }]\n[deja]', "fratrie.lea"),
        ('dossier-enfant = "complet"', 'dossier-enfant = [{ valeur = "complet", une_sur = 2 }]', "depuis quand"),
    ),
)
def test_a_misspelt_household_is_refused(old: str, new: str, said: str) -> None:
    """A household that is not one of the child's, or is not told, is refused with its path and the way out."""
    assert old in DEMANDE
    with pytest.raises(InvalidDemandeError) as error:
        demande_from_text(DEMANDE.replace(old, new, 1), guide().reglement)
    assert said in error.value.text()
    assert error.value.text("en")


def test_weeks_of_custody_in_a_file() -> None:
    """A dated fact of a file may hold one week in so many, and is written back as it was read."""
    weeks = '[{ valeur = "incomplet" }, { valeur = "complet", du = 2021-09-06, une_sur = 2 }]'
    read = demande_from_text(
        DEMANDE.replace('dossier-enfant = "complet"', f"dossier-enfant = {weeks}"), guide().reglement
    )
    facts = read.facts()
    assert facts.at("dossier-enfant", date(2021, 9, 6)) == "complet"
    assert facts.at("dossier-enfant", date(2021, 9, 13)) == "incomplet"
    assert DEMANDE_FILE.read(DEMANDE_FILE.write(read), (), []) == read


MONTHLY = """
[compte.jours]
creneaux = "jour"
compte = "jours"
hypothese = "essai"
par = "mois"
[tarif.peu]
qui.jours = "jusqu'à 1"
par = "creneau"
prix = 3.00
hypothese = "essai"
[tarif.beaucoup]
qui.jours = "à partir de 2"
par = "creneau"
prix = 2.00
hypothese = "essai"
"""


def test_a_count_of_the_month_is_of_what_the_child_holds() -> None:
    """A price that depends on the days of the month counts those of both households; each pays its own (S6.8, S10.3)."""
    engine, monday = engine_from_text(SMALL + OPEN + MONTHLY), date(2025, 9, 15)
    father = Planning.of({("lou", date(2025, 9, day)): mine("a", household="pere") for day in (11, 12)})
    for household, price in (("mere", 200), ("pere", 200)):
        desk = Desk(engine, Facts(), "lou", household=household)
        verdict = decide(desk, father, Demande.of("lou", "annee", {monday: ["b"]}), now=at("2025-09-01 09:00"))
        assert recapitulatif(verdict).total_cents == price


FREE = """
[formule.mange]
nom = "Mange"
ensembles = [["a"]]
[modification.gratuit]
creneaux = "b"
formules = "mange"
prix = 0
hypothese = "essai"
"""


def test_a_condition_reads_what_both_hold_and_the_holder_alone_pays() -> None:
    """The father's b is free since the mother booked a; giving a back makes him pay, and her nothing more (S6.8)."""
    engine, monday = engine_from_text(SMALL + OPEN + PRICED + FREE), date(2025, 9, 15)
    mothers = Planning.of({("lou", monday): mine("a")})
    father = Desk(engine, Facts(), "lou", household="pere")
    verdict = decide(father, mothers, Demande.of("lou", "annee", {monday: ["a", "b"]}), now=at("2025-09-01 09:00"))
    assert [(one.item, one.amount_cents) for one in recapitulatif(verdict).lines] == [("b", 0)]
    assert costs.charges(father, verdict.after, now=NOW).total_cents == 0
    assert boxes(father, monday, now=NOW, held=mothers.held("lou", monday)).box("b").price_cents == 0
    mother = Desk(engine, Facts(), "lou", household="mere")
    back = decide(mother, verdict.after, Demande.of("lou", "annee", {monday: ["b"]}), now=at("2025-09-01 09:00"))
    assert recapitulatif(back).total_cents == -100
    assert costs.charges(father, back.after, now=NOW).total_cents == 100


def test_a_package_of_a_month_is_of_the_household_that_pays() -> None:
    """What is sold by the month is what the household holds: the dates of the other one are no part of it (S6.8)."""
    package = '[tarif.mois]\npar = "mois"\nprix = 20.00\nhypothese = "essai"'
    engine, days = engine_from_text(SMALL + OPEN + package), [date(2025, 9, day) for day in (11, 12)]
    planning = Planning.of({("lou", days[0]): mine("a"), ("lou", days[1]): mine("a", household="pere")})
    for household, day in (("mere", days[0]), ("pere", days[1])):
        account = costs.charges(Desk(engine, Facts(), "lou", household=household), planning, now=NOW)
        assert [(one.days, one.charge.amount_cents) for one in account.entries] == [((day,), 2000)]


def test_a_releve_reads_what_the_other_household_holds() -> None:
    """The father's bill knows of the mother's a, which makes his b free, and does not bill it (S6.8)."""
    engine = engine_from_text(SMALL + OPEN + PRICED + FREE)
    text = """format = 1
    releve = { reglement = "petit", foyer = "pere", mois = "2025-09", instant = 2025-10-01T08:00:00+02:00, pointes = ["jour"] }
    enfant.lou = {}
    [reserve.lou]
    2025-09-15 = [{ creneau = "a", foyer = "mere" }, { creneau = "b", foyer = "pere" }]
    2025-09-16 = ["b"]
    [present.lou]
    2025-09-15 = ["a", "b"]
    2025-09-16 = ["b"]
    """
    bill = due(Desk(engine, Facts(), "lou"), releve_from_text(text, engine.reglement).releve())
    assert [(one.item, one.dates, one.due_cents) for one in bill.lines] == [
        ("b", (date(2025, 9, 15),), 0),
        ("b", (date(2025, 9, 16),), 100),
    ]
    assert not bill.undecided
    given = "[[annule]]\nenfant = 'lou'\ndates = 2025-09-15\ncreneaux = ['a']\ninstant = 2025-09-01T08:00:00+02:00\n"
    with pytest.raises(InvalidReleveError, match="n'a rien réservé de cela"):
        releve_from_text(text + given, engine.reglement)


@pytest.mark.parametrize(
    ("more", "said", "in_english"),
    (
        ('foyer = "pere"', "un relevé est celui d'un seul foyer", "of one household"),
        ("paye_avant = 2026-09-01T10:00:00+02:00", "n'a pas été payé à temps est perdu", "what was not paid is lost"),
    ),
)
def test_a_releve_bills_one_household(more: str, said: str, in_english: str) -> None:
    """A slot that another household pays for, or that was not paid in time, is refused in a relevé, never left out."""
    text = HEAD.replace('["cantine"]', f'[{{ creneau = "cantine", {more} }}]')
    with pytest.raises(InvalidReleveError) as error:
        releve_from_text(text, rules().reglement)
    assert said in error.value.text()
    assert in_english in error.value.text("en")
