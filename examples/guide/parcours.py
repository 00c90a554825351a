"""
The user guide of a town's portal, acted from the first mail to the paid invoice: one function a heading of the guide.

    pip install 'clae-rules[records,ics,pdf,payments]'
    python examples/guide/parcours.py [--dossier OUT]

It prints what each page shows, always the same, since every instant is given; with `--dossier`, the files that a family
downloads are written there, and its mails. The guide is the document of examples/cluses, whose règlement is applied;
what it does not say stands in `famille.py`, what a portal stores in `portail.py`; docs/guide.md is the table of it all.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Final

#: The libraries that the walk needs, each with the extra that brings it.
LIBRARIES: Final = {
    "attrs": "records",
    "cattrs": "records",
    "icalendar": "ics",
    "reportlab": "pdf",
    "eopayment": "payments",
}


def main() -> None:
    """Walk the guide, or say what to install."""
    parser = argparse.ArgumentParser(description="Le guide du portail familles, joué de bout en bout.")
    parser.add_argument("--dossier", type=Path, help="où écrire les fichiers à télécharger et les mails")
    folder = parser.parse_args().dossier
    lacking = dict.fromkeys(extra for library, extra in LIBRARIES.items() if find_spec(library) is None)
    if lacking:
        raise SystemExit(f"le parcours demande des bibliothèques ; pip install 'clae-rules[{','.join(lacking)}]'")
    walk(folder)


def walk(folder: Path | None = None) -> None:
    """Print each page of the guide, in its order."""
    from compte import a_premiere_connexion, b1_connexion, b2_mon_profil_mon_foyer_mes_enfants
    from factures import b5_mes_factures
    from pieces import b3_transmettre_un_document
    from planning import (
        b4_mon_planning,
        b4a_effectuer_une_reservation,
        b4b_visualiser_les_reservations,
        b4c_annuler_une_reservation,
        b4d_autres_fonctions,
    )
    from portail import Portail

    portal = Portail(folder=folder)
    for section in (
        a_premiere_connexion,
        b1_connexion,
        b2_mon_profil_mon_foyer_mes_enfants,
        b3_transmettre_un_document,
        b4_mon_planning,
        b4a_effectuer_une_reservation,
        b4b_visualiser_les_reservations,
        b4c_annuler_une_reservation,
        b4d_autres_fonctions,
        b5_mes_factures,
    ):
        title = (section.__doc__ or "").strip()
        print(f"\n{title}\n{'=' * len(title)}")
        section(portal)


if __name__ == "__main__":
    main()
