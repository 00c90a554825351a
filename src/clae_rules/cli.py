"""
The command line: new, validate, render, options, check, recopie, recap, close, due, schema.

Exit codes: 0 allowed, 1 refused, 2 bad input or usage, 3 undecided.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.text import Text

from .adapters._missing import MissingLibraryError
from .adapters.calendars import school_year
from .billing import due
from .booking import decide
from .boxes import BoxState, DayState, boxes, said
from .desk import Desk
from .engine import Engine
from .epochs import Status
from .errors import ClaeRulesError, InvalidValueError, Lang, path_text
from .facts import Facts
from .files.demandes import DemandeFile
from .files.operations import closings, desk_of
from .files.reading import load_demande, load_engine, load_releve
from .files.schema import demande_schema, reglement_schema, releve_schema
from .files.starter import starter
from .holdings import Grain
from .money import euros
from .notices import notices
from .recapitulatif import Recapitulatif, recapitulatif
from .recopie import Fate, Recopie, recopie
from .rendering import render
from .repairs import repairs
from .shapes import Instant
from .slots import Held
from .verdicts import Verdict
from .violations import Violation
from .window_repairs import Edits, window_repairs


class Format(StrEnum):
    """How answers are written."""

    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    """The language of sentences."""

    FR = "fr"
    EN = "en"


EXITS = {Status.ALLOWED: 0, Status.REFUSED: 1, Status.UNDECIDED: 3}
COLOURS = {Status.ALLOWED: "green", Status.REFUSED: "red", Status.UNDECIDED: "yellow"}

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=__doc__, pretty_exceptions_enable=False, rich_markup_mode=None
)
ReglementArg = Annotated[Path, typer.Argument(help="Le fichier du règlement (.toml, ou .json sous sa forme normale).")]
DemandeArg = Annotated[Path, typer.Argument(help="Le fichier de la demande (.toml ou .json).")]
FormatOption = Annotated[Format, typer.Option("--format", help="text ou json.")]
LangOption = Annotated[Language, typer.Option("--lang", help="fr ou en.")]
NowOption = Annotated[
    str, typer.Option("--now", help="L'instant : 2021-09-01T09:00:00+02:00 ; sinon celui de la demande.")
]


def command(name: str | None = None) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """A command whose returned number is the exit code."""

    def made(function: Callable[..., int]) -> Callable[..., None]:
        @wraps(function)
        def exits(*args: Any, **options: Any) -> None:
            raise typer.Exit(function(*args, **options))

        return app.command(name)(exits)

    return made


class Printer:
    """Where answers go: colour in a terminal, none when piped."""

    def __init__(self, form: Format, lang: Language) -> None:
        self.form = form
        self.lang: Lang = "en" if lang is Language.EN else "fr"
        self.console = Console(file=sys.stdout, soft_wrap=True, highlight=False)

    def line(self, text: str, style: str = "") -> None:
        """One line."""
        self.console.print(Text(text, style=style))

    def json(self, plain: Any) -> None:
        """The whole answer as JSON."""
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def _instant(text: str, asked: datetime | None) -> datetime:
    if text:
        faults: list[Any] = []
        found = Instant().read(text, ("--now",), faults)
        if faults:
            raise InvalidValueError(faults)
        return cast("datetime", found)
    if asked is None:
        raise ClaeRulesError(
            "--now : à dire, la demande n'a pas d'instant ; par exemple --now 2021-09-01T09:00:00+02:00"
        )
    return asked


def _opened(reglement: Path, demande: Path) -> tuple[Engine, DemandeFile, Desk]:
    engine = load_engine(reglement)
    read = load_demande(demande, engine.reglement)
    return engine, read, desk_of(engine, read)


def _only_days(read: DemandeFile) -> None:
    """Tell that a recopie is another command's; without [veut] there is nothing else to judge."""
    if read.copied is not None:
        told = "[recopie] n'est pas jugée ici : clae-rules recopie"
        if not read.wanted:
            raise ClaeRulesError(f"rien dans [veut], et {told}")
        sys.stderr.write(f"clae-rules : {told}\n")
    elif read.closures and not read.wanted:
        raise ClaeRulesError("rien dans [veut] ; ce qu'une fermeture annule : clae-rules close")


def _said(one: Violation, lang: Lang) -> dict[str, Any]:
    return {
        "code": one.code, "regle": one.rule, "source": one.source, "date": one.day.isoformat() if one.day else None,
        "creneaux": list(one.slots), "manquants": list(one.missing), "texte": one.sentence(lang), **_window_json(one),
    }  # fmt: skip


