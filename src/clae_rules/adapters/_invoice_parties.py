"""Whom an invoice goes to, apart from it so that a person can be erased; and who issues it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from ..errors import Fault
from ._invoices import or_none
from ._records import Form, Record, a, a_code, field, one_of, record, several, text


@record
class ChildName(Record):
    """The name of a child, by his pseudonym."""

    FORM = Form("nom d'enfant")
    child: str = field(a_code, key="enfant")
    name: str = field(text(200), key="nom", private=True)


@record
class Recipient(Record):
    """
    Whom an invoice goes to, as names and address were on its day: the one record to erase when a person is.

    Args:
        invoice: Reference of the invoice.
        name: Of the person who pays.
        address: One to seven lines.
        children: The names behind the pseudonyms of the lines.
    """

    FORM = Form("destinataire")
    invoice: str = field(a_code, key="facture")
    name: str = field(text(200), key="nom", private=True)
    address: tuple[str, ...] = field(several(text(200), 7), key="adresse", private=True)
    children: tuple[ChildName, ...] = field(several(a(ChildName), 50), key="enfants", default=(), private=True)

    def name_of(self, child: str) -> str:
        """The name of a child, or his pseudonym."""
        return next((one.name for one in self.children if one.child == child), child)


class Nature(Enum):
    """What an invoice is: paid to a régie, or a titre de recettes that a public accountant recovers."""

    REGIE = "facture"
    TITRE = "avis des sommes à payer"


@record
class Issuer(Record):
    """
    Who issues, as it is printed.

    A titre must bear the first name, name and quality of who issues it, and the ways and delays of appeal (CGCT, art.
    L. 1617-5, 4°; CE, 17 March 2016, n° 389069). What else a town must print is for the town to say, in `mentions`.

    Args:
        town: The collectivité.
        service: The régie or the service.
        address: One to seven lines.
        nature: What the invoices are.
        officer: First name, name and quality of who issues; required of a titre.
        appeal: Ways and delays of appeal; required of a titre.
        payment: How to pay.
        mentions: What else is printed below.
    """

    FORM = Form("émetteur")
    town: str = field(text(200), key="collectivite")
    service: str = field(text(200))
    address: tuple[str, ...] = field(several(text(200), 7), key="adresse")
    nature: Nature = field(one_of(Nature), default=Nature.REGIE)
    officer: str = field(or_none(text(200)), key="emetteur", default="")
    appeal: str = field(or_none(text(2000)), key="recours", default="")
    payment: str = field(or_none(text(2000)), key="paiement", default="")
    mentions: tuple[str, ...] = field(several(text(2000), 20), default=())

    def faults(self) -> Iterator[Fault]:
        """What a titre lacks."""
        if self.nature is Nature.TITRE:
            for name, fr in (
                ("officer", "prénom, nom et qualité de qui l'émet"),
                ("appeal", "voies et délais de recours"),
            ):
                if not getattr(self, name):
                    why = f"manque ; un avis des sommes à payer porte : {fr} (CGCT, art. L. 1617-5)"
                    yield Fault((name,), why, "missing; a titre must bear it (CGCT, art. L. 1617-5)")
