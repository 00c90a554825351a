"""Deadlines: phases, tables, the windows that they open for a date, which one governs (S3.5, S3.6, S4.1)."""

import tomllib
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from clae_rules.days import CivilDays
from clae_rules.deadlines import Action, Deadline, Phase, Row, Schedule, Window, governing, schedule
from clae_rules.described import Coded, Record
from clae_rules.dues import NOTHING_DUE, Due, DueKind
from clae_rules.errors import Fault, InvalidValueError, OutOfCalendarError
from clae_rules.limits import NO_LIMIT, ClosedDay, Moments, parse_limit
from clae_rules.selectors import Answer, When
from clae_rules.shapes import Slug
from clae_rules.variants import Variant

PARIS: Final = ZoneInfo("Europe/Paris")
DELAI: Final = Coded(Slug(), Record(Deadline))
YEAR: Final = CivilDays(first_day=date(2026, 9, 1), last_day=date(2027, 8, 31), feries=())


def read(text: str) -> tuple[tuple[Deadline, ...], list[Fault]]:
    """The deadlines of a TOML text, or the faults found."""
    faults: list[Fault] = []
    found = DELAI.read(tomllib.loads(text).get("delai", {}), ("delai",), faults)
    return (() if faults else found), faults


def deadline(body: str) -> Deadline:
    """The one deadline of these lines."""
    (found,), faults = read(f"[delai.x]\n{body}")
    assert not faults
    return found


def fault(body: str) -> Fault:
    """The one fault of a deadline of these lines."""
    (found,) = read(f"[delai.x]\n{body}")[1]
    return found


def moments(day: date, **more: Any) -> Moments:
    """What is known of *day*: Monday to Friday are open, whatever the calendar."""
    return Moments(day=day, tz=PARIS, is_open=lambda _, one: YEAR.describe(one).weekday < 5, **more)


def on(day: date) -> Callable[[When], bool]:
    """Whether dates hold *day*."""
    return lambda when: when.matches(YEAR.describe(day), (), {})


def windows(one: Deadline, action: Action, day: date, **more: Any) -> Schedule:
    """The schedule of an action on a date."""
    return schedule(one, action, moments(day, **more), on(day))


