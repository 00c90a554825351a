"""A règlement that contradicts itself, or leaves a date, a slot or a family untold, is refused at load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import ClassVar

import pytest
from tests import small

from clae_rules.constraints import Requires, Rule, Words
from clae_rules.daytype import DayType, Speaking
from clae_rules.engine import Engine
from clae_rules.errors import Fault
from clae_rules.files.lines import read_toml
from clae_rules.formulas import TRUE, Formula
from clae_rules.reglement import REGLEMENT, Reglement
from clae_rules.soundness import faults, time_zone_fault
from clae_rules.soundness_cases import days_in_words
from clae_rules.soundness_choices import killers

CLUSES = Path(__file__).parents[1] / "examples" / "cluses" / "reglement.toml"

#: A sound règlement, a section at a time: mornings, meals and evenings from Monday 6 to Friday 17 September 2021.
SOUND = {
    "reglement": 'code = "essai"\nnom = "Essai"\nfuseau = "Europe/Paris"\nsource = "doc"',
    "document.doc": 'titre = "Document"',
    "jours": "du = 2021-08-01\nau = 2021-12-31\nferies = []",
    "faits": 'rang = "nombre"\ncommune = "oui ou non"\nage = "ans, au jour de la date"',
    "etablissement.ecole": 'nom = "École"\njours_ecole = ["lundi", "mardi", "jeudi", "vendredi"]',
    "mode.accueil": (
        'nom = "Accueil"\netablissement = "ecole"\noffre = [\n'
        '  { code = "matin", nom = "Matin", horaire = "07:30-08:30" },\n'
        '  { code = "repas", nom = "Repas" },\n'
        '  { code = "soir", nom = "Soir", horaire = "16:30-18:30" },\n]'
    ),
    "periode.p1": ('nom = "Septembre"\nmode = "accueil"\ndu = 2021-09-06\nau = 2021-09-17\nquand.type = "ordinaire"'),
    "delai.general": 'reserver = "le jour même, avant 07:00"\nannuler = "jamais"',
    "tarif.general": 'par = "creneau"\nprix = 1.00',
}


def engine(changes: Mapping[str, str | None] | None = None) -> Engine:
    """The sound règlement with some sections put in place or taken out."""
    sections = {**SOUND, **(changes or {})}
    text = "format = 1\n" + "".join(f"\n[{name}]\n{body}\n" for name, body in sections.items() if body is not None)
    found: list[Fault] = []
    reglement = REGLEMENT.read(read_toml(text), (), found)
    assert not found, [one.text() for one in found]
    return Engine(reglement)


def told(changes: Mapping[str, str | None]) -> list[str]:
    """The faults of the sound règlement once changed, in French; English ones say as much."""
    found = faults(engine(changes))
    assert all(one.fr and one.en and "\n" not in one.fr + one.en for one in found)
    return [one.text() for one in found]


def test_a_sound_reglement_has_no_fault() -> None:
    """Nothing is found where every date, slot and child is told everything."""
    assert told({}) == []


def test_the_guide_of_cluses_is_sound_and_quickly_said_so() -> None:
    """The published example has no fault, and the check takes well under a second."""
    found: list[Fault] = []
    made = Engine(REGLEMENT.read(read_toml(CLUSES.read_text("utf-8")), (), found))
    start = perf_counter()
    assert faults(made) == ()
    assert perf_counter() - start < 1


def test_an_unknown_time_zone_is_a_fault() -> None:
    """A zone that the system does not know is told with its path, before any engine is built."""
    reglement: Reglement = engine().reglement
    assert time_zone_fault(reglement) is None
    for name in ("Europe/Pari", "../Paris", "Europe"):
        fault = time_zone_fault(replace(reglement, identity=replace(reglement.identity, time_zone=name)))
        assert fault is not None
        assert fault.path == ("reglement", "fuseau")
        assert f"« {name} »" in fault.fr


class TestCalendar:
    """Périodes stand inside [jours], apart from one another (S3.7)."""

    def test_a_periode_inside_the_calendar(self) -> None:
        """A période that begins before the calendar is told; its limits are then left aside."""
        assert told({"jours": "du = 2021-09-08\nau = 2021-12-31\nferies = []"}) == [
            (
                "periode.p1 : 2021-09-06 – 2021-09-17 sort de [jours] (2021-09-08 – 2021-12-31) ; "
                "élargissez [jours], fériés et vacances compris, ou du et au"
            )
        ]

    def test_a_limit_that_the_calendar_does_not_reach(self) -> None:
        """The délai is told with the first days, how many others, and the day that is missing."""
        changes = {
            "jours": "du = 2021-09-06\nau = 2021-12-31\nferies = []",
            "delai.general": 'reserver = "5 jours ouvrés avant la date, avant 12:00"\nannuler = "jamais"',
        }
        assert told(changes) == [
            (
                "delai.general : [jours] (2021-09-06 – 2021-12-31) ne permet pas de compter la limite de 2021-09-06, "
                "2021-09-07, 2021-09-08 et 2 autres dates ; il y manque le 2021-09-05 : "
                "élargissez [jours], fériés et vacances compris"
            )
        ]

    def test_two_periodes_of_one_mode_on_one_date(self) -> None:
        """Both are named, with the dates that they share; périodes of other modes may share dates."""
        periode = 'nom = "Autre"\nmode = "accueil"\ndu = 2021-09-17\nau = 2021-09-17'
        autre = 'nom = "Autre"\netablissement = "ecole"\noffre = [{ code = "mercredi", nom = "Mercredi" }]'
        changes = {
            "periode.p2": periode,
            "mode.autre": autre,
            "periode.p3": periode.replace('mode = "accueil"', 'mode = "autre"'),
        }
        assert told(changes) == [
            "periode.p2 : ouvre « accueil » en même temps que « p1 » (2021-09-17) ; séparez-les par du, au, quand ou sauf"
        ]

    def test_rows_of_a_table_that_tie(self) -> None:
        """Two rows with nothing to choose between them are told once for the délai, not once a date."""
        changes = {
            "delai.general": (
                'reserver = [{ limite = "table", variante = "normal" }]\nannuler = "jamais"\ntable = [\n'
                '  { quand.mois = "septembre", limite = "sans limite" },\n'
                '  { quand.jour = ["lundi", "mardi"], limite = "jamais" },\n'
                '  { limite = "jamais" },\n]'
            )
        }
        assert told(changes) == [
            (
                "delai.general.table[1] : table[0], table[1] s'appliquent au 2021-09-06 et rien ne les départage ; "
                "précisez « quand » (4 dates en tout)"
            )
        ]

    def test_phases_that_overlap_on_one_date(self) -> None:
        """A phase that begins before the one before it ends is told with its date."""
        changes = {
            "delai.general": 'reserver = "sans limite"\nannuler = "jamais"',
            "delai.un": (
                'quand.dates = 2021-09-07\nreserver = [\n  { limite = "le jour même, avant 07:00", variante = "normal" },\n'
                '  { depuis = "1 jour calendaire avant la date, avant 07:00", limite = "le jour même, avant 08:00", '
                'variante = "normal" },\n]'
            ),
        }
        [found] = told(changes)
        assert found.startswith("delai.un.reserver[1] : pour le 2021-09-07, cette phase commence avant")
        assert "en tout" not in found

    def test_more_than_64_slots_on_one_date(self) -> None:
        """65 slots open together are refused, with the way out (S13.1)."""
        offre = ", ".join(f'{{ code = "s{i}", nom = "S{i}" }}' for i in range(33))
        autre = offre.replace('"s', '"t').replace('"S', '"T')
        head = 'nom = "Accueil"\netablissement = "ecole"\n'
        changes = {
            "mode.accueil": f"{head}offre = [{offre}]",
            "mode.autre": f"{head}offre = [{autre}]",
            "periode.p2": SOUND["periode.p1"].replace('"accueil"', '"autre"'),
        }
        [found] = told(changes)
        assert found.startswith("mode : 66 créneaux ouverts le même jour, plus de 64 (2021-09-06, 2021-09-07")


class TestDeadlines:
    """Every slot can be told when it is booked and cancelled (S3.5, S3.6, S2.2, S4.1)."""

    def test_nothing_says_how_to_cancel(self) -> None:
        """The délai that says the rest is pointed at, with the line that is missing."""
        assert told({"delai.general": 'reserver = "sans limite"'}) == [
            (
                "delai.general : rien ne dit quand annuler matin, repas, soir "
                "(2021-09-06, 2021-09-07, 2021-09-08 et 7 autres dates) ; "
                'ajoutez annuler = "jamais", ou des phases, '
                'ou annuler = "non publié" si le règlement n\'en dit rien'
            )
        ]

    def test_nothing_says_anything(self) -> None:
        """Without any délai both actions are told; booking and cancelling alone are needed."""
        found = faults(engine({"delai.general": None}))
        assert [one.path for one in found] == [("delai",), ("delai",)]
        assert 'ajoutez [delai.general] reserver = "sans limite"' in found[0].fr
        assert "nothing says when to cancel matin, repas, soir" in found[1].en

    def test_some_children_only(self) -> None:
        """A hole for some children is told with one of them, the facts compared alone being named."""
        changes = {
            "delai.general": 'qui = { rang = "à partir de 2", commune = true }\nreserver = "sans limite"\nannuler = "jamais"',
        }
        found = told(changes)
        assert len(found) == 2
        assert "et 7 autres dates ; commune = false, rang = 0)" in found[0]

    def test_a_slot_offered_to_some_needs_no_more_than_they_do(self) -> None:
        """Children to whom no période is offered need no délai."""
        changes = {
            "periode.p1": SOUND["periode.p1"] + '\nqui = { rang = "à partir de 2" }',
            "delai.general": SOUND["delai.general"] + '\nqui = { rang = "à partir de 2" }',
        }
        assert told(changes) == []

    def test_two_deadlines_tie(self) -> None:
        """Both are named with slots, dates and one child; a dated one wins instead of tying."""
        other = 'creneaux = "soir"\nqui.commune = true\nreserver = "sans limite"'
        third = 'creneaux = ["soir", "repas"]\nquand.jour = "lundi"\nreserver = "sans limite"'
        assert told({"delai.a": other, "delai.b": third}) == [
            (
                "delai.b : « a », « b » décident tous deux de soir (2021-09-06, 2021-09-13 ; commune = true) ; "
                "écartez-les par creneaux, quand, qui ou sauf"
            )
        ]
        assert told({"delai.a": other, "delai.b": third.replace('jour = "lundi"', "dates = 2021-09-06")}) == []

    def test_too_many_children_to_look_at(self) -> None:
        """More children than can be looked at is a fault, told once."""
        facts = "\n".join(f'f{i} = "oui ou non"' for i in range(13))
        who = ", ".join(f"f{i} = true" for i in range(13))
        changes = {"faits": facts, "delai.rare": f'qui = {{ {who} }}\nreserver = "sans limite"'}
        [found] = told(changes)
        assert found.startswith("faits : 8192 cas à distinguer")

    @pytest.mark.parametrize(
        "phases",
        (
            '[{ limite = "2 heures calendaires avant le créneau", variante = "normal" }]',
            '[{ depuis = "le créneau", limite = "sans limite", variante = "normal" }]',
            '[{ limite = "table", variante = "normal" }]\ntable = [{ limite = "le créneau" }]',
        ),
    )
    def test_a_limit_from_a_slot_without_times(self, phases: str) -> None:
        """A délai that counts from the slot's times is refused where it governs a slot without any (S2.2)."""
        changes = {"delai.general": f'reserver = {phases}\nannuler = "jamais"'}
        [found] = told(changes)
        assert found.startswith("delai.general : compte depuis l'heure d'un créneau qui n'en a pas : repas ; ")
        changes["delai.repas"] = 'creneaux = "repas"\nreserver = "sans limite"'
        assert told(changes) == []

    LATE = (
        'reserver = [\n  { limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal" },\n'
        '  { limite = "le jour même, avant 07:00", variante = "hors-delai" },\n]\nannuler = "jamais"'
    )

    def test_a_late_price_of_which_nobody_speaks(self) -> None:
        """The lines to add are in the message, and adding them mends it (S4.1)."""
        [found] = told({"delai.general": self.LATE})
        line = '[modification.hors-delai] creneaux = ["matin", "repas", "soir"], variante = "hors-delai", fois = 1'
        assert found == (
            "delai.general : rien ne dit le prix hors délai de matin, repas, soir ; "
            f"ajoutez {line} (le même prix) ou plus = …"
        )
        mended = {"delai.general": self.LATE, "modification.hors-delai": 'variante = "hors-delai"\nfois = 1'}
        assert told(mended) == []

    def test_a_slot_without_any_tariff_is_told_once(self) -> None:
        """A slot that has no tariff at all is not also told to have no late price."""
        [found] = told({"delai.general": self.LATE, "tarif.general": None})
        assert found.startswith("tarif : aucun tarif ne couvre matin, repas, soir (")


