"""The priced récapitulatif of a demande: lines that add up to the cent, and what stays due (S11, S4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .charges import Charge, Unpriced
from .dues import Due
from .epochs import Standing, Status
from .errors import Lang
from .gates import Act
from .money import euros
from .shapes import Unpublished
from .slots import Selection
from .variants import Variant
from .verdicts import DayVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line: one priced item, in one variant, at one unit price, on some dates.

    Args:
        item: Slot or formule code.
        label: Its short label.
        variant: Normal or late.
        dates: The dates, ascending.
        quantity: Units in all.
        unit_cents: Printed tarif, euro cents.
        amount_cents: quantity × unit_cents.
        derivation: Why it costs that, one sentence a step.
        kind: « reserve » for what is newly charged, « retire » for what is no longer charged, « du » for what stays due.
    """

    item: str
    label: str
    variant: Variant
    dates: tuple[date, ...]
    quantity: int
    unit_cents: int
    amount_cents: int
    derivation: Charge
    kind: str = "reserve"

    def designation(self, *, with_year: bool) -> str:
        """« Périscolaire midi 2 (06/09) »; « hors-délai » where it is late."""
        late = " hors-délai" if self.variant is Variant.HORS_DELAI else ""
        shown = ", ".join(f"{day:%d/%m/%Y}" if with_year else f"{day:%d/%m}" for day in self.dates)
        what = {"reserve": "", "retire": "n'est plus facturé : ", "du": "reste dû : "}[self.kind]
        return f"{what}{self.label}{late} ({shown})"


@dataclass(frozen=True, slots=True)
class Unknown:
    """An item whose price is not known, with its date and why."""

    day: date
    unpriced: Unpriced


@dataclass(frozen=True, slots=True)
class Recapitulatif:
    """
    What a demande costs: its lines under their établissement, mode and période, and the total.

    Args:
        title: « CLAE MESSY / PERISCOLAIRE / RESTAURATION / Périscolaire / Restauration 2021 - 2022 ».
        lines: Newly charged first, then no longer charged, then what stays due.
        unknown: Items without a price: then there is no total.
        with_year: Whether dates carry their year: the période spans twelve months or more.
    """

    title: str
    lines: tuple[Line, ...]
    unknown: tuple[Unknown, ...] = ()
    with_year: bool = False

    @property
    def total_cents(self) -> int | None:
        """The sum of the lines, euro cents; None where a price is not known."""
        return None if self.unknown else sum(line.amount_cents for line in self.lines)

    def text(self, lang: Lang = "fr", *, derivation: bool = False) -> str:
        """
        The table of the guide: désignation, quantité, tarif, montant, total.

        Args:
            lang: Language of the headings and derivations; amounts and dates stay French.
            derivation: Whether each line is followed by how its price came about (S10.8).
        """
        heads = (
            ("Désignation", "Quantité", "Tarif", "Montant") if lang == "fr" else ("Item", "Quantity", "Price", "Amount")
        )
        rows = [heads]
        notes: dict[int, list[str]] = {}
        for line in self.lines:
            rows.append((
                line.designation(with_year=self.with_year), str(line.quantity), euros(line.unit_cents), euros(line.amount_cents),
            ))  # fmt: skip
            notes[len(rows) - 1] = [f"    {step.sentence(lang)}" for step in line.derivation.derivation]
        unknown = ("prix inconnu", "price not known")[lang == "en"]
        rows += [(f"{one.unpriced.item} ({one.day:%d/%m})", "", "", unknown) for one in self.unknown]
        total = self.total_cents
        rows.append(("Total", "", "", unknown if total is None else euros(total)))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        widths[0] = max(widths[0], min(len(self.title) + 2, 100) - sum(widths[1:]) - 6)
        out = []
        for i, row in enumerate(rows):
            cells = [row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in (1, 2, 3))]
            out.append("  ".join(cells).rstrip())
            out += notes.get(i, []) if derivation else []
            if i == 0:
                out.append(f"- {self.title}")
        return "\n".join(out)


def recapitulatif(verdict: Verdict) -> Recapitulatif:
    """
    What the granted dates of a demande cost (S10.6, S11): price after − price before, and the part that stays due.

    Dates that are refused cost nothing; an undecided demande is priced as asked, as far as prices are known.
    """
    undecided = verdict.status is Status.UNDECIDED
    days = tuple(day for day in verdict.days if day.status is not Status.REFUSED) if undecided else verdict.granted
    return of_days(verdict, days)


