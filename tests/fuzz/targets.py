"""
What is fuzzed: each target takes any bytes, and may raise nothing but the documented errors, which it swallows.

A file target reads its bytes as the file a stranger hands in, JSON where they begin with a brace. The decision reads
each byte as one more choice, so that any bytes are a whole question: dates, facts, slots held and wanted, instants.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar

from tests import reference
from tests.reference.s2_places import OutsideError

from clae_rules import (
    ClaeRulesError,
    Demande,
    Desk,
    Engine,
    Facts,
    InvalidDemandeError,
    InvalidReglementError,
    InvalidReleveError,
    InvalidValueError,
    Planning,
    boxes,
    check_day,
    decide,
    demande_from_text,
    due,
    engine_from_text,
    event_from,
    load_engine,
    releve_from_text,
    render,
    repairs,
)
from clae_rules.audit import bookings_from_csv
from clae_rules.errors import Lang
from clae_rules.slots import Held, Selection
from clae_rules.variants import Variant

HERE: Final = Path(__file__).parent
EXAMPLES: Final = HERE.parents[1] / "examples"
#: What a règlement may be asked about without time mattering: larger files are only read.
MOST_RENDERED: Final = 20_000

T = TypeVar("T")
Target = Callable[[bytes], None]


@cache
def guide() -> Engine:
    """The guide's règlement, under which demandes and decisions are tried."""
    return load_engine(EXAMPLES / "cluses/reglement.toml")


@cache
def massingy() -> Engine:
    """A règlement with absences, for what is due."""
    return load_engine(EXAMPLES / "massingy/reglement.toml")


def _said(error: ClaeRulesError) -> None:
    assert str(error)


def _named(text: str) -> str:
    return "lu.json" if text.lstrip().startswith("{") else "lu.toml"


def _clear(error: InvalidValueError) -> None:
    """A refusal says something of each fault, in one line, in both languages."""
    assert error.faults
    assert all(said and "\n" not in said for one in error.faults for said in (one.text("fr"), one.text("en")))


def reglement(data: bytes) -> None:
    """A règlement is read and told in words, or refused with every fault named."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        engine = engine_from_text(text, _named(text))
    except InvalidReglementError as error:
        return _clear(error)
    if len(data) <= MOST_RENDERED:
        assert render(engine.reglement)
    again = engine_from_text(json.dumps(engine.reglement.plain(), ensure_ascii=False), "lu.json")
    assert again.reglement == engine.reglement
    return None


def demande(data: bytes) -> None:
    """A demande is read and decided, or refused with every fault named."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        read = demande_from_text(text, guide().reglement, _named(text))
    except InvalidDemandeError as error:
        return _clear(error)
    assert read.planning() is not None
    assert read.demande() is None or isinstance(read.demande(), Demande)
    return None


