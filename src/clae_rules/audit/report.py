"""The report of one règlement: what each kind of day allows, and everything found (S1.3, S13.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..engine import Applied, Engine
from ..errors import Lang
from ..soundness import faults
from .findings import Finding, Severity, in_order
from .kinds import Days, KindOfDay
from .selections import SelectionAudit
from .spaces import BoxName
from .traps import TrapAudit


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
        text: The kind of day in words.
        days: Its dates, ascending.
        slots: The open slots, in display order.
        rules: Codes of the rules that speak.
        count: How many selections are allowed, the empty one included; None where some group is too large.
        groups: How many groups of boxes rules tie together, lone boxes included.
        shares: How often each box is held.
        exact: Whether everything was looked at: no group over 20 boxes.
    """

    text: str
    days: tuple[date, ...]
    slots: tuple[str, ...]
    rules: tuple[str, ...]
    count: int | None
    groups: int
    shares: tuple[Share, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Report:
    """
    What an audit of one règlement says; a value, from which every rendering is made.

    Args:
        label: The règlement's name.
        applied: Its code, version and digest.
        kinds: Each kind of day in figures.
        findings: Everything found, the gravest first.
        labels: (slot code, short label), in display order.
    """

    label: str
    applied: Applied
    kinds: tuple[KindSummary, ...]
    findings: tuple[Finding, ...]
    labels: tuple[tuple[str, str], ...]

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
        engine.reglement.identity.label, engine.applied, kinds, found, tuple(engine.labels.items())
    )  # fmt: skip


def _findings(engine: Engine, days: Days, step_cents: int | None) -> Iterator[Finding]:
    del step_cents
    for fault in faults(engine):
        yield Finding("reglement-invalide", params=(("what", fault.text("fr")), ("what_en", fault.text("en"))))
    yield from SelectionAudit(days).findings()
    yield from TrapAudit(days).findings()
    for fault in days.too_many:
        yield Finding("trop-de-cas", params=(("what", fault.text("fr")), ("what_en", fault.text("en"))))


def _summary(kind: KindOfDay) -> KindSummary:
    found = kind.spaces
    return KindSummary(
        kind.text(),
        kind.days,
        kind.type.slots,
        tuple(one.rule.code for one in kind.type.rules),
        found.count,
        len(found.groups) + len(found.large),
        tuple(Share(*one) for one in found.shares()),
        not found.large,
    )


def text(report: Report, lang: Lang = "fr") -> str:
    """The report as plain text: figures of each kind of day, then the findings, the gravest first."""
    return "\n".join(_lines(report, lang))


def _lines(report: Report, lang: Lang) -> Iterator[str]:
    labels = dict(report.labels)
    yield report.label
    for kind in report.kinds:
        counted = "non compté" if lang == "fr" else "not counted"
        count = counted if kind.count is None else str(kind.count)
        yield ""
        yield kind.text
        yield f"  {'sélections permises' if lang == 'fr' else 'allowed selections'} : {count}"
        for one in kind.shares:
            yield f"  {one.box.text(labels)} : {one.held}/{one.of}"
    yield ""
    for finding in report.findings:
        yield finding.text(lang)
    if not report.findings:
        yield "rien à signaler" if lang == "fr" else "nothing found"
