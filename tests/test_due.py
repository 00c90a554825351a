"""What is due at the end of a month: four facts never confused, absences, events, and nothing guessed (S4.3, S4.4)."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from clae_rules import (
    Demande,
    Desk,
    Engine,
    Facts,
    InvalidReglementError,
    InvalidReleveError,
    Kind,
    Planning,
    Releve,
    Statement,
    Variant,
    decide,
    due,
    engine_from_text,
    recapitulatif,
    releve_from_text,
)
from clae_rules.statements import _REASONS, _REMARKS

VECTORS: Final = tomllib.loads(
    Path(__file__).with_name("vectors").joinpath("dues.toml").read_text("utf-8"), parse_float=Decimal
)
CASES: Final = [(name, i) for name, one in VECTORS["reglement"].items() for i in range(len(one.get("cas", ())))]


def plain(value: Any) -> Any:
    """A value of a TOML file as JSON has it: dates, instants and decimals are texts."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=64)
def engine_of(name: str) -> Engine:
    """The règlement of a vector: the base, with its own sections in place of the base's."""
    own = {key: one for key, one in VECTORS["reglement"][name].items() if key not in {"source", "cas"}}
    sections = {**VECTORS["base"], **own}
    return engine_from_text(json.dumps(plain(sections)), f"{name}.json")


def told(engine: Engine, given: Mapping[str, Any]) -> Statement:
    """What is due after a relevé given as plain data; a child lea of whom nothing more is known, unless said."""
    head = {"reglement": "essai", **{key: given[key] for key in HEAD if key in given}}
    body = {key: one for key, one in given.items() if key not in HEAD}
    read = releve_from_text(
        json.dumps(plain({"enfant": {"lea": {}}, **body, "releve": head})), engine.reglement, "r.json"
    )
    facts = read.facts()
    first = next(iter(facts))
    return due(Desk(engine, facts[first], first, facts), read.releve())


HEAD: Final = ("mois", "instant", "pointes", "du", "au", "foyer_code")


def by_date(statement: Statement) -> dict[str, Decimal]:
    """What is due on each date, in euros."""
    found: dict[str, Decimal] = {}
    for line in statement.lines:
        for day in line.dates:
            found[day.isoformat()] = found.get(day.isoformat(), Decimal(0)) + Decimal(line.due_cents) / len(line.dates)
    return {day: cents / 100 for day, cents in found.items()}


@pytest.mark.parametrize(("name", "index"), CASES, ids=str)
def test_published_cases_come_out(name: str, index: int) -> None:
    """Each published rule gives its published amount, to the cent."""
    case = VECTORS["reglement"][name]["cas"][index]
    found = told(engine_of(name), case["releve"])
    undecided = [one.code for one in found.undecided]
    total = None if found.total_cents is None else Decimal(found.total_cents) / 100

    assert undecided == case.get("indecis", []), case["titre"]
    assert total == (Decimal(case["total"]) if "total" in case else None), found.text(derivation=True)
    if "du" in case:
        assert by_date(found) == {day: Decimal(cents) for day, cents in case["du"].items()}, case["titre"]
    assert sorted({one.code for one in found.findings}) == sorted(case.get("savoir", [])), case["titre"]
    if "natures" in case:
        assert [one.kind.value for one in found.lines] == case["natures"]


def engine_with(**sections: Any) -> Engine:
    """The base règlement with some sections in place of its own."""
    return engine_from_text(json.dumps(plain({**VECTORS["base"], **sections})), "r.json")


def september(**given: Any) -> dict[str, Any]:
    """A relevé of September 2026, drawn up on the 1st of October."""
    return {"mois": "2026-09", "instant": "2026-10-01T08:00:00+02:00", **given}


ALL_FOUR: Final = {
    "reserver": [
        {"limite": "jeudi de la semaine -1, avant 12:00", "variante": "normal"},
        {"limite": "le jour même, avant 06:00", "variante": "hors-delai"},
    ],
    "annuler": [{"limite": "jeudi de la semaine -1, avant 12:00", "a_payer": "rien"}],
    "limite_un_jour_ferme": "reste",
    "hypothese": "essai",
}
ABSENT: Final = {"absent": {"fait": "absent sans annuler", "a_payer": "tout", "hypothese": "essai"}}


def test_the_four_facts_are_never_confused() -> None:
    """S4.3: booked late, there without booking, absent without cancelling, picked up late: four lines, four prices."""
    engine = engine_with(
        delai={"general": ALL_FOUR},
        modification={"tard": {"variante": "hors-delai", "fois": 2, "hypothese": "essai"}},
        constat={
            "absent": {"fait": "absent sans annuler", "a_payer": "50 %", "hypothese": "essai"},
            "imprevu": {"fait": "présent sans réservation", "plus": "2.00", "hypothese": "essai"},
            "retard": {"fait": "repris en retard", "apres": "18:00", "prix": "7.00", "hypothese": "essai"},
        },
    )
    found = told(engine, september(
        pointes=["jour"],
        reserve={"lea": {
            "2026-09-07": [{"creneau": "cantine", "variante": "hors-delai"}], "2026-09-08": ["cantine"],
            "2026-09-10": ["soir"],
        }},
        present={"lea": {
            "2026-09-07": ["cantine"], "2026-09-10": [{"creneau": "soir", "depart": "18:05"}], "2026-09-11": ["cantine"],
        }},
    ))  # fmt: skip

    assert [(one.kind, one.variant, one.rule, one.charged_cents, one.due_cents) for one in found.lines] == [
        (Kind.BOOKED, Variant.HORS_DELAI, "", 600, 600),
        (Kind.BOOKED, Variant.NORMAL, "", 150, 150),
        (Kind.ABSENT, Variant.NORMAL, "absent", 300, 150),
        (Kind.UNBOOKED, Variant.NORMAL, "imprevu", 0, 500),
        (Kind.LATE_PICKUP, Variant.NORMAL, "retard", 0, 700),
    ]
    assert found.total_cents == 2100
    assert all(one.derivation() and one.derivation("en") for one in found.lines)


def test_an_absence_of_which_no_rule_speaks_is_undecided() -> None:
    """S1.5: nobody guesses what stays due; the answer says which constat is missing, and gives no total."""
    given = september(pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"], "2026-09-08": ["cantine"]}},
                      present={"lea": {"2026-09-07": ["cantine"]}})  # fmt: skip
    found = told(engine_with(), given)

    assert [one.code for one in found.undecided] == ["absence-sans-regle"]
    assert "[constat.X] fait" in found.undecided[0].text()
    assert found.total_cents is None
    assert found.known_cents == 300


