"""The history of a household: numbered events, only ever added to, whose fold is the planning (S12.3)."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.guide import at, lou, small
from tests.households import ASKED, MONDAY, NOW, ON_REQUEST, PAID, TUESDAY, guide_history, last, told

from clae_rules import (
    BookedState,
    Closure,
    DayChange,
    Desk,
    DossierState,
    Draft,
    Facts,
    Grain,
    Held,
    History,
    HistoryPage,
    InvalidValueError,
    NaiveInstantError,
    Nature,
    Override,
    Planning,
    PlanningEvent,
    Selection,
    Variant,
    Wait,
    booked_in,
    close,
    confirm,
    dossiers,
    event_from,
    record_answer,
    record_closing,
    record_payment,
)
from clae_rules.dossiers import LISTED
from clae_rules.events import EVENT, Charged, SelectionShape
from clae_rules.history import DRAFT
from clae_rules.selectors import When

STRIKE = '[evenement.greve]\nmotifs = "greve"\na_payer = "rien"\nhypothese = "essai"'
#: One slot needs another, and the others than that one have terms of their own.
RULE = '[regle.ab]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"'
OTHERS = (
    '[delai.autres]\ncreneaux = ["a", "c", "d"]\nreserver = "1 jour calendaire avant la date, avant 12:00"\n'
    'annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]\nhypothese = "essai"\n'
)


def event(number: str = "1", when: datetime = NOW, day: date = MONDAY, **more: Any) -> PlanningEvent:
    """An event that books « a » for Lou, unless said."""
    change = DayChange(child="lou", day=day, after=Selection.of("a"))
    told = {"number": number, "instant": when, "nature": Nature.BOOKING, "referent": "r", "changes": (change,)}
    return PlanningEvent(**{**told, **more})


def faults(*events: PlanningEvent, **more: Any) -> list[str]:
    """What is wrong with a history of some events, in French."""
    try:
        History(events, **more)
    except InvalidValueError as error:
        found = error.faults
    else:
        found = ()
    assert all(one.en and "\n" not in one.fr + one.en for one in found)
    return [one.text() for one in found]


def test_an_empty_history_holds_nothing() -> None:
    """Without an event the planning is that of the start, and the page says that there is no dossier."""
    history = History()

    assert (history.planning(), history.booked(), dossiers(history)) == (Planning(), (), ())
    page = HistoryPage((), UTC, {})
    assert "aucun dossier" in page._repr_html_()


def test_the_page_shows_the_dossiers_of_the_guide() -> None:
    """Number, creation, referent, place, dates and state of the guide's four dossiers, the newest first."""
    desk, history = guide_history()
    page = HistoryPage(dossiers(history), desk.engine.tz, {"adulte-1": "G. Martin", "martin": "Martin"})
    (table,) = page.sections()

    assert table.columns == (
        "N° dossier", "Création", "Référent", "Etablissement > Accueil > Période", "Dates", "État", "Détails",
    )  # fmt: skip
    assert [row[:2] for row in table.rows] == [
        ("9", "09/06/2021 à 11:20"), ("8", "09/06/2021 à 09:51"),
        ("7", "08/06/2021 à 17:29"), ("6", "08/06/2021 à 12:47"),
    ]  # fmt: skip
    where = "CLAE MESSY > PERISCOLAIRE / RESTAURATION > Périscolaire / Restauration 2021 - 2022"
    assert table.rows[0][2:] == (
        "G. Martin", where, "Du 7 septembre 2021 au 7 septembre 2021", "✓ confirmé",
        "Martin : Périscolaire midi 2 (07/09) ; total 0,25\xa0€",
    )  # fmt: skip


def test_the_page_escapes_names_and_is_told_in_english_too() -> None:
    """A name is a text wherever it stands, and both languages have the same rows."""
    desk, history = guide_history()
    page = HistoryPage(dossiers(history), desk.engine.tz, {"adulte-1": '<script>"&', "martin": "<b>"})
    shown = page._repr_html_()

    assert "<script" not in shown
    assert "&lt;script&gt;&quot;&amp;" in shown
    assert [len(one.rows) for one in page.sections("en")] == [4]
    assert page.sections("en")[0].columns == (
        "No",
        "Created",
        "By",
        "Place > Care > Period",
        "Dates",
        "State",
        "Details",
    )


