"""Rules over windows told as stories with numbers worked out by hand (S5.4, S6.2, S6.6, S8, S9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from clae_rules import (
    Closure,
    DayVerdict,
    Demande,
    Desk,
    Engine,
    Facts,
    Fate,
    Grain,
    Held,
    InvalidReglementError,
    Late,
    Occupancy,
    Override,
    Pattern,
    Planning,
    Status,
    Verdict,
    boxes,
    check_day,
    decide,
    engine_from_text,
    recopie,
    repairs,
)
from clae_rules.boxes import BoxState
from clae_rules.selectors import When
from clae_rules.variants import Variant
from clae_rules.window_repairs import window_repairs
from clae_rules.windows import parse_window

ROOT: Final = Path(__file__).parents[1]
PARIS: Final = ZoneInfo("Europe/Paris")
NOW: Final = datetime(2026, 8, 1, 9, tzinfo=PARIS)
BASE: Final = """
[reglement]
code = "essai"
nom = "Essai"
fuseau = "Europe/Paris"
source = "doc"
[document.doc]
titre = "Règlement"
[jours]
du = 2026-06-01
au = 2027-08-31
feries = [2026-11-11, 2027-01-01]
[faits]
pai = "oui ou non"
[etablissement.e]
nom = "École"
[mode.cantine]
nom = "Cantine"
etablissement = "e"
offre = [{ code = "repas", nom = "Repas" }]
[mode.centre]
nom = "Centre de loisirs"
etablissement = "e"
offre = [{ code = "matin", nom = "Matin" }, { code = "apres", nom = "Après-midi" }]
[periode.ecole]
nom = "Année 2026-2027"
mode = "cantine"
du = 2026-09-03
au = 2027-07-02
quand.jour = ["lundi", "mardi", "mercredi", "jeudi", "vendredi"]
quand.type = "ordinaire"
[periode.centre]
nom = "Mercredis d'automne"
mode = "centre"
du = 2026-09-09
au = 2026-10-07
quand.jour = ["lundi", "mercredi"]
[formule.journee]
ensembles = [["matin", "apres"]]
[tarif.t]
par = "créneau"
prix = 1
"""
OPEN: Final = """
[delai.d]
reserver = "sans limite"
annuler = [{ limite = "sans limite", a_payer = "rien" }]
"""
LATE_PRICE: Final = '[modification.tard]\nvariante = "hors-delai"\nfois = 1\n'
#: The week of Monday 7 September 2026, all of whose five days are open.
WEEK: Final = tuple(date(2026, 9, 7) + timedelta(days=n) for n in range(5))


def made(rules: str, deadlines: str = OPEN) -> Engine:
    """The small règlement with some rules."""
    return engine_from_text(BASE + deadlines + rules)


def desk(rules: str, deadlines: str = OPEN) -> Desk:
    """Léa before the small règlement with some rules; Tom is her brother."""
    return Desk(made(rules, deadlines), Facts.of(pai=False), "lea", {"tom": Facts.of(pai=False)})


def held(
    days: Iterable[date], slots: Iterable[str] = ("repas",), child: str = "lea"
) -> dict[tuple[str, date], list[str]]:
    """What a child holds on some dates."""
    return {(child, day): list(slots) for day in days}


def asked(
    one: Desk, wanted: Mapping[date, Iterable[str]], before: Planning | None = None, periode: str = "ecole", **more: Any
) -> Verdict:
    """The verdict of some wishes for Léa."""
    return decide(one, before or Planning(), Demande.of("lea", periode, wanted), now=NOW, **more)


def meals(*days: date) -> dict[date, list[str]]:
    """A meal on each of some dates."""
    return {day: ["repas"] for day in days}


class TestClosedDates:
    """S1.5, S5.4: a règlement silent on a window that the service then shortens leaves it undecided."""

    STRIKE: Final = Closure(code="greve", motive="grève", when=When(dates=(WEEK[2],)))

    @pytest.mark.parametrize("verb", ("au_moins = 5", "exactement = 5"))
    def test_what_a_closure_leaves_too_short_is_undecided(self, verb: str) -> None:
        """Five open days of a week, then four by a strike: neither « all of them » nor « nothing » is guessed."""
        rule = f'[regle.cinq]\ncreneaux = "repas"\npar = "semaine"\ncompte = "jours"\n{verb}\n'
        rule += "quand.du = 2026-09-07\nquand.au = 2026-10-16\n"
        one, left = desk(rule), meals(*WEEK[:2], *WEEK[3:])
        assert asked(one, meals(*WEEK)).allowed
        assert asked(one, left).status is Status.REFUSED
        shut = one.closing(self.STRIKE)
        found = asked(shut, left)
        assert (found.status, {told.code for told in found.doubts}) == (Status.UNDECIDED, {"fenetre-trop-courte"})
        assert found.doubts[0].sentence().startswith("semaine du 07/09/2026 : trop peu de jours ouverts")
        assert all("si_moins_ouverts" in found.doubts[0].sentence(lang) for lang in ("fr", "en"))
        assert boxes(shut, WEEK[0], now=NOW, planning=Planning()).box("repas").state is BoxState.UNDECIDED
        assert asked(shut, meals(*(day + timedelta(days=7) for day in WEEK))).allowed
        said = desk(rule + 'si_moins_ouverts = "tous"\n').closing(self.STRIKE)
        assert asked(said, left).allowed
        assert asked(said, meals(WEEK[0])).status is Status.REFUSED


class TestWholeWeeks:
    """« inscription à la semaine complète uniquement »: all or none over the open dates of the week."""

    RULE: Final = '[regle.semaine]\ncreneaux = "repas"\npar = "semaine"\ntout_ou_rien = true\n'

    def test_one_day_of_a_week_is_refused_and_names_the_others(self) -> None:
        """The violation is told once, with the dates held, those that are missing, and the window's name."""
        [told] = asked(desk(self.RULE), meals(WEEK[0], WEEK[1])).violations

        assert (told.code, told.rule, told.day, told.window) == (
            "tout-ou-rien", "semaine", date(2026, 9, 7), "semaine du 07/09/2026",
        )  # fmt: skip
        assert (told.dates, told.missing_dates) == (WEEK[:2], WEEK[2:])
        assert told.text() == (
            "« Repas », semaine du 07/09/2026 : tout ou rien, ici 2 (07/09, 08/09) ; ajoutez 09/09, 10/09, 11/09 (doc)"
        )
        assert told.text("en") == (
            "« Repas », week of 2026-09-07: all or none, here 2 (2026-09-07, 2026-09-08); "
            "add 2026-09-09, 2026-09-10, 2026-09-11 (doc)"
        )

    @pytest.mark.parametrize(
        "days",
        (
            WEEK,
            (date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 12), date(2026, 11, 13)),
            (date(2026, 9, 3), date(2026, 9, 4)),
            (date(2027, 6, 28), date(2027, 6, 29), date(2027, 6, 30), date(2027, 7, 1), date(2027, 7, 2)),
        ),
    )
    def test_a_week_is_its_open_dates_inside_the_periode(self, days: tuple[date, ...]) -> None:
        """A férié is no date of its week, nor is what the période's first day cuts off."""
        one = desk(self.RULE)
        assert asked(one, meals(*days)).allowed
        assert asked(one, meals(*days[:-1])).status is Status.REFUSED

    def test_an_agent_may_leave_one_date_out_of_its_window(self) -> None:
        """S6.7: a week without the Friday that an agent excused is whole, and the answer says what was set aside."""
        friday = Override(rules=("semaine",), child="lea", agent="A", reason="dentiste", instant=NOW, days=(WEEK[4],))
        verdict = asked(desk(self.RULE), meals(*WEEK[:4]), Planning((), (friday,)))

        assert verdict.allowed
        assert {one.outcome.waived for one in verdict.days} == {("semaine",)}

    def test_a_date_that_an_agent_left_out_falls_with_no_other(self) -> None:
        """S6.6, S6.7: day by day, a date set aside is granted though the rest of its week is not."""
        friday = Override(rules=("semaine",), child="lea", agent="A", reason="dentiste", instant=NOW, days=(WEEK[4],))
        verdict = asked(desk(self.RULE), meals(WEEK[0], WEEK[4]), Planning((), (friday,)), grain=Grain.DAY_BY_DAY)

        assert [one.status for one in verdict.days] == [Status.REFUSED, Status.ALLOWED]

    def test_a_recopie_takes_weeks_whole_or_not_at_all(self) -> None:
        """S9, S6.6: a week of which one date can no longer be booked falls whole, each date with its reason."""
        late = '\n[delai.d]\nreserver = "le jour même, avant 08:00"\nannuler = "jamais"\n'
        tuesday = datetime(2026, 9, 8, 9, tzinfo=PARIS)
        pattern = Pattern(
            model=tuple((n, ("repas",)) for n in range(5)), first_day=date(2026, 9, 7), last_day=date(2026, 9, 18)
        )
        found = recopie(desk(self.RULE, late), Planning(), pattern, periode="ecole", now=tuesday)

        assert found.of(Fate.REFUSED) == WEEK
        assert found.of(Fate.APPLIED) == tuple(date(2026, 9, 14) + timedelta(days=n) for n in range(5))
        reasons = {one.day: one.reason() for one in found.dates}
        assert reasons[WEEK[2]] == (
            "semaine du 07/09/2026 : ses dates vont ensemble, et 07/09/2026, 08/09/2026 n'est pas accepté"
        )
        assert "trop tard depuis le" in reasons[WEEK[0]]

    def test_a_date_left_only_late_takes_its_week_with_it(self) -> None:
        """S9.3: a recopie that does not take the late variant applies no part of that week, and all of it if it does."""
        late = (
            '\n[delai.d]\nreserver = [\n{ limite = "1 jours calendaires avant la date, avant 08:00", variante = "normal" },\n'
            '{ limite = "le jour même, avant 08:00", variante = "hors-delai" },\n]\nannuler = "jamais"\n'
        )
        sunday = datetime(2026, 9, 6, 12, tzinfo=PARIS)
        pattern = Pattern(model=tuple((n, ("repas",)) for n in range(5)), first_day=WEEK[0], last_day=WEEK[4])
        one = desk(self.RULE + LATE_PRICE, late)

        assert recopie(one, Planning(), pattern, periode="ecole", now=sunday).of(Fate.REFUSED) == WEEK
        taken = recopie(one, Planning(), pattern, periode="ecole", now=sunday, late=Late.ACCEPT)
        assert taken.of(Fate.APPLIED) == WEEK

    def test_a_waiting_place_makes_its_whole_week_wait(self) -> None:
        """S5.6: where the firm dates alone would break the week, they wait with the pending one and fall with it."""
        pool = '[capacite.salle]\ncreneaux = "repas"\nenfants = 20\nattente = true\nquand.jour = "vendredi"\n'
        one = desk(self.RULE + pool)
        room = Occupancy.of({("salle", WEEK[4]): 20})
        verdict = asked(one, meals(*WEEK), occupancy=room)

        assert verdict.allowed
        assert {day: why for day, _, why in verdict.pending} == {
            **dict.fromkeys(WEEK[:4], "avec repas le 11/09/2026"), WEEK[4]: "liste-d-attente",
        }  # fmt: skip


