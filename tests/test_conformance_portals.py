"""Portals that hang, crash, answer garbage, late, too much or out of order: each told as such, and the run ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from clae_rules import ClaeRulesError, load_engine
from clae_rules.testing.conformance import (
    AddressPortal,
    CommandPortal,
    Portal,
    Silence,
    UnansweredError,
    conformance,
    python_portal,
    trials,
)
from clae_rules.testing.conformance.portals import MOST_BYTES, parsed, quoted

ENGINE: Final = load_engine(Path(__file__).parents[1] / "examples/portails/reglement.toml")
CASES: Final = trials(ENGINE, most=6)
FIRST: Final = CASES[0]
#: A program that answers each line by an expression of the case `c` and the rank `n`, as bytes.
LINES: Final = """
import json, os, sys, time
for n, line in enumerate(sys.stdin):
    c = json.loads(line)
    said = json.dumps({"cas": c["cas"], "statut": "allowed"}).encode() + b"\\n"
    out = EXPRESSION
    sys.stdout.buffer.write(out)
    sys.stdout.buffer.flush()
"""


def program(expression: str = "said", seconds: float = 5) -> CommandPortal:
    """A portal that answers what an expression gives."""
    return CommandPortal([sys.executable, "-S", "-E", "-c", LINES.replace("EXPRESSION", expression)], seconds=seconds)


def silence(portal: Portal) -> tuple[Silence, str]:
    """How a portal fails to answer the first case."""
    try:
        with pytest.raises(UnansweredError) as told:
            portal.ask(FIRST)
        return told.value.silence, told.value.detail
    finally:
        portal.close()


@pytest.mark.parametrize(
    ("expression", "expected", "detail"),
    (
        ("b'oui\\n'", Silence.UNREADABLE, "pas du JSON : oui"),
        ("b'\\n'", Silence.UNREADABLE, "pas du JSON"),
        ("b'\\xff\\xfe{}\\n'", Silence.UNREADABLE, "pas de l'UTF-8"),
        ("b'NaN\\n'", Silence.UNREADABLE, "pas du JSON : NaN"),
        ("b'[' * 50000 + b'\\n'", Silence.UNREADABLE, "pas du JSON"),
        ("b'[1]\\n'", Silence.UNREADABLE, "lu"),
        ("b'{}\\n'", Silence.UNREADABLE, "il manque « cas »"),
        ("said.replace(b'allowed', b'yes')", Silence.UNREADABLE, "statut"),
        ("said[:-2] + b', \"prix_cents\": 4.5}\\n'", Silence.UNREADABLE, "prix_cents"),
        ("said[:-2] + b', \"prix_cents\": ' + b'9' * 5000 + b'}\\n'", Silence.UNREADABLE, "pas du JSON"),
        ("said.replace(b'0001', b'0002')", Silence.OTHER_CASE, "réponse au cas 0002"),
        ("b'x' * 10_000_000", Silence.TOO_LONG, "65536 octets"),
        ("sys.exit(7)", Silence.ENDED, "code 7"),
        ("os.abort()", Silence.ENDED, "code -6"),
    ),
)
def test_what_is_no_answer_is_told(expression: str, expected: Silence, detail: str) -> None:
    """Garbage, other encodings, other cases, floods and crashes are each told by their name, with what was seen."""
    found, seen = silence(program(expression))
    assert found is expected
    assert detail in seen
    assert len(seen) < 600


@pytest.mark.parametrize(
    "script",
    (
        "import time; time.sleep(60)",
        "import sys\nwhile True: sys.stdout.write('x' * 100) if 0 else None",
        "import sys, time\nsys.stdin.close()\ntime.sleep(60)",
        "import os, sys, time\nsys.stdout.write('{\"cas\"')\nsys.stdout.flush()\ntime.sleep(60)",
    ),
    ids=("asleep", "busy", "deaf", "half a line"),
)
def test_a_program_that_hangs_is_ended_in_time(script: str) -> None:
    """Asleep, busy, deaf or half way through a line: it is too late once its time is over, and the program is ended."""
    begun = time.monotonic()
    found, _ = silence(CommandPortal([sys.executable, "-S", "-E", "-c", script], seconds=0.3))
    assert found is Silence.LATE
    assert time.monotonic() - begun < 3


@pytest.mark.skipif(os.name != "posix", reason="processes are looked at as POSIX shows them")
def test_what_a_program_started_ends_with_it() -> None:
    """A shell that started the validator is ended with it, though it holds the output open."""
    _, seen = silence(CommandPortal(["sh", "-c", "sleep 60 & echo $!; wait"], seconds=5))
    child = re.search(r"lu « (\d+) »", seen)
    assert child is not None, seen
    until = time.monotonic() + 3
    while alive(int(child[1])):
        assert time.monotonic() < until, "still running"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended may wait to be told of."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()[:1] not in {"", "Z"}


def test_a_program_that_never_reads_holds_nothing_up() -> None:
    """A program that floods its output, and reads nothing, can neither fill memory nor block the run."""
    flood = "import sys\nwhile True:\n    sys.stdout.write('{}\\n')"
    found = conformance(ENGINE, CommandPortal([sys.executable, "-S", "-E", "-c", flood], seconds=10), cases=12)
    assert {one.silence for one in found.silent} == {Silence.UNREADABLE}
    assert (len(found.silent), len(found.left), found.exit_code) == (10, 2, 3)


def test_the_run_goes_on_after_a_failure() -> None:
    """A program that crashes on one case, and hangs on another, is started again and answers the others."""
    crash = "said if c['cas'] != '0003' else sys.exit(1)"
    found = conformance(ENGINE, program(crash), cases=6)
    assert [one.trial.code for one in found.silent] == ["0003"]
    assert len(found.left) == 0
    hang = "said if c['cas'] != '0002' else time.sleep(60)"
    found = conformance(ENGINE, program(hang, seconds=2), cases=6)
    assert [(one.trial.code, one.silence) for one in found.silent] == [("0002", Silence.LATE)]


def test_an_answer_out_of_order_is_that_of_another_case() -> None:
    """Two answers to one case would shift all the others: the next case tells it, and the program is started again."""
    found = conformance(ENGINE, program("said * 2 if n == 0 and c['cas'] == '0001' else said"), cases=6)
    assert [(one.trial.code, one.silence) for one in found.silent] == [("0002", Silence.OTHER_CASE)]


def test_a_slow_program_that_is_in_time_is_no_failure() -> None:
    """Slow is not late."""
    portal = program("(time.sleep(0.05), said)[1]")
    try:
        assert [portal.ask(one).case for one in CASES] == [one.code for one in CASES]
    finally:
        portal.close()


def test_a_program_that_does_not_exist_is_bad_usage() -> None:
    """It is no portal that fails to answer."""
    with pytest.raises(OSError, match="nulle-part"):
        CommandPortal(["nulle-part"], seconds=1).ask(FIRST)


def test_a_python_function_runs_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it prints is no answer; where it hangs it is ended; where it raises, the case is told."""
    (tmp_path / "monportail.py").write_text(
        "import os, sys\n"
        "def fine(case):\n    print('noise')\n    return {'cas': case['cas'], 'statut': 'accepté', 'pid': os.getpid()}\n"
        "def hangs(case):\n    while True: pass\n"
        "def raises(case):\n    raise KeyError('x')\n"
        "def odd(case):\n    return {1, 2}\n"
    )
    monkeypatch.chdir(tmp_path)
    fine = python_portal("monportail:fine", seconds=10)
    assert fine.ask(FIRST).case == "0001"
    fine.close()
    assert silence(python_portal("monportail:hangs", seconds=1))[0] is Silence.LATE
    assert silence(python_portal("monportail:raises", seconds=10))[0] is Silence.ENDED
    assert silence(python_portal("monportail:odd", seconds=10))[0] is Silence.ENDED
    assert silence(python_portal("monportail:missing", seconds=10))[0] is Silence.ENDED


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler, dict[str, str]], None]) -> Iterator[str]:
    """An address that answers each POST by a function."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            answer(self, json.loads(self.rfile.read(length)))

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            # who asked may have stopped listening
            with suppress(OSError):
                super().handle_one_request()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sent(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    """A whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def test_an_address_is_asked_by_post() -> None:
    """Each case is the body of a request, and its answer that of the response."""
    with served(lambda one, case: sent(one, json.dumps({"cas": case["cas"], "statut": "refused"}).encode())) as url:
        found = conformance(ENGINE, AddressPortal(url, seconds=5), cases=10)
    assert (len(found.silent), len(found.left), found.exit_code) == (0, 0, 1)