def _window_json(one: Violation) -> dict[str, Any]:
    """What a violation of a window says besides: its name, the dates that break it, those that would mend it."""
    if not one.window:
        return {}
    dates, missing = ([day.isoformat() for day in some] for some in (one.dates, one.missing_dates))
    return {"fenetre": one.window, "dates": dates, "dates_manquantes": missing}


def _edits_json(edits: Edits) -> list[dict[str, str]]:
    return [{"date": day.isoformat(), "creneau": slot} for day, slot in edits]


def _applied(engine: Engine) -> dict[str, str]:
    return {"code": engine.applied.code, "version": engine.applied.version, "empreinte": engine.applied.digest}


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
            "valide": True, "reglement": _applied(engine), "avertissements": told, "normal": one.plain()
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


@command()
def options(
    reglement: ReglementArg, demande: DemandeArg, day: Annotated[str, typer.Argument(help="La date : 2021-09-06.")],
    form: FormatOption = Format.TEXT, lang: LangOption = Language.FR, now: NowOption = "",
) -> int:  # fmt: skip
    """Les cases d'une date à un instant, et pourquoi chacune est ce qu'elle est."""
    out = Printer(form, lang)
    engine, read, desk = _opened(reglement, demande)
    try:
        when = date.fromisoformat(day)
    except ValueError as bad:
        raise ClaeRulesError(f"date : lu « {day} » ; il faut une date qui existe : 2021-09-06") from bad
    planning = read.planning()
    seen = boxes(
        desk,
        when,
        now=_instant(now, read.asked.instant),
        occupancy=read.occupancy(),
        accept_unknown_price=read.asked.unknown_price,
        planning=planning,
    )
    if form is Format.JSON:
        out.json({
            "date": day, "etat": seen.state.value, "reglement": _applied(engine),
            "cases": [
                {
                    "creneau": one.slot, "nom": one.label, "horaire": one.times, "variante": one.variant.value,
                    "etat": one.state.value, "prix_cents": one.price_cents, "avec": [list(x) for x in one.together],
                    "ailleurs": [_edits_json(x) for x in one.elsewhere],
                    "raisons": [_said(x, out.lang) for x in one.reasons],
                }
                for one in seen.boxes
            ],
        })  # fmt: skip
    else:
        out.line(f"{when:%d/%m/%Y} : {said(seen.state, out.lang)}", "bold")
        for one in seen.boxes:
            price = "" if one.price_cents is None else f"  {euros(one.price_cents)}"
            out.line(one.line(engine.labels, out.lang) + price, "green" if one.state is BoxState.FREE else "")
    return 3 if seen.state is DayState.UNKNOWN else 0


def _held(one: Held) -> dict[str, Any]:
    return {"creneau": one.slot, "variante": one.variant.value, **({"foyer": one.holder} if one.holder else {})}


def _verdict_json(verdict: Verdict, engine: Engine, lang: Lang) -> dict[str, Any]:
    return {
        "statut": verdict.status.value,
        "reglement": _applied(engine),
        "dates": [
            {
                "date": one.day.isoformat(), "statut": one.status.value, "accordee": one in verdict.granted,
                "tenus": [_held(x) for x in one.outcome.after],
                "en_attente": dict(one.outcome.pending),
                "refus": [_said(x, lang) for x in one.violations], "doutes": [_said(x, lang) for x in one.doubts],
                "deja_la": [_said(x, lang) for x in one.inherited],
                "reparations": [{"ajouter": list(x.add), "enlever": list(x.remove)} for x in repairs(one).found],
            }
            for one in verdict.days
        ],
        "reparations": [
            {"ajouter": _edits_json(x.add), "enlever": _edits_json(x.remove)} for x in window_repairs(verdict).found
        ],
    }  # fmt: skip


def _tell(out: Printer, verdict: Verdict, engine: Engine) -> None:
    out.line(said(verdict.status, out.lang), f"bold {COLOURS[verdict.status]}")
    mend = "à faire" if out.lang == "fr" else "mend"
    told: set[Violation] = set()
    for one in verdict.days:
        reasons = dict.fromkeys((*one.violations, *one.doubts, *one.inherited))
        for reason in [one for one in reasons if one not in told]:  # that of a window is told once
            before = ("déjà là", "already there")[out.lang == "en"] if reason in one.inherited else ""
            out.line(f"  {reason.text(out.lang)}{f' [{before}]' if before else ''}")
        told.update(reasons)
        if one.status is Status.REFUSED and (one.outcome.refusals or one.outcome.broken or not one.outcome.over):
            for repair in repairs(one, first=3).found:
                out.line(f"    {mend} : {repair.sentence(engine.labels, out.lang)}")
        classes = dict(one.waiting)
        for slot, why in one.outcome.pending:
            out.line(
                f"  {one.day:%d/%m/%Y} : « {engine.labels[slot]} » en attente ({why}{f', {classes[slot]}' if classes.get(slot) else ''})"
            )

    for way in window_repairs(verdict).found:
        out.line(f"    {mend} : {way.sentence(engine.labels, out.lang)}")


