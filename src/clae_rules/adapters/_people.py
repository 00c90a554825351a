"""
The persons of a dossier: profiles, households, children. Of any of them, only the code is ever shown.

Everything but names and codes may be left out, since families fill it in page by page; whether enough is there for a
dossier to be complete is asked of it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, Final

from ..errors import Fault
from ..shapes import folded
from ._contacts import caf_number, email_address, phone_number, postal_code
from ._records import (
    Form,
    Record,
    RefusedValueError,
    a,
    a_code,
    civil_day,
    field,
    flag,
    note,
    one_of,
    optional,
    record,
    several,
    text,
    whole,
)

MOST_CHILDREN: Final = 30
_FIRST_BIRTH: Final = date(1900, 1, 1)
HOME: Final = "France"


class Sex(Enum):
    """As civil status writes it."""

    FEMALE = "féminin"
    MALE = "masculin"


class Relation(Enum):
    """What an adult is to the children of the household."""

    MOTHER = "mère"
    FATHER = "père"
    GUARDIAN = "tuteur"
    OTHER = "autre"


class FamilySituation(Enum):
    """The family situation of the household."""

    MARRIED = "marié"
    PACS = "pacsé"
    COHABITING = "en concubinage"
    SINGLE = "célibataire"
    SEPARATED = "séparé"
    DIVORCED = "divorcé"
    WIDOWED = "veuf"


class Level(Enum):
    """
    The level of a class.

    Source: code de l'éducation, art. D. 311-10 (cycles 1 to 4); « TPS » is the section of the very young (D. 113-1).
    """

    TPS = "TPS"
    PS = "PS"
    MS = "MS"
    GS = "GS"
    CP = "CP"
    CE1 = "CE1"
    CE2 = "CE2"
    CM1 = "CM1"
    CM2 = "CM2"
    SIXIEME = "6e"
    CINQUIEME = "5e"
    QUATRIEME = "4e"
    TROISIEME = "3e"
    OTHER = "autre"


def _birth(given: Any) -> date:
    """A birth date: a civil day since 1900; whether it has come is judged by `born`, which is told the day."""
    day = civil_day(given)
    if day < _FIRST_BIRTH:
        raise RefusedValueError("une date de naissance depuis 1900", "a birth date since 1900")
    return day


def _post_code(given: Any) -> str:
    """A postcode: French where it can be, else as it is written; `Address` knows the country."""
    try:
        return postal_code(given)
    except RefusedValueError:
        return str(text(12)(given))


@record
class Address(Record):
    """
    A postal address.

    Args:
        street: Number and street.
        complement: Building, floor, place name.
        postcode: French in France, « 74302 » of a CEDEX included.
        town: With « CEDEX » where there is one.
        country: France where left out.
    """

    street: str = field(text(120), key="voie", private=True)
    complement: str | None = field(optional(text(120)), key="complement", default=None, private=True)
    postcode: str = field(_post_code, key="code_postal", private=True)
    town: str = field(text(80), key="commune", private=True)
    country: str = field(text(60), key="pays", default=HOME, private=True)

    def faults(self) -> Iterator[Fault]:
        """A French address has a French postcode."""
        if folded(self.country) == folded(HOME):
            try:
                postal_code(self.postcode)
            except RefusedValueError as why:
                yield Fault(
                    ("postcode",), f"valeur non répétée ici ; il faut {why.fr}", f"not repeated; expected {why.en}"
                )


@record
class Contact(Record):
    """How a person or a household is reached."""

    address: Address | None = field(optional(a(Address)), key="adresse", default=None, private=True)
    email: str | None = field(optional(email_address), key="courriel", default=None, private=True)
    phone: str | None = field(optional(phone_number), key="telephone", default=None, private=True)
    other_phone: str | None = field(optional(phone_number), key="autre_telephone", default=None, private=True)


@record
class Profile(Record):
    """
    « Mon profil »: one of the adults responsible (guide B.2).

    Args:
        code: What stands for the person.
        identifier: What he connects with; None for who has no account. The password is the framework's.
        relation: What he is to the children.
    """

    FORM = Form("profil")

    code: str = field(a_code)
    identifier: str | None = field(optional(text(80)), key="identifiant", default=None, private=True)
    first_name: str = field(text(80), key="prenom", private=True)
    last_name: str = field(text(80), key="nom", private=True)
    birth_name: str | None = field(optional(text(80)), key="nom_de_naissance", default=None, private=True)
    relation: Relation | None = field(optional(one_of(Relation)), key="lien", default=None, private=True)
    contact: Contact = field(a(Contact), key="coordonnees", default=Contact(), private=True)
    sex: Sex | None = field(optional(one_of(Sex)), key="sexe", default=None, private=True)
    birth_date: date | None = field(optional(_birth), key="date_de_naissance", default=None, private=True)
    birth_place: str | None = field(optional(text(120)), key="lieu_de_naissance", default=None, private=True)
    profession: str | None = field(optional(text(120)), key="profession", default=None, private=True)
    employer: str | None = field(optional(text(120)), key="employeur", default=None, private=True)
    work_phone: str | None = field(optional(phone_number), key="telephone_professionnel", default=None, private=True)


@record
class Quotient(Record):
    """A quotient of the household, from a day to another, both included; None is unbounded."""

    value_cents: int = field(whole(0, 100_000_000), key="centimes", private=True)
    first_day: date | None = field(optional(civil_day), key="du", default=None, private=True)
    last_day: date | None = field(optional(civil_day), key="au", default=None, private=True)

    def faults(self) -> Iterator[Fault]:
        """It does not end before it begins."""
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            yield Fault(
                ("last_day",), "il faut un dernier jour qui ne précède pas le premier", "expected no earlier than first"
            )


@record
class Custody(Record):
    """
    The weeks that a child of two households spends in this one.

    Args:
        child: His code.
        first_day: First day of a week that he spends here.
        every_weeks: One week in so many.
    """

    child: str = field(a_code, key="enfant")
    first_day: date = field(civil_day, key="depuis")
    every_weeks: int = field(whole(2, 52), key="une_sur", default=2)


@record
class Household(Record):
    """
    « Mon foyer » (guide B.2); a child of two households is told of in both, by the same code.

    Args:
        me: Who holds the account.
        other: The other adult responsible, where there is one.
        contact: Of the household.
        children_count: As the family declares it: not all need be enrolled.
        caf_number: « numéro d'allocataire CAF ».
        quotients: As they follow one another; the facts that prices read.
        children: Codes of its children.
        custodies: Those who are here one week in so many; the others are always.
    """

    FORM = Form("foyer")

    code: str = field(a_code)
    me: Profile = field(a(Profile), key="moi", private=True)
    other: Profile | None = field(optional(a(Profile)), key="autre_responsable", default=None, private=True)
    contact: Contact = field(a(Contact), key="coordonnees", default=Contact(), private=True)
    situation: FamilySituation | None = field(
        optional(one_of(FamilySituation)), key="situation_familiale", default=None, private=True
    )
    children_count: int | None = field(
        optional(whole(0, MOST_CHILDREN)), key="nombre_enfants", default=None, private=True
    )
    caf_number: str | None = field(optional(caf_number), key="numero_allocataire", default=None, private=True)
    quotients: tuple[Quotient, ...] = field(several(a(Quotient), 100), key="quotients", default=(), private=True)
    children: tuple[str, ...] = field(several(a_code, MOST_CHILDREN), key="enfants", default=())
    custodies: tuple[Custody, ...] = field(several(a(Custody), MOST_CHILDREN), key="gardes", default=())

    def faults(self) -> Iterator[Fault]:
        """Nobody is told of twice, and custody is of a child of the household."""
        if self.other is not None and self.other.code == self.me.code:
            yield Fault(
                ("other", "code"), "le même que « moi » ; il faut deux personnes", "the same as me; expected another"
            )
        shared = [one.child for one in self.custodies]
        for name, codes in (("children", self.children), ("custodies", tuple(shared))):
            for i, one in enumerate(codes):
                if one in codes[:i]:
                    yield Fault(
                        (name, i), f"lu « {one} » deux fois ; il faut une fois", f"got « {one} » twice; expected once"
                    )
        for i, one in enumerate(shared):
            if one not in self.children:
                yield Fault(
                    ("custodies", i),
                    f"lu « {one} » ; il faut un enfant du foyer",
                    f"got « {one} »; not of the household",
                )


@record
class Medical(Record):
    """
    What those who look after a child must know of his health; never shown, logged or repeated.

    Args:
        allergies: And what to do.
        diet: What he does not eat.
        pai: Whether a « projet d'accueil individualisé » is in force.
        pai_until: Its last day.
        treatments: What he takes.
        hospital: Whether the family lets him be taken to a hospital.
    """

    allergies: str = field(note(), key="allergies", default="", private=True)
    diet: str = field(note(), key="regime", default="", private=True)
    pai: bool | None = field(optional(flag), key="pai", default=None, private=True)
    pai_until: date | None = field(optional(civil_day), key="pai_jusqu_au", default=None, private=True)
    treatments: str = field(note(), key="traitements", default="", private=True)
    vaccinated: bool | None = field(optional(flag), key="vaccins_a_jour", default=None, private=True)
    doctor: str | None = field(optional(text(120)), key="medecin", default=None, private=True)
    doctor_phone: str | None = field(optional(phone_number), key="telephone_medecin", default=None, private=True)
    hospital: bool | None = field(optional(flag), key="hospitalisation_autorisee", default=None, private=True)
    remarks: str = field(note(), key="remarques", default="", private=True)


@record
class Insurance(Record):
    """The insurance of a child, « responsabilité civile » and « individuelle accident »."""

    company: str = field(text(120), key="compagnie", private=True)
    number: str = field(text(60), key="numero", private=True)
    last_day: date | None = field(optional(civil_day), key="valable_jusqu_au", default=None, private=True)


@record
class AuthorisedPerson(Record):
    """Who may fetch a child, or is called first."""

    first_name: str = field(text(80), key="prenom", private=True)
    last_name: str = field(text(80), key="nom", private=True)
    relation: str | None = field(optional(text(80)), key="lien", default=None, private=True)
    phone: str = field(phone_number, key="telephone", private=True)
    may_fetch: bool = field(flag, key="peut_reprendre", default=True, private=True)
    in_emergency: bool = field(flag, key="en_cas_d_urgence", default=False, private=True)


@record
class Child(Record):
    """
    One of « Mes enfants » (guide B.2).

    Args:
        code: What stands for him in plannings, demandes and invoices.
        school: Code of his school.
        group: His class, as the school calls it.
        medical: « renseignements médicaux ».
        authorised: Who may fetch him.
        leaves_alone: Whether he may leave by himself; None is not said.
        pictures: Whether he may be in pictures; None is not said.
    """

    FORM = Form("enfant")

    code: str = field(a_code)
    first_name: str = field(text(80), key="prenom", private=True)
    last_name: str = field(text(80), key="nom", private=True)
    sex: Sex | None = field(optional(one_of(Sex)), key="sexe", default=None, private=True)
    birth_date: date | None = field(optional(_birth), key="date_de_naissance", default=None, private=True)
    birth_place: str | None = field(optional(text(120)), key="lieu_de_naissance", default=None, private=True)
    school: str | None = field(optional(a_code), key="ecole", default=None, private=True)
    level: Level | None = field(optional(one_of(Level)), key="niveau", default=None, private=True)
    group: str | None = field(optional(text(60)), key="classe", default=None, private=True)
    medical: Medical = field(a(Medical), key="medical", default=Medical(), private=True)
    insurance: Insurance | None = field(optional(a(Insurance)), key="assurance", default=None, private=True)
    authorised: tuple[AuthorisedPerson, ...] = field(
        several(a(AuthorisedPerson), 20), key="personnes_autorisees", default=(), private=True
    )
    leaves_alone: bool | None = field(optional(flag), key="part_seul", default=None, private=True)
    pictures: bool | None = field(optional(flag), key="droit_a_l_image", default=None, private=True)
