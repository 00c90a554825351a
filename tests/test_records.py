"""How a portal's record is made: every fault at once, nothing private shown."""

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("attrs")

from clae_rules import InvalidValueError
from clae_rules.adapters._records import (
    Form,
    Record,
    civil_day,
    field,
    flag,
    instant,
    note,
    one_of,
    optional,
    record,
    several,
    text,
    whole,
)  # fmt: skip


class Colour(Enum):
    """Two colours."""

    RED = "rouge"
    BLUE = "bleu"


@record
class Toy(Record):
    """A record to try the ways of records on."""

    name: str = field(text(10))
    colour: Colour = field(one_of(Colour), default=Colour.RED)
    price_cents: int = field(whole(0, 100), default=0)
    secret: str = field(text(4), default="none", private=True)
    tags: tuple[str, ...] = field(several(text(5), 3), default=())
    bought: date | None = field(optional(civil_day), default=None)
    seen: datetime | None = field(optional(instant), default=None)
    broken: bool = field(flag, default=False)
    remarks: str = field(note(20), default="")


def test_a_record_keeps_what_was_given_as_it_is_kept() -> None:
    """Spaces around a text are dropped, an enumeration is read from its value, a list becomes a tuple."""
    given: dict[str, Any] = {"name": "  ours ", "colour": "bleu", "tags": ["a", "b"]}
    toy = Toy(**given)
    assert (toy.name, toy.colour, toy.tags) == ("ours", Colour.BLUE, ("a", "b"))
    assert toy == Toy(name="ours", colour=Colour.BLUE, tags=("a", "b"))


def test_every_fault_is_told_at_once() -> None:
    """Each field says where, what and the way out, in either language; an item of a list by its index."""
    given: dict[str, Any] = {
        "name": "", "colour": "vert", "price_cents": True, "tags": ("ok", "far too long"), "bought": datetime(2021, 9, 1),
        "seen": datetime(2021, 9, 1), "broken": "no", "remarks": "\x00",
    }  # fmt: skip
    with pytest.raises(InvalidValueError) as caught:
        Toy(**given)
    assert caught.value.text("en").splitlines() == [
        "name: got «  »; expected one line of 1 to 10",
        "colour: got « vert »; expected one of: « rouge », « bleu »",
        "price_cents: got « true »; expected a whole number from 0 to 100",
        "tags[1]: expected one line of 1 to 5",
        "bought: got « 2021-09-01 00:00:00 »; expected a date without a time (datetime.date)",
        "seen: got « 2021-09-01 00:00:00 »; expected an instant with its time zone",
        "broken: got « no »; expected True or False",
        "remarks: got « \\x00 »; expected a text of at most 20 characters",
    ]


def test_nothing_private_is_shown() -> None:
    """What is private is neither in the repr of a record nor in the message that refuses it."""
    assert "abcd" not in repr(Toy(name="a", secret="abcd"))
    with pytest.raises(InvalidValueError) as caught:
        Toy(name="a", secret="asthma")
    assert "asthma" not in f"{caught.value} {caught.value.text('en')} {caught.value!r}"


def test_a_changed_record_is_read_anew() -> None:
    """A change that cannot be is refused, and the record that it was to change stays as it is."""
    toy = Toy(name="a")
    assert toy.changed(name="b").name == "b"
    with pytest.raises(InvalidValueError):
        toy.changed(price_cents=101)
    assert toy.price_cents == 0


def test_a_form_can_read_its_older_versions() -> None:
    """A version without the migration of each older one could not read what was stored: it is refused when written."""
    assert Form("jouet", 3, {1: dict, 2: dict}).version == 3
    wrong: tuple[tuple[int, dict[int, Any]], ...] = ((2, {}), (3, {2: dict}), (1, {1: dict}), (2, {1: dict, 2: dict}))
    for version, migrations in wrong:
        with pytest.raises(ValueError, match="jouet: version"):
            Form("jouet", version, migrations)


def test_words_are_kept_in_one_form() -> None:
    """A composed accent is one character, a no-break space stays, the ends of line of a browser become plain."""
    toy = Toy(name="Zoe\u0308", tags=("a\u00a0b",), remarks="one\r\ntwo\t\u202f!")
    assert (toy.name, toy.tags, toy.remarks) == ("Zo\u00eb", ("a\u00a0b",), "one\ntwo\t\u202f!")


@pytest.mark.parametrize(
    "unseen", ("\u202e", "\u200b", "\u2028", "\x85", "\r", "\x1b", "\ud800", "\ue000", "\U000e0041")
)
def test_what_is_not_seen_is_refused(unseen: str) -> None:
    """A character that turns the text round, is not seen, ends the line or is of no script is in no record."""
    with pytest.raises(InvalidValueError) as caught:
        Toy(name=f"a{unseen}b", remarks=unseen)
    assert [fault.path for fault in caught.value.faults] == [("name",), ("remarks",)]


def test_an_instant_keeps_its_offset() -> None:
    """The hour that comes twice is kept apart, and what is kept equals itself in every zone."""
    paris = ZoneInfo("Europe/Paris")
    twice = [Toy(name="a", seen=datetime(2021, 10, 31, 2, 30, tzinfo=paris, fold=fold)).seen for fold in (0, 1)]
    assert [None if one is None else one.isoformat() for one in twice] == [
        "2021-10-31T02:30:00+02:00", "2021-10-31T02:30:00+01:00",
    ]  # fmt: skip
    assert twice[1] == datetime(2021, 10, 31, 1, 30, tzinfo=UTC)


@record
class Box(Record):
    """Records within records, and lists of lists, some of them private."""

    rows: tuple[tuple[str, ...], ...] = field(several(several(text(3))), default=(), private=True)
    toy: Toy | None = field(lambda given: None if given is None else Toy(**given), default=None, private=True)
    toys: tuple[Toy, ...] = field(several(lambda given: Toy(**given)), default=(), private=True)
    shown: Toy | None = field(lambda given: None if given is None else Toy(**given), default=None)


def test_what_is_inside_something_private_is_not_shown_either() -> None:
    """A record or a reader inside a private field tells neither what was given nor where; a list tells its index."""
    given: dict[str, Any] = {
        "rows": [["ok", "asthma"]],
        "toy": {"name": "asthma and more"},
        "shown": {"name": "far too long"},
        "toys": [{"name": "asthma and more"}],
    }
    with pytest.raises(InvalidValueError) as caught:
        Box(**given)
    assert caught.value.text("en").splitlines() == [
        "rows[0][1]: expected one line of 1 to 3",
        "toy: value refused, not repeated here",
        "toys: value refused, not repeated here",
        "shown.name: got « far too long »; expected one line of 1 to 10",
    ]