def test_a_number_is_given_once() -> None:
    """A repeated number is refused, even of another day and instant (S12.3)."""
    assert faults(event("9"), event("9", NOW + timedelta(hours=1), TUESDAY)) == [
        "events[1].number : le dossier « 9 » existe déjà ; donnez un numéro nouveau"
    ]


def test_a_clock_that_goes_back_is_told() -> None:
    """An event before the last one is refused, and says both instants; the same instant twice is not."""
    early = event("2", NOW - timedelta(seconds=1), TUESDAY)
    (fault,) = faults(event("1"), early)

    assert "l'horloge a reculé" in fault
    assert faults(event("1"), event("2", NOW, TUESDAY)) == []


def test_events_in_the_wrong_order_are_refused() -> None:
    """An event tells what was held before it; another one before it is found out, on the date at fault."""
    first = event("1")
    second = event(
        "2",
        changes=(DayChange(child="lou", day=MONDAY, before=Selection.of("a"), after=Selection.of("b")),),
    )

    assert faults(first, second) == []
    assert len(faults(second, first)) == 2
    assert "dit que « lou » tenait « a » le 08/09/2025 ; il tenait rien" in faults(second)[0]


def test_a_cut_that_no_later_event_tells_of_is_not_seen_by_a_history() -> None:
    """Each event is checked on its own dates: that another is missing is what a ledger proves (S12.6)."""
    second = event("2", changes=(DayChange(child="ana", day=TUESDAY, after=Selection.of("a")),))

    assert [one.child for one in History((event("1"), second)).booked()] == ["lou", "ana"]
    assert faults(second) == []


def test_every_fault_of_a_history_is_told_at_once() -> None:
    """A repeated number and another household's event are both named."""
    found = faults(event("1"), event("1", day=TUESDAY), event("2", day=TUESDAY, household="pere"))

    assert [one.split(" : ")[0] for one in found] == ["events[1].number", "events[2].household"]


@pytest.mark.parametrize(
    ("more", "where"),
    (
        ({"number": ""}, "number"),
        ({"number": "9\n"}, "number"),
        ({"referent": ""}, "referent"),
        ({"instant": datetime(2025, 9, 1, 9)}, "instant"),
        ({"instant": datetime.max.replace(tzinfo=UTC)}, "instant"),
        ({"household": "La mère"}, "household"),
        ({"total_cents": 10**13}, "total_cents"),
        ({"place": ("a", "b", "c", "d")}, "place"),
        ({"changes": ()}, "changes"),
        ({"changes": (DayChange(child="lou", day=MONDAY), DayChange(child="lou", day=MONDAY))}, "changes"),
    ),
)
def test_an_event_that_cannot_be_is_refused(more: dict[str, Any], where: str) -> None:
    """A number, a code, an instant and changes must be there, and each date once."""
    with pytest.raises(InvalidValueError) as error:
        event(**more)

    assert {one.path[0] for one in error.value.faults} == {where}


def test_a_change_that_cannot_be_is_refused() -> None:
    """A slot that waits is held, its wait is a known word, a date is civil, and instants are aware."""
    with pytest.raises(InvalidValueError, match="attend sans être tenu"):
        DayChange(child="lou", day=MONDAY, waits=(Wait("a", "accord"),))
    with pytest.raises(InvalidValueError, match="lu « demain »"):
        Wait("a", "demain")
    with pytest.raises(InvalidValueError, match="avec …"):
        Wait("a", "avec ")
    with pytest.raises(InvalidValueError, match="une date qui existe"):
        DayChange(child="lou", day=NOW)
    with pytest.raises(InvalidValueError, match="un instant avec son décalage"):
        DayChange(child="lou", day=MONDAY, after=Selection.of(Held("a", pay_before=datetime(2025, 9, 1))))
    with pytest.raises(InvalidValueError, match="foyer"):
        DayChange(child="lou", day=MONDAY, after=Selection.of(Held("a", holder="La mère")))
    with pytest.raises(InvalidValueError, match="sur une ligne"):
        Charged("Repas\n", "reserve", 1, 1, 1)


