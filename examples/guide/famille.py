"""
What the walk invents where the guide is silent: a family, pieces, what a town decides. All of it is « hypothese ».

The guide shows two first names, Martin and Rita, and the telephone of the Guichet Unique. The other telephone numbers
are of those that ARCEP keeps for works of fiction, and addresses end in exemple.fr.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clae_rules import engine_from_text
from clae_rules.adapters.accounts import AccountRules, Service
from clae_rules.adapters.households import (
    Address,
    Child,
    Contact,
    FamilySituation,
    Household,
    Insurance,
    Level,
    Medical,
    Profile,
    Relation,
    Sex,
    reopening_policy,
)
from clae_rules.adapters.invoices import Issuer

PARIS: Final = ZoneInfo("Europe/Paris")


def le(text: str) -> datetime:
    """An instant in Paris, « 2021-06-08 12:47 »: the walk reads no clock."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


# ---- The town --------------------------------------------------------------------------------------------------------

#: The guide says that pieces are asked, and names none.
PIECES: Final = """
[piece.domicile]
nom       = "justificatif de domicile"
pour      = "foyer"
dossier   = "dossier-foyer"
validite  = "1 an"
hypothese = "le guide ne nomme pas les pièces"

[piece.vaccins]
nom       = "vaccinations"
pour      = "enfant"
dossier   = "dossier-enfant"
hypothese = "le guide ne nomme pas les pièces"
"""
CLUSES: Final = Path(__file__).parents[1] / "cluses" / "reglement.toml"
ENGINE: Final = engine_from_text(CLUSES.read_text("utf-8") + PIECES, "cluses, avec ses pièces")
PORTAL: Final = "https://cluses.portail-familles.app"
GUICHET: Final = Service(
    name="Guichet Unique",
    email="guichet.unique@exemple.fr",
    phone="04 50 96 69 00",
    portal=PORTAL,
    town="Ville de Cluses",
)
ACCOUNTS: Final = AccountRules(service=GUICHET)
REGIE: Final = Issuer(
    town="Ville de Cluses",
    service="Service enfance jeunesse",
    address=("1 place de l'Exemple", "74300 Cluses"),
    payment="Payable en ligne sur le portail familles, ou au Guichet Unique.",
)
#: What must be known of each record.
NEEDED: Final = {
    "profil": ("coordonnees.adresse", "coordonnees.telephone", "date_de_naissance"),
    "foyer": ("coordonnees.adresse", "situation_familiale", "nombre_enfants"),
    "enfant": ("date_de_naissance", "medical.medecin", "medical.hospitalisation_autorisee"),
}
#: Which changes reopen a dossier: moving does, another employer does not.
REOPENS: Final = reopening_policy(
    {"foyer": False, "foyer.coordonnees.adresse": True, "foyer.enfants": True, "enfant": False, "profil": False}
)

# ---- The family ------------------------------------------------------------------------------------------------------

#: What stands for people in plannings, papers and invoices: codes that the store drew, which say nothing of them.
FAVRE, PARENT, OTHER, ACCOUNT = "f-20c9", "a-51d0", "a-7e14", "c-0b36"
MARTIN_CODE, RITA_CODE = "e-41f7", "e-8b20"
NAMES: Final = {MARTIN_CODE: "Martin", RITA_CODE: "Rita", PARENT: "G. Favre"}
HOME: Final = Contact(
    address=Address(street="12 rue du Pré", postcode="74300", town="Cluses"),
    email="gaelle.favre@exemple.fr",
    phone="06 39 98 00 01",
)
GAELLE: Final = Profile(
    code=PARENT,
    identifier="gaelle.favre",
    first_name="Gaëlle",
    last_name="Favre",
    relation=Relation.MOTHER,
    contact=HOME,
    sex=Sex.FEMALE,
    birth_date=date(1986, 4, 12),
    birth_place="Bonneville",
    profession="décolleteuse",
    employer="Décolletage de l'Arve",
    work_phone="04 65 71 00 01",
)
REMI: Final = Profile(
    code=OTHER,
    first_name="Rémi",
    last_name="Favre",
    relation=Relation.FATHER,
    contact=Contact(address=HOME.address, email="remi.favre@exemple.fr", phone="06 39 98 00 02"),
)
FOYER: Final = Household(
    code=FAVRE,
    me=GAELLE,
    other=REMI,
    contact=HOME,
    situation=FamilySituation.MARRIED,
    children_count=2,
    caf_number="0123456",
)
MARTIN: Final = Child(
    code=MARTIN_CODE,
    first_name="Martin",
    last_name="Favre",
    sex=Sex.MALE,
    birth_date=date(2013, 3, 21),
    birth_place="Sallanches",
    school="messy",
    level=Level.CE2,
    medical=Medical(doctor="Dr Exemple", doctor_phone="04 65 71 00 02", hospital=True),
    insurance=Insurance(company="Assurance de l'Exemple", number="74-0001"),
)
RITA: Final = Child(
    code=RITA_CODE,
    first_name="Rita",
    last_name="Favre",
    sex=Sex.FEMALE,
    birth_date=date(2015, 11, 2),
    birth_place="Sallanches",
    school="messy",
    level=Level.GS,
    medical=Medical(allergies="arachide", doctor="Dr Exemple", doctor_phone="04 65 71 00 02", hospital=True),
)
#: The smallest PDF that is whole.
PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<<>>\nstartxref\n30\n%%EOF\n"
