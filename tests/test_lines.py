"""Lines of a TOML text, and the faults of one, as `read_toml`, `line_map` and `line_of` tell them."""

import copy
import datetime as dt
import pickle
import random
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from clae_rules.files.lines import MAX_DEPTH, TomlSyntaxError, line_map, line_of, read_toml

Path = tuple[str | int, ...]


def reachable(value: object, path: Path = ()) -> Iterator[Path]:
    """Every path that one can walk in parsed data, the root aside."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, held in value.items():
            yield from reachable(held, (*path, key))
    if isinstance(value, list):
        for index, held in enumerate(value):
            yield from reachable(held, (*path, index))


def fault_of(text: str) -> TomlSyntaxError:
    """The fault for which *text* is refused, after a check of what every fault must be."""
    with pytest.raises(TomlSyntaxError) as caught:
        read_toml(text)
    fault = caught.value
    assert str(fault) == f"ligne {fault.line} : {fault.what} ; {fault.way_out}"
    assert len(str(fault).splitlines()) == 1
    assert 1 <= fault.line <= text.count("\n") + 1
    assert fault.column >= 1
    return fault


# --- line_map on texts written by hand -------------------------------------------------------------------


HAND_WRITTEN: tuple[tuple[str, dict[Path, int]], ...] = (
    ("", {}),
    ("# rien\n\n", {}),
    ("a = 1", {("a",): 1}),
    ("\ufeff\na = 1", {("a",): 2}),
    (
        "a.b = 1\na.c = 2 # x = [\n'd e' . \"f\\tg\" = 3",
        {("a",): 1, ("a", "b"): 1, ("a", "c"): 2, ("d e",): 3, ("d e", "f\tg"): 3},
    ),
    (
        "[a.b]\nc = 1\n\n[a] # après son contenu\nd = 2\n",
        {("a",): 4, ("a", "b"): 1, ("a", "b", "c"): 2, ("a", "d"): 5},
    ),
    (
        "[[o]]\nc = 1\n[o.p]\nq = 1\n[[o.r]]\n[[o.r]]\ns = 1\n[[ 'o' ]]\n[o.p]\nq = 2\n[[o.r]]\n",
        {
            ("o",): 1,
            ("o", 0): 1,
            ("o", 0, "c"): 2,
            ("o", 0, "p"): 3,
            ("o", 0, "p", "q"): 4,
            ("o", 0, "r"): 5,
            ("o", 0, "r", 0): 5,
            ("o", 0, "r", 1): 6,
            ("o", 0, "r", 1, "s"): 7,
            ("o", 1): 8,
            ("o", 1, "p"): 9,
            ("o", 1, "p", "q"): 10,
            ("o", 1, "r"): 11,
            ("o", 1, "r", 0): 11,
        },
    ),
    (
        "a = [ # ]\n  1, [], {},\n\n  # 2,\n  [ 'x',\n    \"#]\" ], 3\n  ,]\nb = {c=1,d.e=[\n2],f={}}",
        {
            ("a",): 1,
            ("a", 0): 2,
            ("a", 1): 2,
            ("a", 2): 2,
            ("a", 3): 5,
            ("a", 3, 0): 5,
            ("a", 3, 1): 6,
            ("a", 4): 6,
            ("b",): 8,
            ("b", "c"): 8,
            ("b", "d"): 8,
            ("b", "d", "e"): 8,
            ("b", "d", "e", 0): 9,
            ("b", "f"): 9,
        },
    ),
    (
        'a = """\nb = 1 \\\n  "" \\""" c""""" # d\ne = \'\'\'\nf = \'\' [\n\'\'\'\'\'\ng = ""\nh = \'\'\ni = """"""\nj = 1',
        {("a",): 1, ("e",): 4, ("g",): 7, ("h",): 8, ("i",): 9, ("j",): 10},
    ),
    (
        "a = 2021-09-01 08:30:00\nb = 08:30:00.5\nc = 2021-09-01T08:30:00+02:00\nd = -1.5e2\ne = 0xf",
        {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4, ("e",): 5},
    ),
    (
        '"" = 1\n"[x]" = {"=" = 1, \'#\' = 2}\n["a.b".c]\n',
        {("",): 1, ("[x]",): 2, ("[x]", "="): 2, ("[x]", "#"): 2, ("a.b",): 3, ("a.b", "c"): 3},
    ),
)


