"""What is given to the decision and cannot be: unknown codes, other children, dates that are none (S1.2, S1.5)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.guide import at, guide, martin

from clae_rules import (
    ClaeRulesError,
    Demande,
    Desk,
    Facts,
    Occupancy,
    Override,
    Planning,
    Status,
    check_day,
    decide,
    repairs,
)
from clae_rules.errors import InvalidDemandeError, InvalidValueError
from clae_rules.files.reading import demande_from_text
from clae_rules.slots import Selection

NOW = at("2021-09-01 09:00")
DAY = date(2021, 10, 18)
ASKED = Demande.of("martin", "periscolaire-2021", {DAY: ["matin-2"]})
HEAD = '[demande]\nreglement = "cluses-clae-messy-2021"\nenfant = "martin"\nperiode = "periscolaire-2021"\n'


def test_what_a_planning_holds_is_of_the_reglement() -> None:
    """A held slot, a waived rule or a counted pool that nobody knows is an error with the nearest known one."""
    waived = Override(rules=("midi-ou-repass",), child="martin", agent="A", reason="m", instant=NOW)
    with pytest.raises(ClaeRulesError, match="« xx », inconnu du règlement"):
        decide(martin(), Planning.of({("martin", DAY): ["xx"]}), ASKED, now=NOW)
    with pytest.raises(ClaeRulesError, match=r"vouliez-vous dire « midi-ou-repas » \?"):
        decide(martin(), Planning(overrides=(waived,)), ASKED, now=NOW)
    with pytest.raises(ClaeRulesError, match="places de « salle »"):
        decide(martin(), Planning(), ASKED, now=NOW, occupancy=Occupancy.of({("salle", DAY): 3}))
    with pytest.raises(InvalidValueError, match="il faut un nombre de places"):
        Occupancy.of({("salle", DAY): -3})


def test_a_date_beyond_the_calendar_and_the_periode_is_refused() -> None:
    """S1.5: refused wins over undecided: the période has ended, whatever the calendar."""
    asked = Demande.of("martin", "periscolaire-2021", {date(2031, 9, 8): ["midi-2"]})
    verdict = decide(martin(), Planning(), asked, now=NOW)
    assert verdict.status is Status.REFUSED
    assert [one.code for one in verdict.violations] == ["hors-periode"]


def test_a_datetime_is_no_date() -> None:
    """A datetime is a date too in Python, and never one here."""
    with pytest.raises(InvalidValueError, match="il faut une date civile"):
        check_day(martin(), datetime(2021, 10, 18, 3), ["matin-2"], now=NOW)


@pytest.mark.parametrize(
    ("more", "said"),
    (
        ("", "rien n'est demandé"),
        ('[veut]\n2021-09-06 = ["repas"]\n[enfant.leo]\n', "seulement [enfant.leo]"),
        (
            (
                '[veut]\n2021-09-06 = ["repas"]\n[derogation.x]\nregles = "midi-ou-repass"\nagent = "A"\nmotif = "m"\n'
                "instant = 2021-09-01T09:00:00+02:00"
            ),
            "vouliez-vous dire « midi-ou-repas » ?",
        ),
    ),
)
def test_a_demande_file_says_something_known(more: str, said: str) -> None:
    """An empty demande, facts of another child alone and an unknown override are faults, never « accepté »."""
    with pytest.raises(InvalidDemandeError) as caught:
        demande_from_text(HEAD + more, guide().reglement)
    assert said in str(caught.value)


def test_repairs_of_a_date_that_was_broken_before_are_those_the_decision_accepts() -> None:
    """S6.2, S8: with an inherited violation the smallest edits are those after which nothing new is broken."""
    held = Selection.of("midi-1", "repas")
    verdict = check_day(martin(), DAY, ["midi-1", "midi-2", "repas"], now=NOW, held=held)
    assert verdict.status is Status.REFUSED
    found = {(one.add, one.remove) for one in repairs(verdict, first=50).found}
    assert ((), ("midi-2",)) in found
    for add, remove in found:
        wanted = ({"midi-1", "midi-2", "repas"} | set(add)) - set(remove)
        assert check_day(martin(), DAY, sorted(wanted), now=NOW, held=held).status is Status.ALLOWED
    assert not any(set(remove) > {"midi-2"} for _, remove in found)


COPY = '[veut]\n2021-09-06 = ["repas"]\n2021-09-07 = ["midi-2"]\n[recopie]\ndu = 2021-09-13\nau = 2021-09-24\n'


def test_a_week_is_copied_onto_weeks_day_by_day() -> None:
    """S9.1: `semaine` copies each day of that week of [veut] onto its own weekday."""
    read = demande_from_text(f"{HEAD}{COPY}semaine = 2021-09-08\ndeja_pris = 'garder'", guide().reglement)
    pattern = read.pattern()
    assert pattern is not None
    assert [(f"{day:%m-%d}", pattern.slots_on(day)) for day in pattern.dates()] == [
        ("09-13", ("repas",)),
        ("09-14", ("midi-2",)),
        ("09-20", ("repas",)),
        ("09-21", ("midi-2",)),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    (
        ("semaine = 2021-09-08\nmodele = 2021-09-06\ndeja_pris = 'garder'", "d'une seule façon"),
        ("semaine = 2021-11-08\ndeja_pris = 'garder'", "ne dit rien de la semaine"),
        ("modele = 2021-09-06\ndeja_pris = 'garder'", "il manque « jours »"),
    ),
)
def test_a_recopie_says_what_it_copies_in_one_way(more: str, said: str) -> None:
    """S9.1: a recopie without weekdays, or with two models, is refused with the way out."""
    with pytest.raises(InvalidDemandeError) as caught:
        demande_from_text(f"{HEAD}{COPY}{more}", guide().reglement)
    assert said in str(caught.value)


def test_english_sentences_say_the_limit_in_english() -> None:
    """S1.4: the limit that closed a box is told in the language of the sentence."""
    verdict = check_day(martin(), date(2021, 9, 6), ["repas"], now=at("2021-09-06 06:00"))
    assert "(the date, before 06:00)" in verdict.violations[0].sentence("en")
    assert "le jour même, avant 06:00" in verdict.violations[0].sentence("fr")


def test_a_waiting_place_has_its_priority_class() -> None:
    """S6.5: a full pool grants the waiting list, with the first class that fits the child."""
    pool = (
        '[capacite.salle]\ncreneaux = "repas"\nenfants = 2\nattente = true\nsource = "guide B"\n'
        'priorite = [{ nom = "résidents", qui.residence = "commune" }, { nom = "autres" }]\n\n'
        '[faits]\nresidence = ["commune", "exterieur"]\n'
    )
    engine = guide(("[faits]\n", pool))
    full = Occupancy.of({("salle", DAY): 2})
    for residence, expected in (("commune", "résidents"), ("exterieur", "autres"), (None, "")):
        more = Facts() if residence is None else Facts.of(residence=residence)
        desk = Desk(engine, Facts.of(dossier_foyer="valide", dossier_enfant="complet").merged(more), "martin")
        verdict = check_day(desk, DAY, ["repas"], now=NOW, occupancy=full)
        assert verdict.allowed
        assert verdict.waiting == (("repas", expected),)
