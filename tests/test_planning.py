"""« Mon planning » by month and by week: states, initials, « + x en plus », as values, text and HTML (S12.2)."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, Final

import pytest
from tests.guide import at, guide
from tests.households import guide_history

from clae_rules import (
    Booked,
    BookedState,
    Engine,
    Held,
    InvalidValueError,
    Planning,
    PlanningLook,
    PlanningPage,
    Variant,
    booked_in,
    month_page,
    planning_html,
    week_page,
)
from clae_rules.planning import initials, week_title
from clae_rules.shapes import folded
from clae_rules.showing import text

HOSTILE: Final = '<script>alert("x")</script> & \'"'
SEPTEMBER: Final = date(2021, 9, 1)
MONDAY: Final = date(2021, 9, 6)
VOID: Final = frozenset({"br", "img", "hr", "meta", "input"})


def look(engine: Engine | None = None, **more: Any) -> PlanningLook:
    """The guide's règlement, Martin and Rita, unless said."""
    return PlanningLook(**{"engine": engine or guide(), "names": {"martin": "Martin", "rita": "Rita"}, **more})


def booked(*asked: tuple[str, date, str], state: BookedState = BookedState.VALIDATED) -> tuple[Booked, ...]:
    """Some bookings, all in one state."""
    return tuple(Booked(child, day, Held(slot), state, "9") for child, day, slot in asked)


class Page(HTMLParser):
    """A fragment read strictly: every element closed in its order, and a table that holds together."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.columns: list[int] = []
        self.feed(fragment)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins, with each attribute once."""
        assert len({name for name, _ in attrs}) == len(attrs)
        self.seen.append((tag, dict(attrs)))
        if tag == "tr":
            self.columns.append(0)
        if tag in {"td", "th"}:
            assert self.open[-1] == "tr"
            self.columns[-1] += 1
        if tag == "li":
            assert self.open[-1] == "ul"
        if tag == "summary":
            assert self.open[-1] == "details"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Some text, and which elements it stands in."""
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a name."""
        return [attrs for name, attrs in self.seen if name == tag]


def test_the_month_of_the_guide_is_shown() -> None:
    """September 2021 from Monday 30 August to Sunday 3 October, each booking with its check and initial."""
    desk, history = guide_history()
    page = month_page(history.booked(), look(desk.engine), date(2021, 9, 17))

    assert page.heading() == "Septembre 2021"
    assert [len(week) for week in page.weeks] == [7] * 5
    assert (page.days[0].day, page.days[-1].day) == (date(2021, 8, 30), date(2021, 10, 3))
    assert [one.day.day for one in page.days if one.neighbour] == [30, 31, 1, 2, 3]
    (tuesday,) = (one for one in page.days if one.day == date(2021, 9, 7))
    assert [one.text() for one in tuesday.entries] == ["✓ Périscolaire midi 2 (13:15-13:45) M"]
    assert tuesday.entries[0].number == "9"


def test_the_text_is_a_table_a_week() -> None:
    """Weeks that hold nothing are left out, a day is told once, and the initials are told."""
    desk, history = guide_history()
    page = month_page(history.booked(), look(desk.engine), SEPTEMBER)

    assert text(page).splitlines() == [
        "Septembre 2021",
        "",
        "Semaine 36 : du 6 au 12 septembre 2021",
        "  Jour        Réservation           Horaire      Enfant  État",
        "  lundi 6  ✓  Périscolaire matin 2  07:30-08:15  M       validée",
        "           ✓  Périscolaire midi 2   13:15-13:45  M       validée",
        "           ✓  Périscolaire soir 1   16:15-17:15  M       validée",
        "  mardi 7  ✓  Périscolaire midi 2   13:15-13:45  M       validée",
        "",
        "  M : Martin, R : Rita",
    ]


