"""One case to put to a portal: who holds and wants what, when; and the answer that the règlement gives to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from ...booking import check_day
from ...described import Coded, Key, ListOf, Record, TableOf
from ...desk import Desk
from ...engine import Engine
from ...epochs import Status
from ...errors import Fault, InvalidValueError
from ...facts import Facts
from ...files.given_facts import FactsShape
from ...holdings import Demande, Grain, Occupancy, Planning
from ...items import Item, Unknown, costs_of
from ...shapes import Choice, Day, Instant, Slug, Text, Whole
from ...slots import Held, Selection
from ...variants import VARIANT, Variant
from ...verdicts import DayVerdict, Verdict

#: The child of every case.
CHILD: Final = "enfant"
#: Desks that are remembered.
MOST_DESKS: Final = 256
#: What a portal answers; either language is read.
STATUS: Final = Choice(
    (
        *((status.value, status) for status in Status),
        ("allowed", Status.ALLOWED),
        ("refused", Status.REFUSED),
        ("undecided", Status.UNDECIDED),
    )
)
HELD: Final = ListOf(Record(Held), least=0, most=64)
Dates = tuple[tuple[date, tuple[Held, ...]], ...]
DATES: Final = TableOf(Day(), HELD, most=800)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A slot wanted, in the variant that the family names; in the one that is open then where it names none."""

    slot: Annotated[str, Key("creneau", Slug(), "Le code du créneau.", '"repas"')]
    variant: Annotated[
        Variant | None, Key("variante", VARIANT, "normal ou hors-delai ; celle qui est ouverte sinon.")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another child of the household: what is known of him, and what he holds."""

    code: Annotated[str, Key("", Slug(), "")]
    facts: Annotated[Facts, Key("faits", FactsShape(), "Ce que l'on sait de lui et du foyer.")]
    planning: Annotated[Dates, Key("planning", DATES, "Ce qu'il a déjà, date par date.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    A family before a portal: it holds some boxes of a date, and wants others.

    Args:
        code: Its name in a run or a corpus.
        shows: What it is about: « regle », « delai », « prix »…
        day: The date that changes.
        now: The instant.
        facts: What is known of the child and his household; a number with decimals is a text, so that it stays exact.
        held: All that he holds on the date.
        wanted: All that he is to hold on it; nothing gives everything back.
        planning: What he holds on other dates.
        siblings: The other children of the household.
        taken: Places taken by others on the date, by pool.

    Raises:
        InvalidValueError: If a slot stands twice in one selection.
    """

    code: Annotated[str, Key("cas", Text(80), "Le nom du cas, que la réponse répète.", '"0001"')]
    shows: Annotated[str, Key("montre", Text(80), "Ce que le cas éprouve.", '"delai"')]
    day: Annotated[date, Key("date", Day(), "La date qui change.")]
    now: Annotated[datetime, Key("instant", Instant(), "L'instant de la demande, avec son décalage.")]
    facts: Annotated[Facts, Key("faits", FactsShape(), "Ce que l'on sait de l'enfant et de son foyer.")]
    held: Annotated[tuple[Held, ...], Key("deja", HELD, "Tout ce que l'enfant a déjà à cette date.")]
    wanted: Annotated[
        tuple[Wanted, ...],
        Key(
            "veut", ListOf(Record(Wanted), least=0, most=64), "Tout ce qu'il doit avoir à cette date ; [] enlève tout."
        ),
    ]
    planning: Annotated[Dates, Key("planning", DATES, "Ce qu'il a déjà aux autres dates.")]
    siblings: Annotated[
        tuple[Sibling, ...], Key("fratrie", Coded(Slug(), Record(Sibling)), "Les autres enfants du foyer.")
    ]
    taken: Annotated[
        tuple[tuple[str, int], ...],
        Key("places", TableOf(Slug(), Whole(0, 100_000)), "Places déjà prises à cette date, sans l'enfant."),
    ]

    def __post_init__(self) -> None:
        codes = [one.slot for one in self.wanted]
        twice = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
        if twice:
            fr, en = "y est deux fois ; une seule fois par créneau", "stands twice; once for each slot"
            raise InvalidValueError(Fault(("wanted", code), fr, en) for code in twice)
        self.before()

    def before(self) -> Planning:
        """Everything that the household holds."""
        mine = ((CHILD, day, held) for day, held in (*self.planning, (self.day, self.held)))
        theirs = ((one.code, day, held) for one in self.siblings for day, held in one.planning)
        return Planning(tuple((child, day, Selection(held)) for child, day, held in (*mine, *theirs)))

    def plain(self) -> dict[str, Any]:
        """The case as JSON types."""
        return dict(TRIAL.write(self))

    def sentence(self, labels: Mapping[str, str]) -> str:
        """The case in one sentence, French."""
        many = [f"{day:%d/%m} {_boxes(held, labels)}" for day, held in self.planning]
        many += [
            f"{one.code} {day:%d/%m} {_boxes(held, labels)}" for one in self.siblings for day, held in one.planning
        ]
        besides = f" ; ailleurs : {', '.join(many)}" if many else ""
        held = f" ; a déjà {_boxes(self.held, labels)}" if self.held else ""
        return f"{self.day:%d/%m/%Y}, le {self.now:%d/%m/%Y à %H:%M:%S} : veut {_boxes(self.wanted, labels)}{held}{besides}"


TRIAL: Final = Record(Trial)


def _boxes(some: Iterable[Held | Wanted], labels: Mapping[str, str]) -> str:
    late = {Variant.HORS_DELAI: " hors délai"}
    said = [f"« {labels.get(one.slot, one.slot)} »{late.get(one.variant or Variant.NORMAL, '')}" for one in some]
    return " + ".join(said) or "rien"


def read_trial(plain: Any) -> Trial:
    """
    A case from its JSON form, decimal numbers read as `Decimal`.

    Raises:
        InvalidValueError: Naming every fault at once.
    """
    faults: list[Fault] = []
    found: Trial = TRIAL.read(plain, (), faults)
    if faults:
        raise InvalidValueError(faults)
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What is answered to a case.

    Args:
        case: The name of the case.
        status: Allowed, refused or undecided.
        cents: What the household then pays more, or less, euro cents; None where it is not known, or not told.
        because: The code of each reason and of the item that gives it, « bloque midi-ou-repas »; where it is allowed,
            the codes of the tariffs and of what modifies them.
        texts: Their sentences, French.
    """

    case: str
    status: Status
    cents: int | None = None
    because: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The answer as a portal gives it."""
        return {"cas": self.case, "statut": STATUS.write(self.status), "prix_cents": self.cents}

    def differs(self, told: Answer) -> bool:
        """Whether a portal answered otherwise; a price is compared where it tells one, and the case is allowed."""
        if told.status is not self.status:
            return True
        return self.status is Status.ALLOWED and told.cents is not None and told.cents != self.cents


class Oracle:
    """
    The answers that a règlement gives.

    Args:
        engine: The règlement made ready.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._desks: dict[tuple[Facts, tuple[tuple[str, Facts], ...]], Desk] = {}

    def desk(self, facts: Facts, siblings: tuple[Sibling, ...] = ()) -> Desk:
        """The child of whom some facts are known, with his siblings; remembered."""
        key = (facts, tuple((one.code, one.facts) for one in siblings))
        found = self._desks.get(key)
        if found is None:
            if len(self._desks) >= MOST_DESKS:
                self._desks.clear()
            found = self._desks[key] = Desk(self.engine, facts, CHILD, dict(key[1]))
        return found

    def verdict(self, trial: Trial) -> DayVerdict:
        """The decision of the engine on a case."""
        places = Occupancy(tuple((pool, trial.day, count) for pool, count in trial.taken))
        wishes = [one.slot if one.variant is None else Held(one.slot, one.variant) for one in trial.wanted]
        return check_day(
            self.desk(trial.facts, trial.siblings), trial.day, wishes, now=trial.now, planning=trial.before(),
            occupancy=places,
        )  # fmt: skip

    def answer(self, trial: Trial) -> Answer:
        """Its answer to a case: the status, what the household is charged more or less, and why."""
        verdict = self.verdict(trial)
        if verdict.status is not Status.ALLOWED:
            reasons = (*verdict.violations, *verdict.doubts)
            because = tuple(dict.fromkeys(f"{one.code} {one.rule}".strip() for one in reasons))
            return Answer(trial.code, verdict.status, None, because, tuple(one.text() for one in reasons))
        items, unknown = self._costs(trial, verdict)
        charges = [one.entry.charge for one in items]
        steps = [(one, step) for one in charges for step in one.derivation]
        by = (str(value) for _, step in steps for name, value in step.params if name == "by")
        because = tuple(dict.fromkeys((*(one.tariff for one in charges if one.tariff), *by)))
        texts = tuple(dict.fromkeys(f"{one.label} : {step.sentence()}" for one, step in steps))
        cents = None if unknown else sum(one.times * one.cents for one in items)
        return Answer(trial.code, verdict.status, cents, because, texts)

    def _costs(self, trial: Trial, verdict: DayVerdict) -> tuple[list[Item], list[Unknown]]:
        """What the change newly charges, no longer charges and leaves due (S10.6)."""
        engine, periode = self.engine, next(iter(self.engine.periodes.values()))
        asked = Demande(CHILD, periode.code, ((trial.day, ()),))
        whole = Verdict(
            verdict.desk, (verdict,), Grain.WHOLE, trial.before(), asked, trial.now, engine.applied, periode
        )  # fmt: skip
        return costs_of((whole,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The keys of an answer that are read; a portal may say more for its own use."""

    case: Annotated[str, Key("cas", Text(80), "Le nom du cas.")]
    status: Annotated[Status, Key("statut", STATUS, "accepté, refusé ou indécis ; allowed, refused ou undecided.")]
    cents: Annotated[
        int | None,
        Key("prix_cents", Whole(-(10**9), 10**9), "Ce que le foyer paie en plus ou en moins, en centimes d'euro."),
    ] = None


TOLD: Final = Record(Told)
_KEYS: Final = ("cas", "statut", "prix_cents")


def read_answer(plain: Any) -> Answer:
    """
    The answer of a portal from its JSON form; keys that mean nothing here, and null, are left out.

    Raises:
        InvalidValueError: Naming every fault at once.
    """
    faults: list[Fault] = []
    kept = {key: plain[key] for key in _KEYS if plain.get(key) is not None} if isinstance(plain, dict) else plain
    found = TOLD.read(kept, (), faults)
    if faults:
        raise InvalidValueError(faults)
    return Answer(found.case, found.status, found.cents)
