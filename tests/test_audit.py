"""The audit of one règlement: every finding against plain enumeration, and planted faults found (S5, S6.3, S13.1)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import pytest
from tests.guide import guide, small
from tests.reference.random_reglements import world

from clae_rules.audit import BoxName, Days, Finding, KindOfDay, Report, Severity, audit
from clae_rules.engine import Engine
from clae_rules.errors import Fault
from clae_rules.reglement import REGLEMENT
from clae_rules.variants import Variant

Held = dict[str, Variant]


def engine_of(plain: Any) -> Engine:
    """A règlement from its normal form, made ready; what only its days can tell is left to the audit."""
    faults: list[Fault] = []
    found = REGLEMENT.read(plain, (), faults)
    assert not faults, faults
    return Engine(found)


def everything(kind: KindOfDay) -> list[Held]:
    """Every selection of a kind of day, slots that some rule narrows to a variant in both."""
    found: list[Held] = [{}]
    for slot in kind.type.slots:
        ways = [Variant.NORMAL, Variant.HORS_DELAI] if slot in kind.type.late else [Variant.NORMAL]
        found += [{**held, slot: way} for held in found for way in ways]
    return found


def broken_by(kind: KindOfDay, held: Held) -> frozenset[str]:
    """The rules that a selection breaks, by the decision's own door."""
    return frozenset(one.speaking.rule.code for one in kind.type.broken(held))


def boxes_of(held: Held) -> frozenset[BoxName]:
    """The boxes of a selection: each slot, and the late box where it is late."""
    late = {BoxName(slot, Variant.HORS_DELAI) for slot, variant in held.items() if variant is Variant.HORS_DELAI}
    return frozenset({BoxName(slot) for slot in held} | late)


def random_kinds(count: int) -> Iterator[tuple[int, KindOfDay]]:
    """Kinds of day of random règlements."""
    for seed in range(count):
        for kind in Days(engine_of(world(random.Random(seed)))).kinds:
            yield seed, kind


def test_counts_and_boxes_are_those_of_enumeration() -> None:
    """S13.1: how many selections are allowed, what is dead, and the share of each box, against every selection."""
    for seed, kind in random_kinds(60):
        verdicts = [(boxes_of(held), not broken_by(kind, held)) for held in everything(kind)]
        allowed = [boxes for boxes, fine in verdicts if fine]
        assert kind.spaces.count == len(allowed), seed
        for space in kind.spaces.groups:
            seen = {boxes & set(space.boxes) for boxes in allowed}
            for i, box in enumerate(space.boxes):
                assert space.share(i) == sum(box in one for one in seen), (seed, box)
            assert {space.boxes[i] for i in space.dead()} == set(space.boxes) - frozenset().union(*allowed), seed


def test_pairs_are_those_of_enumeration() -> None:
    """S5.2: pairs that never, or always, go together."""
    for seed, kind in random_kinds(40):
        allowed = [boxes_of(held) for held in everything(kind) if not broken_by(kind, held)]
        living = frozenset().union(*allowed)
        for space in kind.spaces.groups:
            pairs = [
                (i, j)
                for i, j in combinations(range(space.n), 2)
                if space.boxes[i].slot != space.boxes[j].slot and {space.boxes[i], space.boxes[j]} <= living
            ]
            never = {(i, j) for i, j in pairs if not any({space.boxes[i], space.boxes[j]} <= one for one in allowed)}
            always = {
                (i, j) for i, j in pairs if all((space.boxes[i] in one) == (space.boxes[j] in one) for one in allowed)
            }
            assert set(space.never_together()) == never, seed
            assert set(space.always_together()) == always, seed


def test_redundant_rules_are_those_of_enumeration() -> None:
    """S1.6: a rule is redundant where no selection breaks it alone; what implies it does, and no part of that."""
    for seed, kind in random_kinds(60):
        broken = [broken_by(kind, held) for held in everything(kind)]
        speaking = {code for space in kind.spaces.groups for code in space.rules}
        found = {space.rules[i]: rules for space in kind.spaces.groups for i, rules in space.redundant()}
        assert set(found) == {code for code in speaking if not any(one == {code} for one in broken)}, seed
        for code, rules in found.items():
            assert all(set(rules) & one for one in broken if code in one), (seed, code)
            for left_out in rules:
                fewer = set(rules) - {left_out}
                assert any(code in one and not fewer & one for one in broken), (seed, code, left_out)


