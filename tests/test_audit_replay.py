"""Bookings under another règlement: each row against the decision itself, each sum to the cent, no broken row lost."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any, Final

import pytest
from tests.guide import PARIS, at, guide, small
from tests.reference.random_reglements import MONDAYS, who, world
from tests.test_audit_compare import engine_of

from clae_rules import Dated, Desk, Facts, InvalidValueError, Status, check_day, repairs
from clae_rules.audit import Booking, BrokenRow, Count, Replay, bookings_from_csv, reform, replay
from clae_rules.audit.fates import Known
from clae_rules.engine import Engine
from clae_rules.verdicts import DayVerdict

#: The module: the package shows the function under the same name.
REPLAY: Final = import_module("clae_rules.audit.replay")


def booking(day: str, *slots: str, when: str = "", **more: Any) -> Booking:
    """A row: by default of the family « dupont », its child « lou », a week before."""
    date_ = date.fromisoformat(day)
    early = datetime(date_.year, date_.month, date_.day, 9, tzinfo=PARIS) - timedelta(days=7)
    plain = Booking("dupont", "lou", date_, slots, at(when) if when else early)
    return plain._replace(**more)


def at_least_one_kept(verdict: DayVerdict, asked: Iterable[str]) -> bool:
    """Whether a repair leaves an allowed date with a slot of what was asked."""
    asked = set(asked)
    for one in repairs(verdict, first=1000).found:
        kept = asked - set(one.remove)
        if kept and verdict.again(dict.fromkeys([*sorted(kept), *one.add])).status is Status.ALLOWED:
            return True
    return False


def row_by_row(old: Engine, new: Engine, rows: Iterable[Booking]) -> dict[str, Any]:
    """What a replay must say, each row judged by itself with its own facts as they are given."""
    answers: Counter[tuple[Status, Status]] = Counter()
    families: dict[str, set[str]] = {"refused": set(), "repairable": set()}
    sums = Counter(kept_old=0, kept_new=0, lost=0, gained=0, left_out=0, refused=0, repairable=0)
    balance: Counter[str] = Counter()
    desks: dict[tuple[Engine, Facts], Desk] = {}
    for one in rows:
        verdicts = []
        for engine in (old, new):
            facts = Facts(tuple((code, values) for code, values in one.facts.values if code in engine.facts))
            desk = desks.setdefault((engine, facts), Desk(engine, facts))
            verdicts.append(check_day(desk, one.day, one.slots, now=one.instant))
        before, after = verdicts
        cents = [verdict.price(verdict.outcome.after).total_cents or 0 for verdict in verdicts]
        answers[before.status, after.status] += 1
        match before.status, after.status:
            case Status.ALLOWED, Status.ALLOWED:
                sums["kept_old"] += cents[0]
                sums["kept_new"] += cents[1]
                balance[one.household] += cents[1] - cents[0]
            case Status.ALLOWED, Status.REFUSED:
                sums["lost"] += cents[0]
            case Status.REFUSED, Status.ALLOWED:
                sums["gained"] += cents[1]
            case (Status.UNDECIDED, _) | (_, Status.UNDECIDED):
                sums["left_out"] += 1
        if after.status is Status.REFUSED and before.status is not Status.REFUSED:
            sums["refused"] += 1
            families["refused"].add(one.household)
            if at_least_one_kept(after, one.slots):
                sums["repairable"] += 1
                families["repairable"].add(one.household)
    return {"answers": answers, "families": families, "sums": sums, "balance": balance}


def agrees(found: Replay, told: dict[str, Any]) -> bool:
    """Whether a replay says what row by row says."""
    money, sums = found.money, told["sums"]
    balance = [cents for cents in told["balance"].values() if cents]
    return (
        Counter({(one, two): count for one, two, count in found.answers}) == told["answers"]
        and found.refused == Count(sums["refused"], len(told["families"]["refused"]))
        and found.repairable == Count(sums["repairable"], len(told["families"]["repairable"]))
        and (money.kept_old, money.kept_new) == (sums["kept_old"], sums["kept_new"])
        and (money.lost, money.gained, money.left_out) == (sums["lost"], sums["gained"], sums["left_out"])
        and money.pay_more == sum(cents > 0 for cents in balance)
        and money.pay_less == sum(cents < 0 for cents in balance)
        and money.most_more == max([0, *balance])
        and money.most_less == -min([0, *balance])
    )


def random_rows(rng: random.Random, slots: tuple[str, ...], count: int) -> Iterator[Booking]:
    """Bookings of random families on the Mondays of random règlements, on either side of their deadlines."""
    facts = [Facts.from_mapping(_told(who(rng))) for _ in range(6)]
    for number in range(count):
        day = rng.choice(MONDAYS)
        chosen = tuple(rng.sample(slots, rng.randint(1, min(4, len(slots)))))
        before = timedelta(days=rng.choice((1, 3, 5, 9, 12)), minutes=rng.randint(0, 600))
        instant = datetime(day.year, day.month, day.day, 8, tzinfo=PARIS) - before
        yield Booking(f"f{rng.randint(0, 9)}", f"c{number}", day, chosen, instant, rng.choice(facts))


def _told(given: dict[str, Any]) -> dict[str, Any]:
    """Facts as values: a birth date from its text."""
    return {code: date.fromisoformat(one) if code == "ne" else one for code, one in given.items()}


def test_each_row_is_what_the_decision_says_of_it() -> None:
    """Random règlements, random rows: answers, repairs, families and sums are those of each row judged by itself."""
    refused = 0
    for seed in range(15):
        rng = random.Random(seed)
        plain = world(rng)
        other = {**plain, "regle": world(random.Random(seed + 1000))["regle"]}
        known = [one["code"] for mode in plain["mode"].values() for one in mode["offre"]]
        other["regle"] = {f"n{i}": {"creneaux": [slot], "au_plus": 0} for i, slot in enumerate(known[:1])}
        other["tarif"] = {"t": {"par": "créneau", "prix": 2}}
        old, new = engine_of(plain), engine_of(other)
        rows = list(random_rows(rng, tuple(known), 60))
        found = replay(old, new, rows)
        assert agrees(found, row_by_row(old, new, rows)), seed
        assert found.rows == found.judged == 60
        refused += found.refused.rows
    assert refused > 30


@cache
def thousands() -> tuple[Booking, ...]:
    """2500 bookings of the guide's school days by 300 families, some late, some with an incomplete file."""
    rng = random.Random(7)
    days = guide().open_days(guide().periodes["periscolaire-2021"])
    codes = ("matin-1", "matin-2", "midi-1", "repas", "midi-2", "soir-1", "soir-2")
    rows: list[Booking] = []
    seen: set[tuple[str, date]] = set()
    while len(rows) < 2500:
        family, day = f"f{rng.randint(0, 299)}", rng.choice(days)
        if (family, day) in seen:
            continue
        seen.add((family, day))
        facts = Facts.of(dossier_foyer="valide", dossier_enfant=rng.choice(("complet",) * 9 + ("incomplet",)))
        before = timedelta(days=rng.randint(0, 12), minutes=rng.randint(0, 600))
        instant = datetime(day.year, day.month, day.day, 8, tzinfo=PARIS) - before
        rows.append(Booking(family, "martin", day, tuple(rng.sample(codes, rng.randint(1, 4))), instant, facts))
    return tuple(rows)