class TestWaitingSlots:
    """S5.6 over windows: what waits for another date may leave a held slot of its own date without company."""

    RULES: Final = """
[regle.semaine]
creneaux = "apres"
par = "semaine"
tout_ou_rien = true
[regle.compagnie]
creneaux = "matin"
seulement_avec_un_de = ["apres", "soir"]
[capacite.salle]
creneaux = "apres"
enfants = 20
attente = true
quand.jour = "mercredi"
"""
    MONDAY, WEDNESDAY = date(2026, 9, 14), date(2026, 9, 16)

    @pytest.mark.parametrize("grain", tuple(Grain))
    def test_a_held_slot_cannot_wait_with_its_new_companion(self, grain: Grain) -> None:
        """Monday's morning, its evening given up for an afternoon that waits for Wednesday's, would stand alone."""
        three = BASE.replace('nom = "Après-midi" }]', 'nom = "Après-midi" }, { code = "soir", nom = "Soir" }]')
        one = Desk(engine_from_text(three + OPEN + self.RULES), Facts.of(pai=False), "lea")
        before = Planning.of(held([self.MONDAY], ["matin", "soir"]))
        wanted, room = {self.MONDAY: ["matin", "apres"], self.WEDNESDAY: ["apres"]}, {("salle", self.WEDNESDAY): 20}

        verdict = asked(one, wanted, before, "centre", occupancy=Occupancy.of(room), grain=grain)
        assert verdict.status is Status.REFUSED
        assert [told.rule for told in verdict.days[0].violations] == ["compagnie"]
        kept = {**wanted, self.MONDAY: ["matin", "apres", "soir"]}
        verdict = asked(one, kept, before, "centre", occupancy=Occupancy.of(room), grain=grain)
        assert verdict.pending == (
            (self.MONDAY, "apres", "avec apres le 16/09/2026"), (self.WEDNESDAY, "apres", "liste-d-attente"),
        )  # fmt: skip


