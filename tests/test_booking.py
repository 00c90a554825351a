"""The decision about a change: rules, deadlines, gates, pools, overrides, and what is held afterwards (S3, S5, S6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.guide import OPEN, at, guide, lou, martin

from clae_rules import (
    Demande,
    Desk,
    Facts,
    Grain,
    Held,
    NaiveInstantError,
    Occupancy,
    Override,
    Planning,
    Selection,
    Status,
    UnknownPeriodeError,
    UnknownSlotError,
    Variant,
    Verdict,
    boxes,
    check_day,
    decide,
)
from clae_rules.boxes import BoxState
from clae_rules.errors import InvalidValueError

NOW = at("2021-09-01 09:00")
THURSDAY, WEDNESDAY, HOLIDAY = date(2021, 9, 9), date(2021, 9, 8), date(2021, 10, 26)
EMPTY = Planning()
DAY, EARLY = date(2025, 9, 11), at("2025-09-01 09:00")
LATE = Variant.HORS_DELAI

POOL = '[capacite.places]\ncreneaux = ["a", "b"]\nenfants = 2\nhypothese = "essai"'
CHANGE = """
[delai.general]
hypothese = "essai"
reserver = "7 jours calendaires avant la date, avant 12:00"
changer = [{ limite = "3 jours calendaires avant la date, avant 12:00", variante = "normal", a_payer = "rien" }]
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
"""
APPROVAL = """
[delai.general]
hypothese = "essai"
annuler = [{ limite = "1 jour calendaire avant la date, avant 12:00", a_payer = "rien" }]
reserver = "1 jour calendaire avant la date, avant 12:00"
[delai.b]
creneaux = "b"
hypothese = "essai"
reserver = [{ limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal", accord = true }]
"""


def codes(desk: Desk, day: date, slots: tuple[str, ...], now: datetime = NOW) -> list[str]:
    """The codes of the violations of a selection."""
    return [one.code for one in check_day(desk, day, slots, now=now).violations]


def asked(desk: Desk, days: dict[date, tuple[str, ...]], planning: Planning = EMPTY, **more: object) -> Verdict:
    """A demande of the child of a desk for the year of a small règlement."""
    grain = Grain.DAY_BY_DAY if more.get("by_day") else Grain.WHOLE
    taken = more.get("occupancy", Occupancy())
    assert isinstance(taken, Occupancy)
    demande = Demande.of("lou", "annee", days)
    return decide(desk, planning, demande, now=EARLY, grain=grain, occupancy=taken)


@pytest.mark.parametrize(
    ("day", "slots", "code"),
    (
        (THURSDAY, ("matin-1",), "demande-aussi"),
        (THURSDAY, ("midi-1", "repas"), "bloque"),
        (THURSDAY, ("midi-2", "repas"), "bloque"),
        (WEDNESDAY, ("mer-repas",), "interdit-seul"),
        (HOLIDAY, ("vac-repas",), "interdit-seul"),
    ),
)
def test_each_rule_of_the_guide_refuses(day: date, slots: tuple[str, ...], code: str) -> None:
    """A selection that breaks one rule is refused by that rule alone, with its article (S5.1, S5.2, S1.4)."""
    verdict = check_day(martin(), day, slots, now=NOW)
    assert verdict.status is Status.REFUSED
    assert [one.code for one in verdict.violations] == [code]
    assert verdict.violations[0].source.startswith("guide B.4.a")


@pytest.mark.parametrize(
    ("day", "slots"),
    (
        (THURSDAY, ("matin-1", "matin-2")),
        (THURSDAY, ("midi-1", "midi-2")),
        (THURSDAY, ("repas", "soir-1", "soir-2")),
        (WEDNESDAY, ("mer-repas", "mer-matin")),
        (WEDNESDAY, ("mer-repas", "mer-apres-midi")),
        (HOLIDAY, ("vac-repas", "vac-matin")),
        (HOLIDAY, ()),
    ),
)
def test_each_rule_of_the_guide_is_mended(day: date, slots: tuple[str, ...]) -> None:
    """The companion added, or the other one left out, the same date is allowed (S5.1, S1.7)."""
    assert check_day(martin(), day, slots, now=NOW).allowed


def test_every_violation_is_reported_in_an_order_of_its_own() -> None:
    """Two broken rules are both told, whatever the order of what is asked (S1.4)."""
    expected = ["bloque", "demande-aussi"]
    assert codes(martin(), THURSDAY, ("repas", "midi-2", "matin-1")) == expected
    assert codes(martin(), THURSDAY, ("matin-1", "midi-2", "repas")) == expected


@pytest.mark.parametrize(
    ("now", "variant"),
    (
        ("2021-09-02 11:59:59", Variant.NORMAL),
        ("2021-09-02 12:00:00", LATE),
        ("2021-09-02 12:00:01", LATE),
        ("2021-09-09 05:59:59", LATE),
        ("2021-09-09 06:00:00", None),
        ("2021-09-09 06:00:01", None),
    ),
)
def test_each_deadline_to_the_second(now: str, variant: Variant | None) -> None:
    """A deadline is too late at its instant and not a second before (S3)."""
    verdict = check_day(martin(), THURSDAY, ["repas"], now=at(now))
    assert verdict.allowed is (variant is not None)
    if variant is not None:
        assert verdict.outcome.after.variant("repas") is variant
    else:
        assert [one.code for one in verdict.violations] == ["delai-depasse"]
        assert "09/09/2021 06:00" in verdict.violations[0].sentence()


@pytest.mark.parametrize(("now", "allowed"), (("2021-09-02 11:59:59", True), ("2021-09-02 12:00:00", False)))
def test_the_deadline_of_cancelling_to_the_second(now: str, *, allowed: bool) -> None:
    """Cancelling has a deadline of its own, too late at its instant (S3.6)."""
    verdict = check_day(martin(), THURSDAY, [], now=at(now), held=Selection.of("repas"))
    assert verdict.allowed is allowed
    assert [one.code for one in verdict.violations] == ([] if allowed else ["annulation-delai-depasse"])


def test_instants_are_compared_in_utc() -> None:
    """The same instant in another zone gets the same answer (S2.4)."""
    for limit in (at("2021-09-02 11:59:59"), at("2021-09-02 12:00:00")):
        here = check_day(martin(), THURSDAY, ["repas"], now=limit).outcome
        assert check_day(martin(), THURSDAY, ["repas"], now=limit.astimezone(UTC)).outcome == here


def test_a_page_opened_before_a_deadline_and_posted_after_it_is_refused() -> None:
    """What was free when the page was drawn is judged again when it is posted (S1.3)."""
    limit = at("2021-09-09 06:00:00")
    drawn = boxes(martin(), THURSDAY, now=limit - timedelta(seconds=1))
    assert drawn.box("repas", LATE).state is BoxState.FREE
    assert check_day(martin(), THURSDAY, [Held("repas", LATE)], now=limit).status is Status.REFUSED


def test_a_normal_box_posted_in_the_late_phase_is_refused() -> None:
    """A named variant must be the live one; a slot without variant takes it (S4.5)."""
    late = at("2021-09-02 12:00:00")
    refused = check_day(martin(), THURSDAY, [Held("repas", Variant.NORMAL)], now=late)
    assert [one.code for one in refused.violations] == ["variante-fermee"]
    assert "hors-delai" in refused.violations[0].sentence()
    assert check_day(martin(), THURSDAY, [Held("repas", LATE)], now=late).allowed
    early = check_day(martin(), THURSDAY, [Held("repas", LATE)], now=NOW)
    assert [one.code for one in early.violations] == ["variante-fermee"]
    assert early.violations[0].sentence().endswith("ne se réserve qu'en normal à cet instant")


def test_a_kept_slot_is_named_by_its_variant_or_by_none() -> None:
    """A held slot keeps its variant, and cannot be asked in the other (S4.5)."""
    held = Selection.of(Held("repas", LATE))
    assert check_day(martin(), THURSDAY, ["repas"], now=NOW, held=held).allowed
    assert check_day(martin(), THURSDAY, [Held("repas", LATE)], now=NOW, held=held).outcome.after == held
    other = check_day(martin(), THURSDAY, [Held("repas", Variant.NORMAL)], now=NOW, held=held)
    assert [one.code for one in other.violations] == ["variante-tenue"]


def test_an_incomplete_dossier_closes_booking() -> None:
    """A gate that is surely shut refuses in the règlement's own words, and names what is missing (S6.4)."""
    verdict = check_day(martin(dossier_enfant="incomplet"), THURSDAY, ["repas"], now=NOW)
    assert [one.code for one in verdict.violations] == ["acces-ferme"]
    assert verdict.violations[0].sentence().startswith("Vous devez compléter le dossier de cet enfant")
    assert "dossier-enfant : complet" in verdict.violations[0].sentence()


def test_a_gate_never_stops_a_cancellation_unless_written() -> None:
    """A gate closes the acts that it names alone (S6.4)."""
    shut = martin(dossier_enfant="incomplet", dossier_foyer="incomplet")
    assert check_day(shut, THURSDAY, [], now=NOW, held=Selection.of("repas")).allowed
    written = guide(('ferme   = "reserver"', 'ferme   = ["reserver", "annuler"]'))
    refused = check_day(martin(written, dossier_enfant="incomplet"), THURSDAY, [], now=NOW, held=Selection.of("repas"))
    assert [one.code for one in refused.violations] == ["acces-ferme"]


def test_a_missing_fact_is_undecided() -> None:
    """Nobody can say whether a gate is shut without the fact that it compares (S1.5)."""
    desk = Desk(guide(), Facts.of(dossier_foyer="valide"))
    verdict = check_day(desk, THURSDAY, ["repas"], now=NOW)
    assert verdict.status is Status.UNDECIDED
    assert [one.code for one in verdict.doubts] == ["fait-manquant"]
    assert check_day(desk, THURSDAY, ["repas", "midi-1"], now=NOW).status is Status.REFUSED


@pytest.mark.parametrize("taken", (None, 0, 1, 2, 3))
@pytest.mark.parametrize("waiting", (False, True))
def test_pools(taken: int | None, *, waiting: bool) -> None:
    """A pool with room says nothing; a full one refuses or grants a waiting place; an untold one is undecided (S6.5)."""
    desk = lou(POOL + ("\nattente = true" if waiting else ""))
    told = Occupancy() if taken is None else Occupancy.of({("places", DAY): taken})
    verdict = check_day(desk, DAY, ["a"], now=EARLY, occupancy=told)
    full = Status.ALLOWED if waiting else Status.REFUSED
    assert verdict.status is (Status.UNDECIDED if taken is None else Status.ALLOWED if taken < 2 else full)
    if taken is not None and taken >= 2:
        assert dict(verdict.outcome.pending) == ({"a": "liste-d-attente"} if waiting else {})
        assert [one.code for one in verdict.violations] == ([] if waiting else ["complet"])
        assert all("2" in one.sentence() and "  " not in one.sentence() for one in verdict.violations)


def test_a_number_of_places_for_every_date_yields_to_that_of_a_date() -> None:
    """One number is told of every date; a date told by itself has its own (S6.5)."""
    told = Occupancy.of({("places", None): 2, ("places", DAY): 1})
    assert check_day(lou(POOL), DAY, ["a"], now=EARLY, occupancy=told).allowed
    refused = check_day(lou(POOL), DAY + timedelta(days=1), ["a"], now=EARLY, occupancy=told)
    assert [one.code for one in refused.violations] == ["complet"]


def test_a_child_counts_once_in_a_pool() -> None:
    """Who holds a slot of a full pool may add another of it (S6.5)."""
    full = Occupancy.of({("places", DAY): 2})
    assert check_day(lou(POOL), DAY, ["a", "b"], now=EARLY, held=Selection.of("a"), occupancy=full).allowed
    assert check_day(lou(POOL), DAY, ["c"], now=EARLY, occupancy=full).allowed


def test_the_tightest_pool_decides_whatever_the_order() -> None:
    """A full pool wins over a waiting list, and setting one aside leaves the other (S6.5, S6.7)."""
    other = POOL.replace("places]", "autres]") + "\nattente = true"
    full = Occupancy.of({("places", DAY): 2, ("autres", DAY): 2})
    for pools in ((POOL, other), (other, POOL)):
        assert [one.rule for one in check_day(lou(*pools), DAY, ["a"], now=EARLY, occupancy=full).violations] == [
            "places"
        ]
        waived = check_day(lou(*pools), DAY, ["a"], now=EARLY, occupancy=full, waived=frozenset({"places"}))
        assert dict(waived.outcome.pending) == {"a": "liste-d-attente"}
    twins = (POOL, POOL.replace("places]", "autres]"))
    told = {check_day(lou(*one), DAY, ["a"], now=EARLY, occupancy=full).violations for one in (twins, twins[::-1])}
    assert len(told) == 1


def test_a_pool_that_may_concern_the_child_is_undecided() -> None:
    """A full pool whose children are told by a missing fact leaves the answer undecided (S1.5)."""
    desk = lou(POOL + '\nqui = { niveau = "petit" }')
    full = Occupancy.of({("places", DAY): 2})
    assert check_day(desk, DAY, ["a"], now=EARLY, occupancy=full).status is Status.UNDECIDED


def test_a_pending_companion_holds_what_needs_it() -> None:
    """An added slot whose companion waits for an agent waits with it (S5.6)."""
    desk = lou('[regle.r]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"', delays=APPROVAL)
    verdict = check_day(desk, DAY, ["a", "b", "c"], now=EARLY)
    assert verdict.allowed
    assert dict(verdict.outcome.pending) == {"b": "accord", "a": "avec b"}


def test_a_firm_slot_cannot_lean_on_a_pending_one() -> None:
    """What is held firmly must keep its rules without the pending slots (S5.6)."""
    rule = '[regle.r]\ncreneaux = ["a", "b", "c"]\nau_moins = 2\nhypothese = "essai"'
    verdict = check_day(lou(rule, delays=APPROVAL), DAY, ["a", "b"], now=EARLY)
    assert dict(verdict.outcome.pending) == {"b": "accord", "a": "avec b"}
    held = check_day(lou(rule, delays=APPROVAL), DAY, ["b"], now=EARLY, held=Selection.of("a", "c"))
    assert held.status is Status.REFUSED


def test_a_violation_that_was_there_is_inherited() -> None:
    """What was broken before is told and does not block, unless an added slot is among its causes (S6.2)."""
    held = Selection.of("midi-1", "repas")
    verdict = check_day(martin(), THURSDAY, ["midi-1", "repas", "soir-1"], now=NOW, held=held)
    assert verdict.allowed
    assert [one.code for one in verdict.inherited] == ["bloque"]
    worse = check_day(martin(), THURSDAY, ["midi-1", "midi-2", "repas"], now=NOW, held=held)
    assert [one.code for one in worse.violations] == ["bloque"]


def test_a_count_that_was_over_may_not_go_further() -> None:
    """Raising the excess of an inherited count blocks; lowering it does not (S6.2)."""
    desk, held = lou('[regle.r]\nau_plus = 1\nhypothese = "essai"'), Selection.of("a", "b", "c")
    assert check_day(desk, DAY, ["a", "b"], now=EARLY, held=held).allowed
    assert check_day(desk, DAY, ["a", "b", "c", "d"], now=EARLY, held=held).status is Status.REFUSED


def test_an_agent_sets_a_rule_aside() -> None:
    """A recorded override waives the rules that it names, on its dates, and nothing else (S6.7)."""
    desk = lou('[regle.r]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"')
    override = Override(rules=("r",), child="lou", agent="Mme Roy", reason="PAI", instant=EARLY, days=(DAY,))
    planning, other = Planning(overrides=(override,)), date(2025, 9, 12)
    verdict = asked(desk, {DAY: ("a", "b"), other: ("a", "b")}, planning, by_day=True)
    assert [day.day for day in verdict.granted] == [DAY]
    assert verdict.granted[0].outcome.waived == ("r",)
    later = asked(desk, {DAY: ("a", "b", "c")}, verdict.after)
    assert later.allowed


def test_an_agent_sets_a_deadline_aside() -> None:
    """A deadline is named in an override like a rule (S6.7)."""
    late = at("2025-09-11 09:00")
    assert check_day(lou(), DAY, ["a"], now=late).status is Status.REFUSED
    verdict = check_day(lou(), DAY, ["a"], now=late, waived=frozenset({"general"}))
    assert verdict.allowed
    assert verdict.outcome.waived == ("general",)


@pytest.mark.parametrize(
    ("days_before", "book", "change", "cancel"),
    ((8, True, True, True), (5, False, True, True), (2, False, False, True), (0, False, False, False)),
)
def test_the_phases_of_a_change(days_before: int, *, book: bool, change: bool, cancel: bool) -> None:
    """A date held before and after follows the change phases; an empty one those of booking or cancelling (S3.6)."""
    desk, held = lou(delays=CHANGE), Selection.of("a")
    now = at("2025-09-11 09:00") - timedelta(days=days_before)
    assert check_day(desk, DAY, ["a"], now=now).allowed is book
    assert check_day(desk, DAY, ["b"], now=now, held=held).allowed is change
    assert check_day(desk, DAY, ["a", "b"], now=now, held=held).allowed is change
    assert check_day(desk, DAY, [], now=now, held=held).allowed is cancel
    assert check_day(desk, DAY, ["a"], now=now, held=held).allowed


def test_without_change_phases_a_change_follows_what_it_adds_and_removes() -> None:
    """A swap past the booking deadline is refused for what it adds, though cancelling is open (S3.6)."""
    delays = OPEN.replace('reserver = "1 jour', 'reserver = "7 jours', 1).replace(
        "7 jours calendaire ", "7 jours calendaires "
    )
    desk, now = lou(delays=delays), at("2025-09-09 09:00")
    verdict = check_day(desk, DAY, ["b"], now=now, held=Selection.of("a"))
    assert [(one.code, one.slots) for one in verdict.violations] == [("delai-depasse", ("b",))]


def test_whole_or_day_by_day() -> None:
    """Whole, one refused date refuses all; day by day, the others are granted (S6.6)."""
    desk = lou('[regle.r]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"')
    days: dict[date, tuple[str, ...]] = {DAY: ("a",), date(2025, 9, 12): ("a", "b")}
    whole, by_day = asked(desk, days), asked(desk, days, by_day=True)
    assert (whole.status, whole.granted, whole.after) == (Status.REFUSED, (), Planning())
    assert (by_day.status, [one.day for one in by_day.granted]) == (Status.ALLOWED, [DAY])
    assert by_day.after == Planning.of({("lou", DAY): ["a"]})
    assert asked(desk, {date(2025, 9, 12): ("a", "b")}, by_day=True).status is Status.REFUSED


def test_refused_wins_over_undecided() -> None:
    """A demande with a refused date and an undecided one is refused (S1.5)."""
    rule = '[regle.r]\ncreneaux = "c"\nbloque = "d"\nhypothese = "essai"'
    desk = lou(POOL, rule)
    assert asked(desk, {DAY: ("a",)}).status is Status.UNDECIDED
    assert asked(desk, {DAY: ("a",), date(2025, 9, 12): ("c", "d")}).status is Status.REFUSED


def test_a_naive_instant_is_an_error() -> None:
    """An instant without time zone cannot meet a deadline (S3.7)."""
    naive = datetime(2021, 9, 1, 9)
    with pytest.raises(NaiveInstantError, match="sans fuseau"):
        check_day(martin(), THURSDAY, ["repas"], now=naive)
    with pytest.raises(NaiveInstantError):
        decide(martin(), Planning(), Demande("martin", "periscolaire-2021", ()), now=naive)
    with pytest.raises(NaiveInstantError):
        boxes(martin(), THURSDAY, now=naive)


def test_unknown_names_are_errors() -> None:
    """A slot or a période that the règlement does not have is an error that proposes the nearest (S1.2)."""
    with pytest.raises(UnknownSlotError, match="repas"):
        check_day(martin(), THURSDAY, ["repaz"], now=NOW)
    with pytest.raises(UnknownPeriodeError, match="periscolaire-2021"):
        decide(martin(), Planning(), Demande("martin", "periscolaire-2022", ()), now=NOW)
    with pytest.raises(InvalidValueError, match="deux fois"):
        Demande("martin", "periscolaire-2021", ((THURSDAY, ("repas",)), (THURSDAY, ())))


@pytest.mark.parametrize(
    ("day", "slots", "code"),
    (
        (date(2021, 9, 1), ("repas",), "hors-periode"),
        (date(2021, 10, 26), ("repas",), "jour-ferme"),
        (date(2021, 11, 11), ("repas",), "jour-ferme"),
        (THURSDAY, ("mer-matin",), "hors-mode"),
    ),
)
def test_what_is_asked_out_of_place(day: date, slots: tuple[str, ...], code: str) -> None:
    """Outside the période, on a closed date, or of another mode: refused by its own name, once (S2.1)."""
    verdict = decide(martin(), Planning(), Demande.of("martin", "periscolaire-2021", {day: slots}), now=NOW)
    assert verdict.status is Status.REFUSED
    assert [(one.code, one.slots) for one in verdict.violations] == [(code, slots)]


def test_outside_the_calendar_is_undecided() -> None:
    """A date that the calendar does not reach is undecided, never open nor closed (S1.5)."""
    far = date(2030, 9, 5)
    verdict = check_day(martin(), far, ["repas"], now=NOW)
    assert verdict.status is Status.UNDECIDED
    assert [(one.code, one.slots) for one in verdict.doubts] == [("calendrier-inconnu", ())]
    asked_far = decide(martin(), Planning(), Demande.of("martin", "periscolaire-2021", {far: ["repas"]}), now=NOW)
    assert asked_far.status is Status.REFUSED, "the période ends long before: refused wins"
    assert asked_far.after == Planning()


def test_other_modes_of_the_date_are_left_as_held() -> None:
    """A demande says the whole selection of its mode, and touches no other (S6.1)."""
    planning = Planning.of({("martin", WEDNESDAY): ["mer-matin"]})
    verdict = decide(martin(), planning, Demande.of("martin", "periscolaire-2021", {WEDNESDAY: []}), now=NOW)
    assert verdict.allowed
    assert verdict.after == planning


def test_a_verdict_names_its_reglement_and_has_no_truth_value() -> None:
    """Every verdict names the règlement that it applied, and is read by name (S1.5)."""
    desk = martin()
    verdict = decide(desk, Planning(), Demande.of("martin", "periscolaire-2021", {THURSDAY: ["repas"]}), now=NOW)
    assert verdict.applied == desk.engine.applied
    for one in (verdict, verdict.days[0]):
        with pytest.raises(TypeError):
            bool(one)
