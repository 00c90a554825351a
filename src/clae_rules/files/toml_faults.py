"""What is wrong in TOML text that tomllib refused, told to whoever wrote the file, in French."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from clae_rules.errors import ClaeRulesError, Path
from clae_rules.files.toml_scan import Kind, Mark, Opened, Scan

__all__ = ["TomlSyntaxError", "diagnose", "invisible", "too_deep", "unusable_number"]

_NAME: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED: Final = rf"{_NAME}(?:[ \t]*+\.[ \t]*+{_NAME})*+[ \t]*+"
_STATEMENT: Final = re.compile(rf"[ \t]*+(?:{_DOTTED}=|\[\[?{_DOTTED}\]\]?[ \t]*+(?:#|\n|\Z))")
_DECIMAL_COMMA: Final = re.compile(r"[-+]?\d[\d_ ]*+,\d++")
_KEY_END: Final = re.compile(r"[=#\n]")
_INLINE_KEY_END: Final = re.compile(r"[=#\n,}]")
_HEADER_END: Final = re.compile(r"[\]#\n]")
_VALUE_END: Final = re.compile(r"[#\n]")
_INLINE_VALUE_END: Final = re.compile(r"[#\n,\]}]")
_OPENINGS: Final = MappingProxyType(
    {  # how a value that tells its own end begins, and the way out of text after that end
        '"': "passez à la ligne ; un guillemet dans un texte s'écrit \\\"",
        "'": 'entourez de " un texte qui contient une apostrophe',
        "[": "passez à la ligne",
        "{": "passez à la ligne",
    }
)
_LONGEST_QUOTE: Final = 40  # characters of the user's own text that a message repeats

_CLASHES: Final[Mapping[Kind, frozenset[Kind]]] = MappingProxyType(
    {  # what may not be written after what, on one path
        "implied": frozenset({"key"}),
        "part": frozenset({"key", "table", "array"}),
        "table": frozenset({"key", "part", "table", "array"}),
        "array": frozenset({"key", "part", "table", "implied"}),
        "key": frozenset({"key", "part", "table", "array", "implied"}),
        "item": frozenset(),
        "element": frozenset(),
    }
)

# A whole value as people write it, what to say of it ({0}), and the way out ({1}… are its groups).
_GUESSES: Final = tuple(
    (re.compile(pattern), what, way_out)
    for pattern, what, way_out in (
        (
            r"\d{4}-\d\d-\d\d",
            "la date « {0} » n'existe pas",
            "vérifiez le mois et le jour",
        ),
        (
            r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)",
            "l'heure de « {0} » n'a pas de secondes",
            "écrivez {1} {2}:00",
        ),
        (
            r"\d{4}-\d\d-\d\d[T ]\d\d:.*",
            "« {0} » n'est pas une date suivie d'une heure",
            "écrivez-les comme 2021-09-01 08:30:00",
        ),
        (
            r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})",
            "« {0} » n'est pas une date",
            "une date s'écrit année-mois-jour : {1}-{2:0>2}-{3:0>2}",
        ),
        (
            r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})",
            "« {0} » n'est pas une date",
            "une date s'écrit année-mois-jour : {3}-{2:0>2}-{1:0>2}",
        ),
        (
            r"(\d{1,2})\s?[:hH]\s?(\d\d)",
            "l'heure « {0} » n'est pas entre guillemets",
            'écrivez "{1:0>2}:{2}"',
        ),
        (
            r"(\d{1,2})\s?[hH]",
            "l'heure « {0} » n'est pas entre guillemets",
            'écrivez "{1:0>2}:00"',
        ),
        (
            r"(\d+(?:\.\d+)?)\s?(?:€|%|euros?|EUR)",
            "le nombre « {0} » porte une unité",
            "écrivez {1} sans unité",
        ),
        (
            r"(\d{1,3})\s(\d{3}(?:\.\d+)?)",
            "le nombre « {0} » contient une espace",
            "écrivez {1}{2}",
        ),
        (
            r"([-+]?)0+(\d+(?:\.\d+)?)",
            "le nombre « {0} » commence par un zéro de trop",
            'écrivez {1}{2}, ou "{0}" entre guillemets si c\'est un code',
        ),
        (
            r"([-+]?)\.(\d+)",
            "il manque un chiffre avant le point de « {0} »",
            "écrivez {1}0.{2}",
        ),
        (
            r"([-+]?\d+)\.",
            "il manque un chiffre après le point de « {0} »",
            "écrivez {1}.0",
        ),
        (
            r"(?i:true|vrai|oui)",
            "« {0} » n'est pas entre guillemets",
            'écrivez true, ou "{0}" si c\'est un mot',
        ),
        (
            r"(?i:false|faux|non)",
            "« {0} » n'est pas entre guillemets",
            'écrivez false, ou "{0}" si c\'est un mot',
        ),
        (
            r"[«»\u2018\u2019\u201a\u201c-\u201e].*",
            "les guillemets de « {0} » ne sont pas droits",
            'employez le guillemet droit "',
        ),
    )
)


class TomlSyntaxError(ClaeRulesError):
    """
    A file that is not the TOML it should be.

    Args:
        line: 1-based line of the fault.
        column: 1-based column of the fault, in characters.
        what: What is wrong, in French, the user's own word quoted. One line.
        way_out: What to write instead, in French. One line.

    >>> print(TomlSyntaxError(3, 8, "la clé « prix » n'a pas de valeur", "écrivez-en une"))
    ligne 3 : la clé « prix » n'a pas de valeur ; écrivez-en une
    """

    def __init__(self, line: int, column: int, what: str, way_out: str) -> None:
        self.line = line
        self.column = column
        self.what = what
        self.way_out = way_out
        super().__init__(line, column, what, way_out)  # all of them, so that a copy can be made

    def __str__(self) -> str:
        return f"ligne {self.line} : {self.what} ; {self.way_out}"


def diagnose(src: str, pos: int) -> TomlSyntaxError:
    r"""
    Explain why tomllib stopped.

    Args:
        src: The text, without `\r\n`.
        pos: Offset where tomllib stopped; the length of the text for its end.
    """
    scan = Scan(src[:pos])
    if fault := _written_twice(src, scan):
        return fault
    if scan.string_at is not None:
        return _string_fault(src, pos, scan.string_at)
    if pos < len(src) and not (src[pos].isprintable() or src[pos] in "\n\t"):
        return invisible(src, pos)
    if scan.opened and (holder := _left_open(src, pos, scan)):
        return _open_fault(src, pos, holder)
    comma = _DECIMAL_COMMA.match(src, scan.value_at)
    if comma and comma.end() >= scan.since:
        number = _quote(comma[0])
        point = re.sub("[_ ]", "", number).replace(",", ".")
        return _fault(src, scan.value_at, f"« {number} » porte une virgule", f"écrivez {point} avec un point")
    match scan.state:
        case "header":
            return _header_fault(src, scan.since)
        case "key":
            return _key_fault(src, pos, scan)
        case _:
            return _value_fault(src, pos, scan)


def invisible(src: str, pos: int) -> TomlSyntaxError:
    """Refuse the control character, odd space or half of a character that stands at *pos*."""
    return _fault(
        src,
        pos,
        f"caractère invisible ou interdit U+{ord(src[pos]):04X}",
        "effacez-le et retapez ce qui l'entoure",
    )


def too_deep(src: str, mark: Mark) -> TomlSyntaxError:
    """Refuse what lies under too many tables and arrays."""
    return _fault(src, mark.at, "le contenu est trop imbriqué", "retirez des niveaux de crochets ou de points")


def unusable_number(src: str, mark: Mark) -> TomlSyntaxError:
    """Refuse the number that *mark* holds, which is not finite or has too many digits."""
    at = mark.at if mark.value_at is None else mark.value_at
    word = _until(_INLINE_VALUE_END, src, at).strip()
    return _fault(
        src,
        at,
        f"« {_quote(word)} » n'est pas un nombre admis",
        "écrivez un nombre ordinaire, comme 12 ou 0.25",
    )


def _fault(src: str, at: int, what: str, way_out: str) -> TomlSyntaxError:
    """Place a fault at an offset."""
    return TomlSyntaxError(_line(src, at), at - src.rfind("\n", 0, at), what, way_out)


def _line(src: str, at: int) -> int:
    return src.count("\n", 0, at) + 1


def _quote(text: str) -> str:
    """Fit the user's own text in a one-line message."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def _until(end: re.Pattern[str], src: str, at: int) -> str:
    """Cut the text from *at* to the first *end*, excluded."""
    found = end.search(src, at)
    return src[at:] if found is None else src[at : found.start()]


