"""Guards for a portal's own tests: they hold where the decision says so, and name what breaks them."""

from __future__ import annotations

import random

import pytest
from tests.guide import guide, small
from tests.reference.random_reglements import world
from tests.test_audit_compare import NEEDS, allows, engine_of, enumerated, everything, random_pairs

from clae_rules import UnknownSlotError
from clae_rules.audit import Days, assert_always, assert_never, assert_no_newly_refused, reform
from clae_rules.audit.joint import Joint
from clae_rules.selectors import When
from clae_rules.variants import Variant


def holds(check: object, *args: object, **more: object) -> bool:
    """Whether a guard holds."""
    assert callable(check)
    try:
        check(*args, **more)
    except AssertionError:
        return False
    return True


def test_nothing_is_newly_refused_exactly_where_enumeration_finds_nothing_lost() -> None:
    """Random règlements and their variants: the guard on selections holds where no selection is lost."""
    answers = set()
    for seed, old, new in random_pairs(12):
        lost = any(mine - yours for case in Joint(old, new).cases for mine, yours in (enumerated(case.old, case.new),))
        assert holds(assert_no_newly_refused, old, new, deadlines=False) is not lost, seed
        answers.add(lost)
    assert answers == {True, False}


def test_never_is_what_enumeration_never_finds() -> None:
    """Random règlements: two slots never together, and one never without another, against every selection."""
    for seed in range(12):
        rng = random.Random(seed)
        engine = engine_of(world(rng))
        kinds = Days(engine).kinds
        allowed = [held for kind in kinds for held in everything(kind.type, kind.type) if allows(kind.type, held)]
        for _ in range(4):
            one, two = rng.sample(engine.order, 2)
            together = any(one in held and two in held for held in allowed)
            alone = any(one in held and two not in held for held in allowed)
            assert holds(assert_never, engine, one, two) is not together, (seed, one, two)
            assert holds(assert_never, engine, one, without=[two]) is not alone, (seed, one, two)


def test_always_is_what_every_kind_of_day_allows() -> None:
    """Random règlements: exactly these slots, wherever they open together, in either variant."""
    answers = set()
    for seed in range(12):
        rng = random.Random(seed)
        engine = engine_of(world(rng))
        for _ in range(4):
            slots = rng.sample(engine.order, rng.randint(1, 2))
            kinds = [one.type for one in Days(engine).kinds if set(slots) <= set(one.type.slots)]
            fine = bool(kinds) and all(allows(one, dict.fromkeys(slots, way)) for one in kinds for way in Variant)
            assert holds(assert_always, engine, *slots) is fine, (seed, slots)
            answers.add(fine)
    assert answers == {True, False}


def test_a_selection_newly_refused_is_named_with_its_reason() -> None:
    """The guard's message is the sentence of the comparison."""
    with pytest.raises(AssertionError) as caught:
        assert_no_newly_refused(small(), small(NEEDS.format("a", "b")))

    assert str(caught.value).endswith("« A » devient impossible : à cause de « r » (hypothèse : essai), 4 sélections")


def test_a_deadline_one_day_earlier_is_newly_refused() -> None:
    """Whoever booked the day before is refused now; unless only selections are asked about."""
    earlier = reform(small(), change={"delai.general.reserver": "2 jours calendaires avant la date, avant 12:00"})

    with pytest.raises(AssertionError, match="réserver « A », « B », « C », « D », plus strict"):
        assert_no_newly_refused(small(), earlier)
    assert_no_newly_refused(small(), earlier, deadlines=False)
    assert_no_newly_refused(earlier, small())


def test_what_cannot_be_proved_fails() -> None:
    """Twenty-one boxes tied together by another rule: nothing is lost perhaps, but nobody has looked."""
    offer = [{"code": f"x{i}", "nom": f"X{i}"} for i in range(21)]
    plain = reform(small(), change={"mode.jour.offre": offer}).reglement.plain()
    tied = {"creneaux": [one["code"] for one in offer], "hypothese": "essai"}
    two, three = (engine_of({**plain, "regle": {"r": {**tied, "au_plus": most}}}) for most in (2, 3))

    with pytest.raises(AssertionError, match="non prouvé : 21 cases liées"):
        assert_no_newly_refused(two, three)
    with pytest.raises(AssertionError, match="non prouvé, plus de 20 cases liées"):
        assert_never(two, "x0", "x1")
    assert_no_newly_refused(two, two)
    assert_always(two, "x0", "x1")


def test_a_gate_that_is_added_may_refuse_anew() -> None:
    """A gate that the base does not have: the guard does not vouch for it."""
    gate = '[acces.porte]\nexige.niveau = "grand"\nferme = "reserver"\nhypothese = "essai"\n'

    with pytest.raises(AssertionError, match="non prouvé : accès et capacités qui changent : « porte »"):
        assert_no_newly_refused(small(), reform(small(), gate))


def test_the_guide_keeps_what_it_says() -> None:
    """The sentences of the guide, as guards."""
    assert_never(guide(), "midi-1", "repas")
    assert_never(guide(), "matin-1", without=["matin-2"])
    assert_never(guide(), "mer-repas", without=["mer-matin", "mer-apres-midi"])
    assert_always(guide(), "matin-1", "matin-2", "repas", "soir-1", "soir-2")
    with pytest.raises(AssertionError, match="« Périscolaire midi 1 » \\+ « Périscolaire midi 2 » est permis"):
        assert_never(guide(), "midi-1", "midi-2")
    with pytest.raises(AssertionError, match="« Mercredi repas » est refusé par « repas-mercredi »"):
        assert_always(guide(), "mer-repas")


def test_a_guard_looks_at_the_dates_that_it_is_given() -> None:
    """A rule of Mondays: broken on Mondays, kept on the other days."""
    engine = small('[regle.r]\ncreneaux = "a"\nquand.jour = "lundi"\nbloque = "b"\nhypothese = "essai"\n')

    assert_never(engine, "a", "b", when=When(weekdays=(0,)))
    assert_always(engine, "a", "b", when=When(weekdays=(1,)))
    with pytest.raises(AssertionError, match="mardi"):
        assert_never(engine, "a", "b")


def test_slots_that_never_open_together_are_not_always_possible() -> None:
    """A guard that no date can break proves nothing, and says so."""
    with pytest.raises(AssertionError, match="n'ouvrent jamais ensemble"):
        assert_always(guide(), "repas", "mer-repas")


@pytest.mark.parametrize("check", (assert_never, assert_always))
def test_a_guard_on_an_unknown_slot_is_refused(check: object) -> None:
    """A typing mistake must not make a guard hold: the nearest slot is proposed."""
    assert callable(check)
    with pytest.raises(UnknownSlotError, match="« repas »"):
        check(guide(), "repsa")
