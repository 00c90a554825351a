"""A planning as iCalendar, read back by the library: dates, times, names and states as they are held (S12.2)."""

from __future__ import annotations

import builtins
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

import pytest
from tests.guide import at, guide
from tests.households import guide_history

from clae_rules import Booked, BookedState, Engine, Held, InvalidValueError, NaiveInstantError, PlanningLook, Variant
from clae_rules.adapters._missing import MissingLibraryError
from clae_rules.adapters.ics import planning_ics

icalendar = pytest.importorskip("icalendar")

STAMP: Final = datetime(2021, 6, 9, 9, 20, tzinfo=UTC)
DOMAIN: Final = "portail.exemple.fr"


def look(engine: Engine | None = None, **more: Any) -> PlanningLook:
    """The guide's règlement, and Martin, unless said."""
    return PlanningLook(**{"engine": engine or guide(), "names": {"martin": "Martin"}, **more})


def made(*booked: Booked, **more: Any) -> bytes:
    """The file of some bookings."""
    return planning_ics(booked, more.pop("shown", look()), **{"stamp": STAMP, "domain": DOMAIN, **more})


def events(file: bytes) -> list[Any]:
    """The events of a file, read back."""
    return list(icalendar.Calendar.from_ical(file).walk("VEVENT"))


def on(day: date, slot: str = "repas", child: str = "martin", **more: Any) -> Booked:
    """A booking."""
    return Booked(child, day, Held(slot, more.pop("variant", Variant.NORMAL)), **more)


def test_the_guide_s_bookings_are_read_back() -> None:
    """Each booking with its day, times in the règlement's zone, child, place, state and dossier."""
    desk, history = guide_history()
    found = events(planning_ics(history.booked(), look(desk.engine), stamp=STAMP, domain=DOMAIN))

    assert len(found) == 4
    last = found[-1]
    assert (str(last["summary"]), str(last["status"])) == ("Périscolaire midi 2 : Martin", "CONFIRMED")
    assert (last.decoded("dtstart"), last.decoded("dtend")) == (at("2021-09-07 13:15"), at("2021-09-07 13:45"))
    assert str(last["dtstart"].params["TZID"]) == "Europe/Paris"
    assert (str(last["uid"]), str(last["location"])) == ("2021-09-07.midi-2.martin@portail.exemple.fr", "CLAE MESSY")
    assert str(last["description"]) == "Dossier n° 9, validée"
    assert [str(one) for one in last["categories"].cats] == ["PERISCOLAIRE / RESTAURATION"]
    assert last.decoded("dtstamp") == STAMP


def test_the_same_arguments_give_the_same_bytes() -> None:
    """Nothing is drawn at random or read from a clock; the order in which bookings are given does not matter."""
    both = (on(date(2021, 9, 6)), on(date(2021, 9, 7)))

    assert made(*both) == made(*reversed(both))
    assert b"DTSTAMP:20210609T092000Z" in made(*both)
    paris = STAMP.astimezone(timezone(timedelta(hours=2)))
    assert made(*both, stamp=paris) == made(*both)


def test_a_slot_without_times_is_of_the_whole_day() -> None:
    """« Accueil péri avant Mercredi » has a date and no hour; so has a slot that the règlement no longer has."""
    file = made(on(date(2021, 9, 8), "mer-avant"), on(date(2021, 9, 8), "cirque"))

    assert [one.decoded("dtstart") for one in events(file)] == [date(2021, 9, 8)] * 2
    assert ["location" in one for one in events(file)] == [False, True]
    assert b"VTIMEZONE" not in file


def test_what_is_not_validated_is_tentative() -> None:
    """A calendar shows it as such, and its words say why; late is told too."""
    asked = on(date(2021, 9, 7), state=BookedState.GIVING_BACK, variant=Variant.HORS_DELAI)
    (found,) = events(made(asked))

    assert str(found["status"]) == "TENTATIVE"
    assert str(found["summary"]) == "Repas enfant hors-délai : Martin (annulation demandée)"


def test_a_slot_until_midnight_ends_the_next_day() -> None:
    """« 24:00 » is the next day's 00:00."""
    engine = guide(
        ('horaire = "17:15-18:15" },\n]\n\n[mode.mercredi]', 'horaire = "17:15-24:00" },\n]\n\n[mode.mercredi]')
    )
    (found,) = events(made(on(date(2021, 12, 31), "soir-2"), shown=look(engine)))

    assert found.decoded("dtend") == at("2022-01-01 00:00")


