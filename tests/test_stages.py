"""Three stages: a day ticked, a demande drafted, and confirmed, each judged with its own instant (S12.1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from tests.guide import OPEN, SMALL, at, lou, martin, small
from tests.households import MONDAY, NOW, TUESDAY, guide_history, told

from clae_rules import (
    Abonnement,
    BookedState,
    Desk,
    DossierState,
    Draft,
    Facts,
    Grain,
    History,
    InvalidValueError,
    NaiveInstantError,
    Nature,
    Occupancy,
    OtherChildError,
    Pattern,
    Planning,
    Status,
    confirm,
    dossiers,
    drafted,
    engine_from_text,
    recapitulatif,
    recopie,
    record_subscription,
    resign,
    subscribe,
)

PERIODE: Final = "periscolaire-2021"


def test_a_draft_gathers_days_and_holds_nothing() -> None:
    """A day is put, put again in its own place, and dropped; drafts are equal whatever the order of their days."""
    draft = Draft("martin", PERIODE).put(date(2021, 9, 7), ["repas"]).put(date(2021, 9, 6), ["midi-2"])

    assert draft == Draft("martin", PERIODE).put(date(2021, 9, 6), ["midi-2"]).put(date(2021, 9, 7), ["repas"])
    assert dict(draft.put(date(2021, 9, 6), ["repas"]).days)[date(2021, 9, 6)] == ("repas",)
    assert draft.drop(date(2021, 9, 6)).demande.dates == (date(2021, 9, 7),)
    assert draft.drop(date(2021, 9, 13)) == draft
    with pytest.raises(InvalidValueError, match="il faut une liste"):
        draft.put(date(2021, 9, 6), "repas")
    with pytest.raises(InvalidValueError, match="coché deux fois"):
        draft.put(date(2021, 9, 6), ["repas", "repas"])


def test_a_day_is_judged_with_the_rest_of_the_draft() -> None:
    """The first stage is one date, with what else is ticked: a rule over a week counts both."""
    weekly = '[regle.deux]\ncreneaux = "a"\npar = "semaine"\nau_plus = 1\nhypothese = "essai"'
    desk = lou(weekly)
    draft = Draft("lou", "annee").put(MONDAY, ["a"])
    first = draft.day(desk, Planning(), MONDAY, now=NOW)
    assert first is not None
    assert first.allowed

    both = draft.put(TUESDAY, ["a"])
    second = both.day(desk, Planning(), TUESDAY, now=NOW)
    assert second is not None
    assert (second.status, second.violations[0].code) == (Status.REFUSED, "au-plus")
    assert both.day(desk, Planning(), date(2025, 9, 11), now=NOW) is None


def test_a_planning_shows_what_is_drafted_beside_what_is_held() -> None:
    """What a draft adds is to be confirmed, what it gives back is gone, and the rest keeps its state and its number."""
    history = told(History(), lou(), {MONDAY: ["a"], TUESDAY: ["b"]}, "1")
    verdict = Draft("lou", "annee").put(MONDAY, ["c"]).verdict(lou(), history.planning(), now=NOW)

    assert [(one.day, one.held.slot, one.state, one.number) for one in drafted(verdict, history.booked())] == [
        (MONDAY, "c", BookedState.DRAFT, ""),
        (TUESDAY, "b", BookedState.VALIDATED, "1"),
    ]
    assert [one.number for one in drafted(verdict)] == ["", ""]


def test_a_refused_day_is_not_drafted() -> None:
    """A date that is refused shows what it holds, and nothing of what was asked."""
    planning = Planning.of({("lou", MONDAY): ["a"]})
    late = at("2025-09-07 12:00")
    verdict = Draft("lou", "annee").put(MONDAY, ["a", "b"]).verdict(lou(), planning, now=late)

    assert not verdict.allowed
    assert [(one.held.slot, one.state) for one in drafted(verdict)] == [("a", BookedState.VALIDATED)]


def test_a_recopie_fills_a_draft() -> None:
    """« Recopier cette journée » adds the dates that it applies, on what the draft says; others are not touched."""
    desk, now = martin(), at("2021-09-01 09:00")
    draft = Draft("martin", PERIODE).put(date(2021, 9, 6), ["midi-2"]).put(date(2021, 9, 13), ["soir-1"])
    pattern = Pattern.day(["midi-2"], "lundi", first_day=date(2021, 10, 11), last_day=date(2021, 11, 8))
    pattern = Pattern(model=pattern.model, first_day=date(2021, 9, 6), last_day=date(2021, 11, 8))
    planning = draft.verdict(desk, Planning(), now=now).after
    filled = draft.copied(recopie(desk, planning, pattern, periode=PERIODE, now=now))

    assert filled.demande.dates == tuple(
        date(2021, *day) for day in ((9, 6), (9, 13), (9, 20), (9, 27), (10, 4), (10, 11), (10, 18), (11, 8))
    )
    assert set(dict(filled.days)[date(2021, 9, 13)]) == {"midi-2", "soir-1"}
    with pytest.raises(OtherChildError, match="un brouillon est d'un enfant"):
        Draft("rita", PERIODE).copied(recopie(desk, planning, pattern, periode=PERIODE, now=now))


def test_only_the_confirmation_reaches_the_history() -> None:
    """The récapitulatif of the guide is shown before; the dossier is recorded with its number, instant and lines."""
    desk, now = martin(), at("2021-06-09 11:20")
    draft = Draft("martin", PERIODE).put(date(2021, 9, 6), ["midi-2"])
    assert recapitulatif(draft.verdict(desk, Planning(), now=now)).total_cents == 25

    found = confirm(History(), desk, draft, number="9", now=now, referent="adulte-1")
    assert found.status is Status.ALLOWED
    assert found.event is not None
    assert (found.event.number, found.event.nature, found.event.total_cents) == ("9", Nature.BOOKING, 25)
    assert [one.designation for one in found.event.lines] == ["Périscolaire midi 2 (06/09)"]
    assert found.event.digest == desk.engine.applied.digest
    assert found.history.planning() == found.verdict.after
    assert found.dossier == dossiers(found.history)[0]
    assert found.dossier is not None
    assert found.dossier.details[0].state is DossierState.CONFIRMED


def test_a_page_opened_before_a_deadline_and_posted_after_it_is_refused() -> None:
    """Each stage has its own instant; what the page showed free a minute before is late at noon (S1.3)."""
    desk = lou()
    draft = Draft("lou", "annee").put(MONDAY, ["a"])
    opened, posted = at("2025-09-07 11:59"), at("2025-09-07 12:00")

    assert draft.verdict(desk, Planning(), now=opened).allowed
    found = confirm(History(), desk, draft, number="1", now=posted, referent="r")
    assert (found.status, found.event, found.dossier, found.history) == (Status.REFUSED, None, None, History())
    assert [one.code for one in found.violations] == ["delai-depasse"]


def test_what_the_other_parent_confirmed_meanwhile_counts() -> None:
    """A draft is confirmed on the history as it is by then, not as it was when its page was opened."""
    rule = '[regle.ab]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"'
    weekly = '[regle.deux]\ncreneaux = "a"\npar = "semaine"\nau_plus = 1\nhypothese = "essai"'
    desk = lou(rule, weekly)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    found = confirm(history, desk, Draft("lou", "annee").put(TUESDAY, ["a"]), number="2", now=NOW, referent="r")

    assert (found.status, found.history) == (Status.REFUSED, history)


def test_a_draft_that_changes_nothing_is_no_dossier() -> None:
    """The same page posted twice, and an empty draft, are allowed and recorded by nobody."""
    desk = lou()
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    again = confirm(history, desk, Draft("lou", "annee").put(MONDAY, ["a"]), number="2", now=NOW, referent="r")
    empty = confirm(history, desk, Draft("lou", "annee"), number="2", now=NOW, referent="r")

    assert [(one.status, one.event, one.history) for one in (again, empty)] == [(Status.ALLOWED, None, history)] * 2


def test_a_number_and_a_clock_are_the_store_s_to_give() -> None:
    """A number used before and an instant before the last dossier's are refused; a naive one too."""
    desk = lou()
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    draft = Draft("lou", "annee").put(TUESDAY, ["a"])
    with pytest.raises(InvalidValueError, match="le dossier « 1 » existe déjà"):
        confirm(history, desk, draft, number="1", now=NOW, referent="r")
    with pytest.raises(InvalidValueError, match="l'horloge a reculé"):
        confirm(history, desk, draft, number="2", now=NOW - timedelta(minutes=1), referent="r")
    with pytest.raises(NaiveInstantError):
        confirm(history, desk, draft, number="2", now=NOW.replace(tzinfo=None), referent="r")