def test_an_event_is_written_and_read_back_the_same() -> None:
    """JSON types under French keys, defaults left out, instants in UTC; people by code alone."""
    held = Selection.of(Held("a", Variant.HORS_DELAI, holder="mere", pay_before=NOW), "b")
    change = DayChange(child="lou", day=date.max, before=Selection.of("c"), after=held, waits=(Wait("b", "avec a"),))
    one = event(changes=(change,), household="mere", motive="grève", about="8", total_cents=-25)
    plain = json.loads(json.dumps(one.plain()))

    assert event_from(plain) == one
    assert plain["instant"] == "2025-09-01T07:00:00+00:00"
    assert plain["dates"][0]["apres"][1] == "b"
    assert set(event().plain()) == {"numero", "instant", "nature", "referent", "dates"}


def test_an_event_that_does_not_read_names_every_fault() -> None:
    """What a store gives back broken is told whole, and what is no table too."""
    plain = event().plain()
    broken = {**plain, "nature": "vol", "dates": [{"enfant": "lou", "date": "2025-13-01", "apres": ["a", "a b" * 40]}]}
    with pytest.raises(InvalidValueError) as error:
        event_from({**broken, "nom": "Lou"})

    assert {str(one.path[0]) for one in error.value.faults} == {"nature", "dates", "nom"}
    twice = {
        **plain,
        "dates": [{"enfant": "lou", "date": "2025-09-08", "apres": ["a", {"creneau": "a", "foyer": "b"}]}],
    }
    with pytest.raises(InvalidValueError, match="deux foyers"):
        event_from(twice)
    with pytest.raises(InvalidValueError, match="il faut une table"):
        event_from(["numero"])


def test_an_event_says_how_it_is_written() -> None:
    """A selection is described to an editor as what its reader takes: codes, or tables."""
    shape = SelectionShape()
    held = Selection.of("a", Held("b", Variant.HORS_DELAI))
    schema = EVENT.definition()

    assert shape.expects()[0].startswith("une liste de 0 à 64")
    assert shape.schema()["type"] == "array"
    assert shape.read(shape.write(held), (), []) == held
    assert schema["required"] == ["numero", "instant", "nature", "referent", "dates"]


def test_what_a_closure_costs_may_not_be_known() -> None:
    """Where no event of the règlement says what stays due, the closure is recorded without an amount (S6.9)."""
    desk = lou()
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    shut = Closure(code="neige", motive="neige", slots=("a",), when=When(dates=(MONDAY,)))
    closed = record_closing(
        history, close(desk, history.planning(), shut, now=NOW), number="2", now=NOW, referent="agent"
    )

    assert (last(closed).total_cents, last(closed).lines, closed.booked()) == (None, (), ())


def test_a_draft_is_to_be_confirmed_and_no_event_holds_it() -> None:
    """What a page has ticked is shown as such, and cannot be recorded so."""
    planning = Planning.of({("lou", MONDAY): ["a"]})
    assert booked_in(planning, {("lou", MONDAY, "a"): [DRAFT, "accord"]})[0].state is BookedState.DRAFT
    with pytest.raises(InvalidValueError, match="lu « brouillon »"):
        Wait("a", DRAFT)


