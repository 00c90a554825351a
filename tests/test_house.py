"""
The house rules, proved by reading the sources.

Each rule is a function from a source to its findings, `module:line: what`. It is held against every source of
the package, and against small sources that break it.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "src" / "clae_rules"

#: What stands on each floor, the lowest first: modules directly in the package, and folders.
HOUSE: Final = (
    ("errors", "showing", "money", "described", "shapes", "bounds", "days", "formulas", "kinds"),
    (
        "variants",
        "slots",
        "facts",
        "selectors",
        "holdings",
        "violations",
        "rules",
        "refusals",
        "patterns",
        "windows",
        "moments",
        "monthly",
        "steps",
        "ambiguities",
        "limits",
        "dues",
        "durations",
        "grids",
        "prices",
        "charges",
    ),
    (
        "publications",
        "phases",
        "deadlines",
        "constraints",
        "counts",
        "alternatives",
        "gates",
        "pieces",
        "pricing",
        "tariffs",
        "modifiers",
        "counters",
        "counter_checks",
        "price_rules",
        "price_checks",
        "unit_prices",
        "cells",
        "constats",
        "absences",
        "subscriptions",
    ),
    ("published", "reglement", "reglement_checks", "references", "closures"),
    ("engine", "epochs", "desk", "desk_days", "watch", "stretches"),
    (
        "oversights",
        "notices",
        "oversights",
        "breaches",
        "blocks",
        "day_verdicts",
        "verdicts",
        "booking",
        "offers",
        "repairs",
        "window_repairs",
        "boxes",
        "recopie",
        "tills",
        "books",
        "lots",
        "charging",
        "costs",
        "price_doubts",
        "losses",
        "items",
        "recapitulatif",
        "closing",
        "unknown_prices",
        "subscribing",
        "leaving",
        "prepayments",
        *("events", "history", "dossiers", "recording", "stages", "cancelling", "planning", "planning_pages"),
        "attendance",
        "statements",
        "fates",
        "lapses",
        "owing",
        "unbilled",
        "billing",
        "releves",
        "files",
        "rendering",
    ),
    ("__init__",),
    ("audit", "adapters", "testing"),
    ("cli", "__main__"),
)
FLOORS: Final = {room: floor for floor, rooms in enumerate(HOUSE) for room in rooms}
#: Modules that stand beside the engine, by the beginning of their name.
BESIDE_THE_ENGINE: Final = ("day", "soundness")

NEVER_IN_THE_CORE: Final = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "os.environ",
        "os.getenv",
        "print",
    }
)
MUTABLE: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

# Written so that this very file holds none of them.
SHARED: Final = re.compile(r"\.\./shared")
MACHINE_PATH: Final = re.compile(r"(?<![\w.:/-])/(?:home|root|work|Users|tmp|opt|mnt|var|usr)/|\b[A-Z]:\\\\?Users")
SILENCED: Final = re.compile(r"# no[q]a|# type[:] ignore|pragma[:] no cover|\bTO[D]O\b|\bFIX[M]E\b")


@dataclass(frozen=True)
class Source:
    """One module: its name in the package (`days`, `files.toml_scan`, `__init__`) and its text."""

    name: str
    text: str
    is_package: bool = False

    @classmethod
    def at(cls, path: Path) -> "Source":
        """The module at *path*, below the package."""
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package and len(parts) > 1 else parts)
        return cls(name, path.read_text("utf-8"), is_package)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.name)

    @property
    def room(self) -> str:
        """The module directly in the package, or the folder, that the floors are about."""
        return self.name.partition(".")[0]

    @property
    def is_core(self) -> bool:
        """Whether the module must run with the standard library alone."""
        return self.room in {"files", "rendering"} or (not self.is_folder and self.room not in {"cli", "__main__"})

    @property
    def is_folder(self) -> bool:
        """Whether the module stands in a folder of the package."""
        return "." in self.name or (self.is_package and self.name != "__init__")

    def finding(self, node: ast.AST, what: str) -> str:
        """*what*, after the place where it stands."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}: {what}"


SOURCES: Final = tuple(Source.at(path) for path in sorted(PACKAGE.rglob("*.py")))
MODULES: Final = frozenset(source.name for source in SOURCES)


def floor_of(room: str) -> int | None:
    """The floor of a module or folder, None when nobody gave it one."""
    if room in FLOORS:
        return FLOORS[room]
    return FLOORS["engine"] if room.startswith(BESIDE_THE_ENGINE) else None


