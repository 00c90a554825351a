"""Formulas against enumeration: every reading is held against counting what holds, selection by selection."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from typing import cast

import pytest

from clae_rules.formulas import (
    FALSE,
    MOST_TABLE_VARIABLES,
    TRUE,
    AtLeast,
    Formula,
    all_of,
    any_of,
    at_least,
    at_most,
    causes,
    components,
    count,
    evaluate,
    exactly,
    flips_needed,
    highest_variable,
    holds,
    implies,
    minimal_edits,
    minimal_flips,
    models,
    negate,
    restrict,
    substitute,
    table,
    tables,
    threshold,
    truth_planes,
    variables,
    with_complements,
)


def drawn(rng: random.Random, n: int, depth: int = 3) -> Formula:
    """A random formula over *n* variables, repeated operands and constants among the ingredients."""
    if depth == 0 or rng.random() < 0.25:
        v = rng.randrange(n)
        return rng.choice((v, ~v))
    operands = [drawn(rng, n, depth - 1) for _ in range(rng.randrange(5))]
    operands += rng.sample(operands, rng.randrange(len(operands) + 1))
    return at_least(rng.randrange(-1, len(operands) + 2), operands)


def proper(rng: random.Random, n: int, depth: int = 3) -> Formula:
    """A random formula that is not constant."""
    while isinstance(f := drawn(rng, n, depth), AtLeast) and not f.operands:
        pass
    return f


def told(f: Formula, present: frozenset[int]) -> bool:
    """What a formula says of a set of variables, by its definition alone."""
    if isinstance(f, int):
        return f in present if f >= 0 else -1 - f not in present
    return len([o for o in f.operands if told(o, present)]) >= f.k


def members(mask: int, n: int) -> frozenset[int]:
    """The variables of a mask."""
    return frozenset(v for v in range(n) if mask & 2**v)


def described(f: Formula, n: int) -> int:
    """The table of a formula, by its definition alone."""
    return sum(2**mask for mask in range(2**n) if told(f, members(mask, n)))


def smallest(repairs: Iterable[int]) -> list[int]:
    """Those of some sets of which no other is a part, smallest first."""
    kept: list[int] = []
    for one in sorted(repairs, key=lambda mask: (mask.bit_count(), mask)):
        if not any(one | other == one for other in kept):
            kept.append(one)
    return kept


@dataclass(frozen=True)
class Gate:
    """A carrier that writes down what is done to it."""

    text: str

    def __and__(self, other: "Gate") -> "Gate":
        return Gate(f"({self.text}&{other.text})")

    def __or__(self, other: "Gate") -> "Gate":
        return Gate(f"({self.text}|{other.text})")


def gates(n: int) -> list[Gate]:
    """The environment of *n* written variables."""
    return with_complements([Gate("abcdefgh"[i]) for i in range(n)], lambda gate: Gate(f"-{gate.text}"))


def cases(seed: int, number: int, most: int = 6) -> Iterator[tuple[random.Random, int]]:
    """A random source and a number of variables, again and again."""
    rng = random.Random(seed)
    for _ in range(number):
        yield rng, rng.randint(1, most)


class TestBuilding:
    """Constructors fold, so that equal simple formulas are equal values."""

    def test_constants_fold_away(self) -> None:
        """No constant remains inside a formula: one that holds is counted, one that does not is left out."""
        assert at_least(2, [0, TRUE, ~1, FALSE]) == AtLeast(1, (0, ~1))
        assert at_least(2, [TRUE, TRUE, 0]) == TRUE
        assert at_least(2, [0, FALSE]) == FALSE

    def test_a_single_operand_is_itself(self) -> None:
        """One operand of which one must hold needs no node."""
        inner = any_of(0, 1)

        assert all_of(5) == any_of(5) == at_least(1, [FALSE, 5]) == exactly(1, [5]) == 5
        assert all_of(inner) is inner
        assert exactly(0, [5]) == ~5

    def test_counts_beyond_the_operands_are_constant(self) -> None:
        """Nothing is always at least reached, and more than there is never."""
        assert at_least(0, [0, 1]) == at_least(-3, [0]) == all_of() == at_most(2, [0, 1]) == TRUE
        assert at_least(3, [0, 1]) == any_of() == at_most(-1, [0, 1]) == exactly(3, [0, 1]) == FALSE

    def test_operands_may_come_from_anything_that_iterates(self) -> None:
        """Exactly, which reads its operands twice, reads a generator once."""
        assert exactly(1, (v for v in (0, 1))) == all_of(any_of(0, 1), any_of(~0, ~1))

    def test_an_operand_given_twice_counts_twice(self) -> None:
        """Repeating an operand gives it a weight: a day is worth two half-days."""
        half_days = at_least(2, [0, 0, 1])

        assert [holds(half_days, mask) for mask in range(4)] == [False, True, False, True]

    def test_constants_negate_each_other(self) -> None:
        """What always holds is the negation of what never does."""
        assert negate(TRUE) == FALSE
        assert negate(FALSE) == TRUE

    @pytest.mark.parametrize("build", (at_least, at_most, exactly, AtLeast))
    @pytest.mark.parametrize("k", (True, 1.0, "1", None))
    def test_a_count_is_an_int(self, build: object, k: object) -> None:
        """A count that is not an int, or is a bool, is refused where the formula is built."""
        assert callable(build)
        with pytest.raises(TypeError, match="expected an int to count to, got"):
            build(k, (0, 1))

    @pytest.mark.parametrize("operand", (True, False, "0", None, 1.0))
    def test_an_operand_is_a_formula(self, operand: int) -> None:
        """A bool would silently be variable 1 or 0: it is refused, as is all that is no formula."""
        for build in (all_of, any_of, negate):
            with pytest.raises(TypeError, match=r"expected an int or AtLeast, got .*TRUE and FALSE"):
                build(operand)
        with pytest.raises(TypeError, match="expected an int or AtLeast"):
            AtLeast(1, (0, operand))

    def test_a_constant_among_operands_does_not_hide_a_wrong_count(self) -> None:
        """The count is judged before it is used."""
        with pytest.raises(TypeError, match="count"):
            at_least(True, [TRUE, 0])

    @pytest.mark.parametrize(
        ("k", "operands"),
        ((2, ()), (-1, ()), (1, (0,)), (0, (0, 1)), (3, (0, 1)), (1, (0, TRUE)), (1, (FALSE, 0))),
    )
    def test_a_node_is_folded(self, k: int, operands: tuple[Formula, ...]) -> None:
        """A node that `at_least` would have folded cannot exist."""
        with pytest.raises(ValueError, match="is not folded; use at_least"):
            AtLeast(k, operands)

    def test_a_node_holds_a_tuple(self) -> None:
        """A list inside would make the node mutable and no key."""
        with pytest.raises(TypeError, match="operands must be a tuple"):
            AtLeast(1, cast("tuple[Formula, ...]", [0, 1]))


class TestMeaning:
    """Every reading of a formula agrees with its definition."""

    def test_readings_agree(self) -> None:
        """Tables, single selections, bools, planes of rows and sets all give what the definition gives."""
        for rng, n in cases(1, 300):
            f = proper(rng, n)
            rows = [rng.randrange(2**n) for _ in range(20)]
            expected = [told(f, members(row, n)) for row in rows]
            column = [sum(2**at for at, row in enumerate(rows) if row & 2**v) for v in range(n)]
            planes = evaluate(f, with_complements(column, (2**20 - 1).__xor__))
            every = frozenset(range(20))
            sets = [frozenset(at for at in every if rows[at] & 2**v) for v in range(n)]
            found = evaluate(f, with_complements(sets, every.difference))

            assert table(f, n) == described(f, n)
            assert [holds(f, row) for row in rows] == expected
            assert [planes >> at & 1 == 1 for at in range(20)] == expected
            assert [at in found for at in range(20)] == expected
            for row, value in zip(rows, expected, strict=True):
                env = with_complements([v in members(row, n) for v in range(n)], lambda one: not one)
                assert evaluate(f, env) is value

    def test_negation_is_exact(self) -> None:
        """A negation holds exactly elsewhere, and twice gives the same formula back."""
        for rng, n in cases(2, 300):
            f = drawn(rng, n)

            assert table(negate(f), n) == (2**2**n - 1) ^ table(f, n)
            assert negate(negate(f)) == f

    def test_de_morgan(self) -> None:
        """Not all is some not, not some is all not, and not at least k of n is at least n - k + 1 not."""
        for rng, n in cases(3, 200):
            fs = [drawn(rng, n) for _ in range(rng.randrange(5))]
            nots = [negate(f) for f in fs]
            k = rng.randrange(6)

            assert negate(all_of(*fs)) == any_of(*nots)
            assert negate(any_of(*fs)) == all_of(*nots)
            assert negate(at_least(k, fs)) == at_least(len(fs) - k + 1, nots) == at_most(k - 1, fs)

    def test_counts_count(self) -> None:
        """At least, at most, exactly and implies mean what they say, of every selection."""
        for rng, n in cases(4, 200, 5):
            fs = [drawn(rng, n, 2) for _ in range(rng.randrange(1, 5))]
            k = rng.randrange(-1, 6)
            for mask in range(2**n):
                true = [told(f, members(mask, n)) for f in fs]
                assert holds(at_least(k, fs), mask) == (sum(true) >= k)
                assert holds(at_most(k, fs), mask) == (sum(true) <= k)
                assert holds(exactly(k, fs), mask) == (sum(true) == k)
                assert holds(implies(fs[0], fs[-1]), mask) == (not true[0] or true[-1])

    def test_a_selection_may_have_any_number_of_variables(self) -> None:
        """Reading one selection needs no table: a year of days is a formula too."""
        at_most_ten = at_most(10, range(365))

        assert holds(at_most_ten, (1 << 10) - 1)
        assert not holds(at_most_ten, 1 << 364 | (1 << 10) - 1)
        assert len(causes(negate(at_most_ten), (1 << 12) - 1)) == 12


class TestRewriting:
    """Variables are listed, known ones folded away, others replaced."""

    def test_variables_are_those_that_are_read(self) -> None:
        """A variable is read wherever it stands, complemented or not."""
        f = all_of(3, any_of(~5, at_least(2, [0, 3, ~9])))

        assert variables(f) == {0, 3, 5, 9}
        assert highest_variable(f) == 9
        assert variables(TRUE) == frozenset()
        assert (highest_variable(FALSE), highest_variable(0), highest_variable(~0)) == (-1, 0, 0)

    def test_known_variables_disappear(self) -> None:
        """A restricted formula reads none of the known variables and, given them, agrees with the formula."""
        for rng, n in cases(5, 300, 5):
            f = drawn(rng, n)
            known = {v: rng.random() < 0.5 for v in range(n) if rng.random() < 0.5}
            rest = restrict(f, known)

            assert variables(rest) <= variables(f) - known.keys()
            for mask in range(2**n):
                if all((mask & 2**v > 0) == value for v, value in known.items()):
                    assert holds(rest, mask) == holds(f, mask)

    def test_substitution_reads_the_replacements(self) -> None:
        """A substituted formula says what the formula says of the values of the replacements."""
        for rng, n in cases(6, 200, 4):
            f = drawn(rng, n)
            replaced = {v: drawn(rng, n, 2) for v in range(n) if rng.random() < 0.7}
            found = substitute(f, replaced)
            for mask in range(2**n):
                inner = sum(2**v for v in range(n) if told(replaced.get(v, v), members(mask, n)))
                assert holds(found, mask) == holds(f, inner)

    def test_ints_renumber_all_at_once(self) -> None:
        """Two variables can change places, and one become the complement of another."""
        assert substitute(all_of(0, ~1), {0: 1, 1: 0}) == all_of(1, ~0)
        assert substitute(all_of(0, ~1), {0: ~4, 1: ~5}) == all_of(~4, 5)


class TestCarriers:
    """What carries the variables need only know `&` and `|`."""

    def test_only_and_and_or_are_used(self) -> None:
        """A count is made of `&` and `|` over the variables and their complements, and nothing else."""
        assert evaluate(any_of(0, all_of(1, ~2)), gates(3)) == Gate("(a|(b&-c))")
        assert evaluate(at_least(2, [0, 1, 2]), gates(3)) == Gate("((a&b)|((a|b)&c))")

    def test_and_and_or_of_n_cost_one_operation_less_than_n(self) -> None:
        """A count at its ends does no more work than the connective that it is."""
        written = [gate.text for gate in gates(4)[:4]]

        assert threshold(4, gates(4)[:4]).text == "(((a&b)&c)&d)"
        assert threshold(1, gates(4)[:4]).text == "(((a|b)|c)|d)"
        assert threshold(1, [Gate(written[0])]) == Gate("a")

    def test_a_carrier_may_count_its_own_way(self) -> None:
        """A counter of the carrier's own is asked for counts strictly between *or* and *and*."""

        def counter(k: int, operands: Sequence[Gate]) -> Gate:
            return Gate(f"{k}of[{','.join(gate.text for gate in operands)}]")

        f = all_of(0, any_of(1, at_least(2, [0, ~1, 2])))

        assert evaluate(f, gates(3), counter) == Gate("(a&(b|2of[a,-b,c]))")

    def test_no_plane_is_changed(self) -> None:
        """Counting never writes into the caller's own planes, even where `|=` would work in place."""
        planes = [{0, 1}, {1, 2}, {2, 0}]
        env = with_complements(planes, {0, 1, 2}.difference)

        assert evaluate(at_least(2, [0, 1, 2, 0]), env) == {0, 1, 2}
        assert planes == [{0, 1}, {1, 2}, {2, 0}]

    @pytest.mark.parametrize("f", (3, ~3, all_of(0, 3), any_of(0, ~3)))
    def test_a_variable_that_is_not_carried_is_refused(self, f: Formula) -> None:
        """A variable beyond the environment would silently be the complement of another."""
        with pytest.raises(ValueError, match="evaluate: no variable 3 among 6 values; give"):
            evaluate(f, gates(3))

    def test_an_environment_has_as_many_complements(self) -> None:
        """An environment without all its complements is refused."""
        with pytest.raises(ValueError, match="no variable 0 among 5 values"):
            evaluate(0, gates(3)[:5])

    @pytest.mark.parametrize("f", (TRUE, FALSE))
    def test_a_constant_has_no_carried_value(self, f: Formula) -> None:
        """No plane need exist that holds everywhere: constants are told apart first."""
        with pytest.raises(ValueError, match="no carrier has a value for AtLeast"):
            evaluate(f, gates(3))