def test_day_by_day_only_what_is_granted_is_recorded() -> None:
    """Where the caller accepts date by date, the dates that are refused are in no dossier (S6.6)."""
    desk = lou()
    draft = Draft("lou", "annee").put(date(2025, 9, 1), ["a"]).put(MONDAY, ["a"])
    found = confirm(History(), desk, draft, number="1", now=NOW, referent="r", grain=Grain.DAY_BY_DAY)

    assert found.event is not None
    assert found.event.days == (MONDAY,)
    assert found.event.total_cents == 100


def test_a_full_pool_with_a_waiting_list_is_recorded_as_waiting() -> None:
    """What has no place yet is held, told, and waits (S6.5)."""
    pool = '[capacite.cour]\ncreneaux = "a"\nenfants = 1\nattente = true\nhypothese = "essai"'
    desk = lou(pool)
    draft = Draft("lou", "annee").put(MONDAY, ["a"])
    found = confirm(
        History(), desk, draft, number="1", now=NOW, referent="r", occupancy=Occupancy.of({("cour", MONDAY): 1})
    )

    assert [one.state for one in found.history.booked()] == [BookedState.WAITING]


def test_an_abonnement_is_one_dossier_and_its_end_another() -> None:
    """What is taken, then resigned, is recorded as its verdicts say, in the order in which they were judged (S9.4)."""
    own = (
        '[abonnement.fixe]\ncreneaux = ["a", "b"]\nsouscrire = "2 jours calendaires avant la date, avant 00:00"\n'
        'changer = [{ limite = "2 jours calendaires avant la date, avant 00:00", a_payer = "rien" }]\n'
        'suspendre = "jamais"\nhypothese = "essai"\n'
    )
    desk = lou(own)
    pattern = Pattern.day(["a"], "lundi", first_day=MONDAY, last_day=date(2025, 9, 29))
    asked = Abonnement(code="fixe", periode="annee", pattern=pattern)
    found = subscribe(desk, Planning(), asked, now=NOW)
    history = record_subscription(History(), found, number="1", referent="r")
    assert history.planning().days == found.after.days
    assert (history.events[0].nature, history.events[0].total_cents) == (Nature.SUBSCRIPTION, 400)

    other = Abonnement(
        code="fixe", periode="annee", pattern=Pattern.day(["a"], "mardi", first_day=MONDAY, last_day=date(2025, 9, 30))
    )
    change = subscribe(desk, history.planning(), other, now=NOW, instead_of=asked)
    changed = record_subscription(history, change, number="2", referent="r")
    assert changed.planning().days == change.after.days
    assert [one.state for one in dossiers(changed)] == [DossierState.CONFIRMED, DossierState.CANCELLED]

    end = resign(desk, changed.planning(), other, since=MONDAY, now=NOW)
    ended = record_subscription(changed, end, number="3", referent="r")
    assert (ended.planning().days, ended.events[-1].nature) == ((), Nature.RESIGNATION)
    late = resign(desk, history.planning(), asked, since=date(2026, 1, 1), now=NOW)
    with pytest.raises(InvalidValueError, match="« fixe » n'est pas accepté"):
        record_subscription(history, late, number="4", referent="r")