@pytest.mark.parametrize(("text", "expected"), HAND_WRITTEN)
def test_each_path_stands_on_the_line_where_it_begins(text: str, expected: dict[Path, int]) -> None:
    """Headers, keys, prefixes of keys and elements each have their line, whatever stands between them."""
    assert line_map(text) == expected
    assert set(reachable(read_toml(text))) == set(expected)


@pytest.mark.parametrize(("text", "expected"), HAND_WRITTEN)
def test_windows_line_ends_change_no_line(text: str, expected: dict[Path, int]) -> None:
    """A file saved with `CR LF` has the lines and values of the same file saved with `LF`."""
    windows = text.replace("\n", "\r\n")

    assert line_map(windows) == expected
    assert read_toml(windows) == read_toml(text)


def test_the_map_of_a_broken_text_stops_at_the_fault() -> None:
    """On text that tomllib refuses, the map holds what comes before the fault."""
    assert line_map('a = 1\n"\\q" = 2\nb = [3,, 4]\nc = 5') == {
        ("a",): 1,
        ("\\q",): 2,
        ("b",): 3,
        ("b", 0): 3,
        ("b", 1): 3,
    }


# --- line_of ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        (("a",), 1),
        (("a", "b"), 3),
        (("a", "b", 0, "c"), 3),
        (("a", "z"), 1),
        (("z", "a"), None),
        ((), None),
    ),
)
def test_a_path_unknown_to_the_file_has_the_line_of_what_would_hold_it(path: Path, expected: int | None) -> None:
    """The line is that of the longest known prefix, and None where there is no such prefix."""
    assert line_of({("a",): 1, ("a", "b"): 3}, path) == expected


# --- line_map on random texts ----------------------------------------------------------------------------


