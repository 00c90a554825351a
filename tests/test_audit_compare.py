"""Two règlements side by side: every count and witness against plain enumeration, and stories (S13.1)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any, Final, NamedTuple

import pytest
from tests.guide import at, guide, small, subsets
from tests.reference.random_reglements import priced, rule, world

from clae_rules.audit import BoxName, KindComparison, Relation, compare, reform
from clae_rules.audit.compare import kinds_of_day
from clae_rules.audit.joint import Case, Joint
from clae_rules.daytype import DayType
from clae_rules.deadlines import Schedule
from clae_rules.engine import Engine
from clae_rules.errors import Fault, InvalidReglementError, InvalidValueError, Lang
from clae_rules.facts import Facts, Value
from clae_rules.phases import Action
from clae_rules.pricing import price_day
from clae_rules.reglement import REGLEMENT
from clae_rules.slots import Held, Selection
from clae_rules.tariffs import Per
from clae_rules.variants import Variant

LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
WAYS: Final = (None, Variant.NORMAL, Variant.HORS_DELAI)


def engine_of(plain: Any) -> Engine:
    """A règlement from its normal form, made ready."""
    faults: list[Fault] = []
    found = REGLEMENT.read(plain, (), faults)
    assert not faults, faults
    return Engine(found)


def changed(plain: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A random règlement with a few rules dropped, added, or swapped, and now and then a slot or a day fewer."""
    rules = {code: one for code, one in plain["regle"].items() if rng.random() < 0.7}
    slots = [one["code"] for mode in plain["mode"].values() for one in mode["offre"]]
    rules |= {f"n{i}": rule(rng, slots) for i in range(rng.randint(0, 2))}
    found = {**plain, "regle": rules}
    if rng.random() < 0.3:
        code = rng.choice(list(plain["periode"]))
        shorter = {**plain["periode"][code], "quand": {"jour": ["lundi"]}, "sauf": {"dates": ["2026-09-21"]}}
        found["periode"] = {**plain["periode"], code: shorter}
    return found


def random_pairs(count: int) -> Iterator[tuple[int, Engine, Engine]]:
    """Random règlements, each with a variant of it."""
    for seed in range(count):
        rng = random.Random(seed)
        plain = world(rng)
        yield seed, engine_of(plain), engine_of(changed(plain, rng))


def everything(old: DayType, new: DayType) -> Iterator[dict[str, Variant]]:
    """Every selection of what opens under either, in both variants where the rules of either tell them apart."""
    slots = list(dict.fromkeys((*old.slots, *new.slots)))
    ways = [WAYS if slot in old.late or slot in new.late else WAYS[:2] for slot in slots]
    for chosen in product(*ways):
        yield {slot: way for slot, way in zip(slots, chosen, strict=True) if way is not None}


def allows(kind: DayType, held: dict[str, Variant]) -> bool:
    """Whether a kind of day allows a selection, by the decision's own door."""
    return held.keys() <= kind.bits.keys() and not kind.broken(held)


def boxes_of(kinds: tuple[DayType, DayType], held: dict[str, Variant]) -> frozenset[BoxName]:
    """The boxes of a selection: the late one where a rule of either tells it apart."""
    late = {*kinds[0].late, *kinds[1].late}
    return frozenset(BoxName(slot, way if slot in late else Variant.NORMAL) for slot, way in held.items())


def enumerated(old: DayType, new: DayType) -> tuple[set[frozenset[BoxName]], set[frozenset[BoxName]]]:
    """What each of two kinds of day allows, one selection at a time."""
    found: tuple[set[frozenset[BoxName]], set[frozenset[BoxName]]] = (set(), set())
    for held in everything(old, new):
        for kind, allowed in zip((old, new), found, strict=True):
            if allows(kind, held):
                allowed.add(boxes_of((old, new), held))
    return found


class Sample(NamedTuple):
    """One kind of day of a random règlement and its variant, with what each allows, one selection at a time."""

    seed: int
    kind: KindComparison
    case: Case
    old: set[frozenset[BoxName]]
    new: set[frozenset[BoxName]]


