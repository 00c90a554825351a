"""What a deadline is made of: phases, rows of a table, and short texts for the simplest ones (S3.5, S3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final

from .described import Key, ListOf, Phrase, Record
from .dues import DUE, DUE_UNPUBLISHED, REFUND, Due, Refund
from .durations import DURATION, Duration
from .errors import Fault, raise_all
from .limits import LIMIT, NEVER, NO_LIMIT, NOT_PUBLISHED, TABLE, Limit, Word, format_limit, parse_limit
from .selectors import ALWAYS, When, Where
from .shapes import Either, Flag, phrase_error
from .slots import HYPOTHESE, SOURCE
from .variants import VARIANT, Variant


class Action(Enum):
    """What a phase opens, by its key in a file."""

    BOOK = "reserver"
    CHANGE = "changer"
    CANCEL = "annuler"


def _no_word(since: Limit | None) -> Iterator[Fault]:
    if since is not None and isinstance(since.part, Word):
        fr = f"lu « {format_limit(since)} » ; il faut un jour ou un instant, ou rien : la phase suit alors"
        yield Fault(("since",), fr, "expected a day or an instant, or nothing: the phase then follows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """
    One interval [from, to) in which an action is open, and on what terms (S3.6).

    Args:
        since: From when; where the phase before ends if None, always for the first.
        limit: From when it is too late.
        variant: The variant in which slots are booked then; None for a cancellation.
        approval: Whether an agent must agree.
        prepaid: Whether it counts only once paid.
        pay_within: How long after the booking it is lost unless paid; it then counts only once paid.
        due: What stays due of what is removed; None for a booking.
        refund: In what form the rest comes back.
    """

    since: Annotated[
        Limit | None, Key("depuis", LIMIT, "À partir de quand ; sinon, dès la fin de la phase d'avant.")
    ] = None
    limit: Annotated[
        Limit,
        Key("limite", LIMIT, "À partir de quand c'est trop tard.", '"jeudi de la semaine -1, avant 12:00"'),
    ]
    variant: Annotated[
        Variant | None, Key("variante", VARIANT, "La variante réservée pendant cette phase.", '"normal"')
    ] = None
    approval: Annotated[bool, Key("accord", Flag(), "Un agent doit donner son accord.", "true")] = False
    prepaid: Annotated[bool, Key("paye", Flag(), "Ne compte qu'une fois payé.", "true")] = False
    pay_within: Annotated[
        Duration | None,
        Key("paye_sous", DURATION, "À payer dans ce temps après la réservation, sinon elle est perdue.", '"1 heure"'),
    ] = None
    due: Annotated[Due | None, Key("a_payer", DUE, "Ce qui reste dû de ce qui est annulé.", '"rien"')] = None
    refund: Annotated[Refund | None, Key("rendu", REFUND, "Sous quelle forme le reste est rendu.", '"avoir"')] = None
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    @property
    def must_be_paid(self) -> bool:
        """Whether what is booked counts only once paid."""
        return self.prepaid or self.pay_within is not None

    def _faults(self) -> Iterator[Fault]:
        yield from _no_word(self.since)
        if self.limit == NEVER:
            fr = "lu « jamais » ; retirez cette phase, ou écrivez « sans limite » si c'est toujours possible"
            yield Fault(("limit",), fr, "got « jamais »; drop the phase, or write « sans limite » if always open")
        if self.variant is Variant.HORS_DELAI and self.limit == NO_LIMIT:
            fr = "une phase hors délai doit finir ; par exemple : « le jour même, avant 08:00 »"
            yield Fault(("limit",), fr, "a late phase must end; for instance « le jour même, avant 08:00 »")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    The limit of some dates, where a phase says « table » (S3.5).

    Args:
        when: The dates of the row.
        since: From when the phase is open for them; as the phase itself says if None.
        limit: From when it is too late for them.
    """

    when: Annotated[When, Key("quand", Record(When), "Les dates de cette ligne ; toutes si absent.")] = ALWAYS
    since: Annotated[
        Limit | None, Key("depuis", LIMIT, "À partir de quand pour ces dates.", '"le 2026-06-01, avant 08:00"')
    ] = None
    limit: Annotated[Limit, Key("limite", LIMIT, "La limite de ces dates.", '"le 2026-08-27, jusqu\'à 24:00"')]
    source: Annotated[str, SOURCE] = ""
    hypothese: Annotated[str, HYPOTHESE] = ""

    def __post_init__(self) -> None:
        raise_all(self._faults())

    def _faults(self) -> Iterator[Fault]:
        if self.limit == TABLE:
            fr = "une ligne du tableau ne renvoie pas au tableau ; écrivez sa limite"
            yield Fault(("limit",), fr, "a row of the table cannot refer to it; write its limit")
        yield from _no_word(self.since)
        if self.since is not None and self.limit == NEVER:
            fr = "ces dates ne s'ouvrent jamais ; retirez cette ligne"
            yield Fault(("since",), fr, "these dates never open; drop this line")

    @property
    def precedence(self) -> int:
        """2 for dates, 1 for any other selector, 0 for a bare row, which any other one wins over."""
        return Where(when=self.when).precedence


