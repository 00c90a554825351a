"""Cancelling: asked from the planning, shown with what stays due, confirmed, kept, and always written (S12.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import pytest
from tests.guide import OPEN, PARIS, at, lou, martin, small
from tests.households import ASKED, MONDAY, NOW, ON_REQUEST, PAID, TUESDAY, guide_history, told

from clae_rules import (
    Booked,
    BookedState,
    Closure,
    Confirmed,
    Desk,
    DossierState,
    Draft,
    Facts,
    Grain,
    Held,
    History,
    HistoryPage,
    InvalidValueError,
    Nature,
    Planning,
    Status,
    cancellation,
    close,
    confirm,
    confirmation,
    dossiers,
    recapitulatif,
    record_answer,
    record_closing,
    record_payment,
)
from clae_rules.selectors import When

HALF: Final = OPEN.replace('"rien"', '"50 %"')


def cancelled(history: History, desk: Desk, *bookings: Booked, number: str = "2") -> Confirmed:
    """What comes of asking to give some bookings back, and confirming."""
    draft = cancellation(desk, history.planning(), bookings or history.booked())
    return confirm(history, desk, draft, number=number, now=NOW, referent="r")


def written(history: History, desk: Desk) -> str:
    """The message of the last event, its subject first."""
    names = {"lou": "Lou", "martin": "Martin"}
    told = confirmation(history.events[-1], history=history, names=names, labels=desk.engine.labels, tz=PARIS)
    return f"{told.subject}\n{told.text()}".replace("\N{NO-BREAK SPACE}", " ")


def listed(history: History) -> str:
    """What the page « Historique » says of the newest dossier."""
    (table,) = HistoryPage(dossiers(history), PARIS, {}).sections()
    return str(table.rows[0][-1]).replace("\N{NO-BREAK SPACE}", " ")


def test_a_cancellation_is_asked_shown_confirmed_kept_and_written() -> None:
    """Gone from the planning, kept in the history, and confirmed by the mail that the guide promises."""
    desk, history = guide_history()
    clicked = [one for one in history.booked() if one.held.slot == "midi-2" and one.day == date(2021, 9, 7)]
    draft = cancellation(desk, history.planning(), clicked)
    now = at("2021-08-20 10:00")
    assert recapitulatif(draft.verdict(desk, history.planning(), now=now)).total_cents == -25

    found = confirm(history, desk, draft, number="10", now=now, referent="adulte-1")
    assert found.event is not None
    assert found.event.nature is Nature.CANCELLATION
    assert date(2021, 9, 7) not in {one.day for one in found.history.booked()}
    assert [one.state for one in dossiers(found.history)][:2] == [DossierState.CONFIRMED, DossierState.CANCELLED]
    assert written(found.history, desk).splitlines() == [
        "Votre annulation est confirmée (dossier n° 10)",
        (
            "Dossier n° 10 du 20/08/2021 à 10:00 : CLAE MESSY > PERISCOLAIRE / RESTAURATION > "
            "Périscolaire / Restauration 2021 - 2022."
        ),
        "- Annulé : Martin, Périscolaire midi 2 (07/09/2021)",
        "n'est plus facturé : Périscolaire midi 2 (07/09) : -0,25 €",
        "Total : -0,25 €",
    ]


def test_what_stays_due_is_shown_before_and_kept_after() -> None:
    """The récapitulatif says what stays due, and the dossier keeps the line (S4.2)."""
    desk = lou(delays=HALF)
    found = cancelled(told(History(), desk, {MONDAY: ["a"]}, "1"), desk)

    assert [(one.kind, one.amount_cents) for one in found.recapitulatif.lines] == [("retire", -100), ("du", 50)]
    assert found.event is not None
    assert (found.event.total_cents, found.event.lines[-1].designation) == (-50, "reste dû : A (08/09)")


def test_the_rest_of_the_dates_is_kept() -> None:
    """One slot of a date is given back, the others stay, and so do other modes of that date."""
    desk = lou()
    history = told(History(), desk, {MONDAY: ["a", "b"], TUESDAY: ["a"]}, "1")
    found = cancelled(history, desk, history.booked()[0], history.booked()[2])

    assert found.history.planning().days == (("lou", MONDAY, history.planning().held("lou", MONDAY).without(["a"])),)


def test_what_is_too_late_is_refused_and_stays() -> None:
    """A deadline that has passed refuses the cancellation, and nothing is recorded."""
    desk = lou()
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    draft = cancellation(desk, history.planning(), history.booked())
    found = confirm(history, desk, draft, number="2", now=at("2025-09-07 12:00"), referent="r")

    assert (found.status, found.history) == (Status.REFUSED, history)
    assert [one.code for one in found.violations] == ["annulation-delai-depasse"]


def test_every_booking_that_cannot_be_asked_back_is_told() -> None:
    """Another child's, one that is not held, one of no période and of another période are named at once."""
    desk, history = guide_history()
    mine = history.booked()[0]
    asked = (
        mine,
        replace(mine, child="rita"),
        replace(mine, held=Held("repas")),
        Booked("martin", date(2021, 9, 8), Held("mer-matin")),
    )
    with pytest.raises(InvalidValueError) as error:
        cancellation(desk, history.planning(), asked)
    assert len(error.value.faults) == 3
    assert "est de « rita »" in str(error.value)

    wednesday = told(history, desk, {date(2021, 9, 8): ["mer-matin"]}, "10", at("2021-06-10 09:00"), "mercredi-2021")
    with pytest.raises(InvalidValueError, match="une période à la fois"):
        cancellation(desk, wednesday.planning(), wednesday.booked())
    with pytest.raises(InvalidValueError, match="aucune réservation choisie"):
        cancellation(desk, history.planning(), ())
    gone = Booked("martin", mine.day, Held("cirque"))
    start = Planning.of({("martin", mine.day): ["cirque"]})
    with pytest.raises(InvalidValueError, match="d'aucune période"):
        cancellation(desk, start, [gone])


