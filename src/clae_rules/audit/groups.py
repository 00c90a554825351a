"""Groups of boxes that rules tie together, and what is asked of each, whether it has a table or a solver."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..formulas import Formula, all_of, any_of
from ..variants import Variant


class BoxName(NamedTuple):
    """A box: a slot; its late variant apart only where some rule tells the two apart."""

    slot: str
    variant: Variant = Variant.NORMAL

    def text(self, labels: Mapping[str, str]) -> str:
        """The slot's name, « hors-délai » where the box is the late one."""
        late = " hors-délai" if self.variant is Variant.HORS_DELAI else ""
        return f"« {labels.get(self.slot, self.slot)} »{late}"


def named(boxes: Sequence[BoxName], selection: Iterable[int]) -> tuple[BoxName, ...]:
    """The boxes of a selection, a late one in place of its slot's plain one, in display order."""
    held = [boxes[i] for i in sorted(selection)]
    late = {box.slot for box in held if box.variant is Variant.HORS_DELAI}
    return tuple(box for box in held if box.variant is Variant.HORS_DELAI or box.slot not in late)


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """
    Boxes that some rules tie together, too many to be looked at one selection at a time.

    Args:
        boxes: The boxes; variable i of the formulas is the i-th.
        rules: Codes of the rules that tie them.
        violations: For each rule the formula that holds where it is broken.
        impossible: Formulas that hold of no selection: a late box without its slot.
    """

    boxes: tuple[BoxName, ...]
    rules: tuple[str, ...]
    violations: tuple[Formula, ...]
    impossible: tuple[Formula, ...] = ()


class Group(ABC):
    """
    What is asked of a group of boxes that rules tie together, whether its selections are listed or searched.

    Boxes and rules are named by their places in `boxes` and `rules`.
    """

    boxes: tuple[BoxName, ...]
    rules: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of boxes."""
        return len(self.boxes)

    @property
    @abstractmethod
    def living(self) -> tuple[int, ...]:
        """The boxes that some allowed selection holds."""

    @abstractmethod
    def forced(self) -> tuple[int, ...]:
        """The boxes that every allowed selection but the empty one holds; none where there is no other."""

    @abstractmethod
    def never_together(self) -> Iterator[tuple[int, int]]:
        """Pairs of boxes, each of which can be held, that no allowed selection holds both of."""

    @abstractmethod
    def always_together(self) -> Iterator[tuple[int, int]]:
        """Pairs of boxes, each of which can be held, that every allowed selection holds both or neither of."""

    @abstractmethod
    def redundant(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each rule that the others imply, with a set of them that does, none of which can be left out."""

    @abstractmethod
    def twins(self) -> Iterator[tuple[int, int]]:
        """Pairs of rules that exactly the same selections break."""

    @abstractmethod
    def breakable(self, rule: int) -> bool:
        """Whether some selection breaks a rule."""

    @abstractmethod
    def refusing(self, unwanted: Formula, without: int | None = None) -> tuple[str, ...]:
        """
        Codes of rules, none of which can be left out, that together refuse every selection of which a formula holds.

        Args:
            unwanted: What all the rules together refuse.
            without: A rule that is not to be among them; the others refuse it too.
        """

    @abstractmethod
    def completed(self, fixed: Mapping[int, bool]) -> frozenset[int] | None:
        """The boxes of an allowed selection that holds some and not others; None where there is none."""

    @abstractmethod
    def lone(self, rule: int) -> frozenset[int] | None:
        """A selection that breaks a rule and no other; None where the others imply it."""

    @abstractmethod
    def flip(self, rule: int) -> tuple[frozenset[int], frozenset[int]] | None:
        """
        An allowed selection and one, a single box away, that breaks this rule and no other; None where there is none.

        The allowed one holds something wherever it can. Ticking a slot late is one box; holding it in the other variant
        is another selection of two.
        """

    def dead(self) -> tuple[int, ...]:
        """The boxes that no allowed selection holds."""
        return tuple(i for i in range(self.n) if i not in set(self.living))

    def killers(self, box: int) -> tuple[str, ...]:
        """The rules, none of which can be left out, that together never let a box be held."""
        return self.refusing(box)

    def why_apart(self, i: int, j: int) -> tuple[str, ...]:
        """The rules that never let two boxes be held together."""
        return self.refusing(all_of(i, j))

    def why_together(self, i: int, j: int) -> tuple[str, ...]:
        """The rules that never let one of two boxes be held without the other."""
        return self.refusing(any_of(all_of(i, ~j), all_of(~i, j)))

    def why_forced(self, box: int) -> tuple[str, ...]:
        """The rules that never let anything be held without a box."""
        return self.refusing(all_of(~box, any_of(*range(self.n))))

    def named(self, selection: Iterable[int]) -> tuple[BoxName, ...]:
        """The boxes of a selection, a late one in place of its slot's plain one, in display order."""
        return named(self.boxes, selection)

    @cached_property
    def ticks(self) -> tuple[tuple[int, ...], ...]:
        """What one tick of the page holds, box by box: the slot, and its late box with it where it is the late one."""
        plain = {box.slot: i for i, box in enumerate(self.boxes) if box.variant is Variant.NORMAL}
        return tuple(
            (i,) if box.variant is Variant.NORMAL else (plain[box.slot], i) for i, box in enumerate(self.boxes)
        )
