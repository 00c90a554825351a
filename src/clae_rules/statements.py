"""What is due at the end of a month, as data: lines with their derivation, remarks, and what nobody can say (S10.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from .charges import Params, Provisional, Sentences, Step, latest
from .costs import Entry
from .described import Plain
from .dues import Refund
from .engine import Applied
from .errors import Lang
from .money import euros, euros_exact
from .shapes import plain_number
from .showing import Cell, Displayed, Section
from .variants import Variant
from .windows import Stretch


class Kind(Enum):
    """Why a line is due; booking late is the variant of a booking (S4.3)."""

    BOOKED = "réservé"
    CANCELLED = "annulé"
    LATE_CANCELLED = "annulé hors délai"
    EXCUSED = "absence excusée"
    SERVICE = "annulé par le service"
    ABSENT = "absent sans annuler"
    UNBOOKED = "présent sans réservation"
    LATE_PICKUP = "repris en retard"

    def said(self, lang: Lang) -> str:
        """The kind in words."""
        return self.value if lang == "fr" else _KINDS[self]


_KINDS: Final = MappingProxyType(
    {
        Kind.BOOKED: "booked",
        Kind.CANCELLED: "cancelled",
        Kind.LATE_CANCELLED: "cancelled late",
        Kind.EXCUSED: "excused absence",
        Kind.SERVICE: "cancelled by the service",
        Kind.ABSENT: "absent without cancelling",
        Kind.UNBOOKED: "present without booking",
        Kind.LATE_PICKUP: "picked up late",
    }
)

_REASONS: Final[Sentences] = MappingProxyType(
    {
        "du": ("{by} : reste dû {due_fr}", "{by}: stays due: {due_en}"),
        "avant-aide": ("{by} : aide perdue, prix entier {amount_cents}", "{by}: aid lost, full price {amount_cents}"),
        "jour-du": ("{by} : jour dû ({waiting_fr})", "{by}: day due ({waiting_en})"),
        "reste-tenu": ("ce qui reste réservé coûte {amount_cents}", "what stays booked costs {amount_cents}"),
        "plus": ("{by} : + {value_cents}", "{by}: + {value_cents}"),
        "fois": ("{by} : × {value} = {amount_cents}", "{by}: × {value} = {amount_cents}"),
        "rang": ("{by} : fois n° {rank}, {window}", "{by}: number {rank}, {window}"),
        "retard": ("{minutes} min de retard (départ {departure})", "{minutes} min late (left at {departure})"),
        "palier": ("{by} : palier {amount_cents}", "{by}: tier {amount_cents}"),
        "tranches": ("{quantity} × {unit} min commencées", "{quantity} × started {unit} min"),
        "deja-pris": ("ce qui est déjà compté : − {value_cents}", "counted already: − {value_cents}"),
    }
)

#: What is remarked of a month, and what leaves it undecided: French, then English.
_REMARKS: Final[Sentences] = MappingProxyType(
    {
        "presence-refusee": ("{slots} : présent sans réservation, refusé par le règlement ; rien n'est dû",
                             "{slots}: present without booking, refused by the règlement; nothing is due"),
        "annulation-sans-effet": ("{slots} : annulation refusée par le règlement, sans effet ; la réservation reste",
                                  "{slots}: cancellation refused by the règlement, without effect; the booking stays"),
        "present-malgre-absence": ("{slots} : présent pendant une absence déclarée ; compté présent",
                                   "{slots}: present during a declared absence; counted as present"),
        "sans-motif-connu": ("absence sans motif que le règlement excuse", "absence without a motive that is excused"),
        "trop-courte": ("« {by} » : {count} jour(s), il en faut {needed_fr}", "« {by} »: {count} day(s), needed: {needed_en}"),
        "non-signale": ("« {by} » : absence non signalée", "« {by} »: absence not reported"),
        "signale-trop-tard": ("« {by} » : signalée trop tard ({limit_fr})", "« {by} »: reported too late ({limit_en})"),
        "non-justifie": ("« {by} » : aucun justificatif", "« {by} »: no proof was given"),
        "justifie-trop-tard": ("« {by} » : justifiée trop tard ({limit_fr})", "« {by} »: proved too late ({limit_en})"),
        "absence-sans-regle": (
            '{slots} : absent, et aucune règle ne dit ce qui reste dû ; écrivez [constat.X] fait = "absent sans annuler"',
            '{slots}: absent, and no rule says what stays due; write [constat.X] fait = "absent sans annuler"'),
        "presence-sans-regle": (
            ("{slots} : présent sans réservation, et aucune règle ne dit ce qui est dû ; "
            'écrivez [constat.X] fait = "présent sans réservation"'),
            ("{slots}: present without booking, and no rule says what is due; "
            'write [constat.X] fait = "présent sans réservation"')),
        "delai-inconnu": ("{slots} : on ne sait pas si l'annulation est à temps : {why_fr}",
                          "{slots}: not known whether the cancellation is in time: {why_en}"),
        "creneau-ferme": ("{slots} : le règlement ne l'ouvre pas ce jour-là", "{slots}: not open on that day"),
        "fait-manquant": ("{slots} : il manque {names}", "{slots}: missing {names}"),
        "deux-regles": ("{slots} : {names} s'appliquent et rien ne les départage",
                        "{slots}: {names} apply with nothing to choose between them"),
        "hors-du-mois": ("hors de {month}, et rien de ce mois n'en dépend : {dates_fr} ; à facturer avec leur mois",
                         "outside {month}, on which nothing of it depends: {dates_en}; to bill with their own month"),
        "attendu": ("« {by} » : peut encore être excusée ({limit_fr})", "« {by} »: may still be excused ({limit_en})"),
        "releve-trop-court": ("« {by} » : il faudrait les réservations du {when} ; élargissez le relevé",
                              "« {by} »: bookings of {when} are needed; widen the relevé"),
        "calendrier-inconnu": ("« {by} » : hors du calendrier du règlement", "« {by} »: outside the calendar"),
        "rang-inconnu": ("« {by} » : combien de fois avant le {when} ? dites-le dans [deja.{child}]",
                         "« {by} »: how many times before {when}? say so in [deja.{child}]"),
        "non-publie": ("{slots} : le montant n'est pas publié (« {rule} »)", "{slots}: not published (« {rule} »)"),
        "sorts-meles": ("{slots} : vendus ensemble, mais pas dus de même", "{slots}: sold together, not due alike"),
        "prix-inconnu": ("{why_fr}", "{why_en}"),
    }
)  # fmt: skip


def _shown(name: str, value: str | int | Fraction) -> str:
    if name.endswith("_cents"):
        return euros_exact(Fraction(value))
    return str(plain_number(value)).replace(".", ",") if isinstance(value, Fraction) else str(value)


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One step from a price to what is due (S10.8).

    Args:
        code: Stable French slug.
        params: Names and values; amounts are exact cents.
        source: Document and article, or the hypothesis, it rests on.
    """

    code: str
    params: Params = ()
    source: str = ""

    def sentence(self, lang: Lang = "fr") -> str:
        r"""
        The step in words, its source in brackets.

        >>> Reason("deja-pris", (("value_cents", Fraction(350)),)).sentence()
        'ce qui est déjà compté : − 3,50\xa0€'
        """
        said = _REASONS[self.code][lang == "en"].format(**{name: _shown(name, value) for name, value in self.params})
        return f"{said} ({self.source})" if self.source else said