def test_an_hour_that_comes_twice_is_kept_as_it_was() -> None:
    """An instant of the night when clocks go back is the same once written, read, and compared."""
    twice = at("2025-10-26 02:30").replace(fold=1)
    one = event(when=twice, changes=(DayChange(child="lou", day=MONDAY, after=Selection.of(Held("a", booked=twice))),))

    assert event_from(one.plain()) == one
    assert one.instant == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_the_planning_is_the_fold_cut_at_every_event() -> None:
    """Each beginning of a history is a history, whose planning is what was held then."""
    _, history = guide_history()
    held = [History(history.events[:n]).planning() for n in range(5)]

    monday, tuesday = date(2021, 9, 6), date(2021, 9, 7)
    assert [sorted(one.held("martin", monday).slots) for one in held] == [
        [], ["matin-2"], ["matin-2", "soir-1"], ["matin-2", "midi-2", "soir-1"], ["matin-2", "midi-2", "soir-1"],
    ]  # fmt: skip
    assert [bool(one.held("martin", tuesday)) for one in held] == [False, False, False, False, True]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("delays", ("", ASKED, ON_REQUEST, PAID), ids=["plain", "asked", "on request", "paid"])
def test_a_rebuilt_planning_is_that_of_the_verdict(seed: int, delays: str) -> None:
    """After each confirmation, the fold of the events, written and read, holds what the verdict said would be held."""
    rng, now = random.Random(seed), NOW
    rules = ('[regle.ab]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"',) if seed % 2 else ()
    desk = lou(*rules, delays=delays) if delays else lou(*rules)
    history, days = History(), [date(2025, 9, day) for day in (8, 9, 11, 12)]
    for number in range(10):
        now += timedelta(minutes=rng.choice((5, 30, 90)))
        draft = Draft("lou", "annee")
        for day in rng.sample(days, rng.randint(1, 3)):
            draft = draft.put(day, [slot for slot in "abcd" if rng.random() < 0.5])
        grain = rng.choice((Grain.WHOLE, Grain.DAY_BY_DAY))
        found = confirm(history, desk, draft, number=str(number), now=now, referent="r", grain=grain)
        rebuilt = History(tuple(event_from(json.loads(json.dumps(one.plain()))) for one in found.history.events))
        assert rebuilt == found.history
        if found.event is None:
            assert found.history is history
            continue
        history = found.history
        assert rebuilt.planning().days == found.meanwhile.after.days
        assert [(one.child, one.day, one.held) for one in rebuilt.booked()] == [
            (child, day, one)
            for child, day, held in sorted(found.meanwhile.after.days, key=lambda x: x[1])
            for one in held
        ]
    for n in range(len(history.events) + 1):
        assert History(history.events[:n]).events == history.events[:n]
    assert len(history.events) >= 3


def test_what_waits_for_an_accord_is_told_until_it_is_given() -> None:
    """A booking on request waits, is then validated, and its dossier says so (S6.1, S12.2)."""
    history = told(History(), lou(delays=ASKED), {MONDAY: ["a"], TUESDAY: ["a"]}, "1")
    assert {one.state for one in history.booked()} == {BookedState.APPROVAL}
    assert dossiers(history)[0].state is DossierState.APPROVAL

    one_day = record_answer(history, "1", agreed=True, number="2", now=NOW, referent="agent", days=[MONDAY])
    assert [one.state for one in one_day.booked()] == [BookedState.VALIDATED, BookedState.APPROVAL]
    agreed = record_answer(one_day, "1", agreed=True, number="3", now=NOW, referent="agent")
    assert dossiers(agreed)[0].state is DossierState.CONFIRMED
    assert [one.number for one in dossiers(agreed)] == ["1"]
    with pytest.raises(InvalidValueError, match="n'attend de réponse"):
        record_answer(agreed, "1", agreed=True, number="4", now=NOW, referent="agent")
    with pytest.raises(InvalidValueError, match="aucun dossier « 7 »"):
        record_answer(agreed, "7", agreed=True, number="4", now=NOW, referent="agent")


