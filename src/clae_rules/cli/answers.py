"""Answers as JSON types and as lines of text."""

from __future__ import annotations

from typing import Any

from ..engine import Engine
from ..epochs import Status
from ..errors import Lang
from ..files.operations import until
from ..recapitulatif import Recapitulatif
from ..repairs import repairs
from ..showing import said
from ..slots import Held
from ..variants import Variant
from ..verdicts import DayVerdict, Verdict
from ..violations import Violation
from ..window_repairs import Edits, window_repairs
from .frame import COLOURS, Printer


def violation_json(one: Violation, lang: Lang) -> dict[str, Any]:
    """A violation as JSON types."""
    return {
        "code": one.code, "regle": one.rule, "source": one.source, "date": one.day.isoformat() if one.day else None,
        "creneaux": list(one.slots), "manquants": list(one.missing), "texte": one.sentence(lang), **_window_json(one),
    }  # fmt: skip


def _window_json(one: Violation) -> dict[str, Any]:
    """What a violation of a window says besides: its name, the dates that break it, those that would mend it."""
    if not one.window:
        return {}
    dates, missing = ([day.isoformat() for day in some] for some in (one.dates, one.missing_dates))
    return {"fenetre": one.window, "dates": dates, "dates_manquantes": missing}


def edits_json(edits: Edits) -> list[dict[str, str]]:
    """Edits on dates as JSON types."""
    return [{"date": day.isoformat(), "creneau": slot} for day, slot in edits]


def applied_json(engine: Engine) -> dict[str, str]:
    """Which règlement was applied, as JSON types."""
    return {"code": engine.applied.code, "version": engine.applied.version, "empreinte": engine.applied.digest}


def _held(one: Held) -> dict[str, Any]:
    more = {"foyer": one.holder} if one.holder else {}
    more |= {"paye_avant": one.pay_before.isoformat()} if one.pay_before else {}
    return {"creneau": one.slot, "variante": one.variant.value, **more}


def verdict_json(verdict: Verdict, engine: Engine, lang: Lang) -> dict[str, Any]:
    """The answer to a demande as JSON types."""
    return {
        "statut": verdict.status.value,
        "reglement": applied_json(engine),
        "dates": [
            {
                "date": one.day.isoformat(), "statut": one.status.value, "accordee": one in verdict.granted,
                "tenus": [_held(x) for x in one.held_after],
                "en_attente": dict(one.outcome.pending), "priorites": {slot: first for slot, first in one.waiting if first},
                "refus": [violation_json(x, lang) for x in one.violations], "doutes": [violation_json(x, lang) for x in one.doubts],
                "deja_la": [violation_json(x, lang) for x in one.inherited],
                "reparations": [{"ajouter": list(x.add), "enlever": list(x.remove)} for x in repairs(one).found],
            }
            for one in verdict.days
        ],
        "reparations": [
            {"ajouter": edits_json(x.add), "enlever": edits_json(x.remove)} for x in window_repairs(verdict).found
        ],
    }  # fmt: skip


def tell(out: Printer, verdict: Verdict, engine: Engine) -> None:
    """The answer to a demande as lines: every reason once, then the ways out."""
    out.line(said(verdict.status, out.lang), f"bold {COLOURS[verdict.status]}")
    mend = "à faire" if out.lang == "fr" else "mend"
    told: set[Violation] = set()
    for one in verdict.days:
        reasons = dict.fromkeys((*one.violations, *one.doubts, *one.inherited))
        for reason in [one for one in reasons if one not in told]:  # that of a window is told once
            before = ("déjà là", "already there")[out.lang == "en"] if reason in one.inherited else ""
            out.line(f"  {reason.text(out.lang)}{f' [{before}]' if before else ''}")
        told.update(reasons)
        if one.status is Status.REFUSED and (one.outcome.refusals or one.outcome.broken or not one.outcome.over):
            for repair in repairs(one, first=3).found:
                out.line(f"    {mend} : {repair.sentence(engine.labels, out.lang)}")
        classes = dict(one.waiting)
        classes |= {slot: until(limit, engine, out.lang) for slot, limit in one.unpaid if limit is not None}
        for slot in late_in(one) if one in verdict.granted else ():
            out.line(f"  {one.day:%d/%m/%Y} : « {engine.labels[slot]} » {('en hors-délai', 'late')[out.lang == 'en']}")
        for slot, why in one.outcome.pending:
            out.line(
                f"  {one.day:%d/%m/%Y} : « {engine.labels[slot]} » en attente ({why}{f', {classes[slot]}' if classes.get(slot) else ''})"
            )

    for way in window_repairs(verdict).found:
        out.line(f"    {mend} : {way.sentence(engine.labels, out.lang)}")


def late_in(one: DayVerdict) -> tuple[str, ...]:
    """The slots that a date adds and that are booked late, at the late price."""
    late = {held.slot for held in one.held_after if held.variant is Variant.HORS_DELAI}
    return tuple(slot for slot in one.outcome.added if slot in late)


def recap_json(found: Recapitulatif) -> dict[str, Any]:
    """A récapitulatif as JSON types."""
    return {
        "titre": found.title,
        "lignes": [
            {
                "designation": line.designation(with_year=found.with_year), "nature": line.kind, "creneau": line.item,
                "variante": line.variant.value, "dates": [day.isoformat() for day in line.dates],
                "quantite": line.quantity, "tarif_cents": line.unit_cents, "montant_cents": line.amount_cents,
                "derivation": [step.sentence() for step in line.derivation.derivation],
                "fenetre": None if line.stretch is None else line.stretch.label, "enfant": line.child or None,
                "provisoire": [why.sentence() for why in line.provisional],
            }
            for line in found.lines
        ],
        "inconnus": [{"date": one.day.isoformat(), "texte": one.unpriced.sentence()} for one in found.unknown],
        "total_cents": found.total_cents,
    }  # fmt: skip