class TestRules:
    """What is open can be held, and holding nothing is always allowed (S1.7)."""

    def test_a_slot_that_rules_never_let_be_held(self) -> None:
        """The slot is named with the smallest set of rules that kills it, and no other."""
        changes = {
            "regle.besoin": 'creneaux = "repas"\nseulement_avec = "soir"',
            "regle.bloque": 'creneaux = "repas"\nbloque = "soir"',
            "regle.autre": 'creneaux = "matin"\nseulement_avec = "soir"',
            "regle.plus": "au_plus = 3",
        }
        [found] = told(changes)
        assert found.startswith("regle.besoin : « repas », ouvert, ne peut jamais être réservé (2021-09-06")
        assert found.endswith("« besoin », « bloque » ; corrigez une de ces règles, ou n'ouvrez pas ce créneau")

    def test_a_slot_held_on_some_date_or_by_some_child_is_sound(self) -> None:
        """A slot that may be held on one date, or by one child, is not told."""
        never = 'creneaux = "repas"\nau_plus = 0'
        assert told({"regle.non": f'{never}\nquand.jour = "lundi"'}) == []
        assert told({"regle.non": f'{never}\nqui = {{ rang = "à partir de 2", commune = true }}'}) == []
        [found] = told({"regle.non": f"{never}\nquand.du = 2021-09-01"})
        assert found.startswith("regle.non : « repas »")

    def test_a_rule_that_the_empty_day_breaks(self) -> None:
        """A rule that asks for something on a day on which nothing is held is refused."""
        made = engine().reglement
        found = faults(Engine(replace(made, rules=(Demanding(code="exige", source="doc"),))))
        assert [one.text() for one in found] == [
            (
                "regle.exige : refuse même un jour où rien n'est réservé "
                "(2021-09-06, 2021-09-07, 2021-09-08 et 7 autres dates) ; permettez « aucun créneau »"
            )
        ]

    def test_rules_are_dropped_one_by_one(self) -> None:
        """Of many rules only those needed to kill a slot are left."""
        changes = {f"regle.r{i}": 'creneaux = "matin"\nseulement_avec = "soir"' for i in range(5)}
        changes["regle.non"] = 'creneaux = "soir"\nau_plus = 0'
        made = engine(changes)
        assert [one.text().partition(" : ")[0] for one in faults(made)] == ["regle.r4", "regle.non"]

    def test_too_many_children_for_the_rules(self) -> None:
        """More children than can be looked at is a fault, told once though prices meet them too."""
        facts = "\n".join(f'f{i} = "oui ou non"' for i in range(13))
        changes: dict[str, str | None] = {"faits": facts}
        changes |= {f"regle.r{i}": f'creneaux = "soir"\nqui.f{i} = true\nau_plus = 1' for i in range(13)}
        [found] = told(changes)
        assert found.startswith("faits : 8192 cas à distinguer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demanding(Rule):
    """A rule that every day breaks, the empty one among them."""

    verb: ClassVar[str] = "exige"
    kind: ClassVar[str] = "exige"

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        return TRUE


FORMULES: dict[str, str | None] = {
    "formule.seul": 'ensembles = [["matin"], ["soir"]]',
    "formule.deux": 'ensembles = [["matin", "repas"]]',
    "tarif.general": 'par = "jour"\nprix = { seul = 1.00, deux = 2.00 }',
}


class TestPrices:
    """Whatever the rules allow has one price (S10.2)."""

    def test_two_tariffs(self) -> None:
        """Both are named, with slots, dates and one child."""
        changes = {
            "tarif.soir": 'creneaux = "soir"\nqui.commune = true\nquand.jour = "lundi"\npar = "creneau"\nprix = 2.00'
        }
        assert told(changes) == [
            (
                "tarif.soir : « general », « soir » couvrent tous deux soir (2021-09-06, 2021-09-13 ; commune = true) ; "
                "écartez-les par creneaux, quand, qui ou sauf"
            )
        ]

    def test_no_tariff(self) -> None:
        """The lines to add are in the message; a slot that this child cannot hold needs no tariff."""
        changes = {"tarif.general": 'qui.rang = "à partir de 2"\npar = "creneau"\nprix = 1.00'}
        [found] = told(changes)
        assert 'rang = 0) ; ajoutez [tarif.…] creneaux = ["matin", "repas", "soir"]' in found
        assert told({**changes, "regle.non": 'qui.rang = "moins de 2"\nau_plus = 0'}) == []
        assert told({**changes, "periode.p1": SOUND["periode.p1"] + '\nqui.rang = "à partir de 2"'}) == []

    def test_a_tariff_that_excepts_a_variant(self) -> None:
        """A tariff of the normal variant alone leaves what may be booked late without a price."""
        changes: dict[str, str | None] = {
            "delai.general": TestDeadlines.LATE,
            "tarif.general": 'sauf.variante = "hors-delai"\npar = "creneau"\nprix = 1.00',
        }
        [found] = told(changes)
        assert found.startswith("tarif : aucun tarif ne couvre matin, repas, soir (")
        changes["tarif.retard"] = 'variante = "hors-delai"\npar = "creneau"\nprix = 2.00'
        assert told(changes) == []

    def test_an_allowed_set_without_a_row(self) -> None:
        """Every allowed set of slots sold together needs a row; the first ones are named."""
        [found] = told(FORMULES)
        assert found.startswith(
            "tarif.general : les règles permettent repas, matin + soir, repas + soir, matin + repas + soir (2021"
        )
        assert 'ajoutez [formule.…] ensembles = [["repas"]] et sa ligne' in found
        only = {"regle.seulement": 'formules_seulement = ["seul", "deux"]'}
        assert told({**FORMULES, **only}) == []

    def test_a_tariff_while_a_formule_is_held(self) -> None:
        """A tariff that depends on a formule held is looked at with all that it may be held with."""
        changes = {
            "formule.trois": 'ensembles = [["matin", "repas", "soir"]]',
            "tarif.general": 'sauf.formules = "trois"\npar = "creneau"\nprix = 1.00',
        }
        [found] = told(changes)
        assert found.startswith("tarif : aucun tarif ne couvre matin")
        assert told({**changes, "tarif.tout": 'formules = "trois"\npar = "creneau"\nprix = 0.50'}) == []

    def test_contrary_facts_supposed(self) -> None:
        """Two modifiers that suppose contrary facts for one slot are told."""
        changes = {
            "modification.oui": 'creneaux = "soir"\nquand.jour = "lundi"\ncomme = { commune = true }',
            "modification.non": 'quand.mois = "septembre"\ncomme = { commune = false }',
        }
        [found] = told(changes)
        assert found.startswith(
            "modification.non : « oui », « non » supposent des faits contraires pour soir (2021-09-06"
        )

    def test_facts_that_are_not_known_are_no_fault(self) -> None:
        """A price that waits for a quotient is sound."""
        changes = {
            "faits": 'rang = "nombre"\nquotient = "nombre"',
            "tarif.general": 'par = "creneau"\nselon = "quotient"\nprix = { taux = 0.001 }',
        }
        assert told(changes) == []

    @staticmethod
    def many(count: int) -> dict[str, str | None]:
        """Slots s0… sold by one table of formules that sells each alone."""
        offre = ", ".join(f'{{ code = "s{i}", nom = "S{i}" }}' for i in range(count))
        sets = ", ".join(f'["s{i}"]' for i in range(count))
        return {
            "mode.accueil": f'nom = "Accueil"\netablissement = "ecole"\noffre = [{offre}]',
            "formule.seul": f"ensembles = [{sets}]",
            "tarif.general": 'par = "jour"\nprix = { seul = 1.00 }',
        }

    def test_too_many_ways_to_hold_slots_sold_together(self) -> None:
        """Sets too many to be priced one by one are refused, never passed over; saying what is sold mends it."""
        [found] = told(self.many(11))
        assert found.startswith("tarif : s0 + s1 + s2 + ")
        assert "plus de 1024 combinaisons" in found
        assert told({**self.many(11), "regle.seule": 'formules_seulement = "seul"'}) == []
        [found] = told({**self.many(12), "regle.une": 'creneaux = ["s0", "s1"]\nbloque = "s2"'})
        assert "plus de 1024 combinaisons" in found

    def test_too_many_slots_tied_by_rules(self) -> None:
        """More than 20 slots that rules tie to slots sold together are refused too."""
        [found] = told({**self.many(21), "regle.seule": "au_plus = 1"})
        assert "plus de 20 créneaux liés" in found


def test_the_rules_that_kill_a_slot_are_all_needed() -> None:
    """Every rule left is needed: dropping any one lets the slot be held."""
    made = engine(
        {"regle.a": 'creneaux = "matin"\nseulement_avec = "soir"', "regle.b": 'creneaux = "soir"\nau_plus = 0'}
    )
    rules = made.reglement.rules
    assert isinstance(rules[0], Requires)
    speaking = (Speaking(rules[0], ("matin",), ("matin",)), Speaking(rules[1], ("soir",), ("soir",)))
    kind = DayType(made.reglement, made.order, made.order, speaking)
    assert killers(made, kind, "matin") == speaking
    assert killers(made, kind, "soir") == speaking[1:]


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    (
        (1, "2026-09-01", "2026-09-01"),
        (
            5,
            "2026-09-01, 2026-09-02, 2026-09-03 et 2 autres dates",
            "2026-09-01, 2026-09-02, 2026-09-03 and 2 more dates",
        ),
    ),
)
def test_dates_are_named_then_counted(count: int, fr: str, en: str) -> None:
    """A message names the first three dates, and counts the others."""
    days = [date(2026, 9, day) for day in range(1, count + 1)]
    assert (days_in_words(days, "fr"), days_in_words(days, "en")) == (fr, en)


@pytest.mark.parametrize(
    ("rule", "idle"),
    (
        ('creneaux = "matin"\nseulement_avec = "matin"', True),
        ('creneaux = ["matin", "repas"]\nseulement_avec = "repas"', False),
        ('creneaux = ["matin", "repas"]\nseulement_avec_un_de = ["matin", "repas"]', True),
        ('creneaux = ["matin", "soir"]\nseulement_avec_un_de = ["matin", "repas"]', False),
        ('creneaux = "repas"\ninterdit_seul_sans = "accueil"', True),
    ),
)
def test_a_slot_that_goes_with_itself_is_a_fault(rule: str, idle: bool) -> None:
    """S1.2: a rule that no selection could break says something else than what was meant."""
    found = small.told({"regle.r": rule})
    assert [("ne refuse jamais rien" in one) for one in found] == [True] * idle
