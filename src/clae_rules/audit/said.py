"""What each item of a règlement said of one decision, and why the others said nothing (S1.4, S1.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from ..bounds import Bound, Interval, format_interval
from ..constraints import Rule
from ..deadlines import Deadline
from ..desk import DeskDay
from ..errors import Lang
from ..facts import compare
from ..gates import Act, Gate, Pool
from ..phases import Action
from ..refusals import SENTENCES
from ..selectors import Where
from ..shapes import UNPUBLISHED
from ..verdicts import DayVerdict
from ..violations import Violation


class Voice(Enum):
    """What an item of a règlement comes to in one decision."""

    BROKEN = "enfreint"
    UNSURE = "incertain"
    INHERITED = "enfreint avant déjà"
    WAIVED = "levé par un agent"
    KEPT = "respecté"
    SILENT = "muet"

    def text(self, lang: Lang = "fr") -> str:
        """The voice in words."""
        return self.value if lang == "fr" else self.name.lower()


#: A sentence in French, then in English.
Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """
    What one item of a règlement said of a decision, or why it said nothing.

    Args:
        section: The item's section in a file: « regle », « delai », « acces », « capacite », « prix »; empty for what
            the format itself refuses.
        code: The item's code; that of the refusal where the section is empty.
        voice: What it comes to.
        why: The reason in a sentence, French then English.
        slots: The slots that it is about, in display order.
        source: Document and article it comes from.
    """

    section: str
    code: str
    voice: Voice
    why: Said
    slots: tuple[str, ...] = ()
    source: str = ""

    @property
    def spoke(self) -> bool:
        """Whether it had something to say."""
        return self.voice is not Voice.SILENT

    def text(self, lang: Lang = "fr") -> str:
        """The word on one line."""
        item = " ".join(one for one in (_SECTIONS[self.section][lang == "en"], f"« {self.code} »") if one)
        colon = " : " if lang == "fr" else ": "
        return f"{item}{colon}{self.why[lang == 'en']}{f' ({self.source})' if self.source else ''}"


_SECTIONS: Final = MappingProxyType(
    {
        "regle": ("règle", "rule"),
        "delai": ("délai", "deadline"),
        "acces": ("accès", "gate"),
        "capacite": ("places", "places"),
        "prix": ("prix", "price"),
        "": ("", ""),
    }
)
#: Refusals that `refusals` puts into words for a rule, not for a deadline.
_OF_RULES: Final = frozenset({"regle-incertaine", "planning-partiel"})
_VERBS: Final = MappingProxyType(
    {Action.BOOK: ("réserver", "book"), Action.CHANGE: ("changer", "change"), Action.CANCEL: ("annuler", "cancel")}
)


class _Kept(NamedTuple):
    """What an item that refuses nothing says; no slots at all where it is silent, and why."""

    why: Said
    slots: tuple[str, ...] | None = None


class Hearing:
    """
    One decision, while each item of the règlement is asked what it said of it.

    Args:
        verdict: The decision about one date.
        where: The date as the child meets it.
    """

    def __init__(self, verdict: DayVerdict, where: DeskDay) -> None:
        self.verdict, self.where, self.engine = verdict, where, verdict.desk.engine
        self.reglement, self.labels = self.engine.reglement, self.engine.labels
        outcome = verdict.outcome
        self.after = {one.slot for one in outcome.after}
        self.changing = bool(verdict.held and self.after)
        #: What changes: (slot, act).
        self.touched = [(slot, Act.BOOK) for slot in outcome.added] + [(slot, Act.CANCEL) for slot in outcome.removed]
        self.spoken = spoken(verdict)

    def words(self) -> Iterator[Word]:
        """A word for each rule, deadline, gate and pool, then for all else that spoke."""
        for rule in self.reglement.rules:
            yield self._word("regle", rule, self._of_rule(rule))
        for deadline in self.reglement.deadlines:
            yield self._word("delai", deadline, self._of_deadline(deadline))
        for gate in self.reglement.gates:
            yield self._word("acces", gate, self._of_gate(gate))
        for pool in self.reglement.pools:
            yield self._word("capacite", pool, self._of_pool(pool))
        for (section, code), met in self.spoken.items():
            yield _told(section, code, *met)

    def _word(self, section: str, item: Rule | Deadline | Gate | Pool, kept: _Kept) -> Word:
        """The word of an item: what it refuses, that an agent set it aside, that it is kept, or why it is silent."""
        source = self.reglement.source_of(item)
        met = self.spoken.pop((section, item.code), None)
        if met is not None:
            return _told(section, item.code, *met)
        if item.code in self.verdict.outcome.waived:
            return Word(section, item.code, Voice.WAIVED, _SET_ASIDE, kept.slots or (), source)
        voice = Voice.SILENT if kept.slots is None else Voice.KEPT
        return Word(section, item.code, voice, kept.why, kept.slots or (), source)

    def _names(self, slots: Iterable[str]) -> str:
        return ", ".join(f"« {self.labels[slot]} »" for slot in slots)

    def _of_rule(self, rule: Rule) -> _Kept:
        over = self.where.kind.spans.get(rule.code)
        speaking = next((one for one in self.where.kind.rules if one.rule is rule), over)
        if speaking is None:
            return self._absent(rule, self.where.kind.slots, _CLOSED)
        held = tuple(slot for slot in speaking.subject if slot in self.after)
        if not held:
            return _Kept(("rien de ce qu'elle vise n'est coché", "nothing of what it is about is ticked"), ())
        named = self._names(held)
        if over is not None:
            return _Kept((f"respectée sur sa fenêtre, avec {named}", f"kept over its window, with {named}"), held)
        return _Kept((f"respectée avec {named}", f"kept with {named}"), held)

    def _of_deadline(self, deadline: Deadline) -> _Kept:
        ruled: defaultdict[Said, list[str]] = defaultdict(list)
        mine = []
        for slot, act in self.touched:
            action = self.where.action(slot, act, changing=self.changing) if slot in self.where.plans else None
            if action is None:
                continue
            plan = self.where.plans[slot][action]
            if plan.deadline is deadline:
                ruled[self._until(slot, action)].append(slot)
            elif deadline.phases(action) is not None:
                mine.append((slot, plan.deadline))
        if ruled:
            fr = " ; ".join(f"{self._names(slots)} : {said}" for (said, _), slots in ruled.items())
            en = "; ".join(f"{self._names(slots)}: {said}" for (_, said), slots in ruled.items())
            return _Kept((fr, en), tuple(slot for slots in ruled.values() for slot in slots))
        for slot, other in mine:
            answer = self.where.applies(deadline, slot)
            if other is not None and answer:
                return _Kept((f"« {other.code} » l'emporte", f"« {other.code} » takes precedence"))
            if other is None and answer is not False:
                return _Kept(_UNTOLD)
        return self._absent(deadline, [slot for slot, _ in mine], _UNTOUCHED)

    def _until(self, slot: str, action: Action) -> Said:
        """On what terms an action is open, and until when."""
        now, tz = self.verdict.now.astimezone(UTC), self.engine.tz
        schedule = self.where.plans[slot][action].schedule
        window = next((one for one in schedule.windows if now in one), None)
        fr, en = _VERBS[action]
        if window is None:
            return f"on ne peut plus {fr}", f"too late to {en}"
        if window.end is None:
            fr, en = f"on peut {fr}, sans limite", f"{en} without limit"
        else:
            end = window.end.astimezone(tz)
            fr, en = f"on peut {fr} jusqu'au {end:%d/%m/%Y %H:%M}", f"{en} until {end:%d/%m/%Y %H:%M}"
        if window.phase.variant is not None:
            fr, en = f"{fr}, en {window.phase.variant.value}", f"{en}, as {window.phase.variant.value}"
        if window.phase.approval:
            fr, en = f"{fr}, avec l'accord d'un agent", f"{en}, once an agent agrees"
        return fr, en

    def _of_gate(self, gate: Gate) -> _Kept:
        closes = {*gate.closes, Act.BOOK} if Act.SEE in gate.closes else {*gate.closes}
        mine = [slot for slot, act in self.touched if act in closes and slot in self.where.plans]
        met = tuple(slot for slot in mine if self.where.applies(gate, slot) is not False)
        if not met:
            return self._absent(gate, mine, _UNTOUCHED)
        need = _conditions(gate.requires)
        return _Kept((f"exigence remplie, {need}", f"met, {need}"), met)

    def _of_pool(self, pool: Pool) -> _Kept:
        inside = [slot for slot in self.where.kind.slots if self.where.applies(pool, slot) is not False]
        added = tuple(slot for slot, act in self.touched if act is Act.BOOK and slot in inside)
        if not added:
            open_added = [slot for slot, act in self.touched if act is Act.BOOK and slot in self.where.plans]
            return self._absent(pool, open_added, _UNTOUCHED)
        if any(slot in self.verdict.held for slot in inside):
            return _Kept(("l'enfant y a déjà sa place", "the child has his place already"))
        taken = self.verdict.terms[0].get((pool.code, self.verdict.day))
        places = "?" if pool.places is UNPUBLISHED else str(pool.places)
        full = taken is not None and pool.places is not UNPUBLISHED and taken >= pool.places
        fr = f"{taken} places prises sur {places}{' : liste d’attente' if full else ''}"
        en = f"{taken} places taken of {places}{': waiting list' if full else ''}"
        return _Kept((fr, en), added)

    def _absent(self, item: Where, slots: Iterable[str], nothing: Said) -> _Kept:
        """Why a selector holds none of some slots of this date for this child."""
        places, opened = self.engine.places, self.where.opened
        named = places.expand(item.slots) if item.slots else self.engine.slots.keys()
        mine = [slot for slot in slots if slot in named]
        if not mine:
            return _Kept(nothing)
        if not places.on(item, opened.facts, opened.codes):
            return _Kept(("ne vise pas cette date", "is not meant for this date"))
        start = opened.slots[mine[0]].first_day
        profile = self.verdict.desk.profile(opened.facts.day, start)
        failing = tuple((fact, bound) for fact, bound in item.who if compare(bound, profile(fact)) is False)
        if failing:
            need = _conditions(failing)
            return _Kept((f"ne vise pas cet enfant, il faudrait {need}", f"is not meant for this child, needed {need}"))
        if any(self.where.applies(one, slot) is not False for one in item.unless for slot in mine):
            return _Kept(("une exception l'écarte", "an exception sets it aside"))
        return _Kept(("ne se juge pas sur ce seul jour", "is not judged on this day alone"))


_SET_ASIDE: Final = ("enfreint, et levé par un agent", "broken, and set aside by an agent")
_CLOSED: Final = ("aucun de ses créneaux n'ouvre ce jour-là", "none of its slots opens that day")
_UNTOLD: Final = (
    "il manque un fait pour savoir quel délai s'applique",
    "a fact is missing to tell which deadline applies",
)
_UNTOUCHED: Final = ("ne vise rien de ce qui change", "is about nothing that changes")


def spoken(verdict: DayVerdict) -> dict[tuple[str, str], tuple[Voice, list[Violation]]]:
    """What refuses, is broken already or leaves undecided, by section and code."""
    found: dict[tuple[str, str], tuple[Voice, list[Violation]]] = {}
    voices = ((Voice.BROKEN, verdict.violations), (Voice.UNSURE, verdict.doubts), (Voice.INHERITED, verdict.inherited))
    for voice, violations in voices:
        for one in violations:
            kept = found.setdefault(_item(one), (voice, []))
            if voice is not Voice.INHERITED or kept[0] is voice:
                kept[1].append(one)
    return found


def spoken_alone(verdict: DayVerdict) -> Iterator[Word]:
    """What refuses a date or leaves it undecided, where nothing more is known of it."""
    for (section, code), met in spoken(verdict).items():
        yield _told(section, code, *met)


def _item(one: Violation) -> tuple[str, str]:
    """The section and code of what speaks; the refusal's own code where it is the format."""
    sections = ((Rule, "regle"), (Gate, "acces"), (Pool, "capacite"))
    section = next((name for kind, name in sections if isinstance(one.speaker, kind)), "")
    if not section and one.rule:
        timed = "delai" if one.code in SENTENCES else "prix"
        section = "regle" if one.code in _OF_RULES else timed
    return section, one.rule if section else one.code


def _told(section: str, code: str, voice: Voice, violations: list[Violation]) -> Word:
    fr, en = (" ; ".join(one.sentence("fr") for one in violations), "; ".join(one.sentence("en") for one in violations))
    slots = tuple(dict.fromkeys(slot for one in violations for slot in one.slots))
    return Word(section, code, voice, (fr, en), slots, violations[0].source)


def _conditions(who: Iterable[tuple[str, Bound]]) -> str:
    """Conditions on facts as a file writes them."""
    return ", ".join(f"{fact} = {_bound(bound)}" for fact, bound in who)


def _bound(bound: Bound) -> str:
    if isinstance(bound, Interval):
        return format_interval(bound)
    return " | ".join(sorted(str(one).lower() if isinstance(one, bool) else one for one in bound))