def imports(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement that imports, with the full name it imports: `clae_rules.days.Span`, `re`."""
    inside = [] if source.name == "__init__" else source.name.split(".")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = node.level - source.is_package if inside else 0
            home = ["clae_rules", *inside[: len(inside) - up]] if node.level else []
            prefix = ".".join([*home, *filter(None, [node.module])])
            yield from ((node, f"{prefix}.{alias.name}") for alias in node.names)


def neighbours(source: Source, modules: frozenset[str] = MODULES) -> Iterator[tuple[ast.stmt, str]]:
    """The modules of the package that *source* imports, by their name in the package."""
    for node, name in imports(source):
        top, _, rest = name.partition(".")
        if top != "clae_rules":
            continue
        candidates = [rest, rest.rpartition(".")[0]]
        yield node, next((c for c in candidates if c and c in modules), rest.partition(".")[0] or "__init__")


def dotted_names(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every name that is used or imported, the last two parts of dotted ones: `datetime.now`, `print`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name):
            yield node, node.id
        elif isinstance(node, ast.Attribute):
            yield node, ".".join(ast.unparse(node).split(".")[-2:])
    for statement, name in imports(source):
        yield statement, ".".join(name.split(".")[-2:])


def foreign_imports(source: Source) -> Iterator[str]:
    """The core imports the standard library and itself, nothing else."""
    for node, name in imports(source):
        top = name.partition(".")[0]
        if source.is_core and top != "clae_rules" and top not in sys.stdlib_module_names:
            yield source.finding(node, f"the core imports {top}")


def climbing_imports(source: Source) -> Iterator[str]:
    """A module imports from lower floors, or from its own."""
    own = floor_of(source.room)
    if own is None:
        yield f"{source.name}: stands on no floor; give {source.room!r} one in HOUSE"
        return
    for node, name in neighbours(source):
        floor = floor_of(name.partition(".")[0])
        if floor is not None and floor > own:
            yield source.finding(node, f"floor {own} imports {name}, floor {floor}")


def befriended_adapters(source: Source) -> Iterator[str]:
    """An adapter stands alone: it imports no other, only a private helper."""
    for node, name in imports(source):
        if source.name.startswith("adapters.") and re.match(r"clae_rules\.adapters\.[^_]", name):
            yield source.finding(node, f"an adapter imports the adapter {name}")


def ambient_state(source: Source) -> Iterator[str]:
    """The core reads no clock and no environment, prints, opens and logs nothing, writes no global."""
    if not source.is_core:
        return
    banned = NEVER_IN_THE_CORE if source.room == "files" else NEVER_IN_THE_CORE | {"open"}
    for node, name in dotted_names(source):
        if name in banned:
            yield source.finding(node, f"the core uses {name}")
    for statement, name in imports(source):
        if name.partition(".")[0] == "logging":
            yield source.finding(statement, "the core logs")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield source.finding(node, "the core writes to a global")


def mutable_module_state(source: Source) -> Iterator[str]:
    """A module of the core binds no list, dict or set to a name of its own, `__all__` excepted."""
    for node in source.tree.body if source.is_core else ():
        if isinstance(node, ast.Assign):
            names = [ast.unparse(target) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            names = [ast.unparse(node.target)]
        else:
            continue
        made = node.value
        built = isinstance(made, ast.Call) and ast.unparse(made.func) in {"list", "dict", "set", "bytearray"}
        if (isinstance(made, MUTABLE) or built) and names != ["__all__"]:
            yield source.finding(node, f"{names[0]} is mutable; wrap it in MappingProxyType, tuple or frozenset")


def floating_money(source: Source) -> Iterator[str]:
    """Money and prices never pass through a binary float."""
    if not source.room.startswith(("money", "pricing")):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "float":
            yield source.finding(node, "money is made a float")
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield source.finding(node, f"{node.value} is a float")
        annotation = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if isinstance(annotation, ast.AST) and re.search(r"\bfloat\b", ast.unparse(annotation)):
            yield source.finding(node, "money is declared a float")


@cache
def classes_of(family: tuple[Source, ...]) -> Mapping[str, ast.ClassDef]:
    """Every class of some sources, by name."""
    return {node.name: node for s in family for node in ast.walk(s.tree) if isinstance(node, ast.ClassDef)}


def undocumented(source: Source, family: tuple[Source, ...] = SOURCES) -> Iterator[str]:
    """Every public class, function and method says in a sentence what it is, or its base class does."""
    classes = classes_of(family)

    def inherited(cls: ast.ClassDef, name: str) -> bool:
        bases = [classes[base.id] for base in map(_bare, cls.bases) if base and base.id in classes]
        return any(_documents(base, name) or (base is not cls and inherited(base, name)) for base in bases)

    def visit(body: list[ast.stmt], cls: ast.ClassDef | None) -> Iterator[str]:
        for node in body:
            if not isinstance(node, DEFINITIONS) or node.name.startswith("_") or _is_exempt(node):
                continue
            if not ast.get_docstring(node) and not (cls and inherited(cls, node.name)):
                yield source.finding(node, f"{node.name} has no docstring")
            if isinstance(node, ast.ClassDef):
                yield from visit(node.body, node)

    yield from visit(source.tree.body, None)


def _bare(base: ast.expr) -> ast.Name | None:
    """The name of a base class, without its parameters."""
    base = base.value if isinstance(base, ast.Subscript) else base
    return base if isinstance(base, ast.Name) else None


def _documents(cls: ast.ClassDef, name: str) -> bool:
    """Whether *cls* itself describes its method *name*."""
    return any(isinstance(node, DEFINITIONS) and node.name == name and ast.get_docstring(node) for node in cls.body)


def _is_exempt(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether *node* is one signature of several, or a property's setter: described elsewhere."""
    return any(re.search(r"\boverload$|\.setter$", ast.unparse(mark)) for mark in node.decorator_list)


RULES: Final = (
    foreign_imports,
    climbing_imports,
    befriended_adapters,
    ambient_state,
    mutable_module_state,
    floating_money,
    undocumented,
)


@pytest.mark.parametrize("rule", RULES)
def test_every_source_keeps_the_rule(rule: Callable[[Source], Iterator[str]]) -> None:
    """Every module of the package keeps every rule of the house."""
    assert list(chain.from_iterable(map(rule, SOURCES))) == []


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    (
        (foreign_imports, "days", "import holidays"),
        (foreign_imports, "files.reader", "from attrs import define"),
        (foreign_imports, "days", "def f():\n    import dateutil.rrule"),
        (climbing_imports, "days", "from .engine import Engine"),
        (climbing_imports, "days", "from . import engine"),
        (climbing_imports, "booking", "import clae_rules"),
        (climbing_imports, "files.reader", "from .. import cli"),
        (climbing_imports, "daytype", "from clae_rules.booking import book"),
        (befriended_adapters, "adapters.ics", "from .calendars import public_holidays"),
        (climbing_imports, "unheard_of", ""),
        (ambient_state, "days", "import datetime\nx = datetime.datetime.now()"),
        (ambient_state, "days", "from datetime import date\nx = date.today()"),
        (ambient_state, "engine", "from time import time"),
        (ambient_state, "engine", "from os import environ"),
        (ambient_state, "engine", "import logging.handlers"),
        (ambient_state, "engine", "f = lambda x: print(x)"),
        (ambient_state, "engine", "f = open('x')"),
        (ambient_state, "files.reader", "print('x')"),
        (ambient_state, "engine", "def f():\n    global n\n    n = 1"),
        (mutable_module_state, "days", "seen = []"),
        (mutable_module_state, "days", "seen: Final = {1: 2}"),
        (mutable_module_state, "files.reader", "seen = {n for n in range(3)}"),
        (mutable_module_state, "days", "seen = dict()"),
        (floating_money, "money", "x = float('1.5')"),
        (floating_money, "pricing", "rate = 0.5"),
        (floating_money, "pricing", "def f(x: float | None): ..."),
        (floating_money, "pricing_scale", "def f() -> float: ..."),
        (undocumented, "days", "def f(): ..."),
        (undocumented, "adapters.ics", "class C:\n    '''One.'''\n    def f(self): ..."),
    ),
)
def test_a_source_that_breaks_the_rule_is_found(rule: Callable[[Source], Iterator[str]], name: str, text: str) -> None:
    """A rule of the house finds what breaks it, exactly once, and names the module."""
    (finding,) = rule(Source(name, text))

    assert finding.startswith(f"{name}:")