@cache
def samples() -> tuple[Sample, ...]:
    """Every kind of day of 30 random règlements, each beside a variant of it."""
    found = []
    for seed, old, new in random_pairs(30):
        joint = Joint(old, new)
        cases = [one for one in joint.cases if one.old.slots or one.new.slots]
        for kind in kinds_of_day(joint):
            values = dict(kind.values)
            case = next(one for one in cases if dict(one.values) == values and kind.days[0] in one.dates.days)
            found.append(Sample(seed, kind, case, *enumerated(case.old, case.new)))
    return tuple(found)


def test_what_differs_is_what_enumeration_finds() -> None:
    """S13.1: relation, counts, and every selection that differs, on the kinds of day of random règlements."""
    for seed, kind, _, mine, yours in samples():
        lost, gained = mine - yours, yours - mine
        assert (kind.old, kind.new) == (len(mine), len(yours)), seed
        assert (kind.lost, kind.gained) == (len(lost), len(gained)), seed
        rows = list(kind.rows())
        assert {frozenset(one.boxes) for one in rows if not one.gained} == lost, seed
        assert {frozenset(one.boxes) for one in rows if one.gained} == gained, seed
        assert len(rows) == len(lost) + len(gained), seed
        assert kind.relation is not None
        assert (kind.relation.loses, kind.relation.gains) == (bool(lost), bool(gained)), seed
    assert {one.kind.relation for one in samples()} == set(Relation)


def test_witnesses_are_smallest() -> None:
    """No selection that differs is smaller than the witness, and the witness differs."""
    for seed, kind, _, mine, yours in samples():
        for gained, apart in ((False, mine - yours), (True, yours - mine)):
            witness = kind.witness(gained=gained)
            assert (witness is None) is not bool(apart), seed
            if witness is not None:
                assert frozenset(witness) in apart, seed
                assert len(witness) == min(map(len, apart)), seed


def test_reasons_are_necessary_and_cover_all_that_differs() -> None:
    """Each selection that differs is refused by a rule or a closing named; no rule named could be left out."""
    for seed, kind, case, _, _ in samples():
        for gained, allowing, refusing in ((False, case.old, case.new), (True, case.new, case.old)):
            told = [one for one in kind.differences if one.gained is gained]
            rules = {one.rule for one in told if one.rule}
            alone = dict.fromkeys(rules, 0)
            for held in everything(case.old, case.new):
                if not allows(allowing, held) or allows(refusing, held):
                    continue
                shut = held.keys() - refusing.bits.keys()
                broken = {one.speaking.rule.code for one in refusing.broken(held)} & rules
                assert shut or broken, seed
                assert not shut or any(shut & set(one.slots) for one in told), seed
                for code in broken:
                    alone[code] += not shut and broken == {code}
            assert all(alone.values()), (seed, alone)


def test_what_a_sentence_names_differs_and_holds_nothing_smaller() -> None:
    """The selections that a sentence names differ; those named of one reason do not hold one another."""
    for seed, kind, _, mine, yours in samples():
        for one in kind.differences:
            apart = yours - mine if one.gained else mine - yours
            assert {frozenset(boxes) for boxes in one.smallest} <= apart, seed
            assert not any(set(x) < set(y) for x in one.smallest for y in one.smallest), seed


def test_a_reason_counts_the_selections_that_it_refuses() -> None:
    """The number in a sentence is that of the selections which its rule breaks and the other règlement allows."""
    for seed, kind, case, _, _ in samples():
        for one in kind.differences:
            allowing, refusing = (case.new, case.old) if one.gained else (case.old, case.new)
            if not one.rule:
                continue
            groups = (pair.new if not one.gained else pair.old for pair in kind.pairs.groups)
            mine = {box.slot for side in groups if one.rule in side.space.rules for box in side.space.boxes}
            found = set()
            for held in everything(case.old, case.new):
                here = {slot: way for slot, way in held.items() if slot in refusing.bits}
                unopened = held.keys() & mine - refusing.bits.keys()
                broken = {two.speaking.rule.code for two in refusing.broken(here)}
                if allows(allowing, held) and not unopened and one.rule in broken:
                    found.add(boxes_of((case.old, case.new), held))
            assert one.count == len(found), (seed, one)


