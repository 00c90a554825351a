"""The portal of the walk: what its store would keep, what it shows, and what it sends. A framework does it for real."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import famille

from clae_rules import Desk, Facts, History, InvalidValueError, PlanningLook, offers
from clae_rules.adapters.accounts import Account, Step
from clae_rules.adapters.documents import Papers, dossier_facts
from clae_rules.adapters.forms import to_plain
from clae_rules.adapters.households import Child, Household, Profile, household_facts
from clae_rules.adapters.invoices import Invoice, InvoiceAccount
from clae_rules.days import MONTHS, WEEKDAYS
from clae_rules.showing import Shown, text


@dataclass
class Portail:
    """
    What the portal keeps of one family.

    Args:
        folder: Where files to download are written; nowhere where None.
    """

    folder: Path | None = None
    account: Account | None = None
    household: Household = famille.FOYER
    children: dict[str, Child] = field(default_factory=dict)
    papers: Papers = Papers()
    history: History = field(default_factory=History)
    invoices: list[Invoice] = field(default_factory=list)
    payments: dict[str, InvoiceAccount] = field(default_factory=dict)
    mails: int = 0

    def opened(self) -> Account:
        """The account, which the first page opened."""
        if self.account is None:
            raise LookupError("no account yet: section A opens it")
        return self.account

    def desk(self, child: str, now: datetime) -> Desk:
        """A child before the règlement, with what the records and the papers of his household say at an instant."""
        known = household_facts(self.household, self.children.values(), {})
        facts = {code: self._facts(code, one, now) for code, one in known.items()}
        return Desk(famille.ENGINE, facts[child], child, facts)

    def _facts(self, child: str, known: Facts, now: datetime) -> Facts:
        papers = dossier_facts(famille.ENGINE.reglement, self.papers, now=now, child=child, facts=known)
        return known.merged(papers)

    def menu(self, now: datetime) -> None:
        """The blocks of « Mon compte famille »; « Mon planning » opens by a gate of the règlement."""
        known = Desk(famille.ENGINE, dossier_facts(famille.ENGINE.reglement, self.papers, now=now))
        first = offers(known, now=now)[0]
        planning = "ouvert" if first.offered else first.reason()
        blocks = ("Mon profil", "Mon foyer", "Mes enfants", "Transmettre un document", f"Mon planning : {planning}")
        show(f"Mon compte famille, le {now:%d/%m/%Y}", *(f"[ {one} ]" for one in (*blocks, "Mes factures")))

    def look(self, **menu: Any) -> PlanningLook:
        """How « Mon planning » is shown, by the choices of its menu."""
        return PlanningLook(engine=famille.ENGINE, names={one: famille.NAMES[one] for one in self.children}, **menu)

    def keep(self, step: Step) -> None:
        """Keep an account after an event, and send its mail."""
        self.account = step.account
        if step.message is not None:
            self.send(step.message)

    def send(self, mail: EmailMessage) -> None:
        """Show a mail as it is read, and keep it as a file."""
        body = mail.get_body(("plain",)) or mail
        show(f"Mail à {mail['To']} : {mail['Subject']}", *quoted(body.get_content().rstrip()))
        self.mails += 1
        self.file(f"mail-{self.mails:02d}.eml", mail.as_bytes())

    def file(self, name: str, content: bytes) -> None:
        """A file to download."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)


def show(title: str, *lines: object) -> None:
    """A part of a page: its title, then its lines."""
    print(f"\n{title}")
    for line in lines:
        print("\n".join(f"  {one}".rstrip() for one in str(line).splitlines()))


def page(title: str, shown: Shown) -> None:
    """A page of tables."""
    show(title, text(shown))


def quoted(said: str) -> Iterator[str]:
    """A mail, line by line, beside a bar."""
    return (f"| {line}" for line in said.splitlines())


def faults(error: InvalidValueError) -> Iterator[str]:
    """What a form says of what was filled in wrong, all at once."""
    return (f"! {line}" for line in str(error).splitlines())


def form(record: Child | Household | Profile, *, without: Iterable[str] = ()) -> Iterator[str]:
    """A record as the page « visualiser » has it: what is filled in, by the paths of its form."""
    left_out = tuple(without)
    for path, value in _leaves(to_plain(record), ()):
        if path[0] not in left_out:
            yield f"{' > '.join(path)} : {value}"


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in {"forme", "version", "code"}:
                yield from _leaves(one, (*path, key))
    elif isinstance(value, list):
        if value and not isinstance(value[0], dict):
            yield path, ", ".join(map(str, value))
    elif isinstance(value, bool):
        yield path, "oui" if value else "non"
    elif value not in {None, ""}:
        yield path, str(value)


def day_words(day: date) -> str:
    """« Lundi 06 Septembre 2021 », as the page of a day is headed."""
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day:%d} {MONTHS[day.month - 1].capitalize()} {day.year}"