def releve(data: bytes) -> None:
    """A relevé is read and what is due is told, or refused with every fault named."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        read = releve_from_text(text, massingy().reglement, _named(text))
    except InvalidReleveError as error:
        return _clear(error)
    facts = read.facts()
    try:
        found = due(Desk(massingy(), facts.get("lea", Facts()), "lea", facts), read.releve())
    except ClaeRulesError as error:
        return _said(error)
    else:
        assert found.month == read.releve().month
    return None


def bookings(data: bytes) -> None:
    """Each line of a file of bookings is a row or a broken row, unless its header is refused."""
    lines = data.decode("utf-8", "replace").splitlines()
    try:
        rows = list(bookings_from_csv(lines, guide()))
    except InvalidValueError as error:
        return _clear(error)
    assert len(rows) <= len(lines)
    return None


def event(data: bytes) -> None:
    """An event of a planning is read and written back the same, or refused with every fault named."""
    plain = _json(data)
    try:
        read = event_from(plain)
    except InvalidValueError as error:
        return _clear(error)
    assert event_from(json.loads(json.dumps(read.plain()))) == read
    return None


def form(data: bytes) -> None:
    """A form of a household or an account is read and written back the same, or refused with every fault named."""
    from clae_rules.adapters.accounts import Account
    from clae_rules.adapters.forms import from_plain, to_plain
    from clae_rules.adapters.households import Household

    plain = _json(data)
    for kind in (Household, Account):
        try:
            read = from_plain(kind, plain)
        except InvalidValueError as error:
            _clear(error)
        else:
            assert from_plain(kind, json.loads(json.dumps(to_plain(read)))) == read


def _json(data: bytes) -> Any:
    """What `json.loads` makes of the bytes; a text that is no JSON stands for itself."""
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


class Choices:
    """Bytes read as choices, one after another; once they are used up, the first of each."""

    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)

    def number(self, below: int) -> int:
        """From 0 to *below*, excluded; up to 65,536."""
        high = next(self._bytes, 0) if below > 256 else 0
        return (high << 8 | next(self._bytes, 0)) % below

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.number(len(options))]

    def some(self, options: Sequence[T], most: int = 6) -> list[T]:
        """Some of the options, in any order, now and then one twice."""
        return [self.one(options) for _ in range(self.number(most + 1))]


LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
#: Slots that no règlement has.
STRANGE: Final = ("inconnu", "", "repas ", "REPAS")
ODD_DAYS: Final = (date.min, date.max, date(1899, 12, 31), date(2031, 9, 8), date(2020, 2, 29))
WORDS: Final = ("valide", "complet", "incomplet", "bloque", "", "\0", "é" * 40)
ODD_INSTANTS: Final = (
    datetime(2021, 9, 1, 9),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(1899, 1, 1, tzinfo=UTC),
)


def _day(choices: Choices) -> date:
    odd = choices.number(32)
    return ODD_DAYS[odd] if odd < len(ODD_DAYS) else date(2021, 8, 25) + timedelta(choices.number(330))


def _instant(choices: Choices) -> datetime:
    odd = choices.number(40)
    if odd < len(ODD_INSTANTS):
        return ODD_INSTANTS[odd]
    return datetime(2021, 8, 20, tzinfo=UTC) + timedelta(minutes=15 * choices.number(33_000))


def decision(data: bytes) -> None:
    """A question is answered as the plain model answers it, or refused; its answer can be told and mended."""
    choices = Choices(data)
    engine = guide()
    given = {fact: choices.one(WORDS) for fact in choices.some(("dossier-foyer", "dossier-enfant", "inconnu"), 3)}
    day, now = _day(choices), _instant(choices)
    known = tuple(engine.slots)
    slots = choices.one((known, known, known, (*known, *STRANGE)))
    held = {slot: choices.one(tuple(Variant)) for slot in choices.some(slots)}
    asked = dict.fromkeys(choices.some(slots))
    try:
        desk = Desk(engine, Facts.from_mapping(given), "lea")
        before = Selection(tuple(Held(slot, variant) for slot, variant in held.items()))
        verdict = check_day(desk, day, list(asked), now=now, held=before)
        assert all(one.text(lang) for one in verdict.violations for lang in LANGS)
        _as_the_model(verdict.status.value, given, day, now, {slot: one.value for slot, one in held.items()}, asked)
        assert boxes(desk, day, now=now, held=before) is not None
        assert repairs(verdict, first=3) is not None
        planning = Planning.of({("lea", day): before}) if held else Planning()
        periode = choices.one((*engine.periodes, "inconnue"))
        decide(desk, planning, Demande.of("lea", periode, {day: list(asked)}), now=now)
    except ClaeRulesError as error:
        _said(error)


def _as_the_model(
    status: str, facts: dict[str, str], day: date, now: datetime, held: dict[str, str], asked: dict[str, None]
) -> None:
    try:
        at = reference.look(_plain_guide(), day, facts)
    except OutsideError:  # the calendar says nothing of that date, and so the model
        return
    if {*held, *asked} <= set(at.slots):
        assert status == reference.judge(at, now, held, asked).status, (facts, day, now, held, asked)


@cache
def _plain_guide() -> Any:
    return json.loads(json.dumps(guide().reglement.plain()))


#: Every target by its name; forms need the extra `records`.
TARGETS: Final[dict[str, Target]] = {
    "reglement": reglement,
    "demande": demande,
    "releve": releve,
    "bookings": bookings,
    "event": event,
    "decision": decision,
    **({"form": form} if find_spec("cattrs") else {}),
}