class TestDaysToLeaveFree:
    """« la famille doit laisser deux mercredis libres par période »."""

    RULE: Final = '[regle.libres]\ncreneaux = "centre"\npar = "période"\nlaisse_libre = 2\nquand.jour = "mercredi"\n'
    #: The five Wednesdays of the période.
    WEDNESDAYS: Final = tuple(date(2026, 9, 9) + timedelta(weeks=n) for n in range(5))

    def test_all_but_two_may_be_booked(self) -> None:
        """Of five open Wednesdays three may be held; a Wednesday of two half-days is one day; Mondays do not count."""
        one, mondays = desk(self.RULE), {date(2026, 9, 14): ["matin"], date(2026, 9, 21): ["matin"]}
        three = {day: ["matin", "apres"] for day in self.WEDNESDAYS[:3]}

        assert asked(one, {**three, **mondays}, periode="centre").allowed
        [told] = asked(one, {**three, self.WEDNESDAYS[4]: ["matin"]}, periode="centre").violations
        assert told.sentence() == (
            "« Matin » et « Après-midi », Mercredis d'automne : laissez 2 jours libres, ici 09/09, 16/09, 23/09, 07/10"
        )
        assert told.sentence("en").endswith("leave 2 days free, here 2026-09-09, 2026-09-16, 2026-09-23, 2026-10-07")