def test_a_reglement_is_equivalent_to_itself() -> None:
    """Nothing changes from a règlement to itself, whatever it says."""
    for seed, old, _ in random_pairs(15):
        found = compare(old, engine_of(old.reglement.plain()))
        assert found.relation is Relation.EQUIVALENT, seed
        assert found.same, seed
        assert not found.articles


def test_the_other_way_round_what_is_lost_is_gained() -> None:
    """Comparing the second with the first swaps what is lost and what is gained."""
    for seed, old, new in random_pairs(10):
        there = [(one.days, one.lost, one.gained) for one in compare(old, new).kinds]
        back = [(one.days, one.gained, one.lost) for one in compare(new, old).kinds]
        assert sorted(there, key=str) == sorted(back, key=str), seed


NEEDS: Final = '[regle.r]\ncreneaux = "{0}"\nseulement_avec = "{1}"\nhypothese = "essai"\n'


def test_a_rule_whose_direction_is_swapped_is_incomparable() -> None:
    """« A needs b » becomes « b needs a »: b alone is lost, a alone is gained, and each sentence names its rule."""
    old, new = small(NEEDS.format("a", "b")), small(NEEDS.format("b", "a"))

    (kind,) = compare(old, new).kinds

    assert (kind.relation, kind.old, kind.new) == (Relation.INCOMPARABLE, 12, 12)
    assert (kind.lost, kind.gained) == (4, 4)
    assert kind.witness(gained=False) == (BoxName("b"),)
    assert kind.witness(gained=True) == (BoxName("a"),)
    assert [one.text() for one in kind.differences] == [
        "« B » devient impossible : à cause de « r » (hypothèse : essai), 4 sélections",
        "« A » devient possible : « r » ne l'interdit plus (hypothèse : essai), 4 sélections",
    ]


def test_a_slot_that_opens_no_more_is_told_as_such() -> None:
    """A slot taken away is no rule's doing: what held it is lost because it does not open."""
    old = small()
    new = reform(old, change={"mode.jour.offre": [{"code": code, "nom": code.upper()} for code in "abc"]})

    (kind,) = compare(old, new).kinds

    assert (kind.relation, kind.lost, kind.gained) == (Relation.STRICTER, 8, 0)
    (one,) = kind.differences
    assert (one.rule, one.slots) == ("", ("d",))
    assert one.text() == "« D » devient impossible : « D » n'ouvre plus, 8 sélections"
    assert one.text("en") == "« D » becomes impossible: « D » is not open any more, 8 selections"


def test_dates_that_open_no_more_are_a_kind_of_day_of_their_own() -> None:
    """A période that ends earlier: on the dates left out nothing opens, elsewhere nothing changes."""
    old = small()
    new = reform(old, change={"periode.annee.au": "2025-12-19"})

    found = compare(old, new)

    assert sorted((one.relation.value, one.days[0].isoformat()) for one in found.kinds if one.relation) == [
        ("plus strict", "2025-12-22"),
        ("équivalent", "2025-09-01"),
    ]
    assert found.relation is Relation.STRICTER


def test_a_rule_on_variants_of_one_side_counts_late_boxes_on_both() -> None:
    """A rule that only speaks of late bookings: in time nothing changes, late some selections are lost."""
    late = '[regle.r]\ncreneaux = "a"\nvariante = "hors-delai"\nbloque = "b"\nhypothese = "essai"\n'

    (kind,) = compare(small(), small(late)).kinds

    assert kind.witness(gained=False) == (BoxName("a", Variant.HORS_DELAI), BoxName("b"))
    assert (kind.old, kind.lost) == (24, 4)


