"""JSON text read exactly, numbers never through a float, and its faults told in both languages with their line."""

from __future__ import annotations

import json
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NoReturn

from ..described import Plain
from ..errors import Fault, InvalidValueError

#: A longer whole number is refused.
MOST_DIGITS: Final = 40
#: Nesting deeper than this is refused.
MOST_DEPTH: Final = 20

#: How a message of the standard library begins, and what to say in its place, French then English.
_FAULTS: Final = MappingProxyType(
    {
        "Expecting property name": (
            'il faut une clé entre guillemets " ; retirez la virgule de trop, ou écrivez "clé": valeur',
            'expected a key in double quotes; drop the comma too many, or write "key": value',
        ),
        "Expecting ':'": (
            'il manque « : » après la clé ; écrivez "clé": valeur',
            'missing « : » after the key; write "key": value',
        ),
        "Expecting ','": (
            "il manque « , », ou la fin de la liste ou de la table ; séparez par une virgule",
            "missing « , », or the end of the list or table; separate with a comma",
        ),
        "Expecting value": (
            'il manque une valeur ; écrivez un nombre, un texte entre guillemets ", true, false, une liste ou une table',
            "missing value; write a number, a text in double quotes, true, false, a list or a table",
        ),
        "Illegal trailing comma": (
            "une virgule de trop à la fin de la liste ou de la table ; retirez-la",
            "one comma too many at the end of the list or table; drop it",
        ),
        "Unterminated string": (
            "le texte qui commence ici n'est pas fermé ; ajoutez \" à sa fin",
            'the text that begins here is not closed; add " at its end',
        ),
        "Invalid control character": (
            "un texte ne passe pas à la ligne et n'a pas de tabulation ; écrivez-le d'un trait",
            "a text has no line break and no tab; write it in one go",
        ),
        "Invalid \\": (
            "barre oblique inversée mal employée ; écrivez \\\\ pour une barre oblique inversée",
            "misused backslash; write \\\\ for a backslash",
        ),
        "Extra data": (
            "il y a quelque chose après la fin ; un fichier JSON tient entre { et }, retirez le reste",
            "something follows the end; a JSON file stands between { and }, drop the rest",
        ),
    }
)
_OTHER: Final = ("le texte n'est pas du JSON ; corrigez-le", "the text is no JSON; mend it")
_DEEP: Final = Fault((), "trop imbriqué ; aplatissez le fichier", "nested too deep; flatten it")


def read_json(text: str) -> Plain:
    """
    Parse JSON text, decimals as `Decimal`; a byte order mark at its head is let through, as TOML's is.

    Raises:
        InvalidValueError: With the line and column, what is wrong and the way out.

    >>> read_json('{"prix": 0.25}')
    {'prix': Decimal('0.25')}
    """
    src = text.removeprefix("\ufeff")
    try:
        plain = json.loads(
            src, parse_float=Decimal, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_once
        )
    except RecursionError:
        _refused(_DEEP)
    except _EndlessNumberError as bad:
        _refused(bad.fault(src))
    except json.JSONDecodeError as bad:
        _refused(_syntax(bad))
    if _depth(plain) > MOST_DEPTH:
        _refused(_DEEP)
    return plain


def _refused(fault: Fault) -> NoReturn:
    raise InvalidValueError([fault])


def _syntax(bad: json.JSONDecodeError) -> Fault:
    fr, en = next((said for head, said in _FAULTS.items() if bad.msg.startswith(head)), _OTHER)
    return Fault(
        (), f"JSON invalide, colonne {bad.colno} : {fr}", f"invalid JSON, column {bad.colno}: {en}", bad.lineno
    )


class _EndlessNumberError(ValueError):
    """A whole number too long to be meant; Python's own refusal is of no help."""

    def __init__(self, literal: str) -> None:
        super().__init__(literal)
        self.literal = literal

    def fault(self, text: str) -> Fault:
        """What is wrong, with its line."""
        shown, size = f"« {self.literal[:12]}… »", len(self.literal)
        fr = f"{shown} : un nombre de {size} chiffres ; au plus {MOST_DIGITS}, vérifiez-le"
        en = f"{shown}: a number of {size} digits; {MOST_DIGITS} at most, check it"
        return Fault((), fr, en, text.count("\n", 0, text.index(self.literal)) + 1)


def _integer(literal: str) -> int:
    if len(literal) > MOST_DIGITS:
        raise _EndlessNumberError(literal)
    return int(literal)


def _no_constant(word: str) -> NoReturn:
    fr = f"« {word} » n'est pas un nombre exact ; écrivez un nombre ordinaire"
    _refused(Fault((), fr, f"« {word} » is no exact number; write an ordinary one"))


def _once(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for key, value in pairs:
        if key in found:
            fr = f"la clé « {key} » est donnée deux fois ; gardez une seule des deux"
            _refused(Fault((), fr, f"the key « {key} » is given twice; keep one of the two"))
        found[key] = value
    return found


def _depth(plain: Plain) -> int:
    level, depth = [plain], 0
    while level:
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [x for one in inner for x in (one.values() if isinstance(one, dict) else one)]
        depth += bool(inner)
    return depth
