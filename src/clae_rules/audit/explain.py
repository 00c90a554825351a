"""
One decision in full: what each item said, the boxes that are grey, what would make it pass, and the same elsewhere.

Nothing is recorded while deciding, so that it costs nothing until it is asked: a verdict holds all it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ..booking import NOBODY, check_day
from ..boxes import Box, BoxState, boxes
from ..desk import Desk
from ..engine import Applied
from ..epochs import Status
from ..errors import Lang
from ..holdings import Occupancy, Planning, Wish
from ..money import euros
from ..repairs import Repairs, repairs
from ..showing import Displayed, Section, said
from ..slots import NOTHING, Selection
from ..variants import Variant
from ..verdicts import DayVerdict
from .said import Hearing, Voice, Word, spoken_alone

#: A box that can be ticked, or is ticked and can be unticked.
_FREE: Final = frozenset({BoxState.FREE, BoxState.CHECKED, BoxState.CHECKED_WITH})


@dataclass(frozen=True, slots=True)
class Explanation(Displayed):
    """
    One decision about one date, in full; a value.

    Args:
        applied: Code, version and digest of the règlement (S1.5).
        label: The règlement's name.
        child: The child's code.
        day: The date.
        now: The instant at which it was judged, in the règlement's own time.
        status: Allowed, refused or undecided.
        held: What was held before.
        asked: What is held afterwards, if it is allowed.
        pending: (slot, what it waits for) of slots that would not be firm.
        words: What each item of the règlement said, those that spoke first, the gravest before.
        boxes: Every box of the date as the page would show it, what is asked being ticked.
        ways: What would make it pass, or what closed the way.
        price_cents: What the date then costs, euro cents; None where it is not allowed or not known.
        labels: (slot code, short label), in display order.
    """

    applied: Applied
    label: str
    child: str
    day: date
    now: datetime
    status: Status
    held: Selection
    asked: Selection
    pending: tuple[tuple[str, str], ...]
    words: tuple[Word, ...]
    boxes: tuple[Box, ...]
    ways: Repairs
    price_cents: int | None
    labels: tuple[tuple[str, str], ...]

    @property
    def spoke(self) -> tuple[Word, ...]:
        """The items that had something to say."""
        return tuple(one for one in self.words if one.spoke)

    @property
    def silent(self) -> tuple[Word, ...]:
        """The items that had nothing to say, and why."""
        return tuple(one for one in self.words if not one.spoke)

    @property
    def grey(self) -> tuple[Box, ...]:
        """The boxes that cannot be toggled, each with its reasons."""
        return tuple(one for one in self.boxes if one.state not in _FREE)

    def word(self, section: str, code: str) -> Word:
        """
        What one item said.

        Raises:
            KeyError: If the règlement has no such item, or it is about something that never came up.
        """
        for one in self.words:
            if (one.section, one.code) == (section, code):
                return one
        raise KeyError(f"[{section}.{code}] did not come up on {self.day}")

    def heading(self, lang: Lang = "fr") -> str:
        """The child, the date and the decision."""
        return f"{self.child}, {self.day:%d/%m/%Y}{' : ' if lang == 'fr' else ': '}{_decided(self, lang)}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """What was asked, what would make it pass, what each item said, and the grey boxes."""
        return tuple(_sections(self, lang))

    def text(self, lang: Lang = "fr") -> str:
        """The explanation as plain text."""
        return "\n".join(_lines(self, lang))

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The explanation as plain data, ready for JSON."""
        labels = dict(self.labels)
        return {
            "reglement": {"code": self.applied.code, "version": self.applied.version, "empreinte": self.applied.digest},
            "enfant": self.child,
            "date": self.day.isoformat(),
            "instant": self.now.isoformat(),
            "decision": self.status.value,
            "tenu": [{"creneau": one.slot, "variante": one.variant.value} for one in self.held],
            "demande": [{"creneau": one.slot, "variante": one.variant.value} for one in self.asked],
            "attend": [{"creneau": slot, "quoi": why} for slot, why in self.pending],
            "prix_cents": self.price_cents,
            "dit": [
                {
                    "section": one.section,
                    "code": one.code,
                    "voix": one.voice.value,
                    "pourquoi": one.why[lang == "en"],
                    "creneaux": list(one.slots),
                    "source": one.source,
                }
                for one in self.words
            ],
            "grises": [one.line(labels, lang) for one in self.grey],
            "solutions": [one.sentence(labels, lang) for one in self.ways.found],
            "solutions_coupees": self.ways.cut,
        }