def test_families_are_told_apart_by_the_rules_of_either() -> None:
    """A rule that the second adds for some families only: the others are not touched."""
    rule_ = '[regle.r]\ncreneaux = "a"\nqui.niveau = "petit"\nbloque = "b"\nhypothese = "essai"\n'

    kinds = compare(small(), small(rule_)).kinds

    assert {(dict(one.values)["niveau"], one.relation) for one in kinds} == {
        ("petit", Relation.STRICTER),
        ("grand", Relation.EQUIVALENT),
    }


def test_a_group_past_twenty_boxes_is_not_counted_and_told() -> None:
    """Nothing is guessed of 21 boxes tied together; alike on both sides, they change nothing."""
    offer = [{"code": f"x{i}", "nom": f"X{i}"} for i in range(21)]
    many = reform(small(), change={"mode.jour.offre": offer}).reglement.plain()
    tied = {"creneaux": [one["code"] for one in offer], "hypothese": "essai"}
    two, three = (engine_of({**many, "regle": {"r": {**tied, "au_plus": most}}}) for most in (2, 3))

    same, other = compare(two, two), compare(two, three)

    assert (same.relation, same.kinds[0].old, same.kinds[0].lost) == (Relation.EQUIVALENT, None, None)
    assert other.relation is None
    assert other.notes[0] == ("21 cases liées, trop pour être comparées", "21 boxes tied together, too many to compare")
    assert not other.same


# ---- deadlines ---------------------------------------------------------------------------------------------------


def test_a_deadline_one_day_earlier_is_stricter_on_every_date() -> None:
    """Booking closes two days before instead of one: told once, with the instants of the first date."""
    old = small()
    new = reform(old, change={"delai.general.reserver": "2 jours calendaires avant la date, avant 12:00"})

    found = compare(old, new)

    (one,) = found.deadlines
    assert (one.action, one.relation, one.terms) == (Action.BOOK, Relation.STRICTER, False)
    assert one.slots == ("a", "b", "c", "d")
    assert one.days == tuple(sorted({day for kind in found.kinds for day in kind.days}))
    assert one.ends == (at("2025-08-31 12:00"), at("2025-08-30 12:00"))
    assert found.relation is Relation.EQUIVALENT
    assert not found.same


def test_other_terms_are_told_where_both_are_open() -> None:
    """Cancelling stays open as long, and half of the price is due instead of nothing."""
    old = small()
    phase = {"limite": "1 jour calendaire avant la date, avant 12:00", "a_payer": "50 %"}
    (one,) = compare(old, reform(old, change={"delai.general.annuler": [phase]})).deadlines

    assert (one.action, one.relation, one.terms) == (Action.CANCEL, Relation.EQUIVALENT, True)
    assert "à d'autres conditions" in one.text()


def test_a_deadline_of_some_families_is_told_for_them() -> None:
    """A later deadline for some families only: more permissive, with one of these families."""
    more = """
[delai.grands]
qui.niveau = "grand"
reserver = "le jour même, avant 08:00"
hypothese = "essai"
"""
    (one,) = compare(small(), reform(small(), more)).deadlines

    assert (one.relation, dict(one.values)["niveau"]) == (Relation.MORE_PERMISSIVE, "grand")
    assert (one.old[0], one.new[0]) == ("general", "grands")


def test_deadlines_differ_exactly_where_their_schedules_do() -> None:
    """On random règlements, a date and slot is told for an action where, for some family, instants or terms differ."""
    for seed in range(8):
        rng = random.Random(seed)
        plain = world(rng)
        other = {**plain, "delai": world(random.Random(seed + 1000))["delai"]}
        known = {one["code"] for mode in plain["mode"].values() for one in mode["offre"]}
        for one in other["delai"].values():
            if "creneaux" in one:
                one["creneaux"] = [slot for slot in one["creneaux"] if slot in known] or sorted(known)
        old, new = engine_of(plain), engine_of(other)
        told = {
            (day, slot, one.action) for one in compare(old, new).deadlines for slot in one.slots for day in one.days
        }
        assert told == set(_differing(old, new)), seed