@command()
def check(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "",
) -> int:  # fmt: skip
    """Juge une demande : acceptée, refusée ou indécise, avec toutes les raisons et les réparations."""
    out = Printer(form, lang)
    engine, read, desk = _opened(reglement, demande)
    _only_days(read)
    verdict = decide(
        desk, read.planning(), read.demande(), now=_instant(now, read.asked.instant), occupancy=read.occupancy(),
        grain=read.asked.grain, accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip
    if form is Format.JSON:
        out.json(_verdict_json(verdict, engine, out.lang))
    else:
        _tell(out, verdict, engine)
    return EXITS[verdict.status]


def _copied(engine: Engine, read: DemandeFile, desk: Desk, now: datetime) -> Recopie:
    pattern, asked = read.pattern(), read.copied
    if pattern is None or asked is None:
        raise ClaeRulesError("recopie : la demande n'a pas de table [recopie] ; ajoutez modele, du, au et jours")
    del engine
    return recopie(
        desk, read.planning(), pattern, periode=read.asked.periode, now=now, onto=asked.onto, late=asked.late,
        occupancy=read.occupancy(), holidays_count=asked.holidays_count,
        accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip


def _recap_json(found: Recapitulatif) -> dict[str, Any]:
    return {
        "titre": found.title,
        "lignes": [
            {
                "designation": line.designation(with_year=found.with_year), "nature": line.kind, "creneau": line.item,
                "variante": line.variant.value, "dates": [day.isoformat() for day in line.dates],
                "quantite": line.quantity, "tarif_cents": line.unit_cents, "montant_cents": line.amount_cents,
                "derivation": [step.sentence() for step in line.derivation.derivation],
                "fenetre": None if line.stretch is None else line.stretch.label, "enfant": line.child or None,
                "provisoire": [why.sentence() for why in line.provisional],
            }
            for line in found.lines
        ],
        "inconnus": [{"date": one.day.isoformat(), "texte": one.unpriced.sentence()} for one in found.unknown],
        "total_cents": found.total_cents,
    }  # fmt: skip


@command("recopie")
def recopie_(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "",
) -> int:  # fmt: skip
    """Recopie une journée sur d'autres dates et dit ce que devient chacune, puis ce que cela coûte."""
    out = Printer(form, lang)
    engine, read, desk = _opened(reglement, demande)
    found = _copied(engine, read, desk, _instant(now, read.asked.instant))
    priced = recapitulatif(found.verdict)
    if form is Format.JSON:
        dates = [{"date": x.day.isoformat(), "classe": x.fate.value, "raison": x.reason(out.lang)} for x in found.dates]
        out.json({"reglement": _applied(engine), "dates": dates, "recapitulatif": _recap_json(priced)})
    else:
        for one in found.text(out.lang).splitlines():
            out.line(one)
        out.line("")
        out.line(priced.text(out.lang))
    if found.of(Fate.APPLIED) or not (found.of(Fate.REFUSED) or found.of(Fate.UNDECIDED)):
        return 0
    return 1 if found.of(Fate.REFUSED) else 3


@command()
def recap(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "", derivation: Annotated[bool, typer.Option(help="Montre comment chaque prix est obtenu.")] = False,
) -> int:  # fmt: skip
    """Le récapitulatif d'une demande, comme le montre le portail."""
    out = Printer(form, lang)
    engine, read, desk = _opened(reglement, demande)
    instant = _instant(now, read.asked.instant)
    _only_days(read)
    verdict = decide(
        desk, read.planning(), read.demande(), now=instant, occupancy=read.occupancy(), grain=read.asked.grain,
        accept_unknown_price=read.asked.unknown_price,
    )  # fmt: skip
    found = recapitulatif(verdict)
    if form is Format.JSON:
        out.json({**_verdict_json(verdict, engine, out.lang), "recapitulatif": _recap_json(found)})
        return EXITS[verdict.status]
    if verdict.status is not Status.ALLOWED or verdict.grain is Grain.DAY_BY_DAY:
        _tell(out, verdict, engine)
    if verdict.status is not Status.REFUSED:
        out.line(found.text(out.lang, derivation=derivation))
    return EXITS[verdict.status]


@command()
def new(
    nom: Annotated[str, typer.Option("--nom", help="Le nom du règlement.")] = "Périscolaire et cantine",
    zone: Annotated[str, typer.Option("--zone", help="La zone scolaire : A, B ou C.")] = "",
    annee: Annotated[int, typer.Option("--annee", help="L'année de la rentrée : 2026.")] = 0,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Le fichier à écrire ; sinon, à l'écran.")] = None,
) -> int:  # fmt: skip
    """Écrit un règlement à compléter : commenté, valide, avec le calendrier de la zone et de l'année scolaire."""
    calendar = None
    if zone and annee:
        try:
            calendar = school_year(zone, annee)
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
    output.write_text(text, "utf-8")
    sys.stderr.write(f"clae-rules : {output} est écrit ; ensuite : clae-rules validate {output}\n")
    return 0


@command("render")
def render_(reglement: ReglementArg) -> int:
    """Le règlement en articles, en français, d'après ses seules données : à comparer avec ce qui est publié."""
    sys.stdout.write(render(load_engine(reglement).reglement))
    return 0


@command("close")
def close_(
    reglement: ReglementArg, demande: DemandeArg, form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    now: NowOption = "",
) -> int:  # fmt: skip
    """Ce que le service annule par ses [fermeture.X], pour chaque enfant, et ce qui reste dû."""
    out = Printer(form, lang)
    engine, read, _ = _opened(reglement, demande)
    found = closings(engine, read, _instant(now, read.asked.instant))
    if form is Format.JSON:
        out.json({"reglement": _applied(engine), "fermetures": [one.plain(out.lang) for one in found]})
    for line in (line for one in found for line in one.text(out.lang).splitlines() if form is Format.TEXT):
        out.line(line)
    return 0 if all(one.settled for one in found) else 3


@command("due")
def due_(
    reglement: ReglementArg, releve: Annotated[Path, typer.Argument(help="Le fichier du relevé (.toml ou .json).")],
    form: FormatOption = Format.TEXT, lang: LangOption = Language.FR,
    derivation: Annotated[bool, typer.Option(help="Montre comment chaque montant est obtenu.")] = False,
) -> int:  # fmt: skip
    """Ce qu'un foyer doit pour un mois : réservations, annulations, absences, présences, retards."""
    out = Printer(form, lang)
    engine = load_engine(reglement)
    read = load_releve(releve, engine.reglement)
    facts = read.facts()
    child = next(iter(facts), "")
    found = due(Desk(engine, facts.get(child, Facts()), child, facts), read.releve())
    if form is Format.JSON:
        out.json({"foyer": read.head.household, **found.plain(out.lang)})
    else:
        out.line(found.text(out.lang, derivation=derivation))
    return 3 if found.undecided else 0


class Which(StrEnum):
    """Which file's schema."""

    REGLEMENT = "reglement"
    DEMANDE = "demande"
    RELEVE = "releve"


SCHEMAS = {Which.REGLEMENT: reglement_schema, Which.DEMANDE: demande_schema, Which.RELEVE: releve_schema}


@command()
def schema(which: Annotated[Which, typer.Argument(help="reglement, demande ou releve.")] = Which.REGLEMENT) -> int:
    """Le schéma JSON du format, pour que l'éditeur complète et vérifie le fichier."""
    sys.stdout.write(json.dumps(SCHEMAS[which](), ensure_ascii=False, indent=2) + "\n")
    return 0


def run(argv: Sequence[str]) -> int:
    """
    Run a command line and return its exit code: 0 allowed, 1 refused, 2 bad input or usage, 3 undecided.

    Never lets a traceback out for bad input.
    """
    lang: Lang = "en" if "--lang=en" in argv or ("--lang", "en") in pairwise(argv) else "fr"
    try:
        app(args=list(argv), prog_name="clae-rules")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except InvalidValueError as bad:
        sys.stderr.write(bad.text(lang) + "\n")
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the answer has stopped reading: nothing more to say
        return 0
    except ClaeRulesError as bad:
        sys.stderr.write(f"clae-rules : {bad}\n")
    except OSError as bad:
        sys.stderr.write(f"clae-rules : {bad.filename} : {bad.strerror} ; donnez un fichier qui existe et se lit\n")
    return 2
