"""Laws of formulas, for all that Hypothesis can think of."""

import pytest

pytest.importorskip("hypothesis")

from hypothesis import given
from hypothesis import strategies as st

from clae_rules.formulas import (
    FALSE,
    TRUE,
    AtLeast,
    Formula,
    all_of,
    any_of,
    at_least,
    at_most,
    causes,
    count,
    evaluate,
    exactly,
    holds,
    minimal_edits,
    minimal_flips,
    models,
    negate,
    restrict,
    substitute,
    table,
    truth_planes,
    variables,
)

N = 5
FULL = table(TRUE, N)

masks = st.integers(0, (1 << N) - 1)
knowledge = st.dictionaries(st.integers(0, N - 1), st.booleans())


def _nodes(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.builds(at_least, st.integers(-1, 6), st.lists(inner, max_size=5))


literals: st.SearchStrategy[Formula] = st.integers(-N, N - 1)
formulas = st.recursive(literals | st.sampled_from((TRUE, FALSE)), _nodes, max_leaves=15)


def nodes(f: Formula) -> list[AtLeast]:
    """Every node of a formula, itself first."""
    return [] if isinstance(f, int) else [f, *(node for o in f.operands for node in nodes(o))]


@given(formulas)
def test_formulas_are_normal(f: Formula) -> None:
    """No constant stands below a node, and every count can be reached."""
    for node in nodes(f):
        assert node in (TRUE, FALSE) if f in (TRUE, FALSE) else 1 <= node.k <= len(node.operands) >= 2


@given(formulas)
def test_negation_is_an_involution_and_a_complement(f: Formula) -> None:
    """Twice negated is the same value; once, the complement."""
    assert negate(negate(f)) == f
    assert table(negate(f), N) == FULL & ~table(f, N)


@given(st.integers(-1, 7), st.lists(formulas, max_size=6))
def test_de_morgan(k: int, operands: list[Formula]) -> None:
    """Fewer than k hold exactly when more than n - k do not."""
    nots = [negate(f) for f in operands]

    assert negate(at_least(k, operands)) == at_least(len(operands) - k + 1, nots) == at_most(k - 1, operands)
    assert negate(all_of(*operands)) == any_of(*nots)


@given(st.lists(formulas, max_size=5))
def test_exact_counts_share_out_all_selections(operands: list[Formula]) -> None:
    """Of every selection, exactly one number of operands is true."""
    shares = [count(table(exactly(k, operands), N)) for k in range(len(operands) + 1)]

    assert sum(shares) == 1 << N


@given(formulas, masks)
def test_a_table_says_what_each_selection_says(f: Formula, mask: int) -> None:
    """The compiled form and the formula give the same answer."""
    assert table(f, N) >> mask & 1 == holds(f, mask)


@given(formulas)
def test_models_rebuild_the_table(f: Formula) -> None:
    """A table is the set of its models."""
    assert sum(1 << mask for mask in models(table(f, N), N)) == table(f, N)


@given(formulas, masks)
def test_causes_settle_a_formula(f: Formula, mask: int) -> None:
    """Knowing the causes is enough, and all of them are true."""
    found = causes(f, mask)

    assert holds(all_of(*found), mask)
    if holds(f, mask):
        assert restrict(f, {max(one, ~one): one >= 0 for one in found}) == TRUE
    else:
        assert found == ()


@given(formulas, knowledge)
def test_restriction_is_what_remains(f: Formula, known: dict[int, bool]) -> None:
    """Within what is known, a formula and its restriction have the same table."""
    given_known = table(all_of(*(v if value else ~v for v, value in known.items())), N)
    rest = restrict(f, known)

    assert table(rest, N) & given_known == table(f, N) & given_known
    assert variables(rest).isdisjoint(known)


@given(formulas, st.permutations(range(N)))
def test_renumbering_can_be_undone(f: Formula, order: list[int]) -> None:
    """Renumbered there and back, a formula is the same value."""
    there = dict(enumerate(order))
    back = {new: old for old, new in there.items()}

    assert substitute(substitute(f, there), back) == f


@given(formulas, st.lists(formulas, min_size=N, max_size=N))
def test_substitution_is_evaluation_over_formulas(f: Formula, replacements: list[Formula]) -> None:
    """Putting formulas in place of variables, then reading, is reading over their tables."""
    planes = [table(g, N) for g in replacements]
    env = [*planes, *(FULL & ~plane for plane in reversed(planes))]
    expected = table(f, N) if f in (TRUE, FALSE) else evaluate(f, env)

    assert table(substitute(f, dict(enumerate(replacements))), N) == expected


@given(st.lists(formulas, max_size=4), masks, masks)
def test_repairs_repair_and_are_minimal(violations: list[Formula], state: int, free: int) -> None:
    """A repair leaves nothing broken, none is part of another, and the table knows the same ones."""
    found, cut = minimal_flips(violations, state, free, 1 << N)

    assert not cut
    for flips in found:
        assert flips & ~free == 0
        assert not any(holds(f, state ^ flips) for f in violations)
        assert not any(other != flips and other & flips == other for other in found)
    ok = table(negate(any_of(*violations)), N)
    assert minimal_edits(ok, N, state, state, ~free & (1 << N) - 1) == found


@given(formulas)
def test_the_planes_are_their_own_tables(f: Formula) -> None:
    """The table of a literal is its plane, so a table can be read again over the planes."""
    env = truth_planes(N)

    assert [table(v, N) for v in range(-N, N)] == [env[v] for v in range(-N, N)]
    assert f in (TRUE, FALSE) or evaluate(f, env) == table(f, N)
