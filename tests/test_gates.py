"""Who may act and how many fit, in words (S6.4, S6.5)."""

from datetime import UTC, date, datetime
from typing import get_args

import pytest
from tests.small import engine

from clae_rules import Desk, Facts, Occupancy, Status, check_day, offers
from clae_rules.bounds import Bound, parse_interval
from clae_rules.described import REFUSED, Faults, Record
from clae_rules.errors import InvalidValueError, Lang
from clae_rules.facts import Dated
from clae_rules.files.given_facts import FactsShape
from clae_rules.gates import Act, Gate, Pool
from clae_rules.shapes import UNPUBLISHED
from clae_rules.violations import Violation

DOSSIER = frozenset(("complet", "valide"))
FACTS = 'dossier = ["incomplet", "complet"]'
CLOSED = 'exige.dossier = "complet"\nferme = ["voir", "reserver"]\nmessage = "Complétez."'
READY = Dated("complet", date(2026, 10, 1))


def gate(bound: Bound = DOSSIER, message: str = "") -> Gate:
    """A gate on one fact."""
    return Gate(code="dossier", requires=(("dossier", bound), ("age", parse_interval("3"))), message=message)


def told(lang: Lang, one: Gate) -> str:
    """How a gate refuses where one fact is lacking."""
    return one.sentence(Violation(code="acces-ferme", params=(("dossier", "incomplet"),)), lang)


@pytest.mark.parametrize(
    ("bound", "message", "fr", "en"),
    (
        (DOSSIER, "", "accès fermé, il faut dossier : complet ou valide", "closed, needed dossier: complet or valide"),
        (
            DOSSIER,
            "Complétez le dossier.",
            "Complétez le dossier. (il faut dossier : complet ou valide)",
            "Complétez le dossier. (needed dossier: complet or valide)",
        ),
        (frozenset((True,)), "", "accès fermé, il faut dossier : oui", "closed, needed dossier: yes"),
        (frozenset((False,)), "", "accès fermé, il faut dossier : non", "closed, needed dossier: no"),
        (
            parse_interval("jusqu'à 0"),
            "",
            "accès fermé, il faut dossier : jusqu'à 0",
            "closed, needed dossier: jusqu'à 0",
        ),
    ),
)
def test_a_gate_lists_what_is_missing(bound: Bound, message: str, fr: str, en: str) -> None:
    """S6.4: the règlement's own message, then what is missing and only that."""
    one = gate(bound, message)
    assert [told(lang, one) for lang in get_args(Lang)] == [fr, en]


def test_a_gate_closes_booking_unless_said() -> None:
    """S6.4: a debt never stops a cancellation unless written; a gate on nothing cannot exist."""
    assert gate().closes == (Act.BOOK,)
    with pytest.raises(InvalidValueError, match="dites ce qui est exigé"):
        Gate(code="vide", requires=())


@pytest.mark.parametrize(
    ("code", "fr", "en"),
    (
        (
            "complet",
            "« repas » : complet (60 places)",
            "« repas »: full (60 places)",
        ),
        ("places-inconnues", "« repas » : places prises inconnues", "« repas »: places taken not known"),
    ),
)
def test_a_pool_says_how_full_it_is(code: str, fr: str, en: str) -> None:
    """S6.5: full, with its numbers, or not known."""
    pool = Pool(code="cantine", places=60)
    violation = Violation(code=code, slots=("repas",), params=(("prises", 60), ("places", 60)))
    assert [pool.sentence(violation, "fr"), pool.sentence(violation, "en")] == [fr, en]


def test_places_of_some_children_name_the_fact_that_is_missing() -> None:
    """S1.5, S6.5: where the places taken are told, what leaves the answer undecided is the child's residence."""
    pool = 'creneaux = "repas"\nenfants = 2\nqui.residence = "commune"'
    desk, day = Desk(engine({"capacite.p": pool}), Facts(), "lea"), date(2026, 9, 8)
    now = datetime(2026, 9, 1, 9, tzinfo=UTC)
    verdict = check_day(desk, day, ["repas"], now=now, occupancy=Occupancy.of({("p", day): 2}))
    assert verdict.status is Status.UNDECIDED
    [doubt] = verdict.doubts
    assert doubt.sentence() == "« Repas » : on ne sait pas si ces places sont les siennes, il manque residence"
    assert doubt.sentence("en").endswith("missing residence")


@pytest.mark.parametrize(("raw", "places"), ((60, 60), ("non publié", UNPUBLISHED), (-1, REFUSED), ("60", REFUSED)))
def test_places_are_a_number_or_not_published(raw: object, places: object) -> None:
    """S4.6: what is announced and not published is never read as zero."""
    faults: Faults = []
    pool = Record(Pool).read({"enfants": raw}, (), faults, "cantine")
    assert (REFUSED if pool is REFUSED else pool.places) == places
    assert bool(faults) is (places is REFUSED)


def test_a_fact_that_says_what_is_missing_is_told_by_its_gate() -> None:
    """S6.4: the message lists what is missing, by name, on the dates that need it and no other."""
    lacks = Dated("incomplet", None, date(2026, 9, 30), missing=("vaccinations", "assurance"))
    desk = Desk(engine({"faits": FACTS, "acces.dossier": CLOSED}), Facts.of(dossier=[lacks, READY]), "lea")
    now = datetime(2026, 9, 1, 9, tzinfo=UTC)
    verdict = check_day(desk, date(2026, 9, 8), ["repas"], now=now)
    (refusal,) = verdict.violations
    assert refusal.sentence() == "Complétez. (il faut dossier : complet, il manque « vaccinations », « assurance »)"
    assert refusal.sentence("en") == "Complétez. (needed dossier: complet, missing « vaccinations », « assurance »)"
    assert check_day(desk, date(2026, 10, 1), ["repas"], now=now).status is Status.ALLOWED
    (hidden,) = {offer.reason() for offer in offers(desk, now=now)}
    assert hidden == refusal.sentence()


def test_what_is_missing_is_written_in_a_file_and_read_back() -> None:
    """A file gives what is missing beside the value, and a demande written from values keeps it."""
    faults: Faults = []
    shape = FactsShape()
    given = {"dossier": [{"valeur": "incomplet", "manque": ["vaccinations"]}]}
    facts = shape.read(given, (), faults)
    assert faults == []
    assert facts.missing("dossier", date(2026, 9, 8)) == ("vaccinations",)
    assert shape.write(facts) == given
    assert facts == Facts.of(dossier=[Dated("incomplet", missing=("vaccinations",))])


def test_a_fact_that_is_not_known_is_not_a_fact_that_is_not_met() -> None:
    """S1.5: the refusal tells apart what is missing from what is too little."""
    one = gate()
    found = one.failing(lambda fact: "incomplet" if fact == "dossier" else None, Facts(), date(2026, 9, 8))
    assert found == (("dossier", "non"), ("age", "manque"))
