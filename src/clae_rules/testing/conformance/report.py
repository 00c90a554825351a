"""What a portal was found to answer otherwise, or not at all: as text, as JSON and as JUnit XML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

from ...engine import Applied
from ...epochs import Status
from ...errors import Lang
from ...money import euros
from ...showing import said
from .portals import Silence
from .trials import Answer, Trial

#: Cases without an answer that a text shows.
MOST_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of one case.

    Args:
        trial: The case.
        expected: What the règlement answers.
        told: What the portal answered; None where it did not, or was not asked.
        silence: How it failed to answer.
        detail: What was seen then.
    """

    trial: Trial
    expected: Answer
    told: Answer | None = None
    silence: Silence | None = None
    detail: str = ""

    @property
    def differs(self) -> bool:
        """Whether the portal answered otherwise."""
        return self.told is not None and self.expected.differs(self.told)

    @property
    def way(self) -> tuple[object, ...]:
        """How it differs: two answers, or a price."""
        told = None if self.told is None else self.told.status
        return (self.expected.status, told)

    @property
    def kind(self) -> tuple[object, ...]:
        """What disagreements of one cause have in common: who decides, and how the two answers differ."""
        return (self.expected.because, *self.way)

    def sentence(self, lang: Lang = "fr") -> str:
        """What was expected, and what was told."""
        words = ("attendu", "obtenu") if lang == "fr" else ("expected", "got")
        told = "-" if self.told is None else _answer(self.told, lang)
        return f"{words[0]} {_answer(self.expected, lang)}, {words[1]} {told}"


