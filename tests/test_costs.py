"""What a household owes over its windows: stories worked out by hand, and laws (S10.3, S10.5–S10.7)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from clae_rules import (
    Dated,
    Demande,
    Desk,
    Engine,
    Facts,
    Held,
    InvalidReglementError,
    Planning,
    Recapitulatif,
    Status,
    Variant,
    boxes,
    check_day,
    decide,
    engine_from_text,
    recapitulatif,
)
from clae_rules.costs import Costs, charges, difference
from clae_rules.windows import Stretch

VECTORS = tomllib.loads(Path(__file__).with_name("vectors").joinpath("costs.toml").read_text("utf-8"))["reglement"]
CASES = [(name, i) for name, one in VECTORS.items() for i in range(len(one["cas"]))]
PARIS = ZoneInfo("Europe/Paris")
OVER = datetime(2027, 8, 1, tzinfo=PARIS)
LATE = {"limite": "le jour même, avant 06:00", "variante": "hors-delai"}
#: What is not of a file: what the vectors say of themselves.
OWN = ("cas", "source", "creneaux", "ouvre")


def plain_reglement(sections: Mapping[str, Any]) -> dict[str, Any]:
    """A whole règlement around the sections of a vector."""
    offer = [
        {"code": code, "nom": code.capitalize(), **({"horaire": hours} if hours else {})}
        for code, hours in sections["creneaux"].items()
    ]
    week = {"jour": ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]}
    return {
        "format": 1,
        "reglement": {"code": "essai", "nom": "Essai", "fuseau": "Europe/Paris", "source": "page"},
        "document": {"page": {"titre": "Page publiée"}},
        "jours": {"du": "2026-08-01", "au": "2027-08-31", "feries": [], "source": "page"},
        "etablissement": {"ecole": {"nom": "École"}},
        "mode": {"jour": {"nom": "Jour", "etablissement": "ecole", "offre": offer}},
        "periode": {
            "annee": {"nom": "Année", "mode": "jour", "du": "2026-09-01", "au": "2027-07-02", "quand": week}
            | sections.get("ouvre", {})
        },
        "delai": {
            "general": {
                "reserver": [
                    {"limite": "1 jour calendaire avant la date, avant 12:00", "variante": "normal"},
                    *([LATE] if "hors-delai" in str(sections) else []),
                ],
                "annuler": [{"limite": "le jour même, avant 06:00", "a_payer": "rien"}],
            },
        },
        **{key: value for key, value in sections.items() if key not in OWN},
    }


@lru_cache(maxsize=64)
def engine_of(name: str) -> Engine:
    """The règlement of a vector, read as a file is."""
    return engine_from_text(json.dumps(plain_reglement(VECTORS[name]), default=str), name="essai.json")


def holding(tient: Mapping[str, Mapping[str, list[str]]]) -> Planning:
    """A planning from child ▸ date ▸ slots; « slot! » is late."""
    return Planning.of({
        (child, date.fromisoformat(str(day))): [
            Held(one.rstrip("!"), Variant.HORS_DELAI if one.endswith("!") else Variant.NORMAL) for one in slots
        ]
        for child, days in tient.items()
        for day, slots in days.items()
    })  # fmt: skip


def desk_of(engine: Engine, faits: Mapping[str, Mapping[str, Any]], children: list[str]) -> Desk:
    """A desk of the first child, with his siblings and what is known of each."""
    known = {child: Facts.from_mapping({**faits.get("foyer", {}), **faits.get(child, {})}) for child in children}
    return Desk(engine, known[children[0]], children[0], known)


def account_of(name: str, i: int) -> Costs:
    """What a vector's household is charged in all."""
    case = VECTORS[name]["cas"][i]
    desk = desk_of(engine_of(name), case.get("faits", {}), list(case["tient"]))
    return charges(desk, holding(case["tient"]), now=case.get("au", OVER))


@pytest.mark.parametrize(("name", "i"), CASES)
def test_a_published_price_over_a_window_is_found_to_the_cent(name: str, i: int) -> None:
    """Every published price over windows and households is found to the cent, or is undecided as known."""
    case, found = VECTORS[name]["cas"][i], account_of(name, i)

    if "prix" in case:
        assert found.unsettled == ()
        assert found.total_cents == round(float(case["prix"]) * 100)
    else:
        assert found.total_cents is None
        assert {one.unpriced.code for one in found.unsettled} == {case["inconnu"]}
    if "lignes" in case:
        wide = [one.charge.amount_cents for one in found.entries if one.stretch is not None]
        assert wide == [round(float(one) * 100) for one in case["lignes"]]


def engine_with(**sections: Any) -> Engine:
    """A règlement with some sections, every slot open from Monday to Friday."""
    return engine_from_text(json.dumps(plain_reglement(sections), default=str), name="essai.json")


def faults(**sections: Any) -> list[str]:
    """What is told of a règlement that is refused, in French; English says as many."""
    with pytest.raises(InvalidReglementError) as refused:
        engine_with(**sections)
    assert all(one.en for one in refused.value.faults)
    return [one.text() for one in refused.value.faults]


def asked(
    desk: Desk, tient: Mapping[str, Mapping[str, list[str]]], veut: Mapping[str, list[str]], now: datetime
) -> Recapitulatif:
    """The récapitulatif of an allowed demande of the desk's child."""
    days = {date.fromisoformat(day): slots for day, slots in veut.items()}
    verdict = decide(desk, holding(tient), Demande.of(desk.child, "annee", days), now=now)
    assert verdict.status is Status.ALLOWED
    return recapitulatif(verdict)


def lines(found: Recapitulatif) -> list[tuple[str, int]]:
    """The designation and the amount of each line."""
    return [(line.designation(with_year=False), line.amount_cents) for line in found.lines]


