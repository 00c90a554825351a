"""What a household owes for a month: bookings, absences, presences, late pick-ups (S4.3, S4.4, S10.6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final

from .attendance import Releve
from .constats import Constat, Lapse
from .costs import Costs, Entry, Unsettled, charges
from .desk import Desk
from .dues import DueKind
from .errors import Fault, InvalidReleveError, meant
from .fates import Fate, Fates, stays_due
from .holdings import Planning
from .lapses import Lapses, Noted, Ruling
from .losses import Losses, Part, each, itemised
from .owing import Amount, Owed, owing, picked_up_late
from .selectors import Where
from .shapes import Unpublished
from .slots import Held, Selection
from .statements import Kind, Line, Reason, Remark, Statement, joined, line_of
from .stretches import stretches
from .subscribing import expanded, subscribed
from .unbilled import unbilled
from .variants import Variant
from .windows import Stretch, Window

#: What leaves the planning before anything else is priced.
_LEAVING: Final = frozenset({Kind.CANCELLED, Kind.SERVICE})


def due(desk: Desk, releve: Releve) -> Statement:
    """
    What a household owes for a month, from what it booked and what happened; never a guess (S1.5).

    Args:
        desk: One of the children before the règlement, with his siblings.
        releve: What is known of the month.

    Raises:
        InvalidReleveError: Naming everything in the relevé that cannot be.
        InvalidValueError: If two abonnements of a child give one fact two values on a date.
        UnknownSubscriptionError: If the règlement does not have an abonnement.
    """
    desk, releve = _subscribed(desk, releve)
    mine = replace(releve, booked=releve.booked.held_by(desk.household))
    faults = [
        *_strangers(desk, releve),
        *releve.faults_of_month(),
        *mine.faults(desk.engine.places, desk.engine.tz),
    ]
    if faults:
        raise InvalidReleveError(faults)
    desks = {child: found for child in releve.children if (found := desk.of(child)) is not None}
    fates = {child: Fates(one, releve) for child, one in desks.items()}
    bill = _Bill(desk, releve, fates)
    coming = {day for child in fates.values() for day in child.booked if day in releve.billed and not child.over(day)}
    return Statement(
        applied=desk.engine.applied,
        month=releve.month,
        lines=joined(bill.lines),
        findings=_ordered(
            [
                *(one for child in fates.values() for one in child.findings if one.day in releve.billed),
                *unbilled(desk, releve),
            ]
        ),
        undecided=_ordered(bill.undecided),
        provisional=tuple(sorted(coming)),
    )


def _subscribed(desk: Desk, releve: Releve) -> tuple[Desk, Releve]:
    """The children with the abonnements that they have, and what these hold on the days that are told."""
    told, booked = releve.told, releve.booked
    for child, one in releve.abonnements:
        whose = desk.of(child)
        part = one.since(told.first_day)
        part = part and part.until(told.last_day)
        if whose is not None and part is not None:
            booked = expanded(whose, booked, part)
        desk = desk if whose is None else subscribed(desk, one, child=child)
    return desk, replace(releve, booked=booked)


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
    dated = [("abonne", who, releve.month, frozenset[str]()) for who, _ in releve.abonnements]
    dated += [("reserve", who, day, held.slots) for who, day, held in releve.booked.days]
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


#: A child on a date, with what is owed of some of his slots.
_Groups = list[tuple[Fates, date, tuple[str, ...], Owed]]


class _Bill:
    """
    A household's month: what left its planning, what was added on the spot, what was missed, and what stands.

    Each step is the difference between two plannings (S10.6), so that what a date costs may depend on others.
    """

    def __init__(self, desk: Desk, releve: Releve, fates: Mapping[str, Fates]) -> None:
        self.desk, self.engine, self.releve, self.fates = desk, desk.engine, releve, fates
        self.lapses = Lapses(desk.engine, fates, releve)
        self.lines: list[Line] = []
        self.undecided: list[Remark] = []
        self.doubtful: set[tuple[str, date, str]] = set()
        #: What stands, while it is being found out; all that was booked counts for prices that stay due once they are.
        self.planning = releve.booked.remembering(releve.booked)
        month = releve.billed
        self._month = Stretch(month.first_day, month.last_day, f"{releve.month:%Y-%m}")
        self._losses = Losses(desk, releve.instant, self._month)
        groups = [one for child in fates.values() for day in child.days for one in self._groups(child, day)]
        groups.sort(key=lambda one: (one[1], one[0].child, one[2]))
        for group in groups:
            if group[3].kind in _LEAVING:
                self._lose(*group)
        self._refuse_mixtures(groups)
        self._unbooked()
        for group in groups:
            if group[3].kind not in _LEAVING:
                self._lose(*group)
        self._uncovered()
        self._stands()
        for noted in self.lapses.noted:
            if noted.lapse is Lapse.LATE_PICKUP and noted.day in releve.billed:
                self._picked_up_late(noted)

    def _groups(self, child: Fates, day: date) -> _Groups:
        """The slots of a date that do not simply stand, by what is owed of them; what cannot be said is told."""
        found: dict[Owed, list[str]] = {}
        for slot, fate in child.of(day).items():
            owed = self._owe(child, day, slot, fate)
            if owed is not None:
                found.setdefault(owed, []).append(slot)
        return [(child, day, tuple(slots), owed) for owed, slots in found.items()]

    def _owe(self, child: Fates, day: date, slot: str, fate: Fate) -> Owed | None:
        if fate.lapse is None:
            if fate.doubt is not None:
                self._doubt(child, day, slot, fate.doubt)
            elif fate.kind is not Kind.BOOKED:
                return Owed(fate.kind, fate.rule, fate.due, None, (), fate.reasons, fate.refund)
            return None
        ruling = self.lapses.ruling(Noted(fate.lapse, child.child, day, slot))
        if ruling.silent and fate.lapse is Lapse.LATE_CANCEL:
            # Refused (S3.6): the booking stays as it was.
            child.findings[child.remark("annulation-sans-effet", day, slot)] = None
        elif ruling.silent or ruling.doubt is not None:
            self._doubt(child, day, slot, ruling.doubt or child.remark("absence-sans-regle", day, slot))
        else:
            return self._ruled(fate.kind, ruling)
        return None

    def _doubt(self, child: Fates, day: date, slot: str, why: Remark) -> None:
        self.doubtful.add((child.child, day, slot))
        self._undecided(day, why)

    def _undecided(self, day: date, *remarks: Remark) -> None:
        """Tell why nobody can say what is due of a date; another month's is for its own bill."""
        self.undecided += remarks if day in self.releve.billed else ()

    def _ruled(self, kind: Kind, ruling: Ruling) -> Owed:
        setter, reasons = ruling.setter, ruling.reasons
        part = None if setter is None else setter.due
        if setter is not None and part is not None:
            reasons = (*reasons, stays_due(setter.code, part, self._source(setter)))
        rules = [one.code for one in (setter, *ruling.adders) if one is not None]
        return Owed(kind, " + ".join(rules), part, setter, ruling.adders, reasons)

    def _source(self, constat: Constat) -> str:
        return self.engine.reglement.source_of(constat)

    def _refuse_mixtures(self, groups: _Groups) -> None:
        """Slots of one charge that are not due alike have no known part of it: told, and left as they are."""
        missed = [one for one in groups if one[3].kind not in _LEAVING]
        alike: dict[tuple[str, date], list[tuple[str, ...]]] = {}
        for child, day, slots, _ in missed:
            alike.setdefault((child.child, day), []).append(slots)
        several = {place for place, sets in alike.items() if len(sets) > 1}
        for entry in self._costs(day for _, day in several).entries if several else ():
            sets = alike.get((entry.child, entry.days[0]), [])
            mixed = [slots for slots in sets if set(slots) & set(entry.charge.slots)]
            if entry.stretch is None and len(mixed) > 1:
                child, day = self.fates[entry.child], entry.days[0]
                for slots in mixed:
                    groups[:] = [one for one in groups if (one[0], one[1], one[2]) != (child, day, slots)]
                names = tuple(slot for slots in mixed for slot in slots)
                self.doubtful |= {(entry.child, day, slot) for slot in names}
                self._undecided(day, child.remark("sorts-meles", day, *names))

    def _costs(self, days: Iterable[date] | Stretch) -> Costs:
        return charges(self.desk, self.planning, days, now=self.releve.instant)

    def _change(
        self,
        child: Fates,
        day: date,
        slots: tuple[str, ...],
        held: Callable[[Collection[str]], Selection],
        *,
        lost: bool,
    ) -> list[Part]:
        """
        Change what a child holds on a date, and say what the slots lost or added cost; nothing where it is not known.

        Args:
            slots: The slots lost or added.
            held: What he holds once some of them are.
            lost: Whether they are lost.
        """
        before = self.planning

        def path(done: Collection[str]) -> Planning:
            return before.changed({(child.child, day): held(done)}) if done else before

        self.planning = path(slots)
        if day not in self.releve.billed:
            return []
        found, whole = itemised(self.desk, child.child, day, slots, path, now=self.releve.instant, lost=lost)
        self._tell(whole.unsettled)
        return [] if any(self._is_doubtful(one) for one in (*whole.gone, *whole.fresh)) else found

    def _lose(self, child: Fates, day: date, slots: tuple[str, ...], owed: Owed) -> None:
        """The lines of what is lost when some slots of a date are cancelled or missed."""
        held, whole = self.planning.held(child.child, day), self.planning
        for part in each(self._change(child, day, slots, held.without, lost=True), slots, owed.due):
            reasons, base = list(owed.reasons), part.cents
            stays = (part.entry.charge.amount_cents if part.entry else part.cents) - part.cents
            if stays:
                reasons.insert(0, Reason("reste-tenu", (("amount_cents", Fraction(stays)),)))
            if owed.due is not None and owed.due.before_aid:
                base = part.full_cents
                reasons.insert(0, Reason("avant-aide", (("by", owed.rule), ("amount_cents", Fraction(base)))))
            amount = owing(child.desk, day, replace(owed, reasons=tuple(reasons)), part.slots, base)
            if owed.due is not None and owed.due.kind is DueKind.GIVEN_BACK and part.entry is None:
                left = self._losses.due(whole, child.child, day, part, owed.due)
                amount = replace(amount, cents=None if isinstance(left, Unpublished) else left)
            variant = held.variant(part.slots[0]) or Variant.NORMAL
            self._write(child, replace(self._line(child, day, part, owed, variant), charged_cents=part.cents), amount)

    def _line(self, child: Fates, day: date, part: Part, owed: Owed, variant: Variant) -> Line:
        charge = None if part.entry is None else part.entry.charge
        whole = charge is not None and len(part.slots) == len(charge.slots)
        names = ", ".join(self.engine.labels[slot] for slot in part.slots)
        own = next((one.label for one in (owed.setter, *owed.adders) if one is not None and one.label), "")
        return Line(
            kind=owed.kind, rule=owed.rule, child=child.child, item=charge.item if charge else part.slots[0],
            label=own or (charge.label if charge and whole else names), variant=charge.variant if charge else variant,
            dates=(day,), quantity=charge.quantity if charge and whole else 1, charged_cents=0, due_cents=0,
            price=charge.derivation if charge else (), reasons=(), refund=owed.refund,
        )  # fmt: skip

    def _write(self, child: Fates, line: Line, amount: Amount) -> None:
        """A line with what is due of it; nothing but a remark where that is not known."""
        day = line.dates[0]
        slots = (line.item,) if line.item in self.engine.slots else ()
        if amount.unpublished:
            self._undecided(day, child.remark("non-publie", day, *slots, rule=amount.unpublished))
        self._tell(Unsettled(child.child, (day,), one) for one in amount.unpriced)
        if amount.cents is not None:
            steps = (*line.price, *amount.steps)
            self.lines.append(replace(line, due_cents=amount.cents, price=steps, reasons=amount.reasons))

    def _unbooked(self) -> None:
        """The lines of children who were there without a booking."""
        for child in self.fates.values():
            for day, stays in child.stays.items():
                closed = [slot for slot in stays if slot not in child.desk.day(day).plans]
                self._undecided(day, *(child.remark("creneau-ferme", day, slot) for slot in closed))
        before = self.planning
        found: dict[tuple[date, str, Owed], list[str]] = {}
        for noted in self.lapses.noted:
            if noted.lapse is Lapse.UNBOOKED:
                child, ruling = self.fates[noted.child], self.lapses.ruling(noted)
                owed = self._ruled(Kind.UNBOOKED, ruling)
                if ruling.silent or ruling.doubt is not None:
                    why = ruling.doubt or child.remark("presence-sans-regle", noted.day, noted.slot)
                    self._undecided(noted.day, why)
                elif owed.setter is not None and owed.setter.refused:
                    child.findings[child.remark("presence-refusee", noted.day, noted.slot, by=owed.setter)] = None
                else:
                    found.setdefault((noted.day, noted.child, owed), []).append(noted.slot)
        for (day, who, owed), slots in found.items():
            self._added(self.fates[who], day, tuple(slots), owed)
        self.planning = before

    def _added(self, child: Fates, day: date, slots: tuple[str, ...], owed: Owed) -> None:
        """The lines of slots added on the spot: at their own price, or as if they had been booked beside the others."""
        if owed.setter is not None and owed.setter.price is not None:
            for slot in slots if day in self.releve.billed else ():
                line = self._line(child, day, Part(None, (slot,), 0, 0), owed, Variant.NORMAL)
                self._write(child, line, owing(child.desk, day, owed, (slot,), 0))
            return
        variant = (owed.setter and owed.setter.priced_as) or Variant.NORMAL
        kept = self.planning.held(child.child, day).without(slots).held

        def held(done: Collection[str]) -> Selection:
            return Selection((*kept, *(Held(slot, variant) for slot in slots if slot in done)))

        for part in self._change(child, day, slots, held, lost=False):
            taken = (part.entry.charge.amount_cents if part.entry else part.cents) - part.cents
            counted = (Reason("deja-pris", (("value_cents", Fraction(taken)),)),) if taken else ()
            priced = replace(owed, reasons=(*counted, *owed.reasons))
            self._write(
                child,
                self._line(child, day, part, owed, variant),
                owing(child.desk, day, priced, part.slots, part.cents),
            )

    def _picked_up_late(self, noted: Noted) -> None:
        """The line of a child who was picked up late."""
        child, ruling = self.fates[noted.child], self.lapses.ruling(noted)
        constat = ruling.setter
        self.undecided += [] if ruling.doubt is None else [ruling.doubt]
        if constat is None:
            return
        quantity, amount = picked_up_late(child.desk, noted, constat)
        line = Line(
            kind=Kind.LATE_PICKUP, rule=constat.code, child=noted.child, item=constat.code,
            label=constat.label or self.engine.labels[noted.slot], variant=Variant.NORMAL, dates=(noted.day,),
            quantity=quantity, charged_cents=0, due_cents=0, price=(), reasons=(),
        )  # fmt: skip
        self._write(child, line, replace(amount, reasons=(*ruling.reasons, *amount.reasons)))

    def _stands(self) -> None:
        """The lines of what stands after all this."""
        found = self._costs(self._month)
        self._tell(found.unsettled)
        self.lines += [line_of(one) for one in found.entries if not self._is_doubtful(one)]

    def _uncovered(self) -> None:
        """Tell the windows of prices of which the relevé does not tell the whole, where something is held in them."""
        told, today = self.releve.told, self.releve.instant.astimezone(self.engine.tz).date()
        prices = self.engine.prices
        items: list[tuple[Where, Window | None]] = [(one, one.per) for one in prices.counters]
        items += [(one, one.per) for one in prices.modifiers]
        items += [(one, one.window) for one in prices.tariffs]
        kept = {one.code for one in prices.tariffs if one.acquired}
        for item, window in items:
            seen: set[date] = set()
            days = self.releve.booked.days if getattr(item, "code", "") in kept else self.planning.days
            for who, day, held in days if window and not window.is_day else ():
                slots = held.slots & prices.covers(item)
                found = stretches(self.engine, window, slots, day) if window and slots else ()
                for one in found if day in self.releve.billed else ():
                    lacking = one.first_day if one.first_day < told.first_day else None
                    if lacking is None and told.last_day < one.last_day < today:
                        lacking = one.last_day
                    if lacking is not None and lacking not in seen:
                        seen.add(lacking)
                        remark = self.fates[who].remark("releve-trop-court", day, by=item, when=lacking.isoformat())
                        self.undecided.append(remark)

    def _tell(self, unsettled: Iterable[Unsettled]) -> None:
        for one in unsettled:
            child, fr, en = (
                one.child or next(iter(self.fates)),
                one.unpriced.sentence("fr", self.engine.labels),
                one.unpriced.sentence("en", self.engine.labels),
            )
            remark = self.fates[child].remark("prix-inconnu", one.days[0], *one.unpriced.slots, why_fr=fr, why_en=en)
            self.undecided.append(remark)

    def _is_doubtful(self, entry: Entry) -> bool:
        """Whether it pays for a slot of a date of which nobody knows what became."""
        places = {(entry.child, day, slot) for day in entry.days for slot in entry.charge.slots}
        return entry.stretch is None and not places.isdisjoint(self.doubtful)
