"""What is given to the decision and cannot be: unknown codes, other children, dates that are none (S1.2, S1.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.guide import at, guide, martin
from tests.small import engine, told

from clae_rules import (
    ClaeRulesError,
    Closure,
    Demande,
    Desk,
    Engine,
    Episode,
    Facts,
    Held,
    Occupancy,
    Override,
    Pattern,
    Planning,
    Releve,
    Status,
    boxes,
    check_day,
    decide,
    due,
    repairs,
)
from clae_rules.audit import Booking, assert_never, coverage, explain, reform, replay
from clae_rules.errors import InvalidDemandeError, InvalidReglementError, InvalidValueError
from clae_rules.files.reading import demande_from_text
from clae_rules.selectors import When
from clae_rules.slots import Selection
from clae_rules.testing import assert_allowed, assert_refused

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
    "now", (datetime.min.replace(tzinfo=UTC), at("1899-12-31 23:59"), datetime.max.replace(tzinfo=UTC))
)
def test_an_instant_of_no_year_that_a_reglement_reaches_is_refused(now: datetime) -> None:
    """S13.1: instants are from 1900 to 2200, wherever one is given; beyond, no offset could be told."""
    for ask in (
        lambda: check_day(martin(), DAY, ["matin-2"], now=now),
        lambda: decide(martin(), Planning(), ASKED, now=now),
        lambda: boxes(martin(), DAY, now=now),
    ):
        with pytest.raises(InvalidValueError, match="il faut un instant de 1900 à 2200") as caught:
            ask()
        assert "expected an instant from 1900 to 2200" in caught.value.text("en")


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


PATTERN_DAYS: dict[str, Any] = {"first_day": date(2021, 10, 11), "last_day": date(2021, 11, 8)}
MONDAY = date(2021, 9, 6)
ONE_CODE: list[Callable[[str], object]] = [
    lambda given: check_day(martin(), MONDAY, given, now=NOW),
    lambda given: check_day(martin(), MONDAY, given, now=NOW, planning=Planning()),
    lambda given: assert_allowed(martin(), MONDAY, given, now=NOW),
    lambda given: assert_refused(martin(), MONDAY, given, now=NOW, because="interdit-seul"),
    lambda given: assert_never(guide(), "midi-1", without=given),
    lambda given: boxes(martin(), MONDAY, now=NOW, draft=given),
    lambda given: explain(martin(), MONDAY, given, now=NOW),
    lambda given: coverage(guide(), [(martin(), MONDAY, given)]),
    lambda given: Planning.of({("martin", MONDAY): given}),
    lambda given: Demande.of("martin", "periscolaire-2021", {MONDAY: given}),
    lambda given: Pattern.day(given, "lundi", **PATTERN_DAYS),
    lambda given: Pattern.week({MONDAY: given}, **PATTERN_DAYS),
]


@pytest.mark.parametrize("call", ONE_CODE)
def test_one_code_is_no_list_of_slots(call: Callable[[str], object]) -> None:
    """One slot's code where a list is needed is one fault with the way out, never read letter by letter."""
    with pytest.raises(InvalidValueError) as caught:
        call("repas")
    (fault,) = caught.value.faults
    assert fault.fr == "lu « repas » ; il faut une liste de créneaux : ['repas']"
    assert fault.en == "got « repas »; expected a list of slots: ['repas']"
    assert fault.path


def test_a_code_is_no_list_where_the_values_themselves_are_built() -> None:
    """What is built without its `of` refuses one code all the same, and a list that holds something else."""
    wrong: Any = "repas"
    for build in (
        lambda: Demande("martin", "periscolaire-2021", ((MONDAY, wrong),)),
        lambda: Pattern(model=((0, wrong),), **PATTERN_DAYS),
        lambda: Closure(code="greve", motive="grève", slots=wrong, when=When(dates=(MONDAY,))),
    ):
        with pytest.raises(InvalidValueError, match="il faut une liste"):
            build()
    nested: Any = ["repas", "midi-2"]
    late: Any = [Held("repas")]
    number: Any = 3
    with pytest.raises(InvalidValueError, match="il faut le code de chacun, ou un Held"):
        Selection.of(nested)
    with pytest.raises(InvalidValueError, match=r"il faut le code de chacun$"):
        Pattern.day(late, "lundi", **PATTERN_DAYS)
    with pytest.raises(InvalidValueError, match="slots : lu « 3 »"):
        check_day(martin(), MONDAY, number, now=NOW)


