"""The examples of the documentation: each file is valid, and its prices are those of its page."""

from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from clae_rules import (
    Desk,
    Facts,
    Held,
    Selection,
    Variant,
    check_day,
    decide,
    load_demande,
    load_engine,
    recapitulatif,
)

EXAMPLES: Final = Path(__file__).parents[1] / "examples"
MASSINGY: Final = EXAMPLES / "massingy"
PARIS: Final = ZoneInfo("Europe/Paris")


def amounts(folder: Path, demande: str) -> dict[str, int]:
    """What each line of the récapitulatif of a demande file amounts to, euro cents, by slot."""
    engine = load_engine(folder / "reglement.toml")
    read = load_demande(folder / demande, engine.reglement)
    assert read.asked.instant is not None
    desk = Desk(engine, read.facts(), read.asked.child)
    verdict = decide(desk, read.planning(), read.demande(), now=read.asked.instant)
    assert verdict.allowed
    return {line.item: line.amount_cents for line in recapitulatif(verdict).lines}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/demande*.toml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_example_is_read_with_its_reglement(path: Path) -> None:
    """Every demande of the examples is valid for the règlement beside it."""
    engine = load_engine(path.parent / "reglement.toml")

    assert load_demande(path, engine.reglement).asked.reglement == engine.reglement.identity.code


def test_massingy_in_time() -> None:
    """Massingy in time: half session 1.25, meal 5.50, session 2.50."""
    assert amounts(MASSINGY, "demande.toml") == {"matin-demi": 125, "cantine": 550, "soir": 250}


def test_massingy_late() -> None:
    """Massingy late: everything doubles: half session 2.50, meal 11.00, session 5.00."""
    assert amounts(MASSINGY, "demande-hors-delai.toml") == {"matin-demi": 250, "cantine": 1100, "soir": 500}


@pytest.mark.parametrize(
    ("instant", "allowed", "variant"),
    (
        (datetime(2026, 9, 11, 9, 59, tzinfo=PARIS), True, Variant.NORMAL),
        (datetime(2026, 9, 11, 10, 0, tzinfo=PARIS), True, Variant.HORS_DELAI),
        (datetime(2026, 9, 14, 6, 59, tzinfo=PARIS), True, Variant.HORS_DELAI),
        (datetime(2026, 9, 14, 7, 0, tzinfo=PARIS), False, None),
    ),
)
def test_massingy_at_the_minute(instant: datetime, allowed: bool, variant: Variant | None) -> None:
    """A Monday's meal is normal before Friday 10:00, late from that minute, and closed at 07:00 of the day."""
    verdict = check_day(
        Desk(load_engine(MASSINGY / "reglement.toml"), Facts()), date(2026, 9, 14), ["cantine"], now=instant
    )

    assert verdict.allowed is allowed
    assert not allowed or verdict.outcome.after == Selection((Held(slot="cantine", variant=variant or Variant.NORMAL),))


def test_massingy_takes_one_session_an_evening() -> None:
    """The half session is within the session: both together are refused."""
    now = datetime(2026, 9, 1, 9, tzinfo=PARIS)
    verdict = check_day(
        Desk(load_engine(MASSINGY / "reglement.toml"), Facts()), date(2026, 9, 14), ["soir", "soir-demi"], now=now
    )

    assert [one.rule for one in verdict.violations] == ["soir-une-fois"]