def test_a_planning_without_booking_says_so() -> None:
    """An empty month is a page all the same, in both languages and as HTML."""
    page = month_page((), look(names={}), SEPTEMBER)

    assert "aucune réservation" in text(page)
    assert "no booking" in text(page, "en")
    assert Page(planning_html(page)).columns == [8] * 6


@pytest.mark.parametrize("state", BookedState)
def test_each_state_is_told_in_words(state: BookedState) -> None:
    """The check is of what is validated alone; every other state is written, never a colour."""
    page = month_page(booked(("martin", MONDAY, "repas"), state=state), look(), SEPTEMBER)
    entry = page.weeks[1][0].entries[0]
    html = Page(planning_html(page))

    valid = state is BookedState.VALIDATED
    assert ("✓" in entry.text(), f"[{state.value}]" in entry.text()) == (valid, not valid)
    told = [one.get("aria-label") for one in html.all("span") if one.get("role") == "img"]
    assert told == (["validée"] if valid else [])
    assert (state.value in html.texts) is not valid
    assert state.value in text(page)


def test_entries_stand_in_display_order_then_child() -> None:
    """The règlement's order of slots first, then the order of the household's children."""
    asked = booked(*((child, MONDAY, slot) for slot in ("soir-1", "matin-2") for child in ("rita", "martin")))
    page = week_page(asked, look(), MONDAY)

    assert [(one.slot, one.initial) for one in page.weeks[0][0].entries] == [
        ("matin-2", "M"), ("matin-2", "R"), ("soir-1", "M"), ("soir-1", "R"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "shown", "more"), ((0, 0, "+ 4 en plus"), (3, 3, "+ 1 en plus"), (4, 4, ""), (None, 4, ""))
)
def test_the_first_entries_are_shown_and_the_rest_counted(limit: int | None, shown: int, more: str) -> None:
    """With a limit k the first k of a day, « + x en plus », and all of them behind it."""
    asked = booked(*((child, MONDAY, slot) for slot in ("soir-1", "matin-2") for child in ("rita", "martin")))
    page = month_page(asked, look(limit=limit), SEPTEMBER)
    day = page.weeks[1][0]
    html = Page(planning_html(page))

    assert (len(day.shown), day.more(), [*day.shown, *day.hidden]) == (shown, more, [*day.entries])
    assert len(html.all("li")) == 4
    assert len(html.all("details")) == bool(more)
    assert (more in html.texts) is bool(more)
    assert more in text(page)


def test_a_mode_or_a_child_alone_may_be_shown() -> None:
    """« Toutes les périodes » and « vos autres enfants » are choices of the menu (guide B4 d)."""
    wednesday = date(2021, 9, 8)
    asked = booked(("martin", MONDAY, "repas"), ("rita", MONDAY, "repas"), ("martin", wednesday, "mer-matin"))

    def shown(**menu: Any) -> list[tuple[str, str]]:
        page = month_page(asked, look(**menu), SEPTEMBER)
        return [(one.initial, one.slot) for day in page.days for one in day.entries]

    assert shown() == [("M", "repas"), ("R", "repas"), ("M", "mer-matin")]
    assert shown(child="martin") == [("M", "repas"), ("M", "mer-matin")]
    assert shown(mode="mercredi") == [("M", "mer-matin")]
    assert shown(child="rita", mode="mercredi") == []
    with pytest.raises(InvalidValueError, match="mode inconnu : « mercredis » ; vouliez-vous dire « mercredi »"):
        look(mode="mercredis")
    with pytest.raises(InvalidValueError, match="lu -1"):
        look(limit=-1)


def test_the_next_and_previous_pages_follow() -> None:
    """« Afficher le mois suivant »: twelve of them make a year; a week is followed by the next Monday."""
    page = month_page((), look(), date(2021, 1, 31))
    titles = []
    for _ in range(13):
        titles.append(page.heading())
        assert page.next is not None
        page = month_page((), look(), page.next)
    assert titles[0] == "Janvier 2021"
    assert titles[1] == "Février 2021"
    assert titles[12] == "Janvier 2022"
    assert page.previous == date(2022, 1, 1)
    week = week_page((), look(), date(2020, 12, 31))
    assert (week.next, week.previous) == (date(2021, 1, 4), date(2020, 12, 21))


