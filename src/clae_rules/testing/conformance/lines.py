"""
A Python validator as a program that answers lines: `python -m clae_rules.testing.conformance.lines module:function`.

What the function prints goes to the error stream, so that it cannot be taken for an answer.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def serve(function: Callable[[dict[str, Any]], Any]) -> None:
    """
    Answer a case a line, from standard input to standard output, until it ends.

    Args:
        function: From a case to its answer, both as JSON types.
    """
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii", newline="\n") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for line in sys.stdin.buffer:
            out.write(json.dumps(function(json.loads(line))) + "\n")
            out.flush()


def function_of(target: str) -> Callable[[dict[str, Any]], Any]:
    """
    The function that `module:function` names.

    Raises:
        ImportError: If there is no such module.
        AttributeError: If it has no such function.
    """
    module, _, name = target.partition(":")
    found: Callable[[dict[str, Any]], Any] = getattr(import_module(module), name)
    return found


if __name__ == "__main__":
    serve(function_of(sys.argv[1]))
