"""Recopie: every date of a pattern ends in exactly one class, with its reason (S9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.guide import OPEN, PRICED, SMALL, at, guide, lou, martin, small

from clae_rules import (
    Desk,
    Engine,
    Facts,
    Fate,
    Held,
    InvalidValueError,
    Late,
    NaiveInstantError,
    Occupancy,
    Onto,
    Pattern,
    Planning,
    Recopie,
    Selection,
    UnknownPeriodeError,
    UnknownSlotError,
    Variant,
    engine_from_text,
    recopie,
)
from clae_rules.days import days_between

NOW = at("2021-09-01 09:00")
YEAR = "periscolaire-2021"
NONE = Planning()
MONDAY = date(2021, 9, 20)
LATE = Variant.HORS_DELAI


def copied(
    pattern: Pattern, planning: Planning = NONE, *, now: str = "2021-09-01 09:00", onto: Onto = Onto.MERGE,
    late: Late = Late.REFUSE, desk: Desk | None = None,
) -> Recopie:  # fmt: skip
    """A recopie for the child of the guide."""
    return recopie(desk or martin(), planning, pattern, periode=YEAR, now=at(now), onto=onto, late=late)


def monday(slots: tuple[str, ...], *, erase: bool = False) -> Pattern:
    """A pattern on one Monday."""
    return Pattern.day(slots, "lundi", first_day=MONDAY, last_day=MONDAY, erase=erase)


def holding(*slots: str | Held) -> Planning:
    """A planning of that Monday."""
    return Planning.of({("martin", MONDAY): slots})


def test_every_fate_is_reached() -> None:
    """Applied, unchanged, closed, out of période, not offered, refused, undecided (S9.2)."""
    first, last = date(2021, 8, 30), date(2021, 11, 11)
    found = copied(
        Pattern.day(["repas"], "jeudi", first_day=first, last_day=last),
        Planning.of({("martin", date(2021, 9, 9)): ["repas"]}),
    )
    assert found.of(Fate.UNCHANGED) == (date(2021, 9, 9),)
    assert found.of(Fate.CLOSED) == (date(2021, 10, 28), date(2021, 11, 4), date(2021, 11, 11))
    assert found.of(Fate.REFUSED) == (date(2021, 9, 2),)
    out = copied(Pattern.day(["repas"], "mardi", first_day=first, last_day=last))
    assert out.of(Fate.OUT) == (date(2021, 8, 31),)
    other = copied(Pattern.day(["repas", "mer-repas"], "lundi", first_day=MONDAY, last_day=MONDAY))
    assert [(one.fate, one.slots) for one in other.dates] == [(Fate.NOT_OFFERED, ("mer-repas",))]
    unknown = copied(monday(("repas",)), desk=Desk(guide(), Facts.of(dossier_foyer="valide"), "martin"))
    assert unknown.of(Fate.UNDECIDED) == (MONDAY,)
    for one in (*found.dates, *out.dates, *other.dates, *unknown.dates):
        assert bool(one.reason()) is (one.fate is not Fate.APPLIED)
        assert bool(one.reason("en")) is (one.fate is not Fate.APPLIED)


WORDED: tuple[tuple[date, tuple[str, ...], Planning, dict[str, Any], str, str], ...] = (
    (date(2022, 8, 1), ("repas",), NONE, {}, "hors période : hors de « Périscolaire / Restauration 2021 - 2022 »",
     "out: outside « Périscolaire / Restauration 2021 - 2022 »"),
    (date(2021, 10, 25), ("repas",), NONE, {}, "fermé : jour fermé (vacances)", "closed: closed (vacances)"),
    (MONDAY, ("repas",), holding("repas"), {}, "inchangé : déjà ainsi", "unchanged: already so"),
    (MONDAY, ("repas",), holding("soir-1"), {"onto": Onto.KEEP}, "inchangé : gardé tel quel",
     "unchanged: kept as it is"),
    (MONDAY, ("repas", "mer-repas"), NONE, {}, "non proposé : « Mercredi repas » n'est pas proposé ce jour-là",
     "not offered: « Mercredi repas » is not offered that day"),
    (MONDAY, ("soir-1", "soir-2"), NONE, {"now": "2021-09-16 12:00"},
     "refusé : « Périscolaire soir 1 », « Périscolaire soir 2 » ne se réserve plus qu'en hors-délai",
     "refused: « Périscolaire soir 1 », « Périscolaire soir 2 » can only be booked late now"),
    (MONDAY, ("soir-1", "soir-2"), NONE, {"now": "2021-09-16 12:00", "late": Late.ACCEPT},
     "appliqué : soir-1, soir-2 en hors-délai", "applied: soir-1, soir-2 late"),
    (MONDAY, ("repas",), NONE, {}, "appliqué", "applied"),
    (MONDAY, ("repas", "midi-2", "matin-1"), NONE, {},
     ("refusé : « Repas enfant » et « Périscolaire midi 2 » ne vont pas ensemble ; "
     "« Périscolaire matin 1 » n'est possible qu'avec « Périscolaire matin 2 »"),
     ("refused: « Repas enfant » and « Périscolaire midi 2 » do not go together ; "
     "« Périscolaire matin 1 » is only possible with « Périscolaire matin 2 »")),
)  # fmt: skip


@pytest.mark.parametrize(("day", "slots", "planning", "how", "fr", "en"), WORDED)
def test_each_date_is_told_in_both_languages(
    day: date, slots: tuple[str, ...], planning: Planning, how: dict[str, Any], fr: str, en: str
) -> None:
    """A date, the class in which it ended and why, word for word, as lines and as rows (S9.2)."""
    found = copied(Pattern.day(slots, "lundi", first_day=day, last_day=day), planning, **how)
    assert (found.text(), found.text("en")) == (f"{day:%d/%m/%Y}  {fr}", f"{day:%d/%m/%Y}  {en}")
    assert (found.heading(), found.heading("en")) == (
        "Recopie : Périscolaire / Restauration 2021 - 2022", "Copied: Périscolaire / Restauration 2021 - 2022"
    )  # fmt: skip
    for lang, line, columns in (("fr", fr, ("date", "sort", "raison")), ("en", en, ("date", "fate", "reason"))):
        (section,) = found.sections("en") if lang == "en" else found.sections()
        fate, _, reason = line.partition(" : " if lang == "fr" else ": ")
        assert (section.title, section.columns, section.rows) == ("", columns, ((f"{day:%d/%m/%Y}", fate, reason),))
    (one,) = found.dates
    assert (one.told(), one.told("en")) == (fr, en)
    assert (one.reason(), one.reason("en")) == (fr.partition(" : ")[2], en.partition(": ")[2])


@pytest.mark.parametrize(
    ("slots", "how", "fate", "named", "judged"),
    (
        (("repas",), {}, Fate.APPLIED, ("repas",), True),
        (("soir-1", "soir-2"), {"now": "2021-09-16 12:00"}, Fate.REFUSED, ("soir-1", "soir-2"), False),
        (("repas", "mer-repas"), {}, Fate.NOT_OFFERED, ("mer-repas",), False),
        (("repas", "midi-2"), {}, Fate.REFUSED, (), True),
    ),
)
def test_a_class_names_its_slots_and_its_verdict(
    slots: tuple[str, ...], how: dict[str, Any], fate: Fate, named: tuple[str, ...], judged: bool
) -> None:
    """Each date bears what is booked, or what stands in the way, and the decision where there was one (S9.2)."""
    (one,) = copied(monday(slots), **how).dates
    assert (one.day, one.fate, one.slots, one.verdict is not None) == (MONDAY, fate, named, judged)


def test_what_is_not_offered_is_listed() -> None:
    """Every slot that the date does not offer is named, in the order in which it was asked."""
    (one,) = copied(monday(("mer-repas", "mer-matin"))).dates
    assert one.told() == "non proposé : « Mercredi repas », « Mercredi matin » n'est pas proposé ce jour-là"


@pytest.mark.parametrize("taken", (0, 1))
def test_places_taken_by_others_count(taken: int) -> None:
    """A recopie is decided with the places that others took (S6.5)."""
    day = date(2025, 9, 11)
    desk = lou('[capacite.salle]\ncreneaux = "a"\nenfants = 1\nhypothese = "essai"')
    room = Occupancy.of({("salle", day): taken})
    pattern = Pattern.day(["a"], "jeudi", first_day=day, last_day=day)
    found = recopie(desk, NONE, pattern, periode="annee", now=at("2025-09-01 09:00"), occupancy=room)
    assert found.of(Fate.REFUSED if taken else Fate.APPLIED) == (day,)


def test_lines_stand_under_each_other() -> None:
    """A line a date, ascending."""
    pattern = Pattern.day(["repas"], "lundi", first_day=MONDAY, last_day=date(2021, 9, 27))
    assert copied(pattern).text() == "20/09/2021  appliqué\n27/09/2021  appliqué"


def test_what_another_household_holds_is_never_taken() -> None:
    """A replacement gives back its own household's slots alone, each that it may still cancel (S6.8, S9.3)."""
    engine, now = small(delays=OPEN), at("2025-09-01 09:00")
    day = date(2025, 9, 11)
    mother = Desk(engine, Facts(), "lou", household="mere")
    planning = Planning.of(
        {("lou", day): [Held("a", holder="pere"), Held("b", holder="mere"), Held("c", holder="mere")]}
    )
    pattern = Pattern.day(["c", "d"], "jeudi", first_day=day, last_day=day)
    found = recopie(mother, planning, pattern, periode="annee", now=now, onto=Onto.REPLACE)
    assert [one.slot for one in found.after.held("lou", day)] == ["a", "c", "d"]