@cache
def reformed() -> Engine:
    """The guide with a dearer meal, booked a day earlier, and never without the evening."""
    phases = [
        {"limite": "mercredi de la semaine -1, avant 12:00", "variante": "normal"},
        {"limite": "2 jours calendaires avant la date, avant 06:00", "variante": "hors-delai"},
    ]
    more = '[regle.soir]\ncreneaux = "repas"\nseulement_avec_un_de = ["soir-1", "soir-2"]\nhypothese = "essai"\n'
    return reform(guide(), more, change={"tarif.repas.prix": "4.20", "delai.general.reserver": phases})


def test_thousands_of_rows_agree_with_each_row_alone() -> None:
    """Two and a half thousand generated bookings of the guide: what one pass says is what the decision says of each."""
    rows = thousands()

    found = replay(guide(), reformed(), rows)

    assert agrees(found, row_by_row(guide(), reformed(), rows))
    assert found.refused.rows > 200
    assert 0 < found.repairable.rows < found.refused.rows
    assert found.money.net == (found.money.kept_new - found.money.kept_old + found.money.gained - found.money.lost)


def test_the_order_of_rows_changes_nothing_but_the_examples() -> None:
    """Rows shuffled, and read a few at a time, come to the same figures."""
    rows = list(thousands())[:600]
    straight = replay(guide(), reformed(), rows, keep=0)
    random.Random(1).shuffle(rows)
    shuffled = replay(guide(), reformed(), rows, keep=0)

    assert replace(shuffled, causes=()) == replace(straight, causes=())
    assert [(one.why, one.count) for one in shuffled.causes] == [(one.why, one.count) for one in straight.causes]


