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
from .cancelling import Notification, cancellation, confirmation
from .closing import Cancelled, Closing, close
from .closures import Closure
from .constraints import RULES, Rule
from .desk import Desk, NaiveInstantError
from .dossiers import Dossier, DossierState, HistoryPage, dossiers
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
from .events import DayChange, Nature, PlanningEvent, Wait, event_from
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
from .history import Booked, BookedState, History, booked_in
from .holdings import Demande, Grain, Occupancy, Override, Planning
from .leaving import Resigned, resign, unsubscribe
from .money import euros, round_cents
from .notices import Notice, NoticeKind, notices
from .offers import Offer, offers
from .patterns import Pattern
from .planning import PlanningDay, PlanningEntry, PlanningLook, PlanningPage, month_page, week_page
from .planning_pages import planning_html
from .prepayments import Payment, pay
from .recapitulatif import Recapitulatif, recapitulatif
from .recopie import Fate, Late, Onto, Recopie, recopie
from .recording import record_answer, record_closing, record_payment, record_subscription
from .reglement import Reglement
from .releves import releve_of
from .rendering import render
from .repairs import Policy, Repair, Repairs, repairs
from .slots import Etablissement, Held, ModeAccueil, Periode, Selection, Slot
from .stages import Confirmed, Draft, confirm, drafted
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
    "Booked",
    "BookedState",
    "Box",
    "BoxState",
    "Cancellation",
    "Cancelled",
    "ClaeRulesError",
    "Closing",
    "Closure",
    "Confirmed",
    "Dated",
    "DayBoxes",
    "DayChange",
    "DayState",
    "DayVerdict",
    "Demande",
    "Desk",
    "Dossier",
    "DossierState",
    "Draft",
    "Engine",
    "Episode",
    "Etablissement",
    "Event",
    "Facts",
    "Fate",
    "Fault",
    "Grain",
    "Held",
    "History",
    "HistoryPage",
    "InvalidDemandeError",
    "InvalidReglementError",
    "InvalidReleveError",
    "InvalidValueError",
    "Kind",
    "Late",
    "Line",
    "ModeAccueil",
    "NaiveInstantError",
    "Nature",
    "Notice",
    "NoticeKind",
    "Notification",
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
    "PlanningDay",
    "PlanningEntry",
    "PlanningEvent",
    "PlanningLook",
    "PlanningPage",
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
    "Wait",
    "WindowRepair",
    "WindowRepairs",
    "booked_in",
    "boxes",
    "cancellation",
    "check_day",
    "close",
    "confirm",
    "confirmation",
    "decide",
    "demande_from_text",
    "dossiers",
    "drafted",
    "due",
    "engine_from_text",
    "euros",
    "event_from",
    "expanded",
    "load_demande",
    "load_engine",
    "load_reglement",
    "load_releve",
    "month_page",
    "notices",
    "offers",
    "pay",
    "planning_html",
    "recapitulatif",
    "recopie",
    "record_answer",
    "record_closing",
    "record_payment",
    "record_subscription",
    "releve_from_text",
    "releve_of",
    "render",
    "repairs",
    "resign",
    "round_cents",
    "subscribe",
    "subscribed",
    "unsubscribe",
    "week_page",
    "window_repairs",
]
