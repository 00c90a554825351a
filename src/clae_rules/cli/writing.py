"""The commands of whoever writes a règlement: new, validate, render, schema."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..adapters._missing import MissingLibraryError
from ..adapters.calendars import school_year
from ..audit import schema as answer_schema
from ..errors import ClaeRulesError, path_text
from ..files.reading import load_engine
from ..files.schema import demande_schema, reglement_schema, releve_schema
from ..files.starter import starter
from ..notices import notices
from ..rendering import render
from .answers import applied_json
from .frame import Format, FormatOption, LangOption, Language, Printer, ReglementArg, command


@command()
def new(
    nom: Annotated[str, typer.Option("--nom", help="Le nom du règlement.")] = "Périscolaire et cantine",
    zone: Annotated[str, typer.Option("--zone", help="La zone scolaire : A, B ou C.")] = "",
    annee: Annotated[int, typer.Option("--annee", help="L'année de la rentrée : 2026.")] = 0,
    region: Annotated[str, typer.Option("--region", help="Ses jours fériés : metropole, ou alsace-moselle.")] = "metropole",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Le fichier à écrire ; sinon, à l'écran.")] = None,
) -> int:  # fmt: skip
    """Écrit un règlement à compléter : commenté, valide, avec le calendrier de la zone et de l'année scolaire."""
    calendar = None
    if zone and annee:
        try:
            calendar = school_year(zone, annee, region)
        except MissingLibraryError as missing:
            sys.stderr.write(f"clae-rules : {missing} ; [jours] reste à remplir\n")
    else:
        sys.stderr.write(
            "clae-rules : sans --zone et --annee, [jours] reste à remplir ; par exemple --zone A --annee 2026\n"
        )
    text = starter(nom, calendar, zone)
    if output is None:
        sys.stdout.write(text)
        return 0
    if output.exists():
        raise ClaeRulesError(f"{output} existe déjà ; donnez un autre nom, rien n'est écrasé")
    if not output.parent.is_dir():
        raise ClaeRulesError(f"aucun dossier {output.parent} ; créez-le, ou donnez un autre nom")
    output.write_text(text, "utf-8")
    sys.stderr.write(f"clae-rules : {output} est écrit ; ensuite : clae-rules validate {output}\n")
    return 0


@command("render")
def render_(reglement: ReglementArg) -> int:
    """Le règlement en articles, en français, d'après ses seules données : à comparer avec ce qui est publié."""
    sys.stdout.write(render(load_engine(reglement).reglement))
    return 0


@command()
def validate(reglement: ReglementArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR) -> int:
    """Lit un règlement et dit tout ce qui n'y va pas."""
    out = Printer(form, lang)
    engine = load_engine(reglement)
    one = engine.reglement
    if form is Format.JSON:
        told = [
            {"code": x.kind.value, "chemin": path_text(x.path), "texte": x.fr if out.lang == "fr" else x.en}
            for x in notices(engine)
        ]
        out.json({
            "valide": True, "reglement": applied_json(engine), "avertissements": told, "normal": one.plain()
        })  # fmt: skip
        return 0
    out.line(f"{one.identity.label} : valide", "green")
    out.line(
        f"créneaux : {len(engine.slots)}, périodes : {len(one.periodes)}, règles : {len(one.rules)}, tarifs : {len(one.tariffs)}"
    )
    for notice in notices(engine):
        out.line(notice.text(out.lang), "yellow")
    out.line(f"empreinte {engine.applied.digest[:16]}")
    return 0


class Which(StrEnum):
    """Which file's schema, or which answer's."""

    REGLEMENT = "reglement"
    DEMANDE = "demande"
    RELEVE = "releve"
    AUDIT = "audit"
    DIFF = "diff"
    REPLAY = "replay"
    EXPLAIN = "explain"


SCHEMAS = {Which.REGLEMENT: reglement_schema, Which.DEMANDE: demande_schema, Which.RELEVE: releve_schema}


@command()
def schema(
    which: Annotated[Which, typer.Argument(help="Un fichier, ou la réponse d'une commande.")] = Which.REGLEMENT,
) -> int:
    """Le schéma JSON d'un fichier, pour que l'éditeur le complète et le vérifie, ou de ce que répond un audit."""
    found = SCHEMAS[which]() if which in SCHEMAS else answer_schema(which.value)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return 0
