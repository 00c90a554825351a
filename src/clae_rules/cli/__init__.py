"""The command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise

from ..errors import ClaeRulesError, InvalidValueError, Lang
from ..files.reading import unopened
from . import auditing, conforming, judging, writing
from .frame import app

__all__ = ["auditing", "conforming", "judging", "run", "writing"]


def run(argv: Sequence[str]) -> int:
    """
    Run a command line and return its exit code: 0 allowed, 1 refused, 2 bad input or usage, 3 undecided.

    Never lets a traceback out for bad input.
    """
    lang: Lang = "en" if "--lang=en" in argv or ("--lang", "en") in pairwise(argv) else "fr"
    try:
        app(args=list(argv), prog_name="clae-rules")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except InvalidValueError as bad:
        sys.stderr.write(bad.text(lang) + "\n")
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the answer has stopped reading: nothing more to say
        return 0
    except ClaeRulesError as bad:
        sys.stderr.write(f"clae-rules : {bad}\n")
    except OSError as bad:
        sys.stderr.write(InvalidValueError([unopened(bad)], where=str(bad.filename)).text(lang) + "\n")
    return 2
