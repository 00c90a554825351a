"""A small sound règlement, into which tests splice sections of their own."""

from __future__ import annotations

from typing import Final

from clae_rules.engine import Engine
from clae_rules.errors import InvalidReglementError
from clae_rules.files.reading import engine_from_text

#: Mornings, meals and evenings from Monday 7 September to Friday 30 October 2026, a section at a time.
SMALL: Final = {
    "reglement": 'code = "essai"\nnom = "Essai"\nfuseau = "Europe/Paris"\nsource = "doc"',
    "document.doc": 'titre = "Document"',
    "jours": "du = 2026-08-01\nau = 2026-12-31\nferies = [2026-11-11, 2026-12-25]",
    "faits": 'quotient = "nombre"\nresidence = ["commune", "exterieur"]\nrang = "nombre"',
    "etablissement.ecole": 'nom = "École du Pré"\njours_ecole = ["lundi", "mardi", "jeudi", "vendredi"]',
    "mode.accueil": (
        'nom = "Accueil"\netablissement = "ecole"\noffre = [\n'
        '  { code = "matin", nom = "Matin", horaire = "07:30-08:30" },\n'
        '  { code = "repas", nom = "Repas" },\n'
        '  { code = "soir", nom = "Soir", horaire = "16:30-18:30" },\n]'
    ),
    "periode.p1": 'nom = "Rentrée"\nmode = "accueil"\ndu = 2026-09-07\nau = 2026-10-30\nquand.type = "ordinaire"',
    "delai.general": 'reserver = "le jour même, avant 07:00"\nannuler = "jamais"',
    "tarif.general": 'par = "creneau"\nprix = 1.00',
}


def text(changes: dict[str, str | None] | None = None) -> str:
    """The file with some sections put in place or taken out."""
    sections = {**SMALL, **(changes or {})}
    return "format = 1\n" + "".join(f"\n[{name}]\n{body}\n" for name, body in sections.items() if body is not None)


def engine(changes: dict[str, str | None] | None = None) -> Engine:
    """The small règlement, changed, checked and made ready."""
    return engine_from_text(text(changes))


def told(changes: dict[str, str | None]) -> list[str]:
    """The faults of the small règlement once changed, in French; English ones say as much."""
    try:
        engine(changes)
    except InvalidReglementError as error:
        found = error.faults
    else:
        found = ()
    assert all(one.en and "\n" not in one.fr + one.en for one in found)
    return [one.text() for one in found]
