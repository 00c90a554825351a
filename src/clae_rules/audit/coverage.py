"""Which rules a set of real bookings ever met: those that none ever broke are those that nobody has seen work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..booking import UnknownSlotError, wishes_of
from ..daytype import DayType
from ..desk import Desk
from ..engine import Engine
from ..errors import Lang, OutOfCalendarError
from ..holdings import Wish
from ..slots import slots_of
from ..variants import Variant

#: A booking to look at: the child before his règlement, the date, and all that he holds that day.
Row = tuple[Desk, date, Iterable[Wish]]


@dataclass(frozen=True, slots=True)
class RuleUse:
    """
    How often one rule had its say.

    Args:
        rule: Its code.
        source: Document and article it comes from.
        spoke: Rows on whose date it speaks of that child.
        concerned: Rows that hold something of what it is said of.
        broken: Rows that break it; None where it is judged over more than one date of one child.
        first_broken: Number of the first row that does, from 1; None where none does.
    """

    rule: str
    source: str
    spoke: int
    concerned: int
    broken: int | None
    first_broken: int | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    What a set of bookings shows of the rules.

    Args:
        rules: Each rule of the règlement, in its order.
        rows: Rows read.
        left_out: (number of the row from 1, why in French, why in English) of rows that could not be looked at.
    """

    rules: tuple[RuleUse, ...]
    rows: int
    left_out: tuple[tuple[int, str, str], ...]

    @property
    def never_broken(self) -> tuple[str, ...]:
        """Codes of the rules that no row breaks."""
        return tuple(one.rule for one in self.rules if one.broken == 0)

    @property
    def never_concerned(self) -> tuple[str, ...]:
        """Codes of the rules that are said of nothing that any row holds."""
        return tuple(one.rule for one in self.rules if not one.concerned)

    def text(self, lang: Lang = "fr") -> str:
        """The coverage as plain text, a line a rule."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Lang) -> Iterator[str]:
        left = len(self.left_out)
        fr, en = f"{self.rows} lignes, {left} laissées de côté", f"{self.rows} rows, {left} left out"
        yield fr if lang == "fr" else en
        for one in self.rules:
            fr = f"« {one.rule} » : vise {one.concerned} lignes sur {one.spoke}, "
            en = f"« {one.rule} »: concerns {one.concerned} rows of {one.spoke}, "
            if one.broken is None:
                fr, en = f"{fr}se juge sur plusieurs jours", f"{en}is judged over several days"
            else:
                fr, en = f"{fr}enfreinte par {one.broken}", f"{en}broken by {one.broken}"
            yield fr if lang == "fr" else en
        for number, fr, en in self.left_out:
            yield f"ligne {number} : {fr}" if lang == "fr" else f"row {number}: {en}"


def coverage(engine: Engine, rows: Iterable[Row]) -> Coverage:
    """
    Which rules a set of bookings ever met; rows alike are looked at once, so that time grows with those that differ.

    Args:
        engine: The règlement made ready.
        rows: Bookings, each child with a desk of this règlement. A row with an unknown slot, on a date that the calendar
            does not reach, or of another règlement is left out and listed.
    """
    alike: Counter[tuple[DayType, frozenset[tuple[str, Variant]]]] = Counter()
    first: dict[tuple[DayType, frozenset[tuple[str, Variant]]], int] = {}
    left_out = []
    number = 0
    for number, (desk, day, wishes) in enumerate(rows, 1):
        if desk.engine.applied != engine.applied:
            left_out.append((number, "un enfant d'un autre règlement", "a child of another règlement"))
            continue
        try:
            held = {
                slot: variant or Variant.NORMAL for slot, variant in wishes_of(desk, slots_of(wishes, number)).items()
            }
            key = (desk.day(day).kind, frozenset(held.items()))
        except UnknownSlotError as error:
            left_out.append((number, str(error), str(error)))
            continue
        except OutOfCalendarError:
            said = (f"le calendrier ne va pas jusqu'au {day}", f"the calendar does not reach {day}")
            left_out.append((number, *said))
            continue
        alike[key] += 1
        first.setdefault(key, number)
    spoke, concerned, broken = Counter[str](), Counter[str](), Counter[str]()
    when: dict[str, int] = {}
    for (kind, selection), times in alike.items():
        slots = {slot for slot, _ in selection}
        for speaking in (*kind.rules, *kind.spans.values()):
            spoke[speaking.rule.code] += times
            concerned[speaking.rule.code] += times if slots.intersection(speaking.subject) else 0
        for one in kind.broken(dict(selection)):
            code = one.speaking.rule.code
            broken[code] += times
            when[code] = min(when.get(code, number), first[kind, selection])
    rules = engine.reglement.rules
    used = (
        RuleUse(
            one.code, engine.reglement.source_of(one), spoke[one.code], concerned[one.code],
            None if one.spans else broken[one.code], when.get(one.code),
        )
        for one in rules
    )  # fmt: skip
    return Coverage(tuple(used), number, tuple(left_out))
