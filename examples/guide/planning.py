"""B.4 of the guide: a booking, what is booked, a cancellation, and the other functions of « Mon planning »."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Final

import famille
from famille import ENGINE, MARTIN_CODE, NAMES, PARENT, RITA_CODE, le
from pieces import REGLEMENT, send
from portail import Portail, day_words, page, show

from clae_rules import (
    Booked,
    Desk,
    Draft,
    HistoryPage,
    Pattern,
    PlanningEvent,
    Variant,
    boxes,
    cancellation,
    confirm,
    dossiers,
    drafted,
    euros,
    month_page,
    offers,
    planning_html,
    recapitulatif,
    recopie,
    week_page,
)
from clae_rules.adapters.confirmations import confirmation_mail
from clae_rules.adapters.documents import accept
from clae_rules.adapters.ics import planning_ics
from clae_rules.recording import place_of

SEPTEMBER: Final = date(2021, 9, 1)
MONDAY, TUESDAY, WEDNESDAY = date(2021, 9, 6), date(2021, 9, 7), date(2021, 9, 8)
HOLIDAY: Final = date(2021, 10, 26)


def b4_mon_planning(portal: Portail) -> None:
    """B.4. Mon planning"""
    for now in (le("2021-06-04 09:00"), le("2021-06-04 09:15"), le("2021-06-05 12:00"), le("2021-06-07 09:15")):
        first = offers(portal.desk(MARTIN_CODE, now), now=now)[0]
        show(f"Le bloc « Mon planning », le {now:%d/%m/%Y à %H:%M}", "ouvert" if first.offered else first.reason())


def b4a_effectuer_une_reservation(portal: Portail) -> None:
    """B.4.a. Effectuer une réservation"""
    now = le("2021-06-08 12:30")
    june = month_page(portal.history.booked(now), portal.look(), now.date())
    page("Mon planning : la fenêtre s'ouvre sur le mois en cours", june)
    show("En haut à droite", "[ Ajouter ] [ Historique ] [ ... ]")
    show("Sélectionner l'enfant", *(f"( ) {NAMES[one]}" for one in portal.children))
    closed = offers(portal.desk(RITA_CODE, now), now=now)[0].closed
    show("Rita, dont le dossier n'est pas complet", *(f"! {one.sentence()}" for one in closed))
    desk = portal.desk(MARTIN_CODE, now)
    show("Choix établissement et période", *_tree(desk, now))
    planning = portal.history.planning(now)
    for day in (MONDAY, HOLIDAY, WEDNESDAY):
        page(day_words(day), boxes(desk, day, now=now, planning=planning))
    ticked = boxes(desk, MONDAY, now=now, planning=planning, draft=["matin-2", "midi-2"])
    page(f"{day_words(MONDAY)}, « matin 2 » et « midi 2 » cochés", ticked)
    late = boxes(desk, MONDAY, now=le("2021-09-02 12:00"), planning=planning)
    both = [late.box("midi-2", variant) for variant in (Variant.NORMAL, Variant.HORS_DELAI)]
    prices = ("" if one.price_cents is None else f" : {euros(one.price_cents)}" for one in both)
    lines = (f"{one.line(ENGINE.labels)}{price}" for one, price in zip(both, prices, strict=True))
    show(f"{day_words(MONDAY)}, vu le jeudi 2 à 12:00 : la case hors-délai", *lines)
    _martin_books(portal, now)
    _others_book(portal)


def _tree(desk: Desk, now: datetime) -> list[str]:
    """Établissement, mode d'accueil and périodes offered, each under the one before."""
    lines: list[str] = []
    for one in offers(desk, now=now):
        place, mode, periode = place_of(desk, one.periode)
        for line in (f"▼ {place}", f"  ▼ {mode}"):
            lines += [] if line in lines else [line]
        lines.append(f"      {periode}{'' if one.offered else f' : {one.reason()}'}")
    return lines


def _martin_books(portal: Portail, now: datetime) -> None:
    """The booking of the guide: a day ticked, a recopie looked at and left, the récapitulatif, confirmed."""
    desk, planning = portal.desk(MARTIN_CODE, now), portal.history.planning(now)
    draft = Draft(MARTIN_CODE, "periscolaire-2021").put(MONDAY, ["midi-2"])
    verdict = draft.verdict(desk, planning, now=now)
    shown = drafted(verdict, portal.history.booked(now))
    page("La journée validée, pas encore la demande", week_page(shown, portal.look(), MONDAY))
    pattern = Pattern.day(["midi-2"], "lundi", "jeudi", first_day=SEPTEMBER, last_day=date(2021, 11, 12))
    copied = recopie(desk, verdict.after, pattern, periode="periscolaire-2021", now=now)
    show("Mode recopie : du 01/09/2021 au 12/11/2021, tous les lundis et jeudis", copied.text())
    whole = recapitulatif(draft.copied(copied).verdict(desk, planning, now=now))
    show("La demande et sa recopie, que la famille ne garde pas", whole.text())
    show("Récapitulatif de votre demande", recapitulatif(verdict).text())
    _confirm(portal, desk, draft, "6", le("2021-06-08 12:47"))


def _confirm(portal: Portail, desk: Desk, draft: Draft, number: str, now: datetime) -> PlanningEvent:
    """The last stage: the store gives the number and the instant, and keeps the event."""
    found = confirm(portal.history, desk, draft, number=number, now=now, referent=PARENT)
    if found.event is None:
        raise ValueError(found.verdict.explain())
    portal.history = found.history
    told = (f"{one.designation} : {euros(one.amount_cents)}" for one in found.event.lines)
    show(f"Demande enregistrée le {now:%d/%m/%Y à %H:%M}, dossier n° {number}", *told)
    return found.event