def _differing(old: Engine, new: Engine) -> Iterator[tuple[date, str, Action]]:
    """Dates, slots and actions whose windows differ for some family, each family asked at each date."""
    joint = Joint(old, new)
    wheres = (old.reglement.deadlines, new.reglement.deadlines)
    for dates in joint.dates(wheres):
        for values in joint.families(dates, wheres):
            case = joint.case(dates, values)
            for day, slot, action in product(dates.days, case.old.slots, Action):
                if slot in case.new.bits and windows(old, day, slot, action, values) != windows(
                    new, day, slot, action, values
                ):
                    yield day, slot, action


def windows(engine: Engine, day: date, slot: str, action: Action, values: Any) -> object:
    """The windows of an action that one family meets, with their terms; None where no deadline speaks of it."""
    opened = engine.day(day)
    speaking = [
        one
        for one in engine.reglement.deadlines
        if one.phases(action) is not None
        and engine.places.applies(one, slot, None, opened.facts, opened.codes, values.get)
    ]
    if not speaking:
        return None if action is Action.CHANGE else ()
    highest = max(one.precedence for one in speaking)
    best = [one for one in speaking if one.precedence == highest]
    if len(best) > 1:
        return None if action is Action.CHANGE else ()
    found: Schedule = engine.schedule(best[0], action, day, slot)
    terms = tuple(
        (one.start, one.end, one.phase.variant, one.phase.approval, one.phase.prepaid, one.phase.due)
        for one in found.windows
    )
    return (found.unknown, terms) if found.unknown else terms


# ---- prices ------------------------------------------------------------------------------------------------------


def test_a_price_is_told_for_the_families_that_pay_it() -> None:
    """One bracket of a grid that rises: the change names a family of that bracket, to the cent."""
    grid = """
[grille.qf]
mesure = "quotient"
lu = "exact"
tranches = { A = "moins de 600", B = "à partir de 600" }
hypothese = "essai"
[tarif.unique]
creneaux = "jour"
par = "creneau"
selon = "qf"
prix = { A = 1.00, B = 2.00 }
hypothese = "essai"
"""
    old = reform(small(), grid, change={"faits.quotient": "nombre"})
    new = reform(old, change={"tarif.unique.prix": {"A": "1.00", "B": "2.15"}})

    found = compare(old, new).prices

    assert {(one.slots, one.old_cents, one.new_cents) for one in found} == {((code,), 200, 215) for code in "abcd"}
    assert all(Fraction(dict(one.values)["quotient"]) >= 600 for one in found)
    assert found[0].text().startswith("« A » : 2,00\xa0€ → 2,15\xa0€")


def test_an_effort_rate_is_looked_at_between_its_bends() -> None:
    """Another ceiling shows only for large quotients: the pieces of both rates are looked at."""
    effort = """
[tarif.unique]
creneaux = "jour"
par = "creneau"
selon = "quotient"
prix = { taux = 0.0036, plancher = 2.88, plafond = 5.26 }
hypothese = "essai"
"""
    old = reform(small(), effort, change={"faits.quotient": "nombre"})
    new = reform(old, change={"tarif.unique.prix.plafond": "5.30"})

    found = {(one.old_cents, one.new_cents) for one in compare(old, new).prices}

    assert (526, 530) in found


def test_prices_that_differ_are_those_of_the_pricing() -> None:
    """Random prices: each change is what the pricing itself answers for some family, and none is left out."""
    looked = 0
    for seed in range(20):
        rng, other = random.Random(seed), random.Random(seed + 1000)
        slots = [f"s{i}" for i in range(rng.randint(2, 4))]
        plain, priced_otherwise = priced(rng, slots), priced(other, slots)
        alone = plain["tarif"]["seul"]["creneaux"]
        tariffs = {**plain["tarif"], "seul": {**priced_otherwise["tarif"]["seul"], "creneaux": alone}}
        if any("taux" in str(one["prix"]) for one in (plain["tarif"]["seul"], tariffs["seul"])):
            continue
        old = engine_of(plain)
        new = engine_of({**plain, "tarif": tariffs, "grille": priced_otherwise["grille"]})
        told = {(one.slots, one.old_cents, one.new_cents) for one in compare(old, new).prices}
        assert told == set(_prices(old, new)), seed
        looked += bool(told)
    assert looked > 5