def test_a_reglement_and_a_releve_built_in_python_refuse_one_code_for_a_list() -> None:
    """The fields of a rule, of an absence or of a relevé that are lists refuse one text, by their place in a file."""
    one = guide().reglement
    wrong: Any = "repas"
    rule: Any = one.rules[0]
    with pytest.raises(InvalidReglementError) as caught:
        replace(one, rules=(replace(rule, slots=wrong), *one.rules[1:]))
    assert caught.value.faults[0].path == ("regle", rule.code, "creneaux")
    missed: Any = Episode(child="martin", first_day=MONDAY, last_day=MONDAY, slots=wrong)
    for more in ({"episodes": (missed,)}, {"pointed": wrong}):
        releve = Releve(month=date(2021, 9, 1), instant=NOW, booked=Planning(), children=("martin",), **more)
        with pytest.raises(InvalidValueError, match=r"lu « repas » ; il faut une liste, \('repas',\)"):
            due(martin(), releve)


def test_bookings_to_replay_and_what_a_reform_drops_are_lists() -> None:
    """A row whose slots are one text is broken, and one item to drop is named as a list."""
    wrong: Any = "repas"
    row = Booking("dupont", "martin", date(2021, 9, 13), wrong, NOW)
    assert dict(replay(guide(), guide(), [row]).broken) == {"creneaux-texte": 1}
    with pytest.raises(InvalidReglementError, match=r"without : lu « regle.x » ; il faut une liste : \['regle.x'\]"):
        reform(guide(), without="regle.x")


def test_a_desk_is_built_of_an_engine_and_of_facts() -> None:
    """A plain table, a règlement or a file's name in their place is refused where the desk is built, all at once."""
    reglement: Any = guide().reglement
    wrong: Any = {"quotient": 650}
    with pytest.raises(InvalidValueError) as caught:
        Desk(reglement, wrong, "martin", {"tom": wrong})
    assert [one.path for one in caught.value.faults] == [("engine",), ("facts",), ("tom",)]
    assert "lu un Reglement ; il faut un Engine : load_engine(" in str(caught.value)
    assert "facts : lu un dict ; il faut un Facts : Facts.of(" in str(caught.value)
    assert "facts: got a dict; expected a Facts: Facts.of(" in caught.value.text("en")
    name: Any = "reglement.toml"
    with pytest.raises(InvalidValueError, match="lu un str ; il faut un Reglement : load_engine"):
        Engine(name)
    held: Any = ["repas"]
    for call in (
        lambda: check_day(martin(), MONDAY, [], now=NOW, held=held),
        lambda: boxes(martin(), MONDAY, now=NOW, held=held),
    ):
        with pytest.raises(InvalidValueError, match=r"held : lu un list ; il faut un Selection : Selection\.of"):
            call()


STATUS_SECTIONS: dict[str, str | None] = {
    "faits": 'statut = ["regulier"]\nquotient = "nombre"',
    "abonnement.fixe": (
        'creneaux = "repas"\nsouscrire = "3 jours calendaires avant la date, avant 00:00"\n'
        'suspendre = "jamais"\nfait = { statut = "regulier" }'
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ('statut = "regulier" }', 'statut = "Régulier" }', "il faut un mot sans accent ni majuscule : « regulier »"),
        ("fait = { statut", "fait = { statu", "fait inconnu : « statu » ; vouliez-vous dire « statut » ?"),
        ('suspendre = "jamais"', 'suspendre = "jamais"\njours = 9', "« de 1 à 7 »"),
        ("3 jours calendaires avant la date", "le 31/07/2024", "écrivez la date « 2024-07-31 »"),
    ),
)
def test_a_slip_in_an_abonnement_is_told_with_what_to_write(old: str, new: str, said: str) -> None:
    """An accent, an unknown fact, a French date and a number of days are told with their own way out."""
    wrong = str(STATUS_SECTIONS["abonnement.fixe"]).replace(old, new)
    (found,) = told({**STATUS_SECTIONS, "abonnement.fixe": wrong})
    assert said in found


@pytest.mark.parametrize(
    ("more", "said"),
    (
        ("[enfant.lou]\nquotient = -5\n", "quotient : lu « -5 » ; il faut un nombre, 0 ou plus"),
        ('[abonne.fixe]\nsemaine = { mardi = ["repas"] }\nau = 2027-01-01\n', "est après la fin de « Rentrée »"),
        (
            '[abonne.fixe]\nsemaine = { mardi = ["repas"] }\nsuspendus = [2026-09-09]\n',
            "2026-09-09 n'est pas un jour de cet abonnement",
        ),
    ),
)
def test_what_a_demande_says_of_no_effect_is_refused(more: str, said: str) -> None:
    """A number below 0, a day given back that is none of the abonnement's and an end past the période are refused."""
    head = '[demande]\nreglement = "essai"\nenfant = "lou"\nperiode = "p1"\n[veut]\n2026-09-08 = ["repas"]\n'
    with pytest.raises(InvalidDemandeError, match=re.escape(said)):
        demande_from_text(head + more, engine(STATUS_SECTIONS).reglement)