AUGUST = datetime(2026, 8, 20, 9, tzinfo=PARIS)
MONDAY, TUESDAY = "2026-09-07", "2026-09-08"


class TestRecapitulatif:
    """A demande costs price after − price before, over every window that it touches (S10.6, S11)."""

    def test_a_package_is_a_line_under_its_month(self) -> None:
        """« Garderie matin (septembre 2026) » once a month, whatever the number of dates."""
        desk = desk_of(engine_of("plivot"), {}, ["lea"])
        found = asked(desk, {}, {MONDAY: ["matin"], TUESDAY: ["matin"], "2026-10-01": ["matin", "etude"]}, AUGUST)

        assert lines(found) == [
            ("Garderie matin (septembre 2026)", 1200),
            ("Garderie matin (octobre 2026)", 1200),
            ("Étude (octobre 2026)", 1200),
        ]
        assert found.total_cents == 3600
        assert found.provisional == ()

    def test_a_package_already_paid_costs_nothing_more(self) -> None:
        """A second date in a month whose package is held adds no line."""
        desk = desk_of(engine_of("plivot"), {}, ["lea"])

        assert lines(asked(desk, {"lea": {MONDAY: ["matin"]}}, {TUESDAY: ["matin"]}, AUGUST)) == []

    def test_the_price_of_a_sibling_moves(self) -> None:
        """A second child present makes the day of both 4.65: the household pays 1.85 more."""
        desk = desk_of(engine_of("jauldes"), {}, ["lea", "tom"])
        found = asked(desk, {"tom": {MONDAY: ["soir"]}}, {MONDAY: ["matin"]}, AUGUST)

        assert [(line.kind, line.amount_cents) for line in found.lines] == [("reserve", 465), ("retire", -280)]
        assert found.total_cents == 185

    def test_a_line_of_a_sibling_names_him(self) -> None:
        """What changes for a brother is under his code."""
        desk = desk_of(engine_of("saussay"), {}, ["lea", "tom"])
        found = asked(desk, {"tom": {MONDAY: ["repas"]}}, {TUESDAY: ["repas"]}, AUGUST)

        assert lines(found) == [
            ("Repas (septembre 2026)", 5700),
            ("Repas (septembre 2026 ; tom)", 5700),
            ("n'est plus facturé : Repas (septembre 2026 ; tom)", -5900),
        ]
        assert found.total_cents == 5500

    def test_becoming_regular_changes_the_dates_held(self) -> None:
        """The 8th day of the month makes all of them regular: 8 × 5.70 − 7 × 6.50 = 0.10."""
        desk = desk_of(engine_of("regulier"), {}, ["lea"])
        held = VECTORS["regulier"]["cas"][1]["tient"]
        found = asked(desk, held, {"2026-09-16": ["repas"]}, AUGUST)

        assert [(line.kind, line.quantity, line.amount_cents) for line in found.lines] == [
            ("reserve", 8, 4560),
            ("retire", 7, -4550),
        ]
        assert found.total_cents == 10
        assert [why.sentence() for why in found.provisional] == [
            "provisoire : « jours-du-mois » compte jusqu'au 30/09/2026"
        ]
        assert found.text("en").endswith("provisional: « jours-du-mois » counts until 30/09/2026")

    def test_a_cap_is_a_line_of_its_own(self) -> None:
        """Beyond the cap of the month the line gives back what goes over it: 7 × 3.00 is 20.00."""
        desk = desk_of(engine_of("plafond"), {}, ["lea"])
        week = {f"2026-09-{day:02}": ["matin"] for day in (1, 2, 3, 4, 7, 8, 9)}
        found = asked(desk, {}, week, AUGUST)

        assert lines(found)[-1] == ("Plafond mensuel (septembre 2026)", -100)
        assert found.total_cents == 2000
        more = asked(desk, {"lea": week}, {"2026-09-10": ["matin"]}, AUGUST)
        assert more.total_cents == 0
        assert [step.sentence("en") for step in found.lines[-1].derivation.derivation] == [
            "total septembre 2026: 21,00\u00a0€",
            "plafond: at most 20,00\u00a0€ = 20,00\u00a0€",
        ]

    @pytest.mark.parametrize(("due", "total"), (("rien", -1200), ("tout", 0), ("50 %", -600)))
    def test_what_stays_due_of_a_package(self, due: str, total: int) -> None:
        """Giving back the last date of a package gives back the package, less the part that stays due (S4.2)."""
        sections = {"creneaux": {"matin": ""}, "tarif": {"matin": {"par": "mois", "prix": 12}}}
        plain = plain_reglement(sections)
        plain["delai"]["general"]["annuler"][0]["a_payer"] = due
        engine = engine_from_text(json.dumps(plain), name="essai.json")
        found = asked(desk_of(engine, {}, ["lea"]), {"lea": {MONDAY: ["matin"]}}, {MONDAY: []}, AUGUST)

        assert found.total_cents == total

    def test_an_earlier_late_meal_takes_the_surcharge(self) -> None:
        """The two first late meals of the month are those first by date: a new one before them moves the surcharge."""
        desk = desk_of(engine_of("lons-le-saunier"), {}, ["lea"])
        held = {"lea": {"2026-09-08": ["repas!"], "2026-09-10": ["repas!"]}}
        verdict = decide(
            desk, holding(held), Demande.of("lea", "annee", {date(2026, 9, 7): ["repas"]}),
            now=datetime(2026, 9, 7, 5, tzinfo=PARIS),
        )  # fmt: skip
        found = recapitulatif(verdict)

        assert found.total_cents == 400
        assert [(line.kind, line.dates[0].day, line.amount_cents) for line in found.lines] == [
            ("reserve", 7, 600),
            ("reserve", 10, 400),
            ("retire", 10, -600),
        ]


