"""Measure the hot paths: `python benchmarks/run.py`, or `--json FILE` for the figures as data."""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    import_module("benchmarks.measures").main(ROOT, sys.argv[1:])
