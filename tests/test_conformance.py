"""A portal held against a règlement: its faults are all found, each by the smallest case, and a right one has none."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from clae_rules import ClaeRulesError, InvalidValueError, Status, engine_from_text, load_engine
from clae_rules.prices import Effort
from clae_rules.testing.conformance import Answer, Report, Trial, conformance, read_answer, read_trial, trials
from clae_rules.testing.conformance.book import THEMES
from clae_rules.testing.conformance.families import decimals, halves
from clae_rules.testing.conformance.trials import CHILD, Oracle

ROOT: Final = Path(__file__).parents[1]
PORTALS: Final = ROOT / "examples" / "portails"
ENGINE: Final = load_engine(PORTALS / "reglement.toml")
Portal = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module", name="portals")
def portals_() -> Iterator[dict[str, Any]]:
    """The three portals of the examples, imported as the programs that they are."""
    names = ("exact", "navigateur", "flottants")
    sys.path.insert(0, str(PORTALS))
    try:
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(PORTALS))
        for name in names:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module", name="expected")
def expected_() -> list[tuple[dict[str, Any], Answer]]:
    """The 500 cases of a default run, each with its answer."""
    oracle = Oracle(ENGINE)
    return [(one.plain(), oracle.answer(one)) for one in trials(ENGINE)]


@cache
def drawn(most: int) -> tuple[Trial, ...]:
    """Cases of the example, drawn once."""
    return trials(ENGINE, most=most)


def wrong(portal: Any, expected: list[tuple[dict[str, Any], Answer]]) -> list[str]:
    """The cases that a portal gets wrong."""
    return [answer.case for case, answer in expected if answer.differs(read_answer(portal.answer(case)))]


def accepts_all(case: dict[str, Any]) -> dict[str, Any]:
    """A portal that takes whatever is posted to it."""
    return {"cas": case["cas"], "statut": "accepté"}


def test_a_portal_that_is_right_never_disagrees(portals: dict[str, Any]) -> None:
    """A portal written by hand from the same règlement agrees on every case, prices to the cent, whatever the seed."""
    for seed, cases in ((0, 250), (1, 100)):
        found = conformance(ENGINE, portals["exact"].Portal().answer, seed=seed, cases=cases)
        assert found.exit_code == 0, found.text()
        assert found.priced > cases / 4


FAULTS: Final = {
    "navigateur": (
        "regles", "semaine", "delai", "annulation", "fermes", "dossier", "inconnu", "variante", "fuseau",
    ),
    "flottants": ("tronque", "taux", "pair", "total", "deux-fois", "entier", "plancher", "du-jour"),
}  # fmt: skip


def test_every_planted_fault_is_found_alone(
    portals: dict[str, Any], expected: list[tuple[dict[str, Any], Answer]]
) -> None:
    """Each fault of each faulty portal is found by a default run, as the only one; without any, none is."""
    for name, kind in (("navigateur", "TrustsTheVariant"), ("flottants", "Floats")):
        made = getattr(portals[name], kind)
        assert tuple(portals[name].FAULTS) == FAULTS[name]
        assert wrong(made(()), expected) == []
        assert [fault for fault in FAULTS[name] if not wrong(made((fault,)), expected)] == []


def test_a_portal_with_all_its_faults_is_told_of_each_cause(portals: dict[str, Any]) -> None:
    """Rules in the browser only: each rule, limit, gate, closed day and missing fact is a cause of its own."""
    found = conformance(ENGINE, portals["navigateur"].TrustsTheVariant().answer, cases=250)
    causes = {one.smallest.expected.because for one in found.disagreements}
    assert found.exit_code == 1
    assert causes >= {
        ("bloque repas-ou-panier",),
        ("demande-aussi deuxieme-heure",),
        ("interdit-seul repas-mercredi",),
        ("au-plus trois-midis",),
        ("delai-depasse general",),
        ("annulation-delai-depasse general",),
        ("acces-ferme dossier",),
        ("fait-manquant dossier",),
        ("non-offert",),
    }


def smallest(found: Report, because: str) -> Trial:
    """The smallest case of one cause."""
    (one,) = [one for one in found.disagreements if one.smallest.expected.because == (because,)]
    assert one.whole
    return one.smallest.trial


def test_a_disagreement_is_told_by_the_fewest_boxes_then_the_first_in_order() -> None:
    """Boxes are taken away while the portal is still wrong: those wanted, held, and of other dates."""
    found = conformance(ENGINE, accepts_all, cases=250)
    small = {
        because: smallest(found, because) for because in ("bloque repas-ou-panier", "non-offert", "au-plus trois-midis")
    }
    assert [one.slot for one in small["bloque repas-ou-panier"].wanted] == ["repas", "panier"]
    assert (small["bloque repas-ou-panier"].held, small["bloque repas-ou-panier"].planning) == ((), ())
    assert len(small["non-offert"].wanted) == 1
    week = small["au-plus trois-midis"]
    assert (len(week.wanted), len(week.planning)) == (1, 3)
    for one in found.disagreements:
        assert len(one.smallest.trial.wanted) <= min(len(each.trial.wanted) for each in one.outcomes)


def test_the_smallest_case_is_minimal() -> None:
    """No case with one box less is got wrong in the same way."""
    found = conformance(ENGINE, accepts_all, cases=120)
    oracle = Oracle(ENGINE)
    for one in found.disagreements:
        trial = one.smallest.trial
        for box in trial.wanted:
            less = replace(trial, wanted=tuple(other for other in trial.wanted if other != box))
            assert oracle.answer(less).status is not one.smallest.expected.status


def test_the_same_seed_puts_the_same_cases() -> None:
    """A run is drawn again by its seed; a longer one begins with a shorter one; another seed draws others."""
    short, long = trials(ENGINE, seed=3, most=60), trials(ENGINE, seed=3, most=120)
    assert long[:60] == short
    assert trials(ENGINE, seed=4, most=60) != short
    assert len({json.dumps({**one.plain(), "cas": "", "montre": ""}) for one in long}) == 120


def test_every_theme_has_its_turn() -> None:
    """The first cases of a run come from every theme that a règlement has."""
    shown = {one.shows for one in drawn(60)}
    assert shown >= {
        "regle",
        "delai",
        "prix",
        "changement",
        "fait-manquant",
        "ferme",
        "variante",
        "fenetre",
        "decalage",
    }
    assert len(THEMES) == len(set(THEMES)) + 1  # prices have two turns


def test_a_case_is_read_back_as_it_was_written() -> None:
    """The JSON form of a case says it whole, and stays exact."""
    for one in trials(ENGINE, seed=5, most=80):
        plain = json.loads(json.dumps(one.plain()))
        assert read_trial(plain) == one
        assert set(plain) == {
            "cas",
            "montre",
            "date",
            "instant",
            "faits",
            "deja",
            "veut",
            "planning",
            "fratrie",
            "places",
        }


def test_a_bad_case_and_a_bad_answer_say_every_fault() -> None:
    """What cannot be read is told whole, with its place and the way out."""
    plain = {**trials(ENGINE, most=1)[0].plain(), "instant": "2026-09-01T09:00:00", "date": "demain"}
    with pytest.raises(InvalidValueError, match="date : lu « demain »") as told:
        read_trial(plain)
    assert len(told.value.faults) == 2
    twice = {**trials(ENGINE, most=1)[0].plain(), "veut": [{"creneau": "repas"}, {"creneau": "repas"}]}
    with pytest.raises(InvalidValueError, match="une seule fois par créneau"):
        read_trial(twice)
    with pytest.raises(InvalidValueError, match="prix_cents") as told:
        read_answer({"cas": "1", "statut": "peut-être", "prix_cents": 4.5})
    assert len(told.value.faults) == 2


@pytest.mark.parametrize(
    ("word", "status"),
    (
        ("accepté", Status.ALLOWED),
        ("ACCEPTE", Status.ALLOWED),
        ("allowed", Status.ALLOWED),
        ("refusé", Status.REFUSED),
        ("Refused", Status.REFUSED),
        ("indécis", Status.UNDECIDED),
        ("undecided", Status.UNDECIDED),
    ),
)
def test_an_answer_is_read_in_either_language(word: str, status: Status) -> None:
    """Accents and capitals do not matter; what a portal says besides is left alone, and null is not told."""
    assert read_answer({"cas": "1", "statut": word, "raison": "x", "prix_cents": None}) == Answer("1", status)


def test_a_price_is_compared_where_it_is_told_and_the_case_is_allowed() -> None:
    """A portal that tells no price is compared by its answers alone; one that invents a price is wrong."""
    allowed, refused = Answer("1", Status.ALLOWED, 400), Answer("1", Status.REFUSED)
    assert not allowed.differs(Answer("1", Status.ALLOWED))
    assert allowed.differs(Answer("1", Status.ALLOWED, 401))
    assert allowed.differs(Answer("1", Status.UNDECIDED, 400))
    assert not refused.differs(Answer("1", Status.REFUSED, 12))
    assert Answer("1", Status.ALLOWED, None).differs(Answer("1", Status.ALLOWED, 0))


def test_a_price_counts_what_stays_due() -> None:
    """S10.6: what is given back is no longer charged, but for the part that stays due."""
    cluses = load_engine(ROOT / "examples/cluses/reglement.toml")
    given_back = [one for one in trials(cluses, most=100) if one.held and not one.wanted]
    oracle = Oracle(cluses)
    told = [oracle.answer(one) for one in given_back]
    assert any(one.cents is not None and one.cents < 0 for one in told)


def test_measures_are_drawn_where_money_is_delicate() -> None:
    """S10.1: half cents, which only exact arithmetic rounds alike, and measures of which the cents matter."""
    rate = Effort(rate=Fraction("0.0045"), floor=Fraction(120), ceiling=Fraction(580))
    half = halves(rate, Fraction(1))
    assert half
    assert all((rate.cents(one) * 2).denominator == 1 and rate.cents(one).denominator == 2 for one in half)
    for one in decimals(rate, Fraction(1))[:50]:
        assert round(rate.cents(one) + Fraction(1, 10**6)) != round(rate.cents(Fraction(int(one))) + Fraction(1, 10**6))
    assert halves(Effort(rate=Fraction(0), base=Fraction(100)), Fraction(1)) == []


def test_the_report_is_told_as_text_json_and_junit() -> None:
    """The three forms count alike, and each disagreement holds the case that shows it."""
    found = conformance(ENGINE, accepts_all, cases=80)
    plain = json.loads(json.dumps(found.plain()))
    suite = ET.fromstring(found.junit())
    count = sum(len(one.outcomes) for one in found.disagreements)
    assert suite.get("tests") == "80"
    assert suite.get("failures") == str(count) == str(sum(len(one["cas"]) for one in plain["desaccords"]))
    failures = suite.findall("testcase/failure")
    assert len(failures) == count
    read_trial(json.loads((failures[0].text or "").splitlines()[0]))
    assert f"{count} désaccords, de {len(found.disagreements)} causes" in found.text()
    assert f"{count} disagreements" in found.text("en")
    assert [read_trial(one["plus_petit"]) for one in plain["desaccords"]] == [
        one.smallest.trial for one in found.disagreements
    ]


def test_a_run_ends_when_its_time_is_over() -> None:
    """What could not be put is told, and is no agreement."""
    found = conformance(ENGINE, accepts_all, cases=40, seconds=0)
    assert (len(found.left), found.exit_code) == (40, 3)
    assert "40 cas n'ont pas été posés" in found.text()
    assert ET.fromstring(found.junit()).get("skipped") == "40"


def test_a_portal_that_is_down_is_not_asked_for_ever() -> None:
    """After ten cases in a row without an answer nothing more is put; what it did answer is compared."""

    def down(case: dict[str, Any]) -> dict[str, Any]:
        if int(case["cas"]) > 5:
            raise RuntimeError("down\x00\x1b[31m")
        return accepts_all(case)

    found = conformance(ENGINE, down, cases=40)
    assert (len(found.silent), len(found.left)) == (10, 25)
    assert "\x1b" not in found.text()
    ET.fromstring(found.junit())


def test_progress_is_told() -> None:
    """A caller may show how far a run is."""
    seen: list[int] = []
    conformance(ENGINE, accepts_all, cases=10, progress=seen.append)
    assert seen == list(range(1, 11))


def test_the_sentence_of_a_case_says_what_is_held_elsewhere() -> None:
    """A person reads the case, and not only a program."""
    week = next(one for one in drawn(300) if one.planning and one.held)
    text = week.sentence(ENGINE.labels)
    assert "ailleurs : " in text
    assert "a déjà « " in text
    assert CHILD not in text


def test_limits_are_asked_to_the_second() -> None:
    """S3: each limit of a deadline is asked a second before it, at it and a second after."""
    asked = {one.now for one in drawn(300) if one.shows in {"delai", "annulation"}}
    second = timedelta(seconds=1)
    assert any({one - second, one + second} <= asked for one in asked)


def test_a_reglement_without_an_open_date_is_asked_nothing() -> None:
    """No agreement is told of no case at all."""
    text = (PORTALS / "reglement.toml").read_text("utf-8")
    shut = engine_from_text(text.replace('type = "ordinaire"', 'type = "week-end"'), sound=False)
    with pytest.raises(ClaeRulesError, match="aucune date n'est ouverte"):
        trials(shut)