def test_a_presence_of_which_no_rule_speaks_is_undecided() -> None:
    """S1.5: a child who was there without a booking costs what a rule says, or nobody knows."""
    found = told(engine_with(), september(pointes=["cantine"], present={"lea": {"2026-09-07": ["cantine"]}}))

    assert [one.code for one in found.undecided] == ["presence-sans-regle"]


def test_what_is_not_pointed_is_billed_as_booked() -> None:
    """A slot of which no attendance is noted has no absence: its booking is due."""
    found = told(engine_with(), september(pointes=["cantine"], reserve={"lea": {"2026-09-07": ["soir"]}}))

    assert (found.total_cents, found.undecided) == (150, ())


def test_a_day_that_is_not_over_has_no_absence_yet() -> None:
    """S10.7: a booking to come is counted, and the statement says that it is provisional."""
    given = {**september(pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"], "2026-09-08": ["cantine"]}}),
             "instant": "2026-09-08T10:00:00+02:00", "present": {"lea": {"2026-09-07": ["cantine"]}}}  # fmt: skip
    found = told(engine_with(constat=ABSENT), given)

    assert {one.kind for one in found.lines} == {Kind.BOOKED}
    assert found.provisional == (date(2026, 9, 8),)
    assert "Provisoire" in found.text()


def test_waiting_days_from_a_report_that_may_still_come_are_undecided() -> None:
    """S1.5: nobody knows yet which days a report that is still in time leaves due."""
    rule = {"m": {**MALADIE["m"], "jours_dus": "1 jour réservé depuis le signalement",
                  "signale": "5 jours calendaires après le début de l'absence, jusqu'à 24:00"}}  # fmt: skip
    given = september(reserve={"lea": {"2026-09-07": ["cantine"]}},
                      absence=[{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "maladie"}])  # fmt: skip
    early = {**given, "instant": "2026-09-10T08:00:00+02:00"}

    assert [one.code for one in told(engine_with(absence=rule, constat=ABSENT), early).undecided] == ["attendu"]
    assert told(engine_with(absence=rule, constat=ABSENT), given).total_cents == 300


def test_an_absence_announced_for_a_day_to_come_is_not_one_yet() -> None:
    """S10.7: without excuse it is counted as booked until its day is over; with one it is excused at once."""
    rules = {"constat": ABSENT, "absence": {"m": {"motifs": "maladie", "a_payer": "rien", "hypothese": "essai"}}}
    rules["constat"] = {"absent": {**ABSENT["absent"], "a_payer": "50 %"}}
    absence = {"enfant": "lea", "du": "2026-09-07", "au": "2026-09-08"}
    given = {**september(reserve={"lea": {"2026-09-07": ["cantine"], "2026-09-08": ["cantine"]}}, absence=[absence]),
             "instant": "2026-09-08T07:00:00+02:00"}  # fmt: skip

    assert by_date(told(engine_with(**rules), given)) == {"2026-09-07": Decimal("1.5"), "2026-09-08": Decimal(3)}
    excused = {**given, "absence": [{**absence, "motif": "maladie"}]}
    assert told(engine_with(**rules), excused).total_cents == 0


def test_a_child_present_after_cancelling_in_time_is_there_without_booking() -> None:
    """S4.3: what was cancelled is not booked any more."""
    engine = engine_with(
        constat={"imprevu": {"fait": "présent sans réservation", "prix": "5.49", "hypothese": "essai"}}
    )
    found = told(engine, september(
        pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}}, present={"lea": {"2026-09-07": ["cantine"]}},
        annule=[{"enfant": "lea", "dates": ["2026-09-07"], "instant": "2026-09-01T08:00:00+02:00"}],
    ))  # fmt: skip

    assert [(one.kind, one.due_cents) for one in found.lines] == [(Kind.CANCELLED, 0), (Kind.UNBOOKED, 549)]