@dataclass(frozen=True, slots=True)
class Remark:
    """
    Something to tell of a date: a finding, or why an amount cannot be said (S1.5).

    Args:
        code: Stable French slug.
        child: Whose.
        day: The date, or the first one.
        slots: Slots concerned, in display order.
        params: What else the sentence says.
        source: Document and article.
        labels: Slot code to short label.
    """

    code: str
    child: str
    day: date
    slots: tuple[str, ...] = ()
    params: Params = ()
    source: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def sentence(self, lang: Lang = "fr") -> str:
        """What is remarked, without the child and the date."""
        given = {name: _shown(name, value) for name, value in self.params}
        slots = ", ".join(f"« {self.labels.get(slot, slot)} »" for slot in self.slots)
        said = _REMARKS[self.code][lang == "en"].format(**{"slots": slots, "child": self.child, **given})
        return f"{said} ({self.source})" if self.source else said

    def text(self, lang: Lang = "fr") -> str:
        """The sentence with its child and its date."""
        when = f"{self.day:%d/%m/%Y}" if lang == "fr" else f"{self.day:%Y-%m-%d}"
        return f"{self.child}, {when}{' : ' if lang == 'fr' else ': '}{self.sentence(lang)}"

    def plain(self, lang: Lang = "fr") -> dict[str, Plain]:
        """The remark as JSON types."""
        return {
            "code": self.code,
            "enfant": self.child,
            "date": self.day.isoformat(),
            "creneaux": list(self.slots),
            "source": self.source,
            "texte": self.sentence(lang),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A line of the bill: one priced item of one child, of one kind, with the same outcome on some dates.

    Args:
        kind: Why it is due.
        rule: Code of the deadline, constat, absence or event that says so; empty for a booking.
        item: Slot, formule or tariff; the constat for what it charges by itself.
        label: What is printed.
        variant: In time or late, as it was booked.
        dates: Ascending.
        quantity: Units in all.
        charged_cents: What the bookings had cost; 0 for what was not booked.
        due_cents: What is due.
        price: How the price came about.
        reasons: How what is due came out of it, in order.
        refund: In what form the rest comes back, where the règlement says.
        stretch: The stretch that it pays for as one; None for a line of dates.
        provisional: Why the amount may still change (S10.7).
    """

    kind: Kind
    rule: str
    child: str
    item: str
    label: str
    variant: Variant
    dates: tuple[date, ...]
    quantity: int
    charged_cents: int
    due_cents: int
    price: tuple[Step, ...]
    reasons: tuple[Reason, ...]
    refund: Refund | None = None
    stretch: Stretch | None = None
    provisional: tuple[Provisional, ...] = ()

    @property
    def given_back_cents(self) -> int:
        """What is no longer due of what was booked."""
        return max(0, self.charged_cents - self.due_cents)

    def matter(self, lang: Lang = "fr") -> str:
        """« Repas (07/09) — absence excusée », whosever it is."""
        late = (" hors-délai", " late")[lang == "en"] if self.variant is Variant.HORS_DELAI else ""
        dates = ", ".join(f"{day:%d/%m}" for day in self.dates) if self.stretch is None else self.stretch.label
        kind = "" if self.kind is Kind.BOOKED else f" — {self.kind.said(lang)}"
        refund = f" ({self.refund.value})" if self.refund and self.given_back_cents else ""
        return f"{self.label}{late} ({dates}){kind}{refund}"

    def designation(self, lang: Lang = "fr") -> str:
        """« léa : Repas (07/09, 08/09) — absence excusée »."""
        who = self.child or ("household" if lang == "en" else "foyer")
        return f"{who} : {self.matter(lang)}"

    def derivation(self, lang: Lang = "fr") -> tuple[str, ...]:
        """How the price came about, then what is due of it; a sentence a step, each with its source."""
        steps: tuple[Step | Reason, ...] = (*self.price, *self.reasons)
        return tuple(step.sentence(lang) for step in steps)

    def plain(self, lang: Lang = "fr") -> dict[str, Plain]:
        """The line as JSON types."""
        return {
            "nature": self.kind.value,
            "regle": self.rule,
            "enfant": self.child,
            "article": self.item,
            "designation": self.designation(lang),
            "variante": self.variant.value,
            "dates": [day.isoformat() for day in self.dates],
            "quantite": self.quantity,
            "reserve_cents": self.charged_cents,
            "du_cents": self.due_cents,
            "rendu": self.refund.value if self.refund else None,
            "fenetre": self.stretch.label if self.stretch else None,
            "provisoire": [why.sentence(lang) for why in self.provisional],
            "derivation": list(self.derivation(lang)),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Displayed):
    """
    What a household owes for a month (S4.3, S4.4, S10.6).

    Args:
        applied: Which règlement.
        month: First day of the month.
        lines: By child, then in the order of `Kind`, then by date.
        findings: What was noted and what became of it.
        undecided: What nobody can say; then there is no total.
        provisional: Dates that had not happened yet: their bookings are counted, what comes of them is not known.
    """

    applied: Applied
    month: date
    lines: tuple[Line, ...]
    findings: tuple[Remark, ...] = ()
    undecided: tuple[Remark, ...] = ()
    provisional: tuple[date, ...] = ()

    @property
    def known_cents(self) -> int:
        """The sum of the lines, whatever is still undecided."""
        return sum(line.due_cents for line in self.lines)

    @property
    def total_cents(self) -> int | None:
        """What is due, euro cents; None where something is undecided."""
        return None if self.undecided else self.known_cents

    def plain(self, lang: Lang = "fr") -> dict[str, Plain]:
        """The bill as JSON types: French keys, sentences in *lang*."""
        applied = self.applied
        return {
            "reglement": {"code": applied.code, "version": applied.version, "empreinte": applied.digest},
            "mois": f"{self.month:%Y-%m}",
            "lignes": [one.plain(lang) for one in self.lines],
            "a_savoir": [one.plain(lang) for one in self.findings],
            "indecis": [one.plain(lang) for one in self.undecided],
            "provisoire": [day.isoformat() for day in self.provisional],
            "connu_cents": self.known_cents,
            "total_cents": self.total_cents,
        }

    def heading(self, lang: Lang = "fr") -> str:
        """The month."""
        return f"{('Dû de ', 'Due for ')[lang == 'en']}{self.month:%m/%Y}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The bill, each line with how it came about; then what is remarked and what is undecided."""
        en = lang == "en"
        columns = ("Item", "Quantity", "Booked", "Due", "Derivation")
        rows: list[tuple[Cell, ...]] = [
            (one.designation(lang), one.quantity, euros(one.charged_cents), euros(one.due_cents), " ; ".join(one.derivation(lang)))
            for one in self.lines
        ]  # fmt: skip
        total = _UNDECIDED[en] if self.total_cents is None else euros(self.total_cents)
        bill = Section("", columns if en else _COLUMNS, (*rows, ("Total", "", "", total, "")))
        heads = zip(_HEADS[en], (self.undecided, self.findings), strict=True)
        return (
            bill,
            *(Section(head, (head,), tuple((one.text(lang),) for one in said)) for head, said in heads if said),
        )

    def text(self, lang: Lang = "fr", *, derivation: bool = False) -> str:
        """
        The bill as a table, then what is remarked and what is undecided.

        Args:
            lang: Language of the headings and sentences; amounts stay French.
            derivation: Whether each line is followed by how it came about (S10.8).
        """
        en = lang == "en"
        rows = [("Item", "Quantity", "Booked", "Due") if en else ("Désignation", "Quantité", "Réservé", "Dû")]
        rows += [
            (one.designation(lang), str(one.quantity), euros(one.charged_cents), euros(one.due_cents))
            for one in self.lines
        ]
        rows.append(("Total", "", "", _UNDECIDED[en] if self.total_cents is None else euros(self.total_cents)))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        out = []
        for i, row in enumerate(rows):
            cells = [row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in (1, 2, 3))]
            out.append("  ".join(cells).rstrip())
            if derivation and 0 < i <= len(self.lines):
                out += [f"    {step}" for step in self.lines[i - 1].derivation(lang)]
        for head, remarks in zip(_HEADS[en], (self.undecided, self.findings), strict=True):
            out += [head, *(f"  {one.text(lang)}" for one in remarks)] if remarks else []
        if self.provisional:
            dates = ", ".join(f"{day:%d/%m}" for day in self.provisional)
            out.append(f"Provisional, not over yet: {dates}" if en else f"Provisoire, pas encore passé : {dates}")
        out += [why.sentence(lang) for why in latest(why for one in self.lines for why in one.provisional)]
        return "\n".join(out)