class TestDecision:
    """A price over windows that is not known leaves a demande undecided, never a cancellation (S1.5, S4.6)."""

    def test_a_missing_quotient_leaves_it_undecided(self) -> None:
        """A package that needs a quotient nobody gave is undecided, by demande, by date and in the boxes alike."""
        desk = desk_of(engine_of("haveluy-tableau"), {}, ["lea"])
        day = date.fromisoformat(MONDAY)
        verdict = decide(desk, Planning(), Demande.of("lea", "annee", {day: ["journee"]}), now=AUGUST)

        assert verdict.status is Status.UNDECIDED
        assert [one.code for one in verdict.doubts] == ["fait-manquant"]
        assert recapitulatif(verdict).total_cents is None
        assert check_day(desk, day, ["journee"], now=AUGUST).status is Status.UNDECIDED
        assert boxes(desk, day, now=AUGUST, planning=Planning()).box("journee").state.value == "indécis"

    def test_a_cancellation_is_never_stopped(self) -> None:
        """What is held may be given back whatever its price."""
        desk = desk_of(engine_of("haveluy-tableau"), {}, ["lea"])
        held = holding({"lea": {MONDAY: ["journee"]}})
        demande = Demande.of("lea", "annee", {date.fromisoformat(MONDAY): []})

        assert decide(desk, held, demande, now=AUGUST).allowed

    def test_a_box_carries_what_it_adds_to_the_month(self) -> None:
        """A box costs the package on the first date of the month, and nothing on the next ones."""
        desk = desk_of(engine_of("plivot"), {}, ["lea"])
        held = holding({"lea": {MONDAY: ["matin"]}})
        prices = [
            boxes(desk, date(2026, 9, 9), now=AUGUST, planning=one).box("matin").price_cents
            for one in (Planning(), held)
        ]

        assert prices == [1200, 0]
        alone = check_day(desk, date(2026, 9, 9), ["matin"], now=AUGUST)
        assert (alone.allowed, alone.price(alone.outcome.after).total_cents) == (True, None)
        assert boxes(desk, date(2026, 9, 9), now=AUGUST).box("matin").price_cents is None

    def test_months_add_up(self) -> None:
        """Each charge is on one date: the accounts of the months are the account of the year."""
        case = VECTORS["loon-plage"]["cas"][2]
        desk = desk_of(engine_of("loon-plage"), {}, ["lea"])
        planning = holding(case["tient"])
        months = [Stretch(date(y, m, 1), date(y, m, 28), "") for y, m in ((2026, 9), (2027, 1), (2027, 7))]
        found = [charges(desk, planning, month, now=OVER).total_cents for month in months]

        assert found == [460, 885, 35]
        assert charges(desk, planning, now=OVER).total_cents == sum(one or 0 for one in found)
        assert charges(desk, planning, [date(2026, 9, 7)], now=OVER).total_cents == 460


class TestProvisional:
    """An amount that later data may change says why, until its window is over (S10.7)."""

    @pytest.mark.parametrize(("day", "why"), ((date(2026, 9, 30), ["compte"]), (date(2026, 10, 1), [])))
    def test_a_counter_holds_until_its_window_is_over(self, day: date, why: list[str]) -> None:
        """Regular or occasional is provisional up to the last day of the month, and final after it."""
        desk = desk_of(engine_of("regulier"), {}, ["lea"])
        now = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
        found = charges(desk, holding({"lea": {MONDAY: ["repas"]}}), now=now)

        assert [one.code for one in found.provisional] == why

    def test_ranks_totals_and_formules_are_provisional(self) -> None:
        """Units of some ranks, totals and formules over a window say what they look at."""
        found = {}
        for name, tient in (
            ("lons-le-saunier", {MONDAY: ["repas!"]}),
            ("haveluy", {MONDAY: ["journee"]}),
            ("plafond", {f"2026-09-{day:02}": ["matin"] for day in (1, 2, 3, 4, 7, 8, 9)}),
        ):
            account = charges(desk_of(engine_of(name), {}, ["lea"]), holding({"lea": tient}), now=AUGUST)
            found[name] = [(one.code, one.name) for one in account.provisional]
            assert all(one.sentence() != one.sentence("en") for one in account.provisional)

        assert found == {
            "lons-le-saunier": [("rang", "deux-premiers")],
            "haveluy": [("fenetre", "session")],
            "plafond": [("total", "plafond")],
        }