def test_a_child_present_during_a_declared_absence_is_present() -> None:
    """The pointing wins over what was announced, and the statement says so."""
    engine = engine_with(absence={"m": {"motifs": "maladie", "a_payer": "rien", "hypothese": "essai"}}, constat=ABSENT)
    found = told(engine, september(
        pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"], "2026-09-08": ["cantine"]}},
        present={"lea": {"2026-09-07": ["cantine"]}},
        absence=[{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-08", "motif": "maladie"}],
    ))  # fmt: skip

    assert by_date(found) == {"2026-09-07": Decimal(3), "2026-09-08": Decimal(0)}
    assert [one.code for one in found.findings] == ["present-malgre-absence"]


def test_a_booked_meal_during_a_strike_is_due_where_the_child_ate_it() -> None:
    """S4.4: an event cancels for everybody, but not what was served."""
    strike = {"greve": {"motifs": "greve", "a_payer": "rien", "hypothese": "essai"}}
    booked = {"lea": {"2026-09-07": ["cantine"]}, "tom": {"2026-09-07": ["cantine"]}}
    found = told(engine_with(evenement=strike), september(
        enfant={"lea": {}, "tom": {}}, pointes=["cantine"], reserve=booked, present={"tom": {"2026-09-07": ["cantine"]}},
        evenement=[{"motif": "greve", "du": "2026-09-07", "au": "2026-09-07"}],
    ))  # fmt: skip

    assert [(one.child, one.kind, one.due_cents) for one in found.lines] == [
        ("lea", Kind.SERVICE, 0), ("tom", Kind.BOOKED, 300),
    ]  # fmt: skip


FORMULES: Final = {
    "formule": {
        "journee": {"nom": "Journée", "ensembles": [["matin", "cantine", "soir"]], "hypothese": "essai"},
        "demi": {"nom": "Demi-journée", "ensembles": [["matin", "cantine"], ["cantine", "soir"]], "hypothese": "essai"},
        "seul": {"nom": "Un créneau", "ensembles": [["matin"], ["cantine"], ["soir"]], "hypothese": "essai"},
        "deux": {"nom": "Matin et soir", "ensembles": [["matin", "soir"]], "hypothese": "essai"},
    },
    "tarif": {
        "jour": {
            "par": "jour", "hypothese": "essai",
            "prix": {"journee": "12.00", "demi": "8.00", "seul": "5.00", "deux": "9.00"},
        }
    },
}  # fmt: skip


def test_a_part_of_what_is_sold_together_is_the_difference_that_it_makes() -> None:
    """S10.6: an excused evening of a whole day leaves the half day due; what it gives back is the difference."""
    engine = engine_with(**FORMULES, absence={"m": {"motifs": "m", "a_payer": "50 %", "hypothese": "essai"}})
    found = told(engine, september(
        reserve={"lea": {"2026-09-07": ["matin", "cantine", "soir"]}},
        absence=[{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m", "creneaux": ["soir"]}],
    ))  # fmt: skip

    assert [(one.kind, one.label, one.charged_cents, one.due_cents) for one in found.lines] == [
        (Kind.BOOKED, "Demi-journée", 800, 800), (Kind.EXCUSED, "Soir", 400, 200),
    ]  # fmt: skip


def test_a_slot_added_on_the_spot_costs_the_difference_that_it_makes() -> None:
    """S10.6: an evening without booking beside a half day costs the day less the half day, then what is added."""
    constat = {"imprevu": {"fait": "présent sans réservation", "plus": "1.00", "hypothese": "essai"}}
    found = told(engine_with(**FORMULES, constat=constat), september(
        pointes=["soir"], reserve={"lea": {"2026-09-07": ["matin", "cantine"]}}, present={"lea": {"2026-09-07": ["soir"]}},
    ))  # fmt: skip

    assert [(one.kind, one.due_cents) for one in found.lines] == [(Kind.BOOKED, 800), (Kind.UNBOOKED, 500)]


def test_what_is_sold_together_and_not_due_alike_is_undecided() -> None:
    """S1.5: two slots of one formule with two outcomes have no known part of its price."""
    engine = engine_with(**FORMULES, constat={
        "matin": {"creneaux": "matin", "fait": "absent sans annuler", "a_payer": "tout", "hypothese": "essai"},
        "soir": {"creneaux": "soir", "fait": "absent sans annuler", "a_payer": "50 %", "hypothese": "essai"},
    })  # fmt: skip
    found = told(engine, september(pointes=["jour"], reserve={"lea": {"2026-09-07": ["matin", "soir"]}}))

    assert [one.code for one in found.undecided] == ["sorts-meles"]


def test_two_rules_with_nothing_to_choose_between_them_are_undecided() -> None:
    """S1.6: order never decides; a narrower dated rule does, as for deadlines."""

    def two(**second: Any) -> Engine:
        """Two constats of an absence."""
        return engine_with(constat={**ABSENT, "autre": {
            "fait": "absent sans annuler", "a_payer": "50 %", "hypothese": "essai", **second,
        }})  # fmt: skip

    given = september(pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}})
    assert [one.code for one in told(two(), given).undecided] == ["deux-regles"]
    assert told(two(creneaux="cantine"), given).total_cents == 150


def test_a_missing_fact_leaves_the_lapse_undecided() -> None:
    """S1.5: a constat for residents, and nobody knows where the child lives."""
    constat = {"absent": {**ABSENT["absent"], "qui": {"residence": "commune"}}}
    found = told(engine_with(constat=constat), september(
        pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}}
    ))  # fmt: skip

    assert [(one.code, "residence" in one.text()) for one in found.undecided] == [("fait-manquant", True)]


def test_a_price_by_quotient_of_an_absence() -> None:
    """A missed meal may have its own price, looked up in a grid as any other (La Selle-Craonnaise)."""
    engine = engine_with(
        grille={"qf": {"mesure": "quotient", "lu": "tronqué", "tranches": {"A": "de 0 à 599", "B": "à partir de 600"},
                       "hypothese": "essai"}},
        constat={"absent": {"fait": "absent sans annuler", "selon": "qf", "prix": {"A": "4.00", "B": "6.00"},
                            "hypothese": "essai"}},
    )  # fmt: skip
    given = september(pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}})

    assert told(engine, {**given, "enfant": {"lea": {"quotient": 650}}}).total_cents == 600
    assert [one.code for one in told(engine, given).undecided] == ["prix-inconnu"]


def test_a_booking_of_a_closed_slot_is_undecided() -> None:
    """A slot that the règlement does not open that day has no rule."""
    found = told(engine_with(), september(reserve={"lea": {"2026-09-09": ["cantine"]}}))

    assert [one.code for one in found.undecided] == ["creneau-ferme"]


MALADIE: Final = {"m": {
    "motifs": "maladie", "jours_dus": "2 jours réservés depuis le début de l'absence", "a_payer": "rien",
    "hypothese": "essai",
}}  # fmt: skip


def test_an_episode_at_the_edge_of_the_month_counts_from_its_first_day() -> None:
    """S4.4: the October days of an absence that began in September are its later ones, if the relevé tells September."""
    october = {
        "mois": "2026-10", "instant": "2026-11-02T08:00:00+01:00",
        "absence": [{"enfant": "lea", "du": "2026-09-29", "au": "2026-10-02", "motif": "maladie"}],
    }  # fmt: skip
    booked = {day: ["cantine"] for day in ("2026-10-01", "2026-10-02")}
    unknown = told(engine_with(absence=MALADIE), {**october, "reserve": {"lea": booked}})
    wide = {**october, "du": "2026-09-28", "reserve": {"lea": {**booked, "2026-09-29": ["cantine"]}}}

    assert [one.code for one in unknown.undecided] == ["releve-trop-court"]
    assert by_date(told(engine_with(absence=MALADIE), wide)) == {"2026-10-01": Decimal(3), "2026-10-02": Decimal(0)}


