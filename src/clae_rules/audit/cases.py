"""
Selections to test a portal with, each with the answer expected of it; and which rules real bookings ever met.

For each rule a pair that differs by one box and that this rule alone tells apart (MC/DC), or why there is none; for each
kind of day a sample in which every two boxes meet in every way that the rules allow.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import combinations, combinations_with_replacement, product
from types import MappingProxyType
from typing import Final

from ..constraints import Rule
from ..engine import Engine
from ..errors import ClaeRulesError, Lang
from ..slots import Held
from ..variants import Variant
from ..violations import Violation
from .groups import Group
from .kinds import Days, KindOfDay
from .large import MissingSolverError


class Absence(Enum):
    """Why no pair of selections of one day shows what a rule does, proved over every one of every kind of day."""

    MUTE = "muette"
    IMPLIED = "redondante"
    FAR = "à plus d'une case"
    UNSEEN = "non regardée"
    LONGER = "sur plusieurs jours"


_ABSENCES: Final = MappingProxyType(
    {
        Absence.MUTE: ("aucune sélection ne l'enfreint", "no selection breaks it"),
        Absence.IMPLIED: ("{rules} refusent déjà tout ce qu'elle refuse", "{rules} already refuse all that it refuses"),
        Absence.FAR: (
            "ce qu'elle est seule à refuser ({example}) est à plus d'une case de tout ce qui est permis",
            "what it alone refuses ({example}) is more than one box away from all that is allowed",
        ),
        Absence.LONGER: (
            "elle se juge sur plusieurs jours, ou sur tout le foyer",
            "it is judged over several days, or over the whole household",
        ),
        Absence.UNSEEN: (
            "plus de 20 cases liées : pip install 'clae-rules[sat]'",
            "over 20 boxes tied: pip install 'clae-rules[sat]'",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """
    A selection to try, with the answer that its rules give; whatever deadlines and gates say besides.

    Args:
        why: What it shows, French then English; a selection that shows several things stands once.
        kind: The kind of day in words.
        day: A date of that kind.
        family: (fact, value) of a family that meets it, as words.
        held: What to tick, in display order.
        broken: Codes of the rules that it breaks; none where it is allowed.
        sentences: Their refusals, French then English.
    """

    why: tuple[tuple[str, str], ...]
    kind: str
    day: date
    family: tuple[tuple[str, str], ...]
    held: tuple[Held, ...]
    broken: tuple[str, ...]
    sentences: tuple[tuple[str, str], ...]

    @property
    def allowed(self) -> bool:
        """Whether the rules allow it."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class RulePair:
    """
    An allowed and a refused selection one box apart, between which one rule flips and no other.

    Args:
        rule: Its code.
        allowed: What breaks no rule.
        refused: What breaks this rule alone.
    """

    rule: str
    allowed: Case
    refused: Case


