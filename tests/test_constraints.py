"""Each kind of rule against a plain statement of it, selection by selection; and its sentences (S5)."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest

from clae_rules.alternatives import Way
from clae_rules.constraints import (
    RULES,
    AllOrNone,
    AtLeastCount,
    AtMost,
    Blocks,
    Exactly,
    ExclusiveFormules,
    ForbiddenAlone,
    LeaveFree,
    OneOf,
    OnlyFormules,
    Requires,
    RequiresAny,
    Rule,
    graph,
)
from clae_rules.counts import Counted
from clae_rules.errors import InvalidValueError, Lang
from clae_rules.formulas import FALSE, Formula, all_of, any_of, causes, holds
from clae_rules.variants import Variant
from clae_rules.violations import Violation

ALL = ("a", "b", "c", "d")
FORMULES = {"f": (frozenset("ab"),), "g": (frozenset("c"), frozenset("bd"))}


@dataclass(frozen=True)
class Plain:
    """What rules say themselves with: variable i is the i-th open slot; a late one has variable i + 4."""

    open_slots: tuple[str, ...] = field(default=ALL)

    def said(self, spot: Hashable, variants: tuple[Variant, ...] = ()) -> Formula:
        """The slot as the rule says it: no exception here."""
        return self.slot(self.code(spot), variants)

    def code(self, spot: Hashable) -> str:
        """A spot of one date is its slot."""
        return str(spot)

    def groups(self, spots: Iterable[Hashable], *, by_date: bool = False) -> tuple[tuple[Hashable, ...], ...]:
        """One date of one child."""
        found = tuple(spots)
        return (found,) if found else ()

    def slot(self, code: str, variants: tuple[Variant, ...] = ()) -> Formula:
        """The slot is held, in one of *variants*."""
        if code not in self.open_slots:
            return FALSE
        bit = ALL.index(code)
        if len(variants) != 1:
            return bit
        late = bit + len(ALL)
        return all_of(bit, late if variants[0] is Variant.HORS_DELAI else ~late)

    def formule(self, code: str, spots: tuple[Hashable, ...] = ()) -> Formula:
        """Every slot of one of the sets is held."""
        return any_of(*(all_of(*(self.slot(one) for one in sorted(chosen))) for chosen in FORMULES[code]))

    def ensembles(self, code: str) -> tuple[frozenset[str], ...]:
        """The sets of a formule."""
        return FORMULES[code]

    def expand(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Codes in display order."""
        wanted = set(codes)
        return tuple(code for code in ALL if code in wanted)


Held = frozenset[str]
CASES: tuple[tuple[Rule, Callable[[Held, Held], bool]], ...] = (
    (Requires(code="r", slots=("a", "b"), needs=("c", "d")), lambda h, s: bool(h & s) and not h >= {"c", "d"}),
    (RequiresAny(code="r", slots=("a",), one_of=("c", "d")), lambda h, s: bool(h & s) and not h & {"c", "d"}),
    (ForbiddenAlone(code="r", slots=("a",), companions=("b", "c")), lambda h, s: bool(h & s) and not h & {"b", "c"}),
    (Blocks(code="r", slots=("a", "b"), others=("c",)), lambda h, s: bool(h & s) and "c" in h),
    (AtMost(code="r", slots=ALL, most=2), lambda h, s: len(h & s) > 2),
    (AtMost(code="r", slots=ALL, most=2, weights=(("a", 2),)), lambda h, s: len(h & s) + ("a" in h) > 2),
    (AtLeastCount(code="r", slots=("a", "b", "c"), least=2), lambda h, s: 0 < len(h & s) < 2),
    (Exactly(code="r", slots=ALL, count=2), lambda h, s: len(h & s) not in {0, 2}),
    (AllOrNone(code="r", slots=("a", "b", "c"), all_or_none=True), lambda h, s: h & s not in (frozenset(), s)),
    (
        OnlyFormules(code="r", slots=ALL, offered=("f", "g")),
        lambda h, s: h & s not in [frozenset(), *(one for code in "fg" for one in FORMULES[code])],
    ),
    (
        ExclusiveFormules(code="r", slots=ALL, exclusive=("f", "g")),
        lambda h, s: sum(any(one <= h for one in FORMULES[code]) for code in "fg") > 1,
    ),
    (AtMost(code="r", slots=ALL, most=0, counted=Counted.DAYS), lambda h, s: bool(h & s)),
    (LeaveFree(code="r", slots=ALL, free=2, counted=Counted.SLOTS), lambda h, s: len(h & s) > max(0, len(s) - 2)),
    (
        OneOf(code="r", slots=ALL, ways=(Way(slots=("a", "b"), least=2), Way(formules=("g",), least=1))),
        lambda h, s: bool(h & s) and not h >= {"a", "b"} and not any(one <= h for one in FORMULES["g"]),
    ),
)


