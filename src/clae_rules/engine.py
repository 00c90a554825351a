"""A règlement made ready to answer: its days, its deadlines and its kinds of day, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from .counts import Counting
from .days import DayFacts, days_between
from .dayspans import FormDate, SpanForm
from .daytype import DayType, Speaking
from .deadlines import Deadline, Schedule, schedule
from .described import leaves
from .errors import OutOfCalendarError, not_a, raise_all
from .moments import Moments
from .phases import Action
from .reglement import Reglement
from .rules import Rule
from .selectors import ALWAYS, When
from .slots import Periode
from .violations import FORMULE
from .windows import Stretch, Window
from .windows import Unit as WindowUnit


@dataclass(frozen=True, slots=True)
class OpenDay:
    """
    A date of the règlement, whoever the child: what the calendar says, and the slots that open.

    Args:
        facts: What the calendar says.
        periodes: The périodes that open on it.
        slots: Open slot code to its période, in display order.
    """

    facts: DayFacts
    periodes: tuple[Periode, ...]
    slots: Mapping[str, Periode]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the périodes that open on it."""
        return tuple(one.code for one in self.periodes)


@dataclass(frozen=True, slots=True)
class Applied:
    """Which règlement an answer applied (S1.5): code, version and digest of its normal form."""

    code: str
    version: str
    digest: str