def test_an_example_names_its_own_instants() -> None:
    """Rows alike are judged once; what is said of each names the limit of its own date."""
    rows = thousands()[:600]

    examples = replay(guide(), reformed(), rows).examples

    assert len(examples) > 30
    for one in examples:
        row = rows[one.row - 1]
        verdict = check_day(Desk(reformed(), row.facts), row.day, row.slots, now=row.instant)
        assert set(one.said) == {(two.sentence("fr"), two.sentence("en")) for two in verdict.violations}


def test_rows_are_read_a_chunk_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than a chunk of rows is taken ahead, and progress tells how many were read."""
    monkeypatch.setattr(REPLAY, "CHUNK", 100)
    taken = [0]
    told: list[tuple[int, int]] = []

    def rows() -> Iterator[Booking]:
        for one in thousands()[:250]:
            taken[0] += 1
            yield one

    def progress(done: int) -> None:
        told.append((done, taken[0]))

    replay(guide(), reformed(), rows(), progress=progress)

    assert told == [(100, 100), (200, 200), (250, 250)]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for one kind of family and one kind of row, the answers are the same."""
    rows = thousands()[:150]
    whole = replay(guide(), reformed(), rows)
    monkeypatch.setattr("clae_rules.audit.fates.MOST_KINDS", 1)
    monkeypatch.setattr("clae_rules.audit.fates.MOST_FATES", 1)

    assert replay(guide(), reformed(), rows) == whole


# ---- stories -----------------------------------------------------------------------------------------------------


def test_a_family_is_counted_once() -> None:
    """Two children and three dates of one family, one date of another: four rows, two families."""
    new = reform(small(), '[regle.r]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"\n')
    rows = [
        booking("2025-09-08", "a"),
        booking("2025-09-09", "a"),
        booking("2025-09-08", "a", child="tom"),
        booking("2025-09-08", "a", household="durand"),
        booking("2025-09-11", "a", "b"),
    ]

    found = replay(small(), new, rows)

    assert found.refused == found.repairable == Count(4, 2)
    (cause,) = found.causes
    assert (cause.why.code, cause.why.rule, cause.count) == ("demande-aussi", "r", Count(4, 2))
    assert cause.said[0] == "« A » n'est possible qu'avec « B »"
    assert [(one.row, one.household, one.child) for one in found.examples] == [
        (1, "dupont", "lou"), (2, "dupont", "lou"), (3, "dupont", "tom"), (4, "durand", "lou"),
    ]  # fmt: skip


def test_a_booking_that_nothing_can_save_is_not_repairable() -> None:
    """The new deadline had closed every slot: nothing could be kept; where one stays open, something could."""
    closed = {"reserver": "10 jours calendaires avant la date, avant 12:00", "annuler": "jamais", "hypothese": "essai"}
    all_ = reform(small(), change={"delai.general": closed})
    one_ = reform(small(), change={"delai.b": {**closed, "creneaux": "b"}})
    rows = [booking("2025-09-08", "a", "b")]

    assert replay(small(), all_, rows).refused == Count(1, 1)
    assert replay(small(), all_, rows).repairable == Count(0, 0)
    assert replay(small(), one_, rows).repairable == Count(1, 1)
    assert replay(small(), one_, rows).causes[0].why.rule == "b"


def test_gains_and_losses_are_told_to_the_cent() -> None:
    """Three rows: one kept at a new price, one lost, one gained; each sum by hand."""
    old = small('[regle.cd]\ncreneaux = "c"\nbloque = "d"\nhypothese = "essai"\n')
    new = reform(
        old,
        '[regle.ab]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"\n',
        without=["regle.cd"],
        change={"tarif.unique.prix": "1.15"},
    )
    rows = [
        booking("2025-09-08", "a"),
        booking("2025-09-09", "a", "b", household="durand"),
        booking("2025-09-11", "c", "d"),
    ]

    money = replay(old, new, rows).money

    assert (money.kept_old, money.kept_new, money.lost, money.gained) == (100, 115, 200, 230)
    assert money.net == 115 - 100 + 230 - 200
    assert (money.pay_more, money.pay_less, money.most_more, money.most_less) == (1, 0, 15, 0)