def test_a_booking_that_the_periode_no_longer_opens_may_still_be_asked_back() -> None:
    """On a date that is no longer open the période is that of its mode; the verdict says whether it may be."""
    desk = martin()
    saturday = date(2021, 9, 11)
    planning = Planning.of({("martin", saturday): ["repas"]})
    draft = cancellation(desk, planning, [Booked("martin", saturday, Held("repas"))])

    assert draft.periode == "periscolaire-2021"
    assert draft.verdict(desk, planning, now=at("2021-09-01 09:00")).status is Status.REFUSED


def test_a_cancellation_on_request_is_held_until_an_agent_agrees() -> None:
    """« Annulation demandée » is a state of the planning; agreed it is gone, declined it stays (S3.6)."""
    desk = lou(delays=ON_REQUEST)
    history = told(History(), desk, {MONDAY: ["a"], TUESDAY: ["a"]}, "1")
    asked = cancelled(history, desk)
    assert asked.history.planning().days == history.planning().days
    assert {one.state for one in asked.history.booked()} == {BookedState.GIVING_BACK}
    assert [one.state for one in dossiers(asked.history)] == [DossierState.GIVING_BACK] * 2
    assert listed(asked.history) == (
        "lou : annulation en attente de l'accord du service : d'ici là la réservation reste due ; si elle est acceptée : "
        "n'est plus facturé : A (08/09, 09/09) ; reste dû : A (08/09, 09/09) ; total -1,00 €"
    )
    assert written(asked.history, desk).splitlines() == [
        "Votre demande d'annulation est enregistrée (dossier n° 2)",
        "Dossier n° 2 du 01/09/2025 à 09:00 : ÉCOLE > JOUR > Année.",
        "- Annulation demandée : Lou, A (08/09/2025, 09/09/2025)",
        "L'annulation est en attente de l'accord du service : d'ici là la réservation reste due.",
        "Si le service l'accepte :",
        "- n'est plus facturé : A (08/09, 09/09) : -2,00 €",
        "- reste dû : A (08/09, 09/09) : 1,00 €",
        "- Total : -1,00 €",
    ]

    one = record_answer(asked.history, "2", agreed=True, number="3", now=NOW, referent="agent", days=[MONDAY])
    assert [x.day for x in one.booked()] == [TUESDAY]
    assert written(one, desk).splitlines()[2:] == [
        "- Annulé : Lou, A (08/09/2025)",
        "Comme annoncé au dossier n° 2, pour toutes ses dates :",
        "- n'est plus facturé : A (08/09, 09/09) : -2,00 €",
        "- reste dû : A (08/09, 09/09) : 1,00 €",
        "- Total : -1,00 €",
    ]
    both = record_answer(one, "2", agreed=False, number="4", now=NOW, referent="agent")
    assert [x.state for x in both.booked()] == [BookedState.VALIDATED]
    assert [x.state for x in dossiers(both)[0].details] == [DossierState.CONFIRMED, DossierState.DECLINED]
    assert dossiers(both)[0].state is DossierState.PARTLY_CANCELLED
    assert listed(both).startswith(
        "lou : annulation refusée en partie : ce qui l'est reste dû ; demandé en tout : n'est"
    )
    assert written(both, desk).splitlines() == [
        "Votre demande d'annulation est refusée (dossier n° 4)",
        "Dossier n° 4 du 01/09/2025 à 09:00, en réponse au dossier n° 2.",
        "- Annulation refusée : Lou, A (09/09/2025)",
        "L'annulation est refusée : la réservation reste due.",
    ]


