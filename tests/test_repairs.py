"""Repairs: every smallest set of edits that makes a refused date allowed, ordered, and what closed the way (S8)."""

from __future__ import annotations

from datetime import date

import pytest
from tests.guide import OPEN, at, guide, lou, martin, subsets

from clae_rules import (
    DayVerdict,
    Desk,
    Facts,
    Held,
    Occupancy,
    Planning,
    Policy,
    Repair,
    Selection,
    Status,
    Variant,
    check_day,
    decide,
    repairs,
)
from clae_rules.holdings import Demande

NOW = at("2021-09-01 09:00")
THURSDAY, WEDNESDAY = date(2021, 9, 9), date(2021, 9, 8)
DAY, EARLY = date(2025, 9, 11), at("2025-09-01 09:00")
ALL = ("a", "b", "c", "d")
BLOCKS = '[regle.r]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"'
NEEDS = '[regle.n]\ncreneaux = "a"\nseulement_avec_un_de = ["b", "c"]\nhypothese = "essai"'


def edits(verdict: DayVerdict) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What each repair adds and removes, in order."""
    return [(one.add, one.remove) for one in repairs(verdict, first=50).found]


def applied(slots: tuple[str, ...], one: Repair) -> list[str]:
    """The selection once repaired."""
    return [*(slot for slot in slots if slot not in one.remove), *one.add]


def test_each_way_out_is_told_in_display_order() -> None:
    """A meal alone is mended by either companion, or by leaving it (S8)."""
    verdict = check_day(martin(), WEDNESDAY, ["mer-repas"], now=NOW)
    assert edits(verdict) == [(("mer-matin",), ()), (("mer-apres-midi",), ()), ((), ("mer-repas",))]
    labels = martin().engine.labels
    found = repairs(verdict).found
    assert found[0].sentence(labels) == "ajouter « Mercredi matin »"
    assert found[2].sentence(labels, "en") == "remove « Mercredi repas »"


@pytest.mark.parametrize(
    ("policy", "first"),
    (
        (Policy.PREFER_ADDING, (("b",), ())),
        (Policy.PREFER_REMOVING, ((), ("a",))),
        (Policy.NO_SURCHARGE, ((), ("a",))),
    ),
)
def test_the_policy_says_which_comes_first(policy: Policy, first: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    """Repairs are ordered by policy, then size, then display order (S8)."""
    one = repairs(check_day(lou(NEEDS), DAY, ["a"], now=EARLY), policy=policy).found[0]
    assert (one.add, one.remove) == first


def test_no_surcharge_puts_late_boxes_last() -> None:
    """Where only the late variant is left, a repair that takes none comes first if asked (S8)."""
    verdict = check_day(martin(), WEDNESDAY, ["mer-repas"], now=at("2021-09-07 09:00"))
    assert repairs(verdict).found[0].late == ("mer-matin",)
    assert repairs(verdict, policy=Policy.NO_SURCHARGE).found[0] == Repair((), ("mer-repas",))


def test_the_first_repairs_and_whether_they_are_cut() -> None:
    """At most as many as asked are given, and it is said if there are more (S8)."""
    verdict = check_day(martin(), WEDNESDAY, ["mer-repas"], now=NOW)
    assert (len(repairs(verdict, first=2).found), repairs(verdict, first=2).cut) == (2, True)
    assert (len(repairs(verdict, first=3).found), repairs(verdict, first=3).cut) == (3, False)


def test_an_allowed_or_undecided_date_needs_no_repair() -> None:
    """Only a refused date is repaired (S8)."""
    assert repairs(check_day(lou(BLOCKS), DAY, ["a"], now=EARLY)).found == ()
    unknown = Desk(guide(), Facts.of(dossier_foyer="valide"))
    assert repairs(check_day(unknown, THURSDAY, ["repas"], now=NOW)).found == ()
    assert repairs(check_day(martin(), date(2030, 9, 5), ["repas"], now=NOW)).found == ()


def test_what_cannot_be_had_is_taken_back() -> None:
    """A box past its deadline leaves the selection in every repair, with what needs it (S8)."""
    delays = OPEN.replace("general", "autres") + OPEN.replace("general", "b").replace(
        "1 jour calendaire", "10 jours calendaires"
    )
    late_b = delays.replace("[delai.b]", '[delai.b]\ncreneaux = "b"')
    rule = '[regle.n]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"'
    verdict = check_day(lou(rule, delays=late_b), DAY, ["a", "b", "c"], now=at("2025-09-08 09:00"))
    assert edits(verdict) == [((), ("a", "b"))]


def test_what_is_locked_stays() -> None:
    """A held slot that can no longer be cancelled is kept by every repair (S8)."""
    late = OPEN.replace('annuler = [{ limite = "1 jour', 'annuler = [{ limite = "10 jours').replace(
        "10 jours calendaire ", "10 jours calendaires "
    )
    now, held = at("2025-09-08 09:00"), Selection.of("a")
    gone = check_day(lou(delays=late), DAY, [], now=now, held=held)
    assert edits(gone) == [(("a",), ())]
    clash = check_day(lou(BLOCKS, delays=late), DAY, ["a", "b"], now=now, held=held)
    assert edits(clash) == [((), ("b",))]


def test_where_there_is_no_repair_what_closed_the_way_is_told() -> None:
    """A held slot asked in its other variant cannot be mended by ticking boxes (S4.5, S8)."""
    held = Selection.of(Held("repas", Variant.HORS_DELAI))
    verdict = check_day(martin(), THURSDAY, [Held("repas", Variant.NORMAL)], now=at("2021-09-07 09:00"), held=held)
    found = repairs(verdict)
    assert found.found == ()
    assert [one.code for one in found.closed_by] == ["variante-tenue"]


def test_a_full_pool_is_no_repair() -> None:
    """A companion whose pool is full is not proposed (S6.5, S8)."""
    pool = '[capacite.p]\ncreneaux = "b"\nenfants = 1\nhypothese = "essai"'
    full = Occupancy.of({("p", DAY): 1})
    verdict = check_day(lou(NEEDS, pool), DAY, ["a"], now=EARLY, occupancy=full)
    assert edits(verdict) == [(("c",), ()), ((), ("a",))]


def test_what_is_waived_or_inherited_needs_no_mending() -> None:
    """A repair mends what blocks, and leaves what an agent set aside or what was broken before (S6.2, S6.7, S8)."""
    other = '[regle.o]\ncreneaux = "c"\nbloque = "d"\nhypothese = "essai"'
    waived = check_day(lou(BLOCKS, other), DAY, list(ALL), now=EARLY, waived=frozenset({"r"}))
    assert edits(waived) == [((), ("c",)), ((), ("d",))]
    inherited = check_day(lou(BLOCKS, other), DAY, list(ALL), now=EARLY, held=Selection.of("a", "b"))
    assert edits(inherited) == [((), ("c",)), ((), ("d",))]


def test_what_is_out_of_place_is_taken_back() -> None:
    """Slots of another mode leave a demande in every repair (S8)."""
    demande = Demande.of("martin", "periscolaire-2021", {WEDNESDAY: ["mer-matin"]})
    assert edits(decide(martin(), Planning(), demande, now=NOW).days[0]) == [((), ("mer-matin",))]


@pytest.mark.parametrize("mode", (0, 1))
def test_repairs_are_sufficient_minimal_and_complete(mode: int) -> None:
    """Over every selection, the repairs are exactly the minimal sets of edits that make it allowed (S8)."""
    desk, day = martin(), (THURSDAY, WEDNESDAY)[mode]
    slots = tuple(one.code for one in desk.engine.reglement.modes[mode].slots)
    allowed = {frozenset(one) for one in subsets(slots) if check_day(desk, day, one, now=NOW).allowed}
    for chosen in subsets(slots):
        verdict = check_day(desk, day, chosen, now=NOW)
        if verdict.status is not Status.REFUSED:
            continue
        ways = {frozenset(chosen) ^ one for one in allowed}
        minimal = {one for one in ways if not any(other < one for other in ways)}
        found = repairs(verdict, first=1000)
        assert {frozenset((*one.add, *one.remove)) for one in found.found} == minimal
        assert all(check_day(desk, day, applied(chosen, one), now=NOW).allowed for one in found.found)


def test_what_pending_slots_leave_alone_is_mended_too() -> None:
    """Firm slots keep the rules without what waits for a payment: a repair adds what they need besides (S5.6, S8)."""
    delays = (
        OPEN.replace("general", "autres").replace(
            'reserver = "1 jour', 'reserver = [{ paye = true, variante = "normal", limite = "1 jour'
        )
        .replace('avant 12:00"\nannuler', 'avant 12:00" }]\nannuler')
        + OPEN.replace("general", "b").replace("[delai.b]", '[delai.b]\ncreneaux = "b"')
    )  # fmt: skip
    needs = '[regle.n]\ncreneaux = "b"\nseulement_avec = "a"\nhypothese = "essai"'
    alone = '[regle.s]\ncreneaux = "d"\ninterdit_seul_sans = ["a", "b", "c"]\nhypothese = "essai"'
    held = Selection.of("c", "d")
    verdict = check_day(lou(needs, alone, delays=delays), DAY, ["b", "d"], now=EARLY, held=held)
    ways = edits(verdict)
    assert (("a", "c"), ()) in ways
    assert all(
        check_day(
            lou(needs, alone, delays=delays), DAY, sorted({"b", "d"} ^ {*add, *remove}), now=EARLY, held=held
        ).allowed
        for add, remove in ways
    )