class TestReading:
    """A price of a stretch is read where its tariff says, and on the day that the règlement says (S10.7)."""

    QF: ClassVar[dict[str, Any]] = {
        "creneaux": {"matin": ""},
        "faits": {"quotient": "nombre"},
        "grille": {
            "qf": {"mesure": "quotient", "lu": "tronqué", "effet": "immédiat", "tranches": {"A": "moins de 500", "B": "à partir de 500"}}
        },
    }  # fmt: skip
    CHANGING = Facts.of(
        quotient=[Dated(Fraction(400), None, date(2026, 9, 14)), Dated(Fraction(600), date(2026, 9, 15))]
    )

    def account(self, planning: Planning, **sections: Any) -> Costs:
        """What a child whose quotient goes from 400 to 600 on 15 September is charged."""
        desk = Desk(engine_with(**{**self.QF, **sections}), self.CHANGING, "lea")
        return charges(desk, planning, now=OVER)

    @pytest.mark.parametrize(
        ("read", "total"), (({}, None), ({"lu_le": "premier jour"}, 1000), ({"lu_le": "dernier jour"}, 2000))
    )
    def test_a_price_that_changes_within_the_month(self, read: dict[str, str], total: int | None) -> None:
        """A quotient that changes within a month leaves its package undecided unless `lu_le` says which day counts."""
        tarif = {"mois": {"par": "mois", "selon": "qf", "prix": {"A": 10, "B": 20}, **read}}
        found = self.account(holding({"lea": {MONDAY: ["matin"], "2026-09-21": ["matin"]}}), tarif=tarif)

        assert found.total_cents == total
        assert [one.unpriced.code for one in found.unsettled] == ([] if read else ["prix-changeant"])

    def test_a_price_read_at_the_booking(self) -> None:
        """Read at the booking, a meal keeps the price of the day on which it was booked, whenever it is eaten."""
        tarif = {"repas": {"par": "creneau", "selon": "qf", "prix": {"A": 1, "B": 2}}}
        early, late = datetime(2026, 9, 1, 9, tzinfo=PARIS), datetime(2026, 9, 16, 9, tzinfo=PARIS)
        planning = Planning.of({
            ("lea", date(2026, 9, 21)): [Held("matin", booked=early)],
            ("lea", date(2026, 9, 22)): [Held("matin", booked=late)],
        })  # fmt: skip

        found = self.account(planning, tarif=tarif, prix={"au_jour": "réservation"})
        assert [one.charge.amount_cents for one in found.entries] == [100, 200]
        unsaid = self.account(holding({"lea": {MONDAY: ["matin"]}}), tarif=tarif, prix={"au_jour": "réservation"})
        assert [one.unpriced.code for one in unsaid.unsettled] == ["reservation-inconnue"]

    def test_a_demande_is_booked_now(self) -> None:
        """What a demande adds is booked at its instant; what was held keeps its own."""
        tarif = {"repas": {"par": "creneau", "selon": "qf", "prix": {"A": 1, "B": 2}}}
        desk = Desk(engine_with(**self.QF, tarif=tarif, prix={"au_jour": "réservation"}), self.CHANGING, "lea")
        old = Planning.of({("lea", date(2026, 9, 21)): [Held("matin", booked=AUGUST)]})
        now = datetime(2026, 9, 16, 9, tzinfo=PARIS)
        demande = Demande.of("lea", "annee", {date(2026, 9, 21): ["matin"], date(2026, 9, 22): ["matin"]})
        verdict = decide(desk, old, demande, now=now)

        assert recapitulatif(verdict).total_cents == 200
        assert {one.booked for _, _, held in verdict.after.days for one in held} == {AUGUST, now}

    def test_a_box_read_at_the_booking_has_its_price(self) -> None:
        """A box is booked at the instant of the page."""
        tarif = {"repas": {"par": "creneau", "selon": "qf", "prix": {"A": 1, "B": 2}}}
        desk = Desk(engine_with(**self.QF, tarif=tarif, prix={"au_jour": "réservation"}), self.CHANGING, "lea")
        prices = [
            boxes(desk, date(2026, 9, 22), now=now, planning=Planning()).box("matin").price_cents
            for now in (AUGUST, datetime(2026, 9, 16, 9, tzinfo=PARIS))
        ]

        assert prices == [100, 200]

    def test_dated_tariffs_are_read_at_the_booking(self) -> None:
        """Until when a tariff holds is asked of the day of booking; its weekdays stay those of the service."""
        tarif = {
            "vieux": {"quand": {"au": "2026-09-10"}, "par": "creneau", "prix": 1},
            "neuf": {"quand": {"du": "2026-09-11"}, "par": "creneau", "prix": 2},
        }
        planning = Planning.of({("lea", date(2026, 9, 21)): [Held("matin", booked=AUGUST)]})
        found = self.account(planning, tarif=tarif, prix={"au_jour": "réservation"})

        assert found.total_cents == 100

    def test_a_price_read_when_invoiced(self) -> None:
        """Read at the invoice, a price is that of the day of the account, provisional until the month is over."""
        tarif = {"repas": {"par": "creneau", "selon": "qf", "prix": {"A": 1, "B": 2}}}
        desk = Desk(engine_with(**self.QF, tarif=tarif, prix={"au_jour": "facture"}), self.CHANGING, "lea")
        planning = holding({"lea": {MONDAY: ["matin"]}})
        totals = []
        for now, why in ((datetime(2026, 9, 8, tzinfo=PARIS), ["facture"]), (datetime(2026, 10, 1, tzinfo=PARIS), [])):
            found = charges(desk, planning, now=now)
            totals.append(found.total_cents)
            assert [one.code for one in found.provisional] == why

        assert totals == [100, 200]

    def test_a_day_booked_in_two_goes(self) -> None:
        """Slots of one day's price, booked on two dates, have no one day to be read on; slots apart have their own."""
        tarif = {"jour": {"par": "jour", "selon": "qf", "prix": {"A": 1, "B": 2}}}
        late = datetime(2026, 9, 16, 9, tzinfo=PARIS)
        both = [Held("matin", booked=AUGUST), Held("soir", booked=late)]
        two = {"creneaux": {"matin": "", "soir": ""}, "prix": {"au_jour": "réservation"}}
        found = self.account(Planning.of({("lea", date(2026, 9, 21)): both}), tarif=tarif, **two)
        assert {one.unpriced.code for one in found.unsettled} == {"lu-a-deux-dates"}

        tarif["jour"]["par"] = "créneau"
        found = self.account(Planning.of({("lea", date(2026, 9, 21)): both}), tarif=tarif, **two)
        assert [one.charge.amount_cents for one in found.entries] == [100, 200]

    def test_a_modification_of_some_dates_of_a_package(self) -> None:
        """What holds on some dates of a package alone, of its price or of its total, leaves it undecided."""
        tarif = {"mois": {"par": "mois", "prix": 10}}
        planning = holding({"lea": {MONDAY: ["matin"], TUESDAY: ["matin"]}})
        monday = {"quand": {"jour": "lundi"}}
        codes = []
        for verb in ({"fois": 0.5}, {"par": "mois", "plafond": 5}, {"par": "mois", "unites": "1", "plus": 5}):
            found = self.account(planning, tarif=tarif, modification={"lundi": {**monday, **verb}})
            codes.append([one.unpriced.code for one in found.unsettled])

        assert codes == [["prix-changeant"], ["portee-partielle"], ["portee-partielle"]]