@pytest.mark.parametrize("agreed", (True, False))
def test_an_answer_names_only_what_was_asked(agreed: bool) -> None:
    """What is held of the same date beside what was asked, or waits for another answer, is not of it (S12.4)."""
    desk = lou(delays=ON_REQUEST)
    history = told(History(), desk, {MONDAY: ["a", "b", "c"]}, "1")
    first = cancelled(history, desk, history.booked()[0]).history
    second = cancelled(first, desk, first.booked()[1], number="3").history
    assert "Lou, A " not in written(second, desk)
    answered = record_answer(second, "3", agreed=agreed, number="4", now=NOW, referent="agent")

    assert [line for line in written(answered, desk).splitlines() if "Lou" in line] == [
        f"- {'Annulé' if agreed else 'Annulation refusée'} : Lou, B (08/09/2025)"
    ]
    assert ("Comme annoncé au dossier n° 3 :" in written(answered, desk)) == agreed
    assert ("€" in written(answered, desk)) == agreed
    assert ("reste dû" in listed(answered), "€" in listed(answered)) == (agreed, agreed)
    assert (listed(answered) == "lou : annulation refusée : la réservation reste due") != agreed


def test_a_booking_agreed_to_names_only_what_waited() -> None:
    """What was firm beside a booking that an agent agrees to is not of the answer (S12.4)."""
    firm = told(History(), lou(), {MONDAY: ["b"]}, "1")
    waiting = told(firm, lou(delays=ASKED), {MONDAY: ["a", "b"]}, "2")
    agreed = record_answer(waiting, "2", agreed=True, number="3", now=NOW, referent="agent")

    assert written(agreed, lou()).splitlines()[2:] == ["- Concerne : Lou, A (08/09/2025)"]


def test_what_is_booked_beside_a_request_is_priced_if_it_is_agreed_to() -> None:
    """A dossier that adds and asks back is priced as it will be once agreed to, and says so (S3.6)."""
    desk = lou(delays=ON_REQUEST)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    draft = cancellation(desk, history.planning(), history.booked()).put(MONDAY, ["c"])
    asked = confirm(history, desk, draft, number="2", now=NOW, referent="r").history
    found = written(asked, desk).splitlines()

    assert found[0] == "Votre réservation est enregistrée (dossier n° 2)"
    assert found[2:4] == ["- Réservé : Lou, C (08/09/2025)", "- Annulation demandée : Lou, A (08/09/2025)"]
    assert found.index("Si le service l'accepte :") < min(n for n, line in enumerate(found) if "€" in line)
    declined = record_answer(asked, "2", agreed=False, number="3", now=NOW, referent="agent")
    assert written(declined, desk).splitlines()[0] == "Votre demande d'annulation est refusée (dossier n° 3)"
    assert listed(declined) == "lou : annulation refusée : la réservation reste due ; C (08/09)"


def test_asking_twice_to_give_back_changes_nothing() -> None:
    """What already waits to be given back is not asked again."""
    desk = lou(delays=ON_REQUEST)
    asked = cancelled(told(History(), desk, {MONDAY: ["a"]}, "1"), desk).history
    again = cancelled(asked, desk, number="3")

    assert (again.event, again.history) == (None, asked)


def test_what_waits_to_be_given_back_must_go_with_what_is_added() -> None:
    """Until an agent agrees both are held: a change that they would break together is refused (S5.6)."""
    rule = '[regle.ab]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"'
    desk = lou(rule, delays=ON_REQUEST)
    history = told(History(), desk, {MONDAY: ["a"]}, "1")
    draft = cancellation(desk, history.planning(), history.booked()).put(MONDAY, ["b"])
    found = confirm(history, desk, draft, number="2", now=NOW, referent="r")
    assert found.verdict.allowed
    assert (found.status, found.event) == (Status.REFUSED, None)
    assert [one.rule for one in found.violations] == ["ab"]

    beside = confirm(history, desk, draft.put(MONDAY, ["c"]), number="2", now=NOW, referent="r").history
    assert [(one.held.slot, one.state) for one in beside.booked()] == [
        ("a", BookedState.GIVING_BACK), ("c", BookedState.VALIDATED),
    ]  # fmt: skip