def paris(text: str) -> datetime:
    """An instant from a local time in Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


MONDAY: Final = date(2026, 9, 14)
TWO_PHASES: Final = """
reserver = [
  { limite = "jeudi de la semaine -1, avant 12:00", variante = "normal" },
  { limite = "le jour même, avant 06:00", variante = "hors-delai" },
]
annuler = [{ limite = "jeudi de la semaine -1, avant 12:00", a_payer = "rien" }]
limite_un_jour_ferme = "reste"
"""


# ---- Phases, windows ----------------------------------------------------------------------------


def test_a_phase_begins_where_the_one_before_it_ends() -> None:
    """Normal until Thursday noon, late from then until the day itself, nothing after (S3.6)."""
    found = windows(deadline(TWO_PHASES), Action.BOOK, MONDAY)
    noon, dawn = paris("2026-09-10T12:00"), paris("2026-09-14T06:00")

    assert [(one.start, one.end) for one in found.windows] == [(None, noon), (noon, dawn)]
    assert found.unknown is None
    assert found.cuts() == (noon, dawn)


@pytest.mark.parametrize(
    ("now", "variant"),
    (
        ("2026-09-10T11:59:59", Variant.NORMAL),
        ("2026-09-10T12:00", Variant.HORS_DELAI),
        ("2026-09-14T05:59:59", Variant.HORS_DELAI),
        ("2026-09-14T06:00", None),
    ),
)
def test_it_is_too_late_from_the_limit_on(now: str, variant: Variant | None) -> None:
    """An interval holds its first instant and not its last: too late iff now ≥ limit (S3)."""
    phase = windows(deadline(TWO_PHASES), Action.BOOK, MONDAY).at(paris(now))

    assert (phase.variant if phase else None) is variant


def test_a_phase_that_cannot_be_is_left_out() -> None:
    """Where a limit falls before the one ahead of it, its phase is empty and the next follows the first."""
    one = deadline("""
    reserver = [
      { limite = "le jour même, avant 08:00", variante = "normal" },
      { limite = "1 jour ouvré avant la date, avant 12:00", variante = "normal", accord = true },
      { limite = "le jour même, avant 09:00", variante = "hors-delai" },
    ]""")

    found = windows(one, Action.BOOK, MONDAY).windows

    assert [(w.phase.variant, w.phase.approval) for w in found] == [
        (Variant.NORMAL, False),
        (Variant.HORS_DELAI, False),
    ]
    assert found[0].end == found[1].start == paris("2026-09-14T08:00")


def test_a_phase_after_one_that_never_opened_does_not_open_before_it() -> None:
    """An empty phase with its own beginning still holds back the phase that follows it."""
    one = deadline("""
    reserver = [
      { depuis = "le 2026-09-10, avant 08:00", limite = "le 2026-09-08, avant 08:00", variante = "normal" },
      { limite = "le jour même, avant 08:00", variante = "hors-delai" },
    ]""")

    (window,) = windows(one, Action.BOOK, MONDAY).windows

    assert (window.start, window.end) == (paris("2026-09-10T08:00"), paris("2026-09-14T08:00"))


def test_a_phase_may_say_since_when() -> None:
    """Before its beginning and after its end, a phase is closed, and says when (S7)."""
    one = deadline("""
    reserver = [{ depuis = "2 semaines avant la date, avant 08:00", limite = "1 jour ouvré avant la date, avant 12:00", variante = "normal" }]
    """)
    found = windows(one, Action.BOOK, MONDAY)
    opening, closing = paris("2026-08-31T08:00"), paris("2026-09-11T12:00")

    assert found.at(paris("2026-08-31T07:59")) is None
    assert found.at(opening) is not None
    assert (found.opens(paris("2026-08-30T00:00")), found.opens(opening)) == (opening, None)
    assert (found.closed_since(opening), found.closed_since(closing)) == (None, closing)


def test_a_window_may_have_no_bound() -> None:
    """« sans limite » is open at any instant, and cuts nothing."""
    found = windows(deadline('reserver = "sans limite"'), Action.BOOK, MONDAY)

    assert found.windows == (Window(None, None, Phase(limit=NO_LIMIT, variant=Variant.NORMAL)),)
    assert found.at(paris("1999-01-01T00:00")) is found.at(paris("2099-01-01T00:00")) is not None
    assert found.cuts() == ()
    assert found.opens(paris("2026-09-14T00:00")) is found.closed_since(paris("2026-09-14T00:00")) is None


def test_never_opens_no_window() -> None:
    """« jamais » is an action that is spoken of, and never open."""
    one = deadline('reserver = "sans limite"\nannuler = "jamais"')

    assert one.phases(Action.CANCEL) == ()
    assert windows(one, Action.CANCEL, MONDAY) == Schedule()


def test_an_action_that_is_left_out_is_not_never() -> None:
    """A deadline that leaves an action out says nothing of it."""
    assert deadline('reserver = "sans limite"').phases(Action.CHANGE) is None


def test_change_phases_are_their_own() -> None:
    """A change has phases of its own: a variant for what it adds, a due for what it removes (S3.6)."""
    one = deadline("""
    changer = [{ limite = "le jour même, avant 08:00", variante = "normal", a_payer = "50 %", paye = true }]
    """)

    (window,) = windows(one, Action.CHANGE, MONDAY).windows

    assert window.phase.due == Due(DueKind.SHARE, Fraction(1, 2))
    assert window.phase.prepaid


def test_phases_that_overlap_are_refused_with_the_date() -> None:
    """A phase that says a beginning before the end of the one before it is refused, date and phases named."""
    one = deadline("""
    reserver = [
      { limite = "le 2026-09-10, avant 12:00", variante = "normal" },
      { depuis = "3 jours calendaires avant la date, avant 00:00", limite = "le jour même, avant 08:00", variante = "hors-delai" },
    ]""")

    assert len(windows(one, Action.BOOK, MONDAY).windows) == 2
    with pytest.raises(InvalidValueError) as caught:
        windows(one, Action.BOOK, date(2026, 9, 11))

    (found,) = caught.value.faults
    assert found.path == ("delai", "x", "reserver", 1)
    assert "2026-09-11" in found.fr
    assert "reserver[0]" in found.fr
    assert found.en == "for 2026-09-11, this phase begins before reserver[0] ends; mend « depuis »"


def test_nothing_begins_during_a_phase_without_end() -> None:
    """A phase that begins while a phase without limit runs is an overlap too."""
    one = deadline("""
    table = [{ limite = "sans limite" }]
    reserver = [
      { limite = "table", variante = "normal" },
      { depuis = "le jour même, avant 06:00", limite = "le jour même, avant 08:00", variante = "hors-delai" },
    ]""")

    with pytest.raises(InvalidValueError, match="commence avant la fin"):
        windows(one, Action.BOOK, MONDAY)


def test_a_phase_may_begin_when_the_one_before_it_ends() -> None:
    """Two phases that touch are no overlap: the instant of the limit is of the second one alone (S3.3)."""
    one = deadline("""
    reserver = [
      { limite = "le 2026-09-10 à 12:00", variante = "normal" },
      { depuis = "le 2026-09-10 à 12:00", limite = "le jour même, avant 08:00", variante = "hors-delai" },
    ]""")
    first, second = windows(one, Action.BOOK, MONDAY).windows

    assert first.end == second.start == paris("2026-09-10T12:00")


def test_a_phase_that_ends_as_it_begins_is_never_open() -> None:
    """A phase whose limit is its beginning opens nothing; it is kept as one that never was, with the one before it."""
    empty = '{ depuis = "le 2026-09-10 à 12:00", limite = "le 2026-09-10 à 12:00", variante = "hors-delai" }'
    late = '{ limite = "le 2026-09-09 à 12:00", variante = "hors-delai" }'
    normal = '{ limite = "le 2026-09-10 à 12:00", variante = "normal" }'
    alone = windows(deadline(f"reserver = [{empty}]"), Action.BOOK, MONDAY)
    beside = windows(deadline(f"reserver = [{normal}, {empty}]"), Action.BOOK, MONDAY)
    after = windows(deadline(f"reserver = [{normal}, {late}]"), Action.BOOK, MONDAY)

    assert (alone.windows, [before for _, before in alone.dead]) == ((), [None])
    assert ([one.phase.variant for one in beside.windows], [before for _, before in beside.dead]) == (
        [Variant.NORMAL],
        [None],
    )
    assert [(phase.variant, before) for phase, before in after.dead] == [(Variant.HORS_DELAI, after.windows[0].phase)]


def test_a_phase_with_a_beginning_stands_whatever_came_before() -> None:
    """What follows a phase that is not known is not known either, but for a phase that says its own beginning (S1.5)."""
    one = deadline("""
    table = [{ quand.mois = "octobre", limite = "le 2026-09-24 à 12:00" }]
    reserver = [
      { limite = "table", variante = "normal" },
      { limite = "le 2026-09-11 à 12:00", variante = "normal" },
      { depuis = "le 2026-09-12 à 12:00", limite = "le jour même, avant 08:00", variante = "hors-delai" },
    ]""")
    found = windows(one, Action.BOOK, MONDAY)

    assert [window.phase.variant for window in found.windows] == [Variant.HORS_DELAI]
    assert found.unknown is not None


def test_what_a_closed_day_makes_of_a_limit_holds_for_its_phases() -> None:
    """A limit on a Sunday rolls back to Friday where the deadline says so, its beginning too (S3.2)."""
    one = deadline("""
    annuler = [{ depuis = "dimanche de la semaine -2, avant 08:00", limite = "dimanche précédent, avant 20:00", a_payer = "rien" }]
    limite_un_jour_ferme = "recule au jour ouvré précédent"
    """)

    (window,) = windows(one, Action.CANCEL, date(2026, 9, 30)).windows

    assert (window.start, window.end) == (paris("2026-09-18T08:00"), paris("2026-09-25T20:00"))


# ---- What is not known --------------------------------------------------------------------------


def test_a_missing_anchor_leaves_its_windows_unknown() -> None:
    """A limit without an instant makes its phase and those after it unknown; earlier ones stay (S1.5)."""
    one = deadline("""
    reserver = [
      { limite = "2 jours ouvrés avant la date, avant 12:00", variante = "normal" },
      { limite = "le créneau", variante = "hors-delai" },
      { limite = "le jour même, avant 22:00", variante = "hors-delai", accord = true },
    ]""")

    known = windows(one, Action.BOOK, MONDAY, slot_start=450)
    found = windows(one, Action.BOOK, MONDAY)

    assert (len(known.windows), known.unknown) == (3, None)
    assert found.windows == known.windows[:1]
    assert found.unknown == ("ce créneau n'a pas d'horaire", "this slot has no times")


@pytest.mark.parametrize("action", Action)
def test_an_action_that_is_not_published_is_unknown(action: Action) -> None:
    """« non publié » is neither « jamais » nor « sans limite »: nobody knows, and it reads back (S4.6)."""
    one = deadline(f'{action.value} = "non publié"')

    found = windows(one, action, MONDAY)
    assert (found.windows, found.unknown) == (
        (),
        ("le règlement ne le publie pas", "the règlement does not publish it"),
    )
    assert DELAI.write((one,)) == {one.code: {action.value: "non publié"}}


def test_an_end_that_is_not_published_keeps_what_is() -> None:
    """A last phase without a published end leaves the phases before it sure (S4.6)."""
    one = deadline("""
    annuler = [
      { limite = "la date, avant 08:00", a_payer = "rien" },
      { limite = "non publié", a_payer = "tout" },
    ]""")

    found = windows(one, Action.CANCEL, MONDAY)
    assert len(found.windows) == 1
    assert found.unknown is not None


def test_the_first_reason_is_told() -> None:
    """Of several phases that are not known, the first says why."""
    one = deadline("""
    annuler = [
      { limite = "le début des vacances, avant 08:00", a_payer = "rien" },
      { depuis = "le créneau", limite = "le jour même, jusqu'à 24:00", a_payer = "tout" },
    ]""")

    assert windows(one, Action.CANCEL, MONDAY).unknown == (
        "cette date n'est pas en vacances",
        "this date is not in holidays",
    )


def test_data_that_do_not_reach_pass_through() -> None:
    """Calendar data that do not reach a limit are the caller's to tell (S3.7)."""
    with pytest.raises(OutOfCalendarError):
        windows(deadline('reserver = "9 jours ouvrés avant la date, avant 12:00"'), Action.BOOK, date(2026, 9, 8))