def of_days(verdict: Verdict, days: Iterable[DayVerdict]) -> Recapitulatif:
    """The récapitulatif of some dates of a verdict."""
    periode, engine = verdict.periode, verdict.days[0].desk.engine if verdict.days else None
    grouped: dict[tuple[str, str, str, Variant, int], list[tuple[date, Charge, int]]] = {}
    unknown: list[Unknown] = []
    alike: dict[tuple[int, int, Selection], _Change] = {}
    for day in days:
        if not day.known:
            continue
        key = (id(day.epoch), id(day.outcome), day.held)
        if key not in alike:
            alike[key] = _change(day)
        unknown += [Unknown(day.day, one) for one in alike[key].unpriced]
        for kind, charge, cents in alike[key].items:
            unit = cents if kind != "reserve" else charge.unit_cents
            grouped.setdefault((kind, charge.tariff, charge.item, charge.variant, unit), []).append(
                (day.day, charge, cents)
            )
    lines = [_line(*key, found) for key, found in grouped.items()]
    order = list(engine.order) if engine else []
    lines.sort(
        key=lambda one: (
            ("reserve", "retire", "du").index(one.kind),
            _rank(one, order),
            one.variant.value,
            one.dates[0],
        )
    )
    title = periode.label
    if engine is not None:
        mode = next(one for one in engine.reglement.modes if one.code == periode.mode)
        place = next(one for one in engine.reglement.etablissements if one.code == mode.etablissement)
        title = f"{place.label} / {mode.label} / {periode.label}"
    return Recapitulatif(title, tuple(lines), tuple(unknown), with_year=_a_year(periode.first_day, periode.last_day))


def _a_year(first: date, last: date) -> bool:
    """Whether two days, both included, span twelve months or more."""
    after = date.fromordinal(min(last.toordinal() + 1, date.max.toordinal()))
    return (after.year - 1, after.month, after.day) >= (first.year, first.month, first.day)


def _rank(line: Line, order: list[str]) -> int:
    return min((order.index(slot) for slot in line.derivation.slots if slot in order), default=len(order))


def _line(
    kind: str, tariff: str, item: str, variant: Variant, unit: int, found: list[tuple[date, Charge, int]]
) -> Line:
    del tariff
    charge = found[0][1]
    quantity = sum(one.quantity for _, one, _ in found) if kind == "reserve" else len(found)
    dates = tuple(sorted({day for day, _, _ in found}))
    amount = sum(cents for _, _, cents in found)
    return Line(item, charge.label, variant, dates, quantity, unit, amount, charge, kind)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a date newly charges, no longer charges and leaves due: (kind, charge, euro cents); and what is not known."""

    items: tuple[tuple[str, Charge, int], ...]
    unpriced: tuple[Unpriced, ...]


def _change(day: DayVerdict) -> _Change:
    """The difference of one date: price after − price before, and the part that stays due (S10.6)."""
    after, before = day.price(day.outcome.after), day.price(day.held)
    # What is unknown before and after alike is no part of the difference.
    changed = set(after.unpriced) ^ set(before.unpriced)
    unpriced = [one for one in (*after.unpriced, *before.unpriced) if one in changed]
    new, old = Counter(after.charges), Counter(before.charges)
    fresh, gone = list((new - old).elements()), list((old - new).elements())
    items = [("reserve", charge, charge.amount_cents) for charge in fresh]
    items += [("retire", charge, -charge.amount_cents) for charge in gone]
    removed = set(day.outcome.removed)
    for charge in gone:
        if removed.isdisjoint(charge.slots):
            continue
        due = _due(day, removed.intersection(charge.slots))
        cents = None if due is None else due.of(_part_due_of(day, due, charge, fresh))
        if cents is None or isinstance(cents, Unpublished):
            code = "du-indecis" if cents is None else "non-publie"
            unpriced.append(Unpriced(code, charge.item, charge.slots))
        elif cents:
            items.append(("du", charge, cents))
    return _Change(tuple(items), tuple(unpriced))


def _part_due_of(day: DayVerdict, due: Due, lost: Charge, fresh: Iterable[Charge]) -> int:
    """What a due is a part of: what a charge gives back, or would give back before aids where these are lost (S4.2)."""
    if not due.before_aid:
        return given_back(lost, fresh)
    full = day.price(day.held, aids=False).charges
    same = next((one for one in full if (one.tariff, one.slots) == (lost.tariff, lost.slots)), lost)
    return given_back(same, day.price(day.outcome.after, aids=False).charges)


def given_back(lost: Charge, fresh: Iterable[Charge]) -> int:
    """What a charge that falls gives back, euro cents: less what its tariff then asks for the slots that stay."""
    stays = [one for one in fresh if one.tariff == lost.tariff and not set(one.slots).isdisjoint(lost.slots)]
    return max(lost.amount_cents - sum(one.amount_cents for one in stays), 0)


def _due(day: DayVerdict, slots: set[str]) -> Due | None:
    """The one part due of some slots given back; None where their phases do not agree, or none is live."""
    changing = bool(day.held and day.outcome.after)
    found: set[Due | None] = set()
    for slot in slots & set(day.epoch.standings):
        standing: Standing = day.epoch.standing(slot, Act.CANCEL, changing=changing)
        found.add(None if standing.phase is None else standing.phase.due)
    return found.pop() if len(found) == 1 else None
