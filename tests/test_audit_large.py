"""Groups too large for a table: what the solver says is what the tables say, and each answer has its proof (S13.1)."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from itertools import pairwise
from time import perf_counter
from typing import Final

import pytest
from tests.guide import small
from tests.linked import grouped, large_group, part, small_group
from tests.reference.random_reglements import world
from tests.test_audit import engine_of

from clae_rules.audit import BoxName, Days, Report, Severity, audit
from clae_rules.audit.groups import Group, Linked
from clae_rules.audit.large import MissingSolverError, Solved, differing
from clae_rules.audit.spaces import Space, tabled, ties
from clae_rules.formulas import Formula, all_of, any_of, holds, table
from clae_rules.variants import Variant

pytest.importorskip("pysat", reason="large groups need clae-rules[sat]")


def check_least(space: Space, unwanted: int, codes: tuple[str, ...]) -> None:
    """Rules refuse all of some selections together, and none of them can be left out, by the tables of each."""
    places = [space.rules.index(code) for code in codes]
    assert not space.allowed_by(places) & unwanted
    for left_out in places:
        assert space.allowed_by(one for one in places if one != left_out) & unwanted, (codes, left_out)


def check_few(linked: Linked, unwanted: Formula, codes: tuple[str, ...]) -> None:
    """The same of a group too large for a table, by that of the few boxes that these rules read."""
    few, (wanted,) = part(linked, codes, unwanted)
    check_least(tabled(few), table(wanted, len(few.boxes)), codes)


def mask(selection: frozenset[int]) -> int:
    """A selection as a state."""
    return sum(1 << i for i in selection)


def broken(linked: Linked, selection: frozenset[int]) -> list[int]:
    """The rules that a selection breaks, each formula read on it."""
    state = mask(selection)
    assert not any(holds(one, state) for one in linked.impossible)
    return [i for i, one in enumerate(linked.violations) if holds(one, state)]


def check_pair(group: Group, linked: Linked, rule: int, pair: tuple[frozenset[int], frozenset[int]]) -> None:
    """A pair that a rule alone tells apart: one tick, allowed on one side, that rule and no other broken beyond."""
    fine, refused = pair
    assert broken(linked, fine) == []
    assert broken(linked, refused) == [rule]
    assert tuple(sorted(fine ^ refused)) in group.ticks


def agree(linked: Linked) -> None:
    """Every answer of the solver about a small group is that of its tables."""
    known, solved = tabled(linked), Solved(linked)
    assert solved.living == known.living
    assert solved.dead() == known.dead()
    assert solved.forced() == known.forced()
    assert list(solved.never_together()) == list(known.never_together())
    assert list(solved.always_together()) == list(known.always_together())
    assert list(solved.twins()) == list(known.twins())
    one, other = dict(solved.redundant()), dict(known.redundant())
    assert one.keys() == other.keys()
    for rule, codes in (*one.items(), *other.items()):
        check_least(known, known.bad[rule], codes)
    for box in solved.dead():
        check_least(known, known.env[box], solved.killers(box))
        check_least(known, known.env[box], known.killers(box))
    for rule in range(len(linked.rules)):
        assert solved.breakable(rule) == known.breakable(rule)
        pairs = solved.flip(rule), known.flip(rule)
        assert (pairs[0] is None) == (pairs[1] is None)
        for pair in pairs:
            if pair is not None:
                check_pair(known, linked, rule, pair)


@pytest.mark.parametrize("start", range(0, 2000, 250))
def test_solver_and_tables_agree_on_random_rules(start: int) -> None:
    """S13.1: on 2,000 random groups of 3 to 12 boxes both say the same: dead, forced, pairs, redundant, twins, flips."""
    for seed in range(start, start + 250):
        agree(small_group(seed))


@pytest.mark.campaign
def test_solver_and_tables_agree_at_length() -> None:
    """The same over 20,000 groups."""
    for seed in range(10_000, 30_000):
        agree(small_group(seed))


def test_solver_and_tables_agree_on_random_reglements() -> None:
    """S5: the same on every kind of day of random règlements, rules of every kind, variants and exceptions."""
    for seed in range(40):
        for kind in Days(engine_of(world(random.Random(seed)))).kinds:
            for linked in ties(kind.type):
                if linked.rules:
                    agree(linked)


@pytest.mark.parametrize("seed", range(0, 300, 5))
def test_two_sets_of_rules_are_told_apart_as_tables_do(seed: int) -> None:
    """Whether two sets of rules allow the same: against both tables, with a selection that only one allows."""
    one = small_group(seed)
    changed = random.Random(seed).choice((one.violations, one.violations[1:], one.violations[::-1]))
    two = Linked(one.boxes, tuple(f"r{i}" for i in range(len(changed))), changed, one.impossible)
    first, second = tabled(one), tabled(two)

    for found, here, there in zip(differing(one, two), (first, second), (second, first), strict=True):
        assert (found is None) == (not here.ok & ~there.ok)
        if found is not None:
            late = {box.slot for box in found if box.variant is Variant.HORS_DELAI}
            state = mask(frozenset(i for i, box in enumerate(one.boxes) if box in found or (
                box.variant is Variant.NORMAL and box.slot in late
            )))  # fmt: skip
            assert here.ok & ~there.ok & 1 << state


@pytest.mark.parametrize(("seed", "n"), ((1, 30), (2, 60), (3, 100), (5, 300)))
def test_every_answer_about_a_large_group_has_its_proof(seed: int, n: int) -> None:
    """
    What is said of a random group is proved one answer at a time, without the solver.

    What can be is shown by a selection on which every formula is read; what cannot, by a few rules whose own table
    refuses it.
    """
    linked = large_group(seed, n)
    solved = Solved(linked)

    living, forced = set(solved.living), set(solved.forced())
    assert living
    for i in range(n):
        if i in living:
            found = solved.completed({i: True})
            assert found is not None
            assert i in found
            assert not broken(linked, found)
        else:
            check_few(linked, i, solved.killers(i))
        if i not in forced:
            without = solved.completed({i: False, min(living - {i}): True}) or solved.completed({i: False})
            assert without is not None
            assert not broken(linked, without)
    implied = dict(solved.redundant())
    for rule in range(len(linked.rules)):
        if rule in implied:
            check_few(linked, linked.violations[rule], implied[rule])
        pair = solved.flip(rule)
        if pair is not None:
            assert rule not in implied
            check_pair(solved, linked, rule, pair)


def planted(n: int) -> tuple[Linked, set[int], set[int]]:
    """A chain, each box needing the one before; two boxes that can never be held, and three rules that add nothing."""
    dead = {n - 1, n - 2}
    said: list[Formula] = [all_of(i, ~(i - 1)) for i in range(1, n - 2)]
    for box in sorted(dead):
        middle = n // 2 + box % 2
        said += [all_of(box, ~middle), all_of(box, middle - 3)]
    first = len(said)
    said += [all_of(n // 2, ~1), all_of(n - 4, any_of(~2, ~0)), all_of(n - 5, ~(n // 3))]
    return grouped((BoxName(f"s{i}") for i in range(n)), said), dead, set(range(first, len(said)))


@pytest.mark.parametrize("n", (30, 100, 300))
def test_planted_faults_are_found_and_none_is_invented(n: int) -> None:
    """Two dead boxes, the first of the chain forced, three rules implied: these and no others, within seconds."""
    linked, dead, implied = planted(n)
    start = perf_counter()
    solved = Solved(linked)

    assert set(solved.dead()) == dead
    assert solved.forced() == (0,)
    found = dict(solved.redundant())
    assert set(found) == implied
    assert list(solved.twins()) == []
    assert perf_counter() - start < 10
    for rule, codes in found.items():
        assert all(int(code[1:]) < n - 3 for code in codes), rule
    for rule in range(len(linked.rules)):
        assert (solved.flip(rule) is None) == (rule in implied)


def many(count: int) -> Iterator[str]:
    """A règlement of that many slots on one kind of day, each needing the one before, the first blocking the last."""
    codes = [f"s{i:02}" for i in range(count)]
    yield f"""