def _prices(old: Engine, new: Engine) -> Iterator[tuple[tuple[str, ...], int | None, int | None]]:
    """What differs for some family, in every set of slots that a tariff sells together."""
    day = old.day(date(2026, 9, 14))
    first, second = (engine.reglement.tariffs[1] for engine in (old, new))
    alone = [slot for slot in old.order if slot in first.slots]
    family = [slot for slot in old.order if slot not in alone]
    by_slot = first.per is second.per is Per.SLOT
    together = [one for part in (alone, family) for one in subsets(tuple(part)) if one]
    quotients = [Fraction(one) for one in ("0", "300", "599", "599.5", "600", "800", "999", "999.5", "1000", "1500")]
    for quotient, rank, level, flag, age in product(quotients, (1, 2, 3), "ab", (True, False), (3, 9)):
        values: dict[str, Value] = {
            "quotient": quotient, "rang": Fraction(rank), "niveau": level, "pai": flag, "ne": Fraction(age),
        }  # fmt: skip
        facts = Facts.from_mapping({"quotient": quotient})
        for one in together:
            if by_slot and len(one) > 1 and set(one) <= set(alone):
                continue
            selection = Selection(tuple(Held(slot) for slot in one))
            mine, yours = (
                price_day(engine.prices, day.facts, day.codes, facts, values.get, selection).total_cents
                for engine in (old, new)
            )
            if mine != yours:
                yield one, mine, yours


# ---- what is refused, and what is told ---------------------------------------------------------------------------


def test_reglements_without_a_common_date_are_refused() -> None:
    """Two years apart have nothing to compare: said, with the way out."""
    later = reform(
        small(),
        """
[jours]
du = 2027-08-01
au = 2028-08-31
hypothese = "essai"
vacances = {}
feries = []
""",
        change={"periode.annee.du": "2027-09-01", "periode.annee.au": "2028-07-01", "periode.annee.quand.type": None},
    )

    with pytest.raises(InvalidValueError, match="aucune date d'ouverture commune"):
        compare(small(), later)


def test_a_fact_declared_in_two_ways_is_refused() -> None:
    """A fact that is a word here and a number there says nothing of one family to both."""
    with pytest.raises(InvalidValueError, match=r"faits\.niveau"):
        compare(small(), reform(small(), change={"faits.niveau": "nombre"}))


def test_words_that_one_side_alone_knows_are_told() -> None:
    """A level that only the second knows is not compared, and the comparison says so."""
    found = compare(small(), reform(small(), change={"faits.niveau": ["petit", "grand", "moyen"]}))

    assert found.notes == (
        ("niveau : « moyen », que l'un des deux ne connaît pas", "niveau: « moyen », which one of them does not know"),
    )


def test_gates_and_pools_that_change_are_told() -> None:
    """Who may book, and how many, is compared neither by selection nor by deadline: a change is told, never hidden."""
    gate = '[acces.porte]\nexige.niveau = "grand"\nferme = "reserver"\nhypothese = "essai"\n'
    new = reform(small(), gate + '[capacite.salle]\ncreneaux = "a"\nenfants = 12\nhypothese = "essai"\n')

    found = compare(small(), new)

    assert found.relation is Relation.EQUIVALENT
    assert [fr for fr, _ in found.notes] == ["accès et capacités qui changent : « porte », « salle »"]
    assert not found.same