CANCELLING = """
[acces.annulation]
exige.niveau = "grand"
ferme = "annuler"
hypothese = "essai"
"""


@pytest.mark.parametrize(("level", "left"), (("grand", ["b"]), ("petit", ["a", "b"])))
def test_what_a_gate_keeps_is_kept(level: str, left: list[str]) -> None:
    """A replacement never takes what a gate forbids to cancel (S6.4, S9.3)."""
    day = date(2025, 9, 11)
    pattern = Pattern.day(["b"], "jeudi", first_day=day, last_day=day)
    found = recopie(
        lou(CANCELLING, niveau=level), Planning.of({("lou", day): ["a"]}), pattern, periode="annee",
        now=at("2025-09-01 09:00"), onto=Onto.REPLACE,
    )  # fmt: skip
    assert [one.slot for one in found.after.held("lou", day)] == left


CHANGED = """
[delai.general]
hypothese = "essai"
reserver = "1 jour calendaire avant la date, avant 12:00"
changer = [{ limite = "1 jour calendaire avant la date, avant 12:00", variante = "normal", a_payer = "rien" }]
annuler = [{ limite = "7 jours calendaires avant la date, avant 12:00", a_payer = "rien" }]
"""


def test_what_is_changed_goes_by_the_deadline_of_changes() -> None:
    """A replacement that leaves something held is a change; one that leaves nothing is a cancellation (S3.4, S9.3)."""
    day, desk = date(2025, 9, 11), lou(delays=CHANGED)
    held = Planning.of({("lou", day): ["a"]})
    replaced = Pattern.day(["b"], "jeudi", first_day=day, last_day=day)
    erased = Pattern.day([], "jeudi", first_day=day, last_day=day, erase=True)
    late = at("2025-09-08 09:00")
    found = recopie(desk, held, replaced, periode="annee", now=late, onto=Onto.REPLACE)
    assert [one.slot for one in found.after.held("lou", day)] == ["b"]
    found = recopie(desk, held, erased, periode="annee", now=late, onto=Onto.REPLACE)
    assert [(one.fate, found.after) for one in found.dates] == [(Fate.UNCHANGED, held)]