def test_a_year_of_53_weeks_has_its_week_53() -> None:
    """28 December 2020 begins week 53, which ends in the next year; the week after is the first."""
    week = week_page((), look(), date(2021, 1, 3))

    assert week.heading() == "Semaine 53 : du 28 décembre 2020 au 3 janvier 2021"
    assert week.next is not None
    assert week_page((), look(), week.next).heading() == "Semaine 1 : du 4 au 10 janvier 2021"
    assert week_title(date(2021, 8, 30)) == "Semaine 35 : du 30 août au 5 septembre 2021"
    assert week_title(date(2021, 11, 1), "en") == "Week 44: 2021-11-01 to 2021-11-07"
    assert not any(one.neighbour for one in week.days)


@pytest.mark.parametrize("day", (date.min, date.max, date(1899, 12, 31), date(2201, 1, 1)))
def test_a_year_out_of_reach_is_refused(day: date) -> None:
    """Months and weeks are shown from 1900 to 2200; a date beyond is a slip, and is told."""
    for page in (month_page, week_page):
        with pytest.raises(InvalidValueError, match="une année de 1900 à 2200"):
            page((), look(), day)


def test_the_first_and_last_pages_have_no_neighbour() -> None:
    """Before 1900 and after 2200 there is no page to go to."""
    assert month_page((), look(), date(1900, 1, 1)).previous is None
    assert month_page((), look(), date(2200, 12, 31)).next is None
    assert week_page((), look(), date(2200, 12, 31)).next is None
    assert booked_in(Planning.of({("martin", date.max): ["repas"]}))[0].day == date.max
    assert month_page(booked(("martin", date.max, "repas")), look(), SEPTEMBER).days


def test_a_date_that_is_none_is_refused() -> None:
    """An instant is not a date."""
    with pytest.raises(InvalidValueError, match="date civile"):
        month_page((), look(), at("2021-09-01 09:00"))


@pytest.mark.parametrize("day", (date(2021, 3, 28), date(2021, 10, 31), date(2024, 2, 29)))
def test_days_are_civil(day: date) -> None:
    """A month has each of its days once, whatever clocks do and however long February is."""
    page = month_page((), look(), day)
    inside = [one.day for one in page.days if not one.neighbour]

    assert len(inside) == (29 if day.month == 2 else 31)
    assert {b.day - a.day for a, b in pairwise(page.days)} == {timedelta(1)}


@pytest.mark.parametrize(
    ("names", "found"),
    (
        ({"a": "Martin", "b": "Rita"}, ["M", "R"]),
        ({"a": "Martin", "b": "Milo"}, ["Ma", "Mi"]),
        ({"a": "Jean", "b": "Jean-Paul"}, ["Jean", "Jean-"]),
        ({"a": "Lou", "b": "Lou"}, ["L1", "L2"]),
        ({"a": "Élodie", "b": "Emma"}, ["Él", "Em"]),
        ({"a": "E\N{COMBINING ACUTE ACCENT}lodie", "b": "Rita"}, ["É", "R"]),
        ({"a": "ana", "b": "Ana"}, ["a1", "A2"]),
        ({"a": "", "b": "  "}, ["a", "b"]),
        ({"a": "Anne Marie", "b": "Anne"}, ["Anne M", "Anne"]),
        ({"a": "A", "b": "A", "c": "A1"}, ["A2", "A3", "A1"]),
        ({}, []),
    ),
)
def test_an_initial_is_as_long_as_it_must(names: dict[str, str], found: list[str]) -> None:
    """One letter, more where two children share one, a number where two names are alike; accents do not tell apart."""
    assert list(initials(names).values()) == found