def test_what_an_agent_declines_falls_with_what_waits_for_it() -> None:
    """A slot that waits with a declined one goes with it; never firm, neither is remembered as given back (S5.6)."""
    delays = ASKED.replace("[delai.general]", '[delai.general]\ncreneaux = "b"') + OTHERS
    history = told(History(), lou(RULE, delays=delays), {MONDAY: ["a", "b", "c"]}, "1")
    assert [one.state for one in history.booked()] == [
        BookedState.TOGETHER, BookedState.APPROVAL, BookedState.VALIDATED,
    ]  # fmt: skip

    declined = record_answer(history, "1", agreed=False, number="2", now=NOW, referent="agent")
    assert declined.planning().held("lou", MONDAY).slots == {"c"}
    assert declined.planning().given_back == ()
    assert dossiers(declined)[0].state is DossierState.PARTLY_CANCELLED
    agreed = record_answer(history, "1", agreed=True, number="2", now=NOW, referent="agent")
    assert {one.state for one in agreed.booked()} == {BookedState.VALIDATED}


def test_what_is_declined_whole_is_declined() -> None:
    """A dossier none of whose slots was agreed to says that it was declined."""
    history = told(History(), lou(delays=ASKED), {MONDAY: ["a"]}, "1")
    declined = record_answer(history, "1", agreed=False, number="2", now=NOW, referent="agent")

    assert dossiers(declined)[0].state is DossierState.DECLINED
    assert declined.booked() == ()


def test_what_is_paid_in_time_is_kept_and_the_rest_is_lost() -> None:
    """Held until paid, then validated; the hour past, it is held by nobody, whether an event follows or not (S4.1)."""
    desk = lou(delays=PAID)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    assert history.booked()[0].state is BookedState.UNPAID
    assert dossiers(history)[0].state is DossierState.UNPAID

    paid = record_payment(history, number="2", now=NOW + timedelta(minutes=59), referent="r")
    assert paid.booked()[0].state is BookedState.VALIDATED
    assert dossiers(paid)[0].state is DossierState.CONFIRMED
    late = NOW + timedelta(hours=1)
    with pytest.raises(InvalidValueError, match="rien ne change"):
        record_payment(history, number="2", now=late, referent="r")
    assert history.booked(late) == ()
    assert dossiers(history, now=late)[0].state is DossierState.LOST
    after = told(history, desk, {TUESDAY: ["a"]}, "2", late)
    assert [one.day for one in after.booked()] == [TUESDAY]
    assert dossiers(after)[1].state is DossierState.LOST
    assert after.planning().given_back == ()


def test_what_waits_with_something_unpaid_is_lost_with_it() -> None:
    """A slot that needs one to be paid is firm once that is, and gone once it is lost, whatever is asked next (S5.6)."""
    desk = lou(RULE, delays=PAID.replace("[delai.general]", '[delai.general]\ncreneaux = "b"') + OTHERS)
    history = told(History(), desk, {MONDAY: ["a", "b", "c"]}, "1")
    assert [one.state for one in history.booked()] == [
        BookedState.TOGETHER, BookedState.UNPAID, BookedState.VALIDATED,
    ]  # fmt: skip

    paid = record_payment(history, number="2", now=NOW, referent="r")
    assert {one.state for one in paid.booked()} == {BookedState.VALIDATED}
    late = NOW + timedelta(hours=1)
    assert [one.held.slot for one in history.booked(late)] == ["c"]
    after = told(history, desk, {TUESDAY: ["c"]}, "2", late)
    assert [(one.day, one.held.slot) for one in after.booked()] == [(MONDAY, "c"), (TUESDAY, "c")]
    assert [one.state for one in dossiers(after)[1].details] == [
        DossierState.LOST, DossierState.LOST, DossierState.CONFIRMED,
    ]  # fmt: skip


def test_what_was_lost_and_is_booked_anew_waits_for_nothing_old() -> None:
    """Booked again once nothing is to be paid in advance any more, it is validated, by the new dossier."""
    phases = PAID.replace(
        'paye_sous = "1 heure" }]',
        'paye_sous = "1 heure" }, { limite = "le jour même, avant 08:00", variante = "normal" }]',
    ).replace(
        'limite = "1 jour calendaire avant la date, avant 12:00", variante',
        'limite = "6 jours calendaires avant la date, avant 12:00", variante',
    )
    desk = lou(delays=phases)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    again = told(history, desk, {MONDAY: ["a"]}, "2", at("2025-09-05 09:00"))

    assert [(one.number, one.state, one.waits) for one in again.booked()] == [("2", BookedState.VALIDATED, ())]
    assert [one.state for one in dossiers(again)] == [DossierState.CONFIRMED, DossierState.LOST]