class TestAtMostAMonth:
    """« dix repas par mois au plus »."""

    RULE: Final = '[regle.mois]\ncreneaux = "repas"\npar = "mois"\nau_plus = 10\n'
    #: The open dates from Thursday 3 to Friday 25 September, in order.
    DAYS: Final = tuple(date(2026, 9, 3) + timedelta(days=n) for n in range(24) if (n + 3) % 7 < 5)

    def test_each_month_has_its_own_count(self) -> None:
        """Ten meals in September and ten in October go through; an eleventh does not."""
        one = desk(self.RULE)
        october = [date(2026, 10, 5) + timedelta(days=n) for n in range(12) if n % 7 < 5]

        assert len(october) == 10
        assert asked(one, meals(*self.DAYS[:10], *october)).allowed
        [told] = asked(one, meals(*self.DAYS[:11], *october)).violations
        assert (told.window, told.param("compte")) == ("septembre 2026", 11)
        assert told.sentence().startswith("« Repas », septembre 2026 : pas plus de 10 créneaux, ici 11 (03/09, 04/09,")
        assert told.sentence().endswith("14/09 et 3 autres)")

    def test_day_by_day_the_first_dates_are_granted(self) -> None:
        """S6.6: limits grant dates in their order and refuse the rest, what is held counted first."""
        before = Planning.of(held(self.DAYS[10:12]))
        verdict = asked(desk(self.RULE), meals(*reversed(self.DAYS[:10])), before, grain=Grain.DAY_BY_DAY)

        assert tuple(one.day for one in verdict.granted) == self.DAYS[:8]
        assert {one.code for day in verdict.days[8:] for one in day.violations} == {"au-plus"}
        assert len(verdict.after.of_child("lea")) == 10

    def test_a_date_given_back_leaves_room_for_those_after_it(self) -> None:
        """S6.6: judged whole, a swap goes through; day by day, only if the date given back comes first."""
        one, before = desk(self.RULE), Planning.of(held(self.DAYS[1:11]))
        early, late = {**meals(self.DAYS[0]), self.DAYS[5]: []}, {**meals(self.DAYS[11]), self.DAYS[5]: []}

        assert asked(one, early, before).allowed
        for swap, granted in ((early, 1), (late, 2)):
            assert len(asked(one, swap, before, grain=Grain.DAY_BY_DAY).granted) == granted

    def test_a_violation_of_before_is_inherited_unless_the_demande_adds_to_it(self) -> None:
        """S6.2: twelve held of ten may be lowered, never raised or moved; another month is not looked at."""
        one, before = desk(self.RULE), Planning.of(held(self.DAYS[:12]))
        lowered = asked(one, {self.DAYS[0]: []}, before)
        assert lowered.allowed
        assert [told.code for told in lowered.days[0].inherited] == ["au-plus"]
        assert asked(one, {self.DAYS[0]: [], **meals(self.DAYS[13])}, before).status is Status.REFUSED
        october = asked(one, meals(date(2026, 10, 5)), before)
        assert october.allowed
        assert october.days[0].inherited == ()

    def test_the_late_variant_alone_may_be_counted(self) -> None:
        """S2.3: « deux repas hors délai par mois » says nothing of the others."""
        rule = '[regle.tard]\ncreneaux = "repas"\nvariante = "hors-delai"\npar = "mois"\nau_plus = 1\n'
        late = '[delai.d]\nannuler = "jamais"\nreserver = [{ limite = "le jour même, avant 08:00", variante = "hors-delai" }]\n'
        one = desk(rule + LATE_PRICE, late)
        before = Planning.of({("lea", WEEK[0]): [Held("repas")], ("lea", WEEK[1]): [Held("repas", Variant.HORS_DELAI)]})

        assert asked(one, meals(WEEK[2]), Planning.of(held(WEEK[:2]))).allowed
        assert asked(one, meals(WEEK[2]), before).status is Status.REFUSED


class TestAlternatives:
    """« trois journées ou six demi-journées sur deux semaines »."""

    RULE: Final = (
        '[regle.rythme]\ncreneaux = "centre"\npar = "2 semaines depuis le 2026-09-07"\nsi_moins_ouverts = "tous"\n'
        'l_un_de = [{ formules = "journee", au_moins = 2 }, { creneaux = "centre", au_moins = 3 }]\n'
    )
    #: Open in the two weeks from 7 September (the période begins on the 9th), and in the two after.
    DAYS: Final = (date(2026, 9, 9), date(2026, 9, 14), date(2026, 9, 16))

    @pytest.mark.parametrize(
        ("wanted", "allowed"),
        (
            (("", "", ""), True),
            (("matin apres", "matin apres", ""), True),
            (("matin", "apres", "matin"), True),
            (("matin apres", "matin", ""), True),
            (("matin apres", "", ""), False),
            (("matin", "", "matin"), False),
        ),
    )
    def test_none_or_one_of_the_ways(self, wanted: tuple[str, ...], allowed: bool) -> None:
        """Two whole days, or three half-days, or nothing."""
        days = {day: slots.split() for day, slots in zip(self.DAYS, wanted, strict=True)}
        verdict = asked(desk(self.RULE), days, periode="centre")

        assert verdict.allowed is allowed
        if not allowed:
            [told] = verdict.violations
            assert "aucun, ou au moins 2 × journee ou au moins 3 × centre, ici" in told.sentence()
            assert "none, or at least 2 × journee or at least 3 × centre, here" in told.sentence("en")

    def test_a_way_says_one_count(self) -> None:
        """Two bounds in one way, a formule counted in slots, a slot that the rule does not speak of: all refused."""
        for way, says in (
            ("{ au_moins = 2, au_plus = 3 }", "un seul de au_moins, au_plus, exactement"),
            ('{ formules = "journee", au_moins = 2, compte = "créneaux" }', "compte des jours"),
            ('{ creneaux = "repas", au_moins = 1 }', "ne sont pas dans creneaux de la règle"),
        ):
            with pytest.raises(InvalidReglementError, match=says):
                made(self.RULE.replace('{ formules = "journee", au_moins = 2 }', way))


