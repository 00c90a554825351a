"""Cases kept in a file with the answer expected of each, for any language: a line of JSON a case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

from ...described import Key, ListOf, Record
from ...epochs import Status
from ...errors import Fault, InvalidValueError
from ...shapes import Text, Whole
from .trials import STATUS, Answer, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The answer that a règlement gives to a case, and what gives it."""

    status: Annotated[Status, Key("statut", STATUS, "accepté, refusé ou indécis.")]
    cents: Annotated[
        int | None,
        Key(
            "prix_cents",
            Whole(-(10**9), 10**9),
            "Ce que le foyer paie en plus ou en moins, en centimes d'euro ; absent d'un refus, ou s'il n'est pas connu.",
        ),
    ] = None
    because: Annotated[
        tuple[str, ...],
        Key(
            "parce_que",
            ListOf(Text(200), least=0),
            "Ce qui le dit : règles, délais, accès ; ou tarifs et modifications.",
        ),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a corpus: a case, and the answer expected."""

    trial: Annotated[Trial, Key("cas", Record(Trial), "Le cas, comme il est posé à un portail.")]
    expected: Annotated[Expected, Key("attendu", Record(Expected), "La réponse attendue.")]

    @property
    def answer(self) -> Answer:
        """The answer expected, as a portal would give it."""
        return Answer(self.trial.code, self.expected.status, self.expected.cents, self.expected.because)


LINE: Final = Record(Line)


def written(some: Iterable[tuple[Trial, Answer]]) -> str:
    """Cases and their answers as lines of JSON."""
    return "".join(as_line(_plain(*one)) for one in some)


def as_line(plain: Any) -> str:
    """One line of JSON."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")) + "\n"


def _plain(trial: Trial, answer: Answer) -> Any:
    return LINE.write(
        Line(trial=trial, expected=Expected(status=answer.status, cents=answer.cents, because=answer.because))
    )


def read(lines: Iterable[str]) -> Iterator[Line]:
    """
    The cases of a corpus, in order.

    Raises:
        InvalidValueError: At the first line that is none, naming every fault of it.
    """
    return read_lines(LINE, lines)


def read_lines(shape: Record, lines: Iterable[str]) -> Iterator[Any]:
    """
    Described values, one a line of JSON.

    Raises:
        InvalidValueError: At the first line that is none, naming every fault of it.
    """
    for number, text in enumerate(lines, 1):
        faults: list[Fault] = []
        found = shape.read(json.loads(text, parse_float=Decimal), (f"ligne {number}",), faults)
        if faults:
            raise InvalidValueError(faults)
        yield found