def test_what_is_asked_back_and_lost_meanwhile_is_gone() -> None:
    """A request about what was not paid in time waits for nobody any more."""
    delays = PAID.replace('a_payer = "rien" }', 'a_payer = "rien", accord = true }')
    desk = lou(delays=delays)
    history = told(told(History(), desk, {MONDAY: ["a"]}, "1"), desk, {MONDAY: []}, "2")
    assert history.booked()[0].state is BookedState.GIVING_BACK
    after = told(history, desk, {TUESDAY: ["a"]}, "3", NOW + timedelta(hours=1))

    assert [one.state for one in dossiers(after)] == [DossierState.UNPAID, DossierState.CONFIRMED, DossierState.LOST]


def test_one_child_may_pay_alone() -> None:
    """A payment for one child leaves what the other has to pay."""
    desk = Desk(small(delays=PAID), Facts(), "ana")
    history = told(told(History(), lou(delays=PAID), {MONDAY: ["a"]}, "1"), desk, {MONDAY: ["a"]}, "2")
    paid = record_payment(history, number="3", now=NOW, referent="r", child="ana")

    assert [(one.child, one.state) for one in paid.booked()] == [
        ("ana", BookedState.VALIDATED), ("lou", BookedState.UNPAID),
    ]  # fmt: skip


def test_what_is_prepaid_without_limit_is_validated_once_paid() -> None:
    """« paye = true » waits for a payment without an hour at which it is lost; agreed first, it waits for it then."""
    prepaid = PAID.replace('paye_sous = "1 heure"', "paye = true")
    history = told(History(), lou(delays=prepaid), {MONDAY: ["a"]}, "1")
    assert history.booked()[0].waits == ("paiement",)
    paid = record_payment(history, number="2", now=NOW + timedelta(days=2), referent="r")
    assert paid.booked()[0].state is BookedState.VALIDATED

    both = prepaid.replace("paye = true", "paye = true, accord = true")
    history = told(History(), lou(delays=both), {MONDAY: ["a"]}, "1")
    assert history.booked()[0].state is BookedState.APPROVAL
    limit = NOW + timedelta(hours=2)
    agreed = record_answer(history, "1", agreed=True, number="2", now=NOW, referent="agent", pay_before=limit)
    assert (agreed.booked()[0].state, agreed.booked(limit)) == (BookedState.UNPAID, ())


def test_a_closure_is_an_event_like_another() -> None:
    """What the service cancels leaves the planning, and stays in the history with its motive (S6.9)."""
    engine = small(STRIKE)
    desk = Desk(engine, Facts(), "lou", {"ana": Facts()})
    history = told(told(History(), desk, {MONDAY: ["a", "b"]}, "1"), Desk(engine, Facts(), "ana"), {MONDAY: ["a"]}, "2")
    strike = Closure(code="greve", motive="grève", slots=("a",), when=When(dates=(MONDAY,)))
    found = close(desk, history.planning(), strike, now=NOW)
    closed = record_closing(history, found, number="3", now=NOW, referent="agent")

    assert closed.planning().days == found.after.days
    assert (last(closed).nature, last(closed).motive, last(closed).total_cents) == (Nature.CLOSURE, "grève", -200)
    assert [one.state for one in dossiers(closed)] == [
        DossierState.CONFIRMED, DossierState.CANCELLED, DossierState.PARTLY_CANCELLED,
    ]  # fmt: skip
    assert "grève" in HistoryPage(dossiers(closed), UTC, {})._repr_html_()
    with pytest.raises(InvalidValueError, match="existe déjà"):
        record_closing(history, found, number="2", now=NOW, referent="agent")
    with pytest.raises(InvalidValueError, match="rien ne change"):
        record_closing(closed, close(desk, closed.planning(), strike, now=NOW), number="4", now=NOW, referent="agent")


