"""The commands that judge and show: options, check, recopie, recap, planning, close, due."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ..billing import due
from ..boxes import BoxState, DayState, boxes
from ..desk import Desk
from ..engine import Engine
from ..epochs import Status
from ..errors import Fault, InvalidDemandeError
from ..facts import Facts
from ..files.demandes import DemandeFile
from ..files.operations import closings, planning_of, subscribed_of, verdict_of
from ..files.reading import load_engine, load_releve
from ..history import booked_in
from ..holdings import Grain
from ..money import euros
from ..planning import PlanningLook, month_page, week_page
from ..recapitulatif import recapitulatif
from ..recopie import Fate, Recopie, recopie
from ..showing import said
from ..showing import text as shown_text
from ..stages import drafted
from .answers import applied_json, edits_json, recap_json, tell, verdict_json, violation_json
from .frame import (
    EXITS,
    DayArg,
    DemandeArg,
    Format,
    FormatOption,
    LangOption,
    Language,
    NowOption,
    Printer,
    ReglementArg,
    command,
    day_of,
    instant_of,
    opened,
    without_subscription,
)


def only_days(read: DemandeFile, demande: Path) -> None:
    """Tell that a recopie is another command's; without [veut] there is nothing else to judge."""
    if read.copied is not None:
        told = "[recopie] n'est pas jugée ici : clae-rules recopie"
        if not read.wanted:
            fr, en = f"rien dans cette table, et {told}", "nothing in it; a [recopie] is judged by: clae-rules recopie"
            raise InvalidDemandeError([Fault(("veut",), fr, en)], where=demande.name)
        sys.stderr.write(f"clae-rules : {told}\n")
    elif read.closures and not (read.wanted or read.subscription):
        fr = "rien dans cette table ; ce qu'une fermeture annule : clae-rules close"
        en = "nothing in it; what a closure cancels: clae-rules close"
        raise InvalidDemandeError([Fault(("veut",), fr, en)], where=demande.name)


