"""S4.2 to S4.4: what is due of a small relevé, where each slot has a price of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from .s1_answers import Plain, many, plain_words
from .s2_places import all_slots, expand, hours_of, kind_of, on, open_periodes, open_slots, weekday_of
from .s3_deadlines import Spot, governing
from .s5_who import meets
from .s10_prices import Pricing, cents_of, half_up

Booked = tuple[str, date, str]


class UndecidedError(Exception):
    """S1.5: nobody knows what is due."""


@dataclass(frozen=True)
class Due:
    """
    A relevé before a règlement.

    Args:
        releve: In its normal JSON form.
    """

    reglement: Plain
    releve: Plain

    def total(self) -> int | None:
        """What is due in all, in cents; None where a part of it is not known."""
        try:
            return sum(self.booked(*one) for one in self.bookings) + sum(self.found(*one) for one in self.presents)
        except UndecidedError:
            return None

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where the hours of the règlement are read."""
        return ZoneInfo(self.reglement["reglement"]["fuseau"])

    @cached_property
    def instant(self) -> datetime:
        """When the relevé is drawn up."""
        return datetime.fromisoformat(self.releve["releve"]["instant"])

    @cached_property
    def bookings(self) -> list[Booked]:
        """What was booked, by date then display order."""
        return self._spots("reserve")

    @cached_property
    def presents(self) -> list[Booked]:
        """Where the children were, by date then display order."""
        return self._spots("present")

    def _spots(self, section: str) -> list[Booked]:
        order = all_slots(self.reglement)
        found = [
            (child, date.fromisoformat(day), one if isinstance(one, str) else one["creneau"])
            for child, days in self.releve.get(section, {}).items()
            for day, slots in days.items()
            for one in slots
        ]
        return sorted(found, key=lambda one: (one[1], order.index(one[2]), one[0]))

    def noted(self, slot: str) -> bool:
        """Whether attendance is noted of a slot."""
        return slot in expand(self.reglement, self.releve["releve"].get("pointes", []))

    def over(self, day: date) -> bool:
        """S10.7: whether a day is over when the relevé is drawn up."""
        return day < self.instant.astimezone(self.zone).date()

    def price(self, day: date, slot: str) -> int:
        """S10: the price of one slot of a date, in the normal variant."""
        found = Pricing(self.reglement, day, {}).total({slot: "normal"})
        if found is None:
            raise UndecidedError(slot)
        return found

    def cancelled(self, child: str, day: date, slot: str) -> tuple[bool, Plain]:
        """S3.6: whether a family gave a slot back, and the phase in which it did; none where that was too late."""
        for act in self.releve.get("annule", []):
            slots = expand(self.reglement, act.get("creneaux") or all_slots(self.reglement))
            if act["enfant"] == child and day.isoformat() in many(act["dates"]) and slot in slots:
                spot = Spot(self.reglement, day, slot, open_slots(self.reglement, day)[slot])
                plan = governing(spot, "annuler", {})
                live = None if plan is None else plan.live(datetime.fromisoformat(act["instant"]))
                return True, live or {}
        return False, {}

    def booked(self, child: str, day: date, slot: str) -> int:
        """S4.3: what becomes of a booking, the first that holds."""
        price = self.price(day, slot)
        asked, phase = self.cancelled(child, day, slot)
        if phase:
            return part(phase["a_payer"], price)
        if (child, day, slot) in self.presents:
            return price
        if event := self.event(child, day, slot):
            return part(event["a_payer"], price)
        episode = self.episode(child, day, slot)
        excused = None if episode is None else self.excused(episode, child, day)
        if excused is not None:
            return part(excused, price)
        if asked:
            constats = self.constats("annulé hors délai", day, slot)
            return self.lapse("annulé hors délai", child, day, slot) if constats else price
        if self.over(day) and (episode is not None or self.noted(slot)):
            return self.lapse("absent sans annuler", child, day, slot)
        return price

    def event(self, child: str, day: date, slot: str) -> Plain | None:
        """S4.4: the rule of an event of the service that cancels a slot for a child."""
        for one in self.releve.get("evenement", []):
            slots = expand(self.reglement, one.get("creneaux") or all_slots(self.reglement))
            mine = child in (many(one.get("enfants")) or [child]) and slot in slots
            if mine and one["du"] <= day.isoformat() <= one["au"]:
                (rule,) = (
                    rule for rule in self.reglement["evenement"].values() if one["motif"] in many(rule["motifs"])
                )
                return dict(rule)
        return None

    def episode(self, child: str, day: date, slot: str) -> Plain | None:
        """S4.4: the absence that was told of a slot."""
        for one in self.releve.get("absence", []):
            slots = expand(self.reglement, one.get("creneaux") or all_slots(self.reglement))
            if one["enfant"] == child and slot in slots and one["du"] <= day.isoformat() <= one["au"]:
                return dict(one)
        return None

    def missed(self, episode: Plain) -> list[tuple[date, str]]:
        """S4.4: what a child missed of what was booked: not given back in time, not attended, not cancelled for all."""
        return [
            (day, slot)
            for child, day, slot in self.bookings
            if self.episode(child, day, slot) == episode
            and not self.cancelled(child, day, slot)[1]
            and (child, day, slot) not in self.presents
            and not self.event(child, day, slot)
        ]

    def excused(self, episode: Plain, child: str, day: date) -> str | None:
        """S4.4: what a rule of absences leaves due of a day that was missed; None where it excuses nothing."""
        rules = [
            one
            for one in self.reglement.get("absence", {}).values()
            if episode.get("motif") in many(one["motifs"]) and self.long_enough(one, episode)
        ]
        for rule in rules:
            for phase in rule.get("phases") or [rule]:
                answers = [self.in_time(phase, episode, name) for name in ("signale", "justifie")]
                if False in answers:
                    continue
                if None in answers:
                    raise UndecidedError(child)
                return "tout" if self.waits(phase, episode, day) else str(phase["a_payer"])
        return None

    def long_enough(self, rule: Plain, episode: Plain) -> bool:
        """S4.4: a threshold of consecutive days of a calendar, of what was told."""
        if "au_moins" not in rule:
            return True
        found = re.fullmatch(r"(\d+) jours? (\w+) consecutifs", plain_words(rule["au_moins"]))
        assert found is not None
        return len([day for day in span(episode) if self.counts(found[2], day)]) >= int(found[1])

    def counts(self, calendar: str, day: date) -> bool:
        """S3.2: whether a calendar holds a day."""
        if calendar == "calendaires":
            return True
        if calendar == "ouvres":
            return day.weekday() < 5 and kind_of(self.reglement, day) != "férié"
        taught = next(iter(self.reglement["etablissement"].values()))["jours_ecole"]
        return kind_of(self.reglement, day) == "ordinaire" and weekday_of(self.reglement, day) in taught

    def in_time(self, phase: Plain, episode: Plain, name: str) -> bool | None:
        """S4.4: whether an absence was reported, or proved, in time; unknown while it still may be."""
        said = plain_words(phase.get(name, ""))
        if not said:
            return True
        given = datetime.fromisoformat(episode[name]) if name in episode else None
        if said == "sans limite":
            return given is not None
        limit = self.limit(said, episode)
        if given is not None:
            return given < limit
        return None if self.instant < limit else False

    def limit(self, said: str, episode: Plain) -> datetime:
        """S4.4: a limit counted from the start of an absence."""
        start = self.start(episode)
        if found := re.fullmatch(r"le debut de l'absence, avant (\d\d:\d\d)", said):
            return datetime.combine(start.date(), time.fromisoformat(found[1]), self.zone)
        if found := re.fullmatch(r"(\d+) heures calendaires apres le debut de l'absence", said):
            return start + timedelta(hours=int(found[1]))
        found = re.fullmatch(r"(\d+) jours calendaires apres le debut de l'absence, jusqu'a 24:00", said)
        assert found is not None
        return datetime.combine(start.date() + timedelta(days=int(found[1]) + 1), time(0), self.zone)

    def start(self, episode: Plain) -> datetime:
        """S4.4: the start of the first slot missed, 00:00 where it has no times."""
        day, slot = self.missed(episode)[0]
        hours = hours_of(self.reglement, slot)
        minutes = 0 if hours is None else hours[0]
        return datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)

    def waits(self, phase: Plain, episode: Plain, day: date) -> bool:
        """S4.4: whether a day missed is one of those that stay due whole; before the report all are."""
        said = plain_words(phase.get("jours_dus", ""))
        if not said:
            return False
        found = re.fullmatch(r"(\d+) jours? (\w+) depuis le (debut de l'absence|signalement)", said)
        assert found is not None
        first = self.start(episode).date()
        if found[3] == "signalement":
            first = datetime.fromisoformat(episode["signale"]).astimezone(self.zone).date()
        if found[2].startswith("reserve"):
            days = sorted({
                other
                for child, other, slot in self.bookings
                if child == episode["enfant"] and first <= other
                and not self.cancelled(child, other, slot)[1] and not self.event(child, other, slot)
            })  # fmt: skip
        else:
            days = [
                other
                for other in span({**episode, "du": first.isoformat(), "au": "2027-08-31"})
                if self.counts(found[2], other)
            ]
        last = days[: int(found[1])]
        return day < first or day in last

    def found(self, child: str, day: date, slot: str) -> int:
        """S4.3: what a presence adds: there without booking, picked up late."""
        total = 0
        held = (child, day, slot) in self.bookings and not self.cancelled(child, day, slot)[1]
        if not held:
            total += self.lapse("présent sans réservation", child, day, slot)
        return total + self.late(child, day, slot)

    def minutes(self, rule: Plain, child: str, day: date, slot: str) -> int:
        """S4.3: how many minutes after the hour of a rule a child was picked up."""
        for one in self.releve["present"][child][day.isoformat()]:
            if not isinstance(one, str) and one["creneau"] == slot and "depart" in one:
                hour, minute = map(int, one["depart"].split(":"))
                after = rule.get("apres", "la fin du créneau")
                hours = hours_of(self.reglement, slot)
                assert hours is not None
                end = hours[1] if plain_words(after).startswith("la fin") else int(after[:2]) * 60 + int(after[3:])
                return max(0, hour * 60 + minute - end)
        return 0

    def late(self, child: str, day: date, slot: str) -> int:
        """S4.3: a late pick-up: a price, one for each started slice, or one by its minutes."""
        rules = [one for one in self.constats("repris en retard", day, slot) if self.minutes(one, child, day, slot)]
        chosen = narrowest([one for one in rules if self.ranked(one, child, day, slot)])
        if not chosen:
            return 0
        if len(chosen) > 1:
            raise UndecidedError(child)
        (rule,) = chosen
        minutes = self.minutes(rule, child, day, slot)
        if "paliers" in rule:
            return int(cents_of(next(one for bound, one in rule["paliers"].items() if meets(bound, minutes))))
        started = int(rule.get("tranche_minutes", minutes))
        return int(cents_of(rule["prix"])) * ((minutes + started - 1) // started)

    def constats(self, fact: str, day: date, slot: str) -> list[Plain]:
        """S4.3: the rules of a lapse that speak of a slot on a date."""
        return [
            one
            for one in self.reglement.get("constat", {}).values()
            if one["fait"] == fact
            and slot in expand(self.reglement, one.get("creneaux") or all_slots(self.reglement))
            and on(self.reglement, one.get("quand", {}), day, open_periodes(self.reglement, day))
        ]

    def lapses(self, fact: str) -> Iterator[Booked]:
        """S4.3: every lapse of a kind, in order."""
        if fact == "présent sans réservation":
            for one in self.presents:
                if one not in self.bookings or self.cancelled(*one)[1]:
                    yield one
        elif fact == "repris en retard":
            yield from self.presents
        else:
            for one in self.bookings:
                if self.kind(*one) == fact:
                    yield one

    def kind(self, child: str, day: date, slot: str) -> str:
        """S4.3: which lapse a booking is, if any."""
        asked, phase = self.cancelled(child, day, slot)
        if phase or (child, day, slot) in self.presents or self.event(child, day, slot):
            return ""
        episode = self.episode(child, day, slot)
        if episode is not None and self.excused(episode, child, day) is not None:
            return ""
        if asked:
            return "annulé hors délai"
        return "absent sans annuler" if self.over(day) and (episode is not None or self.noted(slot)) else ""

    def ranked(self, rule: Plain, child: str, day: date, slot: str) -> bool:
        """S4.3: whether a lapse is one of those of the month that a rule counts."""
        if "unites" not in rule:
            return True
        rank = 0
        for who, other, one in self.lapses(rule["fait"]):
            if who == child and rule in self.constats(rule["fait"], other, one):
                late = rule["fait"] == "repris en retard"
                rank += 1 if not late or self.minutes(rule, who, other, one) else 0
                if (other, one) == (day, slot):
                    return meets(rule["unites"], rank) is True
        return False

    def lapse(self, fact: str, child: str, day: date, slot: str) -> int:
        """S4.3: what a lapse costs; a rule that counts wins where it speaks, then the narrower one; else undecided."""
        rules, price = self.constats(fact, day, slot), self.price(day, slot)
        adding = [one for one in rules if "plus" in one or "fois" in one]
        setting = [one for one in rules if one not in adding]
        chosen = narrowest([one for one in setting if self.ranked(one, child, day, slot)])
        if not rules or len(chosen) > 1 or (not chosen and not adding):
            raise UndecidedError(fact)
        acting = [one for one in adding if self.ranked(one, child, day, slot)]
        if any("fois" in one for one in acting) and len(acting) + len(chosen) > 1:
            raise UndecidedError(fact)
        if chosen and chosen[0].get("refus"):
            return 0
        total = self.set_amount(chosen[0], price) if chosen else price
        for one in acting:
            total = (
                total + int(cents_of(one["plus"])) if "plus" in one else half_up(price * Fraction(str(one["fois"])), 1)
            )
        return total

    def set_amount(self, rule: Plain, price: int) -> int:
        """S4.3: the amount that a rule sets."""
        if "prix" in rule:
            return int(cents_of(rule["prix"]))
        return price if "au_tarif" in rule else part(rule["a_payer"], price)


def narrowest(rules: list[Plain]) -> list[Plain]:
    """S4.3, S3.5: the rule that counts wins where it speaks, then the narrower one."""
    counting = [one for one in rules if "unites" in one] or rules
    return [one for one in counting if one.get("creneaux")] or counting


def span(episode: Plain) -> list[date]:
    """Every day from the first to the last that an absence tells."""
    first, last = date.fromisoformat(episode["du"]), date.fromisoformat(episode["au"])
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def part(said: Any, price: int) -> int:
    """S4.2: the part of a price that stays due: none, all, a share, a fixed amount due or given back."""
    words = plain_words(str(said))
    if words in {"rien", "tout"}:
        return 0 if words == "rien" else price
    amount, unit = words.split()
    if unit == "%":
        return half_up(price * Fraction(amount) / 100, 1)
    cents = int(cents_of(amount))
    return min(price, cents) if unit == "dus" else max(0, price - cents)