class Engine:
    """
    A règlement made ready to answer; build one and keep it.

    It holds memos of its own and no other state: two engines of equal règlements give equal answers. What only the
    days of a règlement can tell is checked by `soundness.faults`, which reading a file always asks.

    Args:
        reglement: What the municipality publishes.

    Raises:
        InvalidValueError: If it is no `Reglement`, such as the name of a file.
        ZoneInfoNotFoundError: If the system has no data for the time zone; `pip install 'clae-rules[tzdata]'`.
    """

    def __init__(self, reglement: Reglement) -> None:
        raise_all(not_a(reglement, Reglement, 'load_engine("reglement.toml").reglement', "reglement"))
        self.reglement = reglement
        self.applied = Applied(reglement.identity.code, reglement.identity.version, reglement.digest())
        self.tz = ZoneInfo(reglement.identity.time_zone)
        self.slots = reglement.slots()
        self.order = tuple(self.slots)
        self.labels = {code: slot.short_label for code, slot in self.slots.items()}
        #: How a sentence calls slots and formules.
        self.names = self.labels | {f"{FORMULE}{one.code}": one.label or one.code for one in reglement.formules}
        self.modes = reglement.mode_of()
        self.periodes = {one.code: one for one in reglement.periodes}
        self.places = reglement.places()
        self.divisions = {one.code: one for one in reglement.divisions}
        self.facts = dict(reglement.facts)
        #: Rules of one date, and rules over windows.
        self.day_rules = tuple(one for one in reglement.rules if not one.spans)
        self.window_rules = tuple(one for one in reglement.rules if isinstance(one, Counting) and one.spans)
        self.prices = reglement.price_rules()
        self.lapse_prices = reglement.lapse_prices()
        priced = [reglement.tariffs, reglement.modifiers, reglement.grids]
        said = {value for items in priced for one in items for _, _, value in leaves(one) if isinstance(value, When)}
        #: Every date condition on which a price depends: dates on which they answer alike are priced alike.
        self.price_dates = tuple(said - {ALWAYS})
        #: The codes that an agent may set aside.
        self.waivable = frozenset(
            one.code
            for items in (reglement.rules, reglement.deadlines, reglement.gates, reglement.pools, reglement.periodes)
            for one in items
        )
        self.subscriptions = {one.code: one for one in reglement.subscriptions}
        terms = (one.terms(changing=changing) for one in reglement.subscriptions for changing in (False, True))
        self.waivable |= {one.code for one in terms}
        calendars = {one.code: reglement.calendars_of(one) for one in reglement.etablissements}
        #: The calendars that a date tells by itself, by the mode whose school teaches on some weekdays.
        self._calendars = {one.code: calendars[one.etablissement] for one in reglement.modes}
        self._days: dict[date, OpenDay] = {}
        self._first_open: dict[str, date | None] = {}
        self._schedules: dict[tuple[str, Action, date, str, int | None], Schedule] = {}
        self._kinds: dict[object, DayType] = {}
        self._forms: dict[object, SpanForm] = {}

    def day(self, day: date) -> OpenDay:
        """
        A date, whoever the child; memoised.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach it.
        """
        found = self._days.get(day)
        if found is None:
            facts = self.reglement.days.describe(day)
            opened = tuple(one for one in self.reglement.periodes if day in one and self._opens(one, facts))
            by_mode = {one.mode: one for one in opened}
            slots = {code: by_mode[mode.code] for code, mode in self.modes.items() if mode.code in by_mode}
            found = self._days[day] = OpenDay(facts, opened, slots)
        return found

    def _opens(self, periode: Periode, day: DayFacts) -> bool:
        calendars = self._calendars[periode.mode]
        inside = periode.when.matches(day, (periode.code,), calendars)
        shut = periode.unless != ALWAYS and periode.unless.matches(day, (periode.code,), calendars)
        return inside and not shut

    def open_days(self, periode: Periode) -> tuple[date, ...]:
        """The dates on which a période opens, ascending."""
        days = days_between(periode.first_day, periode.last_day)
        return tuple(day for day in days if periode in self.day(day).periodes)

    def first_open(self, periode: Periode) -> date | None:
        """The first date on which a période opens."""
        if periode.code not in self._first_open:
            days = days_between(periode.first_day, periode.last_day)
            self._first_open[periode.code] = next((day for day in days if periode in self.day(day).periodes), None)
        return self._first_open[periode.code]

    def is_open(self, calendar: str, day: date, mode: str) -> bool:
        """
        Whether a named calendar holds a date (S3.2).

        Args:
            calendar: « calendaires », « ouvrés », « ouvrables », « école », « ouverts », « ouverts de l'établissement »,
                or one of the règlement's own.
            mode: The mode whose open days, or whose établissement's, are meant.

        Raises:
            OutOfCalendarError: If the règlement's calendar does not reach the date.
        """
        if calendar == "calendaires":
            return True
        if calendar == "ouverts":
            return any(one.mode == mode for one in self.day(day).periodes)
        if calendar == "ouverts de l'établissement":
            place = next(one.etablissement for one in self.reglement.modes if one.code == mode)
            here = {one.code for one in self.reglement.modes if one.etablissement == place}
            return any(one.mode in here for one in self.day(day).periodes)
        return self._calendars[mode][calendar](self.reglement.days.describe(day))

    def schedule(self, deadline: Deadline, action: Action, day: date, slot: str) -> Schedule:
        """When an action on a slot of a date is live under a deadline, and in which phase; memoised."""
        opened = self.day(day)
        periode = opened.slots[slot]
        hours = self.slots[slot].hours
        start = hours[0] if hours and deadline.anchored_on_slot else None
        key = (deadline.code, action, day, periode.code, start)
        found = self._schedules.get(key)
        if found is None:
            found = self._schedules[key] = schedule(
                deadline, action, self._moments(opened, periode, hours), lambda when: self.on(when, opened)
            )
        return found

    def moments(self, day: date, slot: str) -> Moments:
        """What a limit counts from and along, for a slot that is open on a date."""
        opened = self.day(day)
        return self._moments(opened, opened.slots[slot], self.slots[slot].hours)

    def on(self, when: When, opened: OpenDay) -> bool:
        """Whether some dates hold this one."""
        return when.matches(opened.facts, opened.codes, self.places.calendars)

    def _moments(self, opened: OpenDay, periode: Periode, hours: tuple[int, int] | None) -> Moments:
        day = opened.facts.day
        holiday = next(
            (span.first_day for code, span in self.reglement.days.holidays if code == opened.facts.holiday), None
        )
        return Moments(
            day=day,
            slot_start=hours[0] if hours else None,
            periode_first_day=periode.first_day,
            periode_last_day=periode.last_day,
            first_open_day=self.first_open(periode),
            holiday_first_day=holiday,
            is_open=lambda name, when: self.is_open(name, when, periode.mode),
            tz=self.tz,
        )

    def stretch(self, window: Window, day: date, periode: Periode) -> Stretch | None:
        """The stretch of a window that holds a date opened by a période; None where a division has no part there."""
        own = Stretch(periode.first_day, periode.last_day, periode.label)
        return window.stretch(day, own, self.divisions)

    def stretch_of(self, rule: Rule, day: date, periode: Periode) -> Stretch | None:
        """
        The dates that a rule over windows judges together (S5.4), seen from a date that a période opens.

        Days, weeks and months end with the période; years and published divisions hold every période.
        """
        found = self.stretch(rule.window, day, periode)
        if found is None or rule.window.unit in (WindowUnit.SCHOOL_YEAR, WindowUnit.CIVIL_YEAR):
            return found
        if isinstance(rule.window.unit, str):
            return found
        return Stretch(max(found.first_day, periode.first_day), min(found.last_day, periode.last_day), found.label)

    def kind(self, slots: tuple[str, ...], speaking: tuple[Speaking, ...]) -> DayType:
        """The kind of day with these open slots and these rules speaking, over windows among them; memoised."""
        key = (slots, tuple((one.rule.code, one.subject, one.certain, one.exceptions) for one in speaking))
        found = self._kinds.get(key)
        if found is None:
            rules = tuple(one for one in speaking if not one.rule.spans)
            spans = tuple(one for one in speaking if one.rule.spans)
            found = self._kinds[key] = DayType(self.reglement, self.order, slots, rules, spans)
        return found

    def form(self, rule: Counting, dates: tuple[FormDate, ...]) -> SpanForm:
        """The formula of a rule over dates of certain kinds, with the ranks of dates and children; memoised."""
        key = (rule.code, dates)
        found = self._forms.get(key)
        if found is None:
            found = self._forms[key] = SpanForm(rule, dates)
        return found

    def slots_on(self, day: date) -> tuple[str, ...]:
        """The slots that open on a date, in display order; none beyond the calendar."""
        return tuple(self.day(day).slots) if self.knows(day) else ()

    def knows(self, day: date) -> bool:
        """Whether the règlement's calendar reaches a date."""
        try:
            self.day(day)
        except OutOfCalendarError:
            return False
        return True