def test_a_strike_within_an_absence_is_no_waiting_day() -> None:
    """S4.4: what the service cancelled was not missed: the waiting days are the next ones."""
    engine = engine_with(absence=MALADIE, evenement={"g": {"motifs": "greve", "a_payer": "rien", "hypothese": "essai"}})
    found = told(engine, september(
        reserve={"lea": {day: ["cantine"] for day in ("2026-09-07", "2026-09-08", "2026-09-10", "2026-09-11")}},
        absence=[{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-11", "motif": "maladie"}],
        evenement=[{"motif": "greve", "du": "2026-09-08", "au": "2026-09-08"}],
    ))  # fmt: skip

    assert by_date(found) == {
        "2026-09-07": Decimal(3), "2026-09-08": Decimal(0), "2026-09-10": Decimal(3), "2026-09-11": Decimal(0),
    }  # fmt: skip


def test_waiting_days_may_be_counted_in_a_calendar() -> None:
    """S4.4: « 3 jours calendaires depuis le signalement » counts the Wednesday without canteen."""
    rule = {"m": {**MALADIE["m"], "jours_dus": "3 jours calendaires depuis le signalement", "signale": "sans limite"}}
    found = told(engine_with(absence=rule), september(
        reserve={"lea": {day: ["cantine"] for day in ("2026-09-07", "2026-09-08", "2026-09-10")}},
        absence=[{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-11", "motif": "maladie",
                  "signale": "2026-09-07T07:00:00+02:00"}],
    ))  # fmt: skip

    assert by_date(found) == {"2026-09-07": Decimal(3), "2026-09-08": Decimal(3), "2026-09-10": Decimal(0)}


def test_lapses_of_a_household_are_counted_together() -> None:
    """`par = « mois du foyer »`: the second lapse of the two children is the one that costs more."""
    constat = {"imprevu": {
        "fait": "présent sans réservation", "plus": "5.00", "par": "mois du foyer", "unites": "à partir de 2",
        "hypothese": "essai",
    }}  # fmt: skip
    found = told(engine_with(constat=constat), september(
        enfant={"lea": {}, "tom": {}}, pointes=["cantine"],
        present={"tom": {"2026-09-07": ["cantine"]}, "lea": {"2026-09-08": ["cantine"]}},
    ))  # fmt: skip

    assert [(one.child, one.due_cents) for one in found.lines] == [("lea", 800), ("tom", 300)]


def test_a_counted_constat_wins_where_it_speaks() -> None:
    """Two absences at half price, the third of the month in full."""
    constat = {
        "absent": {"fait": "absent sans annuler", "a_payer": "50 %", "hypothese": "essai"},
        "recidive": {"fait": "absent sans annuler", "a_payer": "tout", "par": "mois", "unites": "à partir de 3",
                     "hypothese": "essai"},
    }  # fmt: skip
    found = told(engine_with(constat=constat), september(
        pointes=["cantine"], reserve={"lea": {day: ["cantine"] for day in ("2026-09-07", "2026-09-08", "2026-09-10")}}
    ))  # fmt: skip

    assert by_date(found) == {"2026-09-07": Decimal("1.5"), "2026-09-08": Decimal("1.5"), "2026-09-10": Decimal(3)}


def test_an_unpublished_part_is_undecided() -> None:
    """S4.6: what is announced without an amount is never read as zero."""
    constat = {"absent": {"fait": "absent sans annuler", "a_payer": "non publié", "hypothese": "essai"}}
    found = told(engine_with(constat=constat), september(
        pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}}
    ))  # fmt: skip

    assert [one.code for one in found.undecided] == ["non-publie"]


def test_a_presence_may_be_priced_as_a_late_booking() -> None:
    """`au_tarif = « hors-delai »`: without booking costs what a late booking costs."""
    engine = engine_with(
        delai={"general": ALL_FOUR},
        modification={"tard": {"variante": "hors-delai", "fois": 2, "hypothese": "essai"}},
        constat={"i": {"fait": "présent sans réservation", "au_tarif": "hors-delai", "hypothese": "essai"}},
    )
    found = told(engine, september(pointes=["cantine"], present={"lea": {"2026-09-07": ["cantine"]}}))

    assert found.total_cents == 600


def test_every_sentence_can_be_said_in_both_languages() -> None:
    """Each remark and reason has its French and its English, which name the same things."""
    field = re.compile(r"\{(\w+?)(?:_fr|_en)?\}")
    for sentences in (_REMARKS, _REASONS):
        for code, (fr, en) in sentences.items():
            assert sorted(set(field.findall(fr))) == sorted(set(field.findall(en))), code
            assert fr != en


def test_a_releve_built_by_hand_is_checked_as_a_file_is() -> None:
    """S1.2: an unknown child, a slot of another règlement and a month outside the calendar are told at once."""
    given = Releve(
        month=date(2031, 9, 1), instant=datetime(2031, 10, 1, 8, tzinfo=UTC), children=("lea", "zoe"),
        booked=Planning.of({("lea", date(2026, 9, 7)): ["dejeuner"], ("tom", date(2033, 9, 7)): ["soir"]}),
    )  # fmt: skip
    with pytest.raises(InvalidReleveError) as caught:
        due(Desk(engine_with(), Facts(), "lea"), given)

    assert [".".join(map(str, one.path)) for one in caught.value.faults] == [
        "enfant.zoe", "reserve.lea.2026-09-07", "reserve.tom", "reserve.tom.2033-09-07", "releve.mois",
        "releve.mois",
    ]  # fmt: skip


def test_a_cancelled_aid_is_lost_in_the_recapitulatif_too() -> None:
    """S4.2: « tout avant aide » in a cancel phase is due before the aid, whatever was charged."""
    engine = engine_with(
        delai={"general": {"reserver": "sans limite", "annuler": [{"limite": "sans limite", "a_payer": "tout avant aide"}],
                           "hypothese": "essai"}},
        modification={"caf": {"moins": "1.20", "aide": True, "hypothese": "essai"}},
    )  # fmt: skip
    day = date(2026, 9, 7)
    verdict = decide(
        Desk(engine, Facts(), "lea"), Planning.of({("lea", day): ["cantine"]}), Demande.of("lea", "annee", {day: []}),
        now=datetime(2026, 9, 1, 8, tzinfo=UTC),
    )  # fmt: skip

    assert [(one.kind, one.amount_cents) for one in recapitulatif(verdict).lines] == [("retire", -180), ("du", 300)]


def test_two_pick_ups_of_one_day_are_two_lapses() -> None:
    """Two late departures of a day are two; one departure told for two slots is one."""
    constat = {
        "retard": {"fait": "repris en retard", "apres": "la fin du créneau", "prix": "7.00", "hypothese": "essai"}
    }
    booked = {"lea": {"2026-09-07": ["cantine", "soir"]}}

    def stays(first: str) -> dict[str, Any]:
        """A child who leaves the canteen at one time and the evening at 18:10."""
        both = [{"creneau": "cantine", "depart": first}, {"creneau": "soir", "depart": "18:10"}]
        return september(pointes=["jour"], reserve=booked, present={"lea": {"2026-09-07": both}})

    assert told(engine_with(constat=constat), stays("13:40")).total_cents == 300 + 150 + 700 + 700
    assert told(engine_with(constat=constat), stays("18:10")).total_cents == 300 + 150 + 700