# ---- Tables -------------------------------------------------------------------------------------

MONTHS: Final = """
table = [
  { limite = "le 2026-08-27, jusqu'à 24:00" },
  { quand.mois = "octobre", limite = "le 2026-09-24, jusqu'à 24:00" },
  { quand.mois = "novembre", limite = "jamais" },
  { quand.mois = "décembre", limite = "sans limite" },
  { quand.dates = [2026-10-16], limite = "le 2026-10-01, jusqu'à 24:00" },
]
reserver = [
  { limite = "table", variante = "normal" },
  { depuis = "le jour même, avant 06:00", limite = "le jour même, avant 08:00", variante = "normal" },
]
"""


@pytest.mark.parametrize(
    ("day", "end"),
    (
        (date(2026, 9, 14), "2026-08-28T00:00"),
        (date(2026, 10, 15), "2026-09-25T00:00"),
        (date(2026, 10, 16), "2026-10-02T00:00"),
    ),
)
def test_a_date_wins_over_a_selector_and_a_selector_over_a_bare_row(day: date, end: str) -> None:
    """Dated exceptions win over tables, tables over what has no selector (S3.5)."""
    assert windows(deadline(MONTHS), Action.BOOK, day).windows[0].end == paris(end)


def test_a_row_may_say_never() -> None:
    """« jamais » in the table closes its phase and what would follow; what says since when stands."""
    chained = deadline("""
    table = [{ limite = "jamais" }]
    reserver = [{ limite = "table", variante = "normal" }, { limite = "le jour même, avant 08:00", variante = "hors-delai" }]
    """)

    assert windows(chained, Action.BOOK, MONDAY) == Schedule()
    assert len(windows(deadline(MONTHS), Action.BOOK, date(2026, 11, 16)).windows) == 1