class TestCauses:
    """Causes are the true literals that make a formula hold."""

    def test_causes_suffice_and_are_true(self) -> None:
        """Knowing only the causes settles the formula; there are none where it does not hold."""
        for rng, n in cases(7, 300):
            f = proper(rng, n)
            for mask in range(2**n):
                found = causes(f, mask)
                assert bool(found) == holds(f, mask)
                assert all(holds(literal, mask) for literal in found)
                assert len(set(found)) == len(found)
                if found:
                    assert restrict(f, {max(one, ~one): one >= 0 for one in found}) == TRUE

    def test_causes_stand_in_the_order_of_the_formula(self) -> None:
        """The first to be named is the first that the rule names, and nobody is named twice."""
        assert causes(all_of(4, any_of(2, 4), ~0), 0b10100) == (4, 2, ~0)

    def test_all_present_members_of_a_count_are_named(self) -> None:
        """Three held where two are too many: all three are named."""
        assert causes(at_least(2, [0, 1, 2, 3]), 0b1011) == (0, 1, 3)

    def test_constants_have_no_cause(self) -> None:
        """What always holds is due to nothing."""
        assert causes(TRUE, 0b1) == causes(FALSE, 0b1) == ()


class TestTables:
    """A table has one bit a selection."""

    @pytest.mark.parametrize("n", (0, 1, 2, 7, 14))
    def test_planes_are_the_bits_of_the_index(self, n: int) -> None:
        """Bit s of plane i is bit i of s, and of its complement the contrary."""
        planes = truth_planes(n)

        assert len(planes) == 2 * n
        for i in range(n):
            pattern = bin(planes[i] | 1 << 2**n)[:2:-1]
            assert pattern == ("0" * 2**i + "1" * 2**i) * 2 ** (n - i - 1)
            assert planes[i] ^ planes[~i] == 2**2**n - 1

    def test_constants_have_tables(self) -> None:
        """Without any variable there is still one selection, the empty one."""
        assert tables([TRUE, FALSE], 0) == [0b1, 0]
        assert tables([TRUE, FALSE, 0, ~0], 1) == [0b11, 0, 0b10, 0b01]
        assert count(table(TRUE, 14)) == 2**14

    def test_a_large_table_is_right_where_it_is_looked_at(self) -> None:
        """At 14 variables a table says what one selection at a time says."""
        rng = random.Random(8)
        f = all_of(at_most(6, range(14)), proper(rng, 14))
        bits = table(f, 14)

        for mask in rng.sample(range(2**14), 500):
            assert bits >> mask & 1 == holds(f, mask)

    @pytest.mark.parametrize("n", (0, 1, 2, 3, 4, 7, 10))
    def test_models_are_the_selections_of_a_table(self, n: int) -> None:
        """The selections of a table are its bits, ascending, as many as it counts."""
        rng = random.Random(n)
        for bits in (0, 2**2**n - 1, *(rng.getrandbits(2**n) for _ in range(20))):
            assert list(models(bits, n)) == [mask for mask in range(2**n) if bits & 2**mask]
            assert count(bits) == len(list(models(bits, n)))

    @pytest.mark.parametrize("n", (-1, MOST_TABLE_VARIABLES + 1))
    def test_too_many_variables_have_no_table(self, n: int) -> None:
        """A table that would fill the memory is refused, with the way out."""
        with pytest.raises(ValueError, match=f"expected 0 to 24 variables, got {n}; beyond, use holds"):
            table(TRUE, n)

    @pytest.mark.parametrize("bits", (~0, -5, 1 << 4))
    def test_a_kept_complement_is_no_table(self, bits: int) -> None:
        """A negative or longer int would silently be counted and listed wrong: it is refused."""
        with pytest.raises(ValueError, match=r"expected 2\^2 bits, got a negative or longer int"):
            list(models(bits, 2))
        with pytest.raises(ValueError, match=r"expected 2\^2 bits"):
            minimal_edits(bits, 2, 0, 0, 0)

    def test_a_negative_table_is_not_counted(self) -> None:
        """The ones of a negative int have no end."""
        with pytest.raises(ValueError, match="expected no negative int; write a & ~b"):
            count(~0b1)