def explain(
    desk: Desk, day: date, slots: Iterable[Wish], *, now: datetime, held: Selection = NOTHING,
    occupancy: Occupancy = NOBODY, waived: frozenset[str] = frozenset(), planning: Planning | None = None,
) -> Explanation:  # fmt: skip
    """
    One decision in full; the same arguments as `check_day`, whose answer it explains.

    Raises:
        NaiveInstantError: If *now* has no time zone.
        UnknownSlotError: If a slot is not of this règlement.
    """
    verdict = check_day(desk, day, slots, now=now, held=held, occupancy=occupancy, waived=waived, planning=planning)
    return explain_verdict(verdict, planning)


def explain_verdict(verdict: DayVerdict, planning: Planning | None = None) -> Explanation:
    """
    A decision already made, in full.

    Args:
        verdict: The decision about one date.
        planning: Everything that the household holds, where it was decided with it.
    """
    desk, where, outcome = verdict.desk, verdict.where, verdict.outcome
    engine, order = desk.engine, list(Voice)
    words = spoken_alone(verdict) if where is None else Hearing(verdict, where).words()
    total = verdict.price(outcome.after).total_cents if verdict.allowed else None
    page = boxes(
        desk, verdict.day, now=verdict.now, held=verdict.held, draft=outcome.after.slots,
        occupancy=Occupancy.of(verdict.terms[0]), waived=verdict.waived, planning=planning,
    )  # fmt: skip
    return Explanation(
        engine.applied, engine.reglement.identity.label, desk.child, verdict.day, verdict.now.astimezone(engine.tz),
        verdict.status, verdict.held, outcome.after, outcome.pending, tuple(sorted(words, key=lambda one: order.index(one.voice))), page.boxes, repairs(verdict), total,
        tuple(engine.labels.items()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SideBySide(Displayed):
    """
    The same question in several périodes or règlements.

    Args:
        columns: A name and the explanation for each.
    """

    columns: tuple[tuple[str, Explanation], ...]

    @classmethod
    def of(cls, explained: Mapping[str, Explanation]) -> SideBySide:
        """Explanations side by side, by the name of each column."""
        return cls(tuple(explained.items()))

    @property
    def rows(self) -> tuple[tuple[str, str, tuple[Word | None, ...]], ...]:
        """(section, code, what that item said in each column); None where a column has no such item."""
        said = [{(one.section, one.code): one for one in explained.words} for _, explained in self.columns]
        keys = dict.fromkeys(key for one in said for key in one)
        return tuple((*key, tuple(one.get(key) for one in said)) for key in keys)

    @property
    def differing(self) -> tuple[tuple[str, str, tuple[Word | None, ...]], ...]:
        """The rows in which the columns do not say the same."""
        return tuple(row for row in self.rows if len({None if one is None else one.voice for one in row[2]}) > 1)

    def heading(self, lang: Lang = "fr") -> str:
        """« Côte à côte »."""
        return ("Côte à côte", "Side by side")[lang == "en"]

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """Each decision, then each item on which they differ, a column each."""
        decided = ("décision", *(_decided(one, lang) for _, one in self.columns))
        differing = (
            (code, *(_NOWHERE[lang == "en"] if word is None else f"{word.voice.text(lang)}, {word.why[lang == 'en']}" for word in words))
            for _, code, words in self.differing
        )  # fmt: skip
        return (Section("", ("", *(name for name, _ in self.columns)), (decided, *differing)),)

    def text(self, lang: Lang = "fr") -> str:
        """The columns as plain text: each decision, then each item on which they differ."""
        return "\n".join(self._lines(lang))

    def _lines(self, lang: Lang) -> Iterator[str]:
        colon = " : " if lang == "fr" else ": "
        for name, one in self.columns:
            yield f"{name}{colon}{_decided(one, lang)}"
        for section, code, words in self.differing:
            yield ""
            yield f"[{section}.{code}]" if section else code
            for (name, _), word in zip(self.columns, words, strict=True):
                told = _NOWHERE[lang == "en"] if word is None else f"{word.voice.text(lang)}, {word.why[lang == 'en']}"
                yield f"  {name}{colon}{told}"


_NOWHERE: Final = ("n'y est pas", "is not there")


def side_by_side(explained: Mapping[str, Explanation]) -> SideBySide:
    """The same question in several périodes or règlements, by the name of each."""
    return SideBySide.of(explained)


def _decided(one: Explanation, lang: Lang) -> str:
    status = said(one.status, lang)
    return status if one.price_cents is None else f"{status}, {euros(one.price_cents)}"


def _named(one: Explanation, selection: Selection, lang: Lang) -> str:
    labels = dict(one.labels)
    order = list(labels)
    late = {held.slot for held in selection if held.variant is Variant.HORS_DELAI}
    slots = sorted(selection.slots, key=order.index)
    names = [f"« {labels[slot]} »{' hors-délai' if slot in late else ''}" for slot in slots]
    return ", ".join(names) or ("rien", "nothing")[lang == "en"]


def _lines(one: Explanation, lang: Lang) -> Iterator[str]:
    def say(fr: str, en: str) -> str:
        return fr if lang == "fr" else en

    labels = dict(one.labels)
    yield one.label
    yield say(
        f"{one.child}, {one.day:%d/%m/%Y}, jugé le {one.now:%d/%m/%Y à %H:%M}",
        f"{one.child}, {one.day:%d/%m/%Y}, judged on {one.now:%d/%m/%Y at %H:%M}",
    )
    if one.held:
        yield say("tenu : ", "held: ") + _named(one, one.held, lang)
    yield say("demandé : ", "asked: ") + _named(one, one.asked, lang)
    yield say("décision : ", "decision: ") + _decided(one, lang)
    yield from _section(say("Pour que cela passe", "What would make it pass"), _ways(one, labels, lang))
    spoke = [f"[{word.voice.text(lang)}] {word.text(lang)}" for word in one.spoke]
    yield from _section(say("Ont parlé", "Spoke"), spoke)
    yield from _section(say("N'ont rien dit", "Said nothing"), [word.text(lang) for word in one.silent])
    yield from _section(say("Cases grises", "Grey boxes"), [box.line(labels, lang) for box in one.grey])


def _sections(one: Explanation, lang: Lang) -> Iterator[Section]:
    french, labels = lang == "fr", dict(one.labels)
    names = ("règlement", "jugé le", "tenu", "demandé") if french else ("règlement", "judged on", "held", "asked")
    values = (one.label, f"{one.now:%d/%m/%Y %H:%M}", _named(one, one.held, lang), _named(one, one.asked, lang))
    titles = (
        ("Décision", "Pour que cela passe", "Ont parlé", "N'ont rien dit", "Cases grises")
        if french
        else ("Decision", "What would make it pass", "Spoke", "Said nothing", "Grey boxes")
    )
    heads = ("voix", "quoi") if french else ("voice", "what")
    yield Section(titles[0], ("", ""), tuple(zip(names, values, strict=True)))
    tables: tuple[tuple[tuple[str, ...], list[tuple[str, ...]]], ...] = (
        (("comment",) if french else ("how",), [(way,) for way in _ways(one, labels, lang)]),
        (heads, [(word.voice.text(lang), word.text(lang)) for word in one.spoke]),
        (heads, [(word.voice.text(lang), word.text(lang)) for word in one.silent]),
        (("case",) if french else ("box",), [(box.line(labels, lang),) for box in one.grey]),
    )
    for title, (columns, rows) in zip(titles[1:], tables, strict=True):
        if rows:
            yield Section(title, columns, tuple(rows))


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)


def _ways(one: Explanation, labels: dict[str, str], lang: Lang) -> list[str]:
    if one.status is not Status.REFUSED:
        return []
    found = [way.sentence(labels, lang) for way in one.ways.found]
    if one.ways.cut:
        found.append(("et d'autres", "and others")[lang == "en"])
    return found or [("rien ne le peut : ", "nothing can: ")[lang == "en"] + why for why in _closing(one, lang)]


def _closing(one: Explanation, lang: Lang) -> list[str]:
    return list(dict.fromkeys(violation.sentence(lang) for violation in one.ways.closed_by))