def test_each_household_has_its_own_history() -> None:
    """Of a child with two households, each history holds what that one booked; the other's stands beside (S6.8)."""
    mother = Desk(small(), Facts(), "lou", household="mere")
    father = Planning.of({("lou", MONDAY): [Held("a", holder="pere")]})
    draft = Draft("lou", "annee").put(MONDAY, ["a", "b"])
    found = confirm(
        History(household="mere"), mother, draft, number="1", now=NOW, referent="r", beside=father
    )  # fmt: skip

    assert found.event is not None
    assert found.event.changes[0].after == Selection.of(Held("b", holder="mere"))
    assert found.history.planning().union(father).days == found.verdict.after.days
    with pytest.raises(InvalidValueError, match="au guichet de « mere »"):
        confirm(History(), mother, draft, number="1", now=NOW, referent="r")
    with pytest.raises(InvalidValueError, match="est du foyer « mere »"):
        History().recorded(found.event)


def test_a_history_goes_on_from_what_was_held_before_it() -> None:
    """What a town's older system holds is the start: it is shown, and may be given back; no dossier booked it."""
    start = Planning.of({("lou", MONDAY): ["a"]})
    history = History(start=start)
    assert history.booked() == booked_in(start)

    after = told(history, lou(), {MONDAY: []}, "1")
    assert after.planning().days == ()
    assert after.planning().given_back == (("lou", MONDAY, Selection.of("a")),)
    assert dossiers(after)[0].state is DossierState.CONFIRMED


def test_what_was_given_back_is_remembered_for_prices_that_stay_due() -> None:
    """The planning of a history tells what was held firm and was given back since (S10.2)."""
    desk = lou()
    history = told(told(History(), desk, {MONDAY: ["a", "b"]}, "1"), desk, {MONDAY: ["b"]}, "2")

    assert history.planning().given_back == (("lou", MONDAY, Selection.of("a")),)


def test_instants_without_a_zone_are_refused() -> None:
    """Nobody can say what is lost at a naive instant."""
    history = told(History(), lou(delays=PAID), {MONDAY: ["a"]}, "1")
    naive = datetime(2025, 9, 1, 9)
    for ask in (history.planning, history.booked, History().planning):
        with pytest.raises(NaiveInstantError):
            ask(naive)
    with pytest.raises(NaiveInstantError):
        dossiers(history, now=naive)


def test_a_history_is_a_value() -> None:
    """Recording gives another history and leaves the first as it was; equal events make equal histories."""
    history = History((event("1"),))
    more = history.recorded(event("2", day=TUESDAY))

    assert (len(history.events), len(more.events)) == (1, 2)
    assert History(more.events) == more
    assert hash(History(more.events)) == hash(more)
    assert replace(more, events=more.events[:1]) == history
    assert more.event("2").days == (TUESDAY,)


def test_a_waiting_list_is_told_and_its_place_granted() -> None:
    """A slot on a waiting list is held and not firm until a place is given (S6.5)."""
    history = History((
        event(changes=(DayChange(child="lou", day=MONDAY, after=Selection.of("a"), waits=(Wait("a", "liste-d-attente"),)),)),
    ))  # fmt: skip
    assert history.booked()[0].state is BookedState.WAITING
    assert dossiers(history)[0].state is DossierState.WAITING
    given = record_answer(history, "1", agreed=True, number="2", now=NOW, referent="agent")
    assert given.booked()[0].state is BookedState.VALIDATED


def test_what_was_booked_when_is_kept_where_prices_are_read_then() -> None:
    """The instant of a booking is in its event, and is that of the verdict once written and read (S10.7)."""
    desk = lou('[prix]\nau_jour = "réservation"\nhypothese = "essai"')
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    later = told(history, desk, {MONDAY: ["a", "b"]}, "2", NOW + timedelta(hours=1))
    again = History(tuple(event_from(json.loads(json.dumps(one.plain()))) for one in later.events))

    assert [one.held.booked for one in again.booked()] == [NOW, NOW + timedelta(hours=1)]
    assert again.planning() == later.planning()