def _others_book(portal: Portail) -> None:
    """Rita's dossier once complete, then the other three dossiers of the guide's page."""
    send(portal, "d5", "vaccins", le("2021-06-08 13:00"), RITA_CODE)
    portal.papers = accept(REGLEMENT, portal.papers, "d5", at=le("2021-06-08 15:00"), by="agent-3")
    closed = offers(portal.desk(RITA_CODE, le("2021-06-08 15:00")), now=le("2021-06-08 15:00"))[0].closed
    show("Rita, une fois sa pièce acceptée", *(closed or ("réservations ouvertes",)))
    asked = (
        ("7", "2021-06-08 17:29", RITA_CODE, MONDAY, ["matin-2", "repas"]),
        ("8", "2021-06-09 09:51", MARTIN_CODE, MONDAY, ["midi-2", "soir-1"]),
        ("9", "2021-06-09 11:20", MARTIN_CODE, TUESDAY, ["matin-2", "midi-2"]),
    )
    for number, when, child, day, slots in asked:
        now = le(when)
        _confirm(portal, portal.desk(child, now), Draft(child, "periscolaire-2021").put(day, slots), number, now)


def b4b_visualiser_les_reservations(portal: Portail) -> None:
    """B.4.b. Visualiser les réservations effectuées"""
    month = month_page(portal.history.booked(), portal.look(limit=2), SEPTEMBER)
    page("Mon planning", month)
    monday = next(one for one in month.days if one.day == MONDAY)
    show(f"{day_words(MONDAY)}, « {monday.more()} »", *(one.text() for one in monday.entries))
    page("Historique", HistoryPage(dossiers(portal.history), ENGINE.tz, NAMES))
    portal.file("planning.html", planning_html(month).encode())
    kept = [one.plain() for one in portal.history.events]
    portal.file("historique.json", json.dumps(kept, ensure_ascii=False, indent=1).encode())


def b4c_annuler_une_reservation(portal: Portail) -> None:
    """B.4.c. Annuler une réservation"""
    clicked = [one for one in portal.history.booked() if (one.child, one.held.slot) == (RITA_CODE, "repas")]
    _cancel(portal, clicked, "10", le("2021-09-02 11:59"))
    late = [one for one in portal.history.booked() if one.child == RITA_CODE]
    now = le("2021-09-02 12:00")
    desk, planning = portal.desk(RITA_CODE, now), portal.history.planning(now)
    refused = cancellation(desk, planning, late).verdict(desk, planning, now=now)
    show("Une autre, une minute plus tard", *(f"! {one.text()}" for one in refused.violations))
    page("Mon planning", week_page(portal.history.booked(), portal.look(), MONDAY))
    page("Historique", HistoryPage(dossiers(portal.history), ENGINE.tz, NAMES))


def _cancel(portal: Portail, clicked: list[Booked], number: str, now: datetime) -> None:
    """« Demander l'annulation », « Suivant », the récapitulatif, confirmed, and always a mail."""
    desk, planning = portal.desk(clicked[0].child, now), portal.history.planning(now)
    for one in clicked:
        show(f"{day_words(one.day)}, {NAMES[one.child]}", f"{one.state.sign} {ENGINE.labels[one.held.slot]}")
    show("[ Demander l'annulation ]", "[ Suivant ]")
    asked = cancellation(desk, planning, clicked)
    show("Récapitulatif de votre demande", recapitulatif(asked.verdict(desk, planning, now=now)).text())
    event = _confirm(portal, desk, asked, number, now)
    mail = confirmation_mail(
        event,
        portal.opened().email,
        history=portal.history,
        sender=famille.GUICHET,
        engine=ENGINE,
        names=NAMES,
        to_name=portal.opened().name,
    )
    portal.send(mail)


def b4d_autres_fonctions(portal: Portail) -> None:
    """B.4.d. Autres fonctions"""
    now = le("2021-09-02 18:00")
    planning, desk = portal.history.planning(now), portal.desk(MARTIN_CODE, now)
    thursdays = Pattern.day(["repas"], "jeudi", first_day=date(2021, 9, 13), last_day=date(2021, 11, 12))
    copied = recopie(desk, planning, thursdays, periode="periscolaire-2021", now=now)
    _confirm(portal, desk, Draft(MARTIN_CODE, "periscolaire-2021").copied(copied), "11", now)
    wednesdays = Draft(RITA_CODE, "mercredi-2021").put(date(2021, 9, 15), ["mer-matin", "mer-repas"])
    _confirm(portal, portal.desk(RITA_CODE, now), wednesdays, "12", le("2021-09-02 18:05"))
    holiday = Draft(MARTIN_CODE, "toussaint-2021").put(HOLIDAY, ["vac-matin", "vac-repas"])
    _confirm(portal, desk, holiday, "13", le("2021-09-02 18:10"))
    booked = portal.history.booked()
    one_child = month_page(booked, portal.look(child=MARTIN_CODE, mode="periscolaire"), SEPTEMBER)
    page("Martin, « Périscolaire / restauration »", one_child)
    month = month_page(booked, portal.look(), SEPTEMBER)
    page("Menu « ... » : toutes les périodes, tous les enfants", month)
    page("Le mois suivant", month_page(booked, portal.look(), month.next or SEPTEMBER))
    page("La semaine", week_page(booked, portal.look(), WEDNESDAY))
    agenda = planning_ics(booked, portal.look(), stamp=now, domain="cluses.portail-familles.app")
    show("Pour l'agenda du téléphone", f"{agenda.count(b'BEGIN:VEVENT')} réservations (planning.ics)")
    portal.file("planning.ics", agenda)