class Writer:
    """Writes random TOML, and notes on which line it put each path."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.expected: dict[Path, int] = {}
        self.text = ""
        self.names = 0
        self.body((), 2)
        for _ in range(self.draw.randrange(6)):
            self.table((), 2)

    def put(self, text: str) -> None:
        """Write *text* as it is."""
        self.text += text

    def note(self, path: Path) -> None:
        """Say that *path* begins here, unless it has begun before."""
        self.expected.setdefault(path, self.text.count("\n") + 1)

    def name(self) -> tuple[str, str]:
        """A new key, and one way to write it."""
        self.names += 1
        key = f"{self.draw.choice(('k', 'l-m', '_', '2021-'))}{self.names}"
        odd = f"{self.draw.choice(('é', '#', '[x]', '.', ' = ', 'a b', ', '))}{self.names}"
        return self.draw.choice(
            (
                (key, key),
                (key, f'"{key}"'),
                (odd, f"'{odd}'"),
                (odd, f'"{odd}"'),
                (f'"\\{odd}', f'"\\"\\\\{odd}"'),
            )
        )

    def blank(self) -> str:
        """What may stand around a dot or an equal sign."""
        return self.draw.choice(("", " ", "\t "))

    def gap(self) -> str:
        """What may stand between the elements of an array."""
        return self.draw.choice(("", " ", "\n", '\n  # ], } = "\n', " # '''\n\n\t"))

    def key(self, table: Path, prefixes: list[tuple[str, str]]) -> Path:
        """Write a key, dotted now and then, under *table*; *prefixes* are the dotted ones to take up."""
        path, written = table, []
        if self.draw.random() < 0.3:
            prefixes.append(self.name())
        chosen = [self.draw.choice(prefixes)] if prefixes and self.draw.random() < 0.5 else []
        for key, spelt in (*chosen, self.name()):
            path = (*path, key)
            written.append(spelt)
            self.note(path)
        self.put(f"{self.blank()}.{self.blank()}".join(written) + self.blank() + "=" + self.blank())
        return path

    def body(self, table: Path, depth: int) -> None:
        """Write some `key = value` lines, with comments and empty lines between them."""
        prefixes: list[tuple[str, str]] = []
        for _ in range(self.draw.randrange(4)):
            self.put(self.draw.choice(("", "\n", "  # [a]\n", "\t")))
            self.value(self.key(table, prefixes), depth)
            self.put(self.draw.choice(("\n", "   \n", " # b = 1\n")))

    def value(self, path: Path, depth: int) -> None:
        """Write any value for *path*."""
        kinds: list[Callable[[Path, int], None]] = [self.scalar, self.scalar, self.string]
        if depth:
            kinds += [self.array, self.array, self.inline_table]
        self.draw.choice(kinds)(path, depth)

    def scalar(self, path: Path, depth: int) -> None:
        """Write a number, a boolean, a date or a time."""
        self.put(
            self.draw.choice(
                (
                    "0",
                    "-12",
                    "1_000",
                    "0xBEEF",
                    "3.70",
                    "+1e-3",
                    "true",
                    "false",
                    "2021-09-01",
                    "2021-09-01 08:30:00",
                    "2021-09-01T08:30:00.25Z",
                    "08:30:00",
                )
            )
        )

    def string(self, path: Path, depth: int) -> None:
        """Write a string of any of the four kinds, full of what is TOML elsewhere."""
        self.put(
            self.draw.choice(
                (
                    '""',
                    "''",
                    '"a # b"',
                    "'c:\\d, ]'",
                    '"\\"\\\\"',
                    '"\\u00e9 }"',
                    "'\"'",
                    '""""""',
                    "''''''",
                    '"""\ne = [\n"" f = 1 \\\n\n  g\\"" ""\n"""""',
                    '"""a"""',
                    "'''\n[[h]] '' \\\n'''",
                    "''''i'''''",
                )
            )
        )

    def array(self, path: Path, depth: int) -> None:
        """Write an array over any number of lines, with or without its last comma."""
        self.put("[" + self.gap())
        count = self.draw.randrange(4)
        for index in range(count):
            self.note((*path, index))
            self.value((*path, index), depth - 1)
            self.put(self.gap())
            if index < count - 1 or self.draw.random() < 0.5:
                self.put("," + self.gap())
        self.put("]")

    def inline_table(self, path: Path, depth: int) -> None:
        """Write an inline table, which only its values can spread over several lines."""
        self.put("{" + self.blank())
        prefixes: list[tuple[str, str]] = []
        for index in range(self.draw.randrange(4)):
            if index:
                self.put("," + self.blank())
            self.value(self.key(path, prefixes), depth - 1)
            self.put(self.blank())
        self.put("}")

    def header(self, path: Path, marks: tuple[str, str], spelt: list[str]) -> None:
        """Write a header for the names *spelt*."""
        self.put(marks[0] + self.blank())
        self.put(f"{self.blank()}.{self.blank()}".join(spelt))
        self.put(self.blank() + marks[1] + self.draw.choice(("\n", " # [c]\n")))

    def table(self, path: Path, depth: int, spelt: tuple[str, ...] = ()) -> None:
        """Write a table or an array of tables under *path*, with tables of its own."""
        key, written = self.name()
        inner, names = (*path, key), [*spelt, written]
        if self.draw.random() < 0.3:  # a parent that has no header, or has it later
            self.note(inner)
            child, child_written = self.name()
            self.note((*inner, child))
            self.header((*inner, child), ("[", "]"), [*names, child_written])
            self.body((*inner, child), depth)
            if self.draw.random() < 0.5:
                self.expected[inner] = self.text.count("\n") + 1
                self.header(inner, ("[", "]"), names)
                self.body(inner, depth)
        elif self.draw.random() < 0.5:
            self.note(inner)
            self.header(inner, ("[", "]"), names)
            self.body(inner, depth)
            self.tables_under(inner, depth, tuple(names))
        else:
            for index in range(self.draw.randrange(1, 4)):
                self.note(inner)
                self.note((*inner, index))
                self.header(inner, ("[[", "]]"), names)
                self.body((*inner, index), depth)
                self.tables_under((*inner, index), depth, tuple(names))

    def tables_under(self, path: Path, depth: int, spelt: tuple[str, ...]) -> None:
        """Write a few tables under *path*, less deep."""
        if depth:
            for _ in range(self.draw.randrange(3)):
                self.table(path, depth - 1, spelt)


@pytest.mark.parametrize("seed", range(150))
def test_random_texts_have_every_path_on_its_line(seed: int) -> None:
    """Whatever the writer wrote, the map gives the lines that the writer noted, for every reachable path."""
    written = Writer(seed)

    assert set(reachable(read_toml(written.text))) == set(written.expected)
    assert line_map(written.text) == written.expected
    assert line_map(written.text.replace("\n", "\r\n")) == written.expected


@pytest.mark.parametrize("seed", range(50))
def test_what_precedes_a_fault_is_never_blamed(seed: int) -> None:
    """A fault added under any sound text is told as itself, on its own line."""
    text = Writer(seed).text

    fault = fault_of(f"{text}\n= 3")

    assert fault.what == "il n'y a pas de clé avant « = »"
    assert fault.line == text.count("\n") + 2


@pytest.mark.parametrize("seed", range(100))
def test_a_damaged_text_is_read_or_refused_in_one_line(seed: int) -> None:
    """A text with a few characters lost, added or repeated gives data, or a fault, and nothing else."""
    draw = random.Random(seed)
    text = Writer(seed).text or "a = 1"
    for _ in range(10):
        damaged = text
        for _ in range(draw.randrange(1, 4)):
            at = draw.randrange(len(damaged) + 1)
            until = at + draw.randrange(3)
            damaged = damaged[:at] + draw.choice(("", *"\"'[]{},.=#\\ \né1", text[:until])) + damaged[until:]
        try:
            data = read_toml(damaged)
        except TomlSyntaxError:
            fault_of(damaged)
        else:
            assert set(reachable(data)) == set(line_map(damaged))


# --- read_toml: what is accepted -------------------------------------------------------------------------


def test_values_keep_their_exact_type() -> None:
    """Decimals are exact, and dates, times and booleans are the standard library's."""
    text = "\ufeffa = 0.10\nb = 1_000.5\nc = 2021-09-01\nd = 08:30:00\ne = true\nf = 1e2\ng = -9223372036854775808"

    data = read_toml(text)

    assert data == {
        "a": Decimal("0.10"),
        "b": Decimal("1000.5"),
        "c": dt.date(2021, 9, 1),
        "d": dt.time(8, 30),
        "e": True,
        "f": Decimal(100),
        "g": -(2**63),
    }
    assert str(data["a"]) == "0.10"


def test_twenty_levels_are_not_too_many() -> None:
    """What lies at the greatest depth allowed is read, long lines full of dots included."""
    keys = "a." * (MAX_DEPTH - 1) + "a = 1"
    arrays = "b = " + "[" * (MAX_DEPTH - 1) + "1" + "]" * (MAX_DEPTH - 1)
    dots = f"c = '{'.' * 50}'"

    data = read_toml(f"{keys}\n{arrays}\n{dots}")

    assert max(map(len, reachable(data))) == MAX_DEPTH


# --- read_toml: what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column", "what", "way_out"),
    (
        # numbers
        ("\nprix = 0,25", 2, 8, "« 0,25 » porte une virgule", "écrivez 0.25 avec un point"),
        ("x = { A = 0,25, B = 3 }", 1, 11, "« 0,25 » porte une virgule", "écrivez 0.25 avec un point"),
        ("prix = 1 234,50 €", 1, 8, "« 1 234,50 » porte une virgule", "écrivez 1234.50 avec un point"),
        ("a = 3.70 €", 1, 5, "le nombre « 3.70 € » porte une unité", "écrivez 3.70 sans unité"),
        ("a = 12€ # euros", 1, 5, "le nombre « 12€ » porte une unité", "écrivez 12 sans unité"),
        ("a = 1 000.5", 1, 5, "le nombre « 1 000.5 » contient une espace", "écrivez 1000.5"),
        (
            "a = [007]",
            1,
            6,
            "le nombre « 007 » commence par un zéro de trop",
            'écrivez 7, ou "007" entre guillemets si c\'est un code',
        ),
        ("a = -.5", 1, 5, "il manque un chiffre avant le point de « -.5 »", "écrivez -0.5"),
        ("a = 5.", 1, 5, "il manque un chiffre après le point de « 5. »", "écrivez 5.0"),
        # dates and times
        ("a = [\n2021-02-30]", 2, 1, "la date « 2021-02-30 » n'existe pas", "vérifiez le mois et le jour"),
        ("a = 2021-13-01", 1, 5, "la date « 2021-13-01 » n'existe pas", "vérifiez le mois et le jour"),
        ("a = 2021-09-01 08:30", 1, 5, "l'heure de « 2021-09-01 08:30 » n'a pas de secondes", "écrivez 2021-09-01 08:30:00"),
        ("a = 2021-09-01T25:00:00", 1, 5, "« 2021-09-01T25:00:00 » n'est pas une date suivie d'une heure", "écrivez-les comme 2021-09-01 08:30:00"),
        (
            "a = 2021-9-1",
            1,
            5,
            "« 2021-9-1 » n'est pas une date",
            "une date s'écrit année-mois-jour : 2021-09-01",
        ),
        (
            "a = 1/9/2021",
            1,
            5,
            "« 1/9/2021 » n'est pas une date",
            "une date s'écrit année-mois-jour : 2021-09-01",
        ),
        ("a = 8:30", 1, 5, "l'heure « 8:30 » n'est pas entre guillemets", 'écrivez "08:30"'),
        ("a = [08h30, 9h]", 1, 6, "l'heure « 08h30 » n'est pas entre guillemets", 'écrivez "08:30"'),
        ("a = 8 h", 1, 5, "l'heure « 8 h » n'est pas entre guillemets", 'écrivez "08:00"'),
        ("a = 11:45-12:30", 1, 5, "« 11:45-12:30 » n'est pas entre guillemets", 'écrivez "11:45-12:30"'),
        # words
        ("jour = lundi", 1, 8, "« lundi » n'est pas entre guillemets", 'écrivez "lundi"'),
        ("jour = été # saison", 1, 8, "« été » n'est pas entre guillemets", 'écrivez "été"'),
        ('jour = lundi"', 1, 8, "« lundi\" » n'est pas entre guillemets", 'écrivez "lundi"'),
        ("a = 3 jours avant", 1, 5, "« 3 jours avant » n'est pas entre guillemets", 'écrivez "3 jours avant"'),
        ("a = ['x', mardi]", 1, 11, "« mardi » n'est pas entre guillemets", 'écrivez "mardi"'),
        (f"a = {'x' * 90}", 1, 5, f"« {'x' * 39}… » n'est pas entre guillemets", f'écrivez "{"x" * 39}…"'),
        ("a = Oui", 1, 5, "« Oui » n'est pas entre guillemets", "écrivez true, ou \"Oui\" si c'est un mot"),
        ("a = False", 1, 5, "« False » n'est pas entre guillemets", "écrivez false, ou \"False\" si c'est un mot"),
        ("a = “b”", 1, 5, "les guillemets de « “b” » ne sont pas droits", 'employez le guillemet droit "'),
        ("a =", 1, 4, "il manque une valeur", "écrivez-la, un texte entre guillemets"),
        ("a = # 1\nb = 2", 1, 5, "il manque une valeur", "écrivez-la, un texte entre guillemets"),
        ("a = [1,,2]", 1, 8, "il manque une valeur", "écrivez-la, un texte entre guillemets"),
        # strings
        ('a = "b # c\nd = 1', 1, 5, "le texte \"b n'est pas fermé", 'ajoutez " à la fin du texte'),
        ("a = 'b", 1, 5, "le texte 'b n'est pas fermé", "ajoutez ' à la fin du texte"),
        ('\na = """b\nc\n', 2, 5, 'le texte """b n\'est pas fermé', 'ajoutez """ à la fin du texte'),
        ('a = "b\\\nc"', 1, 5, "le texte \"b\\ n'est pas fermé", 'ajoutez " à la fin du texte'),
        ('"clé = 1', 1, 1, "le texte \"clé = 1 n'est pas fermé", 'ajoutez " à la fin du texte'),
        (
            'a = "C:\\dossier"',
            1,
            8,
            "la barre oblique inversée de « \\d » n'est pas admise",
            "écrivez \\\\ pour une barre oblique inversée",
        ),
        (
            'a = """\n\\ud800"""',
            2,
            1,
            "la barre oblique inversée de « \\u » n'est pas admise",
            "écrivez \\\\ pour une barre oblique inversée",
        ),
        # arrays and inline tables
        ("a = [1,\n2\nb.c = 3", 1, 5, "la liste ouverte par « [ » n'est pas fermée", "ajoutez « ] » avant la ligne 3"),
        ("a = [1,\n[b.c]\nd = 3", 1, 5, "la liste ouverte par « [ » n'est pas fermée", "ajoutez « ] » avant la ligne 2"),
        ("a = [1", 1, 5, "la liste ouverte par « [ » n'est pas fermée", "ajoutez « ] » à la fin de la liste"),
        ("a = [\n1 2]", 2, 3, "il manque « , » ou « ] » avant « 2 »", "séparez par une virgule"),
        ("a = [\n2021-11-01 # Toussaint\n2021-11-11]", 3, 1, "il manque « , » ou « ] » avant « 2021-11-11 »", "séparez par une virgule"),
        ("a = [1\nlundi]", 2, 1, "il manque « , » ou « ] » avant « lundi »", "séparez par une virgule"),
        ("a = [1}", 1, 7, "il manque « , » ou « ] » avant « } »", "séparez par une virgule"),
        ('a = ["b" "c"]', 1, 10, 'il manque « , » ou « ] » avant « "c" »', "séparez par une virgule"),
        ("a = { b = 1 c = 2 }", 1, 13, "il manque « , » ou « } » avant « c = 2 »", "séparez par une virgule"),
        ("a = {b = 1 # c", 1, 5, "la table ouverte par « { » n'est pas fermée sur sa ligne", "écrivez-la d'un trait, jusqu'à « } »"),
        ("a = {b = 1, , c = 2}", 1, 13, "il manque une clé", "écrivez clé = valeur, ou retirez la virgule"),
        # more than one thing on a line
        ("a = 1 b = 2", 1, 7, "« b = 2 » est en trop sur cette ligne", "passez à la ligne, ou mettez le tout entre guillemets"),
        ('a = "b" c', 1, 9, "« c » est en trop sur cette ligne", 'passez à la ligne ; un guillemet dans un texte s\'écrit \\"'),
        ("a = 'L'école'", 1, 8, "« école' » est en trop sur cette ligne", 'entourez de " un texte qui contient une apostrophe'),
        ("a = [1] 2", 1, 9, "« 2 » est en trop sur cette ligne", "passez à la ligne"),
        ("[a] b = 1", 1, 5, "« b = 1 » est en trop sur cette ligne", "passez à la ligne"),
        # keys
        ("clé = 1", 1, 1, "« clé » n'est pas une clé", "une clé s'écrit sans accent ni espace : cle"),
        ("l’œuvre d'été = 1", 1, 1, "« l’œuvre d'été » n'est pas une clé", "une clé s'écrit sans accent ni espace : l-oeuvre-d-ete"),
        ("a = {premier jour = 1}", 1, 6, "« premier jour » n'est pas une clé", "une clé s'écrit sans accent ni espace : premier-jour"),
        ("@ = 1", 1, 1, "« @ » n'est pas une clé", "une clé s'écrit sans accent ni espace"),
        ("prix 3", 1, 1, "il manque « = » dans « prix 3 »", "écrivez clé = valeur"),
        ("prix: 3", 1, 1, "« prix » est suivi de « : »", "écrivez prix = 3"),
        ("à savoir : 3", 1, 1, "il manque « = » dans « à savoir : 3 »", "écrivez clé = valeur"),
        ("// note", 1, 1, "« // note » n'est pas un commentaire", "un commentaire commence par #"),
        (" = 3", 1, 2, "il n'y a pas de clé avant « = »", "écrivez une clé devant"),
        ("[règle.a b]", 1, 1, "« règle.a b » n'est pas une clé", "une clé s'écrit sans accent ni espace : regle.a-b"),
        ("[regle.x # y\n", 1, 1, "le titre « regle.x » n'est pas fermé", "ajoutez « ] » après le nom"),
        ("[[offre]\n", 1, 1, "le titre « offre » n'est pas fermé", "ajoutez « ]] » après le nom"),
        ("[]", 1, 1, "le titre entre crochets n'a pas de nom", "écrivez un nom entre les crochets"),
        # written twice
        ("prix = 1\n\nprix = [2]", 3, 1, "la clé « prix » est déjà écrite ligne 1", "gardez une seule des deux"),
        ("a = [{b = 1, b = 2}]", 1, 14, "la clé « b » est déjà écrite ligne 1", "gardez une seule des deux"),
        ("[a.b]\n[c]\n[a.b]", 3, 4, "la table « a.b » est déjà ouverte ligne 1", "réunissez les deux, ou donnez un autre code à l'une"),
        ("a = 1\n[a.b]", 2, 2, "« a » est déjà défini autrement ligne 1", "complétez-le là-bas, ou changez l'un des deux noms"),
        ("a.b = 1\n[a]", 2, 2, "« a » est déjà défini autrement ligne 1", "complétez-le là-bas, ou changez l'un des deux noms"),
        ("[a.b]\n[a]\nb.c = 1", 3, 1, "« a.b » est déjà défini autrement ligne 1", "complétez-le là-bas, ou changez l'un des deux noms"),
        ("[a.b]\n[[a]]", 2, 3, "« a » est déjà défini autrement ligne 1", "complétez-le là-bas, ou changez l'un des deux noms"),
        ("[a.b]\n[a]\n[a]", 3, 2, "la table « a » est déjà ouverte ligne 2", "réunissez les deux, ou donnez un autre code à l'une"),
        # characters
        ("a = 1\nb\u00a0= 2", 2, 2, "caractère invisible ou interdit U+00A0", "effacez-le et retapez ce qui l'entoure"),
        ("a = '\x00'", 1, 6, "caractère invisible ou interdit U+0000", "effacez-le et retapez ce qui l'entoure"),
        ("a = 1\rb = 2", 1, 6, "caractère invisible ou interdit U+000D", "effacez-le et retapez ce qui l'entoure"),
        ("# \ud800", 1, 3, "caractère invisible ou interdit U+D800", "effacez-le et retapez ce qui l'entoure"),
        # numbers nobody can use
        ("a = 1\nb = nan", 2, 5, "« nan » n'est pas un nombre admis", "écrivez un nombre ordinaire, comme 12 ou 0.25"),
        ("a = [1.0, {b.c = -inf}]", 1, 18, "« -inf » n'est pas un nombre admis", "écrivez un nombre ordinaire, comme 12 ou 0.25"),
        ("a = 1e999999999999999999999", 1, 5, "« 1e999999999999999999999 » n'est pas un nombre admis", "écrivez un nombre ordinaire, comme 12 ou 0.25"),
        ("a = 9223372036854775808", 1, 5, "« 9223372036854775808 » n'est pas un nombre admis", "écrivez un nombre ordinaire, comme 12 ou 0.25"),
        (f"[{'1' * 700}]\na = 1\nb = {'9' * 5000}", 3, 5, f"« {'9' * 39}… » n'est pas un nombre admis", "écrivez un nombre ordinaire, comme 12 ou 0.25"),
        # too deep
        (f"a = {'[' * 5000}", 1, 25, "le contenu est trop imbriqué", "retirez des niveaux de crochets ou de points"),
        (f"a = {'[' * 21}{']' * 21}", 1, 25, "le contenu est trop imbriqué", "retirez des niveaux de crochets ou de points"),
        (f"\n{'a.' * 50_000}a = 1", 2, 41, "le contenu est trop imbriqué", "retirez des niveaux de crochets ou de points"),
    ),
)  # fmt: skip
def test_a_fault_says_where_what_and_the_way_out(text: str, line: int, column: int, what: str, way_out: str) -> None:
    """Each mistake that people make is named in French, where they made it, with what to write instead."""
    fault = fault_of(text)

    assert (fault.line, fault.column, fault.what, fault.way_out) == (line, column, what, way_out)


def test_a_byte_order_mark_shifts_no_column() -> None:
    """Columns are those that an editor shows, which hides the byte order mark."""
    assert fault_of("\ufeffa = lundi").column == 5


def test_a_full_stack_of_the_caller_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the text is not deep, a RecursionError goes through."""

    def overflow(text: str, *, parse_float: object) -> None:
        raise RecursionError

    monkeypatch.setattr(tomllib, "loads", overflow)

    with pytest.raises(RecursionError):
        read_toml("a = 1")


def test_a_fault_can_be_copied_and_pickled() -> None:
    """A fault crosses a process boundary whole."""
    fault = TomlSyntaxError(3, 8, "quoi", "remède")

    for twin in (copy.copy(fault), pickle.loads(pickle.dumps(fault))):
        assert (str(twin), twin.line, twin.column) == ("ligne 3 : quoi ; remède", 3, 8)
