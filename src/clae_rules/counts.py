"""Rules that count: how many spots of one date, or of a window, are held (S5.3, S5.4)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, ClassVar, Final

from .described import Key, TableOf
from .errors import Fault, Lang, raise_all
from .formulas import FALSE, Formula, all_of, any_of, at_least, at_most, negate
from .rules import ONE_DAY, Rule, Tally
from .shapes import Choice, Flag, Ref, Whole
from .violations import Violation
from .windows import WINDOW, Window


class Counted(Enum):
    """What a rule counts."""

    SLOTS = "créneaux"
    DAYS = "jours"
    DATES = "dates"


class Fewer(Enum):
    """What a minimum asks of a window that has not enough open dates to reach it."""

    ALL = "tous"
    FREE = "libre"
    NONE = "interdit"


COUNTED: Final = Choice(tuple((one.value, one) for one in Counted))
FEWER: Final = Choice(tuple((one.value, one) for one in Fewer))
WEIGHTS: Final = TableOf(Ref(("créneau",)), Whole(1, 20))

COUNTED_DOC: Final = "Ce que l'on compte : chaque créneau de chaque date, les jours d'un enfant, ou les dates du foyer, une fois chacune."
FEWER_DOC: Final = (
    "Une fenêtre qui n'a pas assez de jours ouverts : il les faut « tous », la règle y est « libre », ou tout y est "
    "« interdit »."
)
WEIGHTS_DOC: Final = "Combien compte chaque créneau ; 1 sans cette ligne."


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Rule):
    """
    A rule of how many spots are held, on one date or over each window of several (S5.3, S5.4).

    A window is the open dates of its stretch; none held is always allowed (S1.7).
    """

    #: Whether holding less never breaks it: then dates are granted one after the other (S6.6).
    limits: ClassVar[bool] = False

    per: Annotated[Window, Key("par", WINDOW, "Sur quels jours, et de qui, on compte.", '"semaine"')] = ONE_DAY
    counted: Annotated[Counted, Key("compte", COUNTED, COUNTED_DOC, '"jours"')] = Counted.SLOTS

    @property
    def window(self) -> Window:
        return self.per

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        raise NotImplementedError

    def units(self, subject: tuple[Hashable, ...], words: Tally) -> list[Formula]:
        """One operand for each unit that can be held."""
        return units_of(self._each(subject, words), subject, words, self.counted)

    def too_short(self, subject: tuple[Hashable, ...], words: Tally) -> bool:
        """Whether a window has open dates, and too few for the rule to be met by holding some of them."""
        del subject, words
        return False

    @property
    def silent_if_short(self) -> bool:
        """Whether the règlement does not say what holds in such a window (`si_moins_ouverts`)."""
        return getattr(self, "fewer", None) is None

    def reach(self, units: int) -> tuple[int, int]:
        """The least and the most that may be held of so many units, once some are."""
        return 1, units

    def said_count(self, count: int, lang: Lang) -> str:
        """« 3 jours »: a number of what is counted."""
        one = {Counted.SLOTS: ("créneau", "slot"), Counted.DAYS: ("jour", "day"), Counted.DATES: ("date", "date")}
        return _plural(count, one[self.counted][lang == "en"], "x" if self.counted is Counted.SLOTS else "s", lang)

    def _over(self, violation: Violation, lang: Lang, fr: str, en: str, least: int = 0) -> str:
        """The sentence of a window: what it allows, how many are held there, on which dates; *least* are needed."""
        held = int(violation.param("compte"))
        where = (
            f"{violation.named(violation.slots, lang)}, {violation.param('fenetre' if lang == 'fr' else 'fenetre_en')}"
        )
        here, others = _dates(violation.dates, lang), _dates(violation.missing_dates, lang)
        some = f" {least - held}" if 0 < least - held < len(violation.missing_dates) else ""
        if lang == "fr":
            add = f"ajoutez-en{some} parmi" if some else "ajoutez"
            return f"{where} : {fr}, ici {held} ({here}){f' ; {add} {others}' if others else ''}"
        add = f"add{some} of" if some else "add"
        return f"{where}: {en}, here {held} ({here}){f'; {add} {others}' if others else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Counting):
    """A rule of how many are held, units differing by weight where some are given (S5.3)."""

    weights: Annotated[tuple[tuple[str, int], ...], Key("poids", WEIGHTS, WEIGHTS_DOC)] = ()

    def __post_init__(self) -> None:
        raise_all(weighed(self.weights, self.counted))

    def units(self, subject: tuple[Hashable, ...], words: Tally) -> list[Formula]:
        return units_of(self._each(subject, words), subject, words, self.counted, dict(self.weights))

    def said_count(self, count: int, lang: Lang) -> str:
        if self.weights:
            return _plural(count, ("unité", "unit")[lang == "en"], "s", lang)
        return Counting.said_count(self, count, lang)

    def _said(self, violation: Violation, lang: Lang, fr: str, en: str) -> str:
        held = violation.named(violation.slots, lang) or ("rien", "nothing")[lang == "en"]
        others = violation.named(violation.missing, lang, ("ou", "or"))
        more = "" if not others else f" ; ajoutez {others}" if lang == "fr" else f"; add {others}"
        return f"{fr}, ici {held}{more}" if lang == "fr" else f"{en}, here {held}{more}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost(Count):
    """At most n of the subject (S5.3)."""

    verb: ClassVar[str] = "au_plus"
    kind: ClassVar[str] = "au-plus"
    limits: ClassVar[bool] = True
    most: Annotated[int, Key(verb, Whole(0, 1000), "Pas plus de tant.", "2")]

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        return at_least(self.most + 1, self.units(subject, words))

    def reach(self, units: int) -> tuple[int, int]:
        return 1, min(self.most, units)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        if violation.window:
            most = self.said_count(self.most, lang)
            return self._over(violation, lang, f"pas plus de {most}", f"no more than {most}")
        return self._said(violation, lang, f"pas plus de {self.most}", f"no more than {self.most}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeastCount(Count):
    """None of the subject, or at least n (S5.3, S1.7)."""

    verb: ClassVar[str] = "au_moins"
    kind: ClassVar[str] = "au-moins"
    least: Annotated[int, Key(verb, Whole(1, 1000), "Aucun, ou au moins tant.", "2")]
    fewer: Annotated[Fewer | None, Key("si_moins_ouverts", FEWER, FEWER_DOC, '"tous"')] = None

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        units = self.units(subject, words)
        least = _asked(self.least, len(units), self.fewer)
        return all_of(any_of(*units), negate(at_least(least, units)))

    def too_short(self, subject: tuple[Hashable, ...], words: Tally) -> bool:
        return 0 < len(self.units(subject, words)) < self.least

    def reach(self, units: int) -> tuple[int, int]:
        return _asked(self.least, units, self.fewer), units

    def sentence(self, violation: Violation, lang: Lang) -> str:
        if violation.window:
            least = self.said_count(self.least, lang)
            return self._over(violation, lang, f"aucun ou au moins {least}", f"none or at least {least}", self.least)
        return self._said(violation, lang, f"aucun ou au moins {self.least}", f"none or at least {self.least}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly(Count):
    """None of the subject, or exactly n (S5.3, S1.7)."""

    verb: ClassVar[str] = "exactement"
    kind: ClassVar[str] = "exactement"
    count: Annotated[int, Key(verb, Whole(1, 1000), "Aucun, ou exactement tant.", "2")]
    fewer: Annotated[Fewer | None, Key("si_moins_ouverts", FEWER, FEWER_DOC, '"tous"')] = None

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        units = self.units(subject, words)
        least = _asked(self.count, len(units), self.fewer)
        over, under = negate(at_most(self.count, units)), negate(at_least(least, units))
        return all_of(any_of(*units), any_of(over, under))

    def too_short(self, subject: tuple[Hashable, ...], words: Tally) -> bool:
        return 0 < len(self.units(subject, words)) < self.count

    def reach(self, units: int) -> tuple[int, int]:
        return _asked(self.count, units, self.fewer), min(self.count, units)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        if violation.window:
            count = self.said_count(self.count, lang)
            return self._over(violation, lang, f"aucun ou exactement {count}", f"none or exactly {count}", self.count)
        return self._said(violation, lang, f"aucun ou exactement {self.count}", f"none or exactly {self.count}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOrNone(Counting):
    """
    All of the subject, or none (S5.3): « at least n of n »; whole weeks and whole sessions over a window (S5.4).

    Source: « inscription à la semaine complète uniquement ».
    """

    verb: ClassVar[str] = "tout_ou_rien"
    kind: ClassVar[str] = "tout-ou-rien"
    all_or_none: Annotated[bool, Key(verb, Flag(), "Tous ces créneaux ensemble, ou aucun.", "true")]

    def __post_init__(self) -> None:
        if self.all_or_none is not True:
            raise_all([Fault(("all_or_none",), "écrivez true, ou enlevez la règle", "write true, or drop the rule")])

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        units = self.units(subject, words)
        return all_of(any_of(*units), any_of(*(negate(one) for one in units)))

    def reach(self, units: int) -> tuple[int, int]:
        return units, units

    def sentence(self, violation: Violation, lang: Lang) -> str:
        if violation.window:
            return self._over(violation, lang, "tout ou rien", "all or none")
        who, add = (
            violation.named(violation.slots, lang),
            violation.named(violation.missing or violation.unavailable, lang),
        )
        if lang == "fr":
            return f"{who} ne se réserve qu'avec {add} : tout ou rien"
        return f"{who} is booked with {add} only: all or none"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveFree(Counting):
    """
    At least k open days of the window stay free: at most open − k are held (S5.4).

    Source: « à chaque période, la famille doit laisser deux mercredis libres ».
    """

    verb: ClassVar[str] = "laisse_libre"
    kind: ClassVar[str] = "laisse-libre"
    limits: ClassVar[bool] = True
    free: Annotated[int, Key(verb, Whole(1, 366), "Tant de jours ouverts restent libres dans la fenêtre.", "2")]
    counted: Annotated[Counted, Key("compte", COUNTED, COUNTED_DOC, '"jours"')] = Counted.DAYS
    fewer: Annotated[Fewer | None, Key("si_moins_ouverts", FEWER, FEWER_DOC, '"libre"')] = None

    def __post_init__(self) -> None:
        if self.fewer is Fewer.ALL:
            fr = "« tous » n'a pas de sens ici ; écrivez « libre » ou « interdit »"
            raise_all([Fault(("fewer",), fr, "« tous » means nothing here; write « libre » or « interdit »")])

    def violated(self, subject: tuple[Hashable, ...], words: Tally) -> Formula:
        units = self.units(subject, words)
        if len(units) <= self.free and self.fewer is Fewer.FREE:
            return FALSE
        return at_least(max(1, len(units) - self.free + 1), units)

    def too_short(self, subject: tuple[Hashable, ...], words: Tally) -> bool:
        return 0 < len(self.units(subject, words)) <= self.free

    def reach(self, units: int) -> tuple[int, int]:
        short = units <= self.free and self.fewer is Fewer.FREE
        return 1, units if short else max(0, units - self.free)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        free = self.said_count(self.free, lang)
        who, held = violation.named(violation.slots, lang), _dates(violation.dates, lang)
        window = violation.param("fenetre" if lang == "fr" else "fenetre_en")
        where = f"{who}, {window}" if window else who
        if lang == "fr":
            return f"{where} : laissez {free} libre{'s' if self.free > 1 else ''}, ici {held}"
        return f"{where}: leave {free} free, here {held}"


def _asked(least: int, units: int, fewer: Fewer | None) -> int:
    """How many of *units* a minimum asks for: fewer where there are not so many and the règlement says so."""
    if units >= least:
        return least
    return {Fewer.ALL: units, Fewer.FREE: 0}.get(fewer, least) if fewer is not None else least


def units_of(
    each: list[Formula],
    spots: tuple[Hashable, ...],
    words: Tally,
    counted: Counted,
    weight: dict[str, int] | None = None,
) -> list[Formula]:
    """One operand for each unit that can be held: a spot as often as it weighs, a day, or a date."""
    if counted is Counted.SLOTS:
        pairs = zip(spots, each, strict=True)
        units = [one for spot, one in pairs for _ in range((weight or {}).get(words.code(spot), 1))]
    else:
        literal = dict(zip(spots, each, strict=True))
        groups = words.groups(spots, by_date=counted is Counted.DATES)
        units = [any_of(*(literal[spot] for spot in group)) for group in groups]
    return [one for one in units if one != FALSE]


def weighed(weights: tuple[tuple[str, int], ...], counted: Counted) -> Iterator[Fault]:
    """That weights and a count of days contradict each other."""
    if weights and counted is not Counted.SLOTS:
        fr = f"« poids » et compte = « {counted.value} » se contredisent ; gardez l'un des deux"
        yield Fault(("weights",), fr, f"« poids » and compte = « {counted.value} » contradict each other; keep one")


def _plural(count: int, noun: str, ending: str, lang: Lang) -> str:
    if lang == "fr":
        return f"{count} {noun}{ending if count > 1 else ''}"
    return f"{count} {noun}{'s' if count != 1 else ''}"


#: How many dates a sentence names before it counts the others.
SHOWN_DATES: Final = 8


def _dates(days: tuple[date, ...], lang: Lang) -> str:
    shown = ", ".join(f"{day:%d/%m}" if lang == "fr" else day.isoformat() for day in days[:SHOWN_DATES])
    left = len(days) - SHOWN_DATES
    return shown if left <= 0 else f"{shown} {f'et {left} autres' if lang == 'fr' else f'and {left} more'}"