@pytest.mark.parametrize("seed", range(60))
def test_no_two_children_have_one_initial(seed: int) -> None:
    """Whatever the names, forty children are told apart, each by the beginning of his name."""
    rng = random.Random(seed)
    names = {f"e{n}": "".join(rng.choice("ABaé1 -œ") for _ in range(rng.randint(0, 4))) for n in range(40)}
    found = initials(names)

    assert len({folded(one) for one in found.values()}) == 40
    assert all(found.values())


def test_two_children_of_one_name_are_told_apart_on_the_page() -> None:
    """Same name, two initials, in the planning and in its legend."""
    page = week_page(
        booked(("a", MONDAY, "repas"), ("b", MONDAY, "repas")), look(names={"a": "Lou", "b": "Lou"}), MONDAY
    )

    assert [one.initial for one in page.weeks[0][0].entries] == ["L1", "L2"]
    assert page.legend == (("L1", "Lou"), ("L2", "Lou"))


def test_forty_children_and_every_slot_are_one_page() -> None:
    """A large household is shown whole, and valid."""
    names = {f"e{n:02d}": f"Enfant {n}" for n in range(40)}
    slots = ("matin-1", "matin-2", "repas", "soir-1", "soir-2")
    asked = booked(*((child, MONDAY, slot) for child in names for slot in slots))
    page = month_page(asked, look(names=names, limit=3), SEPTEMBER)

    assert page.weeks[1][0].more() == "+ 197 en plus"
    assert len(Page(planning_html(page)).all("li")) == 200


@pytest.mark.parametrize("by_week", (False, True))
def test_the_fragment_is_valid_and_accessible(by_week: bool) -> None:
    """A table with a caption, a heading for each column and row, the language, dates, and names behind initials."""
    desk, history = guide_history()
    page = (week_page if by_week else month_page)(history.booked(), look(desk.engine), MONDAY)
    html = Page(planning_html(page))

    assert html.all("section")[0]["lang"] == "fr"
    assert len(html.all("caption")) == len(html.all("table")) == 1
    assert page.heading() in html.texts
    assert set(html.columns) == {8}
    assert [one.get("scope") for one in html.all("th")] == ["col"] * 8 + ["row"] * len(page.weeks)
    assert [one["datetime"] for one in html.all("time")] == [one.day.isoformat() for one in page.days]
    assert {one["title"] for one in html.all("abbr")} == {"Martin"}
    assert {tag for tag, _ in html.seen}.isdisjoint({"script", "style", "img"})
    if not by_week:
        others = [one for one in html.all("td") if one.get("class") == "autre-mois"]
        assert len(others) == 5
        assert {"30 août", "1er octobre", "1er septembre", "6"} <= set(html.texts)


def test_hostile_names_are_text() -> None:
    """A child, a slot and a code written by somebody who means harm are shown as they are written, and are no markup."""
    engine = guide(('nom = "Repas enfant"', f"nom = {json.dumps(HOSTILE, ensure_ascii=False)}"))
    asked = booked((HOSTILE, MONDAY, "repas"), ("martin", MONDAY, HOSTILE))
    page = month_page(asked, look(engine, names={HOSTILE: HOSTILE, "martin": HOSTILE}), SEPTEMBER)
    html = Page(planning_html(page))

    assert "script" not in {tag for tag, _ in html.seen}
    assert {one["title"] for one in html.all("abbr")} == {HOSTILE}
    assert HOSTILE in "".join(html.texts)
    assert "<script" not in page._repr_html_()


