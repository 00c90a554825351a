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
from ...files.schema import headed
from ...shapes import Text, Whole
from .trials import STATUS, TOLD, TRIAL, Answer, Trial


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
        Key("parce_que", ListOf(Text(200), least=0), "Ce qui le dit : règles, délais, accès ; ou tarifs et modifications."),
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
    return "".join(json.dumps(_plain(*one), ensure_ascii=False, separators=(",", ":")) + "\n" for one in some)


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
    for number, text in enumerate(lines, 1):
        faults: list[Fault] = []
        found = LINE.read(json.loads(text, parse_float=Decimal), (f"ligne {number}",), faults)
        if faults:
            raise InvalidValueError(faults)
        yield found


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas (draft 2020-12) of a case, of the answer to it, and of a line of a corpus, by name."""
    return {
        "cas": headed("Cas posé à un portail, format 1", TRIAL),
        "reponse": headed("Réponse d'un portail, format 1", TOLD),
        "ligne": headed("Ligne d'un corpus de conformité, format 1", LINE),
    }