Phases = tuple[Phase, ...]


def _parse_booking(text: str) -> Phases:
    limit = parse_limit(text)
    return () if limit == NEVER else (Phase(limit=limit, variant=Variant.NORMAL),)


def _format_booking(phases: Phases) -> str:
    return format_limit(phases[0].limit if phases else NEVER)


#: The phases of an action of which the règlement publishes nothing, neither until when nor what stays due.
UNSAID: Final = MappingProxyType(
    {
        Action.BOOK: (Phase(limit=NOT_PUBLISHED, variant=Variant.NORMAL),),
        Action.CHANGE: (Phase(limit=NOT_PUBLISHED, variant=Variant.NORMAL, due=DUE_UNPUBLISHED),),
        Action.CANCEL: (Phase(limit=NOT_PUBLISHED, due=DUE_UNPUBLISHED),),
    }
)


def _alone(action: Action, terms: str) -> Phrase:
    """The texts that an action other than booking may be: any other limit alone would hide what stays due."""

    def parse(text: str) -> Phases:
        limit = parse_limit(text)
        if limit == NEVER:
            return ()
        if limit == NOT_PUBLISHED:
            return UNSAID[action]
        line = f'{action.value} = [{{ limite = "{format_limit(limit)}", {terms} }}]'
        raise phrase_error(
            text,
            f"une limite seule cacherait ce qui reste dû ; écrivez : {line}",
            f"a limit alone would hide what stays due; write: {line}",
        )

    def write(phases: Phases) -> str:
        return format_limit(phases[0].limit if phases else NEVER)

    words = "« jamais », « non publié »"
    return Phrase((words, words), parse, write, ("jamais", "non publié"))


_MANY: Final = ListOf(Record(Phase), most=20)
#: Shape of the phases of booking: a list, or the limit of one normal phase, or « jamais ».
BOOKING: Final = Either(
    text=Phrase(("une limite", "a limit"), _parse_booking, _format_booking, (*LIMIT.examples, "jamais")),
    rows=_MANY,
)
#: Shape of the phases of changing: a list, or « jamais », « non publié ».
CHANGING: Final = Either(text=_alone(Action.CHANGE, 'variante = "normal", a_payer = "rien"'), rows=_MANY)
#: Shape of the phases of cancelling: a list, or « jamais », « non publié ».
CANCELLING: Final = Either(text=_alone(Action.CANCEL, 'a_payer = "rien"'), rows=_MANY)


def misfits(action: Action, phase: Phase) -> Iterator[Fault]:
    """What a phase lacks, or has too much, for its action."""
    if action is not Action.CANCEL and phase.variant is None:
        fr = 'il manque « variante » ; écrivez variante = "normal" ou "hors-delai"'
        yield Fault((), fr, 'missing « variante »; write variante = "normal" or "hors-delai"')
    if action is not Action.BOOK and phase.due is None:
        fr = 'il manque « a_payer », ce qui reste dû ; par exemple : a_payer = "rien"'
        yield Fault((), fr, 'missing « a_payer », what stays due; for instance a_payer = "rien"')
    if action is Action.CANCEL and phase.variant is not None:
        fr = "annuler ne réserve rien ; retirez cette ligne"
        yield Fault(("variante",), fr, "cancelling books nothing; drop this line")
    if action is Action.CANCEL and phase.must_be_paid:
        fr = "annuler ne se paie pas d'avance ; ce qui reste dû est « a_payer », retirez cette ligne"
        yield Fault(("paye",), fr, "cancelling is not paid in advance; what stays due is « a_payer », drop this line")
    if action is Action.BOOK and phase.due is not None:
        fr = "réserver n'annule rien : le prix est dans [tarif] ; retirez cette ligne"
        yield Fault(("a_payer",), fr, "booking cancels nothing: prices stand in [tarif]; drop this line")
    if action is Action.BOOK and phase.refund is not None:
        fr = "réserver ne rend rien ; retirez cette ligne"
        yield Fault(("rendu",), fr, "booking gives nothing back; drop this line")