SHUFFLED: Final = {
    "absence": {
        "m": {"motifs": "maladie", "justifie": "48 heures calendaires après le début de l'absence", "a_payer": "rien",
              "hypothese": "essai"},
        "d": {"motifs": "deuil", "a_payer": "rien", "rendu": "avoir", "hypothese": "essai"},
    },
    "evenement": {"g": {"motifs": "greve", "a_payer": "50 %", "hypothese": "essai"}},
    "constat": {
        "absent": {"fait": "absent sans annuler", "a_payer": "tout", "hypothese": "essai"},
        "recidive": {"fait": "absent sans annuler", "plus": "2.00", "par": "mois", "unites": "à partir de 2",
                     "hypothese": "essai"},
        "imprevu": {"fait": "présent sans réservation", "plus": "1.00", "hypothese": "essai"},
        "retard": {"fait": "repris en retard", "apres": "la fin du créneau", "prix": "5.00", "tranche_minutes": 15,
                   "hypothese": "essai"},
    },
}  # fmt: skip
DATES: Final = ("2026-09-07", "2026-09-08", "2026-09-10", "2026-09-11", "2026-09-14")


def happened(random: Random) -> dict[str, Any]:
    """A month in which anything may have happened to two children."""
    slots = ("matin", "cantine", "soir")
    children = ("lea", "tom")
    booked = {child: {day: [s for s in slots if random.random() < 0.6] for day in DATES} for child in children}
    there = {
        child: {day: [{"creneau": s, "depart": random.choice(("18:00", "18:05", "18:20"))} if s == "soir" else s
                      for s in slots if random.random() < 0.6] for day in DATES}
        for child in children
    }  # fmt: skip
    acts = [
        {"enfant": child, "dates": [day], "instant": random.choice(("2026-09-01T08:00:00+02:00", "2026-09-10T08:00:00+02:00"))}
        for child in children for day in DATES if booked[child][day] and random.random() < 0.3
    ]  # fmt: skip
    absences = [
        {"enfant": child, "du": "2026-09-08", "au": "2026-09-10", "motif": random.choice(("maladie", "deuil")),
         "justifie": random.choice(("2026-09-09T08:00:00+02:00", "2026-09-30T08:00:00+02:00"))}
        for child in children if random.random() < 0.6
    ]  # fmt: skip
    strikes = [{"motif": "greve", "du": day, "au": day} for day in DATES if random.random() < 0.2]
    return september(
        enfant={child: {} for child in children}, pointes=["jour"], reserve=booked, present=there, annule=acts,
        absence=absences or None, evenement=strikes or None,
    )  # fmt: skip


def shuffled(value: Any, random: Random, depth: int = 2) -> Any:
    """The same tables and lists in another order."""
    if isinstance(value, dict) and depth:
        keys = random.sample(sorted(value), len(value))
        return {key: shuffled(value[key], random, depth - 1) for key in keys}
    return random.sample(value, len(value)) if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(25))
def test_no_order_ever_matters(seed: int) -> None:
    """S1.6: neither the order of the rules nor that of the relevé changes what is due; nothing is lost or negative."""
    random = Random(seed)
    given = {key: one for key, one in happened(random).items() if one}
    found = told(engine_with(**SHUFFLED), given)
    again = told(engine_with(**shuffled(SHUFFLED, random)), {**given, **{k: shuffled(given[k], random, 1) for k in
                 ("annule", "absence", "evenement", "reserve", "present") if k in given}})  # fmt: skip

    assert (found.lines, found.findings, found.undecided) == (again.lines, again.findings, again.undecided)
    assert found.total_cents == sum(line.due_cents for line in found.lines)
    assert all(line.due_cents >= 0 for line in found.lines)
    booked = {
        (child, day, slot) for child, days in given["reserve"].items() for day, slots in days.items() for slot in slots
    }
    billed = [(one.child, day.isoformat(), one.item) for one in found.lines for day in one.dates
              if one.kind not in {Kind.UNBOOKED, Kind.LATE_PICKUP}]  # fmt: skip
    assert sorted(billed) == sorted(booked)