def dripping(handler: BaseHTTPRequestHandler, case: dict[str, str]) -> None:
    """A byte every twentieth of a second: no single reading is late."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("answer", "expected", "detail"),
    (
        (lambda one, case: sent(one, b"", 500), Silence.UNREADABLE, "statut HTTP 500"),
        (lambda one, case: sent(one, b"<html>"), Silence.UNREADABLE, "pas du JSON"),
        (lambda one, case: sent(one, b"x" * 200_000), Silence.TOO_LONG, "65536"),
        (lambda one, case: sent(one, b'{"cas": "0009", "statut": "allowed"}'), Silence.OTHER_CASE, "0009"),
        (lambda one, case: one.wfile.write(b"garbage\r\n\r\n"), Silence.UNREACHABLE, ""),
        (lambda one, case: time.sleep(1), Silence.LATE, "0.4 s"),
        (dripping, Silence.LATE, "0.4 s"),
    ),
    ids=("error", "html", "huge", "other case", "no HTTP", "hangs", "drips"),
)
def test_what_an_address_answers_amiss_is_told(
    answer: Callable[[BaseHTTPRequestHandler, dict[str, str]], None], expected: Silence, detail: str
) -> None:
    """Errors, pages, floods and silences of a server are told as those of a program are."""
    with served(answer) as url:
        found, seen = silence(AddressPortal(url, seconds=0.4 if expected is Silence.LATE else 10))
    assert found is expected
    assert detail in seen


def test_an_address_that_nothing_listens_to_is_unreachable() -> None:
    """A refused connection is told at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert silence(AddressPortal(f"http://127.0.0.1:{port}/", seconds=2))[0] is Silence.UNREACHABLE


@pytest.mark.parametrize("url", ("file:///etc/hostname", "portail.fr", "ftp://portail.fr"))
def test_only_web_addresses_are_asked(url: str) -> None:
    """A file of this machine is no portal."""
    with pytest.raises(ClaeRulesError, match="http"):
        AddressPortal(url, seconds=1)


def test_what_is_quoted_fits_any_report() -> None:
    """Control characters are left out, and a long text is cut."""
    assert quoted(b"a\x00\x1b[31m\xff") == "a  [31m\\xff"
    assert len(quoted("é" * 1000)) <= 121
    assert parsed(b' {"a": 1} ') == {"a": 1}
    assert MOST_BYTES == 65536