class TestHouseholds:
    """Siblings counted together: « du foyer »."""

    def test_days_of_each_child_add_up(self) -> None:
        """« jours » counts each child's date: two of Tom's and two of Léa's are four, one too many."""
        one = desk('[regle.f]\ncreneaux = "repas"\npar = "semaine du foyer"\ncompte = "jours"\nau_plus = 3\n')
        before = Planning.of(held(WEEK[:2], child="tom"))

        assert asked(one, meals(WEEK[0]), before).allowed
        [told] = asked(one, meals(WEEK[0], WEEK[1]), before).violations
        assert told.window == "semaine du 07/09/2026 (tout le foyer)"
        assert told.param("enfants") == "lea, tom"
        assert "(whole household): no more than 3 days, here 4 (2026-09-07, 2026-09-08)" in told.sentence("en")

    def test_a_date_of_the_household_counts_once(self) -> None:
        """« dates » counts a date once, whatever children come: the same two dates are two."""
        one = desk('[regle.f]\ncreneaux = "repas"\npar = "semaine du foyer"\ncompte = "dates"\nau_plus = 3\n')
        before = Planning.of(held(WEEK[:2], child="tom"))

        assert asked(one, meals(WEEK[0], WEEK[1], WEEK[2]), before).allowed
        assert asked(one, meals(WEEK[0], WEEK[2], WEEK[3]), before).status is Status.REFUSED

    def test_one_date_is_a_window_of_the_household_too(self) -> None:
        """« par = "jour du foyer" »: one child of the household a date."""
        one = desk('[regle.f]\ncreneaux = "repas"\npar = "jour du foyer"\nau_plus = 1\n')
        assert asked(one, meals(WEEK[0]), Planning.of(held(WEEK[1:2], child="tom"))).allowed
        assert asked(one, meals(WEEK[0]), Planning.of(held(WEEK[:1], child="tom"))).status is Status.REFUSED

    def test_a_sibling_counts_where_the_rule_speaks_of_him(self) -> None:
        """A brother whom `qui` leaves out is not counted; one of whom nothing is known leaves the answer undecided."""
        engine = made('[regle.f]\ncreneaux = "repas"\npar = "semaine du foyer"\nau_plus = 1\nqui.pai = true\n')
        before, lea = Planning.of(held(WEEK[:1], child="tom")), Facts.of(pai=True)
        known: tuple[tuple[dict[str, Facts], Status], ...] = (
            ({"tom": Facts.of(pai=False)}, Status.ALLOWED),
            ({"tom": Facts.of(pai=True)}, Status.REFUSED),
            ({"tom": Facts()}, Status.UNDECIDED),
        )
        for siblings, status in known:
            assert asked(Desk(engine, lea, "lea", siblings), meals(WEEK[1]), before).status is status
        [doubt] = asked(Desk(engine, lea, "lea"), meals(WEEK[1]), before).doubts
        assert doubt.sentence() == "on ne sait pas si cette règle s'applique : il manque pai"


class TestWhatIsCounted:
    """A selector narrows what a window counts, date by date."""

    DAYS: Final = (date(2026, 9, 14), date(2026, 9, 16))

    @pytest.mark.parametrize(
        ("narrowed", "whole", "halves", "mixed"),
        (
            ("", False, False, False),
            ('formules = "journee"\n', False, True, True),
            ('sauf = { formules = "journee" }\n', True, False, True),
        ),
    )
    def test_formules_and_their_exceptions_are_read_on_each_date(
        self, narrowed: str, whole: bool, halves: bool, mixed: bool
    ) -> None:
        """« une seule journée par semaine » counts whole days, « une seule demi-journée » leaves them out."""
        one = desk(f'[regle.n]\ncreneaux = "centre"\npar = "semaine"\ncompte = "jours"\nau_plus = 1\n{narrowed}')
        for slots, allowed in (
            (("matin apres", "matin apres"), whole),
            (("matin", "apres"), halves),
            (("matin apres", "matin"), mixed),
        ):
            days = {day: said.split() for day, said in zip(self.DAYS, slots, strict=True)}
            assert asked(one, days, periode="centre").allowed is allowed, slots

    def test_weights_add_up_over_the_window(self) -> None:
        """A half-day of one, an afternoon of two: four units a week are an afternoon and two mornings."""
        one = desk('[regle.w]\ncreneaux = "centre"\npar = "semaine"\nau_plus = 4\npoids = { apres = 2 }\n')
        first, second = self.DAYS
        assert asked(one, {first: ["matin", "apres"], second: ["matin"]}, periode="centre").allowed
        [told] = asked(one, {first: ["matin", "apres"], second: ["apres"]}, periode="centre").violations
        assert told.sentence().endswith("pas plus de 4 unités, ici 5 (14/09, 16/09)")


