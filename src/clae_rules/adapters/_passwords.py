"""When a password entered twice may be taken; it is judged and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from ..errors import Fault, Lang
from ._records import Form, Record, field, record, whole

_LONGEST: Final = 200


@record
class Strength(Record):
    """
    One way for a password to be strong enough.

    Args:
        least: Its fewest characters.
        kinds: How many of the four kinds it mixes: small letters, capitals, digits, others.
        words: How many words it has, of two characters or more.
    """

    FORM = Form("force de mot de passe")

    least: int = field(whole(1, 100), key="caracteres")
    kinds: int = field(whole(1, 4), key="sortes", default=1)
    words: int = field(whole(1, 20), key="mots", default=1)

    def fits(self, password: str) -> bool:
        """Whether a password is strong enough in this way."""
        tests: tuple[Callable[[str], bool], ...] = (str.islower, str.isupper, str.isdecimal)
        kinds = {next((i for i, test in enumerate(tests) if test(one)), len(tests)) for one in password}
        words = sum(len(one) > 1 for one in password.split())
        return len(password) >= self.least and len(kinds) >= self.kinds and words >= self.words

    def sentence(self, lang: Lang = "fr") -> str:
        """« 12 caractères de 4 sortes (minuscules, capitales, chiffres, autres) »."""
        if lang == "en":
            kinds = f" of {self.kinds} kinds (small letters, capitals, digits, others)" if self.kinds > 1 else ""
            return f"{self.least} characters{kinds}{f' in {self.words} words' if self.words > 1 else ''}"
        kinds = f" de {self.kinds} sortes (minuscules, capitales, chiffres, autres)" if self.kinds > 1 else ""
        return f"{self.least} caractères{kinds}{f' en {self.words} mots' if self.words > 1 else ''}"


#: Source: CNIL, délibération n° 2022-100 du 21 juillet 2022, password alone: 12 characters of the four kinds, 14 without
#: the fourth, or 7 words; 20 characters for these is « hypothese ».
CNIL: Final = (Strength(least=12, kinds=4), Strength(least=14, kinds=3), Strength(least=20, words=7))


def entered_twice(
    password: Any, again: Any, *, strengths: Sequence[Strength], unlike: Iterable[str]
) -> Iterator[Fault]:
    """
    What is wrong with a password entered twice; nothing of it is repeated.

    Lists of known passwords are the framework's, which renews them.

    Args:
        strengths: The ways to be strong enough, of which one is needed.
        unlike: What it must not hold, whatever the capitals, beyond three characters.

    >>> for fault in entered_twice("marie74", "Marie74", strengths=[Strength(least=8, kinds=3)], unlike=["marie"]):
    ...     print(fault.text())
    password : mot de passe trop faible ; il faut 8 caractères de 3 sortes (minuscules, capitales, chiffres, autres)
    password : il contient l'identifiant ou l'adresse ; il faut autre chose
    password_again : les deux saisies diffèrent ; il faut deux fois le même mot de passe
    """
    if not isinstance(password, str) or len(password) > _LONGEST:
        fr, en = f"un texte de {_LONGEST} caractères au plus", f"a text of at most {_LONGEST} characters"
        yield Fault(("password",), f"mot de passe refusé ; il faut {fr}", f"password refused; expected {en}")
        return
    if not any(one.fits(password) for one in strengths):
        ways = ", ou ".join(one.sentence("fr") for one in strengths)
        en = ", or ".join(one.sentence("en") for one in strengths)
        yield Fault(("password",), f"mot de passe trop faible ; il faut {ways}", f"too weak a password; expected {en}")
    said = password.casefold()
    if any(len(own) > 3 and own.casefold() in said for own in unlike):
        fr, en = "il contient l'identifiant ou l'adresse", "it holds the identifier or the address"
        yield Fault(("password",), f"{fr} ; il faut autre chose", f"{en}; expected something else")
    if password != again:
        fr, en = (
            "les deux saisies diffèrent ; il faut deux fois le même mot de passe",
            "the two entries differ; enter it twice",
        )
        yield Fault(("password_again",), fr, en)
