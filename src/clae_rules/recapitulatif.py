"""The priced récapitulatif of a demande: lines that add up to the cent, and what stays due (S11, S4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from .charges import Charge, Provisional, latest
from .epochs import Status
from .errors import Lang
from .items import Item, Unknown, costs_of
from .money import euros
from .showing import Cell, Displayed, Section
from .variants import Variant
from .verdicts import Verdict
from .windows import Stretch


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
        stretch: The stretch that it pays for as one; None for a line of dates.
        child: The sibling whose price changes; empty for the child of the demande, or the household.
        provisional: Why the amount may still change (S10.7).
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
    stretch: Stretch | None = None
    child: str = ""
    provisional: tuple[Provisional, ...] = ()

    def designation(self, *, with_year: bool) -> str:
        """« Périscolaire midi 2 (06/09) », « Garderie (septembre 2026) »; « hors-délai » where it is late."""
        late = " hors-délai" if self.variant is Variant.HORS_DELAI else ""
        shown = ", ".join(f"{day:%d/%m/%Y}" if with_year else f"{day:%d/%m}" for day in self.dates)
        shown = shown if self.stretch is None else self.stretch.label
        shown = f"{shown} ; {self.child}" if self.child else shown
        what = {"reserve": "", "retire": "n'est plus facturé : ", "du": "reste dû : "}[self.kind]
        return f"{what}{self.label}{late} ({shown})"


#: What stands in the place of the table where nothing is granted.
_REFUSED: Final = ("La demande est refusée : elle n'a pas de montant.", "The demande is refused: it has no amount.")


@dataclass(frozen=True, slots=True)
class Recapitulatif(Displayed):
    """
    What a demande costs: its lines under their établissement, mode and période, and the total.

    Args:
        title: « CLAE MESSY / PERISCOLAIRE / RESTAURATION / Périscolaire / Restauration 2021 - 2022 ».
        lines: Newly charged first, then no longer charged, then what stays due.
        unknown: Items without a price: then there is no total.
        with_year: Whether dates carry their year: the période spans twelve months or more.
        refused: Whether it is of a demande that is refused whole: then no total is shown, which would read as free.
    """

    title: str
    lines: tuple[Line, ...]
    unknown: tuple[Unknown, ...] = ()
    with_year: bool = False
    refused: bool = False

    @property
    def total_cents(self) -> int | None:
        """The sum of the lines, euro cents; None where a price is not known."""
        return None if self.unknown else sum(line.amount_cents for line in self.lines)

    @property
    def provisional(self) -> tuple[Provisional, ...]:
        """Every reason why an amount may still change, each once (S10.7)."""
        return latest(why for line in self.lines for why in line.provisional)

    def heading(self, lang: Lang = "fr") -> str:
        """The établissement, the mode and the période."""
        del lang
        return self.title

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The table of the guide, each line with how its price came about; then what may still change."""
        if self.refused:
            return (Section("", (), (), _REFUSED[lang == "en"]),)
        heads = (
            ("Désignation", "Quantité", "Tarif", "Montant", "Calcul")
            if lang == "fr"
            else ("Item", "Quantity", "Price", "Amount", "Derivation")
        )
        rows: list[tuple[Cell, ...]] = [
            (
                line.designation(with_year=self.with_year), line.quantity, euros(line.unit_cents),
                euros(line.amount_cents), " ; ".join(step.sentence(lang) for step in line.derivation.derivation),
            )
            for line in self.lines
        ]  # fmt: skip
        unknown = ("prix inconnu", "price not known")[lang == "en"]
        rows += [
            (f"{one.unpriced.item} ({one.day:%d/%m})", "", "", unknown, one.unpriced.sentence(lang))
            for one in self.unknown
        ]
        total = self.total_cents
        rows.append(("Total", "", "", unknown if total is None else euros(total), ""))
        return (Section("", heads, tuple(rows), " ".join(why.sentence(lang) for why in self.provisional)),)

    def text(self, lang: Lang = "fr", *, derivation: bool = False) -> str:
        """
        The table of the guide: désignation, quantité, tarif, montant, total.

        Args:
            lang: Language of the headings and derivations; amounts and dates stay French.
            derivation: Whether each line is followed by how its price came about (S10.8).
        """
        if self.refused:
            return f"- {self.title}\n{_REFUSED[lang == 'en']}"
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
        out += [why.sentence(lang) for why in self.provisional]
        return "\n".join(out)


def recapitulatif(first: Verdict, *then: Verdict) -> Recapitulatif:
    """
    What the granted dates of a demande cost (S10.6, S11): price after − price before, and the part that stays due.

    Dates that are refused cost nothing; an undecided demande is priced as asked, as far as prices are known.

    Args:
        first: The verdict.
        then: Others, each on the planning that the one before leaves: what they cost in all, so that what one takes
            away and another brings back is no line (an abonnement that changes is left, then taken), and what is held
            besides is priced anew where they change what is known of the child (S9.4).
    """
    periode, engine = first.periode, first.desk.engine
    items, unknown = costs_of((first, *then))
    grouped: dict[object, list[Item]] = {}
    for one in items:
        grouped.setdefault(one.key, []).append(one)
    lines = [_line(found) for found in grouped.values()]
    order = list(engine.order)
    lines.sort(
        key=lambda one: (
            ("reserve", "retire", "du").index(one.kind),
            one.child,
            not one.derivation.tariff,
            _rank(one, order),
            one.variant.value,
            one.dates[0],
        )
    )
    mode = next(one for one in engine.reglement.modes if one.code == periode.mode)
    place = next(one for one in engine.reglement.etablissements if one.code == mode.etablissement)
    title = f"{place.label} / {mode.label} / {periode.label}"
    refused = not (lines or unknown) and any(one.status is Status.REFUSED for one in (first, *then))
    with_year = _a_year(periode.first_day, periode.last_day)
    return Recapitulatif(title, tuple(lines), tuple(unknown), with_year=with_year, refused=refused)


def _line(found: list[Item]) -> Line:
    first = found[0]
    charge = first.entry.charge
    reserved = first.kind == "reserve"
    quantity = sum(one.times * (one.entry.charge.quantity if reserved else 1) for one in found)
    dates = tuple(sorted({day for one in found for day in one.entry.days}))
    amount = sum(one.times * one.cents for one in found)
    why = latest(why for one in found for why in one.entry.provisional)
    return Line(
        charge.item, charge.label, charge.variant, dates, quantity, first.unit_cents, amount, charge, first.kind,
        first.entry.stretch, first.child, why,
    )  # fmt: skip


def _a_year(first: date, last: date) -> bool:
    """Whether two days, both included, span twelve months or more."""
    after = date.fromordinal(min(last.toordinal() + 1, date.max.toordinal()))
    return (after.year - 1, after.month, after.day) >= (first.year, first.month, first.day)


def _rank(line: Line, order: list[str]) -> int:
    return min((order.index(slot) for slot in line.derivation.slots if slot in order), default=len(order))