class TestMinimums:
    """« trois jours par semaine au moins »."""

    def rule(self, fewer: str) -> str:
        """At least three days a week; two windows have fewer."""
        return f'[regle.m]\ncreneaux = "repas"\npar = "semaine"\nau_moins = 3\ncompte = "jours"\nsi_moins_ouverts = "{fewer}"\n'

    @pytest.mark.parametrize(
        ("fewer", "one_day", "both"), (("tous", False, True), ("libre", True, True), ("interdit", False, False))
    )
    def test_a_window_with_fewer_open_days_is_as_written(self, fewer: str, one_day: bool, both: bool) -> None:
        """The first week has two open dates, Thursday 3 and Friday 4 September."""
        one = desk(self.rule(fewer))
        assert asked(one, meals(date(2026, 9, 3))).allowed is one_day
        assert asked(one, meals(date(2026, 9, 3), date(2026, 9, 4))).allowed is both
        assert asked(one, meals(*WEEK[:2])).status is Status.REFUSED
        assert asked(one, meals(*WEEK[:3])).allowed

    def test_a_minimum_without_that_word_is_refused_at_load(self) -> None:
        """The fault names the first window that is too short, how many there are, and the way out."""
        with pytest.raises(InvalidReglementError) as refused:
            made(self.rule("tous").replace('si_moins_ouverts = "tous"\n', ""))
        assert (
            "« semaine du 31/08/2026 » n'a que 2 jours à réserver, trop peu pour cette règle (fenêtres trop courtes : 1) ; "
            'écrivez si_moins_ouverts = "tous", "libre" ou "interdit"'
        ) in refused.value.text("fr")

    def test_removing_a_needed_date_is_judged_like_any_change(self) -> None:
        """S6.3: the third day of a week cannot go alone; all three can."""
        one, before = desk(self.rule("tous")), Planning.of(held(WEEK[:3]))
        assert asked(one, {WEEK[0]: []}, before).status is Status.REFUSED
        assert asked(one, dict.fromkeys(WEEK[:3], ()), before).allowed


class TestUndecided:
    """S1.5: what the planning does not tell is never guessed."""

    RULE: Final = '[regle.s]\ncreneaux = ["repas", "centre"]\npar = "semaine"\nau_plus = 4\n'

    def test_without_a_planning_a_date_is_undecided_where_the_rule_counts_it(self) -> None:
        """A change that no rule over windows reads is decided all the same."""
        one = desk(self.RULE.replace(', "centre"', ""))
        verdict = check_day(one, WEEK[2], ["repas"], now=NOW)
        assert (verdict.status, [told.code for told in verdict.doubts]) == (Status.UNDECIDED, ["planning-partiel"])
        assert check_day(one, WEEK[2], ["matin"], now=NOW).allowed
        assert check_day(one, WEEK[2], ["repas"], now=NOW, planning=Planning()).allowed
        assert check_day(one, WEEK[2], ["repas"], now=NOW, waived=frozenset({"s"})).allowed

    def test_a_mode_that_the_planning_leaves_out_is_not_read_as_empty(self) -> None:
        """The rule names the centre, of which a planning of the canteen says nothing."""
        one = desk(self.RULE)
        assert asked(one, meals(WEEK[0]), Planning(modes=("cantine", "centre"))).allowed
        verdict = asked(one, meals(WEEK[0]), Planning(modes=("cantine",)))
        assert verdict.status is Status.UNDECIDED
        assert verdict.explain("en") == (
            "the planning says nothing of « Matin » and « Après-midi », which this rule names (doc)"
        )

    def test_day_by_day_an_undecided_date_leaves_its_block_undecided(self) -> None:
        """A week tied together stands or falls with the one date of which nobody can tell."""
        rules = TestWholeWeeks.RULE + '[capacite.salle]\ncreneaux = "repas"\nenfants = 20\nquand.jour = "vendredi"\n'
        verdict = asked(desk(rules), meals(*WEEK), grain=Grain.DAY_BY_DAY)
        assert {day.status for day in verdict.days} == {Status.UNDECIDED}
        assert {told.code for told in verdict.doubts} == {"places-inconnues", "avec-les-autres"}


class TestAFiftyThreeWeekYear:
    """2026 has 53 ISO weeks: the fortnights run on across the new year."""

    def test_fortnights_are_counted_from_their_date(self) -> None:
        """From 7 September, fortnights begin on 14 and 28 December and 11 January: the 53rd week is in the second."""
        one = desk('[regle.q]\ncreneaux = "repas"\npar = "2 semaines depuis le 2026-09-07"\nau_plus = 2\n')
        week53, week1, week2 = date(2026, 12, 31), date(2027, 1, 6), date(2027, 1, 11)

        assert asked(one, meals(week53, week1, week2)).allowed
        [told] = asked(one, meals(week53, week1, date(2027, 1, 8), week2)).violations
        assert (told.window, told.dates) == ("2 semaines du 28/12/2026", (week53, week1, date(2027, 1, 8)))
        assert asked(one, meals(date(2026, 12, 14), date(2026, 12, 25), week53, week1)).allowed


