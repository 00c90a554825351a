"""`python -m clae_rules` and the `clae-rules` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say what to install."""
    try:
        from importlib import import_module

        import_module("typer")
    except ImportError:
        sys.stderr.write("clae-rules : la ligne de commande demande typer et rich ; pip install 'clae-rules[cli]'\n")
        raise SystemExit(2) from None
    from .cli import run

    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