def test_what_single_ticks_reach_is_found_by_walking() -> None:
    """S7: from the empty day, one box at a time, each step allowed."""
    for seed, kind in random_kinds(40):
        fine = {boxes_of(held) for held in everything(kind) if not broken_by(kind, held)}
        for space in kind.spaces.groups:
            if any(box.variant is Variant.HORS_DELAI for box in space.boxes):
                continue
            mine = {one & set(space.boxes) for one in fine}
            reached, new = {frozenset[BoxName]()}, [frozenset[BoxName]()]
            while new:
                steps = {one ^ {box} for one in new for box in space.boxes}
                new = [one for one in steps if one in mine and one not in reached]
                reached.update(new)
            assert space.reached().bit_count() == len(reached & mine), seed


def found(report: Report, code: str) -> list[Finding]:
    """The findings of one kind."""
    return list(report.of(code))


def test_the_guide_has_nothing_to_mend() -> None:
    """What is allowed by design is no warning: the guide's règlement gives notes only."""
    report = audit(guide())

    assert report.worst is Severity.NOTE
    assert [kind.count for kind in report.kinds] == [60, 28, 7]
    assert report.exact


DUPLICATE: Final = """
[regle.un]
creneaux = "a"
bloque = "b"
hypothese = "essai"
[regle.deux]
creneaux = "b"
bloque = "a"
hypothese = "essai"
"""


def test_two_rules_that_say_the_same_are_told_once() -> None:
    """« a blocks b » and « b blocks a » refuse the same bookings."""
    report = audit(small(DUPLICATE))

    (one,) = found(report, "regle-doublon")
    assert one.rules == ("un", "deux")
    assert not found(report, "regle-redondante")
    assert not found(report, "regle-masquee")


CHAIN: Final = """
[regle.ab]
creneaux = "a"
seulement_avec = "b"
hypothese = "essai"
[regle.bc]
creneaux = "b"
seulement_avec = "c"
hypothese = "essai"
[regle.ac]
creneaux = "a"
seulement_avec = "c"
hypothese = "essai"
"""


def test_a_rule_implied_by_two_others_is_redundant() -> None:
    """A needs b and b needs c: « a needs c » adds nothing, because of both."""
    (one,) = found(audit(small(CHAIN)), "regle-redondante")

    assert (dict(one.params)["rule"], one.rules) == ("ac", ("ab", "bc"))
    assert one.severity is Severity.WARNING


def test_a_rule_hidden_by_a_stricter_one_is_shadowed() -> None:
    """At most 2 of three says nothing beside at most 1 of them."""
    rules = """
[regle.large]
creneaux = ["a", "b", "c"]
au_plus = 2
hypothese = "essai"
[regle.strict]
creneaux = ["a", "b", "c"]
au_plus = 1
hypothese = "essai"
"""
    (one,) = found(audit(small(rules)), "regle-masquee")

    assert (dict(one.params)["rule"], one.rules) == ("large", ("strict",))


def test_a_rule_useful_on_one_kind_of_day_is_not_redundant() -> None:
    """A rule that others imply on Mondays only still says something on Tuesdays."""
    rules = """
[regle.lundi]
creneaux = ["a", "b"]
quand.jour = "lundi"
au_plus = 0
hypothese = "essai"
[regle.toujours]
creneaux = ["a", "b"]
au_plus = 1
hypothese = "essai"
"""
    report = audit(small(rules))

    assert not found(report, "regle-masquee")
    dead = {(one.boxes, one.rules) for one in found(report, "creneau-mort")}
    assert dead == {((BoxName("a"),), ("lundi",)), ((BoxName("b"),), ("lundi",))}


def test_a_slot_killed_by_two_rules_together_names_both() -> None:
    """On Mondays a needs b, and b never goes with a: neither alone would kill a."""
    rules = """
[regle.besoin]
creneaux = "a"
quand.jour = "lundi"
seulement_avec = "b"
hypothese = "essai"
[regle.refus]
creneaux = "a"
quand.jour = "lundi"
bloque = "b"
hypothese = "essai"
"""
    (one,) = found(audit(small(rules)), "creneau-mort")

    assert (one.boxes, one.rules) == ((BoxName("a"),), ("besoin", "refus"))
    assert one.first_day is not None
    assert one.first_day.weekday() == 0
    assert "« A » est proposé et ne peut jamais être réservé" in one.sentence()