def test_a_holiday_week_is_of_its_working_days() -> None:
    """Holidays from a Monday to a Friday make a holiday week; beyond the calendar no week is known to be one (S9.1)."""
    text = SMALL.replace("du = 2025-10-18, au = 2025-11-02", "du = 2025-10-20, au = 2025-10-24")
    desk = Desk(engine_from_text(text + OPEN + PRICED), Facts(), "lou")

    def dates(first: date, last: date, *, holidays_count: bool) -> list[date]:
        pattern = Pattern.day(["a"], "lundi", first_day=first, last_day=last, every_weeks=2)
        found = recopie(desk, NONE, pattern, periode="annee", now=at("2025-09-01 09:00"), holidays_count=holidays_count)
        return [one.day for one in found.dates]

    first, last = date(2025, 10, 13), date(2025, 11, 3)
    assert dates(first, last, holidays_count=False) == [date(2025, 10, 13), date(2025, 11, 3)]
    assert dates(first, last, holidays_count=True) == [date(2025, 10, 13), date(2025, 10, 27)]
    first, last = date(2026, 9, 7), date(2026, 9, 28)
    assert dates(first, last, holidays_count=False) == dates(first, last, holidays_count=True)


def test_a_periode_that_is_not_for_the_child_is_not_offered() -> None:
    """Dates of a période that is not offered to this child are not offered, naming the slots (S2.1, S9.2)."""
    text = SMALL.replace('quand.type = "ordinaire"', 'quand.type = "ordinaire"\nqui = { niveau = "grand" }')
    desk = Desk(engine_from_text(text + OPEN + PRICED), Facts.of(niveau="petit"), "lou")
    day = date(2025, 9, 11)
    pattern = Pattern.day(["a"], "jeudi", first_day=day, last_day=day)
    found = recopie(desk, NONE, pattern, periode="annee", now=at("2025-09-01 09:00"))
    assert [(one.fate, one.slots) for one in found.dates] == [(Fate.NOT_OFFERED, ("a",))]
    assert "n'est pas proposé" in found.dates[0].reason()


