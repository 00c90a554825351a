"""
The constraint graph: rules of a selection, each stated once as the formula of its violation (S5).

To add a kind of rule, write one class here and list it in `RULES`: reading, schema, messages and audits
follow from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Protocol

from .described import Key, ListOf, TableOf
from .errors import Fault, Lang, raise_all
from .formulas import FALSE, Formula, all_of, any_of, at_least, at_most, negate
from .selectors import Where
from .shapes import Flag, Ref, Slug, Whole
from .slots import HYPOTHESE, SOURCE
from .variants import Variant
from .violations import Violation

SLOTS: Final = ListOf(Ref(("créneau", "groupe", "mode")), single=True)


class Words(Protocol):
    """What a rule says itself with: formulas that hold where a slot, or a formule, is held."""

    def slot(self, code: str, variants: tuple[Variant, ...] = ()) -> Formula:
        """The slot is held, in one of *variants* where some are named; FALSE where it is not open."""

    def said(self, code: str, variants: tuple[Variant, ...] = ()) -> Formula:
        """The same for a slot of which the rule is said: not where one of the rule's exceptions holds for it."""

    def formule(self, code: str) -> Formula:
        """Every slot of one of the formule's sets is held."""

    def ensembles(self, code: str) -> tuple[frozenset[str], ...]:
        """The sets of slots of a formule."""

    def expand(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The slots that slot, group and mode codes stand for, in display order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Where):
    """
    A rule of the slots held on one date; the selector says of which slots, on which dates and for whom.

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

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """The refusal in one sentence."""
        raise NotImplementedError

    def _each(self, subject: tuple[str, ...], words: Words) -> list[Formula]:
        return [words.said(code, self.variants) for code in subject]


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
class Count(Rule):
    """
    A rule of how many slots of the subject are held, units differing by weight where some are given (S5.3).

    None held is always allowed (S1.7).
    """

    weights: Annotated[
        tuple[tuple[str, int], ...],
        Key(
            "poids",
            TableOf(Ref(("créneau",)), Whole(1, 20)),
            "Combien compte chaque créneau ; 1 sans cette ligne.",
        ),
    ] = ()

    def units(self, subject: tuple[str, ...], words: Words) -> list[Formula]:
        """One operand for each unit of each slot."""
        weight = dict(self.weights)
        each = zip(subject, self._each(subject, words), strict=True)
        return [literal for code, literal in each for _ in range(weight.get(code, 1))]

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
    most: Annotated[int, Key(verb, Whole(0, 1000), "Pas plus de tant.", "2")]

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        return at_least(self.most + 1, self.units(subject, words))

    def sentence(self, violation: Violation, lang: Lang) -> str:
        return self._said(violation, lang, f"pas plus de {self.most}", f"no more than {self.most}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeastCount(Count):
    """None of the subject, or at least n (S5.3, S1.7)."""

    verb: ClassVar[str] = "au_moins"
    kind: ClassVar[str] = "au-moins"
    least: Annotated[int, Key(verb, Whole(1, 1000), "Aucun, ou au moins tant.", "2")]

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        units = self.units(subject, words)
        return all_of(any_of(*units), negate(at_least(self.least, units)))

    def sentence(self, violation: Violation, lang: Lang) -> str:
        return self._said(violation, lang, f"aucun ou au moins {self.least}", f"none or at least {self.least}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly(Count):
    """None of the subject, or exactly n (S5.3, S1.7)."""

    verb: ClassVar[str] = "exactement"
    kind: ClassVar[str] = "exactement"
    count: Annotated[int, Key(verb, Whole(1, 1000), "Aucun, ou exactement tant.", "2")]

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        units = self.units(subject, words)
        over, under = negate(at_most(self.count, units)), negate(at_least(self.count, units))
        return all_of(any_of(*units), any_of(over, under))

    def sentence(self, violation: Violation, lang: Lang) -> str:
        return self._said(violation, lang, f"aucun ou exactement {self.count}", f"none or exactly {self.count}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOrNone(Rule):
    """All the slots of the subject, or none (S5.3): « at least n of n »."""

    verb: ClassVar[str] = "tout_ou_rien"
    kind: ClassVar[str] = "tout-ou-rien"
    all_or_none: Annotated[bool, Key(verb, Flag(), "Tous ces créneaux ensemble, ou aucun.", "true")]

    def __post_init__(self) -> None:
        if self.all_or_none is not True:
            raise_all([Fault(("all_or_none",), "écrivez true, ou enlevez la règle", "write true, or drop the rule")])

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        each = self._each(subject, words)
        return all_of(any_of(*each), any_of(*(negate(one) for one in each)))

    def sentence(self, violation: Violation, lang: Lang) -> str:
        who, add = (
            violation.named(violation.slots, lang),
            violation.named(violation.missing or violation.unavailable, lang),
        )
        if lang == "fr":
            return f"{who} ne se réserve qu'avec {add} : tout ou rien"
        return f"{who} is booked with {add} only: all or none"


FORMULES: Final = ListOf(Ref(("formule",)), single=True)


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
        ways = ", ".join(self.offered)
        if lang == "fr":
            return f"{held} n'est pas une formule proposée : {ways}"
        return f"{held} is not one of the formules offered: {ways}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusiveFormules(Rule):
    """At most one of the formules is held, a formule being held where all its slots are (S5.3)."""

    verb: ClassVar[str] = "une_seule_formule_de"
    kind: ClassVar[str] = "formules-exclusives"
    exclusive: Annotated[tuple[str, ...], Key(verb, FORMULES, "Pas deux de ces formules le même jour.")]

    def violated(self, subject: tuple[str, ...], words: Words) -> Formula:
        return at_least(2, [words.formule(one) for one in self.exclusive]) if subject else FALSE

    def sentence(self, violation: Violation, lang: Lang) -> str:
        held = violation.named(violation.slots, lang)
        if lang == "fr":
            return f"{held} : une seule formule par jour parmi {', '.join(self.exclusive)}"
        return f"{held}: only one formule a day of {', '.join(self.exclusive)}"


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