def test_what_is_undecided_is_in_no_sum() -> None:
    """A price that depends on a fact that nobody knows: the row is told apart, and counts for nothing."""
    prices = '[tarif.unique]\ncreneaux = "jour"\nqui.niveau = "{0}"\npar = "creneau"\nprix = {1}\nhypothese = "essai"\n'
    two = prices.format("petit", "1.00").replace("unique", "petits") + prices.format("grand", "2.00")
    new = reform(small(), two)
    rows = [booking("2025-09-08", "a"), booking("2025-09-09", "a", facts=Facts.of(niveau="grand"))]

    found = replay(small(), new, rows)

    assert found.answers == ((Status.ALLOWED, Status.ALLOWED, 1), (Status.ALLOWED, Status.UNDECIDED, 1))
    assert (found.money.left_out, found.money.kept_old, found.money.kept_new) == (1, 100, 200)


def test_what_has_no_price_by_itself_is_in_no_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where prices span more than a date, an allowed row is judged, and its price is not taken for nothing."""
    monkeypatch.setattr("clae_rules.audit.fates.spanning", lambda engine: engine is small())
    new = reform(small(), change={"tarif.unique.prix": "1.15"})

    money = replay(small(), new, [booking("2025-09-08", "a")]).money

    assert (money.left_out, money.kept_old, money.kept_new, money.gained, money.net) == (1, 0, 0, 0, 0)


def test_a_slot_that_is_no_more_refuses_what_held_it() -> None:
    """A slot dropped from the offer: rows that held it are refused; those that held another can keep that."""
    new = reform(small(), change={"mode.jour.offre": [{"code": code, "nom": code.upper()} for code in "abc"]})
    rows = [booking("2025-09-08", "d"), booking("2025-09-09", "a", "d"), booking("2025-09-11", "a")]

    found = replay(small(), new, rows)

    assert (found.refused, found.repairable) == (Count(2, 1), Count(1, 1))
    assert found.causes[0].said == ("« D » n'existe plus", "« D » is no more")


def test_places_are_set_aside() -> None:
    """Nobody knows who else came: a pool neither refuses a row nor leaves it undecided."""
    pool = '[capacite.a]\ncreneaux = "a"\nenfants = 1\nhypothese = "essai"\n'
    engine = reform(small(), pool)

    assert replay(engine, engine, [booking("2025-09-08", "a")]).answered(Status.ALLOWED, Status.ALLOWED) == 1


# ---- broken rows -------------------------------------------------------------------------------------------------

HEADER: Final = "foyer,enfant,date,creneaux,instant,niveau"
GOOD: Final = "dupont,lou,2025-09-08,a b,2025-09-01T09:00:00+02:00,petit"
BAD: Final = (
    ("colonnes", "dupont,lou,2025-09-08,a"),
    ("guillemets", 'dupont,"lou,2025-09-09,a,2025-09-01T09:00:00+02:00,petit'),
    ("sans-foyer", ",lou,2025-09-09,a,2025-09-01T09:00:00+02:00,petit"),
    ("date-illisible", "dupont,lou,2025-02-30,a,2025-09-01T09:00:00+02:00,petit"),
    ("instant-illisible", "dupont,lou,2025-09-09,a,hier,petit"),
    ("instant-sans-fuseau", "dupont,lou,2025-09-09,a,2025-09-01T09:00:00,petit"),
    ("fait-faux", "dupont,lou,2025-09-09,a,2025-09-01T09:00:00+02:00,geant"),
    ("sans-creneau", "dupont,lou,2025-09-09,,2025-09-01T09:00:00+02:00,petit"),
    ("creneau-inconnu", "dupont,lou,2025-09-09,a z,2025-09-01T09:00:00+02:00,petit"),
    ("creneau-double", "dupont,lou,2025-09-09,a a,2025-09-01T09:00:00+02:00,petit"),
    ("hors-calendrier", "dupont,lou,2031-09-09,a,2025-09-01T09:00:00+02:00,petit"),
    ("en-double", "dupont,lou,2025-09-08,c,2025-09-01T09:00:00+02:00,petit"),
)


def test_every_broken_row_is_counted_and_listed_with_its_line() -> None:
    """One row of each fault between good ones: each is told with its line, and the good ones are judged."""
    lines = [HEADER, GOOD, *(line for _, line in BAD), GOOD.replace("09-08", "09-09")]

    found = replay(small(), small(), bookings_from_csv(lines, small()))

    assert (found.rows, found.judged) == (len(BAD) + 2, 2)
    assert dict(found.broken) == {code: 1 for code, _ in BAD}
    assert [(one.row, one.code) for one in found.broken_rows] == [(i, code) for i, (code, _) in enumerate(BAD, 3)]
    for one in found.broken_rows:
        french, english = one.text("fr"), one.text("en")
        assert french.startswith(f"ligne {one.row} : ")
        assert english.startswith(f"row {one.row}: ")
        assert "{" not in french + english


def test_broken_rows_among_thousands_change_nothing_to_the_others() -> None:
    """Broken rows strewn among thousands: all counted, the first ones listed, the figures of the others as before."""
    rng = random.Random(3)
    rows: list[Booking | BrokenRow] = []
    for number, one in enumerate(thousands(), 1):
        rows.append(one._replace(row=number))
        if rng.random() < 0.05:
            spoilt = rng.choice((
                one._replace(slots=("repsa",)),
                one._replace(day=date(2031, 1, 1)),
                one._replace(instant=one.instant.replace(tzinfo=None)),
                one._replace(facts=Facts.of(dossier_foyer="perdu")),
                one._replace(facts=Facts.of(inconnu=True)),
                one,
                BrokenRow(number, "guillemets"),
            ))  # fmt: skip
            rows.append(spoilt)
    extra = len(rows) - 2500

    found, clean = replay(guide(), reformed(), rows, keep=50), replay(guide(), reformed(), thousands())

    assert sum(count for _, count in found.broken) == extra > 80
    assert len(found.broken_rows) == 50
    assert (found.answers, found.refused, found.money) == (clean.answers, clean.refused, clean.money)
    assert (found.rows, found.judged) == (2500 + extra, 2500)


def test_asked_to_be_strict_the_first_broken_row_is_raised() -> None:
    """Whoever wants no broken row is told of the first one, with its line and the way out."""
    lines = [HEADER, GOOD, GOOD.replace("a b", "a bb")]

    with pytest.raises(InvalidValueError, match="ligne 3 : créneau inconnu « bb »"):
        replay(small(), small(), bookings_from_csv(lines, small()), strict=True)


@pytest.mark.parametrize(
    ("header", "said"),
    (
        ("foyer,enfant,date,creneaux", "instant"),
        ("foyer,enfant,date,creneaux,instant,nivau", "« niveau »"),
        ("foyer,enfant,date,creneaux,instant,niveau,niveau", "deux colonnes"),
        ("", "foyer"),
    ),
)
def test_a_file_without_its_columns_is_refused(header: str, said: str) -> None:
    """A column missing, unknown or named twice: no row can be trusted."""
    with pytest.raises(InvalidValueError) as caught:
        bookings_from_csv([header], small())

    assert said in str(caught.value)


def test_a_file_is_read_as_spreadsheets_write_it() -> None:
    """Semicolons, a mark at the beginning, quotes, « + » between slots, a comma in a number, blank lines."""
    engine = reform(
        small(), change={"faits.quotient": "nombre", "faits.pai": "oui ou non", "faits.ne": "ans, au 31 décembre"}
    )
    lines = [
        "\ufefffoyer;enfant;date;creneaux;instant;quotient;pai;ne;niveau\r\n",
        '"Dupont; fils";lou;2025-09-08;a + b;2025-09-01T09:00:00+02:00;612,5;Oui;2019-05-04;\r\n',
        "\r\n",
    ]

    (row,) = bookings_from_csv(lines, engine)

    assert isinstance(row, Booking)
    assert (row.household, row.slots, row.row) == ("Dupont; fils", ("a", "b"), 2)
    assert row.facts == Facts.of(quotient=Fraction("612.5"), pai=True, ne=date(2019, 5, 4))


@pytest.mark.parametrize(("column", "cell"), (("quotient", "six cents"), ("pai", "peut-être"), ("ne", "2019-02-30")))
def test_a_fact_that_cannot_be_read_breaks_its_row_alone(column: str, cell: str) -> None:
    """A cell that is no number, no yes or no, no date: the row is told with the column and what was expected."""
    engine = reform(
        small(), change={"faits.quotient": "nombre", "faits.pai": "oui ou non", "faits.ne": "ans, au 31 décembre"}
    )
    lines = [
        f"foyer,enfant,date,creneaux,instant,{column}",
        f"dupont,lou,2025-09-08,a,2025-09-01T09:00:00+02:00,{cell}",
    ]

    (row,) = bookings_from_csv(lines, engine)

    assert isinstance(row, BrokenRow)
    assert (row.code, row.words[:2]) == ("fait-illisible", (column, cell))


# ---- families that nothing tells apart ---------------------------------------------------------------------------


def test_quotients_of_one_bracket_are_one_family() -> None:
    """Two quotients that every grid places alike are one; an effort rate tells them apart, and so does a bound."""
    grid = """
