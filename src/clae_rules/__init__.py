"""
Rules engine for French after-school reservations: what may be booked, until when, at what price, and why.

>>> from datetime import date, datetime
>>> from zoneinfo import ZoneInfo
>>> from clae_rules import Desk, Facts, check_day, load_engine
>>> engine = load_engine("examples/cluses/reglement.toml")
>>> martin = Desk(engine, Facts.of(dossier_foyer="valide", dossier_enfant="complet"))
>>> now = datetime(2021, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
>>> check_day(martin, date(2021, 9, 8), ["mer-repas"], now=now)
<DayVerdict 2021-09-08 refusé: interdit-seul>
"""

from .attendance import Cancellation, Episode, Event, Releve, Stay
from .billing import due
from .booking import OtherChildError, OtherHouseholdError, UnknownPeriodeError, UnknownSlotError, check_day, decide
from .boxes import Box, BoxState, DayBoxes, DayState, boxes
from .closing import Cancelled, Closing, close
from .closures import Closure
from .constraints import RULES, Rule
from .desk import Desk, NaiveInstantError
from .engine import Applied, Engine
from .epochs import Status
from .errors import (
    ClaeRulesError,
    Fault,
    InvalidDemandeError,
    InvalidReglementError,
    InvalidReleveError,
    InvalidValueError,
    OutOfCalendarError,
)
from .facts import Dated, Facts
from .files.reading import (
    demande_from_text,
    engine_from_text,
    load_demande,
    load_engine,
    load_reglement,
    load_releve,
    releve_from_text,
)
from .holdings import Demande, Grain, Occupancy, Override, Planning
from .leaving import Resigned, resign, unsubscribe
from .money import euros, round_cents
from .notices import Notice, NoticeKind, notices
from .offers import Offer, offers
from .patterns import Pattern
from .prepayments import Payment, pay
from .recapitulatif import Recapitulatif, recapitulatif
from .recopie import Fate, Late, Onto, Recopie, recopie
from .reglement import Reglement
from .rendering import render
from .repairs import Policy, Repair, Repairs, repairs
from .slots import Etablissement, Held, ModeAccueil, Periode, Selection, Slot
from .statements import Kind, Line, Reason, Remark, Statement
from .subscribing import Subscribed, expanded, subscribe, subscribed
from .subscriptions import Abonnement
from .variants import Variant
from .verdicts import DayVerdict, Verdict
from .violations import Violation
from .window_repairs import WindowRepair, WindowRepairs, window_repairs

__version__ = "0.1.0"

__all__ = [
    "RULES",
    "Abonnement",
    "Applied",
    "Box",
    "BoxState",
    "Cancellation",
    "Cancelled",
    "ClaeRulesError",
    "Closing",
    "Closure",
    "Dated",
    "DayBoxes",
    "DayState",
    "DayVerdict",
    "Demande",
    "Desk",
    "Engine",
    "Episode",
    "Etablissement",
    "Event",
    "Facts",
    "Fate",
    "Fault",
    "Grain",
    "Held",
    "InvalidDemandeError",
    "InvalidReglementError",
    "InvalidReleveError",
    "InvalidValueError",
    "Kind",
    "Late",
    "Line",
    "ModeAccueil",
    "NaiveInstantError",
    "Notice",
    "NoticeKind",
    "Occupancy",
    "Offer",
    "Onto",
    "OtherChildError",
    "OtherHouseholdError",
    "OutOfCalendarError",
    "Override",
    "Pattern",
    "Payment",
    "Periode",
    "Planning",
    "Policy",
    "Reason",
    "Recapitulatif",
    "Recopie",
    "Reglement",
    "Releve",
    "Remark",
    "Repair",
    "Repairs",
    "Resigned",
    "Rule",
    "Selection",
    "Slot",
    "Statement",
    "Status",
    "Stay",
    "Subscribed",
    "UnknownPeriodeError",
    "UnknownSlotError",
    "Variant",
    "Verdict",
    "Violation",
    "WindowRepair",
    "WindowRepairs",
    "boxes",
    "check_day",
    "close",
    "decide",
    "demande_from_text",
    "due",
    "engine_from_text",
    "euros",
    "expanded",
    "load_demande",
    "load_engine",
    "load_reglement",
    "load_releve",
    "notices",
    "offers",
    "pay",
    "recapitulatif",
    "recopie",
    "releve_from_text",
    "render",
    "repairs",
    "resign",
    "round_cents",
    "subscribe",
    "subscribed",
    "unsubscribe",
    "window_repairs",
]
