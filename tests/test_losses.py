"""What stays due of what is given back is a part of the whole difference, in a demande, a bill and a closure (S10.6)."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from tests.small import engine

from clae_rules import (
    Closing,
    Closure,
    Demande,
    Desk,
    Engine,
    Facts,
    Planning,
    close,
    decide,
    due,
    recapitulatif,
    releve_from_text,
)
from clae_rules.costs import charges
from clae_rules.selectors import When

NOW: Final = datetime(2026, 9, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
CAP: Final = {"modification.cap": 'par = "mois"\nplafond = 2.00'}
FIRST: Final = {"modification.premier": 'par = "mois"\nunites = "1"\nplus = 2.00'}
FREE: Final = {
    "formule.midi": 'ensembles = [["repas"]]',
    "tarif.general": 'creneaux = "matin"\npar = "creneau"\nprix = 1.00',
    "tarif.repas": 'creneaux = "repas"\npar = "creneau"\nprix = 4.00',
    "tarif.soir": 'creneaux = "soir"\npar = "creneau"\nprix = 2.00',
    "modification.offert": 'creneaux = "soir"\nformules = "midi"\nprix = 0',
}
SIBLINGS: Final = {
    "compte.presents": 'compte = "enfants"\npar = "jour du foyer"',
    "modification.fratrie": 'qui.presents = "à partir de 2"\nfois = 0.5',
}
FLOOR: Final = {"modification.minimum": 'par = "mois"\nplancher = 5.00'}
CARD: Final = {
    "tarif.general": 'creneaux = ["matin", "soir"]\npar = "creneau"\nprix = 1.00',
    "tarif.carte": 'creneaux = "repas"\npar = "mois"\nprix = 20.00',
}
#: From the fourth day of a month on, a meal costs 0,50 € less: giving one back makes a later one dearer.
RANKED: Final = {
    "tarif.general": 'creneaux = "matin"\npar = "creneau"\nprix = 1.00',
    "tarif.repas": 'creneaux = "repas"\npar = "creneau"\nprix = 3.05',
    "tarif.soir": 'creneaux = "soir"\npar = "creneau"\nprix = 1.55',
    "compte.j": 'compte = "jours"\npar = "mois"\nrang = true\ncreneaux = "repas"',
    "modification.fidele": 'creneaux = "repas"\nqui.j = "à partir de 4"\nmoins = 0.50',
}
STRIKE: Final = "greve"


def day(number: int) -> date:
    """A date of September 2026."""
    return date(2026, 9, number)


def under(sections: dict[str, str], due: str) -> Engine:
    """The small règlement, where cancelling and a strike leave so much due."""
    cancel = f'[{{ limite = "1 jour calendaire avant la date, avant 10:00", a_payer = "{due}" }}]'
    return engine(
        {
            "delai.general": f'reserver = "le jour même, avant 07:00"\nannuler = {cancel}',
            "evenement.greve": f'motifs = "{STRIKE}"\na_payer = "{due}"',
            **dict(sections),
        }
    )


def desk_of(made: Engine) -> Desk:
    """Lou, and his sister Ana."""
    return Desk(made, Facts(), "lou", {"ana": Facts()})


def holding(*held: tuple[int, str]) -> dict[date, list[str]]:
    """Dates with their slots."""
    return {day(number): slots.split() for number, slots in held}


def change(made: Engine, held: dict[date, list[str]], wanted: dict[date, list[str]], ana: bool = False) -> int | None:
    """What the récapitulatif of a change of Lou's asks."""
    planning = Planning.of({("lou", one): slots for one, slots in held.items()})
    if ana:
        planning = planning.changed({("ana", one): two for _, one, two in planning.days})
    verdict = decide(desk_of(made), planning, Demande.of("lou", "p1", wanted), now=NOW)
    assert verdict.allowed
    found = recapitulatif(verdict)
    assert found.total_cents is None or sum(one.amount_cents for one in found.lines) == found.total_cents
    return found.total_cents


def struck(made: Engine, held: dict[date, list[str]], *days: int, slots: str = "repas") -> Closing:
    """What a strike on some dates does to what Lou holds."""
    planning = Planning.of({("lou", one): slots for one, slots in held.items()})
    closure = Closure(code="greve", motive=STRIKE, slots=(slots,), when=When(dates=tuple(day(one) for one in days)))
    return close(desk_of(made), planning, closure, now=NOW)


