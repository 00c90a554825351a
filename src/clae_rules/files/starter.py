"""
A file to start from: valid, commented, with the calendar of a school year and nothing invented.

Prices are « non publié » and the rest is marked `hypothese`, so that a check of the file lists what is left to say.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from ..days import ONE_DAY, CivilDays, DayKind, days_between
from ..errors import Fault, raise_all
from ..shapes import folded

_RULER: Final = 112


def starter(name: str, calendar: CivilDays | None, zone: str = "") -> str:
    """
    The text of a règlement to complete, ending with a newline.

    Args:
        name: Of the règlement, as families read it.
        calendar: Fériés and school holidays; without it their lines are left for the reader to fill in, and a check
            of the file asks for them.
        zone: The zone of the calendar, as it is told in the file.

    Raises:
        InvalidValueError: If the name is no line of 1 to 300 characters, quotes left out.

    >>> "[periode.annee]" in starter("Cantine de Massingy", None)
    True
    """
    if not 1 <= len(name.strip()) <= len(name) <= 300 or not name.isprintable() or re.search(r'["\\]', name):
        fr = "il faut un nom de 1 à 300 caractères, sur une ligne et sans guillemets"
        raise_all([Fault(("nom",), fr, "expected a name of 1 to 300 characters, on one line, without quotes")])
    code = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:60].strip("-") or "reglement"
    parts = (
        _head(name, code, calendar, zone),
        _days(calendar),
        _places(calendar),
        _RULES,
        _PRICES,
        _REST,
    )
    return "\n".join(parts)


def _title(text: str) -> str:
    return f"# ---- {text} {'-' * (_RULER - len(text))}"


def _head(name: str, code: str, calendar: CivilDays | None, zone: str) -> str:
    source = ""
    if calendar is not None:
        years = f"{calendar.first_day.year}-{calendar.last_day.year}"
        source = f"""
[document.calendrier]
titre = "Calendrier scolaire {years}, zone {zone.upper()}, et jours fériés (code du travail, L3133-1)"
page  = "https://www.education.gouv.fr/calendrier-scolaire-100148"
"""
    return f"""\
# {name} : un fichier à compléter, la page publiée sous les yeux.
#
# - Une ligne qui commence par # est une remarque : enlevez le # des exemples qui vous servent.
# - « clae-rules validate FICHIER » dit les fautes, puis tout ce qui reste ouvert : hypothèses, prix non publiés.
# - « clae-rules render FICHIER » en fait des articles, à comparer avec ce que la commune publie.
# - Pour chaque genre de règle, docs/kinds/README.md montre les lignes à écrire ; docs/format.md donne chaque clé.
format = 1

[reglement]
code   = "{code}"
nom    = "{name}"
fuseau = "Europe/Paris"
# version = "2026-06"

{_title("D'où cela vient")}
# Chaque article dit son document, et où : source = "page art. 3". Ce que la page ne dit pas s'écrit
# hypothese = "…" : rien n'est inventé en silence.

[document.page]
titre = "{name}"
# page = "https://…"
# date = 2026-06-01
{source}"""


def _days(calendar: CivilDays | None) -> str:
    title = _title("Les jours : tout, du premier au dernier ; hors de là, rien n'est deviné")
    if calendar is None:
        return f"""\
{title}
# À REMPLIR : les jours fériés et les vacances de l'année scolaire (education.gouv.fr). Avec
# pip install 'clae-rules[calendars]', « clae-rules new --zone A --annee 2026 » les écrit.

[jours]
# du     = 2026-07-01
# au     = 2027-08-31
# feries = [2026-11-01, 2026-11-11]
hypothese = "calendrier à remplir"

[jours.vacances]
# toussaint = {{ du = 2026-10-17, au = 2026-11-01 }}
"""
    lines = "\n".join(f"  {day}," for day in calendar.feries)
    width = max(len(code) for code, _ in calendar.holidays)
    holidays = "\n".join(
        f"{code:<{width}} = {{ du = {span.first_day}, au = {span.last_day} }}" for code, span in calendar.holidays
    )
    year = calendar.first_day.year
    doubt = f'\nhypothese = "{calendar.hypothese}"' if calendar.hypothese else ""
    return f"""\
{title}

[jours]
du     = {calendar.first_day}
au     = {calendar.last_day}
feries = [
{lines}
]
source    = "calendrier"{doubt}

