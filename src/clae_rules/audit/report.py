"""The report of one règlement: what each kind of day allows, and everything found (S1.3, S13.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ..engine import Applied, Engine
from ..errors import Lang
from ..soundness import faults
from .drawing import svg
from .findings import Finding, Severity, in_order
from .gaps import GapAudit
from .kinds import Days, KindOfDay
from .pages import Page, Section
from .selections import SelectionAudit
from .spaces import BoxName
from .tariffs import PriceAudit
from .traps import TrapAudit

#: Version of the JSON form of a report.
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Share:
    """
    How often a box is held among the allowed selections of its group.

    Args:
        box: The box.
        held: Allowed selections of its group that hold it.
        of: Allowed selections of its group.
    """

    box: BoxName
    held: int
    of: int


@dataclass(frozen=True, slots=True)
class KindSummary:
    """
    One kind of day in figures.

    Args:
        texts: The kind of day in words, French then English.
        days: Its dates, ascending.
        slots: The open slots, in display order.
        rules: Codes of the rules that speak.
        count: How many selections are allowed, the empty one included; None where some group is too large.
        groups: How many groups of boxes rules tie together, lone boxes included.
        shares: How often each box is held.
        exact: Whether everything was looked at: no group over 20 boxes.
    """

    texts: tuple[str, str]
    days: tuple[date, ...]
    slots: tuple[str, ...]
    rules: tuple[str, ...]
    count: int | None
    groups: int
    shares: tuple[Share, ...]
    exact: bool

    def text(self, lang: Lang = "fr") -> str:
        """The kind of day in words."""
        return self.texts[lang == "en"]

    def plain(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "texte": self.text("fr"),
            "text": self.text("en"),
            "dates": [day.isoformat() for day in self.days],
            "creneaux": list(self.slots),
            "regles": list(self.rules),
            "selections_permises": self.count,
            "parts": [
                {"creneau": one.box.slot, "variante": one.box.variant.value, "tenue": one.held, "sur": one.of}
                for one in self.shares
            ],
        }


@dataclass(frozen=True)
class Report(Page):
    """
    What an audit of one règlement says; a value, from which every rendering is made.

    Args:
        label: The règlement's name.
        applied: Its code, version and digest.
        kinds: Each kind of day in figures.
        findings: Everything found, the gravest first.
        labels: (slot code, short label), in display order.
        drawing: The constraint graph as SVG; empty where no rule ties two slots.
    """

    label: str
    applied: Applied
    kinds: tuple[KindSummary, ...]
    findings: tuple[Finding, ...]
    labels: tuple[tuple[str, str], ...]
    drawing: str = ""

    def heading(self, lang: Lang = "fr") -> str:
        """« Audit : … »."""
        return f"Audit{' : ' if lang == 'fr' else ': '}{self.label}"

    def sections(self, lang: Lang = "fr") -> tuple[Section, ...]:
        """The graph, the kinds of day, the shares, and last the findings."""
        return (*self._drawn(lang), self._kinds(lang), *self._shares(lang), self._found(lang))

    def _drawn(self, lang: Lang) -> tuple[Section, ...]:
        title = ("Graphe des règles", "Constraint graph")[lang == "en"]
        return (Section(title, drawing=self.drawing),) if self.drawing else ()

    def _kinds(self, lang: Lang) -> Section:
        words = (
            ("Types de jour", ("jour", "dates", "créneaux", "règles", "sélections permises"), "non compté")
            if lang == "fr"
            else ("Kinds of day", ("day", "dates", "slots", "rules", "allowed selections"), "not counted")
        )
        rows = tuple(
            (
                one.text(lang),
                len(one.days),
                len(one.slots),
                len(one.rules),
                words[2] if one.count is None else one.count,
            )
            for one in self.kinds
        )
        exact = ("Compte exact.", "Exact counts.")[lang == "en"]
        part = (
            "Au-delà de 20 cases liées, les sélections ne sont pas comptées.",
            "Past 20 boxes tied together, selections are not counted.",
        )
        return Section(words[0], words[1], rows, exact if self.exact else part[lang == "en"])

    def _shares(self, lang: Lang) -> tuple[Section, ...]:
        labels = dict(self.labels)
        columns = ("case", "tenue par", "sur") if lang == "fr" else ("box", "held by", "out of")
        return tuple(
            Section(
                one.text(lang), columns, tuple((share.box.text(labels), share.held, share.of) for share in one.shares)
            )
            for one in self.kinds
        )

    def _found(self, lang: Lang) -> Section:
        words = (
            ("Constats", ("gravité", "code", "constat", "jour", "dates"), "Rien à signaler.")
            if lang == "fr"
            else ("Findings", ("severity", "code", "finding", "day", "dates"), "Nothing found.")
        )
        rows = tuple(
            (one.severity.text(lang), one.code, one.sentence(lang), one.day(lang), one.dates) for one in self.findings
        )
        return Section(words[0], words[1], rows, "" if rows else words[2])

    def plain(self) -> dict[str, Any]:
        """The report as JSON types, as `schemas.schema` describes it."""
        return {
            "format": FORMAT,
            "reglement": {
                "code": self.applied.code, "nom": self.label, "version": self.applied.version,
                "empreinte": self.applied.digest,
            },
            "exact": self.exact,
            "types_de_jour": [one.plain() for one in self.kinds],
            "constats": [one.plain() for one in self.findings],
        }  # fmt: skip

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of a severity or graver."""
        return tuple(one for one in self.findings if one.severity >= severity)

    def of(self, code: str) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(one for one in self.findings if one.code == code)

    @property
    def worst(self) -> Severity | None:
        """The gravest severity found; None where nothing was."""
        return max((one.severity for one in self.findings), default=None)

    @property
    def exact(self) -> bool:
        """Whether every kind of day was looked at in full."""
        return all(one.exact for one in self.kinds)


def audit(engine: Engine, *, step_cents: int | None = None) -> Report:
    """
    Everything that can be said of a règlement without a family: exact wherever 20 boxes or fewer are tied together.

    Args:
        engine: The règlement made ready.
        step_cents: Euro cents; a price that rises by more than this between two brackets is told. None asks nothing.

    Returns:
        The report. Time and memory grow with 2^n for the n boxes of the largest group that rules tie together.
    """
    days = Days(engine)
    found = in_order(_findings(engine, days, step_cents))
    kinds = tuple(_summary(one) for one in days.kinds)
    return Report(
        engine.reglement.identity.label, engine.applied, kinds, found, tuple(engine.labels.items()), svg(engine)
    )


def _findings(engine: Engine, days: Days, step_cents: int | None) -> Iterator[Finding]:
    for fault in faults(engine):
        yield Finding("reglement-invalide", params=(("what", fault.text("fr")), ("what_en", fault.text("en"))))
    yield from SelectionAudit(days).findings()
    yield from TrapAudit(days).findings()
    yield from GapAudit(days).findings()
    yield from PriceAudit(days, step_cents).findings()
    for fault in days.too_many:
        yield Finding("trop-de-cas", params=(("what", fault.text("fr")), ("what_en", fault.text("en"))))


def _summary(kind: KindOfDay) -> KindSummary:
    found = kind.spaces
    return KindSummary(
        kind.texts,
        kind.days,
        kind.type.slots,
        tuple(one.rule.code for one in kind.type.rules),
        found.count,
        len(found.groups) + len(found.large),
        tuple(Share(*one) for one in found.shares()),
        not found.large,
    )
