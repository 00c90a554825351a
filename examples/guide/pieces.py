"""B.3 of the guide: the documents that are transmitted and judged, and what reopens a dossier."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import famille
from famille import ENGINE, MARTIN_CODE, NAMES, le
from portail import Portail, faults, show

from clae_rules import InvalidValueError
from clae_rules.adapters.documents import (
    Document,
    accept,
    dossiers,
    received,
    refuse,
    reopen,
    review_message,
    transmit,
    validate,
)
from clae_rules.adapters.households import Address, reopened
from clae_rules.showing import section_lines

REGLEMENT: Final = ENGINE.reglement
AGENT: Final = "agent-3"


def b3_transmettre_un_document(portal: Portail) -> None:
    """B.3. Transmettre un document"""
    _papers(portal, le("2021-06-02 18:40"), MARTIN_CODE)
    try:
        received("justificatif.exe", b"MZ\x90\x00")
    except InvalidValueError as error:
        show("Un fichier refusé", *faults(error))
    send(portal, "d1", "domicile", le("2021-06-02 18:45"))
    send(portal, "d2", "vaccins", le("2021-06-02 18:46"), MARTIN_CODE)
    portal.papers = accept(REGLEMENT, portal.papers, "d1", at=le("2021-06-03 09:00"), by=AGENT, dated=date(2021, 5, 4))
    portal.papers = refuse(portal.papers, "d2", at=le("2021-06-03 09:05"), by=AGENT, reason="page illisible")
    reviewed(portal, "d2", "Martin")
    send(portal, "d3", "vaccins", le("2021-06-03 19:00"), MARTIN_CODE)
    portal.papers = accept(REGLEMENT, portal.papers, "d3", at=le("2021-06-04 09:00"), by=AGENT)
    reviewed(portal, "d3", "Martin")
    portal.papers = validate(REGLEMENT, portal.papers, "dossier-foyer", at=le("2021-06-04 09:10"), by=AGENT)
    _papers(portal, le("2021-06-04 09:15"), MARTIN_CODE)
    portal.menu(le("2021-06-04 09:15"))
    _moves(portal, le("2021-06-05 11:00"))


def _moves(portal: Portail, now: datetime) -> None:
    """The family moves: the town's table says that the dossier is reopened, and the piece is asked anew."""
    there = Address(street="3 quai de l'Arve", postcode="74300", town="Cluses")
    after = portal.household.changed(contact=portal.household.contact.changed(address=there))
    found = reopened(portal.household, after, famille.REOPENS)
    portal.household, account = after, portal.opened().code
    if found:
        show("Mon foyer modifié : le dossier est rouvert", *found.because)
        portal.papers = reopen(
            REGLEMENT, portal.papers, "dossier-foyer", at=now, by=account, reason="nouvelle adresse", pieces=["domicile"]
        )  # fmt: skip
    portal.menu(now)
    send(portal, "d4", "domicile", le("2021-06-05 11:20"))
    checked = le("2021-06-07 09:00")
    portal.papers = accept(REGLEMENT, portal.papers, "d4", at=checked, by=AGENT, dated=date(2021, 6, 1))
    portal.papers = validate(REGLEMENT, portal.papers, "dossier-foyer", at=checked, by=AGENT)
    portal.menu(checked)


def send(portal: Portail, number: str, piece: str, at: datetime, child: str | None = None) -> None:
    """A document transmitted: the store gives the number, and keeps the content under it."""
    file = received(f"{piece}.pdf", famille.PDF)
    document = Document(number=number, piece=piece, child=child, file=file, sent_at=at, sent_by=portal.opened().code)
    portal.papers = transmit(REGLEMENT, portal.papers, document)


def reviewed(portal: Portail, number: str, name: str) -> None:
    """The mail that says what the service made of a document."""
    mail = review_message(REGLEMENT, portal.papers, number, sender=famille.GUICHET, to=portal.opened().email, of=name)
    portal.send(mail)


def _papers(portal: Portail, now: datetime, child: str) -> None:
    """What the page shows of the household and of a child."""
    for one in dossiers(REGLEMENT, portal.papers, now=now, child=child):
        whose = f"dossier de {NAMES[one.child]}" if one.child else "dossier du foyer"
        title = f"Transmettre un document, le {now:%d/%m/%Y}, {whose} : {one.value}"
        show(title, *(line for section in one.sections() for line in section_lines(section, "fr")))
