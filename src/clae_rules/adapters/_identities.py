"""Who stands behind the pseudonyms of a ledger, kept apart from it; and whether any of it got in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final
from unicodedata import combining, normalize

from ..described import Plain
from ..errors import Fault, InvalidValueError
from ._entries import Entry, parsed
from ._records import Form, Record, RefusedValueError, a, a_code, field, optional, record, several, text

#: What pages show in place of the name of who was erased.
ERASED: Final = "personne effacée"
#: Shorter words of a name are in too many others to mean anybody.
_LEAST_WORD: Final = 3
_LEAST_SIGN: Final = 4
_line = text(200)


def _folded(said: str) -> str:
    """Without accents or capitals, so that « LÉA » is « lea »."""
    return "".join(c for c in normalize("NFKD", said) if not combining(c)).casefold()


def _words(said: str) -> Iterator[str]:
    """The words of a name that are long enough to tell somebody."""
    return (word for word in re.findall(r"[^\W_]+", _folded(said)) if len(word) >= _LEAST_WORD)


def _bare(said: str) -> str:
    """Letters and digits alone: a phone number is the same with points or blanks."""
    return "".join(c for c in _folded(said) if c.isalnum())


def _sign(given: Any) -> str:
    said: str = _line(given)
    if len(_bare(said)) < _LEAST_SIGN:
        why = f"un signe de {_LEAST_SIGN} lettres ou chiffres au moins", f"at least {_LEAST_SIGN} letters or digits"
        raise RefusedValueError(*why)
    return said


@record
class Identity(Record):
    """
    A person, or a household, by its pseudonym.

    Args:
        code: The pseudonym, drawn at random by the store and never given again.
        name: As pages show it; None once it was erased.
        signs: What else tells who it is (e-mail, phone, address, CAF number), to be searched for where it must not be.
    """

    FORM = Form("identité")
    code: str = field(a_code)
    name: str | None = field(optional(_line), key="nom", default=None, private=True)
    signs: tuple[str, ...] = field(several(_sign, 50), key="signes", default=(), private=True)

    def faults(self) -> Iterator[Fault]:
        """A pseudonym that tells the name; signs of nobody."""
        if any(word in _bare(self.code) for word in _words(self.name or "")):
            yield Fault(
                ("code",), "ce code contient un mot du nom ; tirez-en un au hasard", "tells the name; draw another"
            )
        if self.name is None and self.signs:
            yield Fault(("signs",), "une personne effacée n'en a plus", "an erased person has none")


@record
class Identities(Record):
    """
    Who stands behind each pseudonym: to be kept apart from the ledger, and the one place where a person is erased.

    Args:
        people: One for each pseudonym, the erased ones included, so that none is given twice.
    """

    FORM = Form("identités")
    people: tuple[Identity, ...] = field(several(a(Identity), 1_000_000), key="personnes", default=())

    def faults(self) -> Iterator[Fault]:
        """A pseudonym of two."""
        for code, times in Counter(one.code for one in self.people).items():
            if times > 1:
                fr = f"le code « {code} » est déjà donné, même à une personne effacée ; tirez-en un autre"
                yield Fault(("people",), fr, f"code « {code} » was given, be it to an erased person; draw another")

    def known(self, *people: Identity) -> Identities:
        """With these too; refused where a pseudonym was given before."""
        return self.changed(people=(*self.people, *people))

    def erased(self, code: str) -> Identities:
        """
        The same, once all that tells who is behind a pseudonym is gone.

        Raises:
            InvalidValueError: If nobody has it.
        """
        if code not in self.names():
            raise InvalidValueError([Fault(("code",), "personne n'a ce code", "nobody has this code")])
        return self.changed(people=tuple(Identity(code=code) if one.code == code else one for one in self.people))

    def names(self) -> dict[str, str]:
        """What pages call each pseudonym: the name, or that the person was erased."""
        return {one.code: ERASED if one.name is None else one.name for one in self.people}


def personal_data(entries: Iterable[Entry], identities: Identities) -> tuple[Fault, ...]:
    """
    Where a word of a known name, or another sign of somebody, stands in some entries; it is not repeated.

    A label may hold such a word and mean nobody (« École Henri-Martin »): this tells, it does not refuse.

    Args:
        entries: Of a ledger, or the one that is about to be added.
        identities: Who is known.
    """
    words: dict[str, list[str]] = {}
    signs = [(one.code, _bare(sign)) for one in identities.people for sign in one.signs]
    for one in identities.people:
        for word in _words(one.name or ""):
            words.setdefault(word, []).append(one.code)
    found: list[Fault] = []
    for entry in entries:
        for path, said in _texts(parsed(entry.written), ()):
            whose = [code for word in _words(said) for code in words.get(word, ())]
            bare = _bare(said)
            whose += [code for code, sign in signs if sign in bare]
            for code in dict.fromkeys(whose):
                fr, en = f"dit qui est « {code} », non répété ici", f"tells who « {code} » is, not repeated here"
                found.append(Fault(path, fr, en, entry.number))
    return tuple(found)


def _texts(plain: Plain, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a table, with where it stands; its keys are those of forms, which let no other in."""
    if isinstance(plain, str):
        yield path, plain
    elif isinstance(plain, dict):
        for key, inner in plain.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(plain, list):
        for i, inner in enumerate(plain):
            yield from _texts(inner, (*path, i))