class TestRepairs:
    """A repair is a smallest change after which nothing is broken."""

    def test_edits_are_all_the_minimal_ones(self) -> None:
        """Over a table, minimal edits are those of enumeration, whatever is wanted, held and fixed."""
        for rng, n in cases(9, 2500, 5):
            ok = rng.getrandbits(2**n) & rng.getrandbits(2**n)
            wanted, held, fixed = (rng.randrange(2**n) for _ in range(3))
            right = [e for e in range(2**n) if ok >> (wanted ^ e) & 1 and (wanted ^ e ^ held) & fixed == 0]

            assert minimal_edits(ok, n, wanted, held, fixed) == smallest(right)

    def test_flips_are_all_the_minimal_ones(self) -> None:
        """Without a table, minimal flips are those of enumeration, within the free variables."""
        for rng, n in cases(10, 2500, 5):
            broken = [drawn(rng, n, 2) for _ in range(rng.randrange(5))]
            state, free = rng.randrange(2**n), rng.randrange(2**n)
            bad = reduce(or_, (described(f, n) for f in broken), 0)
            right = [e for e in range(2**n) if e & ~free == 0 and not bad >> (state ^ e) & 1]

            assert minimal_flips(broken, state, free, 10_000) == (smallest(right), False)

    def test_flips_that_the_bound_cannot_reach_are_not_searched(self) -> None:
        """S8: a formula that asks for too many flips stops the search at once, and the answer says that it was cut."""
        thirty = all_of(any_of(*range(100)), negate(at_least(30, range(100))))
        assert minimal_flips([thirty], 1, 2**100 - 1, 2_000) == ([1], True)
        assert minimal_flips([thirty], 1, 2**100 - 2, 2_000) == ([], True)
        assert minimal_flips([thirty], 1, 2**20 - 2, 2_000) == ([], False)

    def test_flips_needed_is_the_size_of_the_smallest_repair(self) -> None:
        """Over distinct variables: the least number of free flips that makes one count false, or None."""
        for rng, n in cases(12, 500, 5):
            f = at_least(rng.randrange(1, n + 1), [rng.choice((v, ~v)) for v in range(n)])
            state, free = rng.randrange(2**n), rng.randrange(2**n)
            sizes = [e.bit_count() for e in range(2**n) if e & ~free == 0 and not holds(f, state ^ e)]

            assert flips_needed(f, state, free) == min(sizes, default=None)

    def test_edits_and_flips_are_the_same_repairs(self) -> None:
        """Changing the fixed variables back, then flipping free ones, gives the edits that the table gives."""
        for rng, n in cases(11, 300, 9):
            broken = [proper(rng, n, 2) for _ in range(rng.randrange(4))]
            ok = table(negate(any_of(*broken)), n)
            wanted, held, fixed = (rng.randrange(2**n) for _ in range(3))
            back = (wanted ^ held) & fixed
            flips, cut = minimal_flips(broken, wanted ^ back, 2**n - 1 & ~fixed, 100_000)

            assert not cut
            assert sorted(back | one for one in flips) == sorted(minimal_edits(ok, n, wanted, held, fixed))

    def test_nothing_to_repair_is_the_empty_repair(self) -> None:
        """An allowed selection needs no change, even where nothing may change."""
        assert minimal_edits(0b0100, 2, wanted=0b10, held=0, fixed=0) == [0]
        assert minimal_flips([0], state=0b10, free=0, limit=1) == ([0], False)
        assert minimal_edits(0b1, 0, 0, 0, 0) == [0]

    def test_what_nothing_repairs_has_no_repair(self) -> None:
        """Where every way is fixed or forbidden, the answer is empty, and complete."""
        assert minimal_edits(0, 2, 0b01, 0, 0) == minimal_edits(0, 0, 0, 0, 0) == []
        assert minimal_flips([TRUE], 0b01, 0b11, 10) == ([], False)
        assert minimal_flips([0], 0b01, 0b10, 10) == ([], False)

    def test_a_fixed_variable_goes_back_to_what_is_held(self) -> None:
        """A closed box that was ticked is unticked; one that was unticked is ticked again."""
        anything = table(TRUE, 3)

        assert minimal_edits(anything, 3, wanted=0b001, held=0b010, fixed=0b011) == [0b011]

    def test_a_month_is_repaired_without_a_table(self) -> None:
        """Eleven days held where ten are allowed: taking back any one of them repairs, and nothing else."""
        too_many = at_least(11, range(365))
        state = sum(1 << 33 * i for i in range(11))

        flips, cut = minimal_flips([too_many], state, (1 << 365) - 1, 100)

        assert flips == [1 << 33 * i for i in range(11)]
        assert not cut

    def test_a_cut_search_is_right_as_far_as_it_goes(self) -> None:
        """Cut anywhere, a search gives the first of all answers, and says so unless nothing was left."""
        rng = random.Random(12)
        for _ in range(30):
            broken = [proper(rng, 6, 2) for _ in range(4)]
            state = rng.randrange(64)
            every, _ = minimal_flips(broken, state, 63, 10_000)
            ends = [minimal_flips(broken, state, 63, limit) for limit in range(70)]

            assert ends[0] == ([], True)
            assert ends[-1] == (every, False)
            for found, cut in ends:
                assert found == every[: len(found)]
                assert cut or found == every