class TestFiles:
    """Windows in files."""

    @pytest.mark.parametrize("name", tuple(VECTORS))
    def test_a_reglement_of_windows_reads_back(self, name: str) -> None:
        """Counters, windows, units and totals equal what is read from their plain form."""
        reglement = engine_of(name).reglement

        assert engine_from_text(json.dumps(reglement.plain()), name="essai.json").reglement == reglement


class TestAids:
    """The price before an aid is told beside the price (S4.2, S10.5)."""

    def test_the_price_before_an_aid(self) -> None:
        """-20 % of 3.05 is 2.44; before the aid it was 3.05."""
        (_, tom) = account_of("deuxieme-enfant", 0).entries

        assert (tom.charge.amount_cents, tom.charge.before_aid_cents) == (244, 305)

    def test_an_aid_on_a_total_is_its_own_line(self) -> None:
        """An aid on the total of a month is a line that was nothing before it."""
        sections = {
            "creneaux": {"matin": ""},
            "tarif": {"matin": {"par": "creneau", "prix": 3}},
            "modification": {"ccas": {"nom": "Aide du CCAS", "par": "mois", "moins": 5, "aide": True}},
        }
        desk = desk_of(engine_with(**sections), {}, ["lea"])
        found = charges(desk, holding({"lea": {MONDAY: ["matin"], TUESDAY: ["matin"]}}), now=OVER)

        assert [(one.charge.label, one.charge.amount_cents, one.charge.before_aid_cents) for one in found.entries] == [
            ("Matin", 300, 300),
            ("Matin", 300, 300),
            ("Aide du CCAS", -500, 0),
        ]
        alone = charges(desk, holding({"lea": {MONDAY: ["matin"]}}), now=OVER)
        assert alone.total_cents == 0

    def test_an_aid_that_reads_another_bracket(self) -> None:
        """An aid may be the bracket below: before it, the price is that of the bracket itself."""
        sections = {
            **TestReading.QF,
            "tarif": {"repas": {"par": "creneau", "selon": "qf", "prix": {"A": 1, "B": 2}}},
            "modification": {"aidee": {"tranche": "-1", "sauf": {"tranches": "A"}, "aide": True}},
        }
        desk = Desk(engine_with(**sections), Facts.of(quotient=700), "lea")
        (entry,) = charges(desk, holding({"lea": {MONDAY: ["matin"]}}), now=OVER).entries

        assert (entry.charge.amount_cents, entry.charge.before_aid_cents) == (100, 200)


ONE: dict[str, Any] = {"creneaux": {"matin": "", "soir": ""}, "tarif": {"tout": {"par": "creneau", "prix": 1}}}
NUMBER = {"compte": "jours", "par": "semaine"}
UNCOVERED = {"trimestre": {"parties": [{"nom": "T1", "du": "2026-09-01", "au": "2026-12-31"}]}}