THREE: Final = holding((8, "repas"), (9, "repas"), (10, "repas"))
TWO: Final = holding((8, "repas"), (9, "repas"))
LUNCH: Final = holding((8, "repas soir"))


@pytest.mark.parametrize(
    ("sections", "held", "wanted", "due", "total"),
    (
        (CAP, THREE, "", "tout", 0),
        (CAP, THREE, "", "50 %", 0),
        (FIRST, TWO, "", "tout", 0),
        (FIRST, TWO, "", "50 %", -50),
        (FREE, LUNCH, "soir", "tout", 0),
        (FREE, LUNCH, "soir", "50 %", -100),
        (FLOOR, holding((8, "repas")), "", "50 %", -250),
        (FLOOR, holding((8, "repas")), "", "1.00 dus", -400),
        (FLOOR, holding((8, "repas")), "", "3.85 rendus", -385),
    ),
)
def test_a_part_of_the_difference_is_due(
    sections: dict[str, str], held: dict[date, list[str]], wanted: str, due: str, total: int
) -> None:
    """What is cancelled leaves due a part of the difference that it makes, not of what its slot cost alone (S10.6)."""
    assert change(under(sections, due), held, {day(8): wanted.split()}) == total


def test_each_item_is_rounded_by_itself_where_it_bears_on_other_dates() -> None:
    """Half of a meal that makes a later one dearer, and half of an evening, are rounded one by one (S10.1, S10.6)."""
    made, held = under(RANKED, "50 %"), holding(*((one, "repas soir") for one in (7, 8, 10, 11)))
    verdict = decide(
        desk_of(made),
        Planning.of({("lou", one): slots for one, slots in held.items()}),
        Demande.of("lou", "p1", {day(8): [], day(11): []}),
        now=NOW,
    )
    found = recapitulatif(verdict)
    left = {(one.item, one.dates): one.amount_cents for one in found.lines if one.kind == "du"}
    assert left == {
        ("repas", (day(8),)): 128,
        ("repas", (day(11),)): 153,
        ("soir", (day(8), day(11))): 156,
    }
    assert struck(made, held, 8, slots="accueil").charged_cents == -(410 - 128 - 78)
    assert found.total_cents == 128 + 153 + 156 - (3 * 305 + 255 + 4 * 155 - 2 * 305 - 2 * 155)


@pytest.mark.parametrize(("due", "total"), (("tout", 0), ("50 %", 0), ("rien", 0)))
def test_a_sibling_left_alone_pays_the_whole(due: str, total: int) -> None:
    """Two children at half price are one at the whole: one who leaves changes nothing (S10.6)."""
    assert change(under(SIBLINGS, due), holding((8, "repas")), {day(8): []}, ana=True) == total


def test_what_is_added_is_paid_besides() -> None:
    """A date cancelled is due though another is booked; under a cap that both reach, neither costs more (S10.6)."""
    moved = {day(8): [], day(9): ["repas"]}
    assert change(under({}, "tout"), holding((8, "repas")), moved) == 100
    assert change(under({}, "50 %"), holding((8, "repas")), {day(8): ["soir"]}) == 50
    assert change(under(CAP, "tout"), THREE, {day(8): ["soir"]}) == 0


def test_each_date_leaves_due_what_its_deadline_says() -> None:
    """Dates given back together are counted one after another, each with its own due (S4.2, S10.6)."""
    own = {
        "delai.tard": 'quand.dates = [2026-09-09]\nannuler = [{ limite = "le jour même, avant 07:00", a_payer = "rien" }]'
    }
    assert change(under({**CAP, **own}, "tout"), THREE, {day(8): [], day(9): []}) == -100
    assert change(under(own, "50 %"), THREE, {day(8): [], day(9): []}) == -150


@pytest.mark.parametrize(
    ("sections", "held", "due", "told"),
    (
        (CAP, THREE, "tout", (0, 0)),
        (FREE, LUNCH, "tout", (200, 200)),
        (FREE, LUNCH, "50 %", (200, 100)),
        (FIRST, TWO, "tout", (100, 100)),
        (FIRST, TWO, "rien", (100, 0)),
        (CARD, TWO, "3.85 rendus", (385, 0)),
    ),
)
def test_a_closure_leaves_due_what_a_demande_does(
    sections: dict[str, str], held: dict[date, list[str]], due: str, told: tuple[int, int]
) -> None:
    """What the service cancels leaves due a part of the difference too (S6.9)."""
    found = struck(under(sections, due), held, 8).cancelled
    assert [(one.lost_cents, one.due_cents) for one in found] == [told]