[jours.vacances]
{holidays}
# Un pont de la commune ou de l'académie : une ligne de plus, pont = {{ du = {year}-11-12, au = {year}-11-13 }}
# Une date qui change : [jours.exception] {year}-10-10 = {{ type = "ordinaire", comme = "lundi" }}
"""


def _school_days(calendar: CivilDays) -> tuple[date, date]:
    """The first and the last ordinary day between the two summers, which are the first and the last holidays."""
    summers = calendar.holidays[0][1], calendar.holidays[-1][1]
    between = days_between(summers[0].last_day + ONE_DAY, summers[1].first_day - ONE_DAY)
    ordinary = [day for day in between if calendar.describe(day).kind is DayKind.ORDINARY]
    return ordinary[0], ordinary[-1]


def _places(calendar: CivilDays | None) -> str:
    span = "# du       = 2026-09-01\n# au       = 2027-07-02"
    label = "Année scolaire"
    if calendar is not None:
        first, last = _school_days(calendar)
        span = f"du         = {first}\nau         = {last}"
        label = f"Année scolaire {first.year} - {last.year}"
    return f"""\
{_title("Ce que l'on sait des familles : seulement ce que le règlement compare")}

[faits]
quotient  = "nombre"
residence = ["commune", "exterieur"]
# age     = "ans, au jour de la date"
# pai     = "oui ou non"
# dossier = ["incomplet", "complet"]

{_title("Où, quoi, quand : l'ordre des créneaux est celui de l'affichage")}

[etablissement.ecole]
nom         = "École"
jours_ecole = ["lundi", "mardi", "jeudi", "vendredi"]
hypothese   = "semaine de quatre jours"

[mode.periscolaire]
nom           = "Périscolaire et cantine"
etablissement = "ecole"
hypothese     = "créneaux et horaires d'exemple, à remplacer par ceux de la page"
offre = [
  {{ code = "matin", nom = "Accueil du matin", horaire = "07:30-08:30" }},
  {{ code = "repas", nom = "Repas",            horaire = "12:00-13:30" }},
  {{ code = "soir",  nom = "Accueil du soir",  horaire = "16:30-18:30" }},
]

[periode.annee]
nom        = "{label}"
mode       = "periscolaire"
{span}
quand.calendrier = "école"
hypothese  = "toute l'année scolaire, les jours de classe"
"""


_RULES: Final = f"""\
{_title("Les règles entre créneaux : « tel créneau, un verbe, tels créneaux »")}

# [regle.repas-avec-accueil]
# creneaux       = "repas"
# seulement_avec = "matin"
# source         = "page"

{_title("Les délais : à partir de quand c'est trop tard")}

[delai.general]
# limite_un_jour_ferme = "reste"
reserver  = "1 jour école avant la date, avant 10:00"
annuler   = [{{ limite = "1 jour école avant la date, avant 10:00", a_payer = "rien" }}]
hypothese = "limites d'exemple"

# Hors délai : une seconde phase, et son prix plus bas.
# reserver = [
#   {{ limite = "jeudi de la semaine -1, avant 12:00", variante = "normal" }},
#   {{ limite = "le jour même, avant 08:00", variante = "hors-delai" }},
# ]

{_title("Qui peut réserver, et combien")}

# [acces.dossier]
# exige.dossier = "complet"
# source        = "page"

# [piece.assurance]
# nom      = "attestation d'assurance"
# pour     = "enfant"
# dossier  = "dossier"
# validite = "année scolaire"
# source   = "page"

# [capacite.cantine]
# creneaux = "repas"
# enfants  = 60
# attente  = true
# source   = "page"
"""

_PRICES: Final = f"""\
{_title("Les prix, en euros avec un point")}

[tarif.accueil]
creneaux  = ["matin", "soir"]
par       = "créneau"
prix      = "non publié"
hypothese = "prix à recopier"

[tarif.repas]
creneaux  = "repas"
par       = "créneau"
prix      = "non publié"
hypothese = "prix à recopier"

# Par tranches de quotient :
# [grille.qf]
# mesure   = "quotient"
# lu       = "tronqué"
# manquant = "tranche C"
# tranches = {{ A = "de 0 à 599", B = "de 600 à 999", C = "à partir de 1000" }}
# source   = "page"
# puis, dans le tarif : selon = "qf" et prix = {{ A = 1.00, B = 3.05, C = 3.15 }}

# [modification.hors-delai]
# variante = "hors-delai"
# fois     = 2
# source   = "page"

# [modification.exterieurs]
# qui.residence = "exterieur"
# plus          = 1.00
# source        = "page"

# Deux modifications qui touchent le même prix : laquelle d'abord ?
# [prix]
# ordre = ["exterieurs", "hors-delai"]
"""

_REST: Final = f"""\
{_title("Ce qui est publié et ne décide rien ici")}

# [mention.paiement]
# dit    = "Paiement par chèque, carte ou prélèvement."
# genre  = "F-MOYENS"
# source = "page"
"""