def selections(slots: Iterable[str] = ALL) -> list[Held]:
    """Every selection of some slots."""
    known = tuple(slots)
    return [frozenset(one) for size in range(len(known) + 1) for one in combinations(known, size)]


def mask(held: Held) -> int:
    """A selection as the formula reads it."""
    return sum(1 << ALL.index(code) for code in held)


@pytest.mark.parametrize("open_slots", selections())
@pytest.mark.parametrize(("rule", "broken"), CASES)
def test_a_rule_is_broken_where_its_plain_statement_says(
    rule: Rule, broken: Callable[[Held, Held], bool], open_slots: Held
) -> None:
    """S5.7: the one formula of each kind, over all selections of the slots that are open."""
    words = Plain(tuple(code for code in ALL if code in open_slots))
    subject = tuple(code for code in rule.slots if code in open_slots)
    formula = rule.violated(subject, words)
    for held in selections(words.open_slots):
        assert holds(formula, mask(held)) is (bool(subject) and broken(held, frozenset(subject))), held


@pytest.mark.parametrize("rule", tuple(rule for rule, _ in CASES))
def test_the_empty_selection_breaks_nothing(rule: Rule) -> None:
    """S1.7: every rule holds on the empty day, and said of no open slot it forbids nothing."""
    assert not holds(rule.violated(rule.slots, Plain()), 0)
    assert not any(holds(rule.violated((), Plain()), mask(held)) for held in selections())


def test_every_kind_is_listed_once() -> None:
    """S5: each kind has a verb and a slug of its own, and is held against its plain statement here."""
    assert {type(rule) for rule, _ in CASES} == set(RULES)
    assert len({cls.verb for cls in RULES}) == len({cls.kind for cls in RULES}) == len(RULES)


def test_a_rule_may_narrow_to_one_variant() -> None:
    """S2.3: a rule of the late variant says nothing of the normal one."""
    rule = AtMost(code="r", slots=ALL, most=0, variants=(Variant.HORS_DELAI,))
    formula = rule.violated(("a",), Plain())
    assert not holds(formula, 0b1)
    assert holds(formula, 0b10001)


@pytest.mark.parametrize("rule", (CASES[0][0], CASES[1][0], CASES[2][0]))
def test_a_closed_slot_is_never_needed(rule: Rule) -> None:
    """S5.6: where what is needed is closed, no literal of it is blamed."""
    formula = rule.violated(("a",), Plain(("a",)))
    assert causes(formula, 0b1) == (0,)


@pytest.mark.parametrize(
    ("rule", "told", "fr", "en"),
    (
        (
            CASES[0][0],
            {"slots": ("a",), "missing": ("c", "d")},
            "« a » n'est possible qu'avec « c » et « d »",
            "« a » is only possible with « c » and « d »",
        ),
        (
            CASES[0][0],
            {"slots": ("a",), "unavailable": ("c",)},
            "« a » n'est pas possible : « c » n'est pas ouvert ce jour-là",
            "« a » is not possible: « c » is not open that day",
        ),
        (
            CASES[1][0],
            {"slots": ("a",), "missing": ("c", "d")},
            "« a » n'est possible qu'avec « c » ou « d »",
            "« a » is only possible with « c » or « d »",
        ),
        (
            CASES[2][0],
            {"slots": ("a",), "missing": ("b", "c")},
            "impossible de réserver uniquement « a » : ajoutez « b » ou « c »",
            "« a » cannot be booked alone: add « b » or « c »",
        ),
        (
            CASES[2][0],
            {"slots": ("a",), "unavailable": ("b",)},
            "impossible de réserver « a » seul : « b » n'est pas ouvert ce jour-là",
            "« a » cannot be booked alone: « b » is not open that day",
        ),
        (
            CASES[3][0],
            {"slots": ("a", "c")},
            "« a » et « c » ne vont pas ensemble",
            "« a » and « c » do not go together",
        ),
        (
            CASES[0][0],
            {"slots": ("a", "b"), "unavailable": ("c", "d")},
            "« a » et « b » n'est pas possible : « c » et « d » n'est pas ouvert ce jour-là",
            "« a » and « b » is not possible: « c » and « d » is not open that day",
        ),
        (
            CASES[1][0],
            {"slots": ("a", "b"), "unavailable": ("c", "d")},
            "« a » et « b » n'est pas possible : « c » ou « d » n'est pas ouvert ce jour-là",
            "« a » and « b » is not possible: « c » or « d » is not open that day",
        ),
        (
            CASES[2][0],
            {"slots": ("a", "d"), "missing": ("b",)},
            "impossible de réserver uniquement « a » et « d » : ajoutez « b »",
            "« a » and « d » cannot be booked alone: add « b »",
        ),
        (CASES[4][0], {"slots": ("a",)}, "pas plus de 2, ici « a »", "no more than 2, here « a »"),
        (
            CASES[6][0],
            {"slots": ("a",), "missing": ("b", "c")},
            "aucun ou au moins 2, ici « a » ; ajoutez « b » ou « c »",
            "none or at least 2, here « a »; add « b » or « c »",
        ),
        (CASES[7][0], {}, "aucun ou exactement 2, ici rien", "none or exactly 2, here nothing"),
        (
            CASES[8][0],
            {"slots": ("a",), "missing": ("b", "c")},
            "« a » ne se réserve qu'avec « b » et « c » : tout ou rien",
            "« a » is booked with « b » and « c » only: all or none",
        ),
        (
            CASES[9][0],
            {"slots": ("a",)},
            "« a » n'est pas une formule proposée ; choisissez « f » ou « g »",
            "« a » is not one of the formules offered; choose « f » or « g »",
        ),
        (
            CASES[9][0],
            {"slots": ("a", "b"), "labels": {"a": "A", "formule.f": "Journée"}},
            "« A » et « b » ne sont pas une formule proposée ; choisissez « Journée » ou « g »",
            "« A » and « b » are not one of the formules offered; choose « Journée » or « g »",
        ),
        (
            CASES[10][0],
            {"slots": ("a", "b", "c")},
            "« a », « b » et « c » : une seule formule par jour parmi « f » ou « g »",
            "« a », « b » and « c »: only one formule a day of « f » or « g »",
        ),
    ),
)
def test_a_rule_says_its_own_refusal(rule: Rule, told: dict[str, Any], fr: str, en: str) -> None:
    """S1.4: the sentence comes from the rule object, in French and in English."""
    violation = Violation(code=rule.kind, speaker=rule, **told)
    assert (violation.sentence("fr"), violation.sentence("en")) == (fr, en)


