"""A planning as an HTML fragment that says in words what it shows: states, initials and neighbouring months (S12.2)."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from .days import MONTHS, WEEKDAYS
from .planning import PlanningDay, PlanningEntry, PlanningPage, ordinal, week_title


def planning_html(page: PlanningPage) -> str:
    """
    A month or a week as a fragment of a page, in French: a table with a caption, a row a week, a column a weekday.

    It needs no script and no style: « + x en plus » opens by itself, and colour says nothing that words do not. The
    portal styles it by its classes, and links `page.previous` and `page.next`.

    Args:
        page: The month or the week.

    Returns:
        The fragment, every name escaped.
    """
    heads = "".join(f'<th scope="col">{name.capitalize()}</th>' for name in WEEKDAYS)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(week_title(week[0].day))}</th>{"".join(map(_day, week))}</tr>'
        for week in page.weeks
    )
    kind = "semaine" if page.by_week else "mois"
    lines = [
        f'<section lang="fr" class="planning planning-{kind}">',
        "<table>",
        f"<caption>{escape(page.heading())}</caption>",
        f'<thead><tr><th scope="col">Semaine</th>{heads}</tr></thead>',
        f"<tbody>\n{rows}\n</tbody>",
        "</table>",
    ]
    if page.legend:
        lines.append(f'<p class="enfants">{escape(page.legend_text)}</p>')
    return "\n".join([*lines, "</section>"])


def _day(one: PlanningDay) -> str:
    """A cell: its day, with the month where it is another one, then its entries."""
    month = f" {MONTHS[one.day.month - 1]}" if one.neighbour or one.day.day == 1 else ""
    other = ' class="autre-mois"' if one.neighbour else ""
    head = f'<time datetime="{one.day.isoformat()}">{ordinal(one.day)}{month}</time>'
    more = ""
    if one.hidden:
        more = f"<details><summary>{escape(one.more())}</summary>{_list(one.hidden)}</details>"
    return f"<td{other}>{head}{_list(one.shown)}{more}</td>"


def _list(entries: Iterable[PlanningEntry]) -> str:
    items = "".join(map(_entry, entries))
    return f"<ul>{items}</ul>" if items else ""


def _entry(one: PlanningEntry) -> str:
    """An entry: the check of what is validated, told as words too; what is not is told in words alone."""
    state = escape(one.state.value)
    check = f'<span class="etat" role="img" aria-label="{state}">{one.state.sign}</span> ' if one.state.sign else ""
    words = "" if one.state.sign else f' <em class="etat">{state}</em>'
    times = f' <span class="horaire">({escape(one.times)})</span>' if one.times else ""
    child = f'<abbr title="{escape(one.name)}">{escape(one.initial)}</abbr>'
    return f"<li>{check}{escape(one.label)}{times} {child}{words}</li>"
