"""
How work grows with what is given, by counting: calls, never seconds, so that a slow machine proves nothing.

Twice as much may take twice the work and a little more, for what is sorted; never four times. Memory alike.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from itertools import chain, repeat
from typing import Final

import pytest
from tests.guide import at, guide, lou, martin
from tests.small import text

from clae_rules import (
    Demande,
    Desk,
    Facts,
    InvalidDemandeError,
    InvalidReglementError,
    Pattern,
    Planning,
    boxes,
    decide,
    demande_from_text,
    engine_from_text,
    recopie,
    render,
)
from clae_rules.audit import bookings_from_csv
from clae_rules.costs import charges
from clae_rules.files.reading import MOST_BYTES

#: The work of twice as much, at most: n log n from some 64 on is below 2.4.
TWICE: Final = 2.4
NOW: Final = at("2025-09-01 09:00")
FIRST: Final = date(2025, 9, 8)


def calls(action: Callable[[], object]) -> int:
    """How many functions are entered while something is done, those written in C included."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def peak(action: Callable[[], object]) -> int:
    """The most bytes held at once while something is done."""
    gc.collect()
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def rules(count: int) -> str:
    """A règlement with so many rules."""
    kinds = ('bloque = "soir"', 'seulement_avec = "repas"', 'interdit_seul_sans = ["repas", "soir"]')
    return text({
        f"regle.r{i}": f'creneaux = "matin"\n{kinds[i % 3]}\nquand.dates = [2026-09-{8 + i % 20:02d}]\nsource = "doc"'
        for i in range(count)
    })  # fmt: skip


def slots(count: int) -> str:
    """A règlement with so many slots a day."""
    offer = "".join(f'{{ code = "s{i}", nom = "S {i}" }},\n' for i in range(count))
    return text({"mode.accueil": f'nom = "Accueil"\netablissement = "ecole"\noffre = [\n{offer}]'})


def days(count: int) -> list[date]:
    """So many dates on which the small règlement may open."""
    return [day for n in range(3 * count) if (day := FIRST + timedelta(days=n)).weekday() != 2][:count]


def wanted(count: int) -> str:
    """A demande file of so many dates, each wrong."""
    lines = "".join(f'{day.isoformat()} = ["inconnu"]\n' for day in days(count))
    return f'[demande]\nreglement = "cluses-clae-messy-2021"\nenfant = "martin"\nperiode = "periscolaire-2021"\n[veut]\n{lines}'


def planned(count: int) -> Planning:
    """A planning of so many dates."""
    return Planning.of({("lou", day): ["a", "b"] for day in days(count)})


def copied(count: int) -> object:
    """A recopie onto so many dates."""
    every = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    pattern = Pattern.day(
        ["repas"], *every, first_day=date(2021, 9, 6), last_day=date(2021, 9, 5) + timedelta(days=count)
    )
    return recopie(martin(), Planning(), pattern, periode="periscolaire-2021", now=at("2021-09-01 09:00")).after


def refused(build: Callable[[], object]) -> object:
    """The faults of what is refused."""
    try:
        return build()
    except (InvalidReglementError, InvalidDemandeError) as error:
        return error.faults


def lines(count: int) -> list[str]:
    """A file of so many bookings, every other one broken."""
    header = "foyer,enfant,date,creneaux,instant,dossier-foyer"
    good = "f{0},lou,2021-09-08,mer-repas,2021-09-01T09:00:00+02:00,valide"
    return [header, *(good.format(i) if i % 2 else f"f{i},lou,hier,x" for i in range(count))]


def desk(count: int) -> Desk:
    """A child before a règlement of so many slots a day."""
    return Desk(engine_from_text(slots(count)), Facts(), "lou")


def reads(made: str) -> Callable[[], object]:
    """A règlement read, or its faults."""
    return lambda: refused(lambda: engine_from_text(made))


def tells(made: str) -> Callable[[], object]:
    """A règlement told in words, once read."""
    reglement = engine_from_text(made).reglement
    return lambda: render(reglement)


def decides(count: int) -> Callable[[], object]:
    """A demande of so many dates decided."""
    asked = Demande.of("lou", "annee", {day: ["a"] for day in days(count)})
    return lambda: decide(lou(), Planning(), asked, now=NOW)