def test_a_slot_that_the_reglement_no_longer_has_is_shown_by_its_code() -> None:
    """What an older règlement offered stays in the planning, after what the present one knows."""
    asked = booked(("martin", MONDAY, "cirque"), ("martin", MONDAY, "soir-2"))
    page = week_page(asked, look(), MONDAY)

    assert [(one.slot, one.label, one.times) for one in page.days[0].entries] == [
        ("soir-2", "Périscolaire soir 2", "17:15-18:15"), ("cirque", "cirque", ""),
    ]  # fmt: skip
    assert week_page(asked, look(mode="periscolaire"), MONDAY).days[0].entries[-1].slot == "soir-2"


def test_what_is_booked_late_says_so_and_slots_without_times_have_none() -> None:
    """« hors-délai » stands in the label, and « Accueil péri avant Mercredi » has no times."""
    late = Booked("martin", date(2021, 9, 8), Held("mer-avant", Variant.HORS_DELAI))
    (entry,) = week_page((late,), look(), MONDAY).days[2].entries

    assert entry.text() == "✓ Accueil péri avant Mercredi hors-délai M"


def test_a_draft_is_shown_with_what_waits() -> None:
    """A planning without history is shown too: what is to be paid, and what a verdict says is pending."""
    unpaid = Held("repas", pay_before=at("2021-09-01 10:00"))
    planning = Planning.of({("martin", MONDAY): [unpaid, "matin-2"], ("martin", date(2021, 9, 7)): ["repas"]})
    found = booked_in(planning, {("martin", date(2021, 9, 7), "repas"): ["accord"]})

    assert [(one.held.slot, one.state) for one in found] == [
        ("matin-2", BookedState.VALIDATED), ("repas", BookedState.UNPAID), ("repas", BookedState.APPROVAL),
    ]  # fmt: skip


def test_a_page_as_json_holds_every_entry() -> None:
    """What a portal serves: each date, what is held, and how much is beyond the limit."""
    desk, history = guide_history()
    plain = json.loads(json.dumps(month_page(history.booked(), look(desk.engine, limit=1), SEPTEMBER).plain()))
    days = {one["date"]: one for one in plain["jours"]}

    assert (plain["titre"], plain["du"], plain["au"]) == ("Septembre 2021", "2021-08-30", "2021-10-03")
    assert days["2021-09-06"]["en_plus"] == 2
    assert days["2021-09-07"]["reservations"] == [{
        "enfant": "martin", "initiale": "M", "creneau": "midi-2", "nom": "Périscolaire midi 2", "horaire": "13:15-13:45",
        "etat": "validée", "dossier": "9",
    }]  # fmt: skip


def test_pages_in_english_have_the_same_rows() -> None:
    """English says weekdays and dates its own way, of the same bookings."""
    desk, history = guide_history()
    page: PlanningPage = month_page(history.booked(), look(desk.engine), SEPTEMBER)

    assert "Tuesday 2021-09-07" in text(page, "en")
    assert [len(one.rows) for one in page.sections("en")] == [len(one.rows) for one in page.sections()]
    assert page.heading("en") == "2021-09"


def test_a_day_of_another_month_is_named_with_it() -> None:
    """The first of October, at the end of September's page, is told with its month, in words."""
    page = month_page(booked(("martin", date(2021, 10, 1), "repas"), ("martin", MONDAY, "repas")), look(), SEPTEMBER)

    assert [row[0] for section in page.sections() for row in section.rows] == ["lundi 6", "vendredi 1er octobre"]
    assert [row[0] for section in page.sections("en") for row in section.rows] == [
        "Monday 2021-09-06",
        "Friday 2021-10-01",
    ]


def test_long_names_are_kept_whole() -> None:
    """The longest label of a règlement and a name of a thousand letters neither break the page nor are cut."""
    label, name = "R" * 80, "Lou " + "é" * 1000
    page = month_page(
        booked(("lou", MONDAY, "repas")), look(guide(("Repas enfant", label)), names={"lou": name}), SEPTEMBER
    )

    assert page.weeks[1][0].entries[0].text() == f"✓ {label} (11:45-13:45) L"
    assert name in Page(planning_html(page)).texts[-2]
    assert name in text(page)