def test_across_the_holidays_and_both_clock_changes() -> None:
    """Each open Monday from September to May gets the meal, whatever the clock does at night (S9.1, S3.7)."""
    first, last = date(2021, 9, 6), date(2022, 5, 30)
    found = copied(Pattern.day(["repas"], "lundi", first_day=first, last_day=last))
    expected = [day for day in days_between(first, last) if day.weekday() == 0]
    assert [one.day for one in found.dates] == expected
    assert set(found.of(Fate.APPLIED)) | set(found.of(Fate.CLOSED)) == set(expected)
    assert date(2021, 10, 25) in found.of(Fate.CLOSED)
    assert {date(2021, 11, 8), date(2022, 3, 28), date(2022, 4, 4)} <= set(found.of(Fate.APPLIED))
    assert sum(found.count().values()) == len(expected)
    assert found.text().count("\n") == len(expected) - 1


@pytest.mark.parametrize(
    ("now", "refused"),
    (
        ("2022-03-24 11:59:59", ()),
        ("2022-03-24 12:00", (date(2022, 3, 28),)),
        ("2021-11-04 12:00", (date(2021, 11, 8),)),
    ),
)
def test_the_deadline_stays_at_noon_across_a_clock_change(now: str, refused: tuple[date, ...]) -> None:
    """The Thursday noon before a Monday is noon on the clock, on either side of a change of hour (S3.7)."""
    first = date(2022, 3, 28) if now.startswith("2022") else date(2021, 11, 8)
    found = copied(Pattern.day(["repas"], "lundi", first_day=first, last_day=first), now=now)
    assert found.of(Fate.REFUSED) == refused


def test_merge_never_removes() -> None:
    """Merging keeps what is held and adds the pattern; what the union breaks refuses the date whole (S9.3, S9.2)."""
    found = copied(monday(("repas",)), holding("soir-1"))
    assert found.after == holding("repas", "soir-1")
    clash = copied(monday(("repas", "soir-1")), holding("midi-2"))
    assert clash.of(Fate.REFUSED) == (MONDAY,)
    assert clash.after == holding("midi-2")
    assert "bloque" not in clash.dates[0].reason()