class TestRefusedAtLoad:
    """What cannot be counted, or cannot be priced for certain, is refused when the file is read (S1.2)."""

    @pytest.mark.parametrize(
        ("sections", "path", "says"),
        (
            ({"compte": {"n": {"compte": "enfants", "par": "jour"}}}, "compte.n.compte", "au foyer"),
            ({"compte": {"n": {"compte": "créneaux", "par": "mois", "rang": True}}}, "compte.n.rang", "unites"),
            ({"compte": {"n": {"compte": "jours", "par": "mois du foyer", "rang": True}}}, "compte.n.rang", "dates"),
            ({"compte": {"n": {"compte": "jours", "par": "jour", "rang": True}}}, "compte.n.rang", "toujours 1"),
            ({"compte": {"n": {"compte": "jour", "par": "jour"}}}, "compte.n.compte", "jours"),
            ({"compte": {"n": {"compte": "jours", "par": "lune"}}}, "compte.n.par", "ni un [decoupage]"),
            ({"compte": {"n": NUMBER}, "faits": {"n": "nombre"}}, "compte.n", "déjà un fait"),
            (
                {"compte": {"n": NUMBER}, "regle": {"r": {"qui": {"n": 1}, "creneaux": "matin", "bloque": "soir"}}},
                "regle.r.qui.n",
                "ne se lit que dans tarif",
            ),
            (
                {"compte": {"n": NUMBER}, "acces": {"a": {"exige": {"n": "à partir de 2"}}}},
                "acces.a.exige.n",
                "ne se lit que dans tarif",
            ),
            (
                {"compte": {"n": NUMBER}, "capacite": {"c": {"qui": {"n": 2}, "enfants": 9}}},
                "capacite.c.qui.n",
                "ne se lit que dans tarif",
            ),
            (
                {"compte": {"n": {**NUMBER, "qui": {"m": 1}}, "m": NUMBER}},
                "compte.n.qui.m",
                "ne se lit que dans tarif",
            ),
            (
                {"compte": {"n": NUMBER}, "modification": {"m": {"comme": {"n": 1}}}},
                "modification.m.comme.n",
                "suppose un fait",
            ),
            (
                {
                    "compte": {"n": NUMBER},
                    "grille": {"g": {"mesure": "n", "lu": "tronqué", "tranches": {"A": "à partir de 0"}}},
                },
                "grille.g.lu",
                'lu = "compte"',
            ),
            (
                {
                    "faits": {"n": "nombre"},
                    "grille": {"g": {"mesure": "n", "lu": "compte", "tranches": {"A": "à partir de 1"}}},
                },
                "grille.g.lu",
                'lu = "compte"',
            ),
            (
                {
                    "compte": {"n": NUMBER},
                    "grille": {"g": {"mesure": "n", "lu": "compte", "tranches": {"A": "1", "B": "à partir de 3"}}},
                },
                "grille.g.tranches",
                "trou à 2, entre",
            ),
            (
                {"decoupage": UNCOVERED, "compte": {"n": {"compte": "jours", "par": "trimestre"}}},
                "compte.n.par",
                "aucune partie de « trimestre » le 2027-01-01",
            ),
            (
                {"decoupage": UNCOVERED, "modification": {"m": {"par": "trimestre", "plafond": 9}}},
                "modification.m.par",
                "aucune partie",
            ),
            ({"modification": {"m": {"unites": "de 1 à 2", "plus": 1}}}, "modification.m.unites", "quelle fenêtre"),
            ({"modification": {"m": {"par": "mois", "prix": 1}}}, "modification.m.par", "ajoutez unites"),
            (
                {"modification": {"m": {"unites": "1", "par": "mois du foyer", "plus": 1}}},
                "modification.m.par",
                "ordre publié",
            ),
            (
                {"faits": {"pai": "oui ou non"}, "modification": {"m": {"aide": True, "comme": {"pai": True}}}},
                "modification.m.comme",
                "avant tout prix",
            ),
            (
                {"modification": {"m": {"par": "mois", "plafond": 9}, "n": {"par": "mois du foyer", "fois": 0.5}}},
                "prix.ordre",
                "lequel d'abord",
            ),
            (
                {"modification": {"m": {"par": "mois", "unites": "1", "plus": 1}, "n": {"fois": 0.5}}},
                "prix.ordre",
                "lequel d'abord",
            ),
        ),
    )
    def test_it_is_told_where_and_how_to_mend_it(self, sections: dict[str, Any], path: str, says: str) -> None:
        """Each is one message with its path and its way out."""
        (text,) = faults(**ONE, **sections)

        assert text.startswith(f"{path} : ")
        assert says in text

    @pytest.mark.parametrize(
        ("tarif", "path", "says"),
        (
            ({"par": "mois", "prix": 1, "lu_le": "lundi"}, "tarif.tout.lu_le", "premier jour"),
            ({"par": "jour", "prix": 1, "prorata": "jours réservés"}, "tarif.tout.prorata", "parle d'une fenêtre"),
            ({"par": "jour", "prix": 1, "lu_le": "premier jour"}, "tarif.tout.lu_le", "parle d'une fenêtre"),
            ({"par": "lune rousse", "prix": 1}, "tarif.tout.par", "« mois du foyer »"),
            (
                {"par": "repas", "prix": 1},
                "tarif.tout.par",
                (
                    "connus : 2 semaines depuis le 2026-09-07, année civile, année scolaire, créneau, demi-heure, heure, "
                    "jour, mois, mois du foyer, période, quart d'heure, semaine"
                ),
            ),
        ),
    )
    def test_a_tariff_that_speaks_of_no_window(self, tarif: dict[str, Any], path: str, says: str) -> None:
        """What speaks of a stretch needs one, and a scope is one of those that are known."""
        (text,) = faults(creneaux={"matin": ""}, tarif={"tout": tarif})

        assert text.startswith(path)
        assert says in text

    def test_two_packages_for_one_slot(self) -> None:
        """Two tariffs over windows that cover one slot on one date are refused, but a supplement is none of them."""
        two = {"a": {"par": "mois", "prix": 12}, "b": {"par": "semaine", "prix": 3}}
        (text,) = faults(creneaux={"matin": ""}, tarif=two)

        assert "couvrent tous deux matin" in text
        assert engine_with(
            creneaux={"matin": ""}, tarif={"a": two["a"], "b": {**two["b"], "en_plus": True}}
        ).prices.extras

    def test_a_supplement_is_no_price(self) -> None:
        """A slot that only a supplement covers has no price of its own."""
        (text,) = faults(creneaux={"matin": ""}, tarif={"a": {"par": "mois", "prix": 12, "en_plus": True}})

        assert "aucun tarif ne couvre matin" in text

    def test_a_supplement_is_changed_by_name(self) -> None:
        """A modification changes a supplement only where `tarifs` names it, and may then name some slots alone."""
        sections: dict[str, Any] = {
            "creneaux": {"matin": "", "repas": ""},
            "tarif": {"tout": {"par": "creneau", "prix": 2}, "adhesion": {"en_plus": True, "par": "mois", "prix": 8}},
            "modification": {"repas": {"creneaux": "repas", "fois": 2}},
        }
        planning = holding({"lea": {MONDAY: ["matin", "repas"]}})

        assert charges(desk_of(engine_with(**sections), {}, ["lea"]), planning, now=OVER).total_cents == 1400
        sections["modification"]["repas"] = {"tarifs": "adhesion", "fois": 2}
        assert charges(desk_of(engine_with(**sections), {}, ["lea"]), planning, now=OVER).total_cents == 2000

    def test_counts_leave_no_hole(self) -> None:
        """Tariffs by number of days must price every number that a week can hold, and no other."""
        tarif = {f"j{n}": {"qui": {"n": n}, "par": "creneau", "prix": n} for n in (1, 2, 3, 4, 5)}
        sections = {"creneaux": {"matin": ""}, "compte": {"n": NUMBER}}

        assert engine_with(**sections, tarif=tarif).prices.windowed
        (text,) = faults(**sections, tarif={code: one for code, one in tarif.items() if code != "j3"})
        assert "n = 3" in text

    def test_formules_of_a_window_price_every_union(self) -> None:
        """What different dates hold adds up in a window: matin and soir need a row together."""
        sections: dict[str, Any] = {
            "creneaux": {"matin": "", "soir": ""},
            "regle": {"un": {"creneaux": "matin", "bloque": "soir"}},
            "formule": {"m": {"ensembles": [["matin"]]}, "s": {"ensembles": [["soir"]]}},
            "tarif": {"mois": {"par": "mois", "prix": {"m": 10, "s": 12}}},
        }
        (text,) = faults(**sections)

        assert "matin + soir" in text
        sections["formule"]["deux"] = {"ensembles": [["matin", "soir"]]}
        sections["tarif"]["mois"]["prix"]["deux"] = 20
        planning = holding({"lea": {MONDAY: ["matin"], TUESDAY: ["soir"]}})
        assert charges(desk_of(engine_with(**sections), {}, ["lea"]), planning, now=OVER).total_cents == 2000

    def test_a_counter_over_two_periodes(self) -> None:
        """A counter by période names slots of one période at a time."""
        plain = plain_reglement({**ONE, "compte": {"n": {"compte": "jours", "par": "période"}}})
        plain["mode"]["autre"] = {"nom": "Autre", "etablissement": "ecole", "offre": [{"code": "bus", "nom": "Bus"}]}
        plain["periode"]["autre"] = {**plain["periode"]["annee"], "mode": "autre", "nom": "Autre"}
        with pytest.raises(InvalidReglementError, match="plusieurs périodes le 2026-09-01"):
            engine_from_text(json.dumps(plain), name="essai.json")