@dataclass(frozen=True, slots=True)
class NoPair:
    """
    That no pair shows what a rule does.

    Args:
        rule: Its code.
        absence: Why.
        rules: Where it is implied: the rules that imply it.
        example: Where it is far: what it alone refuses.
        labels: (slot code, short label).
    """

    rule: str
    absence: Absence
    rules: tuple[str, ...] = ()
    example: tuple[Held, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    def sentence(self, lang: Lang = "fr") -> str:
        """The reason in one sentence."""
        labels = dict(self.labels)
        rules = ", ".join(f"« {one} »" for one in self.rules)
        example = ", ".join(f"« {labels[one.slot]} »" for one in self.example)
        return _ABSENCES[self.absence][lang == "en"].format(rules=rules, example=example)


class DisagreementError(ClaeRulesError):
    """An audit and the decision give two answers to one question: a fault of this package, never of a règlement."""


class CaseBook:
    """
    Everything to try on a portal that applies a règlement.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine, self.days = engine, Days(engine)

    def pairs(self) -> tuple[RulePair | NoPair, ...]:
        """For each rule a pair, or why there is none, in the order of the règlement."""
        return tuple(self._pair(rule) for rule in self.engine.reglement.rules)

    def sample(self) -> tuple[Case, ...]:
        """
        For each kind of day, allowed selections in which every two boxes meet in every way that the rules allow.

        Raises:
            MissingSolverError: If a kind of day ties more than 20 boxes and python-sat is not installed.
        """
        why = ("les cases deux à deux", "boxes two by two")
        return tuple(self._case(kind, held, why) for kind in self.days.kinds for held in pairwise(kind))

    def cases(self) -> tuple[Case, ...]:
        """The pairs, then the sample, each selection of a kind of day once."""
        pairs = [one for one in self.pairs() if isinstance(one, RulePair)]
        found: dict[tuple[object, ...], Case] = {}
        for case in (*(case for one in pairs for case in (one.allowed, one.refused)), *self.sample()):
            key = (case.kind, case.held, case.broken)
            met = found.get(key)
            found[key] = case if met is None else replace(met, why=tuple(dict.fromkeys((*met.why, *case.why))))
        return tuple(found.values())

    def _pair(self, rule: Rule) -> RulePair | NoPair:
        code, labels = rule.code, tuple(self.engine.labels.items())
        if rule.spans:
            return NoPair(code, Absence.LONGER)
        met = [
            (kind, group, group.rules.index(code)) for kind in self.days.kinds for group in kind.groups if code in group.rules
        ]  # fmt: skip
        for kind, group, index in met:
            flip = group.flip(index)
            if flip is not None:
                return self._flipped(kind, group, code, flip)
        unseen = any(code in one.rules for kind in self.days.kinds for one in kind.spaces.large if not kind.is_whole)
        if unseen:
            return NoPair(code, Absence.UNSEEN)
        broken = [one for one in met if one[1].breakable(one[2])]
        if not broken:
            return NoPair(code, Absence.MUTE)
        lone = ((group, group.lone(index)) for _, group, index in broken)
        far = next(((group, alone) for group, alone in lone if alone is not None), None)
        if far is not None:
            return NoPair(code, Absence.FAR, (), _held(*far), labels)
        implying = (dict(group.redundant())[index] for _, group, index in broken)
        return NoPair(code, Absence.IMPLIED, tuple(dict.fromkeys(one for some in implying for one in some)))

    def _flipped(
        self, kind: KindOfDay, group: Group, code: str, flip: tuple[frozenset[int], frozenset[int]]
    ) -> RulePair:  # fmt: skip
        fine = (f"règle « {code} » respectée", f"rule « {code} » kept")
        refused = (f"règle « {code} » seule enfreinte", f"rule « {code} » alone broken")
        pair = RulePair(
            code, self._case(kind, _held(group, flip[0]), fine), self._case(kind, _held(group, flip[1]), refused)
        )
        if (pair.allowed.broken, pair.refused.broken) != ((), (code,)):
            raise DisagreementError(f"règle « {code} » : {pair.allowed} / {pair.refused}")
        return pair

    def _case(self, kind: KindOfDay, held: tuple[Held, ...], why: tuple[str, str]) -> Case:
        """A selection with the answer of the decision's own door."""
        order, labels = self.engine.order, self.engine.names
        broken = kind.type.broken({one.slot: one.variant for one in held})
        told = [
            Violation(
                code=one.speaking.rule.kind, rule=one.speaking.rule.code, slots=one.present, missing=one.missing,
                unavailable=one.unavailable, speaker=one.speaking.rule, labels=labels,
            )
            for one in broken
        ]  # fmt: skip
        return Case(
            (why,),
            kind.text(),
            kind.days[0],
            tuple((fact, str(value).lower()) for fact, value in kind.values.items()),
            tuple(sorted(held, key=lambda one: order.index(one.slot))),
            tuple(one.speaking.rule.code for one in broken),
            tuple((one.sentence("fr"), one.sentence("en")) for one in told),
        )


def _held(group: Group, selection: Iterable[int]) -> tuple[Held, ...]:
    return tuple(Held(*one) for one in group.named(selection))


#: A box of a kind of day, by group and place, and whether it is held.
_Literal = tuple[int, int, bool]


def pairwise(kind: KindOfDay) -> tuple[tuple[Held, ...], ...]:
    """
    Allowed selections in which every two boxes meet in every way that the rules allow: both, one, the other, neither.

    One after the other, each built around a meeting still to come, its other boxes chosen to bring as many as they can.

    Raises:
        MissingSolverError: If the kind ties more than 20 boxes and python-sat is not installed.
    """
    if not kind.is_whole:
        raise MissingSolverError
    groups = kind.groups
    boxes = [(g, i) for g, group in enumerate(groups) for i in range(group.n)]
    left = dict.fromkeys(_meetings(groups, boxes))
    rows = []
    while left:
        fixed = _row(groups, boxes, left)
        rows.append(tuple(one for g, group in enumerate(groups) for one in _held(group, _of(fixed, g))))
        literals = sorted((*box, held) for box, held in fixed.items())
        for met in combinations_with_replacement(literals, 2):
            left.pop(met, None)
    return tuple(rows)


def _meetings(groups: tuple[Group, ...], boxes: list[tuple[int, int]]) -> Iterator[tuple[_Literal, _Literal]]:
    """Every two boxes, each held or not, that some allowed selection has; a box that is alone meets itself."""
    single = {(g, i, held) for g, i in boxes for held in (True, False) if groups[g].completed({i: held}) is not None}
    if len(boxes) == 1:
        yield from ((one, one) for one in sorted(single))
    for (g, i), (h, j) in combinations(boxes, 2):
        for one, two in product((True, False), repeat=2):
            both = {(g, i, one), (h, j, two)} <= single
            if both and (g != h or groups[g].completed({i: one, j: two}) is not None):
                yield (g, i, one), (h, j, two)


def _row(
    groups: tuple[Group, ...], boxes: list[tuple[int, int]], left: dict[tuple[_Literal, _Literal], None]
) -> dict[tuple[int, int], bool]:  # fmt: skip
    """An allowed selection around the first meeting left."""
    fixed = {(g, i): held for g, i, held in next(iter(left))}
    for g, i in boxes:
        if (g, i) in fixed:
            continue
        gain = {held: _gain(left, fixed, (g, i, held)) for held in (False, True)}
        best = gain[True] > gain[False]
        mine = {place: held for (group, place), held in fixed.items() if group == g}
        possible = groups[g].completed({**mine, i: best}) is not None
        fixed[g, i] = best if possible else not best
    return fixed


def _gain(
    left: dict[tuple[_Literal, _Literal], None], fixed: dict[tuple[int, int], bool], new: _Literal
) -> int:  # fmt: skip
    return sum(tuple(sorted(((*box, held), new))) in left for box, held in fixed.items())


def _of(fixed: dict[tuple[int, int], bool], group: int) -> list[int]:
    return [place for (one, place), held in fixed.items() if held and one == group]


def to_csv(cases: Iterable[Case], engine: Engine, lang: Lang = "fr", delimiter: str = ";") -> str:
    """
    Cases as a table for a town hall's acceptance: a row to try, a column a slot, and one to write down what was got.

    Args:
        cases: What to try.
        engine: The règlement, for the names of its slots.
        lang: Language of the words; the names of slots stay as they are.
        delimiter: A French spreadsheet reads « ; ».
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    french = ("n°", "date", "jour", "famille", "ce que cela montre")
    head = french if lang == "fr" else ("no", "date", "day", "family", "what it shows")
    tail = ("attendu", "motif", "obtenu") if lang == "fr" else ("expected", "reason", "got")
    writer.writerow([_cell(one) for one in (*head, *engine.labels.values(), *tail)])
    for number, case in enumerate(cases, 1):
        held = {one.slot: one.variant for one in case.held}
        ticks = [_tick(held.get(code), lang) for code in engine.order]
        family = ", ".join(f"{fact} = {value}" for fact, value in case.family)
        why = " ; ".join(one[lang == "en"] for one in case.why)
        reasons = " ; ".join(one[lang == "en"] for one in case.sentences)
        answers = ("permis", "refusé") if lang == "fr" else ("allowed", "refused")
        row = (
            str(number),
            case.day.isoformat(),
            case.kind,
            family,
            why,
            *ticks,
            answers[not case.allowed],
            reasons,
            "",
        )
        writer.writerow([_cell(one) for one in row])
    return out.getvalue()


def _tick(variant: Variant | None, lang: Lang) -> str:
    late = ("hors délai", "late")[lang == "en"]
    return "" if variant is None else late if variant is Variant.HORS_DELAI else "x"


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
