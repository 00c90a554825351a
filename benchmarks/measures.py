"""
What the hot paths cost, beside plain Python and what else is published.

Every row checks the answer that it times, before timing it. Quote the ratios of one run, never figures of two:
a shared machine wanders by a third between runs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter_ns
from zoneinfo import ZoneInfo

from benchmarks import audits
from benchmarks.peers import SLOTS, Broken, Chosen, as_dict, every_choice, ifs, installed, plain_ifs
from benchmarks.rows import Row, agree, micros
from benchmarks.solvers import solvers

from clae_rules import (
    Desk,
    Engine,
    Facts,
    Fate,
    Pattern,
    Planning,
    Recopie,
    check_day,
    engine_from_text,
    load_engine,
    recapitulatif,
    recopie,
)
from clae_rules.daytype import DayType
from clae_rules.formulas import FALSE, count, evaluate, table, with_complements

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2021, 9, 1, 9, tzinfo=PARIS)
#: The limits of 10 September 2021, worked out by hand: the Thursday of the week before at noon, the day itself at six.
DAY, IN_TIME, LATE = (
    date(2021, 9, 10),
    datetime(2021, 9, 2, 10, tzinfo=UTC),
    datetime(2021, 9, 10, 4, tzinfo=UTC),
)
FIRST, LAST = date(2021, 9, 2), date(2022, 7, 7)
WEEKDAYS = ("lundi", "mardi", "jeudi", "vendredi")
CHILD_DAYS = 1_000_000


def each(run: Callable[[Chosen], object], choices: list[Chosen]) -> list[float]:
    """µs of every single call, ascending, with the clock's own time left in."""
    taken = []
    for chosen in choices:
        start = perf_counter_ns()
        run(chosen)
        taken.append((perf_counter_ns() - start) / 1000)
    return sorted(taken)


def seeded() -> list[Chosen]:
    """2,000 selections, half random, half plausible: both mornings, one midday or the meal, an evening."""
    rng = random.Random(2021)
    picked = [tuple(slot for slot in SLOTS if rng.random() < 0.5) for _ in range(1000)]
    for _ in range(1000):
        noon = rng.choice(((), ("midi-1",), ("repas",), ("midi-1", "midi-2")))
        picked.append((*rng.choice(((), SLOTS[1:2], SLOTS[:2])), *noon, *SLOTS[5 : 5 + rng.randint(0, 2)]))
    return picked


def desk_of(engine: Engine) -> Desk:
    """A child whose files are complete."""
    return Desk(engine, Facts.of(dossier_foyer="valide", dossier_enfant="complet"))