def draws(count: int) -> Callable[[], object]:
    """The boxes of a date of so many slots."""
    one = desk(count)
    return lambda: boxes(one, date(2026, 9, 8), now=at("2026-09-01 09:00"))


GROWING: Final[dict[str, tuple[int, Callable[[int], Callable[[], object]]]]] = {
    "a règlement of n rules is read": (48, lambda n: reads(rules(n))),
    "a règlement of n slots is read": (16, lambda n: reads(slots(n))),
    "a règlement of n rules is told": (48, lambda n: tells(rules(n))),
    "n faults are told": (48, lambda n: reads(rules(n).replace("bloque", "bloqe"))),
    "a demande of n wrong dates is refused": (
        64,
        lambda n: lambda: refused(lambda: demande_from_text(wanted(n), guide().reglement)),
    ),
    "n dates are decided": (64, decides),
    "n dates are charged": (64, lambda n: lambda: charges(lou(), planned(n), now=NOW)),
    "a day is copied onto n dates": (64, lambda n: lambda: copied(n)),
    "the boxes of n slots are drawn": (16, draws),
    "n bookings are read": (100, lambda n: lambda: list(bookings_from_csv(lines(n), guide()))),
}


@pytest.mark.parametrize("what", GROWING)
def test_twice_as_much_takes_twice_the_work(what: str) -> None:
    """S13.1: time is n log n in what is given: calls no more than double, but for a little, as it doubles."""
    size, made = GROWING[what]
    once, twice, fourfold = (made(size * times) for times in (1, 2, 4))
    made(size)()  # what is worked out once and for all is no growth
    counted = [calls(one) for one in (once, twice, fourfold)]
    assert counted[1] <= TWICE * counted[0], counted
    assert counted[2] <= TWICE * counted[1], counted


@pytest.mark.parametrize("what", GROWING)
def test_twice_as_much_takes_twice_the_memory(what: str) -> None:
    """S13.1: memory is linear in what is given."""
    size, made = GROWING[what]
    once, twice, fourfold = (made(size * times) for times in (1, 2, 4))
    once()
    held = [peak(one) for one in (twice, fourfold)]
    assert held[1] <= TWICE * held[0] + 100_000, held


def test_bookings_are_read_one_at_a_time() -> None:
    """Memory is bounded, however long the file: a row is forgotten once it is read."""

    def read(count: int) -> None:
        for _ in bookings_from_csv(chain(lines(0), repeat("x", count)), guide()):
            pass

    read(10)
    assert peak(lambda: read(4000)) <= peak(lambda: read(1000)) + 100_000


@pytest.mark.parametrize("name", ("reglement.toml", "reglement.json"))
def test_a_file_over_the_limit_is_refused_before_it_is_read(name: str) -> None:
    """S13.1: 4 MiB a file; what is over costs no more than its length is counted."""
    large = "#" * (MOST_BYTES + 1)
    assert calls(lambda: refused(lambda: engine_from_text(large, name))) < 200


@pytest.mark.parametrize("opened", ("[", '{"a":', "a = ["))
def test_deep_nesting_is_a_fault_and_no_overflow(opened: str) -> None:
    """Data nested without end is refused with its place, as any other slip."""
    for name in ("r.json", "r.toml"):
        with pytest.raises(InvalidReglementError) as caught:
            engine_from_text(opened * 100_000, name)
        assert caught.value.faults


def test_counting_sees_what_grows_with_the_square() -> None:
    """The measure itself: a loop within a loop of calls is found out, in work and in memory."""

    def square(count: int) -> Callable[[], object]:
        return lambda: [[bytes(50) for _ in range(count)] for _ in range(count)]

    def work(count: int) -> Callable[[], object]:
        return lambda: [abs(i * j) for i in range(count) for j in range(count)]

    assert calls(work(64)) > TWICE * calls(work(32))
    assert peak(square(200)) > TWICE * peak(square(100)) + 100_000


def test_a_day_of_64_slots_is_decided() -> None:
    """S13.1: the most slots a day are decided like any other; the number of selections is nothing to the decision."""
    one = desk(64)
    chosen = [f"s{i}" for i in range(64)]
    asked = Demande.of("lou", "p1", {date(2026, 9, 8): chosen})
    assert decide(one, Planning(), asked, now=at("2026-09-01 09:00")).status.value == "accepté"