def test_a_row_may_say_no_limit() -> None:
    """« sans limite » in the table leaves its phase open, and nothing follows it."""
    one = deadline("""
    table = [{ quand.mois = "septembre", limite = "sans limite" }]
    annuler = [{ limite = "table", a_payer = "rien" }, { limite = "le jour même, avant 08:00", a_payer = "tout" }]
    """)

    (window,) = windows(one, Action.CANCEL, MONDAY).windows

    assert window == Window(None, None, Phase(limit=parse_limit("table"), due=NOTHING_DUE))


PUBLISHED: Final = """
table = [
  { quand.mois = "septembre", depuis = "le 2026-08-17, avant 08:00", limite = "le 2026-08-27, jusqu'à 24:00" },
  { quand.mois = "octobre", depuis = "le 2026-09-14, avant 08:00", limite = "sans limite" },
]
reserver = [
  { limite = "table", variante = "normal" },
  { limite = "le jour même, avant 08:00", variante = "hors-delai" },
]
annuler = [{ limite = "table", a_payer = "rien" }]
"""


@pytest.mark.parametrize("action", (Action.BOOK, Action.CANCEL))
def test_a_row_may_say_since_when(action: Action) -> None:
    """A published table gives the opening of each month beside its closing, whatever the action (S3.5)."""
    september = windows(deadline(PUBLISHED), action, MONDAY).windows
    october = windows(deadline(PUBLISHED), action, date(2026, 10, 5)).windows

    assert (september[0].start, september[0].end) == (paris("2026-08-17T08:00"), paris("2026-08-28T00:00"))
    assert [(one.start, one.end) for one in october] == [(paris("2026-09-14T08:00"), None)]
    assert len(september) == (2 if action is Action.BOOK else 1)