def test_replace_takes_what_can_still_be_cancelled() -> None:
    """Replacing takes what is held and can be cancelled, and keeps the rest (S9.3)."""
    assert copied(monday(("repas",)), holding("midi-2"), onto=Onto.REPLACE).after == holding("repas")
    kept = copied(monday(("soir-2",)), holding("midi-2"), now="2021-09-16 12:00", onto=Onto.REPLACE, late=Late.ACCEPT)
    assert kept.after == holding("midi-2", Held("soir-2", LATE))


def test_keep_leaves_what_is_held() -> None:
    """Keeping leaves a date that holds something of the mode as it is (S9.3)."""
    found = copied(monday(("repas",)), holding("soir-1"), onto=Onto.KEEP)
    assert (found.of(Fate.UNCHANGED), found.after) == ((MONDAY,), holding("soir-1"))


def test_erasing_is_asked_for() -> None:
    """An empty pattern is an error, and erases where that is asked (S9.3)."""
    with pytest.raises(InvalidValueError, match="effacer"):
        monday(())
    erased = copied(monday((), erase=True), holding("soir-1"), onto=Onto.REPLACE)
    assert (erased.of(Fate.APPLIED), erased.after) == ((MONDAY,), NONE)
    assert copied(monday((), erase=True), holding("soir-1")).of(Fate.UNCHANGED) == (MONDAY,)
    assert copied(monday((), erase=True), onto=Onto.REPLACE).of(Fate.UNCHANGED) == (MONDAY,)


def test_late_dates_are_refused_or_taken() -> None:
    """Where only the late variant is left, it is refused unless accepted, and then priced as such (S9.3)."""
    now = "2021-09-16 12:00"
    refused = copied(monday(("repas",)), now=now)
    assert refused.of(Fate.REFUSED) == (MONDAY,)
    assert "hors-délai" in refused.dates[0].reason()
    assert refused.after == NONE
    taken = copied(monday(("repas",)), now=now, late=Late.ACCEPT)
    assert taken.after == holding(Held("repas", LATE))
    assert "hors-délai" in taken.dates[0].reason()


def test_other_modes_are_left_alone() -> None:
    """A recopie touches its own mode (S6.1)."""
    wednesday = date(2021, 9, 22)
    planning = Planning.of({("martin", wednesday): ["mer-matin"]})
    pattern = Pattern.day(["repas"], "lundi", "mercredi", first_day=MONDAY, last_day=wednesday)
    found = copied(pattern, planning, onto=Onto.REPLACE)
    assert (found.of(Fate.APPLIED), found.of(Fate.CLOSED)) == ((MONDAY,), (wednesday,))
    assert found.after.held("martin", wednesday) == Selection.of("mer-matin")


def test_every_third_week() -> None:
    """Weeks count as civil weeks, holidays included unless told (S9.1)."""
    first, last = date(2021, 10, 4), date(2021, 11, 22)
    pattern = Pattern.day(["repas"], "lundi", first_day=first, last_day=last, every_weeks=3)
    assert copied(pattern).of(Fate.APPLIED) == (date(2021, 10, 4), date(2021, 11, 15))
    skipped = recopie(martin(), NONE, pattern, periode=YEAR, now=NOW, holidays_count=False)
    assert skipped.of(Fate.APPLIED) == (date(2021, 10, 4), date(2021, 11, 8))


def test_a_week_onto_weeks() -> None:
    """What each day of a week holds goes to the same weekday (S9.1)."""
    week = {MONDAY: ["repas"], date(2021, 9, 24): ["soir-1", "soir-2"]}
    found = copied(Pattern.week(week, first_day=date(2021, 9, 27), last_day=date(2021, 10, 8)))
    assert found.of(Fate.APPLIED) == (date(2021, 9, 27), date(2021, 10, 1), date(2021, 10, 4), date(2021, 10, 8))
    assert found.after.held("martin", date(2021, 10, 1)) == Selection.of("soir-1", "soir-2")


