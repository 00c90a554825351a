"""A, B.1 and B.2 of the guide: the account, the connection, the profile, the household, the children."""

from __future__ import annotations

from datetime import date

import famille
from famille import le
from portail import Portail, faults, form, show

from clae_rules import InvalidValueError
from clae_rules.adapters.accounts import (
    Account,
    change_login,
    change_password,
    choose_password,
    connected,
    failed,
    invite,
    lose_password,
    password_faults,
    resend,
    unreceived,
)
from clae_rules.adapters.forms import from_plain, to_plain
from clae_rules.adapters.households import Profile, born, missing


def link(account: Account) -> str:
    """Where a mail leads to: the framework signs the code and the number of the link."""
    return f"{famille.PORTAL}/mot-de-passe?jeton=signe-{account.code}-{account.links}"


def a_premiere_connexion(portal: Portail) -> None:
    """A. 1ère connexion au portail famille"""
    portal.keep(
        invite(
            famille.ACCOUNTS, code=famille.ACCOUNT, identifier="gaelle.favre", email="gaelle.favre@exemple.fr",
            name="Gaëlle Favre", at=le("2021-05-31 09:00"), link=link,
        )
    )  # fmt: skip
    show("Le mail n'est pas arrivé", unreceived(famille.GUICHET))
    portal.keep(resend(famille.ACCOUNTS, portal.opened(), at=le("2021-06-01 10:00"), link=link))
    show(
        "Création de votre mot de passe",
        "Nouveau mot de passe : ••••••",
        "Confirmer le nouveau mot de passe : •••••",
        *(f"! {fault.text()}" for fault in password_faults(famille.ACCOUNTS, portal.opened(), "cluses", "Cluse")),
    )
    chosen = ("Trois-Cols-74", "Trois-Cols-74")
    now = le("2021-06-01 20:15")
    try:
        choose_password(famille.ACCOUNTS, portal.opened(), *chosen, link=1, at=now)
    except InvalidValueError as error:
        show("Le lien du premier mail", *faults(error))
    portal.keep(choose_password(famille.ACCOUNTS, portal.opened(), *chosen, link=2, at=now))


def b1_connexion(portal: Portail) -> None:
    """B.1. Connexion"""
    show("Page d'accueil", "Identifiant : gaelle.favre", "Mot de passe : ••••••")
    portal.keep(failed(famille.ACCOUNTS, portal.opened(), at=le("2021-06-02 18:00")))
    show("Un mot de passe erroné", "Identifiant ou mot de passe inconnu.")
    portal.keep(lose_password(famille.ACCOUNTS, portal.opened(), at=le("2021-06-02 18:02"), link=link))
    portal.keep(connected(famille.ACCOUNTS, portal.opened(), at=le("2021-06-02 18:05")))
    portal.menu(le("2021-06-02 18:05"))


def b2_mon_profil_mon_foyer_mes_enfants(portal: Portail) -> None:
    """B.2. Mon profil, Mon foyer, Mes enfants"""
    show("Mon profil : visualiser", *form(famille.GAELLE))
    filled = to_plain(famille.GAELLE)
    try:
        from_plain(Profile, filled | {"telephone_professionnel": "au bureau", "date_de_naissance": "12/04/1986"})
    except InvalidValueError as error:
        show("Mon profil : modifier, et se tromper", *faults(error))
    profile = from_plain(Profile, filled | {"employeur": "Vis de l'Arve"})
    portal.keep(change_login(famille.ACCOUNTS, portal.opened(), at=le("2021-06-02 18:20"), identifier="gaelle.favre74"))
    new = "Quatre-Cols-74"
    portal.keep(change_password(famille.ACCOUNTS, portal.opened(), new, new, at=le("2021-06-02 18:25")))
    profile = profile.changed(identifier=portal.opened().identifier)
    portal.household = famille.FOYER.changed(me=profile)
    show("Mon foyer : visualiser", *form(portal.household, without=("moi", "enfants")))
    rita = famille.RITA.changed(
        medical=famille.RITA.medical.changed(diet="sans arachide", remarks="trousse à l'accueil")
    )
    for child in (famille.MARTIN, rita):
        born(date(2021, 6, 2), child)
        portal.children[child.code] = child
    portal.household = portal.household.changed(children=tuple(portal.children))
    show("Mes enfants : visualiser", *form(famille.MARTIN, without=("medical",)))
    show("Mes enfants : Rita, renseignements médicaux", *(one for one in form(rita) if "medical" in one))
    records = {"Mon profil": profile, "Mon foyer": portal.household, "Martin": famille.MARTIN, "Rita": rita}
    lacking = {name: missing(one, famille.NEEDED[one.FORM.name]) for name, one in records.items()}
    show("Ce qui reste à remplir", *(f"{name} : {', '.join(paths) or 'rien'}" for name, paths in lacking.items()))
