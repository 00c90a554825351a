"""The boxes shown to a parent: one state each, and none that the decision contradicts (S1.3, S7)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import chain

import pytest
from tests.guide import OPEN, at, guide, lou, martin, subsets
from tests.small import engine

from clae_rules import (
    Box,
    BoxState,
    DayBoxes,
    DayState,
    Desk,
    Facts,
    Held,
    Occupancy,
    Planning,
    Selection,
    Status,
    Variant,
    check_day,
)
from clae_rules import boxes as boxes_of

NOW = at("2021-09-01 09:00")
THURSDAY, WEDNESDAY, HOLIDAY = date(2021, 9, 9), date(2021, 9, 8), date(2021, 10, 26)
DAY, EARLY = date(2025, 9, 11), at("2025-09-01 09:00")
LATE = Variant.HORS_DELAI
#: A box in one of these can be ticked, alone or with what it names.
TICKABLE = frozenset({BoxState.FREE, BoxState.ON_REQUEST, BoxState.WAITING})
HELD = frozenset({BoxState.CHECKED, BoxState.CHECKED_WITH, BoxState.LOCKED})

NEEDS = '[regle.r]\ncreneaux = "a"\nseulement_avec = "b"\nhypothese = "essai"'
BLOCKS = '[regle.r]\ncreneaux = "a"\nbloque = "b"\nhypothese = "essai"'
POOL = '[capacite.p]\ncreneaux = "a"\nenfants = 1\nhypothese = "essai"'
APPROVAL = OPEN.replace(
    'reserver = "1 jour calendaire avant la date, avant 12:00"',
    'reserver = [{ limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal", accord = true }]',
)
FULL = Occupancy.of({("p", DAY): 1})


def page(desk: Desk, held: tuple[str, ...] = (), draft: tuple[str, ...] | None = None) -> DayBoxes:
    """The boxes of a date of the small règlement."""
    return boxes_of(desk, DAY, now=EARLY, held=Selection.of(*held), draft=draft)


def test_a_minimum_over_a_long_window_names_its_nearest_dates() -> None:
    """S7, S8: what is too far to be searched is told by its nearest dates, none beyond the maximum of a week."""
    rules: dict[str, str | None] = {
        "regle.semaine": 'creneaux = "accueil"\npar = "semaine"\nau_plus = 7',
        "regle.periode": 'creneaux = "accueil"\npar = "période"\nau_moins = 30\nsi_moins_ouverts = "libre"',
    }
    desk = Desk(engine(rules), Facts(), "lea")
    page = boxes_of(desk, date(2026, 9, 8), now=at("2026-09-01 09:00"), planning=Planning())
    box = page.box("matin")
    assert box.state is BoxState.NEEDS
    [edits] = box.elsewhere
    weeks = Counter(day.isocalendar().week for day, _ in edits)
    assert (len(edits), weeks[37]) == (29, 6)
    assert max(weeks.values()) == 7


def test_a_free_box_carries_its_price() -> None:
    """A box that can be ticked is free and says what it adds to the day (S7)."""
    found = boxes_of(martin(), THURSDAY, now=NOW)
    assert [(one.slot, one.variant) for one in found.boxes[:2]] == [("matin-1", Variant.NORMAL), ("matin-1", LATE)]
    assert (found.box("repas").state, found.box("repas").price_cents) == (BoxState.FREE, 400)
    late = boxes_of(martin(), THURSDAY, now=at("2021-09-02 12:00"))
    assert (late.box("repas", LATE).state, late.box("repas", LATE).price_cents) == (BoxState.FREE, 800)
    assert "02/09/2021 12:00" in late.box("repas").line(guide().labels)


def test_a_closed_box_says_since_when_or_from_when() -> None:
    """A variant that is not the live one is closed, not yet or since an instant (S7)."""
    late_box = boxes_of(martin(), THURSDAY, now=NOW).box("repas", LATE)
    assert late_box.state is BoxState.CLOSED
    assert "pas avant le 02/09/2021 12:00" in late_box.reasons[0].sentence()
    past = boxes_of(martin(), THURSDAY, now=at("2021-09-09 06:00"))
    assert {one.state for one in past.boxes} == {BoxState.CLOSED}
    assert "09/09/2021 06:00" in past.box("repas", LATE).reasons[0].sentence()


def test_a_box_that_needs_another_names_the_smallest_sets() -> None:
    """A box that is only possible with others names them (S7)."""
    assert page(lou(NEEDS)).box("a").together == (("b",),)
    assert page(lou(NEEDS)).box("a").state is BoxState.NEEDS
    either = boxes_of(martin(), WEDNESDAY, now=NOW).box("mer-repas")
    assert either.together == (("mer-matin",), ("mer-apres-midi",))
    assert page(lou(NEEDS), draft=("b",)).box("a").state is BoxState.FREE


def test_mutual_needs_propose_both() -> None:
    """Slots that need each other propose ticking both (S7)."""
    desk = lou('[regle.r]\ncreneaux = ["a", "b"]\ntout_ou_rien = true\nhypothese = "essai"')
    assert page(desk).box("a").together == (("b",),)
    assert page(desk).box("b").together == (("a",),)


def test_a_blocked_box() -> None:
    """A box that no addition makes possible is blocked, and says by which rule (S7)."""
    box = page(lou(BLOCKS), draft=("b",)).box("a")
    assert (box.state, [one.rule for one in box.reasons]) == (BoxState.BLOCKED, ["r"])


def test_a_need_that_is_full_is_no_way_out() -> None:
    """A box whose every completion is impossible is blocked (S7)."""
    desk = lou(NEEDS, POOL.replace('"a"', '"b"'))
    box = boxes_of(desk, DAY, now=EARLY, occupancy=FULL).box("a")
    assert (box.state, box.together) == (BoxState.BLOCKED, ())


@pytest.mark.parametrize(
    ("more", "occupancy", "state"),
    (
        ("", FULL, BoxState.FULL),
        ("\nattente = true", FULL, BoxState.WAITING),
        ("", Occupancy(), BoxState.UNDECIDED),
        ("", Occupancy.of({("p", DAY): 0}), BoxState.FREE),
    ),
)
def test_the_states_of_a_pool(more: str, occupancy: Occupancy, state: BoxState) -> None:
    """A pool makes a box full, waiting, undecided or leaves it free (S6.5, S7)."""
    assert boxes_of(lou(POOL + more), DAY, now=EARLY, occupancy=occupancy).box("a").state is state


def test_a_box_on_request() -> None:
    """A box that an agent must agree to is on request (S7)."""
    assert page(lou(delays=APPROVAL)).box("a").state is BoxState.ON_REQUEST


def test_a_missing_fact_leaves_boxes_undecided() -> None:
    """A gate that nobody can judge leaves its boxes undecided (S1.5, S7)."""
    desk = Desk(guide(), Facts.of(dossier_foyer="valide"))
    found = boxes_of(desk, THURSDAY, now=NOW)
    assert found.box("repas").state is BoxState.UNDECIDED
    assert found.box("repas").reasons


def test_a_deadline_that_nobody_can_tell_leaves_boxes_undecided() -> None:
    """Where the governing deadline depends on a missing fact, the box is undecided, not closed (S3.7, S7)."""
    other = OPEN.replace("general", "grands") + 'qui = { niveau = "grand" }\n'
    found = page(lou(other))
    assert {one.state for one in found.boxes} == {BoxState.UNDECIDED}
    assert check_day(lou(other), DAY, ["a"], now=EARLY).status is Status.UNDECIDED


def test_a_gate_that_closes_the_sight_offers_nothing() -> None:
    """What a household may not see is not offered, nor can it be booked (S6.4, S7)."""
    desk = martin(dossier_foyer="incomplet")
    assert {one.state for one in boxes_of(desk, THURSDAY, now=NOW).boxes} == {BoxState.NOT_OFFERED}
    sight = guide(('ferme   = ["voir", "reserver"]', 'ferme   = "voir"'))
    hidden = martin(sight, dossier_foyer="incomplet")
    assert boxes_of(hidden, THURSDAY, now=NOW).box("repas").state is BoxState.NOT_OFFERED
    assert check_day(hidden, THURSDAY, ["repas"], now=NOW).status is Status.REFUSED
    kept = boxes_of(hidden, THURSDAY, now=NOW, held=Selection.of("repas")).box("repas")
    assert kept.state is BoxState.CHECKED


def test_what_is_held_on_a_closed_date_is_no_longer_offered() -> None:
    """A slot held on a date that has closed since is shown as not offered, with the way out (S6.9, S7)."""
    found = boxes_of(martin(), date(2021, 11, 11), now=NOW, held=Selection.of("repas"))
    assert found.state is DayState.CLOSED
    assert [(one.slot, one.state) for one in found.boxes] == [("repas", BoxState.NOT_OFFERED)]
    assert [one.code for one in found.boxes[0].reasons] == ["annulation-non-offerte"]


def test_checked_boxes() -> None:
    """A held box is checked; others go with it where they need it; it is locked where it cannot be given back (S7)."""
    plain = page(lou(NEEDS), ("a", "b"))
    assert plain.box("a").state is BoxState.CHECKED
    assert (plain.box("b").state, plain.box("b").together) == (BoxState.CHECKED_WITH, (("a",),))
    late = boxes_of(lou(), DAY, now=at("2025-09-10 12:00"), held=Selection.of("a")).box("a")
    assert (late.state, [one.code for one in late.reasons]) == (BoxState.LOCKED, ["annulation-delai-depasse"])


def test_a_box_held_late_is_checked_in_its_variant() -> None:
    """A slot held late is checked in the late box, and its normal box is closed (S4.5)."""
    found = boxes_of(martin(), THURSDAY, now=NOW, held=Selection.of(Held("repas", LATE)))
    assert found.box("repas", LATE).state is BoxState.CHECKED
    assert found.box("repas").state is BoxState.CLOSED


@pytest.mark.parametrize(
    ("day", "now", "state"),
    (
        (date(2030, 1, 1), NOW, DayState.UNKNOWN),
        (date(2021, 8, 20), NOW, DayState.OUT),
        (date(2021, 11, 11), NOW, DayState.CLOSED),
        (THURSDAY, at("2021-09-10 00:00"), DayState.PAST),
        (THURSDAY, at("2021-09-09 23:59:59"), DayState.OPEN),
        (THURSDAY, NOW, DayState.OPEN),
    ),
)
def test_the_state_of_a_day(day: date, now: datetime, state: DayState) -> None:
    """A day is unknown, out of période, closed, past or open (S7)."""
    assert boxes_of(martin(), day, now=now).state is state


def test_every_state_is_reached() -> None:
    """Each state of a box and of a day is reached by some case of this module (S7)."""
    pages = [
        page(lou(NEEDS)),
        page(lou(BLOCKS), draft=("b",)),
        page(lou(NEEDS), ("a", "b")),
        page(lou(delays=APPROVAL)),
        boxes_of(lou(POOL), DAY, now=EARLY),
        boxes_of(lou(POOL), DAY, now=EARLY, occupancy=FULL),
        boxes_of(lou(POOL + "\nattente = true"), DAY, now=EARLY, occupancy=FULL),
        boxes_of(lou(), DAY, now=at("2025-09-10 12:00"), held=Selection.of("a")),
        boxes_of(martin(dossier_foyer="incomplet"), THURSDAY, now=NOW),
    ]
    assert {one.state for one in chain.from_iterable(found.boxes for found in pages)} == set(BoxState)


def test_an_unknown_box_is_an_error() -> None:
    """A date has no box for a slot of another mode (S1.2)."""
    with pytest.raises(KeyError, match="mer-matin"):
        boxes_of(martin(), THURSDAY, now=NOW).box("mer-matin")


def agrees(desk: Desk, day: date, now: str, draft: tuple[str, ...], box: Box) -> None:
    """Assert the law S1.3 of one box: what it shows is what the decision says of ticking it."""
    instant = at(now)
    posted = check_day(desk, day, [*draft, Held(box.slot, box.variant)], now=instant)
    if box.state in TICKABLE:
        assert posted.allowed, (draft, box)
        plain = check_day(desk, day, draft, now=instant)
        if plain.allowed and box.price_cents is not None:
            before, after = (one.price(one.outcome.after).total_cents for one in (plain, posted))
            assert after is not None
            assert before is not None
            assert box.price_cents == after - before
        return
    assert posted.status is (Status.UNDECIDED if box.state is BoxState.UNDECIDED else Status.REFUSED), (draft, box)
    for more in box.together:
        assert check_day(desk, day, [*draft, Held(box.slot, box.variant), *more], now=instant).allowed, (draft, box)


@pytest.mark.parametrize(
    ("day", "mode", "instants"),
    (
        (THURSDAY, 0, ("2021-09-02 11:59:59", "2021-09-02 12:00", "2021-09-09 05:59:59", "2021-09-09 06:00")),
        (WEDNESDAY, 1, ("2021-09-01 09:00", "2021-09-02 12:00", "2021-09-08 05:59:59", "2021-09-08 06:00")),
        (HOLIDAY, 2, ("2021-09-01 09:00", "2021-10-21 12:00", "2021-10-26 05:59:59", "2021-10-26 06:00")),
    ),
)
def test_a_box_shown_free_is_never_refused(day: date, mode: int, instants: tuple[str, ...]) -> None:
    """Over every draft of the three périodes, a box that can be ticked is granted, any other is not (S1.3)."""
    desk = martin()
    slots = tuple(one.code for one in desk.engine.reglement.modes[mode].slots)
    for now in instants:
        for draft in subsets(slots):
            for box in boxes_of(desk, day, now=at(now), draft=draft).boxes:
                if box.slot not in draft:
                    assert box.state not in HELD
                    agrees(desk, day, now, draft, box)


@pytest.mark.parametrize(
    "desk",
    (
        martin(dossier_enfant="incomplet"),
        martin(dossier_foyer="incomplet"),
        Desk(guide(), Facts.of(dossier_foyer="valide")),
    ),
    ids=("shut", "unseen", "unknown"),
)
def test_the_law_of_boxes_behind_gates(desk: Desk) -> None:
    """Boxes behind a gate agree with the decision too (S1.3, S6.4)."""
    for box in boxes_of(desk, THURSDAY, now=NOW).boxes:
        agrees(desk, THURSDAY, "2021-09-01 09:00", (), box)


def test_a_checked_box_goes_as_it_says() -> None:
    """Over every held selection, unticking a checked box is granted, a locked one refused (S6.3, S7)."""
    desk = martin()
    for now in ("2021-09-02 11:59:59", "2021-09-02 12:00"):
        for slots in subsets(tuple(one.code for one in desk.engine.reglement.modes[0].slots)):
            held = Selection.of(*slots)
            for box in boxes_of(desk, THURSDAY, now=at(now), held=held).boxes:
                rest = [one for one in slots if one != box.slot]
                if box.state in HELD:
                    freed = check_day(desk, THURSDAY, rest, now=at(now), held=held).allowed
                    assert freed is (box.state is BoxState.CHECKED)
                for gone in box.together if box.state is BoxState.CHECKED_WITH else ():
                    left = [one for one in rest if one not in gone]
                    assert check_day(desk, THURSDAY, left, now=at(now), held=held).allowed