def test_a_slot_closed_to_some_families_by_a_rule_is_a_note() -> None:
    """What others may book that day is not dead: the rule is meant for some."""
    rules = """
[regle.petits]
creneaux = "a"
qui.niveau = "petit"
au_plus = 0
hypothese = "essai"
"""
    report = audit(small(rules))

    assert not found(report, "creneau-mort")
    (one,) = found(report, "creneau-mort-pour-certains")
    assert dict(one.params)["who"] == "niveau = petit"


def test_a_rule_that_can_never_be_broken_is_mute() -> None:
    """A rule of a weekday on which nothing opens has nothing to say."""
    rules = """
[regle.mercredi]
creneaux = "a"
quand.jour = "mercredi"
bloque = "b"
hypothese = "essai"
"""
    (one,) = found(audit(small(rules)), "regle-muette")

    assert one.rules == ("mercredi",)


def test_slots_that_only_go_together_cannot_be_ticked_one_by_one() -> None:
    """All or none of a and b: the pair is allowed and no single tick leads to it."""
    rules = """
[regle.ensemble]
creneaux = ["a", "b"]
tout_ou_rien = true
hypothese = "essai"
"""
    report = audit(small(rules))

    (pair,) = found(report, "toujours-ensemble")
    assert dict(pair.params)["how"] == "écrit"
    (one,) = found(report, "hors-d-atteinte")
    assert (one.boxes, dict(one.params)["count"]) == ((BoxName("a"), BoxName("b")), 1)


TRAP: Final = """
[delai.b]
creneaux = "b"
hypothese = "essai"
reserver = "5 jours calendaires avant la date, avant 12:00"
annuler = [{ limite = "5 jours calendaires avant la date, avant 12:00", a_payer = "rien" }]
[delai.a]
creneaux = ["a", "c", "d"]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
"""


def needs(subject: str, other: str) -> str:
    """A rule: a slot needs another."""
    return f'[regle.r]\ncreneaux = "{subject}"\nseulement_avec = "{other}"\nhypothese = "essai"\n'


def test_a_slot_that_outlives_the_booking_of_what_it_needs_is_a_trap() -> None:
    """A needs b, whose booking closes four days before: a is then shown open and can be booked by nobody new."""
    report = audit(small(needs("a", "b"), delays=TRAP))

    (one,) = found(report, "piege-reservation")
    said = dict(one.params)
    assert (said["slot"], said["closed"], said["deadline"]) == ("« A »", "« B »", "b")
    assert not found(report, "piege-annulation")


def test_a_slot_held_back_by_what_needs_it_is_a_trap() -> None:
    """B needs a, and b can no longer be given back: whoever holds both can no longer give back a."""
    (one,) = found(audit(small(needs("b", "a"), delays=TRAP)), "piege-annulation")

    said = dict(one.params)
    assert (said["slot"], said["closed"], said["deadline"]) == ("« A »", "« B »", "b")
    assert one.boxes == (BoxName("a"), BoxName("b"))


def test_what_opens_later_is_no_trap() -> None:
    """A companion that is not open yet will be: nothing is closed for good."""
    delays = TRAP.replace(
        'reserver = "5 jours calendaires avant la date, avant 12:00"',
        'reserver = [{ depuis = "9 jours calendaires avant la date, avant 12:00", '
        'limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal" }]',
    ).replace('limite = "5 jours calendaires', 'limite = "1 jour calendaire')

    report = audit(small(needs("a", "b"), delays=delays))

    assert not found(report, "piege-reservation")
    assert not found(report, "piege-annulation")


def test_one_deadline_for_all_has_no_trap() -> None:
    """Slots tied by rules and closed at the same instant move together."""
    report = audit(small(CHAIN))

    assert not found(report, "piege-reservation")
    assert not found(report, "piege-annulation")


@pytest.mark.parametrize("lang", ("fr", "en"))
def test_every_finding_is_a_sentence_in_both_languages(lang: Any) -> None:
    """No finding leaves a brace or an empty place in its sentence."""
    report = audit(small(DUPLICATE, needs("c", "d"), delays=TRAP.replace('"b"', '"d"').replace('"d"]', '"b"]')))

    assert report.findings
    for one in report.findings:
        assert "{" not in one.text(lang)
    assert "Petit règlement d'essai" in report.text(lang).splitlines()[0]
