"""What the service closes, on which dates, for whom and why; and what the règlement says of such an event (S6.9)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from .days import days_between
from .described import Key, ListOf, leaves, unlisted
from .errors import Fault, Lang, meant, raise_all
from .facts import Profile
from .gates import Gate
from .patterns import MOST_DATES
from .references import references
from .reglement import Reglement
from .selectors import WHO, Answer, Where, missing_facts
from .shapes import Ref, Slug, Text, folded
from .violations import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure(Where):
    """
    Some slots that the service closes on some dates: a strike, an outing, the weather (S6.9).

    Args:
        code: Its code among closures.
        motive: Why, as parents read it; the règlement's events are found by it.
        places: Codes of établissements whose modes it closes; all of them where left out.

    Raises:
        InvalidValueError: If its dates have no end, or it depends on what is held.

    >>> from datetime import date
    >>> from clae_rules.selectors import When
    >>> Closure(code="greve", motive="grève", slots=("repas",), when=When(dates=(date(2026, 10, 5),))).motive
    'grève'
    """

    code: Annotated[str, Key("", Slug(), "")]
    motive: Annotated[str, Key("motif", Text(80), "Pourquoi, tel que les familles le lisent.", '"grève"')]
    places: Annotated[
        tuple[str, ...],
        Key("etablissement", ListOf(Ref(("etablissement",)), True), "Les établissements ; tous si absent."),
    ] = ()

    def __post_init__(self) -> None:
        raise_all(unlisted(self))
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        if not (self.when.dates or (self.when.first_day and self.when.last_day)):
            fr = "quels jours ? écrivez quand.dates = [2026-10-05], ou quand.du et quand.au"
            yield Fault(("when",), fr, "which days? write quand.dates = [2026-10-05], or quand.du and quand.au")
        elif (
            self.when.first_day and self.when.last_day and (self.when.last_day - self.when.first_day).days >= MOST_DATES
        ):
            fr = f"plus de {MOST_DATES} jours ; rapprochez du et au, ou changez [periode]"
            yield Fault(("when",), fr, f"over {MOST_DATES} days; bring du and au closer, or change [periode]")
        if self.is_conditional or any(one.is_conditional for one in self.unless):
            fr = "« variante » et « formules » n'ont pas de sens ici ; dites les créneaux, les jours ou qui"
            yield Fault((), fr, "« variante » and « formules » mean nothing here; say slots, days or who")

    @property
    def days(self) -> tuple[date, ...]:
        """The dates that it may reach, ascending; its other conditions left aside."""
        when, spanned = self.when, set[date]()
        if when.first_day and when.last_day:
            spanned = set(days_between(when.first_day, when.last_day))
        return tuple(sorted(spanned & set(when.dates) if spanned and when.dates else spanned or when.dates))


def coded(motive: str) -> str:
    """
    The code by which the règlement's events know a motive.

    >>> coded("Alerte cyclonique")
    'alerte-cyclonique'
    """
    return folded(motive).replace(" ", "-").replace("'", "-")


def within(closure: Closure, reglement: Reglement) -> Closure:
    """The same closure with its établissements said as slots."""
    if not closure.places:
        return closure
    modes = [mode for mode in reglement.modes if mode.etablissement in closure.places]
    here = [slot.code for mode in modes for slot in mode.slots]
    said = reglement.places().expand(closure.slots) if closure.slots else frozenset(here)
    return replace(closure, places=(), slots=tuple(slot for slot in here if slot in said))


def closure_faults(closures: Iterable[Closure], reglement: Reglement) -> Iterator[Fault]:
    """Every unknown code, wrong comparison and senseless place of some closures, with their path in a file."""
    codes, declared = reglement.codes(), dict(reglement.facts)
    for closure in closures:
        here = ("fermeture", closure.code)
        found = [
            (path, to, code)
            for path, key, value in leaves(closure, here)
            for path, to, code in references(key.shape, value, path)
        ]
        unknown = [(path, to, code) for path, to, code in found if not any(code in codes[kind] for kind in to)]
        for path, to, code in unknown:
            fr, en = meant(code, [one for kind in to for one in codes[kind]])
            yield Fault(path, f"{to[0]} inconnu : « {code} » ; {fr}", f"unknown {to[0]}: « {code} »; {en}")
        for path, key, value in leaves(closure, here):
            for fact, bound in value if key.shape == WHO else ():
                why = declared[fact].accepts(bound) if fact in declared else ""
                if why:
                    yield Fault((*path, fact), why, f"this bound cannot be compared with the fact ({why})")
        if not unknown and closure.places and not within(closure, reglement).slots:
            fr = "aucun de ces créneaux n'est de cet établissement ; retirez l'un des deux"
            yield Fault((*here, "creneaux"), fr, "none of these slots is of this établissement; drop one of the two")
        motives = {one for event in reglement.evenements for one in event.motives}
        if motives and coded(closure.motive) not in motives:
            fr, en = meant(coded(closure.motive), motives)
            fr = f"aucun [evenement] n'a ce motif : « {closure.motive} » ; {fr}"
            yield Fault((*here, "motif"), fr, f"no [evenement] has this motive: « {closure.motive} »; {en}")


def closes_nothing(
    closure: Closure, opened: Callable[[date], Collection[str]], reglement: Reglement
) -> Iterator[Fault]:
    """
    That a closure meets no open slot on any of its dates: a date mistyped closes nothing, in silence.

    Args:
        closure: One without fault.
        opened: The slots that open on a date; none beyond the calendar.
        reglement: The règlement.
    """
    slots = within(closure, reglement).slots
    said = reglement.places().expand(slots) if slots else frozenset(reglement.slots())
    if not any(said.intersection(opened(day)) for day in closure.days):
        fr = "rien n'est ouvert ces jours-là parmi ces créneaux ; corrigez quand ou creneaux"
        yield Fault(("fermeture", closure.code), fr, "none of these slots opens then; mend quand or creneaux")


def told_apart(
    closures: Iterable[Closure], slots: Iterable[str], applies: Callable[[Closure, str], Answer]
) -> tuple[dict[str, Closure], dict[str, tuple[Closure, ...]]]:
    """The closure that closes each slot, and those of which a missing fact leaves it open, by slot."""
    closed: dict[str, Closure] = {}
    unsure: dict[str, tuple[Closure, ...]] = {}
    for slot in slots:
        answers = [(one, applies(one, slot)) for one in closures]
        sure = next((one for one, answer in answers if answer), None)
        if sure is not None:
            closed[slot] = sure
        elif doubtful := tuple(one for one, answer in answers if answer is None):
            unsure[slot] = doubtful
    return closed, unsure


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsureClosure(Gate):
    """A closure that a missing fact leaves open for one child: it can only make an answer undecided (S1.5)."""

    motive: str = ""

    @classmethod
    def of(cls, closure: Closure, profile: Profile) -> UnsureClosure:
        """The doubt that a closure casts; the code is one that no gate of a règlement can have."""
        whos = [closure.who, *(one.who for one in closure.unless)]
        lacking = {fact: bound for who in whos for fact, bound in who if fact in missing_facts(who, profile)}
        return cls(code=f"fermeture.{closure.code}", requires=tuple(lacking.items()), motive=closure.motive)

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """Which facts would tell whether the closure concerns this child."""
        del violation
        facts = ", ".join(fact for fact, _ in self.requires)
        if lang == "fr":
            return f"on ne sait pas si la fermeture ({self.motive}) concerne cet enfant : il manque {facts}"
        return f"whether the closure ({self.motive}) concerns this child is not known: missing {facts}"
