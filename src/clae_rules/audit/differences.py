"""What one règlement allows and another refuses, as data: selections and the reason, with their sentence (S1.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import Lang
from .findings import listed
from .spaces import BoxName


class Row(NamedTuple):
    """A selection that only one of two règlements allows."""

    boxes: tuple[BoxName, ...]
    gained: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """
    Selections that one règlement allows and the other refuses, for one reason.

    Args:
        gained: Whether it is the second one that allows them.
        rule: The rule that refuses them, of the other one; empty where slots do not open.
        slots: The slots that do not open.
        count: How many selections of the whole day; one that several reasons refuse is counted under each.
        smallest: Some of them that hold no smaller one.
        more: How many others hold no smaller one.
        source: Document and article of the rule.
        labels: (slot code, short label).
    """

    gained: bool
    rule: str
    slots: tuple[str, ...]
    count: int | None
    smallest: tuple[tuple[BoxName, ...], ...]
    more: int
    source: str = ""
    labels: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    def plain(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "permises_par": "apres" if self.gained else "avant",
            "regle": self.rule,
            "fermes": list(self.slots),
            "selections": self.count,
            "plus_petites": [
                [{"creneau": box.slot, "variante": box.variant.value} for box in one] for one in self.smallest
            ],
            "source": self.source,
            "texte": self.text(),
        }

    def text(self, lang: Lang = "fr") -> str:
        """The difference in one sentence: what changes, how many selections, the smallest ones, and why."""
        names, english = dict(self.labels), lang == "en"
        shown = ", ".join(" + ".join(box.text(names) for box in one) for one in self.smallest)
        others = f" (+ {self.more})" if self.more else ""
        slots = listed([f"« {names.get(code, code)} »" for code in self.slots], lang)
        source = f" ({self.source})" if self.source else ""
        many, several = len(self.smallest) + self.more > 1, len(self.slots) > 1
        if english:
            why = {
                (True, True): f"« {self.rule} » no longer forbids it",
                (True, False): f"{slots} {('was', 'were')[several]} not open",
                (False, True): f"because of « {self.rule} »",
                (False, False): f"{slots} {('is', 'are')[several]} not open any more",
            }[self.gained, bool(self.rule)]
            verb = f"{('becomes', 'become')[many]} {'possible' if self.gained else 'impossible'}"
            count = "" if self.count is None else f", {self.count} selection{'s' if self.count > 1 else ''}"
            return f"{shown}{others} {verb}: {why}{source}{count}"
        why = {
            (True, True): f"« {self.rule} » ne l'interdit plus",
            (True, False): f"{slots} n'{('ouvrait', 'ouvraient')[several]} pas",
            (False, True): f"à cause de « {self.rule} »",
            (False, False): f"{slots} n'{('ouvre', 'ouvrent')[several]} plus",
        }[self.gained, bool(self.rule)]
        word = "possible" if self.gained else "impossible"
        verb = f"deviennent {word}s" if many else f"devient {word}"
        count = "" if self.count is None else f", {self.count} sélection{'s' if self.count > 1 else ''}"
        return f"{shown}{others} {verb} : {why}{source}{count}"