[mode.soir]
nom = "SOIR"
etablissement = "ecole"
hypothese = "essai"
offre = [{", ".join(f'{{ code = "{code}", nom = "{code}" }}' for code in codes)}]
[periode.soirs]
nom = "Soirs"
mode = "soir"
du = 2025-09-01
au = 2025-09-30
quand.jour = "mercredi"
hypothese = "essai"
[tarif.soir]
creneaux = "soir"
par = "creneau"
prix = 1.00
hypothese = "essai"
"""
    for before, code in pairwise(codes):
        yield f'[regle.{code}]\ncreneaux = "{code}"\nseulement_avec = "{before}"\nhypothese = "essai"\n'
    yield f'[regle.premier]\ncreneaux = "{codes[0]}"\nbloque = "{codes[-2]}"\nhypothese = "essai"\n'
    yield f'[regle.loin]\ncreneaux = "{codes[9]}"\nseulement_avec = "{codes[2]}"\nhypothese = "essai"\n'


PRICED_APART: Final = """
[tarif.unique]
creneaux = "jour"
par = "creneau"
prix = 1.00
hypothese = "essai"
"""


def of_many() -> Report:
    """The audit of 40 slots."""
    return audit(small(*many(40), prices=PRICED_APART))


def test_a_large_group_is_audited_but_not_counted() -> None:
    """40 slots in a chain: the last two are dead, the first forced, one rule redundant; the count is not computed."""
    report = of_many()

    assert {one.boxes for one in report.of("creneau-mort")} == {(BoxName("s38"),), (BoxName("s39"),)}
    (killed,) = (one for one in report.of("creneau-mort") if one.boxes == (BoxName("s38"),))
    assert killed.rules[-1] == "premier"
    assert len(killed.rules) == 39
    assert [one.boxes for one in report.of("creneau-force")] == [(BoxName("s00"),)]
    (redundant,) = report.of("regle-redondante")
    assert dict(redundant.params)["rule"] == "loin"
    assert len(redundant.rules) == 7
    (note,) = report.of("non-compte")
    assert note.severity is Severity.NOTE
    assert "40 cases liées par 41 règles" in note.sentence()
    assert {one.count for one in report.kinds if len(one.slots) == 40} == {None}


def test_without_the_library_one_line_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large group is then not looked at, which is told; nothing is claimed of it, and the rest is audited."""
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)

    report = of_many()

    (one,) = report.of("solveur-absent")
    assert one.severity is Severity.WARNING
    assert "pip install 'clae-rules[sat]'" in one.sentence()
    assert "pip install 'clae-rules[sat]'" in one.sentence("en")
    assert not report.of("non-compte")
    assert not report.of("creneau-mort")
    assert not report.of("regle-muette")
    with pytest.raises(MissingSolverError, match=r"pip install 'clae-rules\[sat\]'"):
        Solved(large_group(1, 30))


def test_many_pairs_are_counted_and_not_listed() -> None:
    """At most one of 30 slots: 435 pairs never go together, which is told once."""
    slots, *_ = many(30)
    codes = ", ".join(f'"s{i:02}"' for i in range(30))
    only_one = f'[regle.un]\ncreneaux = [{codes}]\nau_plus = 1\nhypothese = "essai"\n'
    report = audit(small(slots, only_one, prices=PRICED_APART))

    (one,) = report.of("paires-nombreuses")
    assert dict(one.params)["count"] == 435
    assert one.rules == ("un",)
    assert not report.of("jamais-ensemble")