def test_a_monthly_card_gives_back_a_fixed_amount_a_meal() -> None:
    """Saussay: the card of the month is 59.00 €, each meal given back 3.85 €; never more than the card costs."""
    engine = engine_with(
        tarif={"carte": {"creneaux": "cantine", "par": "mois", "nom": "Carte mensuelle", "prix": "59.00",
                         "hypothese": "publié"},
               "garderie": {"creneaux": ["matin", "soir"], "par": "créneau", "prix": "1.00", "hypothese": "essai"}},
        absence={"m": {"motifs": "maladie", "a_payer": "3.85 rendus", "rendu": "remboursement", "hypothese": "publié"}},
    )  # fmt: skip
    booked = {"lea": {day: ["cantine"] for day in DATES}}
    away = [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-08", "motif": "maladie"}]
    found = told(engine, september(reserve=booked, absence=away))

    assert [(one.kind, one.label, one.due_cents) for one in found.lines] == [
        (Kind.BOOKED, "Carte mensuelle", 5900), (Kind.EXCUSED, "Repas", -770),
    ]  # fmt: skip
    assert "Carte mensuelle (septembre 2026)" in found.text()
    assert found.total_cents == 5130


def test_a_card_never_gives_back_more_than_it_costs() -> None:
    """S10.1: what is due of a price never falls below 0."""
    engine = engine_with(
        tarif={"carte": {"creneaux": "jour", "par": "mois", "prix": "10.00", "hypothese": "essai"}},
        absence={"m": {"motifs": "maladie", "a_payer": "3.85 rendus", "hypothese": "essai"}},
    )
    away = [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-14", "motif": "maladie"}]
    found = told(engine, september(reserve={"lea": {day: ["cantine"] for day in (*DATES, "2026-09-15")}}, absence=away))

    assert found.total_cents == 0


def test_a_cap_is_read_over_what_stands() -> None:
    """S10.6: under a cap of the month, a meal given back lowers the bill only below the cap."""
    engine = engine_with(
        modification={"cap": {"par": "mois", "plafond": "8.00", "nom": "Plafond", "hypothese": "essai"}},
        absence={"m": {"motifs": "maladie", "a_payer": "rien", "hypothese": "essai"}},
    )
    booked = {"lea": {day: ["cantine"] for day in DATES[:4]}}

    def total(last: str) -> int | None:
        """What four meals cost, those from Monday to *last* excused."""
        away = [{"enfant": "lea", "du": "2026-09-07", "au": last, "motif": "maladie"}]
        return told(engine, september(reserve=booked, absence=away)).total_cents

    assert told(engine, september(reserve=booked)).total_cents == 800
    assert [total(last) for last in ("2026-09-07", "2026-09-08", "2026-09-11")] == [800, 600, 0]


def test_a_price_by_children_present_follows_who_was_cancelled() -> None:
    """Jauldes: one child 2.80, two 4.65: a strike for one of two leaves the price of one."""
    engine = engine_with(
        compte={"presents": {"compte": "enfants", "par": "jour du foyer", "hypothese": "publié"}},
        grille={"g": {"mesure": "presents", "lu": "compte", "tranches": {"UN": "1", "DEUX": "à partir de 2"},
                      "hypothese": "publié"}},
        tarif={"g": {"par": "jour du foyer", "selon": "g", "prix": {"UN": "2.80", "DEUX": "4.65"}, "hypothese": "publié"}},
        evenement={"g": {"motifs": "greve", "a_payer": "rien", "hypothese": "essai"}},
    )  # fmt: skip
    given = september(enfant={"lea": {}, "tom": {}},
                      reserve={who: {"2026-09-07": ["soir"]} for who in ("lea", "tom")})  # fmt: skip
    strike = [{"motif": "greve", "du": "2026-09-07", "au": "2026-09-07", "enfants": ["tom"]}]
    found = told(engine, {**given, "evenement": strike})

    assert told(engine, given).total_cents == 465
    assert found.total_cents == 280
    assert [(one.kind, one.child, one.charged_cents, one.due_cents) for one in found.lines] == [
        (Kind.BOOKED, "", 280, 280), (Kind.SERVICE, "tom", 185, 0),
    ]  # fmt: skip


def test_an_absence_without_cancelling_keeps_the_price_of_the_whole() -> None:
    """What stays due in full costs what it would have cost: the parts add up to the whole, in whatever order."""
    engine = engine_with(
        compte={"jours": {"compte": "jours", "par": "mois", "hypothese": "essai"}},
        modification={"gros": {"qui": {"jours": "à partir de 4"}, "fois": "0.5", "hypothese": "essai"}},
        constat=ABSENT,
    )
    given = september(pointes=["jour"], reserve={"lea": {day: ["cantine"] for day in DATES[:4]}},
                      present={"lea": {day: ["cantine"] for day in DATES[2:4]}})  # fmt: skip
    found = told(engine, given)

    assert found.total_cents == 600
    assert [one.kind for one in found.lines].count(Kind.ABSENT) == 2


def test_a_window_that_began_before_the_releve_is_undecided() -> None:
    """S1.5: a price of the school year cannot be told from October alone."""
    engine = engine_with(tarif={
        **VECTORS["base"]["tarif"],
        "adhesion": {"par": "année scolaire", "en_plus": True, "prix": "17.00", "nom": "Adhésion", "hypothese": "essai"},
    })  # fmt: skip
    october = {
        "mois": "2026-10",
        "instant": "2026-11-02T08:00:00+01:00",
        "reserve": {"lea": {"2026-10-05": ["cantine"]}},
    }
    known = {**october, "du": "2026-09-01"}
    earlier = {**known, "reserve": {"lea": {"2026-09-07": ["cantine"], "2026-10-05": ["cantine"]}}}

    assert [one.code for one in told(engine, october).undecided] == ["releve-trop-court"]
    assert told(engine, known).total_cents == 2000
    assert told(engine, earlier).total_cents == 300


def test_a_price_that_may_still_change_says_until_when() -> None:
    """S10.7: a bill drawn up before the end of the month under a cap says that its total may change."""
    cap = {"cap": {"par": "mois", "plafond": "2.00", "nom": "Plafond", "hypothese": "essai"}}
    given = {**september(reserve={"lea": {"2026-09-07": ["cantine"]}}), "instant": "2026-09-20T08:00:00+02:00"}
    text = told(engine_with(modification=cap), given).text()

    assert "provisoire : « cap » regarde le total jusqu'au 30/09/2026" in text
    assert told(engine_with(modification=cap), given).total_cents == 200


@pytest.mark.parametrize(
    ("sections", "given", "code", "said"),
    (
        (
            {"delai": {one: {"reserver": "sans limite", "annuler": "jamais", "qui": {"residence": one}, "hypothese": "essai"}
                       for one in ("commune", "exterieur")}},
            {"annule": [{"enfant": "lea", "dates": ["2026-09-07"], "instant": "2026-09-01T08:00:00+02:00"}]},
            "delai-inconnu",
            "il manque « residence » pour savoir si « commune », « exterieur » s'appliquent",
        ),
        (
            {"delai": {"general": {"reserver": "sans limite", "annuler": "non publié", "hypothese": "essai"}}},
            {"annule": [{"enfant": "lea", "dates": ["2026-09-07"], "instant": "2026-09-01T08:00:00+02:00"}]},
            "delai-inconnu",
            "le règlement ne le publie pas",
        ),
        (
            {"evenement": {code: {"motifs": "greve", "a_payer": due, "hypothese": "essai"}
                           for code, due in (("a", "rien"), ("b", "tout"))}},
            {"evenement": [{"motif": "greve", "du": "2026-09-07", "au": "2026-09-07"}]},
            "deux-regles",
            "« a », « b »",
        ),
        (
            {"absence": {code: {"motifs": "m", "a_payer": due, "hypothese": "essai"}
                         for code, due in (("a", "rien"), ("b", "tout"))}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m"}]},
            "deux-regles",
            "« a », « b »",
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "qui": {"residence": "commune"}, "hypothese": "essai"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m"}]},
            "fait-manquant",
            "« residence »",
        ),
        (
            {"absence": {"a": {"motifs": "m", "signale": "sans limite", "a_payer": "rien", "hypothese": "essai",
                               "jours_dus": "3 jours réservés depuis le signalement"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m",
                          "signale": "2026-08-28T08:00:00+02:00"}]},
            "releve-trop-court",
            "les réservations du 2026-08-28",
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "au_moins": "4 jours école consécutifs",
                               "hypothese": "essai"}}},
            {"absence": [{"enfant": "lea", "du": "2026-07-30", "au": "2026-09-07", "motif": "m"}]},
            "calendrier-inconnu",
            "hors du calendrier",
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "au_moins": "2 jours réservés consécutifs",
                               "hypothese": "essai"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-10-01", "motif": "m"}]},
            "releve-trop-court",
            "les réservations du 2026-10-01",
        ),
        (
            {"constat": {"r": {"fait": "repris en retard", "apres": "13:00", "prix": "non publié", "hypothese": "essai"}}},
            {"pointes": ["cantine"], "present": {"lea": {"2026-09-07": [{"creneau": "cantine", "depart": "13:10"}]}}},
            "prix-inconnu",
            "le prix n'est pas publié",
        ),
        (
            {"constat": {"r": {"fait": "repris en retard", "apres": "13:00", "paliers": {"plus de 0": "non publié"},
                               "hypothese": "essai"}}},
            {"pointes": ["cantine"], "present": {"lea": {"2026-09-07": [{"creneau": "cantine", "depart": "13:10"}]}}},
            "non-publie",
            "« r »",
        ),
        (
            {"constat": {"r": {"fait": "absent sans annuler", "plus": "non publié", "hypothese": "essai"}}},
            {"pointes": ["cantine"]},
            "non-publie",
            "« r »",
        ),
        (
            {"constat": {"r": {"fait": "absent sans annuler", "fois": 2, "hypothese": "essai"},
                         "s": {"fait": "absent sans annuler", "plus": "1.00", "hypothese": "essai"}}},
            {"pointes": ["cantine"]},
            "deux-regles",
            "« r », « s »",
        ),
        (
            {"constat": {"r": {"fait": "absent sans annuler", "a_payer": "tout", "qui": {"residence": "commune"},
                               "par": "mois", "unites": "1", "hypothese": "essai"}}},
            {"pointes": ["cantine"]},
            "fait-manquant",
            "« residence »",
        ),
    ),
)  # fmt: skip
def test_what_nobody_can_say_is_undecided_and_says_why(
    sections: dict[str, Any], given: dict[str, Any], code: str, said: str
) -> None:
    """S1.5: each doubt has its code and its reason, in both languages, and leaves no total."""
    found = told(engine_with(**sections), september(reserve={"lea": {"2026-09-07": ["cantine"]}}, **given))

    assert [one.code for one in found.undecided] == [code]
    assert said in found.undecided[0].text()
    assert found.undecided[0].text("en") != found.undecided[0].text()
    assert found.undecided[0].plain()["code"] == code
    assert found.total_cents is None