def test_what_an_agent_set_aside_stands_in_the_start() -> None:
    """Overrides are no events: they are given with the start, and change nothing of what the events hold (S6.7)."""
    desk = lou('[regle.ab]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"')
    draft = Draft("lou", "annee").put(MONDAY, ["a"])
    assert confirm(History(), desk, draft, number="1", now=NOW, referent="r").event is None
    override = Override(rules=("ab",), child="lou", agent="M. D.", reason="travaux", instant=NOW)
    found = confirm(History(start=Planning(overrides=(override,))), desk, draft, number="1", now=NOW, referent="r")

    assert found.event is not None
    assert found.history.planning().overrides == (override,)
    assert History(found.history.events).planning().days == found.history.planning().days


@pytest.mark.parametrize("seed", range(16))
def test_any_sequence_of_operations_is_rebuilt_from_what_was_kept(seed: int) -> None:
    """Bookings, answers, payments and closures of two children: cut anywhere, written and read, the same."""
    rng, now = random.Random(seed), NOW
    delays = rng.choice(
        (ASKED, ON_REQUEST, PAID, ASKED.replace("accord = true }]", "accord = true, paye = true }]", 1))
    )
    engine = small(STRIKE, delays=delays)
    desks = {code: Desk(engine, Facts(), code, {"ana": Facts(), "lou": Facts()}) for code in ("ana", "lou")}
    history, days = History(), [date(2025, 9, day) for day in (8, 9, 11, 12)]
    for number in range(14):
        now += timedelta(minutes=rng.choice((5, 30, 90)))
        history = one_step(rng, history, desks, days, str(number), now)
        planning, booked = history.planning(), history.booked()
        assert {(one.child, one.day, one.held) for one in booked} == {
            (child, day, one) for child, day, held in planning.days for one in held
        }
        held = {(one.child, one.day, one.held.slot) for one in booked}
        assert {
            (child, day, wait.slot) for child, day, _ in planning.days for wait in history.waits(child, day)
        } <= held
    assert len(history.events) >= 4
    kept = [json.loads(json.dumps(one.plain())) for one in history.events]
    for n in range(len(kept) + 1):
        assert History(tuple(map(event_from, kept[:n]))) == History(history.events[:n])
    assert len(dossiers(history, now=now)) == sum(one.nature in LISTED for one in history.events)


def one_step(
    rng: random.Random, history: History, desks: dict[str, Desk], days: list[date], number: str, now: datetime
) -> History:
    """The history after one operation drawn at random; as it was where it changes nothing, or is refused."""
    desk = desks[rng.choice(("ana", "lou"))]
    kind = rng.choice(("ask", "ask", "ask", "answer", "pay", "close"))
    try:
        if kind == "ask":
            draft = Draft(desk.child, "annee")
            for day in rng.sample(days, rng.randint(1, 3)):
                draft = draft.put(day, [slot for slot in "abcd" if rng.random() < 0.5])
            return confirm(history, desk, draft, number=number, now=now, referent="r").history
        if kind == "answer":
            about = rng.choice([one.number for one in history.events] or ["0"])
            agreed, some = rng.random() < 0.5, rng.choice((None, days[:2]))
            return record_answer(history, about, agreed=agreed, number=number, now=now, referent="agent", days=some)
        if kind == "pay":
            return record_payment(history, number=number, now=now, referent="r", child=rng.choice((None, "ana")))
        shut = Closure(code="greve", motive="grève", slots=(rng.choice("abcd"),), when=When(dates=(rng.choice(days),)))
        found = close(desk, history.planning(), shut, now=now)
        return record_closing(history, found, number=number, now=now, referent="agent")
    except InvalidValueError as nothing:
        said = ("rien ne change", "n'attend de réponse", "aucun dossier")
        if not any(one in str(nothing) for one in said):
            raise
        return history
