"""« Mon planning » : what is held, by month or by week, each with its state and its child's initial (S12.2)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from types import MappingProxyType
from typing import Final

from .days import ENGLISH_WEEKDAYS, MONTHS, WEEKDAYS, clipped, days_between, monday
from .described import is_day
from .engine import Engine
from .errors import Fault, Lang, meant, raise_all
from .history import Booked, BookedState
from .shapes import YEARS, folded
from .showing import Displayed, Section, said
from .variants import Variant

_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanningLook:
    """
    How a planning is shown: the choices of its menu.

    Args:
        engine: The règlement, for labels, times and display order.
        names: What the children of the household are called, by code, in the order in which they are shown.
        child: Code of the one child shown; all of them where None.
        mode: Code of the one mode d'accueil shown; all of them where None.
        limit: How many entries of a date are shown before « + x en plus »; all of them where None.

    Raises:
        InvalidValueError: If the mode is not of the règlement, or the limit is negative.
    """

    engine: Engine
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    child: str | None = None
    mode: str | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        known = [one.code for one in self.engine.reglement.modes]
        if self.mode is not None and self.mode not in known:
            fr, en = meant(self.mode, known)
            yield Fault(("mode",), f"mode inconnu : « {self.mode} » ; {fr}", f"unknown mode: « {self.mode} »; {en}")
        if self.limit is not None and self.limit < 0:
            yield Fault(("limit",), f"lu {self.limit} ; il faut 0 ou plus", f"got {self.limit}; expected 0 or more")

    def shows(self, one: Booked) -> bool:
        """Whether a booking is among what is shown."""
        mode = self.engine.modes.get(one.held.slot)
        of_mode = self.mode is None or (mode is not None and mode.code == self.mode)
        return of_mode and self.child in (None, one.child)


@dataclass(frozen=True, slots=True)
class PlanningEntry:
    """
    One booking as a planning shows it.

    Args:
        child: The child's code.
        name: What he is called; his code where no name is given.
        initial: His initial, longer where two children share one.
        slot: The slot's code.
        label: Its short label, with « hors-délai » where it is late; its code where the règlement has no such slot.
        times: « 13:15-13:45 »; empty for a slot without times.
        state: Where it stands.
        number: The dossier that booked it.
    """

    child: str
    name: str = field(repr=False)
    initial: str = field(repr=False)
    slot: str
    label: str
    times: str
    state: BookedState
    number: str = ""

    def text(self, lang: Lang = "fr") -> str:
        """« ✓ Périscolaire midi 2 (13:15-13:45) M »; the state in words where it is not validated."""
        times = f" ({self.times})" if self.times else ""
        check, words = self.state.sign, "" if self.state.sign else f" [{said(self.state, lang)}]"
        return f"{check and f'{check} '}{self.label}{times} {self.initial}{words}"


@dataclass(frozen=True, slots=True)
class PlanningDay:
    """
    One date of a planning.

    Args:
        day: The date.
        neighbour: Whether it is of the month before or after the one shown.
        entries: Everything held, in display order then child.
        limit: How many of them are shown at once; all of them where None.
    """

    day: date
    neighbour: bool
    entries: tuple[PlanningEntry, ...]
    limit: int | None = None

    @property
    def shown(self) -> tuple[PlanningEntry, ...]:
        """The entries that are shown at once."""
        return self.entries[: self.limit]

    @property
    def hidden(self) -> tuple[PlanningEntry, ...]:
        """Those that « + x en plus » opens."""
        return self.entries[len(self.shown) :]

    def more(self, lang: Lang = "fr") -> str:
        """« + 2 en plus »; empty where all are shown."""
        return f"+ {len(self.hidden)} {('en plus', 'more')[lang == 'en']}" if self.hidden else ""


@dataclass(frozen=True, slots=True)
class PlanningPage(Displayed):
    """
    A month or a week of a planning.

    Args:
        first_day: The first day of the month, or the Monday of the week.
        weeks: Its weeks, each from Monday to Sunday.
        legend: (initial, name) of each child of the household, in the order in which they are shown.
        by_week: Whether it is one week rather than a month.
    """

    first_day: date
    weeks: tuple[tuple[PlanningDay, ...], ...]
    legend: tuple[tuple[str, str], ...] = field(repr=False)
    by_week: bool = False

    @property
    def next(self) -> date | None:
        """A date of the month, or week, after this one: « afficher le mois suivant »; None past the last year."""
        return _within(self.first_day + _WEEK if self.by_week else clipped(*_month(self.first_day, 1), 1))

    @property
    def previous(self) -> date | None:
        """A date of the month, or week, before this one; None before the first year."""
        return _within(self.first_day - _WEEK if self.by_week else clipped(*_month(self.first_day, -1), 1))

    @property
    def days(self) -> tuple[PlanningDay, ...]:
        """Every date shown, ascending."""
        return tuple(one for week in self.weeks for one in week)

    def heading(self, lang: Lang = "fr") -> str:
        """« Septembre 2021 », « Semaine 36 : du 6 au 12 septembre 2021 »."""
        if self.by_week:
            return week_title(self.first_day, lang)
        if lang == "en":
            return f"{self.first_day.year}-{self.first_day.month:02d}"
        return f"{MONTHS[self.first_day.month - 1].capitalize()} {self.first_day.year}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """A table a week that holds something, a row an entry; then whose the initials are."""
        columns = (("Jour", "", "Réservation", "Horaire", "Enfant", "État"), ("Day", "", "Booking", "Times", "Child", "BookedState"))  # fmt: skip
        found = []
        for week in self.weeks:
            rows = tuple(row for one in week for row in _rows(one, lang))
            title = "" if self.by_week else week_title(week[0].day, lang)
            found += [Section(title, columns[lang == "en"], rows)] if rows else []
        if not found:
            return (Section("", note=("aucune réservation", "no booking")[lang == "en"]),)
        return (*found, Section("", note=self.legend_text))

    @property
    def legend_text(self) -> str:
        """« M : Martin, R : Rita »."""
        return ", ".join(f"{initial} : {name}" for initial, name in self.legend)

    def plain(self, lang: Lang = "fr") -> dict[str, object]:
        """The page as JSON types, under French keys."""
        return {
            "titre": self.heading(lang), "du": self.days[0].day.isoformat(), "au": self.days[-1].day.isoformat(),
            "jours": [
                {
                    "date": one.day.isoformat(), "autre_mois": one.neighbour, "en_plus": len(one.hidden),
                    "reservations": [
                        {
                            "enfant": x.child, "initiale": x.initial, "creneau": x.slot, "nom": x.label,
                            "horaire": x.times, "etat": said(x.state, lang), "dossier": x.number,
                        }
                        for x in one.entries
                    ],
                }
                for one in self.days
            ],
        }  # fmt: skip


def month_page(booked: Iterable[Booked], look: PlanningLook, day: date) -> PlanningPage:
    """
    The month that holds a date, in whole weeks: « la fenêtre s'ouvre sur le mois en cours ».

    Args:
        booked: What is held: `History.booked`, or `booked_in` of a planning.
        look: How it is shown.
        day: Any date of the month.

    Raises:
        InvalidValueError: If the date is none, or its year is not from 1900 to 2200.
    """
    first = _known(day).replace(day=1)
    last = clipped(first.year, first.month, 31)
    days = days_between(monday(first), monday(last) + timedelta(days=6))
    return _page(booked, look, first, tuple(days), by_week=False)


def week_page(booked: Iterable[Booked], look: PlanningLook, day: date) -> PlanningPage:
    """
    The week, from Monday to Sunday, that holds a date.

    Args:
        booked: What is held.
        look: How it is shown.
        day: Any date of the week.

    Raises:
        InvalidValueError: If the date is none, or its year is not from 1900 to 2200.
    """
    first = monday(_known(day))
    return _page(booked, look, first, tuple(days_between(first, first + timedelta(days=6))), by_week=True)


def initials(names: Mapping[str, str]) -> dict[str, str]:
    """
    The initial of each child by code: one letter, more where two would share it, a number where two names are alike.

    >>> initials({"a": "Martin", "b": "Rita"}), initials({"a": "Martin", "b": "Milo", "c": "Milo"})
    ({'a': 'M', 'b': 'R'}, {'a': 'Ma', 'b': 'Mi1', 'c': 'Mi2'})
    """
    called = {code: unicodedata.normalize("NFC", name).strip() or code for code, name in names.items()}
    keys = {code: folded(name) for code, name in called.items()}
    often, distinct = Counter(keys.values()), set(keys.values())
    found = {code: _shortest(name, keys[code], distinct) for code, name in called.items()}
    taken = {folded(found[code]) for code in found if often[keys[code]] == 1}
    for code, initial in found.items():
        if often[keys[code]] > 1:
            rank = next(n for n in count(1) if folded(f"{initial}{n}") not in taken)
            found[code] = f"{initial}{rank}"
            taken.add(folded(found[code]))
    return found


def week_title(first: date, lang: Lang = "fr") -> str:
    """
    A week by its ISO number and its days.

    >>> week_title(date(2020, 12, 28))
    'Semaine 53 : du 28 décembre 2020 au 3 janvier 2021'
    """
    last, number = first + timedelta(days=6), first.isocalendar().week
    if lang == "en":
        return f"Week {number}: {first.isoformat()} to {last.isoformat()}"
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
    year = "" if first.year == last.year else f" {first.year}"
    days = f"du {ordinal(first)}{month}{year} au {ordinal(last)} {MONTHS[last.month - 1]} {last.year}"
    return f"Semaine {number} : {days}"


def ordinal(day: date) -> str:
    """« 1er », « 6 »."""
    return f"{day.day}{'er' if day.day == 1 else ''}"


def _shortest(name: str, key: str, distinct: set[str]) -> str:
    """The shortest beginning of a name that begins no other; the whole name where another begins with it."""
    for n in range(1, len(name)):
        begun = folded(name[:n])
        if not any(other.startswith(begun) for other in distinct if other != key):
            return name[:n].strip()
    return name


def _page(
    booked: Iterable[Booked], look: PlanningLook, first: date, days: tuple[date, ...], *, by_week: bool
) -> PlanningPage:
    everything = tuple(booked)
    unnamed = sorted({one.child for one in everything} - look.names.keys())
    names = {**look.names, **{code: code for code in unnamed}}
    short, whos = initials(names), {code: rank for rank, code in enumerate(names)}
    order = {slot: rank for rank, slot in enumerate(look.engine.order)}
    by_day: dict[date, list[Booked]] = {}
    for one in everything:
        if days[0] <= one.day <= days[-1] and look.shows(one):
            by_day.setdefault(one.day, []).append(one)

    def entries(day: date) -> tuple[PlanningEntry, ...]:
        found = by_day.get(day, [])
        found.sort(key=lambda one: (order.get(one.held.slot, len(order)), one.held.slot, whos[one.child]))
        return tuple(_entry(one, look, names, short) for one in found)

    cells = [
        PlanningDay(day, not by_week and day.month != first.month, entries(day), look.limit) for day in days
    ]  # fmt: skip
    legend = tuple((short[code], names[code].strip() or code) for code in names if look.child in (None, code))
    return PlanningPage(first, tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7)), legend, by_week)


def _entry(one: Booked, look: PlanningLook, names: Mapping[str, str], short: Mapping[str, str]) -> PlanningEntry:
    slot = look.engine.slots.get(one.held.slot)
    label = one.held.slot if slot is None else slot.short_label
    late = " hors-délai" if one.held.variant is Variant.HORS_DELAI else ""
    return PlanningEntry(
        one.child, names[one.child].strip() or one.child, short[one.child], one.held.slot, f"{label}{late}",
        "" if slot is None else slot.times, one.state, one.number,
    )  # fmt: skip


def _rows(one: PlanningDay, lang: Lang) -> Iterator[tuple[str, ...]]:
    weekday = (WEEKDAYS, ENGLISH_WEEKDAYS)[lang == "en"][one.day.weekday()]
    of_month = f" {MONTHS[one.day.month - 1]}" if one.neighbour and lang == "fr" else ""
    day = f"{weekday} {ordinal(one.day)}{of_month}" if lang == "fr" else f"{weekday} {one.day.isoformat()}"
    for n, entry in enumerate(one.shown):
        state = said(entry.state, lang)
        yield (day if n == 0 else "", entry.state.sign, entry.label, entry.times, entry.initial, state)
    if one.hidden:
        yield ("" if one.shown else day, "", one.more(lang), "", "", "")


def _month(day: date, more: int) -> tuple[int, int]:
    return day.year, day.month + more


def _known(day: date) -> date:
    if not is_day(day) or day.year not in YEARS:
        years = f"{YEARS[0]} à {YEARS[-1]}"
        fr = f"lu « {day} » ; il faut une date civile, d'une année de {years}"
        raise_all(
            [Fault(("day",), fr, f"got « {day} »; expected a civil date, of a year from {YEARS[0]} to {YEARS[-1]}")]
        )
    return day


def _within(day: date) -> date | None:
    return day if day.year in YEARS else None
