"""What a household owes for a month: bookings, absences, presences, late pick-ups (S4.3, S4.4, S10.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from .absences import Refund
from .attendance import Releve
from .charges import Charge, DayPrice, Params, Step, Unpriced
from .constats import Constat, Lapse
from .days import clock
from .desk import Desk
from .dues import Due
from .errors import Fault, InvalidReleveError, meant
from .fates import Fate, Fates, stays_due
from .lapses import Lapses, Noted, Ruling
from .money import round_cents
from .pricing import price_day
from .recapitulatif import given_back
from .shapes import Unpublished
from .slots import NOTHING, Held, Selection
from .statements import Kind, Line, Reason, Remark, Statement, joined, line_of
from .variants import Variant


def due(desk: Desk, releve: Releve) -> Statement:
    """
    What a household owes for a month, from what it booked and what happened; never a guess (S1.5).

    Args:
        desk: One of the children before the règlement, with his siblings.
        releve: What is known of the month.

    Raises:
        InvalidReleveError: Naming everything in the relevé that cannot be.
    """
    faults = [*_strangers(desk, releve), *releve.faults(desk.engine.places)]
    if faults:
        raise InvalidReleveError(faults)
    desks = {child: found for child in releve.children if (found := desk.of(child)) is not None}
    fates = {child: Fates(one, releve) for child, one in desks.items()}
    lapses = Lapses(desk.engine, fates, releve)
    days = [(child, day) for child in fates.values() for day in child.days if day in releve.billed]
    bills = [_Bill(child, lapses, day) for child, day in days]
    coming = {day for child, day in days if day in child.booked and not child.over(day)}
    return Statement(
        applied=desk.engine.applied,
        month=releve.month,
        lines=joined(line for bill in bills for line in bill.lines),
        findings=_ordered(one for child in fates.values() for one in child.findings),
        undecided=_ordered(one for bill in bills for one in bill.undecided),
        provisional=tuple(sorted(coming)),
    )


def _ordered(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple(sorted(dict.fromkeys(remarks), key=lambda one: (one.child, one.day, one.code, one.slots)))


def _strangers(desk: Desk, releve: Releve) -> Iterator[Fault]:
    """Children of whom nothing is known, slots of another règlement, dates that its calendar does not reach."""
    engine, days = desk.engine, desk.engine.reglement.days
    for child in releve.children:
        if desk.of(child) is None:
            yield Fault(
                ("enfant", child), "rien n'est dit de cet enfant ; ajoutez ses faits", "nothing is known of him"
            )
    dated = [("reserve", who, day, held.slots) for who, day, held in releve.booked.days]
    dated += [("present", who, day, frozenset(one.slot for one in stays)) for who, day, stays in releve.stays]
    for section, who, day, slots in dated:
        path = (section, who, day.isoformat())
        if who not in releve.children:
            fr, en = meant(who, releve.children)
            yield Fault((section, who), f"enfant inconnu : « {who} » ; {fr}", f"unknown child: « {who} »; {en}")
        if day not in days:
            yield Fault(path, "hors du calendrier du règlement, [jours]", "outside the calendar of the règlement")
        for slot in sorted(set(slots) - set(engine.slots)):
            fr, en = meant(slot, engine.slots)
            yield Fault(path, f"créneau inconnu : « {slot} » ; {fr}", f"unknown slot: « {slot} »; {en}")
    if releve.billed.first_day not in days or releve.billed.last_day not in days:
        fr = f"{releve.month:%Y-%m} est hors du calendrier du règlement ; complétez [jours]"
        yield Fault(("releve", "mois"), fr, f"{releve.month:%Y-%m} is outside the calendar of the règlement")


@dataclass(frozen=True, slots=True)
class _Owed:
    """What is owed of a price: a part of it or another price, then what is added, and why."""

    kind: Kind
    rule: str
    due: Due | None = None
    setter: Constat | None = None
    adders: tuple[Constat, ...] = ()
    reasons: tuple[Reason, ...] = ()
    refund: Refund | None = None


class _Bill:
    """One child on one date of the month: his lines, and what cannot be said."""

    def __init__(self, fates: Fates, lapses: Lapses, day: date) -> None:
        self.fates, self.lapses, self.day = fates, lapses, day
        self.child, self.engine, self.where = fates.child, fates.engine, fates.desk.day(day)
        self.lines: list[Line] = []
        self.undecided: list[Remark] = []
        self.held = fates.booked.get(day, NOTHING)
        fate = fates.of(day)
        self.doubtful = {slot for slot, one in fate.items() if one.doubt is not None}
        self.undecided += [one.doubt for one in fate.values() if one.doubt is not None]
        self.leaving = {slot for slot, one in fate.items() if one.leaves}
        self.owed: dict[str, _Owed] = {}
        for slot, one in fate.items():
            if one.doubt is None and one.kind is not Kind.BOOKED:
                self._owe(slot, one)
        self.stays = self.held.without(self.leaving)
        self._booked()
        mine = [noted for noted in lapses.noted if (noted.child, noted.day) == (self.child, day)]
        self._unbooked([noted for noted in mine if noted.lapse is Lapse.UNBOOKED])
        for noted in mine:
            if noted.lapse is Lapse.LATE_PICKUP:
                self._picked_up_late(noted)

    def _price(self, selection: Selection) -> DayPrice:
        """What the child's bookings of the date cost; the one place where this module asks for a price."""
        return self.where.price(selection)

    def _owe(self, slot: str, fate: Fate) -> None:
        """What is owed of a slot that does not simply stand; what cannot be said is told."""
        if fate.lapse is None:
            self.owed[slot] = _Owed(fate.kind, fate.rule, fate.due, None, (), fate.reasons, fate.refund)
            return
        ruling = self.lapses.ruling(Noted(fate.lapse, self.child, self.day, slot))
        if ruling.silent and fate.lapse is Lapse.LATE_CANCEL:
            # Refused (S3.6): the booking stays as it was.
            self.fates.findings[self.fates.remark("annulation-sans-effet", self.day, slot)] = None
        elif ruling.silent or ruling.doubt is not None:
            self.doubtful.add(slot)
            self.undecided.append(ruling.doubt or self.fates.remark("absence-sans-regle", self.day, slot))
        else:
            self.owed[slot] = self._ruled(fate.kind, ruling)

    def _ruled(self, kind: Kind, ruling: Ruling) -> _Owed:
        setter, reasons = ruling.setter, ruling.reasons
        part = None if setter is None else setter.due
        if setter is not None and part is not None:
            reasons = (*reasons, stays_due(setter.code, part, self._source(setter)))
        rules = [one.code for one in (setter, *ruling.adders) if one is not None]
        return _Owed(kind, " + ".join(rules), part, setter, ruling.adders, reasons)

    def _source(self, constat: Constat) -> str:
        return self.engine.reglement.source_of(constat)

    def _booked(self) -> None:
        """The lines of what was booked: what left the planning first, then what stands or was missed."""
        before, after = self._price(self.held), self._price(self.stays)
        unpriced = dict.fromkeys((*before.unpriced, *after.unpriced))
        self._tell(unpriced)
        lost, fresh = _differ(before.charges, after.charges)
        for charge in lost:
            gone = self.leaving & set(charge.slots)
            if gone and not self.doubtful & set(charge.slots):
                self._lose(charge, fresh, gone)
        for charge in after.charges:
            if self.doubtful & set(charge.slots):
                continue
            gone = {slot for slot in charge.slots if slot in self.owed and slot not in self.leaving}
            if not gone:
                self.lines.append(line_of(charge, Kind.BOOKED, self.child, self.day))
                continue
            left = self.stays.without(gone)
            rest = [one for one in self._price(left).charges if _continues(charge, one)]
            self.lines += [line_of(one, Kind.BOOKED, self.child, self.day) for one in rest]
            self._lose(charge, rest, gone)

    def _tell(self, unpriced: Iterable[Unpriced]) -> None:
        for one in unpriced:
            fr, en = one.sentence("fr"), one.sentence("en")
            self.undecided.append(self.fates.remark("prix-inconnu", self.day, *one.slots, why_fr=fr, why_en=en))

    def _lose(self, charge: Charge, rest: Collection[Charge], gone: Collection[str]) -> None:
        """The line of what a charge loses when some of its slots are cancelled or missed."""
        slots = tuple(slot for slot in charge.slots if slot in gone)
        owed = self.owed[slots[0]]
        if any(self.owed[slot] != owed for slot in slots):
            self.undecided.append(self.fates.remark("sorts-meles", self.day, *slots))
            return
        given = given_back(charge, rest)
        reasons = list(owed.reasons)
        stays = [one for one in rest if _continues(charge, one)]
        if stays:
            amount = Fraction(sum(one.amount_cents for one in stays))
            reasons.insert(0, Reason("reste-tenu", (("amount_cents", amount),)))
        base = given
        if owed.due is not None and owed.due.before_aid:
            base = given_back(charge, rest, before_aid=True)
            reasons.insert(0, Reason("avant-aide", (("by", owed.rule), ("amount_cents", Fraction(base)))))
        whole = len(slots) == len(charge.slots)
        self._charge(owed, slots, base, Line(
            kind=owed.kind, rule=owed.rule, child=self.child, item=charge.item,
            label=self._label(charge, slots), variant=charge.variant,
            dates=(self.day,), quantity=charge.quantity if whole else 1, charged_cents=given, due_cents=0,
            price=charge.derivation, reasons=tuple(reasons), refund=owed.refund,
        ))  # fmt: skip

    def _label(self, charge: Charge, slots: tuple[str, ...]) -> str:
        """What a line prints for some slots of a charge: its label, or theirs where they are a part of it."""
        whole = len(slots) == len(charge.slots)
        return charge.label if whole else ", ".join(self.engine.labels[slot] for slot in slots)

    def _charge(self, owed: _Owed, slots: tuple[str, ...], base: int, line: Line) -> None:
        """The line with what is owed of *base*, and how; nothing but a remark where an amount is not known."""
        steps, reasons, amount = line.price, list(line.reasons), base
        if owed.due is not None:
            part = owed.due.of(base)
            if isinstance(part, Unpublished):
                self._unpublished(owed.rule, slots)
                return
            amount = part
        elif owed.setter is not None and owed.setter.price is not None:
            own = [self._own_price(owed.setter, slot) for slot in slots]
            unpriced = [one for each in own for one in each.unpriced]
            if unpriced:
                self._tell(unpriced)
                return
            amount = sum(one.amount_cents for each in own for one in each.charges)
            steps = (*steps, *(step for one in own[0].charges for step in one.derivation))
        for one in owed.adders:
            said: Params = (("by", one.code),)
            if one.times is not None:
                amount = round_cents(amount * one.times)
                said = (*said, ("value", one.times), ("amount_cents", Fraction(amount)))
                reasons.append(Reason("fois", said, self._source(one)))
            elif isinstance(one.plus, Fraction):
                added = round_cents(one.plus) * len(slots)
                amount += added
                reasons.append(Reason("plus", (*said, ("value_cents", Fraction(added))), self._source(one)))
            else:
                self._unpublished(one.code, slots)
                return
        self.lines.append(replace(line, due_cents=amount, price=steps, reasons=tuple(reasons)))

    def _unpublished(self, rule: str, slots: tuple[str, ...]) -> None:
        self.undecided.append(self.fates.remark("non-publie", self.day, *slots, rule=rule))

    def _own_price(self, constat: Constat, slot: str) -> DayPrice:
        """What a constat that has a price of its own asks for a slot."""
        opened, prices = self.where.opened, self.engine.lapse_prices[constat.code]
        return price_day(
            prices, opened.facts, opened.codes, self.fates.desk.facts, self.where.profile, Selection.of(slot)
        )

    def _unbooked(self, noted: list[Noted]) -> None:
        """The lines of a child who was there without a booking."""
        closed = [slot for slot in self.fates.stays.get(self.day, {}) if slot not in self.where.plans]
        self.undecided += [self.fates.remark("creneau-ferme", self.day, slot) for slot in closed]
        priced: dict[str, _Owed] = {}
        for one in noted:
            ruling = self.lapses.ruling(one)
            owed = self._ruled(Kind.UNBOOKED, ruling)
            if ruling.silent or ruling.doubt is not None:
                remark = ruling.doubt or self.fates.remark("presence-sans-regle", self.day, one.slot)
                self.undecided.append(remark)
            elif owed.setter is not None and owed.setter.refused:
                self.fates.findings[self.fates.remark("presence-refusee", self.day, one.slot, by=owed.setter)] = None
            elif owed.setter is not None and owed.setter.price is not None:
                self._charge(owed, (one.slot,), 0, self._unbooked_line(owed, one.slot))
            else:
                priced[one.slot] = owed
        if priced:
            self._as_if_booked(priced)

    def _unbooked_line(self, owed: _Owed, slot: str) -> Line:
        return Line(
            kind=Kind.UNBOOKED, rule=owed.rule, child=self.child, item=slot, label=self.engine.labels[slot],
            variant=Variant.NORMAL, dates=(self.day,), quantity=1, charged_cents=0, due_cents=0, price=(),
            reasons=owed.reasons,
        )  # fmt: skip

    def _as_if_booked(self, priced: dict[str, _Owed]) -> None:
        """Charge slots as if they had been booked beside the others: the difference that they make."""
        held = [Held(slot, (one.setter and one.setter.priced_as) or Variant.NORMAL) for slot, one in priced.items()]
        before = self._price(self.stays)
        after = self._price(Selection((*self.stays.held, *held)))
        self._tell(one for one in after.unpriced if one not in before.unpriced)
        replaced, fresh = _differ(before.charges, after.charges)
        for charge in fresh:
            slots = tuple(slot for slot in charge.slots if slot in priced)
            if not slots:
                continue
            owed = priced[slots[0]]
            if any(priced[slot] != owed for slot in slots):
                self.undecided.append(self.fates.remark("sorts-meles", self.day, *slots))
                continue
            base = given_back(charge, replaced)
            reasons = owed.reasons
            if base != charge.amount_cents:
                reasons = (Reason("deja-pris", (("value_cents", Fraction(charge.amount_cents - base)),)), *reasons)
            self._charge(owed, slots, base, replace(
                self._unbooked_line(owed, slots[0]), item=charge.item, label=self._label(charge, slots),
                variant=charge.variant, quantity=charge.quantity, price=charge.derivation, reasons=reasons,
            ))  # fmt: skip

    def _picked_up_late(self, noted: Noted) -> None:
        """The line of a child who was picked up late."""
        ruling = self.lapses.ruling(noted)
        constat = ruling.setter
        if ruling.doubt is not None:
            self.undecided.append(ruling.doubt)
        if constat is None:
            return
        minutes, source = constat.late_minutes(noted.departure, self.engine.slots[noted.slot]), self._source(constat)
        quantity, tier = constat.late_price(minutes)
        said: Params = (("minutes", minutes), ("departure", clock(noted.departure)))
        reasons = [*ruling.reasons, Reason("retard", said, source)]
        steps: tuple[Step, ...] = ()
        if tier is None:
            own = self._own_price(constat, noted.slot)
            self._tell(own.unpriced)
            if own.unpriced:
                return
            amount, steps = sum(one.amount_cents for one in own.charges) * quantity, own.charges[0].derivation
        elif isinstance(tier, Unpublished):
            self._unpublished(constat.code, (noted.slot,))
            return
        else:
            amount = round_cents(tier)
            reasons.append(Reason("palier", (("by", constat.code), ("amount_cents", tier)), source))
        if constat.slice_minutes:
            reasons.append(Reason("tranches", (("quantity", quantity), ("unit", constat.slice_minutes)), source))
        self.lines.append(Line(
            kind=Kind.LATE_PICKUP, rule=constat.code, child=self.child, item=constat.code,
            label=constat.label or self.engine.labels[noted.slot],
            variant=Variant.NORMAL, dates=(self.day,), quantity=quantity, charged_cents=0, due_cents=amount,
            price=steps, reasons=tuple(reasons),
        ))  # fmt: skip


def _differ(before: Iterable[Charge], after: Iterable[Charge]) -> tuple[list[Charge], list[Charge]]:
    """What is charged before and no longer after, and the other way round."""
    old, new = Counter(before), Counter(after)
    return list((old - new).elements()), list((new - old).elements())


def _continues(lost: Charge, one: Charge) -> bool:
    """Whether a charge is what stays of another: the same tariff for some of its slots."""
    return one.tariff == lost.tariff and not set(one.slots).isdisjoint(lost.slots)
