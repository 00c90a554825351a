"""How a portal is asked, as a program, an address or a Python function; and how it may fail to answer."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from time import monotonic
from typing import IO, Any, Final, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

from ...errors import ClaeRulesError, InvalidValueError
from .trials import Answer, Trial, read_answer

#: A longer answer is none: a case is answered in some hundred bytes.
MOST_BYTES: Final = 64 * 1024
#: What is quoted of an answer that cannot be read, in characters.
MOST_QUOTED: Final = 120
#: Answers that wait to be read before a portal is no longer listened to.
MOST_WAITING: Final = 16


class Silence(Enum):
    """How a portal failed to answer."""

    LATE = "trop tard"
    ENDED = "terminé"
    UNREACHABLE = "injoignable"
    UNREADABLE = "illisible"
    TOO_LONG = "trop long"
    OTHER_CASE = "autre cas"


class UnansweredError(ClaeRulesError):
    """
    A case to which a portal gave no answer that can be read.

    Args:
        silence: How it failed.
        detail: What was seen, on one line.
    """

    def __init__(self, silence: Silence, detail: str) -> None:
        super().__init__(f"{silence.value} : {detail}")
        self.silence, self.detail = silence, detail


class Portal(Protocol):
    """A validator under test."""

    def ask(self, trial: Trial) -> Answer:
        """
        Its answer to a case.

        Raises:
            UnansweredError: If it gives none that can be read, in time.
        """

    def close(self) -> None:
        """Let go of what it holds."""


class FunctionPortal:
    """
    A validator called in this very process: quickest, but nothing stops it where it hangs.

    Args:
        function: From a case to its answer, both as JSON types.
    """

    def __init__(self, function: Callable[[dict[str, Any]], Any]) -> None:
        self._function = function

    def ask(self, trial: Trial) -> Answer:
        """Its answer to a case."""
        try:
            told = self._function(trial.plain())
        except Exception as error:
            raise UnansweredError(Silence.ENDED, quoted(f"{type(error).__name__}: {error}")) from error
        return understood(trial, told)

    def close(self) -> None:
        """Nothing is held."""


class CommandPortal:
    """
    A program that reads a case a line on its input and writes an answer a line on its output, in order.

    It is asked one case at a time; where it fails to answer it is ended, and started again for the next.

    Args:
        command: The program and its arguments.
        seconds: How long it may take over a case, its start included.
        env: Its environment; this process's where None.
    """

    def __init__(self, command: Sequence[str], *, seconds: float, env: dict[str, str] | None = None) -> None:
        self._command, self._seconds, self._env = tuple(command), seconds, env
        self._running: _Running | None = None

    def ask(self, trial: Trial) -> Answer:
        """
        Its answer to a case.

        Raises:
            UnansweredError: If it gives none that can be read, in time.
            OSError: If the program cannot be started.
        """
        running = self._running = self._running or _Running(self._command, self._env)
        try:
            line = running.ask(json.dumps(trial.plain(), ensure_ascii=True), self._seconds)
            return understood(trial, parsed(line))
        except UnansweredError:
            self.close()
            raise

    def close(self) -> None:
        """End the program."""
        if self._running is not None:
            self._running.end()
            self._running = None


class _Running:
    """One process, with a thread that writes to it and one that reads it, so that neither can hold up the run."""

    def __init__(self, command: Sequence[str], env: dict[str, str] | None) -> None:
        # a session of its own, so that what the program starts ends with it
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, start_new_session=True
        )  # fmt: skip
        self._asked: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for work, stream in ((self._write, self._process.stdin), (self._read, self._process.stdout)):
            threading.Thread(target=work, args=(stream,), daemon=True).start()

    def ask(self, line: str, seconds: float) -> bytes:
        self._asked.put(line.encode() + b"\n")
        try:
            found = self._told.get(timeout=seconds)
        except queue.Empty:
            raise UnansweredError(Silence.LATE, f"pas de réponse en {seconds:g} s") from None
        if len(found) > MOST_BYTES:
            raise UnansweredError(Silence.TOO_LONG, f"plus de {MOST_BYTES} octets sans fin de ligne")
        if not found:
            raise UnansweredError(Silence.ENDED, self._ending())
        return found

    def _ending(self) -> str:
        try:
            return f"le programme s'est arrêté, code {self._process.wait(timeout=1)}"
        except subprocess.TimeoutExpired:
            return "le programme a fermé sa sortie"

    def _write(self, stream: IO[bytes]) -> None:
        with suppress(OSError), stream:  # it no longer reads: that it answers nothing will tell
            while (line := self._asked.get()) is not None:
                stream.write(line)
                stream.flush()

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            while self._told.qsize() < MOST_WAITING:
                line = stream.readline(MOST_BYTES + 1)
                self._told.put(line)
                if not line or len(line) > MOST_BYTES:
                    return

    def end(self) -> None:
        self._asked.put(None)
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()


def python_portal(target: str, *, seconds: float) -> CommandPortal:
    """
    A Python function `module:function`, called in a process of its own, which can be ended where it hangs.

    Args:
        target: The function, from a case to its answer, both as JSON types.
        seconds: How long it may take over a case, the import of its module included.
    """
    # run as a file, since importing this package would take a second of the first case
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *filter(None, sys.path)])}
    lines = str(Path(__file__).with_name("lines.py"))
    return CommandPortal([sys.executable, "-P", lines, target], seconds=seconds, env=env)


class AddressPortal:
    """
    An address to which each case is posted as JSON, and which answers as JSON.

    Args:
        url: `http://` or `https://`.
        seconds: How long it may take over a case.
    """

    def __init__(self, url: str, *, seconds: float) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ClaeRulesError(f"--url : lu « {url} » ; il faut une adresse http:// ou https://")
        self._url, self._seconds = url, seconds
        self._opener = build_opener()

    def ask(self, trial: Trial) -> Answer:
        """Its answer to a case."""
        told: queue.SimpleQueue[bytes | UnansweredError] = queue.SimpleQueue()
        body = json.dumps(trial.plain(), ensure_ascii=True).encode()
        # a thread, since a server that answers a byte at a time never exceeds the limit of one reading
        threading.Thread(target=lambda: told.put(self._posted(body)), daemon=True).start()
        try:
            found = told.get(timeout=self._seconds)
        except queue.Empty:
            raise UnansweredError(Silence.LATE, f"pas de réponse en {self._seconds:g} s") from None
        if isinstance(found, UnansweredError):
            raise found
        if len(found) > MOST_BYTES:
            raise UnansweredError(Silence.TOO_LONG, f"plus de {MOST_BYTES} octets")
        return understood(trial, parsed(found))

    def _posted(self, body: bytes) -> bytes | UnansweredError:
        request = Request(self._url, body, {"Content-Type": "application/json", "Accept": "application/json"})
        try:
            with self._opener.open(request, timeout=self._seconds) as response:
                return self._read(response)
        except HTTPError as error:
            error.close()
            return UnansweredError(Silence.UNREADABLE, f"statut HTTP {error.code}")
        except (OSError, HTTPException, ValueError) as error:
            if isinstance(getattr(error, "reason", error), TimeoutError):
                return UnansweredError(Silence.LATE, f"pas de réponse en {self._seconds:g} s")
            return UnansweredError(Silence.UNREACHABLE, quoted(f"{type(error).__name__}: {error}"))

    def _read(self, response: HTTPResponse) -> bytes:
        """The body, up to what is too long; what is late is no longer waited for."""
        until, found = monotonic() + self._seconds, b""
        while len(found) <= MOST_BYTES and monotonic() < until:
            more = response.read1(MOST_BYTES)
            if not more:
                break
            found += more
        return found

    def close(self) -> None:
        """Nothing is held between two cases."""


def parsed(line: bytes) -> Any:
    """
    The JSON value of an answer.

    Raises:
        UnansweredError: If it is not JSON in UTF-8, one value on one line.
    """
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise UnansweredError(Silence.UNREADABLE, f"pas de l'UTF-8 : {quoted(line)}") from None
    except (ValueError, RecursionError):
        raise UnansweredError(Silence.UNREADABLE, f"pas du JSON : {quoted(line)}") from None


def _no_constant(word: str) -> None:
    raise ValueError(word)


def understood(trial: Trial, told: Any) -> Answer:
    """
    What a portal told, as the answer to a case.

    Raises:
        UnansweredError: If it is no answer, or that of another case.
    """
    try:
        answer = read_answer(told)
    except InvalidValueError as error:
        raise UnansweredError(Silence.UNREADABLE, quoted("; ".join(fault.text() for fault in error.faults))) from None
    if answer.case != trial.code:
        raise UnansweredError(Silence.OTHER_CASE, f"réponse au cas {quoted(answer.case)}, on demandait {trial.code}")
    return answer


def quoted(seen: str | bytes) -> str:
    """The beginning of what was seen, on one line that any report can hold."""
    text = seen if isinstance(seen, str) else seen[: 4 * MOST_QUOTED].decode("utf-8", "backslashreplace")
    shown = "".join(one if one.isprintable() else " " for one in text[: MOST_QUOTED + 1])
    return shown.strip() if len(shown) <= MOST_QUOTED else f"{shown[:MOST_QUOTED].strip()}…"