def test_the_comparison_reads_in_both_languages() -> None:
    """The whole comparison as text: kinds of day, deadlines, prices, articles, each in words."""
    found = compare(
        guide(),
        reform(
            guide(),
            without=["regle.repas-mercredi"],
            change={
                "tarif.repas.prix": "4.20",
                "delai.general.annuler": [{"limite": "mercredi de la semaine -1, avant 12:00", "a_payer": "rien"}],
            },
        ),
    )

    french, english = ({one.title: one for one in found.sections(lang)} for lang in LANGS)
    assert french["Types de jour"].note == "Sélections permises : plus permissif."
    assert [row[1:] for row in french["Types de jour"].rows] == [
        ("équivalent", 60, 60, 0, 0), ("plus permissif", 28, 32, 0, 4), ("équivalent", 7, 7, 0, 0),
    ]  # fmt: skip
    assert french["Différences"].rows[0][1] == (
        "« Mercredi repas » devient possible : « repas-mercredi » ne l'interdit plus (guide B.4.a), 4 sélections"
    )
    assert len(french["Délais"].rows) == 3
    assert ("« Repas enfant » : 4,00\xa0€ → 4,20\xa0€ (141 dates)", 1) in french["Prix"].rows
    assert ("[regle.repas-mercredi] retiré",) in french["Articles"].rows
    assert ("[tarif.repas] changé : prix",) in french["Articles"].rows
    assert english["Kinds of day"].note == "Allowed selections: more permissive."
    assert [len(one.rows) for one in english.values()] == [len(one.rows) for one in french.values()]
    assert "« Mercredi repas » becomes possible" in found.text("en")
    assert found.html().startswith("<!DOCTYPE html>")
    assert json.loads(json.dumps(found.plain())) == found.plain()


def test_all_that_differs_is_one_table() -> None:
    """Every selection that only one of them allows, with which one does: as many rows as are counted."""
    found = compare(small(NEEDS.format("a", "b")), small(NEEDS.format("b", "a")))

    table = found.selections()

    assert len(table.rows) == 8
    assert ("« B »", "oui", "non") in [row[1:] for row in table.rows]
    assert ("« A » + « C » + « D »", "non", "oui") in [row[1:] for row in table.rows]


# ---- reform ------------------------------------------------------------------------------------------------------


def test_a_reform_leaves_its_base_alone() -> None:
    """The base says after a reform what it said before, and the variant has a digest of its own."""
    base = guide()
    before = base.reglement.plain()

    made = reform(base, without=["regle.repas-mercredi"], label="Sans la règle du repas")

    assert base.reglement.plain() == before
    assert made.applied.digest != base.applied.digest
    assert made.reglement.identity.label == "Sans la règle du repas"


def test_lines_replace_the_item_of_their_code_and_add_the_others() -> None:
    """An item written again is replaced whole, in its place; a new one comes last."""
    made = reform(
        small(NEEDS.format("a", "b")),
        NEEDS.format("c", "d") + '[regle.s]\ncreneaux = "a"\nbloque = "d"\nhypothese = "essai"\n',
    )

    assert [(one.code, one.slots) for one in made.reglement.rules] == [("r", ("c",)), ("s", ("a",))]


@pytest.mark.parametrize(
    ("given", "said"),
    (
        ({"without": ["regle.repas-mercredy"]}, "« regle.repas-mercredi »"),
        ({"without": ["regles.repas-mercredi"]}, "regles.repas-mercredi : n'est pas dans le règlement de départ"),
        ({"change": {"tarif.repa.prix": "1.00"}}, "« tarif.repas »"),
        ({"change": {"tarif.repas.prixx": None}}, "« tarif.repas.prix »"),
        ({"change": {"tarif.repas.prix": 4.2}}, "tarif.repas.prix"),
        ({"change": {"regle.repas-mercredi.creneaux": "repa"}}, "regle.repas-mercredi.creneaux"),
        ({"text": "[regle.x"}, "variante"),
        ({"text": '[regle.x]\ncreneaux = "repas"\nbloque = "midi-1"\n'}, "ni source ni hypothèse"),
    ),
)
def test_a_reform_that_makes_no_reglement_is_refused(given: Any, said: str) -> None:
    """What is not there to drop or change, and what is no valid règlement, is told with its place and way out."""
    with pytest.raises(InvalidReglementError) as caught:
        reform(guide(), **given)

    assert said in str(caught.value)