def test_an_abonnement_left_on_request_is_held_until_an_agent_agrees() -> None:
    """Where « changer » asks an accord, what is resigned waits for it."""
    own = (
        '[abonnement.fixe]\ncreneaux = "a"\nsouscrire = "2 jours calendaires avant la date, avant 00:00"\n'
        'changer = [{ limite = "2 jours calendaires avant la date, avant 00:00", a_payer = "rien", accord = true }]\n'
        'suspendre = "jamais"\nhypothese = "essai"\n'
    )
    desk = lou(own)
    pattern = Pattern.day(["a"], "lundi", first_day=MONDAY, last_day=date(2025, 9, 15))
    asked = Abonnement(code="fixe", periode="annee", pattern=pattern)
    history = record_subscription(History(), subscribe(desk, Planning(), asked, now=NOW), number="1", referent="r")
    end = resign(desk, history.planning(), asked, since=MONDAY, now=NOW)
    ended = record_subscription(history, end, number="2", referent="r")

    assert {one.state for one in ended.booked()} == {BookedState.GIVING_BACK}
    assert ended.planning().days == history.planning().days
    assert [one.state for one in dossiers(ended)] == [DossierState.GIVING_BACK, DossierState.GIVING_BACK]


def test_a_history_of_one_reglement_goes_on_under_the_next() -> None:
    """A dossier keeps the code, version and digest of the règlement that it applied, and the labels of that day."""
    later = engine_from_text(
        (SMALL + OPEN).replace('nom = "JOUR"', 'nom = "JOURNÉE"')
        + '[tarif.u]\npar = "creneau"\nprix = 2.00\nhypothese = "essai"\n'
    )
    history = told(History(), lou(), {MONDAY: ["a"]}, "1")
    both = told(history, Desk(later, Facts(), "lou"), {TUESDAY: ["a"]}, "2")

    assert [one.place[1] for one in both.events] == ["JOUR", "JOURNÉE"]
    assert [one.total_cents for one in both.events] == [100, 200]
    assert both.events[0].digest == small().applied.digest != both.events[1].digest


def test_four_dossiers_are_confirmed_as_the_guide_shows() -> None:
    """The whole path of the guide's page leaves four dossiers, each with what it added alone."""
    _, history = guide_history()

    assert [one.lines[0].designation for one in dossiers(history)] == [
        "Périscolaire midi 2 (07/09)", "Périscolaire midi 2 (06/09)", "Périscolaire soir 1 (06/09)", "Périscolaire matin 2 (06/09)",
    ]  # fmt: skip
