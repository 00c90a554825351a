"""
The notebooks of the examples: run in a fresh kernel, and kept without anything of the machine that ran them.

`python -m tests.notebooks` runs each again and keeps its outputs.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
NOTEBOOKS: Final = ROOT / "examples" / "notebooks"
#: What is kept of a run: a kernel of any Python will do.
METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path: Path) -> Any:
    """A notebook as it is kept."""
    return import_module("nbformat").read(path, as_version=4)


def executed(path: Path, folder: Path = NOTEBOOKS) -> Any:
    """A notebook run from its first cell in a fresh kernel, with the sources of this tree; the first error is raised."""
    notebook, where = read(path), {"metadata": {"path": str(folder)}}
    client = import_module("nbclient").NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where)
    client.execute(env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": ""})
    return kept(notebook)


def kept(notebook: Any) -> Any:
    """A notebook without what depends on the machine and the hour: times, warnings of libraries, versions."""
    notebook.metadata.clear()
    notebook.metadata.update(METADATA)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id, cell.metadata = f"cellule-{number}", {}
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    return notebook


def renew() -> None:
    """Run every notebook again and keep its outputs."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        import_module("nbformat").write(executed(path), path)


if __name__ == "__main__":
    renew()
