"""Alternative minimums: « 3 days, or 6 half-days, over two weeks » (S5.4)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from .counts import (
    COUNTED,
    COUNTED_DOC,
    FEWER,
    FEWER_DOC,
    WEIGHTS,
    WEIGHTS_DOC,
    Counted,
    Counting,
    Fewer,
    units_of,
    weighed,
)
from .described import Key, ListOf, Record
from .errors import Fault, Lang, raise_all
from .formulas import FALSE, Formula, all_of, any_of, at_least, at_most, negate
from .rules import FORMULES, SLOTS, Tally
from .shapes import Whole
from .violations import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to meet an alternative: a count of slots, or of the days on which a formule is held."""

    slots: Annotated[tuple[str, ...], Key("creneaux", SLOTS, "Les créneaux comptés ; ceux de la règle sinon.")] = ()
    formules: Annotated[
        tuple[str, ...], Key("formules", FORMULES, "Ou les jours où l'une de ces formules est tenue.", '"journee"')
    ] = ()
    least: Annotated[int | None, Key("au_moins", Whole(1, 1000), "Au moins tant.", "3")] = None
    most: Annotated[int | None, Key("au_plus", Whole(0, 1000), "Pas plus de tant.", "6")] = None
    count: Annotated[int | None, Key("exactement", Whole(1, 1000), "Exactement tant.", "2")] = None
    counted: Annotated[Counted | None, Key("compte", COUNTED, COUNTED_DOC, '"jours"')] = None
    weights: Annotated[tuple[tuple[str, int], ...], Key("poids", WEIGHTS, WEIGHTS_DOC)] = ()

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        if sum(one is not None for one in (self.least, self.most, self.count)) != 1:
            fr = "écrivez un seul de au_moins, au_plus, exactement"
            yield Fault((), fr, "write exactly one of au_moins, au_plus, exactement")
        if self.formules and (self.slots or self.weights or self.counted is Counted.SLOTS):
            fr = "« formules » compte des jours ; enlevez creneaux, poids et compte"
            yield Fault(("formules",), fr, "« formules » counts days; drop creneaux, poids and compte")
        yield from weighed(self.weights, self.counted or Counted.SLOTS)

    @property
    def needed(self) -> int:
        """How many units it takes."""
        return self.least or self.count or 0

    def units(self, rule: OneOf, subject: tuple[Hashable, ...], words: Tally) -> list[Formula]:
        """One operand for each unit that can be held."""
        if self.formules:
            by_date = self.counted is Counted.DATES
            return [
                one for date_ in words.groups(subject, by_date=by_date) if (one := self._day(date_, words)) != FALSE
            ]
        inside = set(words.expand(self.slots)) if self.slots else None
        spots = tuple(one for one in subject if inside is None or words.code(one) in inside)
        each = [words.said(one, rule.variants) for one in spots]
        return units_of(each, spots, words, self.counted or Counted.SLOTS, dict(self.weights))

    def _day(self, spots: tuple[Hashable, ...], words: Tally) -> Formula:
        each = words.groups(spots)
        return any_of(*(words.formule(code, one) for one in each for code in self.formules))

    def met(self, units: list[Formula], fewer: Fewer | None) -> Formula:
        """The formula that holds where it is met; *fewer* where no alternative can be."""
        if self.most is not None:
            return at_most(self.most, units)
        if fewer is Fewer.ALL and units:
            return all_of(*units)
        enough = at_least(self.needed, units)
        return enough if self.count is None else all_of(enough, at_most(self.count, units))

    def said(self, lang: Lang) -> str:
        """« au moins 3 journee », in words."""
        words = ("au moins", "at least") if self.least else ("exactement", "exactly")
        word, count = (words, self.needed) if self.most is None else (("au plus", "at most"), self.most)
        what = ", ".join(self.formules or self.slots) or (self.counted or Counted.SLOTS).value
        return f"{word[lang == 'en']} {count} × {what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf(Counting):
    """
    None of the subject, or at least one of several counts is met (S5.4).

    Source: « 3 journées ou 6 demi-journées sur deux semaines ».
    """

    verb: ClassVar[str] = "l_un_de"
    kind: ClassVar[str] = "l-un-de"
    ways: Annotated[
        tuple[Way, ...],
        Key(
            verb,
            ListOf(Record(Way), least=2, most=20),
            "Aucun, ou l'une au moins de ces façons.",
            '[{ formules = "journee", au_moins = 3 }, { formules = "demi-journee", au_moins = 6 }]',
        ),
    ]
    fewer: Annotated[Fewer | None, Key("si_moins_ouverts", FEWER, FEWER_DOC, '"tous"')] = None

    def counted_formules(self) -> tuple[str, ...]:
        return tuple(code for one in self.ways for code in one.formules)

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        short = self.too_short(subject, words)
        if short and self.fewer is Fewer.FREE:
            return FALSE
        fewer = self.fewer if short else None
        met = [one.met(one.units(self, subject, words), fewer) for one in self.ways]
        return all_of(any_of(*self._each(subject, words)), *(negate(one) for one in met))

    def too_short(self, subject: tuple[Hashable, ...], words: Tally) -> bool:
        each = ((one, len(one.units(self, subject, words))) for one in self.ways)
        return bool(subject) and all(one.most is None and units < one.needed for one, units in each)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        ways = (" ou ", " or ")[lang == "en"].join(one.said(lang) for one in self.ways)
        fr, en = f"aucun, ou {ways}", f"none, or {ways}"
        if violation.window:
            return self._over(violation, lang, fr, en)
        who = violation.named(violation.slots, lang)
        return f"{who} : {fr}" if lang == "fr" else f"{who}: {en}"
