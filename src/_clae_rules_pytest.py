"""
The pytest plugin of clae_rules: vector files are run as tests, each case one item.

It stands outside the package so that pytest loads nothing of the library before a vector file is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from clae_rules.testing import Question, Vector

PATTERNS: Final = ("*.vectors.toml", "*.vectors.json")
OPTION: Final = "clae_rules_vectors"


class Hooks:
    """What a portal may answer itself, in its conftest.py."""

    @pytest.hookspec(firstresult=True)
    def pytest_clae_rules_answer(self, question: Question) -> Mapping[str, Any] | None:
        """
        What a portal answers to a question, under the keys of a vector file; None leaves it to the engine.

        Args:
            question: The règlement and the demande as plain data, what is asked, of which date, and when.
        """


class DifferentAnswerError(AssertionError):
    """An answer that is not the expected one."""


class VectorFile(pytest.File):
    """A vector file."""

    def collect(self) -> Iterator[VectorCase]:
        """Each of its cases; a file that cannot be read is one error, which names all its faults."""
        from clae_rules.testing import InvalidVectorsError, read_vectors

        try:
            vectors = read_vectors(self.path)
        except (InvalidVectorsError, UnicodeDecodeError) as bad:
            raise self.CollectError(str(bad)) from bad
        for one in vectors:
            yield VectorCase.from_parent(self, name=f"reponse-{one.number}", vector=one)


class VectorCase(pytest.Item):
    """One question of a vector file."""

    def __init__(self, *, vector: Vector, **more: Any) -> None:
        super().__init__(**more)
        self.vector = vector

    def runtest(self) -> None:
        """Ask the portal, or the engine, and compare."""
        found = self.vector.differences(self.ihook.pytest_clae_rules_answer(question=self.vector.question))
        if found:
            raise DifferentAnswerError("\n".join(found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The question in a sentence, then what differs, or why it cannot be answered; no traceback of ours."""
        from clae_rules import ClaeRulesError

        if isinstance(excinfo.value, DifferentAnswerError | ClaeRulesError):
            said = "\n".join(f"  {line}" for line in str(excinfo.value).splitlines())
            return f"{self.path.name}, réponse {self.vector.number} : {self.vector.said}\n{said}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The file, and the question in a sentence."""
        return self.path, None, f"{self.name} : {self.vector.said}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The names of vector files."""
    said = f"names of vector files, besides {' and '.join(PATTERNS)}"
    parser.addini(OPTION, said, type="args", default=[])


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """What a portal may answer itself."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> VectorFile | None:
    """A vector file, by its name."""
    patterns = (*PATTERNS, *parent.config.getini(OPTION))
    if any(fnmatch(file_path.name, one) for one in patterns):
        return VectorFile.from_parent(parent, path=file_path)
    return None


@pytest.hookimpl(trylast=True)
def pytest_clae_rules_answer(question: Question) -> Mapping[str, Any]:
    """What the engine answers, where no portal does."""
    from clae_rules.testing import answer

    return answer(question)