class TestUnknown:
    """Nothing is guessed over a window either (S1.5)."""

    def test_a_total_with_an_unknown_part(self) -> None:
        """The total of a month of which a part has no price is not known; nor are ranks after it."""
        sections: dict[str, Any] = {
            "creneaux": {"matin": "", "soir": ""},
            "faits": {"quotient": "nombre"},
            "tarif": {
                "matin": {"creneaux": "matin", "par": "creneau", "prix": 3},
                "soir": {"creneaux": "soir", "par": "creneau", "selon": "quotient", "prix": {"taux": 0.01}},
            },
        }
        planning = holding({"lea": {MONDAY: ["matin"], TUESDAY: ["soir"]}})
        cap = {"cap": {"par": "mois", "plafond": 5}}
        found = charges(desk_of(engine_with(**sections, modification=cap), {}, ["lea"]), planning, now=OVER)
        assert [one.unpriced.code for one in found.unsettled] == ["fait-manquant", "total-indecis"]

        sections["tarif"]["soir"] = {
            "creneaux": "soir", "par": "creneau", "qui": {"quotient": "moins de 500"}, "prix": 1
        }  # fmt: skip
        sections["tarif"]["soir-2"] = {
            "creneaux": "soir", "par": "creneau", "qui": {"quotient": "à partir de 500"}, "prix": 2
        }  # fmt: skip
        first = {"premiers": {"par": "mois", "unites": "de 1 à 2", "fois": 2}}
        found = charges(desk_of(engine_with(**sections, modification=first), {}, ["lea"]), planning, now=OVER)
        assert [one.unpriced.code for one in found.unsettled] == ["fait-manquant", "rang-indecis"]

    def test_a_unit_without_a_price_keeps_its_rank(self) -> None:
        """Two first late meals at an unpublished price are units all the same: the third is not one of them."""
        sections: dict[str, Any] = {
            "creneaux": {"soir": ""},
            "tarif": {"soir": {"creneaux": "soir", "par": "creneau", "prix": 4}},
            "modification": {"premiers": {"par": "mois", "unites": "de 1 à 2", "plus": "non publié"}},
        }
        days = {MONDAY: ["soir"], TUESDAY: ["soir"], "2026-09-09": ["soir"]}
        found = charges(desk_of(engine_with(**sections), {}, ["lea"]), holding({"lea": days}), now=OVER)

        assert [one.unpriced.code for one in found.unsettled] == ["non-publie", "non-publie"]
        assert [one.charge.amount_cents for one in found.entries] == [400]
        assert all(one.unpriced.sentence() != one.unpriced.sentence("en") for one in found.unsettled)

    def test_weeks_that_lie_in_two_months(self) -> None:
        """A discount of a week that lies in two months leaves the caps of both unknown."""
        sections: dict[str, Any] = {
            "creneaux": {"matin": ""},
            "tarif": {"matin": {"par": "creneau", "prix": 3}},
            "modification": {"semaine": {"par": "semaine", "fois": 0.5}, "cap": {"par": "mois", "plafond": 2}},
            "prix": {"ordre": ["semaine", "cap"]},
        }
        desk = desk_of(engine_with(**sections), {}, ["lea"])
        inside = charges(desk, holding({"lea": {MONDAY: ["matin"], TUESDAY: ["matin"]}}), now=OVER)
        astride = charges(desk, holding({"lea": {"2026-09-30": ["matin"], "2026-10-01": ["matin"]}}), now=OVER)

        assert [one.charge.amount_cents for one in inside.entries] == [300, 300, -300, -100]
        assert {one.unpriced.code for one in astride.unsettled} == {"portee-partielle"}

    def test_a_child_of_whom_nothing_is_known(self) -> None:
        """A sibling whose facts were not given is counted all the same; his own price is unknown where facts decide."""
        engine = engine_of("deuxieme-enfant")
        desk = Desk(engine, Facts.of(rang=1), "lea")
        found = charges(desk, holding({"lea": {MONDAY: ["repas"]}, "tom": {MONDAY: ["repas"]}}), now=OVER)

        assert [(one.child, one.charge.amount_cents) for one in found.entries] == [("lea", 305)]
        assert [(one.child, one.unpriced.code) for one in found.unsettled] == [("tom", "fait-manquant")]
        jauldes = Desk(engine_of("jauldes"), Facts(), "lea")
        both = holding({"lea": {MONDAY: ["matin"]}, "tom": {MONDAY: ["soir"]}})
        assert charges(jauldes, both, now=OVER).total_cents == 465

    @pytest.mark.parametrize(
        ("sections", "code"),
        (
            ({"tarif": {"t": {"par": "mois", "prix": 9}}}, "planning-partiel"),
            ({"modification": {"m": {"par": "mois", "plafond": 9}}}, "planning-partiel"),
            ({"modification": {"m": {"par": "mois", "unites": "1", "plus": 9}}}, "planning-partiel"),
            ({"compte": {"n": NUMBER}, "modification": {"m": {"qui": {"n": 1}, "plus": 9}}}, "fait-manquant"),
        ),
    )
    def test_a_planning_that_leaves_a_mode_out(self, sections: dict[str, Any], code: str) -> None:
        """What counts, or pays for, slots of a mode that the planning does not tell is not known."""
        plain = plain_reglement({"creneaux": {"matin": ""}, "tarif": {"t": {"par": "creneau", "prix": 1}}, **sections})
        plain["mode"]["autre"] = {"nom": "Autre", "etablissement": "ecole", "offre": [{"code": "bus", "nom": "Bus"}]}
        plain["periode"]["autre"] = {**plain["periode"]["annee"], "mode": "autre"}
        desk = Desk(engine_from_text(json.dumps(plain), name="essai.json"), Facts(), "lea")
        whole = holding({"lea": {MONDAY: ["matin"]}})
        found = charges(desk, replace(whole, modes=("jour",)), now=OVER)

        assert {one.unpriced.code for one in found.unsettled} == {code}
        assert charges(desk, whole, now=OVER).unsettled == ()

    def test_a_slot_that_is_no_longer_open(self) -> None:
        """What is held out of the période, or beyond the calendar, has no période to be paid for."""
        desk = desk_of(engine_of("haveluy"), {}, ["lea"])
        found = charges(desk, holding({"lea": {"2026-08-10": ["journee"], "2030-01-01": ["journee"]}}), now=OVER)

        assert [one.unpriced.code for one in found.unsettled] == ["hors-fenetre", "hors-fenetre"]