class TestYearsAndDivisions:
    """A year and a published division hold every période; a week ends with its own."""

    TWO: Final = """
[periode.hiver]
nom = "Mercredis d'hiver"
mode = "centre"
du = 2026-10-08
au = 2026-12-16
quand.jour = ["lundi", "mercredi"]
"""
    DAYS: Final = (date(2026, 10, 7), date(2026, 10, 14))

    @pytest.mark.parametrize(
        ("per", "allowed"), (("année scolaire", False), ("automne", False), ("mois", True), ("période", True))
    )
    def test_a_window_longer_than_a_periode_counts_them_all(self, per: str, allowed: bool) -> None:
        """One day held in each of two périodes is two of a year, one of each month of a période."""
        division = '[decoupage.automne]\nparties = [{ nom = "Automne", du = 2026-09-01, au = 2026-12-31 }]\n'
        rule = f'[regle.a]\ncreneaux = "centre"\npar = "{per}"\nau_plus = 1\n'
        one, before = desk(self.TWO + division + rule), Planning.of(held(self.DAYS[:1], ["matin"]))
        assert asked(one, {self.DAYS[1]: ["matin"]}, before, periode="hiver").allowed is allowed

    def test_every_date_is_in_a_part_of_the_division(self) -> None:
        """A date of the rule outside every part is refused at load."""
        division = '[decoupage.t]\nparties = [{ nom = "Un", du = 2026-09-01, au = 2026-10-06 }]\n'
        with pytest.raises(
            InvalidReglementError, match=r"regle\.a\.par : aucune partie de « t » ne contient 2026-10-07"
        ):
            made(division + '[regle.a]\ncreneaux = "centre"\npar = "t"\nau_plus = 1\n')


class TestBadRules:
    """Every wrong word has one message with its path and its way out."""

    @pytest.mark.parametrize(
        ("lines", "says"),
        (
            ('par = "quinzaine"\nau_plus = 2', r"« quinzaine » n'est ni un mot de « par » ni un \[decoupage\]"),
            ('par = "2 semaines"\nau_plus = 2', "depuis quand"),
            ('par = "semaine"\nau_plus = 2\ncompte = "heures"', "connus : créneaux, dates, jours|connus :"),
            ('par = "semaine"\nau_plus = 2\ncompte = "jours"\npoids = { repas = 2 }', "se contredisent"),
            ('par = "semaine"\nau_plus = 2\nsi_moins_ouverts = "tous"', "clé inconnue"),
            ('par = "semaine"\nbloque = "matin"', r"regle\.r\.par : clé inconnue"),
            ('par = "mois"\nlaisse_libre = 2\nsi_moins_ouverts = "tous"', "« tous » n'a pas de sens ici"),
            ('par = "semaine"\nlaisse_libre = 2', 'écrivez si_moins_ouverts = "libre" ou "interdit"'),
            ('par = "semaine"\nl_un_de = [{ au_moins = 2 }]', "une liste de 2 à 20"),
            (
                'par = "semaine"\nau_moins = 3\nsi_moins_ouverts = "tous"\n[regle.b]\npar = "semaine"\nau_plus = 2',
                r"regle\.r : demande plus que « b » ne permet \(semaine du 07/09/2026\)",
            ),
        ),
    )
    def test_a_wrong_word_is_refused(self, lines: str, says: str) -> None:
        """A rule over a window that cannot be read, or kept, is refused where it is written."""
        with pytest.raises(InvalidReglementError, match=says):
            made(f'[regle.r]\ncreneaux = "repas"\n{lines}\n')

    @pytest.mark.parametrize("fewer", ("tous", "libre", "interdit"))
    def test_a_window_too_short_is_not_at_odds_with_a_maximum(self, fewer: str) -> None:
        """Three a week at least, five at most: the week of two days is left to `si_moins_ouverts`."""
        rules = (
            f'par = "semaine"\nau_moins = 3\nsi_moins_ouverts = "{fewer}"\n[regle.b]\npar = "semaine"\nau_plus = 5\n'
        )
        assert len(made(f'[regle.r]\ncreneaux = "repas"\n{rules}').window_rules) == 2

    def test_bounds_of_different_windows_are_not_at_odds(self) -> None:
        """Three a week and ten a month can both be kept."""
        week = '[regle.a]\ncreneaux = "repas"\npar = "semaine"\nau_moins = 3\nsi_moins_ouverts = "tous"\n'
        one = desk(f'{week}[regle.b]\ncreneaux = "repas"\npar = "mois"\nau_plus = 10\n')
        assert asked(one, meals(*WEEK[:3])).allowed


def test_the_rules_of_the_format_page_are_ones_that_the_reader_accepts() -> None:
    """Each rule over a window that the page shows is read as it stands, with the windows of its table."""
    section = (ROOT / "docs" / "format.md").read_text("utf-8").split("## Les fenêtres")[1].split("\n## ")[0]
    engine = made(section.split("```toml\n")[1].split("```")[0])
    phrases = [line.split("`")[1].strip('"') for line in section.splitlines() if line.startswith('| `"')]

    assert len(engine.window_rules) == 5
    assert len(phrases) == 8
    assert all(parse_window(phrase) for phrase in phrases)