def decision(engine: Engine) -> Iterator[Row]:
    """One date: slots and instant in, verdict out."""
    choices, desk = seeded(), desk_of(engine)

    def ours(chosen: Chosen) -> object:
        return check_day(desk, DAY, chosen, now=NOW)

    def told(chosen: Chosen) -> Broken:
        return frozenset(one.rule for one in check_day(desk, DAY, chosen, now=NOW).violations)

    def by_hand(chosen: Chosen) -> tuple[Broken, str]:
        variant = "normal" if NOW < IN_TIME else "hors-delai" if NOW < LATE else ""
        return plain_ifs(as_dict(chosen)), variant

    for chosen in choices:
        agree("check_day", told(chosen), by_hand(chosen)[0])
        after = check_day(desk, DAY, chosen, now=NOW).outcome.after
        agree("variant", {one.variant.value for one in after}, {by_hand(chosen)[1]} if chosen else set())
    taken = each(ours, choices)
    warm = statistics.median(taken)
    hand = statistics.median(each(by_hand, choices))
    rules = statistics.median(each(ifs, choices))
    yield Row("check_day, warm, median", warm, "µs", "plain ifs with the deadline", warm / hand, "≤ 2 µs")
    yield Row("check_day, warm, 99th in 100", taken[len(taken) * 99 // 100], "µs", target="≤ 5 µs")
    full = statistics.median(each(told, choices))
    yield Row("check_day, warm, with its violations told", full, "µs", "plain ifs with the deadline", full / hand)
    yield Row("plain ifs with the deadline", hand, "µs")
    yield Row("plain ifs, rules alone", rules, "µs", "check_day, warm", rules / warm)
    fresh = desk_of(Engine(engine.reglement))
    first = each(lambda chosen: check_day(fresh, DAY, chosen, now=NOW), [()])[0]
    cold = statistics.median(each(lambda chosen: check_day(fresh, DAY, chosen, now=NOW), every_choice()[1:]))
    yield Row("check_day, a selection met first", cold, "µs", "plain ifs with the deadline", cold / hand)
    yield Row("check_day, a date met first", first / 1000, "ms")
    for name, decide in installed()[0].items():
        for chosen in choices:
            agree(name, decide(chosen), ifs(chosen))
        peer = statistics.median(each(decide, choices))
        yield Row(f"{name}, rules alone", peer, "µs", "check_day, warm", peer / warm)


def year(engine: Engine) -> Iterator[Row]:
    """A school year: expand, decide, price; then price ever more lines."""
    desk = desk_of(engine)

    def copied(last: date = LAST, slots: Chosen = ("repas", "soir-1")) -> Recopie:
        pattern = Pattern.day(slots, *WEEKDAYS, first_day=FIRST, last_day=last)
        return recopie(desk, Planning(), pattern, periode="periscolaire-2021", now=NOW)

    made = copied()
    days = {one.day for one in made.dates if one.fate is not Fate.CLOSED}
    shut = sorted(one.day for one in made.dates if one.fate is Fate.CLOSED)
    expanded, whole = micros(copied, 3), micros(lambda: recapitulatif(copied().verdict), 3)
    granted = len(made.of(Fate.APPLIED))
    agree("récapitulatif", recapitulatif(made.verdict).total_cents, granted * (400 + 50))
    beside, ratio, peer = "", None, None
    try:
        rules = import_module("dateutil.rrule")
    except ImportError:
        pass
    else:

        def unrolled() -> list[date]:
            dates = rules.rruleset()
            start, until = datetime(2021, 9, 2), datetime(2022, 7, 7)
            dates.rrule(rules.rrule(rules.WEEKLY, byweekday=(0, 1, 3, 4), dtstart=start, until=until))
            for day in shut:
                dates.exdate(datetime(day.year, day.month, day.day))
            return [one.date() for one in dates]

        agree("dateutil", set(unrolled()), days)
        peer = micros(unrolled, 3)
        beside, ratio = "dateutil.rruleset, expanding", whole / peer
    yield Row(
        f"a year, {len(days)} dates: expand and decide",
        expanded,
        "µs",
        beside,
        expanded / peer if peer else None,
    )
    yield Row("the same, with its récapitulatif", whole, "µs", beside, ratio, "ratio < 1")
    if peer:
        yield Row("dateutil.rruleset, expanding those dates", peer, "µs")
    half = copied(date(2022, 2, 1))
    part = micros(lambda: copied(date(2022, 2, 1)), 3)
    yield Row(
        f"the first {len(half.dates)} of those {len(made.dates)} dates",
        part,
        "µs",
        "the whole year",
        part / expanded,
    )
    full = copied(slots=tuple(slot for slot in SLOTS if slot != "repas"))
    charges = sum(one.quantity for one in recapitulatif(full.verdict).lines)
    agree("charges", charges, 6 * len(full.of(Fate.APPLIED)))
    value = micros(lambda: recapitulatif(full.verdict), 3)
    yield Row(f"récapitulatif of {charges} charges", value / 1000, "ms", target="≤ 1.5 ms for 1,000")


#: Whole weeks; a limit that a school year keeps; and one that refuses most of it, so that the order of dates decides.
WINDOWS = (
    ("whole weeks", 'par = "semaine"\ncompte = "jours"\ntout_ou_rien = true', 1.0),
    ("at most 25 a month", 'par = "mois"\nau_plus = 25', 1.0),
    ("at most 5 a month", 'par = "mois"\nau_plus = 5', 0.4),
)


def windows(root: Path) -> Iterator[Row]:
    """The same school year under a rule over windows, and one date judged with what is held besides."""
    text = (root / "examples" / "cluses" / "reglement.toml").read_text("utf-8")
    pattern = Pattern.day(("repas",), *WEEKDAYS, first_day=FIRST, last_day=LAST)

    def copied(desk: Desk) -> Recopie:
        return recopie(desk, Planning(), pattern, periode="periscolaire-2021", now=NOW)

    free = desk_of(engine_from_text(text))
    opened = len(copied(free).of(Fate.APPLIED))
    without = micros(lambda: copied(free), 3)
    for what, lines, most in WINDOWS:
        desk = desk_of(
            engine_from_text(f'{text}\n[regle.fenetre]\nhypothese = "mesure"\ncreneaux = "repas"\n{lines}\n')
        )
        made = copied(desk)
        granted = len(made.of(Fate.APPLIED))
        agree(what, min(granted, round(most * opened)), granted)
        agree(what, granted >= opened * most / 2, bool(granted))
        taken = micros(partial(copied, desk), 3)
        yield Row(f"a year under a rule, {what}", taken, "µs", "a year without it", taken / without, "a few ms")
        held = made.after
        agree("held", check_day(desk, DAY, ["repas"], now=NOW, planning=held).allowed, DAY in made.of(Fate.APPLIED))
        alone = micros(partial(check_day, desk, DAY, (), now=NOW, planning=held), 20)
        yield Row(f"check_day with a planning, {what}", alone, "µs")


def audit(engine: Engine) -> Iterator[Row]:
    """Figures of one kind of day, from its truth table."""
    known = desk_of(engine).day(DAY).kind

    def built() -> DayType:
        return DayType(engine.reglement, engine.order, known.slots, known.rules)

    def counted(kind: DayType) -> int:
        found = 1
        for members, broken in kind.parts:
            full = 1 << len(members)
            found *= full if broken == FALSE else full - count(table(broken, len(members)))
        return found

    allowed = [chosen for chosen in every_choice() if not ifs(chosen)]
    agree("audit", (counted(built()), built().never()), (len(allowed), ()))
    target = "≤ 1 ms in all"
    yield Row("kind of day compiled", micros(built, 5), "µs", target=target)
    yield Row("compiled, allowed selections counted", micros(lambda: counted(built()), 5), "µs", target=target)
    yield Row("compiled, never()", micros(lambda: built().never(), 5), "µs", target=target)


def bulk(engine: Engine) -> Iterator[Row]:
    """A million child-days of one kind of day, one int a slot, one bit a child-day; memory: 125 kB a slot."""
    kind = desk_of(engine).day(DAY).kind
    states = bytes(byte & 127 for byte in random.Random(7).randbytes(CHILD_DAYS))
    digits = [bytes(48 + (byte >> i & 1) for byte in range(256)) for i in range(len(SLOTS))]
    full = (1 << CHILD_DAYS) - 1

    def packed() -> list[int]:
        return [int(states.translate(one), 2) for one in digits]

    def broken(planes: list[int]) -> int:
        found = 0
        for members, formula in kind.parts:
            if formula != FALSE:
                found |= evaluate(formula, with_complements([planes[i] for i in members], lambda plane: full ^ plane))
        return found

    agree("order of the slots", kind.slots, SLOTS)
    masks = {sum(1 << SLOTS.index(slot) for slot in chosen): bool(ifs(chosen)) for chosen in every_choice()}
    expected = sum(times for state, times in Counter(states).items() if masks[state])
    planes = packed()
    agree("child-days", broken(planes).bit_count(), expected)
    rates = {
        "packed and decided": (micros(lambda: broken(packed()), rounds=5), "≥ 40 M/s"),
        "decided, once packed": (micros(lambda: broken(planes), 5, rounds=5), ""),
    }
    for what, (taken, target) in rates.items():
        yield Row(f"a million child-days, {what}", CHILD_DAYS / taken, "M/s", target=target)


def loading(root: Path) -> Iterator[Row]:
    """Import of the package over bare Python, and reading of a file."""
    with tempfile.TemporaryDirectory() as cache:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env = {**kept, "PYTHONPATH": str(root / "src"), "PYTHONPYCACHEPREFIX": cache}

        def started(statement: str) -> None:
            subprocess.run([sys.executable, "-c", statement], env=env, check=True)

        bare = micros(lambda: started("pass"), rounds=11)
        package = micros(lambda: started("import clae_rules"), rounds=11)
    yield Row(
        "import clae_rules, over bare Python",
        (package - bare) / 1000,
        "ms",
        "bare Python",
        package / bare,
        "≤ 80 ms",
    )
    path = root / "examples" / "cluses" / "reglement.toml"
    agree("load_engine", load_engine(path).applied.code, "cluses-clae-messy-2021")
    size = len(path.read_bytes()) / 1000
    yield Row(f"load_engine, {size:.1f} kB", micros(lambda: load_engine(path), rounds=5) / 1000, "ms")


def shown(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | value | beside | ratio | target |", "|---|---:|---|---:|---|"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.what} | {row.value:.3g} {row.unit} | {row.beside} | {ratio} | {row.target} |")
    return "\n".join(lines)


def main(root: Path, arguments: list[str]) -> None:
    """Measure everything and say it, as a table or as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows to FILE as JSON")
    parser.add_argument("--audit", action="store_true", help="measure the audit alone")
    chosen = parser.parse_args(arguments)
    engine = load_engine(root / "examples" / "cluses" / "reglement.toml")
    audited = [*audit(engine), *audits.reglement(engine), *audits.groups()]
    rows = audited
    if not chosen.audit:
        rows = [*decision(engine), *year(engine), *windows(root), *audited, *bulk(engine), *loading(root)]
    sys.stdout.write(f"{shown(rows)}\n")
    absent = [*(() if chosen.audit else installed()[1]), *solvers()[1]]
    if absent:
        names = ", ".join(dict.fromkeys(absent))
        sys.stdout.write(f"not installed, left out: {names}; see benchmarks/README.md\n")
    if chosen.json is not None:
        data = {"rows": [asdict(row) for row in rows], "absent": absent}
        chosen.json.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