@pytest.mark.parametrize(
    ("day", "offset"), ((date(2021, 10, 29), 2), (date(2021, 11, 1), 1), (date(2022, 3, 25), 1), (date(2022, 3, 28), 2))
)
def test_hours_are_those_of_the_wall_clock(day: date, offset: int) -> None:
    """The meal is at 11:45 before and after the clocks change."""
    start = events(made(on(day)))[0].decoded("dtstart")

    assert (start.hour, start.minute, start.utcoffset()) == (11, 45, timedelta(hours=offset))


def test_the_zone_of_the_file_tells_the_same_instants() -> None:
    """Each turn of the clock stands where it is, in the local time before it, for a reader without zones of its own."""
    file = made(on(date(2021, 9, 6)), on(date(2022, 9, 6)))
    (zone,) = icalendar.Calendar.from_ical(file).walk("VTIMEZONE")
    turns = [
        (one.name, one.decoded("dtstart"), one.decoded("tzoffsetfrom"), one.decoded("tzoffsetto"))
        for one in zone.subcomponents
    ]
    winter, summer = timedelta(hours=1), timedelta(hours=2)

    assert turns[:3] == [
        ("STANDARD", datetime(2021, 1, 1, 1), winter, winter),
        ("DAYLIGHT", datetime(2021, 3, 28, 2), winter, summer),
        ("STANDARD", datetime(2021, 10, 31, 3), summer, winter),
    ]
    assert len(turns) == 5
    for _, start, before, after in turns:
        moment = (start - before).replace(tzinfo=UTC).astimezone(guide().tz)
        assert moment.utcoffset() == after


def test_hostile_names_are_one_line_each() -> None:
    """Commas, semicolons, ends of line and long names neither break a line nor begin a property."""
    name = "Lou, é; \\ \r\nATTENDEE:mailto:x@y \x00 " + "œ" * 300
    file = made(on(date(2021, 9, 6), child="a\r\nb"), shown=look(names={"a\r\nb": name}))
    (found,) = events(file)

    assert str(found["summary"]) == f"Repas enfant : Lou, é; \\ ATTENDEE:mailto:x@y {'œ' * 300}"
    assert "attendee" not in found
    assert str(found["uid"]) == "2021-09-06.repas.a b@portail.exemple.fr"
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert b"\n" not in file.replace(b"\r\n", b"")


def test_each_booking_has_a_uid_of_its_own_that_stays() -> None:
    """Two children on one slot, one child on two dates: four names, the same whatever else is held."""
    days = [date(2021, 9, 6), date(2021, 9, 7)]
    every = [on(day, child=child) for day in days for child in ("martin", "rita")]
    uids = {str(one["uid"]) for one in events(made(*every))}

    assert len(uids) == 4
    assert {str(one["uid"]) for one in events(made(every[0]))} < uids


def test_only_what_is_shown_is_written() -> None:
    """The child and the mode of the menu are those of the file."""
    every = (on(date(2021, 9, 6)), on(date(2021, 9, 6), child="rita"), on(date(2021, 9, 8), "mer-matin"))

    assert len(events(made(*every, shown=look(child="martin")))) == 2
    assert len(events(made(*every, shown=look(mode="mercredi")))) == 1
    assert events(made()) == []


def test_what_cannot_be_written_is_refused() -> None:
    """A naive stamp, a domain that is none and a date out of reach are told."""
    with pytest.raises(NaiveInstantError):
        made(stamp=STAMP.replace(tzinfo=None))
    for domain in ("", "a b", "x\r\ny", "-a", "a/b"):
        with pytest.raises(InvalidValueError, match="nom de domaine"):
            made(domain=domain)
    with pytest.raises(InvalidValueError, match="une année de 1900 à 2200"):
        made(on(date.max))


def test_a_missing_library_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without icalendar the error says which extra to install."""
    real = builtins.__import__

    def without(name: str, *more: Any, **options: Any) -> Any:
        if name == "icalendar":
            raise ImportError(name)
        return real(name, *more, **options)

    monkeypatch.delitem(sys.modules, "icalendar")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingLibraryError, match=r"pip install 'clae-rules\[ics\]'"):
        made()