class TestLaws:
    """Lines add up; two halves cost the whole; the order of booking does not matter (S10.6, S11)."""

    NAMES = tuple(
        name for name in VECTORS if name not in {"haveluy-tableau", "deuxieme-enfant", "noyers", "tranche-inferieure"}
    )

    @staticmethod
    def chosen(name: str, random: Random) -> dict[tuple[str, date], list[str]]:
        """Some dates of two children around a change of month, each with slots that the rules allow."""
        slots = list(VECTORS[name]["creneaux"])
        keep = {"haveluy": "journee", "minibus": "soir"}.get(name)
        days = [date(2026, 9, day) for day in (2, 9, 16, 23, 28, 29, 30)] + [date(2026, 10, day) for day in (1, 2, 7)]
        found = {}
        for child in ("lea", "tom"):
            for day in random.sample(days, 5):
                taken = {one for one in slots if random.random() < 0.6} | ({keep} if keep else set())
                found[child, day] = sorted(taken) or slots[:1]
        return found

    @pytest.mark.parametrize("name", NAMES)
    def test_a_demande_in_two_halves_costs_the_whole(self, name: str) -> None:
        """From one planning to another through any third one, the sum is the same, and is that of the accounts."""
        random, desk = Random(name), desk_of(engine_of(name), {}, ["lea", "tom"])
        for _ in range(15):
            before, after, extra = (Planning.of(self.chosen(name, random)) for _ in range(3))
            whole = difference(desk, before, after, now=AUGUST).total_cents
            halves = [difference(desk, *pair, now=AUGUST).total_cents for pair in ((before, extra), (extra, after))]
            was, will = (charges(desk, one, now=AUGUST).total_cents for one in (before, after))

            assert None not in (whole, was, will, *halves)
            assert whole == sum(one or 0 for one in halves) == (will or 0) - (was or 0)

    @pytest.mark.parametrize("name", NAMES)
    def test_the_order_of_booking_does_not_matter(self, name: str) -> None:
        """Dates booked one by one, in any order, cost in all what they cost at once; every récapitulatif adds up."""
        random, desk = Random(name), desk_of(engine_of(name), {}, ["lea", "tom"])
        for _ in range(3):
            days = {day: slots for (child, day), slots in self.chosen(name, random).items() if child == "lea"}
            at_once = recapitulatif(decide(desk, Planning(), Demande.of("lea", "annee", days), now=AUGUST)).total_cents
            for order in random.sample(list(permutations(days)), 4):
                planning, paid = Planning(), 0
                for day in order:
                    verdict = decide(desk, planning, Demande.of("lea", "annee", {day: days[day]}), now=AUGUST)
                    found = recapitulatif(verdict)
                    assert verdict.allowed
                    assert found.total_cents == sum(line.amount_cents for line in found.lines)
                    assert all(line.quantity * line.unit_cents == line.amount_cents for line in found.lines)
                    paid, planning = paid + (found.total_cents or 0), verdict.after

                assert paid == at_once

    @pytest.mark.parametrize("name", NAMES)
    def test_a_box_costs_what_its_demande_costs(self, name: str) -> None:
        """The price on a box is the total of the récapitulatif of ticking it (S1.3)."""
        random, desk = Random(name), desk_of(engine_of(name), {}, ["lea", "tom"])
        seen = 0
        for _ in range(5):
            planning, day = Planning.of(self.chosen(name, random)), date(2026, 9, 15)
            for box in boxes(desk, day, now=AUGUST, planning=planning).boxes:
                if box.price_cents is not None and box.variant is Variant.NORMAL:
                    verdict = decide(desk, planning, Demande.of("lea", "annee", {day: [box.slot]}), now=AUGUST)
                    assert recapitulatif(verdict).total_cents == box.price_cents
                    seen += 1
        assert seen
