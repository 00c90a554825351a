"""What is not allowed, as data: rule, article, date and slots, and the sentence derived from them (S1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from .errors import Lang
from .showing import Section

Param = str | int
#: What stands before the code of a formule among labels.
FORMULE: Final = "formule."


class Speaker(Protocol):
    """Whatever refuses (a rule, a deadline, a gate, a pool): it alone puts its refusals into words."""

    def sentence(self, violation: Violation, lang: Lang) -> str:
        """The refusal in one sentence, without the date and the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """
    One broken rule, told as data (S1.4).

    Args:
        code: Stable French slug of what happened: « interdit-seul », « delai-depasse »…
        rule: Code of the rule, deadline, gate or pool in the règlement; empty for what the format forbids.
        source: Document and article it comes from.
        day: The date, or the first date of the window.
        slots: Slots present that break it, in display order.
        missing: Slots whose presence would mend it, in display order.
        unavailable: Those slots that the rule names but that are not open that day (S5.6).
        dates: Over a window: the dates held that break it, ascending.
        missing_dates: Over a window: the dates whose presence would mend it, ascending.
        window: The window's name, « septembre 2026 »; empty where one date is judged.
        params: What else the sentence says, by name.
        speaker: Who refuses; puts it into words.
        labels: Slot code to short label; a formule's code, after `FORMULE`, to its name.
    """

    code: str
    rule: str = ""
    source: str = ""
    day: date | None = None
    slots: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    missing_dates: tuple[date, ...] = ()
    window: str = ""
    params: tuple[tuple[str, Param], ...] = ()
    speaker: Speaker | None = field(default=None, compare=False, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def param(self, name: str) -> Param:
        """One of the parameters; an empty text where it was not given."""
        return dict(self.params).get(name, "")

    def named(self, slots: tuple[str, ...], lang: Lang, last: tuple[str, str] = ("et", "and")) -> str:
        """Slots, or formules after `FORMULE`, as a sentence lists them: « A », « B » et « C »."""
        shown = [f"« {self.labels.get(slot, slot.removeprefix(FORMULE))} »" for slot in slots]
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {last[lang == 'en']} {shown[-1]}"

    def sentence(self, lang: Lang = "fr") -> str:
        """What is refused and why, in one sentence; the date and the article are beside it."""
        return self.code if self.speaker is None else self.speaker.sentence(self, lang)

    def text(self, lang: Lang = "fr") -> str:
        """The sentence with its date and its source."""
        when = (
            ""
            if self.day is None or self.window
            else f"{self.day:%d/%m/%Y} : "
            if lang == "fr"
            else f"{self.day:%Y-%m-%d}: "
        )
        return f"{when}{self.sentence(lang)}{f' ({self.source})' if self.source else ''}"

    @property
    def key(self) -> tuple[str, str, date | None, str]:
        """What makes it the same violation before and after a change (S6.2): rule, kind and window."""
        return (self.rule, self.code, self.day, self.window)

    @property
    def order(self) -> tuple[object, ...]:
        """The order in which violations are told: never the order of the rules."""
        return (self.day or date.min, self.code, self.rule, self.window, self.slots, self.missing)


def told(title: str, violations: Iterable[Violation], lang: Lang) -> tuple[Section, ...]:
    """Violations as a table: when, why, by which rule; no table where there are none."""
    columns = (("date", "raison", "code", "source"), ("date", "reason", "code", "source"))[lang == "en"]
    rows = tuple((_when(one), one.sentence(lang), one.rule or one.code, one.source) for one in violations)
    return (Section(title, columns, rows),) if rows else ()


def _when(one: Violation) -> str:
    return one.window or ("" if one.day is None else f"{one.day:%d/%m/%Y}")
