"""What every rule of a selection is: a selector, one formula of its violation, one sentence (S5.7)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Protocol

from .described import Key, ListOf
from .errors import Lang
from .formulas import Formula
from .selectors import Where
from .shapes import Ref, Slug
from .slots import HYPOTHESE, SOURCE
from .variants import Variant
from .violations import Violation
from .windows import Unit, Window

SLOTS: Final = ListOf(Ref(("créneau", "groupe", "mode")), single=True)
FORMULES: Final = ListOf(Ref(("formule",)), single=True)
#: One date of one child: where a rule says nothing else, it speaks of that.
ONE_DAY: Final = Window(Unit.DAY)


class Tally(Protocol):
    """
    What a rule counts with, over one date or over a window.

    A *spot* is what is counted: a slot where the rule speaks of one date, a slot of a child's date over a window.
    """

    def said(self, spot: Hashable, variants: tuple[Variant, ...] = ()) -> Formula:
        """The spot is held, in one of *variants* where some are named, and no exception of the rule holds for it."""

    def code(self, spot: Hashable) -> str:
        """The slot of a spot."""

    def groups(self, spots: Iterable[Hashable], *, by_date: bool = False) -> tuple[tuple[Hashable, ...], ...]:
        """The spots of each child's date; of each date, whatever the children, where *by_date*."""

    def formule(self, code: str, spots: tuple[Hashable, ...] = ()) -> Formula:
        """Every slot of one of the formule's sets is held, on the child's date of *spots* where there are several."""

    def expand(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The slots that slot, group and mode codes stand for, in display order."""


class Words(Tally, Protocol):
    """What a rule of one date says itself with: formulas that hold where a slot, or a formule, is held."""

    def slot(self, code: str, variants: tuple[Variant, ...] = ()) -> Formula:
        """The slot is held, in one of *variants* where some are named; FALSE where it is not open."""

    def ensembles(self, code: str) -> tuple[frozenset[str], ...]:
        """The sets of slots of a formule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Where):
    """
    A rule of the slots held on one date, or over a window; the selector says of which slots, which dates and whom.

    A subclass gives its verb (the French key), its `violated` formula and its sentence.
    """

    verb: ClassVar[str]
    kind: ClassVar[str]

    code: Annotated[str, Key("", Slug(), "")]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        """
        The formula that holds exactly where the rule is broken.

        Args:
            subject: The slots of which the rule is said on that date, in display order.
        """
        raise NotImplementedError

    def objects(self) -> tuple[str, ...]:
        """The codes that the rule names besides its subject."""
        return ()

    def is_idle(self, subject: frozenset[str], named: frozenset[str]) -> bool:
        """
        Whether no selection could ever break it, since each slot of which it speaks is among those that it names.

        Args:
            subject: The slots of which it speaks.
            named: The slots that `objects` stand for.
        """
        del subject, named
        return False

    def counted_formules(self) -> tuple[str, ...]:
        """The formules that it counts."""
        return ()

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """The refusal in one sentence."""
        raise NotImplementedError

    @property
    def window(self) -> Window:
        """Over which dates, and of whom, it is said."""
        return ONE_DAY

    @property
    def spans(self) -> bool:
        """Whether it speaks of more than one child's date (S5.4)."""
        return not self.window.is_day or self.window.household

    def _each(self, subject: tuple[Hashable, ...], words: Tally) -> list[Formula]:
        return [words.said(spot, self.variants) for spot in subject]