def _written_twice(src: str, scan: Scan) -> TomlSyntaxError | None:
    """Run the scan to its end, or to the first thing that an earlier one excludes."""
    known: dict[Path, Mark] = {}
    for mark in scan.marks():
        if mark.kind == "element":
            continue
        earlier = known.setdefault(mark.path, mark)
        if earlier is not mark and earlier.kind in _CLASHES[mark.kind]:
            return _clash_fault(src, earlier, mark)
        if mark.kind == "table":
            known[mark.path] = mark
    return None


def _clash_fault(src: str, earlier: Mark, mark: Mark) -> TomlSyntaxError:
    names = [part for part in mark.path if isinstance(part, str)]
    line = _line(src, earlier.at)
    if mark.kind == earlier.kind == "key":
        what = f"la clé « {_quote(names[-1])} » est déjà écrite ligne {line}"
        way_out = "gardez une seule des deux"
    elif mark.kind == earlier.kind == "table":
        what = f"la table « {_quote('.'.join(names))} » est déjà ouverte ligne {line}"
        way_out = "réunissez les deux, ou donnez un autre code à l'une"
    else:
        what = f"« {_quote('.'.join(names))} » est déjà défini autrement ligne {line}"
        way_out = "complétez-le là-bas, ou changez l'un des deux noms"
    return _fault(src, mark.at, what, way_out)