@pytest.mark.parametrize(
    ("name", "text"),
    (
        ("adapters.calendars", "import holidays\nfrom clae_rules import days\nfrom ._missing import hint"),
        ("cli", "import typer\nprint('x')"),
        ("files.reader", "from ..days import Span\nfrom .lines import lines\nx = open('y')"),
        ("days", "from datetime import time\n__all__ = ['x']\nX = MappingProxyType({})\nY = frozenset({1})"),
        ("slots", "class B(Generic[T]):\n    '''One.'''\n    def f(self):\n        '''Two.'''"),
        ("booking", "class A:\n    '''One.'''\n    @overload\n    def f(self): ...\n    def _g(self): ..."),
    ),
)
def test_a_source_that_keeps_the_rules_is_left_alone(name: str, text: str) -> None:
    """What the house allows is not held against a module."""
    assert [finding for rule in RULES for finding in rule(Source(name, text))] == []


def test_a_method_may_be_described_by_its_base_class() -> None:
    """A method that overrides a described one needs no words of its own."""
    base = Source("shapes", "class B:\n    '''One.'''\n    def f(self):\n        '''Two.'''")
    heir = Source("days", "class C(B[int]):\n    '''Three.'''\n    def f(self): ...")

    assert list(undocumented(heir, (base, heir))) == []