class TestComponents:
    """Variables that no formula links, even through others, do not concern each other."""

    def test_links_chain(self) -> None:
        """Formulas that share a variable are together, and lone variables and constants are not forgotten."""
        formulas = [any_of(4, 2), 5, TRUE, all_of(0, ~4), ~5, FALSE]

        assert components(formulas, 7) == [
            ((0, 2, 4), (0, 3)),
            ((1,), ()),
            ((3,), ()),
            ((5,), (1, 4)),
            ((6,), ()),
            ((), (2, 5)),
        ]
        assert components([], 0) == []
        assert components([TRUE], 0) == [((), (0,))]

    def test_components_are_the_finest_parts(self) -> None:
        """Two variables are together exactly when a chain of formulas leads from one to the other."""
        for rng, n in cases(13, 200, 10):
            formulas = [drawn(rng, n, 1) for _ in range(rng.randrange(7))]
            linked = {(v, v) for v in range(n)}
            linked |= {(a, b) for f in formulas for a in variables(f) for b in variables(f)}
            for via in range(n):
                linked |= {(a, b) for a in range(n) for b in range(n) if {(a, via), (via, b)} <= linked}
            found = components(formulas, n)
            together = {(a, b) for part, _ in found for a in part for b in part}

            assert together == linked
            assert sorted(v for part, _ in found for v in part) == list(range(n))
            assert sorted(index for _, over in found for index in over) == list(range(len(formulas)))
            assert all(variables(formulas[index]) <= set(part) for part, over in found for index in over)

    def test_counts_multiply(self) -> None:
        """The allowed selections are as many as the product over the components says."""
        for rng, n in cases(14, 200, 8):
            formulas = [drawn(rng, n, 1) for _ in range(rng.randrange(5))]
            product = 1
            for part, over in components(formulas, n):
                local = {v: i for i, v in enumerate(part)}
                product *= count(table(all_of(*(substitute(formulas[i], local) for i in over)), len(part)))

            assert product == count(table(all_of(*formulas), n))

    def test_a_variable_beyond_is_refused(self) -> None:
        """A formula over a variable that is not there is named."""
        with pytest.raises(ValueError, match="components: formula 1 reads variable 3, got 3 variables"):
            components([0, all_of(1, ~3)], 3)


def test_smallest_is_what_minimal_means() -> None:
    """The reference for repairs keeps a set exactly when no other is a part of it."""
    rng = random.Random(15)
    for _ in range(200):
        sets = {rng.randrange(64) for _ in range(rng.randrange(12))}
        parts = {b for a, b in combinations(sorted(sets), 2) if a & b == a} | {
            a for a, b in combinations(sorted(sets), 2) if a & b == b
        }

        assert set(smallest(sets)) == sets - parts


def test_the_cheapest_flips_are_those_that_take_most_away() -> None:
    """An operand that is counted three times is worth two flips, where three others would have to go."""
    twice = any_of(0, 1)

    assert flips_needed(at_least(2, [twice, twice, twice, 2]), 0b111, 0b111) == 2