def test_a_row_without_since_opens_as_its_phase_says() -> None:
    """A row that gives only its limit leaves the phase to begin as it says."""
    one = deadline("""
    table = [{ limite = "le 2026-09-11, avant 12:00" }]
    reserver = [{ depuis = "le 2026-09-01, avant 00:00", limite = "table", variante = "normal" }]
    """)

    assert windows(one, Action.BOOK, MONDAY).windows[0].start == paris("2026-09-01T00:00")


@pytest.mark.parametrize(
    ("row", "phase", "path", "way_out"),
    (
        (
            'depuis = "le 2026-08-17, avant 08:00", limite = "le 2026-08-27, avant 12:00"',
            'depuis = "le 2026-08-01, avant 08:00", limite = "table"',
            ("delai", "x", "table", 0, "depuis"),
            "gardez l'un des deux",
        ),
        (
            'depuis = "le 2026-08-17, avant 08:00", limite = "jamais"',
            'limite = "table"',
            ("delai", "x", "table", 0, "depuis"),
            "ne s'ouvrent jamais",
        ),
        (
            'depuis = "sans limite", limite = "le 2026-08-27, avant 12:00"',
            'limite = "table"',
            ("delai", "x", "table", 0, "depuis"),
            "il faut un jour ou un instant",
        ),
        (
            'depuis = "lundi de la semaine -2, avant 08:00", limite = "le 2026-08-27, avant 12:00"',
            'limite = "table"',
            ("delai", "x"),
            "peut tomber un jour fermé",
        ),
    ),
)
def test_a_since_of_a_row_that_cannot_be_is_refused(
    row: str, phase: str, path: tuple[str | int, ...], way_out: str
) -> None:
    """A beginning said twice, without an opening, by a word, or on a day that may be closed is told with its path."""
    found = fault(f'table = [{{ {row} }}]\nreserver = [{{ {phase}, variante = "normal" }}]')

    assert found.path == path
    assert way_out in found.fr


def test_a_date_without_a_row_is_undecided() -> None:
    """A month that the town has not published is not known, nor what follows it (S1.5)."""
    one = deadline("""
    table = [{ quand.mois = "octobre", limite = "le 2026-09-24, jusqu'à 24:00" }]
    reserver = [{ limite = "table", variante = "normal" }, { limite = "le jour même, avant 08:00", variante = "hors-delai" }]
    """)
    found = windows(one, Action.BOOK, MONDAY)

    assert found.windows == ()
    assert found.unknown is not None
    assert found.unknown == ("aucune ligne du tableau ne couvre cette date", "no row of the table covers this date")