@pytest.mark.parametrize(
    ("sections", "given", "total", "findings"),
    (
        (
            {"absence": {"a": {"motifs": "m", "signale": "sans limite", "a_payer": "rien", "hypothese": "essai"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m"}]},
            300,
            ["non-signale"],
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "hypothese": "essai",
                               "jours_dus": "1 jour calendaire depuis le signalement"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m"}]},
            300,
            ["non-signale"],
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "hypothese": "essai",
                               "justifie": "2 jours calendaires après le signalement, jusqu'à 24:00"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m",
                          "justifie": "2026-09-08T08:00:00+02:00"}]},
            300,
            ["non-signale"],
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "justifie": "le 2026-09-20, avant 12:00",
                               "hypothese": "essai"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m",
                          "justifie": "2026-09-20T11:59:00+02:00"}]},
            0,
            [],
        ),
        (
            {"absence": {"a": {"motifs": "m", "a_payer": "rien", "quand": {"jour": "mardi"}, "hypothese": "essai"}}},
            {"absence": [{"enfant": "lea", "du": "2026-09-07", "au": "2026-09-07", "motif": "m"}]},
            300,
            ["sans-motif-connu"],
        ),
        (
            {"evenement": {"g": {"motifs": "greve", "a_payer": "rien", "creneaux": "soir", "hypothese": "essai"}}},
            {"evenement": [{"motif": "greve", "du": "2026-09-07", "au": "2026-09-07"}]},
            300,
            [],
        ),
        (
            {"constat": {**ABSENT, "x": {"fait": "absent sans annuler", "fois": 3, "par": "t", "unites": "1",
                                         "hypothese": "essai"}},
             "decoupage": {"t": {"parties": [{"nom": "T", "du": "2026-10-01", "au": "2026-12-31"}], "hypothese": "essai"}}},
            {"pointes": ["cantine"]},
            300,
            [],
        ),
    ),
)  # fmt: skip
def test_what_no_rule_excuses_is_an_absence(
    sections: dict[str, Any], given: dict[str, Any], total: int, findings: list[str]
) -> None:
    """S4.4: an absence that is not reported, not proved, or of which the rule does not speak, is one without excuse."""
    rules = {"constat": ABSENT, **sections}
    found = told(engine_with(**rules), september(reserve={"lea": {"2026-09-07": ["cantine"]}}, **given))

    assert (found.total_cents, [one.code for one in found.findings]) == (total, findings)
    assert all(one.text("en") for one in found.findings)


def test_a_missed_meal_may_cost_twice_its_price() -> None:
    """`fois`: a penalty beyond the price, told step by step."""
    constat = {"absent": {"fait": "absent sans annuler", "fois": 2, "hypothese": "essai"}}
    found = told(
        engine_with(constat=constat), september(pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}})
    )

    assert [(one.charged_cents, one.due_cents) for one in found.lines] == [(300, 600)]
    assert found.lines[0].derivation()[-1].startswith("absent : × 2 = 6,00")


def test_a_missed_meal_without_a_known_price_is_undecided() -> None:
    """S1.5: a part of a price that is not known is not known."""
    grid = {"qf": {"mesure": "quotient", "lu": "exact", "tranches": {"A": "à partir de 0"}, "hypothese": "essai"}}
    tarif = {"t": {"par": "créneau", "selon": "qf", "prix": {"A": "3.00"}, "hypothese": "essai"}}
    found = told(engine_with(grille=grid, tarif=tarif, constat=ABSENT), september(
        pointes=["cantine"], reserve={"lea": {"2026-09-07": ["cantine"]}}
    ))  # fmt: skip

    assert {one.code for one in found.undecided} == {"prix-inconnu"}
    assert found.lines == ()


def test_a_doubt_about_one_slot_holds_for_what_is_sold_with_it() -> None:
    """S1.5: where nobody knows what one slot owes, the charge that it shares is not told either."""
    engine = engine_with(**FORMULES, constat={"soir": {**ABSENT["absent"], "creneaux": "soir"}})
    found = told(engine, september(pointes=["jour"], reserve={"lea": {"2026-09-07": ["matin", "soir"]}}))

    assert [one.code for one in found.undecided] == ["absence-sans-regle"]
    assert found.lines == ()