def _string_fault(src: str, pos: int, at: int) -> TomlSyntaxError:
    """Tell a string without end from a wrong escape."""
    is_long = src.startswith(('"""', "'''"), at)
    if pos >= len(src) or (not is_long and "\n" in src[at : pos + 1]):
        quote = src[at : at + 3] if is_long else src[at]
        start = _quote(_until(_VALUE_END, src, at))
        return _fault(src, at, f"le texte {start} n'est pas fermé", f"ajoutez {quote} à la fin du texte")
    backslash = src.rfind("\\", at, pos)
    return _fault(
        src,
        backslash,
        f"la barre oblique inversée de « {_quote(src[backslash : backslash + 2])} » n'est pas admise",
        "écrivez \\\\ pour une barre oblique inversée",
    )


def _left_open(src: str, pos: int, scan: Scan) -> Opened | None:
    """Find the array or inline table that was not closed where it should have been, if that is the fault."""
    inner = scan.opened[-1]
    if pos >= len(src) or (not inner.is_array and src[pos] in "\n#"):
        return inner
    line_start = src.rfind("\n", 0, pos) + 1
    earlier = [holder for holder in scan.opened if holder.at < line_start]
    return earlier[-1] if earlier and _STATEMENT.match(src, line_start) else None


def _open_fault(src: str, pos: int, holder: Opened) -> TomlSyntaxError:
    if not holder.is_array:
        return _fault(
            src,
            holder.at,
            "la table ouverte par « { » n'est pas fermée sur sa ligne",
            "écrivez-la d'un trait, jusqu'à « } »",
        )
    where = "à la fin de la liste" if pos >= len(src) else f"avant la ligne {_line(src, pos)}"
    return _fault(src, holder.at, "la liste ouverte par « [ » n'est pas fermée", f"ajoutez « ] » {where}")


def _header_fault(src: str, at: int) -> TomlSyntaxError:
    """Explain a `[header]` with a wrong name or no end."""
    name = _until(_HEADER_END, src, at).lstrip("[").strip()
    if re.fullmatch(_DOTTED, name):
        end = "]]" if src.startswith("[[", at) else "]"
        return _fault(src, at, f"le titre « {_quote(name)} » n'est pas fermé", f"ajoutez « {end} » après le nom")
    if not name:
        return _fault(src, at, "le titre entre crochets n'a pas de nom", "écrivez un nom entre les crochets")
    return _name_fault(src, at, name)