class TestRepairs:
    """S8: a refused window tells the dates to add or to drop."""

    def test_the_smallest_come_first(self) -> None:
        """Two of at least three: any one of the three other dates, or neither of the two."""
        one = desk(TestMinimums().rule("tous"))
        found = window_repairs(asked(one, meals(*WEEK[:2])), first=9)

        assert [way.sentence(one.engine.labels) for way in found.found] == [
            "ajouter « Repas » (09/09)", "ajouter « Repas » (10/09)", "ajouter « Repas » (11/09)",
            "enlever « Repas » (07/09, 08/09)",
        ]  # fmt: skip
        assert not found.cut
        assert found.found[0].sentence(one.engine.labels, "en") == "add « Repas » (2026-09-09)"

    def test_a_search_that_is_cut_says_so_and_still_tells_the_nearest_dates(self) -> None:
        """Twelve a month, two asked: too many ways to look at, the first ten dates and the way back are told."""
        one = desk('[regle.m]\ncreneaux = "repas"\npar = "mois"\nau_moins = 12\nsi_moins_ouverts = "tous"\n')
        found = window_repairs(asked(one, meals(*WEEK[:2])))

        assert found.cut
        back, ahead = found.found
        assert (back.add, back.remove) == ((), ((WEEK[0], "repas"), (WEEK[1], "repas")))
        assert len(ahead.add) == 10
        assert ahead.add[0] == (date(2026, 9, 3), "repas")

    def test_only_what_can_still_be_booked_is_proposed(self) -> None:
        """Wednesday at nine, the only dates left to add are Thursday and Friday."""
        late = '[delai.d]\nreserver = "le jour même, avant 08:00"\nannuler = "jamais"\n'
        one, now = desk(TestMinimums().rule("tous"), late), datetime(2026, 9, 9, 9, tzinfo=PARIS)
        verdict = decide(one, Planning.of(held(WEEK[:1])), Demande.of("lea", "ecole", meals(WEEK[3])), now=now)
        found = window_repairs(verdict, first=9)

        assert [(way.add, way.remove) for way in found.found] == [
            (((WEEK[4], "repas"),), ()),
            ((), ((WEEK[3], "repas"),)),
        ]

    def test_one_date_is_mended_by_its_own_edits_where_it_can(self) -> None:
        """S8 for a date: unticking the second half-day brings the week under its limit."""
        one = desk('[regle.s]\ncreneaux = "centre"\npar = "semaine"\nau_plus = 2\n')
        before = Planning.of(held([date(2026, 9, 14)], ["matin"]))
        verdict: DayVerdict = check_day(one, date(2026, 9, 16), ["matin", "apres"], now=NOW, planning=before)

        assert [(way.add, way.remove) for way in repairs(verdict).found] == [((), ("matin",)), ((), ("apres",))]


class TestBoxes:
    """S7: a box is the decision about toggling it, other dates of its windows included."""

    def test_a_box_needs_the_other_dates_of_its_week(self) -> None:
        """« demande » names the dates to tick with it; once they are held, unticking one takes the others."""
        one = desk(TestWholeWeeks.RULE)
        [box] = boxes(one, WEEK[0], now=NOW, planning=Planning()).boxes
        assert (box.state, box.elsewhere) == (BoxState.NEEDS, (tuple((day, "repas") for day in WEEK[1:]),))
        assert box.line(one.engine.labels) == "Repas — demande : « Repas » (08/09, 09/09, 10/09, 11/09)"

        draft = Planning.of(held(WEEK[1:]))
        assert boxes(one, WEEK[0], now=NOW, planning=draft).box("repas").state is BoxState.FREE
        [box] = boxes(one, WEEK[0], now=NOW, planning=Planning.of(held(WEEK))).boxes
        assert (box.state, box.elsewhere) == (BoxState.CHECKED_WITH, (tuple((day, "repas") for day in WEEK[1:]),))

    def test_a_full_month_blocks_and_says_so(self) -> None:
        """No other date can make room for it by being ticked."""
        one, days = desk(TestAtMostAMonth.RULE), TestAtMostAMonth.DAYS
        [box] = boxes(one, days[10], now=NOW, planning=Planning.of(held(days[:10]))).boxes
        assert (box.state, [told.code for told in box.reasons]) == (BoxState.BLOCKED, ["au-plus"])
        assert boxes(one, days[10], now=NOW).box("repas").state is BoxState.UNDECIDED


def test_what_is_missing_of_two_children_is_read_for_each_apart() -> None:
    """S1.5: kept by both or by neither, and broken by one alone, a minimum of the household is undecided."""
    rule = '[regle.r]\ncreneaux = "repas"\npar = "semaine du foyer"\nau_moins = 3\nqui.pai = true\n'
    one = Desk(made(rule + 'si_moins_ouverts = "tous"\n'), Facts(), "lea", {"tom": Facts()})
    before = Planning.of(held(WEEK[:2], child="tom"))

    assert asked(one, meals(*WEEK[:2]), before).status is Status.UNDECIDED
    assert asked(one, meals(*WEEK[:3]), before).allowed  # broken where Tom alone counts, as it was before
    assert asked(one, meals(*WEEK[:3])).allowed


def test_a_window_is_judged_on_dates_on_which_its_periode_is_closed() -> None:
    """S5.4, S6.2: a Friday counts in the week that Wednesdays begin on the Wednesday: none of it is left unjudged."""
    rule = '[regle.r]\ncreneaux = ["repas", "matin"]\npar = "période"\nau_plus = 2\nquand.du = 2026-09-30\n'
    friday, wednesday = date(2026, 10, 2), date(2026, 10, 7)
    before = Planning.of({("lea", wednesday): ["matin", "repas"]})
    told = asked(desk(rule), meals(friday), before).violations

    assert {one.window for one in told} == {"Année 2026-2027", "Mercredis d'automne"}
