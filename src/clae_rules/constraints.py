"""
The constraint graph: rules of a selection, each stated once as the formula of its violation (S5).

To add a kind of rule, write one class here, or in `counts` where it counts, and list it in `RULES`: reading, schema,
messages and audits follow from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

from .alternatives import OneOf
from .counts import AllOrNone, AtLeastCount, AtMost, Exactly, LeaveFree
from .described import Key
from .errors import Lang
from .formulas import FALSE, Formula, all_of, any_of, at_least, negate
from .rules import FORMULES, SLOTS, Rule, Words
from .violations import FORMULE, Violation

__all__ = [
    "RULES",
    "AllOrNone",
    "AtLeastCount",
    "AtMost",
    "Blocks",
    "Exactly",
    "ExclusiveFormules",
    "ForbiddenAlone",
    "LeaveFree",
    "OneOf",
    "OnlyFormules",
    "Requires",
    "RequiresAny",
    "Rule",
    "Words",
    "graph",
]


def _needs(violation: Violation, lang: Lang, word: tuple[str, str]) -> str:
    """« only with … », or that what it needs is closed that day."""
    who = violation.named(violation.slots, lang)
    if violation.missing:
        with_ = violation.named(violation.missing, lang, word)
        return f"{who} n'est possible qu'avec {with_}" if lang == "fr" else f"{who} is only possible with {with_}"
    shut = violation.named(violation.unavailable, lang, word)
    if lang == "fr":
        return f"{who} n'est pas possible : {shut} n'est pas ouvert ce jour-là"
    return f"{who} is not possible: {shut} is not open that day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requires(Rule):
    """
    Each slot of the subject needs all of the others named (S5.1).

    Source: « l'inscription sur la 1re tranche ne sera possible que si vous réservez la 2e ».
    """

    verb: ClassVar[str] = "seulement_avec"
    kind: ClassVar[str] = "demande-aussi"
    needs: Annotated[
        tuple[str, ...], Key(verb, SLOTS, "Chaque créneau n'est possible qu'avec tous ceux-ci.", '"matin-2"')
    ]

    def objects(self) -> tuple[str, ...]:
        return self.needs

    def is_idle(self, subject: frozenset[str], named: frozenset[str]) -> bool:
        return bool(subject) and subject == named and len(named) == 1

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        missing = any_of(*(negate(words.slot(code)) for code in words.expand(self.needs)))
        return all_of(any_of(*self._each(subject, words)), missing)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        return _needs(violation, lang, ("et", "and"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiresAny(Rule):
    """Each slot of the subject needs at least one of the others named (S5.1)."""

    verb: ClassVar[str] = "seulement_avec_un_de"
    kind: ClassVar[str] = "demande-un-de"
    one_of: Annotated[tuple[str, ...], Key(verb, SLOTS, "Chaque créneau demande au moins l'un de ceux-ci.")]

    def objects(self) -> tuple[str, ...]:
        return self.one_of

    def is_idle(self, subject: frozenset[str], named: frozenset[str]) -> bool:
        return bool(subject) and subject <= named

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        others = [negate(words.slot(code)) for code in words.expand(self.one_of)]
        return all_of(any_of(*self._each(subject, words)), *others)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        return _needs(violation, lang, ("ou", "or"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenAlone(Rule):
    """
    A slot that is never booked without one of its companions (S5.1).

    Source: « Il est impossible de réserver uniquement Repas ».
    """

    verb: ClassVar[str] = "interdit_seul_sans"
    kind: ClassVar[str] = "interdit-seul"
    companions: Annotated[
        tuple[str, ...],
        Key(verb, SLOTS, "Jamais sans l'un au moins de ces créneaux.", '["mer-matin", "mer-apres-midi"]'),
    ]

    def objects(self) -> tuple[str, ...]:
        return self.companions

    def is_idle(self, subject: frozenset[str], named: frozenset[str]) -> bool:
        return bool(subject) and subject <= named

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        others = [negate(words.slot(code)) for code in words.expand(self.companions)]
        return all_of(any_of(*self._each(subject, words)), *others)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        who = violation.named(violation.slots, lang)
        add = violation.named(violation.missing or violation.unavailable, lang, ("ou", "or"))
        if not violation.missing:
            shut = (f" : {add} n'est pas ouvert ce jour-là", f": {add} is not open that day")
            return (f"impossible de réserver {who} seul{shut[0]}", f"{who} cannot be booked alone{shut[1]}")[
                lang == "en"
            ]
        if lang == "fr":
            return f"impossible de réserver uniquement {who} : ajoutez {add}"
        return f"{who} cannot be booked alone: add {add}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks(Rule):
    """
    No slot of the subject together with any of the others named (S5.2).

    Source: « une réservation « Périscolaire midi » bloque « Repas enfants » ».
    """

    verb: ClassVar[str] = "bloque"
    kind: ClassVar[str] = "bloque"
    others: Annotated[tuple[str, ...], Key(verb, SLOTS, "Jamais avec l'un de ces créneaux.", '"repas"')]

    def objects(self) -> tuple[str, ...]:
        return self.others

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        blocked = any_of(*(words.slot(code) for code in words.expand(self.others)))
        return all_of(any_of(*self._each(subject, words)), blocked)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        who = violation.named(violation.slots, lang)
        return f"{who} ne vont pas ensemble" if lang == "fr" else f"{who} do not go together"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyFormules(Rule):
    """What is held of the subject is nothing, or exactly one of the formules (S5.3), whole: all its slots open."""

    verb: ClassVar[str] = "formules_seulement"
    kind: ClassVar[str] = "formules-seulement"
    offered: Annotated[
        tuple[str, ...],
        Key(verb, FORMULES, "Seules ces combinaisons se réservent.", '["journee", "matin-repas"]'),
    ]

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        each = {code: words.said(code, self.variants) for code in subject}
        exact = [
            all_of(*(literal if code in chosen else negate(literal) for code, literal in each.items()))
            for one in self.offered
            for chosen in words.ensembles(one)
            if chosen <= each.keys()
        ]
        return all_of(any_of(*each.values()), *(negate(one) for one in exact))

    def sentence(self, violation: Violation, lang: Lang) -> str:
        held = violation.named(violation.slots, lang)
        ways = _formules(violation, self.offered, lang)
        if lang == "en":
            return (
                f"{held} {'is' if len(violation.slots) == 1 else 'are'} not one of the formules offered; choose {ways}"
            )
        verb = "n'est" if len(violation.slots) == 1 else "ne sont"
        return f"{held} {verb} pas une formule proposée ; choisissez {ways}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusiveFormules(Rule):
    """At most one of the formules is held, a formule being held where all its slots are (S5.3)."""

    verb: ClassVar[str] = "une_seule_formule_de"
    kind: ClassVar[str] = "formules-exclusives"
    exclusive: Annotated[tuple[str, ...], Key(verb, FORMULES, "Pas deux de ces formules le même jour.")]

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        return at_least(2, [words.formule(one) for one in self.exclusive]) if subject else FALSE

    def sentence(self, violation: Violation, lang: Lang) -> str:
        held, ways = violation.named(violation.slots, lang), _formules(violation, self.exclusive, lang)
        if lang == "fr":
            return f"{held} : une seule formule par jour parmi {ways}"
        return f"{held}: only one formule a day of {ways}"


def _formules(violation: Violation, codes: tuple[str, ...], lang: Lang) -> str:
    """Formules by their names: « Journée » ou « Matin avec repas »."""
    return violation.named(tuple(f"{FORMULE}{code}" for code in codes), lang, ("ou", "or"))


#: Every kind of rule, in the order of the reference page.
RULES: Final[tuple[type[Rule], ...]] = (
    Requires,
    RequiresAny,
    ForbiddenAlone,
    Blocks,
    AtMost,
    AtLeastCount,
    Exactly,
    AllOrNone,
    LeaveFree,
    OneOf,
    OnlyFormules,
    ExclusiveFormules,
)


def graph(rules: Iterable[Rule]) -> Iterator[tuple[str, str, str]]:
    """
    The edges of the constraint graph: (subject code, kind of rule, object code), as written in the règlement.

    >>> rule = Blocks(code="midi", slots=("midi-2",), others=("repas",))
    >>> list(graph([rule]))
    [('midi-2', 'bloque', 'repas')]
    """
    for rule in rules:
        for subject in rule.slots:
            others = rule.objects() or tuple(code for code in rule.slots if code != subject)
            for other in others:
                yield subject, rule.kind, other