def _answer(one: Answer, lang: Lang) -> str:
    price = "" if one.cents is None or one.status is not Status.ALLOWED else f" ({euros(one.cents)})"
    return f"{said(one.status, lang)}{price}"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """
    Cases that a portal gets wrong in the same way.

    Args:
        outcomes: The cases, in the order of the run.
        smallest: The one with the fewest boxes; made smaller, it may be none of them.
        whole: Whether every smaller one was tried.
    """

    outcomes: tuple[Outcome, ...]
    smallest: Outcome
    whole: bool

    def plain(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {
            "montre": self.smallest.trial.shows,
            "parce_que": list(self.smallest.expected.because),
            "cas": [one.trial.code for one in self.outcomes],
            "plus_petit": self.smallest.trial.plain(),
            "reduit": self.whole,
            "attendu": self.smallest.expected.plain(),
            "obtenu": None if self.smallest.told is None else self.smallest.told.plain(),
            "raisons": list(self.smallest.expected.texts),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a run found.

    Args:
        applied: The règlement.
        seed: The seed of its cases.
        outcomes: Every case, in order.
        disagreements: Those of one cause together, in the order in which they were met.
        labels: (slot code, short label).
    """

    applied: Applied
    seed: int
    outcomes: tuple[Outcome, ...]
    disagreements: tuple[Disagreement, ...]
    labels: tuple[tuple[str, str], ...]

    @property
    def silent(self) -> tuple[Outcome, ...]:
        """The cases to which the portal gave no answer that can be read."""
        return tuple(one for one in self.outcomes if one.silence is not None)

    @property
    def left(self) -> tuple[Outcome, ...]:
        """The cases that were not put to it: it was down, or the time was over."""
        return tuple(one for one in self.outcomes if one.told is None and one.silence is None)

    @property
    def priced(self) -> int:
        """How many prices were compared."""
        told = (one for one in self.outcomes if one.told is not None and one.told.cents is not None)
        return sum(one.expected.status is Status.ALLOWED for one in told)

    @property
    def exit_code(self) -> int:
        """0 where the portal agrees on every case, 1 where it disagrees on one, 3 where it only failed to answer."""
        return 1 if self.disagreements else 3 if self.silent or self.left else 0

    def text(self, lang: Lang = "fr") -> str:
        """The count, then each kind of disagreement with its smallest case, then what was not answered."""
        labels = dict(self.labels)
        lines = [self._count(lang)]
        for one in self.disagreements:
            lines += ["", *_told(one, labels, lang)]
        for silence in dict.fromkeys(one.silence for one in self.silent if one.silence is not None):
            alike = [one for one in self.silent if one.silence is silence]
            lines += ["", f"{('sans réponse', 'no answer')[lang == 'en']}, {said(silence, lang)} : {len(alike)}"]
            lines += [f"  {one.trial.code} : {one.detail}" for one in alike[:MOST_SHOWN]]
        if self.left:
            fr, en = "cas n'ont pas été posés : le portail ne répond plus, ou le temps est écoulé", "cases were not put"
            lines += ["", f"{len(self.left)} {fr if lang == 'fr' else en}"]
        return "\n".join(lines)

    def _count(self, lang: Lang) -> str:
        wrong = sum(len(one.outcomes) for one in self.disagreements)
        put, silent = len(self.outcomes) - len(self.left), len(self.silent)
        if lang == "en":
            return (
                f"{self.applied.code}: {put} cases put (seed {self.seed}), {self.priced} prices compared; "
                f"{wrong} disagreements of {len(self.disagreements)} causes, {silent} without an answer"
            )
        return (
            f"{self.applied.code} : {put} cas posés (graine {self.seed}), {self.priced} prix comparés ; "
            f"{wrong} désaccords, de {len(self.disagreements)} causes, {silent} sans réponse"
        )

    def plain(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {
            "format": 1,
            "reglement": {"code": self.applied.code, "version": self.applied.version, "empreinte": self.applied.digest},
            "graine": self.seed,
            "cas": len(self.outcomes),
            "prix_compares": self.priced,
            "desaccords": [one.plain() for one in self.disagreements],
            "sans_reponse": [
                {"cas": one.trial.code, "silence": one.silence.value, "detail": one.detail}
                for one in self.silent
                if one.silence is not None
            ],
            "non_poses": [one.trial.code for one in self.left],
        }

    def junit(self, lang: Lang = "fr") -> str:
        """The report as JUnit XML: a test for each case; no answer is an error, a case not put is skipped."""
        wrong = [one for one in self.outcomes if one.differs]
        suite = ET.Element(
            "testsuite", name=f"conformance {self.applied.code}", tests=str(len(self.outcomes)),
            failures=str(len(wrong)), errors=str(len(self.silent)), skipped=str(len(self.left)),
        )  # fmt: skip
        properties = ET.SubElement(suite, "properties")
        ET.SubElement(properties, "property", name="seed", value=str(self.seed))
        ET.SubElement(properties, "property", name="digest", value=self.applied.digest)
        smallest = {one.trial.code: kind for kind in self.disagreements for one in kind.outcomes}
        for one in self.outcomes:
            case = ET.SubElement(
                suite, "testcase", classname=f"{self.applied.code}.{one.trial.shows}", name=one.trial.code
            )  # fmt: skip
            if one.differs:
                said_ = "\n".join(_told(smallest[one.trial.code], dict(self.labels), lang))
                body = f"{json.dumps(one.trial.plain(), ensure_ascii=False)}\n{said_}"
                ET.SubElement(case, "failure", message=one.sentence(lang)).text = body
            elif one.silence is not None:
                ET.SubElement(case, "error", message=one.detail, type=one.silence.value)
            elif one.told is None:
                ET.SubElement(case, "skipped")
        ET.indent(suite)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"


def _told(one: Disagreement, labels: dict[str, str], lang: Lang) -> list[str]:
    """One kind of disagreement, French but for its answers: the case and its reasons are in the règlement's language."""
    english, first = lang == "en", one.smallest
    head = ("désaccord", "disagreement")[english]
    because = ", ".join(first.expected.because)
    about = f"{first.trial.shows}{f' ({because})' if because else ''}"
    cut = "" if one.whole else (" (recherche coupée)", " (search cut)")[english]
    return [
        f"{head}, {about}, {len(one.outcomes)} cas : {first.sentence(lang)}",
        f"  {('le plus petit', 'the smallest')[english]}{cut} : {first.trial.sentence(labels)}",
        *(f"  {text}" for text in first.expected.texts),
        f"  {json.dumps(first.trial.plain(), ensure_ascii=False)}",
    ]