def test_no_two_modules_import_each_other() -> None:
    """Imports inside the package, those for annotations included, make no circle."""
    graph = {source.name: {name for _, name in neighbours(source) if name != source.name} for source in SOURCES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_every_test_states_its_rule() -> None:
    """Every test has a docstring, and so tells which rule it proves."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}"
        for folder in ("tests", "benchmarks")
        for path in sorted((ROOT / folder).rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert silent == []


def _texts() -> Iterator[Path]:
    """What a person writes and commits: sources, tests, documents, examples, settings."""
    yield from (p for p in ROOT.iterdir() if p.suffix in {".py", ".md", ".toml"})
    yield ROOT / ".ci" / "run"
    for folder in ("src", "tests", "docs", "examples", "benchmarks"):
        yield from (
            p for p in (ROOT / folder).rglob("*") if p.suffix in {".py", ".md", ".toml", ".json", ".ipynb", ".sh"}
        )


def test_the_project_names_no_place_outside_itself() -> None:
    """Nothing points to a folder beside the project or to a path of one machine."""
    outside = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if not line.startswith("#!") and (SHARED.search(line) or MACHINE_PATH.search(line))
    ]

    assert outside == []


def test_nothing_is_silenced_or_left_for_later() -> None:
    """No source silences a tool line by line, and none holds a promise in place of code."""
    silenced = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _texts()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if SILENCED.search(line)
    ]

    assert silenced == []


@pytest.mark.parametrize(
    "line", ("see ../" + "shared/x", "/" + "home/me/x", "open('/" + "tmp/x')", "C:" + r"\Users\me")
)
def test_a_place_outside_the_project_is_recognized(line: str) -> None:
    """A neighbouring folder and the paths of one machine are told from addresses and relative paths."""
    assert SHARED.search(line) or MACHINE_PATH.search(line)
    assert not MACHINE_PATH.search("https://portail.fr/home/x, src/tmp/x, /usr")


def test_importing_the_package_loads_the_standard_library_only() -> None:
    """`import clae_rules` loads no third-party module, whatever is installed."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules); import clae_rules; "
        "print(*{m.partition('.')[0] for m in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    run = [sys.executable, "-I", "-c", code, str(PACKAGE.parent)]
    loaded = subprocess.run(run, capture_output=True, text=True, check=True).stdout

    # the standard library's zoneinfo asks sysconfig, whose data module is named after the machine
    assert [name for name in loaded.split() if not name.startswith("_sysconfigdata")] == ["clae_rules"]


def test_the_package_depends_on_nothing() -> None:
    """The package has no dependency, and every extra but the collections is one purpose."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["dependencies"] == []
    assert set(project["optional-dependencies"]) >= {
        "cli",
        "records",
        "calendars",
        "testing",
        "tzdata",
        "all",
        "dev",
    }


def test_the_version_is_stated_once_for_all() -> None:
    """The version in the package is the version that is published."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    facade = (PACKAGE / "__init__.py").read_text("utf-8")

    assert re.findall(r'^__version__(?:: \w+)? = "(.*)"', facade, re.MULTILINE) == [project["version"]]