def _name_fault(src: str, at: int, name: str) -> TomlSyntaxError:
    """Refuse a key that needs quotes, and suggest one that needs none."""
    way_out = "une clé s'écrit sans accent ni espace"
    if plain := _plain_name(name):
        way_out += f" : {_quote(plain)}"
    return _fault(src, at, f"« {_quote(name)} » n'est pas une clé", way_out)


def _plain_name(name: str) -> str:
    """
    Spell a dotted key with the letters that a bare key may have.

    >>> _plain_name("règle.goûter du soir")
    'regle.gouter-du-soir'
    """
    letters = name.replace("œ", "oe").replace("Œ", "Oe").replace("\u2019", "-")
    ascii_name = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    parts = (re.sub(r"[^A-Za-z0-9_]+", "-", part).strip("-") for part in ascii_name.split("."))
    return ".".join(part for part in parts if part)


def _key_fault(src: str, pos: int, scan: Scan) -> TomlSyntaxError:
    """Explain a line, or a part of an inline table, that is not `key = value`."""
    at = scan.since
    text = _until(_INLINE_KEY_END if scan.opened else _KEY_END, src, at)
    name = text.strip()
    if src.startswith("=", at + len(text)):
        if name:
            return _name_fault(src, at, name)
        return _fault(src, at, "il n'y a pas de clé avant « = »", "écrivez une clé devant")
    if scan.opened and not name:
        return _fault(src, pos, "il manque une clé", "écrivez clé = valeur, ou retirez la virgule")
    if name.startswith(("//", ";", "/*", "--")):
        return _fault(src, at, f"« {_quote(name)} » n'est pas un commentaire", "un commentaire commence par #")
    key, colon, value = (part.strip() for part in name.partition(":"))
    if colon and re.fullmatch(_DOTTED, key):
        return _fault(src, at, f"« {_quote(key)} » est suivi de « : »", f"écrivez {_quote(f'{key} = {value}')}")
    return _fault(src, at, f"il manque « = » dans « {_quote(name)} »", "écrivez clé = valeur")


def _value_fault(src: str, pos: int, scan: Scan) -> TomlSyntaxError:
    """Explain a value that is missing, misspelt, or followed by something else."""
    at = scan.since
    end = _INLINE_VALUE_END if scan.opened else _VALUE_END
    word, rest = _until(end, src, at).strip(), _until(end, src, pos).strip()
    if scan.state == "value" and not word:
        return _fault(src, pos, "il manque une valeur", "écrivez-la, un texte entre guillemets")
    if src[at] not in _OPENINGS and pos < at + len(word):
        if guessed := _guessed(src, at, word):
            return guessed
        if scan.state == "value" or ("=" not in word and (rest[:1].isalpha() or not src[pos - 1].isspace())):
            text = _quote(word)
            bare = text.strip('"')
            return _fault(src, at, f"« {text} » n'est pas entre guillemets", f'écrivez "{bare}"')
    if scan.opened:
        closing = "]" if scan.opened[-1].is_array else "}"
        return _fault(
            src,
            pos,
            f"il manque « , » ou « {closing} » avant « {_quote(rest or src[pos])} »",
            "séparez par une virgule",
        )
    way_out = _OPENINGS.get(src[at], "passez à la ligne, ou mettez le tout entre guillemets")
    return _fault(src, pos, f"« {_quote(rest)} » est en trop sur cette ligne", way_out)


def _guessed(src: str, at: int, word: str) -> TomlSyntaxError | None:
    """Recognize what people write where TOML wants another form."""
    if len(word) > _LONGEST_QUOTE:
        return None
    for pattern, what, way_out in _GUESSES:
        if guess := pattern.fullmatch(word):
            told = (_quote(word), *guess.groups())
            return _fault(src, at, what.format(*told), way_out.format(*told))
    return None