@pytest.mark.parametrize("lang", ("fr", "en"))
def test_a_refusal_is_told_in_one_language(lang: Lang) -> None:
    """S1.4: every part of a sentence, what it names and how it joins it, is in the language asked."""
    spoken: list[object] = []

    class Told(Violation):
        __slots__ = ()

        def named(self, slots: tuple[str, ...], lang: Lang, last: tuple[str, str] = ("et", "and")) -> str:
            spoken.append(lang)
            return Violation.named(self, slots, lang, last)

    for rule, _ in CASES:
        Told(code=rule.kind, speaker=rule, slots=("a",), missing=("c",)).sentence(lang)
        Told(code=rule.kind, speaker=rule, slots=("a",), unavailable=("c",)).sentence(lang)
    assert set(spoken) == {lang}


@pytest.mark.parametrize(
    ("rule", "subject", "named", "idle"),
    (
        (CASES[0][0], "a", "a", True),
        (CASES[0][0], "a", "b", False),
        (CASES[0][0], "ab", "ab", False),
        (CASES[0][0], "a", "ab", False),
        (CASES[0][0], "", "a", False),
        (CASES[0][0], "", "", False),
        *(
            (rule, *case)
            for rule in (CASES[1][0], CASES[2][0])
            for case in (("a", "a", True), ("a", "ab", True), ("ab", "a", False), ("", "a", False), ("a", "", False))
        ),
        (CASES[3][0], "a", "a", False),
    ),
)
def test_a_rule_that_forbids_nothing_is_idle(rule: Rule, subject: str, named: str, idle: bool) -> None:
    """S1.2: what needs itself alone, or one of several among which it is, says nothing; to block itself is to forbid."""
    assert rule.is_idle(frozenset(subject), frozenset(named)) is idle


def test_formules_of_one_variant_are_of_that_variant() -> None:
    """S2.3, S5.3: « formules seulement » of the late variant says nothing of what is held in time."""
    rule = OnlyFormules(code="r", slots=ALL, offered=("g",), variants=(Variant.HORS_DELAI,))
    formula = rule.violated(("a",), Plain())
    assert (holds(formula, 0b1), holds(formula, 0b10001)) == (False, True)


def test_all_or_none_is_written_true() -> None:
    """S1.2: « tout_ou_rien = false » says nothing and is refused."""
    with pytest.raises(InvalidValueError, match="enlevez la règle"):
        AllOrNone(code="r", all_or_none=False)


def test_the_graph_is_read_from_the_rules() -> None:
    """S5: each edge goes from a subject to what the rule names, or to the other subjects."""
    assert list(graph([CASES[1][0]])) == [("a", "demande-un-de", "c"), ("a", "demande-un-de", "d")]
    assert list(graph([AtMost(code="r", slots=("a", "b"), most=1)])) == [("a", "au-plus", "b"), ("b", "au-plus", "a")]