def test_more_than_800_dates_are_an_error() -> None:
    """A pattern reaches at most 800 dates; fewer are all classed, outside the période included (S9.5)."""
    every = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    first = date(2021, 9, 6)
    exactly = Pattern.day(["repas"], *every, first_day=first, last_day=date.fromordinal(first.toordinal() + 799))
    assert sum(copied(exactly).count().values()) == 800
    over = Pattern.day(["repas"], *every, first_day=first, last_day=date.fromordinal(first.toordinal() + 800))
    with pytest.raises(InvalidValueError, match="800"):
        copied(over)


def test_ten_centuries_fail_at_once() -> None:
    """A pattern over ten centuries is refused before any date is reached (S9.5)."""
    with pytest.raises(InvalidValueError, match="au plus 800"):
        Pattern.day(["repas"], "lundi", first_day=date(2021, 9, 6), last_day=date(3021, 9, 6))


def test_two_halves_equal_one() -> None:
    """Copying onto two halves of a stretch gives what copying onto the whole gives (S9.2)."""
    first, middle, last = date(2021, 9, 6), date(2021, 10, 13), date(2021, 12, 3)
    planning = Planning.of({("martin", date(2021, 9, 14)): ["midi-2"], ("martin", date(2021, 11, 9)): ["soir-1"]})
    for onto in Onto:
        whole = copied(Pattern.day(["repas"], "mardi", "jeudi", first_day=first, last_day=last), planning, onto=onto)
        left = copied(Pattern.day(["repas"], "mardi", "jeudi", first_day=first, last_day=middle), planning, onto=onto)
        rest = date.fromordinal(middle.toordinal() + 1)
        pattern = Pattern.day(["repas"], "mardi", "jeudi", first_day=rest, last_day=last)
        right = copied(pattern, left.after, onto=onto)
        assert right.after == whole.after
        assert [one.fate for one in (*left.dates, *right.dates)] == [one.fate for one in whole.dates]


def test_copying_twice_changes_nothing_more() -> None:
    """What a recopie applied is unchanged when it is asked again (S9.2)."""
    pattern = Pattern.day(["repas"], "mardi", first_day=date(2021, 9, 6), last_day=date(2021, 12, 3))
    once = copied(pattern)
    again = copied(pattern, once.after)
    assert again.of(Fate.APPLIED) == ()
    assert again.of(Fate.UNCHANGED) == once.of(Fate.APPLIED)


def test_what_a_recopie_cannot_be_given() -> None:
    """A naive instant, an unknown période or slot is an error (S1.2)."""
    with pytest.raises(NaiveInstantError):
        recopie(martin(), NONE, monday(("repas",)), periode=YEAR, now=NOW.replace(tzinfo=None))
    with pytest.raises(UnknownPeriodeError):
        recopie(martin(), NONE, monday(("repas",)), periode="annee", now=NOW)
    with pytest.raises(UnknownSlotError):
        copied(monday(("cantine",)))


def test_a_date_beyond_the_calendar_is_undecided() -> None:
    """Where the calendar ends before the période, its last dates are not guessed to be closed or open (S1.5)."""
    reglement = small().reglement
    short = Engine(replace(reglement, days=replace(reglement.days, last_day=date(2025, 9, 30), feries=(), holidays=())))
    day = date(2025, 10, 6)
    pattern = Pattern.day(["a"], "lundi", first_day=day, last_day=day)
    found = recopie(Desk(short, Facts(), "lou"), NONE, pattern, periode="annee", now=at("2025-09-01 09:00"))
    assert found.of(Fate.UNDECIDED) == (day,)
    assert found.text() == "06/10/2025  indécis : le calendrier ne va pas jusque-là"
    assert found.text("en") == "06/10/2025  undecided: the calendar does not reach it"