def test_day_by_day_a_request_that_cannot_wait_falls_alone() -> None:
    """Date by date, what may not be held beside its request is left out, what was refused is told, the rest recorded."""
    rule = '[regle.ab]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"'
    desk = lou(rule, delays=ON_REQUEST)
    history = told(History(), desk, {MONDAY: ["a"], TUESDAY: ["a"]}, "1")
    draft = Draft("lou", "annee").put(date(2025, 9, 1), ["a"]).put(MONDAY, ["b"]).put(TUESDAY, [])
    found = confirm(history, desk, draft, number="2", now=NOW, referent="r", grain=Grain.DAY_BY_DAY)

    assert found.event is not None
    assert found.event.days == (TUESDAY,)
    assert [one.day for one in found.violations] == [date(2025, 9, 1), MONDAY]
    assert [line.dates for line in found.recapitulatif.lines] == [(TUESDAY,), (TUESDAY,)]


def test_a_date_added_beside_a_request_keeps_the_request() -> None:
    """Another change of the same date leaves what waits there as it was."""
    desk = lou(delays=ON_REQUEST)
    asked = cancelled(told(History(), desk, {MONDAY: ["a"]}, "1"), desk).history
    more = told(asked, desk, {MONDAY: ["a", "c"]}, "3")

    assert [(one.held.slot, one.state) for one in more.booked()] == [
        ("a", BookedState.GIVING_BACK), ("c", BookedState.VALIDATED),
    ]  # fmt: skip
    assert [(one.number, one.state) for one in dossiers(more)] == [
        ("3", DossierState.CONFIRMED), ("2", DossierState.GIVING_BACK), ("1", DossierState.GIVING_BACK),
    ]  # fmt: skip
    given = record_answer(more, "2", agreed=True, number="4", now=NOW, referent="agent")
    assert [one.held.slot for one in given.booked()] == ["c"]


def test_each_kind_of_event_has_its_message() -> None:
    """A booking that waits, a payment, an accord, a closure: each says what it is and what it concerns."""
    desk = lou(delays=ASKED)
    asked = told(History(), desk, {MONDAY: ["a"]}, "1")
    agreed = record_answer(asked, "1", agreed=True, number="2", now=NOW, referent="agent")
    declined = record_answer(asked, "1", agreed=False, number="2", now=NOW, referent="agent")
    paid = record_payment(told(History(), lou(delays=PAID), {MONDAY: ["a"]}, "1"), number="2", now=NOW, referent="r")
    engine = small('[evenement.greve]\nmotifs = "greve"\na_payer = "rien"\nhypothese = "essai"')
    open_desk = Desk(engine, Facts(), "lou")
    open_history = told(History(), open_desk, {MONDAY: ["a"]}, "1")
    strike = Closure(code="greve", motive="grève", slots=("a",), when=When(dates=(MONDAY,)))
    closed = record_closing(
        open_history, close(open_desk, open_history.planning(), strike, now=NOW), number="2", now=NOW, referent="agent"
    )
    found = [written(one, desk).splitlines() for one in (asked, agreed, declined, paid, closed)]

    assert [(one[0], one[2]) for one in found] == [
        ("Votre réservation est enregistrée (dossier n° 1)", "- Réservé : Lou, A (08/09/2025)"),
        ("Votre demande est acceptée (dossier n° 2)", "- Concerne : Lou, A (08/09/2025)"),
        ("Votre demande n'est pas acceptée (dossier n° 2)", "- Annulé : Lou, A (08/09/2025)"),
        ("Votre paiement est enregistré (dossier n° 2)", "- Concerne : Lou, A (08/09/2025)"),
        ("Le service a annulé des réservations (dossier n° 2)", "Motif : grève."),
    ]
    assert "- En attente d'accord : Lou, A (08/09/2025)" in found[0]
    assert "- Annulé par le service : Lou, A (08/09/2025)" in found[4]


def test_a_message_of_many_dates_stays_short() -> None:
    """Past twelve dates their number and ends are told; a code without a name is shown as it is."""
    desk = lou()
    days = {date(2025, 9, day): ["a"] for day in (8, 9, 11, 12, 15, 16, 18, 19, 22, 23, 25, 26, 29)}
    history = told(History(), desk, days, "1")
    found = confirmation(history.events[-1], history=history, names={}, labels={}, tz=PARIS)

    assert found.paragraphs[1] == ("Réservé : lou, a (13 dates, du 08/09/2025 au 29/09/2025)",)