[grille.qf]
mesure = "quotient"
lu = "exact"
tranches = { A = "moins de 600", B = "à partir de 600" }
hypothese = "essai"
[tarif.unique]
creneaux = "jour"
par = "creneau"
selon = "qf"
prix = { A = 1.00, B = 2.00 }
hypothese = "essai"
"""
    effort = '[tarif.unique]\ncreneaux = "jour"\npar = "creneau"\nselon = "quotient"\nprix = { taux = 0.0036 }\nhypothese = "essai"\n'
    declared = {"faits.quotient": "nombre"}
    by_grid, by_rate = reform(small(), grid, change=declared), reform(small(), effort, change=declared)

    def alike(engine: Engine, one: int, two: int) -> bool:
        known = Known(engine)
        return known.reduced(Facts.of(quotient=one)) == known.reduced(Facts.of(quotient=two))

    assert alike(by_grid, 610, 950)
    assert not alike(by_grid, 599, 600)
    assert not alike(by_rate, 610, 611)


def test_birth_dates_of_one_year_are_one_where_the_age_is_that_of_december() -> None:
    """An age on 31 December knows the year of birth only; an age on the day knows the day; what is dated stays."""
    declared = {"faits.an": "ans, au 31 décembre", "faits.jour": "ans, au jour de la date"}
    known = Known(reform(small(), change=declared))

    def both(one: Any, two: Any) -> tuple[Facts, Facts]:
        return known.reduced(Facts.from_mapping(one)), known.reduced(Facts.from_mapping(two))

    first, second = both({"an": date(2019, 5, 4)}, {"an": date(2019, 12, 31)})
    assert first == second
    first, second = both({"jour": date(2019, 5, 4)}, {"jour": date(2019, 5, 5)})
    assert first != second
    dated = [Dated("petit", date(2025, 9, 1), date(2025, 9, 30))]
    assert known.reduced(Facts.of(niveau=dated)) == Facts.of(niveau=dated)


def test_the_replay_reads_in_both_languages() -> None:
    """The whole replay as text: rows, refusals, money, causes and broken rows, in both languages."""
    lines = [HEADER, GOOD, "x"]
    new = reform(small(), '[regle.r]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"\n')

    found = replay(small(), new, bookings_from_csv(lines, small()))

    french, english = found.sections("fr"), found.sections("en")
    assert [one.title for one in french] == ["Bilan", "Raisons des nouveaux refus", "Exemples", "Lignes écartées"]
    assert [len(one.rows) for one in english] == [len(one.rows) for one in french] == [16, 1, 1, 1]
    assert ("pour la ville", "-2,00\xa0€") in french[0].rows
    assert french[1].rows == (
        ("bloque", "r", "hypothèse : essai", 1, 1, "« A » et « B » ne vont pas ensemble"),
    )  # fmt: skip
    assert french[2].rows == (
        (2, "dupont", "lou", "08/09/2025", "oui", "« A » et « B » ne vont pas ensemble"),
    )  # fmt: skip
    assert french[3].rows == ((3, "colonnes", "ligne 3 : 1 colonnes au lieu de 6"),)
    assert found.text("en").startswith("Replay of 2 bookings")
    assert json.loads(json.dumps(found.plain())) == found.plain()


def test_memory_does_not_grow_with_the_rows() -> None:
    """Ten times as many rows, of ten times as many children: the peak grows by some bytes a child, not by the rows."""
    days = small().open_days(small().periodes["annee"])[:100]

    def rows(children: int) -> Iterator[Booking]:
        for child in range(children):
            for day in days:
                instant = datetime(day.year, day.month, day.day, 8, tzinfo=PARIS) - timedelta(days=5)
                yield Booking(f"f{child}", "lou", day, ("a",), instant)

    def peak(children: int) -> int:
        tracemalloc.start()
        replay(small(), small(), rows(children))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(REPLAY, "CHUNK", 100)
        peak(1)
        few, many = peak(8), peak(80)

    assert many - few < 72 * 1000