def test_two_rows_for_one_date_are_refused() -> None:
    """Two rows that apply with nothing to choose between them are refused, both named (S3.5)."""
    one = deadline("""
    table = [
      { quand.mois = "septembre", limite = "le 2026-08-27, avant 12:00" },
      { limite = "jamais" },
      { quand.jour = "lundi", limite = "le 2026-08-28, avant 12:00" },
    ]
    reserver = "table"
    """)

    assert windows(one, Action.BOOK, date(2026, 9, 15)).windows
    with pytest.raises(InvalidValueError) as caught:
        windows(one, Action.BOOK, MONDAY)

    (found,) = caught.value.faults
    assert found.path == ("delai", "x", "table", 2)
    assert "table[0], table[2]" in found.fr
    assert found.fr == "table[0], table[2] s'appliquent au 2026-09-14 et rien ne les départage ; précisez « quand »"
    assert found.en == "table[0], table[2] apply to 2026-09-14 with nothing to choose between them; narrow « quand »"


# ---- What is refused at load --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place", "way_out"),
    (
        ("", "delai.x", "donnez reserver, changer ou annuler"),
        (
            'annuler = "sans limite"',
            "delai.x.annuler",
            'annuler = [{ limite = "sans limite", a_payer = "rien" }]',
        ),
        (
            'changer = "le jour même, avant 08:00"',
            "delai.x.changer",
            'changer = [{ limite = "le jour même, avant 08:00", variante = "normal", a_payer = "rien" }]',
        ),
        ('reserver = "la veille"', "delai.x.reserver", "quelle veille ?"),
        ("reserver = 3", "delai.x.reserver", "il faut une limite"),
        ("reserver = []", "delai.x.reserver", "une liste de 1 à 20"),
        ('reserver = [{ variante = "normal" }]', "delai.x.reserver[0]", "il manque « limite »"),
        ('reserver = [{ limite = "sans limite" }]', "delai.x.reserver[0]", 'variante = "normal"'),
        (
            'reserver = [{ limite = "sans limite", variante = "normal", a_payer = "rien" }]',
            "delai.x.reserver[0].a_payer",
            "réserver n'annule rien",
        ),
        ('annuler = [{ limite = "sans limite" }]', "delai.x.annuler[0]", 'a_payer = "rien"'),
        (
            'annuler = [{ limite = "sans limite", a_payer = "rien", variante = "normal" }]',
            "delai.x.annuler[0].variante",
            "annuler ne réserve rien",
        ),
        (
            'changer = [{ limite = "sans limite", variante = "normal" }]',
            "delai.x.changer[0]",
            'a_payer = "rien"',
        ),
        (
            'reserver = [{ limite = "sans limite", variante = "hors-delai" }]',
            "delai.x.reserver[0].limite",
            "une phase hors délai doit finir",
        ),
        (
            'reserver = [{ limite = "jamais", variante = "normal" }]',
            "delai.x.reserver[0].limite",
            "retirez cette phase",
        ),
        (
            'reserver = [{ depuis = "sans limite", limite = "sans limite", variante = "normal" }]',
            "delai.x.reserver[0].depuis",
            "il faut un jour ou un instant",
        ),
        (
            'annuler = [{ limite = "sans limite", a_payer = "rien" }, { limite = "le créneau", a_payer = "tout" }]',
            "delai.x.annuler[0].limite",
            "mettez-la en dernier",
        ),
        ('reserver = "jeudi précédent, avant 12:00"', "delai.x", 'limite_un_jour_ferme = "reste"'),
        (
            'reserver = "sans limite"\nlimite_un_jour_ferme = "recule au jour ouvré précédent"',
            "delai.x.limite_un_jour_ferme",
            "retirez cette ligne",
        ),
        ('reserver = "table"', "delai.x.table", "il manque le tableau"),
        (
            'reserver = "sans limite"\ntable = [{ limite = "le créneau" }]',
            "delai.x.table",
            "aucune phase ne s'en sert",
        ),
        (
            'reserver = "table"\ntable = [{ limite = "table" }]',
            "delai.x.table[0].limite",
            "écrivez sa limite",
        ),
        (
            'reserver = [{ limite = "table", variante = "hors-delai" }]\ntable = [{ limite = "sans limite" }]',
            "delai.x.table[0].limite",
            "une phase hors délai doit finir",
        ),
    ),
)
def test_a_deadline_that_guesses_is_refused(body: str, place: str, way_out: str) -> None:
    """What a deadline leaves to guess, or says in vain, is refused where it stands, with what to write."""
    found = fault(body)

    assert found.text().startswith(f"{place} : ")
    assert way_out in found.fr
    assert found.en


