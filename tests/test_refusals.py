"""A violation is data; its sentence comes from whoever refuses (S1.4)."""

import re
from datetime import date

import pytest

from clae_rules.refusals import SENTENCES, TELLER
from clae_rules.violations import Violation


@pytest.mark.parametrize("code", tuple(SENTENCES))
def test_every_refusal_has_a_sentence_in_both_languages(code: str) -> None:
    """S1.4: both sentences use the same parameters, and leave no brace."""
    names = [set(re.findall(r"\{(\w+)\}", one)) for one in SENTENCES[code]]
    assert names[0] == names[1]
    params = tuple((name, "x") for name in sorted(names[0] - {"slots"}))
    violation = Violation(code=code, slots=("repas",), params=params, speaker=TELLER)
    assert "{" not in violation.sentence("fr") + violation.sentence("en")


def test_a_violation_is_told_with_its_date_and_article() -> None:
    """S1.4: the sentence, its date in the language's order, and the article."""
    violation = Violation(
        code="jamais",
        slots=("repas",),
        day=date(2021, 9, 6),
        source="guide art. 2",
        speaker=TELLER,
        labels={"repas": "Repas enfant"},
        rule="r",
    )
    assert violation.text() == "06/09/2021 : « Repas enfant » ne se réserve pas ce jour-là (guide art. 2)"
    assert violation.text("en") == "2021-09-06: « Repas enfant » cannot be booked that day (guide art. 2)"
    assert violation.key == ("r", "jamais", date(2021, 9, 6), "")
    assert violation.order[1:3] == ("jamais", "r")


def test_a_violation_without_speaker_says_its_code() -> None:
    """S1.4: the code is stable, whoever speaks; a parameter not given is empty."""
    violation = Violation(code="jamais")
    assert violation.text() == "jamais"
    assert violation.param("limit") == ""
    assert violation == Violation(code="jamais", speaker=TELLER, labels={"a": "A"})