@command()
def options(
    reglement: ReglementArg, demande: DemandeArg, day: DayArg,
    form: FormatOption = Format.TEXT, lang: LangOption = Language.FR, now: NowOption = "",
) -> int:  # fmt: skip
    """Les cases d'une date à un instant, et pourquoi chacune est ce qu'elle est."""
    out = Printer(form, lang)
    engine, read, desk = opened(reglement, demande)
    without_subscription(read)
    when, instant = day_of(day), instant_of(now, read.asked.instant)
    planning = planning_of(desk, read).at(instant)
    seen = boxes(
        desk, when, now=instant, occupancy=read.occupancy(), planning=planning,
        accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip
    if form is Format.JSON:
        out.json({
            "date": day, "etat": seen.state.value, "reglement": applied_json(engine),
            "cases": [
                {
                    "creneau": one.slot, "nom": one.label, "horaire": one.times, "variante": one.variant.value,
                    "etat": one.state.value, "prix_cents": one.price_cents, "avec": [list(x) for x in one.together],
                    "ailleurs": [edits_json(x) for x in one.elsewhere],
                    "raisons": [violation_json(x, out.lang) for x in one.reasons],
                }
                for one in seen.boxes
            ],
        })  # fmt: skip
    else:
        out.line(f"{when:%d/%m/%Y} : {said(seen.state, out.lang)}", "bold")
        for one in seen.boxes:
            price = "" if one.price_cents is None else f"  {euros(one.price_cents)}"
            out.line(one.line(engine.labels, out.lang) + price, "green" if one.state is BoxState.FREE else "")
    return 3 if seen.state is DayState.UNKNOWN else 0


@command()
def check(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "",
) -> int:  # fmt: skip
    """Juge une demande : acceptée, refusée ou indécise, avec toutes les raisons et les réparations."""
    out = Printer(form, lang)
    engine, read, desk = opened(reglement, demande)
    only_days(read, demande)
    instant = instant_of(now, read.asked.instant)
    if read.subscription:
        return _subscription(out, engine, read, instant)
    verdict = verdict_of(desk, read, instant)
    if form is Format.JSON:
        out.json(verdict_json(verdict, engine, out.lang))
    else:
        tell(out, verdict, engine)
    return EXITS[verdict.status]


def _copied(read: DemandeFile, demande: Path, desk: Desk, now: datetime) -> Recopie:
    pattern, asked = read.pattern(), read.copied
    if pattern is None or asked is None:
        fr, en = "la table manque ; ajoutez modele, du, au et jours", "it is missing; add modele, du, au and jours"
        raise InvalidDemandeError([Fault(("recopie",), fr, en)], where=demande.name)
    return recopie(
        desk, planning_of(desk, read), pattern, periode=read.asked.periode, now=now, onto=asked.onto, late=asked.late,
        occupancy=read.occupancy(), holidays_count=asked.holidays_count,
        accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip


@command("recopie")
def recopie_(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "",
) -> int:  # fmt: skip
    """Recopie une journée sur d'autres dates et dit ce que devient chacune, puis ce que cela coûte."""
    out = Printer(form, lang)
    engine, read, desk = opened(reglement, demande)
    found = _copied(read, demande, desk, instant_of(now, read.asked.instant))
    priced = recapitulatif(found.verdict)
    if form is Format.JSON:
        dates = [{"date": x.day.isoformat(), "classe": x.fate.value, "raison": x.reason(out.lang)} for x in found.dates]
        out.json({"reglement": applied_json(engine), "dates": dates, "recapitulatif": recap_json(priced)})
    else:
        for one in found.text(out.lang).splitlines():
            out.line(one)
        out.line("")
        out.line(priced.text(out.lang))
    if found.of(Fate.APPLIED) or not (found.of(Fate.REFUSED) or found.of(Fate.UNDECIDED)):
        return 0
    return 1 if found.of(Fate.REFUSED) else 3


@command()
def recap(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "", derivation: Annotated[bool, typer.Option(help="Montre comment chaque prix est obtenu.")] = False,
) -> int:  # fmt: skip
    """Le récapitulatif d'une demande, comme le montre le portail."""
    out = Printer(form, lang)
    engine, read, desk = opened(reglement, demande)
    instant = instant_of(now, read.asked.instant)
    only_days(read, demande)
    if read.subscription:
        return _subscription(out, engine, read, instant, priced=True, derivation=derivation)
    verdict = verdict_of(desk, read, instant)
    found = recapitulatif(verdict)
    if form is Format.JSON:
        out.json({**verdict_json(verdict, engine, out.lang), "recapitulatif": recap_json(found)})
        return EXITS[verdict.status]
    if verdict.status is not Status.ALLOWED or verdict.grain is Grain.DAY_BY_DAY:
        tell(out, verdict, engine)
    if verdict.status is not Status.REFUSED:
        out.line(found.text(out.lang, derivation=derivation))
    return EXITS[verdict.status]


def _subscription(
    out: Printer, engine: Engine, read: DemandeFile, now: datetime, *, priced: bool = False, derivation: bool = False
) -> int:
    found = subscribed_of(engine, read, now)
    cost = recapitulatif(*found.steps)
    if out.form is Format.JSON:
        price = {"recapitulatif": recap_json(cost)} if priced else {}
        out.json({"reglement": applied_json(engine), "abonnement": found.plain(out.lang), **price})
    else:
        out.line(found.text(out.lang))
        if priced and found.status is Status.ALLOWED:
            out.line(cost.text(out.lang, derivation=derivation))
    return EXITS[found.status]


@command("planning")
def planning_(
    reglement: ReglementArg, demande: DemandeArg, day: DayArg, form: FormatOption = Format.TEXT,
    lang: LangOption = Language.FR, now: NowOption = "",
    semaine: Annotated[bool, typer.Option(help="La semaine de cette date plutôt que son mois.")] = False,
    limite: Annotated[int | None, typer.Option(help="Combien de réservations par jour, puis « + x en plus ».")] = None,
) -> int:  # fmt: skip
    """Le planning du foyer au mois d'une date : ce qui est tenu, et ce que la demande y mettrait, à confirmer."""
    out = Printer(form, lang)
    engine, read, desk = opened(reglement, demande)
    instant = instant_of(now, read.asked.instant)
    held = planning_of(desk, read).at(instant)
    booked = drafted(verdict_of(desk, read, instant)) if read.wanted else booked_in(held)
    show = week_page if semaine else month_page
    page = show(booked, PlanningLook(engine=engine, limit=limite), day_of(day))
    if form is Format.JSON:
        out.json({"reglement": applied_json(engine), **page.plain(out.lang)})
    else:
        out.line(shown_text(page, out.lang))
    return 0


@command("close")
def close_(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "",
) -> int:  # fmt: skip
    """Ce que le service annule par ses [fermeture.X], pour chaque enfant, et ce qui reste dû."""
    out = Printer(form, lang)
    engine, read, _ = opened(reglement, demande)
    found = closings(engine, read, instant_of(now, read.asked.instant), name=demande.name)
    if form is Format.JSON:
        out.json({"reglement": applied_json(engine), "fermetures": [one.plain(out.lang) for one in found]})
    for line in (line for one in found for line in one.text(out.lang).splitlines() if form is Format.TEXT):
        out.line(line)
    return 0 if all(one.settled for one in found) else 3


@command("due")
def due_(
    reglement: ReglementArg, releve: Annotated[Path, typer.Argument(help="Le fichier du relevé (.toml ou .json).")],
    form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    derivation: Annotated[bool, typer.Option(help="Montre comment chaque montant est obtenu.")] = False,
) -> int:  # fmt: skip
    """Ce qu'un foyer doit pour un mois : réservations, annulations, absences, présences, retards."""
    out = Printer(form, lang)
    engine = load_engine(reglement)
    read = load_releve(releve, engine.reglement)
    facts = read.facts()
    child = next(iter(facts), "")
    found = due(Desk(engine, facts.get(child, Facts()), child, facts), read.releve())
    if form is Format.JSON:
        out.json({"foyer": read.head.household, **found.plain(out.lang)})
    else:
        out.line(found.text(out.lang, derivation=derivation))
    return 3 if found.undecided else 0