_COLUMNS: Final = ("Désignation", "Quantité", "Réservé", "Dû", "Calcul")
_UNDECIDED: Final = ("indécis", "undecided")
_HEADS: Final = (("Indécis", "À savoir"), ("Undecided", "Noted"))


def joined(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines alike on several dates as one, in the order of the bill."""
    groups: dict[object, list[Line]] = {}
    for one in lines:
        key = (one.child, one.kind, one.rule, one.item, one.label, one.variant, one.quantity, one.charged_cents)
        same = (*key, one.due_cents, one.price, one.reasons, one.refund, one.stretch)
        groups.setdefault(same, []).append(one)
    order = list(Kind)
    made = [_one(found) for found in groups.values()]
    return tuple(sorted(made, key=lambda one: (one.child, order.index(one.kind), one.dates[0], one.item, one.rule)))


def _one(found: list[Line]) -> Line:
    first = found[0]
    return Line(
        kind=first.kind, rule=first.rule, child=first.child, item=first.item, label=first.label, variant=first.variant,
        dates=tuple(sorted({day for one in found for day in one.dates})),
        quantity=sum(one.quantity for one in found), charged_cents=sum(one.charged_cents for one in found),
        due_cents=sum(one.due_cents for one in found), price=first.price, reasons=first.reasons, refund=first.refund,
        stretch=first.stretch, provisional=latest(why for one in found for why in one.provisional),
    )  # fmt: skip


def line_of(entry: Entry) -> Line:
    """The line of a booking that is due as it was charged."""
    charge = entry.charge
    return Line(
        kind=Kind.BOOKED, rule="", child=entry.child, item=charge.item, label=charge.label, variant=charge.variant,
        dates=entry.days, quantity=charge.quantity, charged_cents=charge.amount_cents, due_cents=charge.amount_cents,
        price=charge.derivation, reasons=(), stretch=entry.stretch, provisional=entry.provisional,
    )  # fmt: skip