@pytest.mark.parametrize(
    ("body", "fr", "en"),
    (
        (
            "",
            "ce délai ne dit rien ; donnez reserver, changer ou annuler",
            "this deadline says nothing; give reserver, changer or annuler",
        ),
        (
            'annuler = [{ limite = "sans limite", a_payer = "rien" }, { limite = "le créneau", a_payer = "tout" }]',
            "rien ne peut suivre une phase sans limite ; mettez-la en dernier",
            "nothing can follow a phase without limit; put it last",
        ),
        (
            'reserver = "sans limite"\nlimite_un_jour_ferme = "recule au jour ouvré précédent"',
            "aucune limite de ce délai ne recule : chacune dit déjà son jour ; retirez cette ligne",
            "no limit of this deadline can roll back; drop this line",
        ),
        ('reserver = "table"', "il manque le tableau que « table » annonce", "the table announced is missing"),
        (
            'reserver = "sans limite"\ntable = [{ limite = "le créneau" }]',
            "aucune phase ne s'en sert ; écrivez limite = \"table\" dans l'une d'elles",
            'no phase uses it; write limite = "table" in one of them',
        ),
        (
            (
                'table = [{ depuis = "le 2026-08-20 à 08:00", limite = "le 2026-08-27 à 12:00" }]\n'
                'reserver = [{ depuis = "le 2026-08-19 à 08:00", limite = "table", variante = "normal" }]'
            ),
            "la phase qui renvoie au tableau dit déjà « depuis » ; gardez l'un des deux",
            "the phase says « depuis » already; keep one of them",
        ),
        (
            'reserver = [{ limite = "table", variante = "hors-delai" }]\ntable = [{ limite = "sans limite" }]',
            "une phase hors délai doit finir ; donnez une limite à cette ligne",
            "a late phase must end; give this row a limit",
        ),
        (
            'reserver = "1 jour calendaire après le signalement, avant 12:00"',
            (
                "« 1 jour calendaire après le signalement, avant 12:00 » se compte depuis une absence ; "
                "écrivez-le dans [absence.X]"
            ),
            "counts from an absence; write it in [absence.X]",
        ),
    ),
)
def test_a_refused_deadline_is_told_in_both_languages(body: str, fr: str, en: str) -> None:
    """What is wrong and the way out, word for word, with the path of what is wrong."""
    found = fault(body)

    assert (found.fr, found.en) == (fr, en)
    assert found.path[:2] == ("delai", "x")


@pytest.mark.parametrize("anchor", ("le début de l'absence", "le signalement"))
def test_a_deadline_counts_from_no_absence(anchor: str) -> None:
    """A limit that is counted from an absence is refused where it stands: it would be undecided for ever."""
    assert fault(f'reserver = "1 jour calendaire après {anchor}, avant 12:00"').path == (
        "delai",
        "x",
        "reserver",
        0,
        "limite",
    )


@pytest.mark.parametrize("beside", ("reste", "recule au jour bureau précédent"))
def test_a_closed_day_is_written_for_a_weekday(beside: str) -> None:
    """Once a closed day is written, a limit on a weekday stands."""
    one = deadline(f'reserver = "jeudi précédent, avant 12:00"\nlimite_un_jour_ferme = "{beside}"')

    assert one.closed_day == ClosedDay(None if beside == "reste" else "bureau")


# ---- Reading and writing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    (
        TWO_PHASES,
        MONTHS,
        'reserver = "jamais"\nchanger = "jamais"\nannuler = "jamais"\nsource = "article 3"',
        'reserver = "2 jours ouvrés avant la date, avant 10:00"\nquand.jour = ["lundi", "mardi"]',
        'reserver = "table"\ntable = [{ limite = "jamais", hypothese = "supposé" }]',
        """reserver = [
          { depuis = "2 semaines avant la date, avant 08:00", limite = "le créneau", variante = "hors-delai", accord = true, paye = true, source = "art. 4" },
        ]""",
    ),
)
def test_a_deadline_reads_back_from_what_it_writes(body: str) -> None:
    """What is written of a deadline is read back as the same deadline."""
    (one,), faults = read(f"[delai.x]\n{body}")
    again = DELAI.read(DELAI.write((one,)), (), faults)

    assert again == (one,)
    assert not faults