def test_a_week_that_goes_on_after_a_late_bill_is_undecided() -> None:
    """S1.5: a cap of the week that ends in October, and the bill of September was drawn up after it without October."""
    cap = {"cap": {"par": "semaine", "plafond": "5.00", "hypothese": "essai"}}
    given = {**september(reserve={"lea": {"2026-09-29": ["cantine"]}}), "instant": "2026-10-20T08:00:00+02:00"}

    assert [one.code for one in told(engine_with(modification=cap), given).undecided] == ["releve-trop-court"]
    assert told(engine_with(modification=cap), {**given, "au": "2026-10-04"}).total_cents == 300
    early = {**given, "instant": "2026-10-01T08:00:00+02:00"}
    assert told(engine_with(modification=cap), early).total_cents == 300


def test_a_wide_releve_is_billed_and_remarked_for_its_month_alone() -> None:
    """What happened in September is told in October where it counts; what bears on nothing there is remarked as such."""
    constat = {**ABSENT, "r": {"fait": "présent sans réservation", "refus": True, "hypothese": "essai"}}
    given = {
        "mois": "2026-10", "instant": "2026-11-02T08:00:00+01:00", "du": "2026-09-01", "pointes": ["cantine"],
        "reserve": {"lea": {day: ["cantine"] for day in ("2026-09-29", "2026-10-01", "2026-10-02")}},
        "present": {"lea": {"2026-09-08": ["cantine"], "2026-10-06": ["cantine"]}},
        "absence": [{"enfant": "lea", "du": "2026-09-29", "au": "2026-10-02"}],
    }  # fmt: skip
    found = told(engine_with(constat=constat), given)

    assert by_date(found) == {"2026-10-01": Decimal(3), "2026-10-02": Decimal(3)}
    assert [(one.code, f"{one.day:%m-%d}") for one in found.findings] == [
        ("hors-du-mois", "09-08"), ("sans-motif-connu", "10-01"), ("presence-refusee", "10-06"),
    ]  # fmt: skip


def outside(engine: Engine, **given: Any) -> list[str]:
    """The dates that a relevé of September 2026 tells to be of no bearing on it."""
    base = {"mois": "2026-09", "instant": "2026-11-02T08:00:00+01:00"}
    found = told(engine, {**base, **given})
    assert found.total_cents is None or found.total_cents == sum(one.due_cents for one in found.lines)
    return [one.text() for one in found.findings if one.code == "hors-du-mois"]


def test_dates_of_another_month_that_bear_on_nothing_are_told() -> None:
    """S1.5: what is booked, cancelled or missed in another month is not dropped in silence."""
    days = ("2026-08-31", "2026-09-07", "2026-10-01")
    given: dict[str, Any] = {
        "reserve": {"lea": {day: ["cantine"] for day in days}},
        "annule": [{"enfant": "lea", "dates": ["2026-11-01"], "instant": "2026-09-07T08:00:00+02:00"}],
        "absence": [{"enfant": "lea", "du": "2026-10-20", "au": "2026-10-21"}],
    }
    (said,) = outside(engine_with(), **given)
    assert said == (
        "lea, 31/08/2026 : hors de 2026-09, et rien de ce mois n'en dépend : 4 dates, du 2026-08-31 au 2026-11-01 ; "
        "à facturer avec leur mois"
    )


def test_dates_of_another_month_that_bear_on_this_one_are_not() -> None:
    """A week that two months share, over which something is counted, and an absence across them, do bear (S10.3)."""
    week = {"w": {"compte": "jours", "par": "semaine", "creneaux": ["cantine"], "hypothese": "essai"}}
    cheaper = {"m": {"qui": {"w": "à partir de 2"}, "moins": "1.00", "creneaux": ["cantine"], "hypothese": "essai"}}
    days = ("2026-09-29", "2026-10-01", "2026-10-05")
    reserve = {"lea": {day: ["cantine"] for day in days}}
    found = outside(engine_with(compte=week, modification=cheaper), reserve=reserve)
    assert ["2026-10-05" in one and "2026-10-01" not in one for one in found] == [True]
    absence = [{"enfant": "lea", "du": "2026-09-29", "au": "2026-10-05"}]
    assert outside(engine_with(), reserve=reserve, absence=absence) == []


def test_a_month_of_which_nothing_is_told_is_refused() -> None:
    """S1.2: a slip of « mois » is no bill of 0,00 €; a month without anything at all is one."""
    given = {"mois": "2026-10", "instant": "2026-11-02T08:00:00+01:00"}
    with pytest.raises(InvalidReleveError, match="rien n'est réservé ni pointé en 2026-10, mais du 2026-09-07"):
        told(engine_with(), {**given, "reserve": {"lea": {"2026-09-07": ["cantine"]}}})
    assert told(engine_with(), given).total_cents == 0


def test_a_cancellation_says_in_what_form_it_is_given_back() -> None:
    """S4.2: « rendu » of a phase of cancelling stands on the line, as that of an absence does."""
    phases = [{"limite": "le jour même, avant 08:00", "a_payer": "rien", "rendu": "report"}]
    engine = engine_with(delai={"general": {"reserver": "sans limite", "annuler": phases, "hypothese": "essai"}})
    given = september(
        reserve={"lea": {"2026-09-07": ["cantine"]}},
        annule=[{"enfant": "lea", "dates": ["2026-09-07"], "instant": "2026-09-01T08:00:00+02:00"}],
    )
    (line,) = told(engine, given).lines
    assert line.plain()["rendu"] == "report"
    assert line.designation().endswith("annulé (report)")


def test_booking_gives_nothing_back() -> None:
    """S4.2: « rendu » of a phase of booking means nothing, and is refused."""
    phases = [{"limite": "sans limite", "variante": "normal", "rendu": "avoir"}]
    delays = {"general": {"reserver": phases, "annuler": "jamais", "hypothese": "essai"}}
    with pytest.raises(InvalidReglementError, match="réserver ne rend rien"):
        engine_with(delai=delays)


@pytest.mark.parametrize("verb", ({"plus": "2.00"}, {"fois": 2}, {"prix": "7.00"}))
def test_a_constat_names_its_line_whatever_its_verb(verb: dict[str, Any]) -> None:
    """S4.3: « nom » is what the line of the bill bears, for a price of its own and for one that adds to the slot's."""
    noted = {"fait": "présent sans réservation", "nom": "Venu sans prévenir", "hypothese": "essai", **verb}
    given = september(
        pointes=["cantine"], present={"lea": {"2026-09-07": ["cantine"]}}, annule=[], absence=[], evenement=[],
    )  # fmt: skip
    (line,) = told(engine_with(constat={"imprevu": noted}), given).lines
    assert line.label == "Venu sans prévenir"