@pytest.mark.parametrize(("days", "back"), (((8,), -385), ((8, 9), -770)))
def test_a_package_gives_back_so_much_a_date_closed(days: tuple[int, ...], back: int) -> None:
    """« 3.85 rendus » of a package is given back for each date that the service closes, as in a bill (S6.9)."""
    assert struck(under(CARD, "3.85 rendus"), TWO, *days).charged_cents == back


def test_a_package_and_a_slot_give_back_each_its_own() -> None:
    """« 0.40 rendus » of a date is given back of each slot's price, and of the package that pays for the meal."""
    held = holding((8, "repas soir"), (9, "repas"))
    assert change(under(CARD, "0.40 rendus"), held, {day(8): []}) == -80
    assert change(under(CARD, "0.40 rendus"), held, {day(8): [], day(9): []}) == -120
    last = holding((8, "repas soir"))
    assert change(under(CARD, "0.40 rendus"), last, {day(8): []}) == -80


def test_a_closure_tells_the_windows_that_it_breaks() -> None:
    """Rules over windows are judged in all that the closure leaves, and told where it breaks them (S6.9)."""
    rule = {
        "regle.w": 'creneaux = "repas"\npar = "semaine"\ncompte = "jours"\nau_moins = 2\nsi_moins_ouverts = "libre"'
    }
    made = under(rule, "rien")

    def told(*days: int, held: tuple[int, ...]) -> list[list[str]]:
        found = struck(made, holding(*((one, "repas") for one in held)), *days)
        return [[two.rule for two in one.broken] for one in found.cancelled]

    assert told(9, held=(7, 9)) == [["w"]]
    assert told(9, held=(7, 8, 9)) == [[]]
    assert told(8, 9, held=(7, 8, 9)) == [["w"], ["w"]]
    assert told(8, held=(8, 14, 15)) == [[]]
    assert told(7, 8, 9, 10, 11, held=(7, 9)) == [[], []]


REGLEMENTS: Final = {
    "cap": CAP,
    "first": FIRST,
    "free": FREE,
    "ranked": RANKED,
    "floor": FLOOR,
    "card": CARD,
    "siblings": SIBLINGS,
    "plain": {},
}
DUES: Final = ("rien", "tout", "50 %", "0.40 dus", "0.40 rendus")
SCHOOL: Final = (7, 8, 10, 11, 14, 15)


@pytest.mark.parametrize(("name", "due_of"), tuple(product(REGLEMENTS, DUES)))
def test_a_demande_asks_what_the_bill_then_does(name: str, due_of: str) -> None:
    """
    A pure cancellation asks what the bill then adds to what was booked: nothing at most, where less is never dearer.

    A full due changes nothing (S10.6).
    """
    random, made = Random(f"{name} {due_of}"), under(REGLEMENTS[name], due_of)
    for _ in range(12):
        held = {
            (who, day(one)): random.sample(("matin", "repas", "soir"), random.randint(1, 3))
            for who in ("ana", "lou")
            for one in random.sample(SCHOOL, 3)
        }
        mine = sorted(one for who, one in held if who == "lou")
        cut = {one: random.choice(held["lou", one]) for one in random.sample(mine, random.randint(1, 3))}
        planning = Planning.of(held)
        wanted = {one: [slot for slot in held["lou", one] if slot != gone] for one, gone in cut.items()}
        verdict = decide(desk_of(made), planning, Demande.of("lou", "p1", wanted), now=NOW)
        told = recapitulatif(verdict).total_cents
        text = 'format = 1\nreleve = { reglement = "essai", mois = "2026-09", instant = 2026-10-05T08:00:00+02:00 }\n'
        text += "enfant.lou = {}\nenfant.ana = {}\n"
        text += "".join(f"reserve.{who}.{one} = {slots}\n" for (who, one), slots in held.items()).replace("'", '"')
        rows = ", ".join(
            f'{{ enfant = "lou", dates = [{one}], creneaux = ["{gone}"], instant = {NOW.isoformat()} }}'
            for one, gone in cut.items()
        )
        bill = due(desk_of(made), releve_from_text(f"{text}annule = [{rows}]", made.reglement).releve())
        booked = charges(desk_of(made), planning, now=NOW).total_cents
        assert (bill.total_cents or 0) - (booked or 0) == told
        assert told is not None
        # A child who leaves may make his sister dearer: that règlement alone may ask more.
        assert told <= 0 or name == "siblings"
        if due_of == "tout":
            assert told == 0