def test_the_shortest_form_is_written() -> None:
    """One normal phase is written as its limit, no phase as « jamais »."""
    plain = DELAI.write(
        read('[delai.x]\nreserver = [{ limite = "le créneau", variante = "normal" }]\nannuler = "jamais"')[0]
    )

    assert plain == {"x": {"reserver": "le créneau", "annuler": "jamais"}}


def test_a_deadline_says_what_it_needs() -> None:
    """A deadline lists its limits with their places, its calendars, and whether slots need times."""
    one = deadline("""
    reserver = [{ depuis = "10 jours bureau avant la date, avant 08:00", limite = "table", variante = "normal" }]
    annuler  = [{ limite = "48 heures ouvrées avant le créneau", a_payer = "rien" }]
    table    = [{ limite = "jeudi précédent, avant 12:00" }]
    limite_un_jour_ferme = "recule au jour école précédent"
    """)

    assert [path for path, _ in one.limits()] == [
        ("reserver", 0, "depuis"),
        ("reserver", 0, "limite"),
        ("annuler", 0, "limite"),
        ("table", 0, "limite"),
    ]
    assert one.calendars() == {"bureau", "ouvrés", "école"}
    assert one.anchored_on_slot
    assert not deadline(TWO_PHASES).anchored_on_slot
    assert deadline(TWO_PHASES).calendars() == set()


def test_a_row_is_ranked_by_its_dates() -> None:
    """A row with dates ranks over one with months, and that over a bare one."""
    limit = parse_limit("le créneau")
    rows = (
        Row(limit=limit),
        Row(limit=limit, when=When(months=(9,))),
        Row(limit=limit, when=When(dates=(MONDAY,))),
    )

    assert [row.precedence for row in rows] == [0, 1, 2]


# ---- Which deadline governs ---------------------------------------------------------------------

BARE: Final = deadline(TWO_PHASES)
MONDAYS: Final = deadline('quand.jour = "lundi"\nreserver = "sans limite"')
MEALS: Final = deadline('creneaux = "repas"\nreserver = "sans limite"')
DATED: Final = deadline('quand.dates = [2026-09-14]\nreserver = "jamais"')
CANCELLING: Final = deadline('quand.dates = [2026-09-14]\nannuler = "jamais"')


@pytest.mark.parametrize(
    ("answers", "found", "unknown", "tied"),
    (
        ({}, None, (), ()),
        ({BARE: False}, None, (), ()),
        ({BARE: True}, BARE, (), ()),
        ({BARE: True, MONDAYS: True}, MONDAYS, (), ()),
        ({DATED: True, MONDAYS: True, BARE: True}, DATED, (), ()),
        ({CANCELLING: True, BARE: True}, BARE, (), ()),
        ({MONDAYS: True, MEALS: True, BARE: True}, None, (), (MONDAYS, MEALS)),
        ({MONDAYS: True, MEALS: True, DATED: True}, DATED, (), ()),
        ({MONDAYS: None, BARE: True}, None, (MONDAYS,), ()),
        ({MONDAYS: None, MEALS: True}, None, (MONDAYS,), ()),
        ({MONDAYS: None, MEALS: None}, None, (MONDAYS, MEALS), ()),
        ({MONDAYS: True, BARE: None}, MONDAYS, (), ()),
        ({MONDAYS: False, BARE: True}, BARE, (), ()),
    ),
)
def test_the_deadline_of_highest_precedence_governs(
    answers: dict[Deadline, Answer],
    found: Deadline | None,
    unknown: tuple[Deadline, ...],
    tied: tuple[Deadline, ...],
) -> None:
    """Of those that speak of the action and apply, the highest governs; else the reason is told (S3.5)."""
    for given in (list(answers), list(answers)[::-1]):
        result = governing(given, Action.BOOK, answers.__getitem__)

        assert result.found == found
        assert set(result.unknown) == set(unknown)
        assert set(result.tied) == set(tied)
