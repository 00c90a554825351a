"""Laws of pieces and dossiers, for all that Hypothesis can think of (S6.4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

pytest.importorskip("hypothesis")
pytest.importorskip("attrs")

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.papers import DATED, JPEG, PDF, PNG, REGLEMENT, at, sent

from clae_rules import Facts, InvalidValueError
from clae_rules.adapters.documents import Papers, SentFile, accept, dossier_facts, received, refuse, transmit, validate
from clae_rules.pieces import Term, Validity, levels, parse_validity

VALIDITIES = st.one_of(
    st.sampled_from([Validity(one) for one in Term if one is not Term.MONTHS]),
    st.integers(1, 240).map(lambda months: Validity(Term.MONTHS, months)),
)
CODES = ("domicile", "vaccins", "assurance", "pai")
KNOWN = Facts.of(pai=True)
NOW = at(30, 20)
WORDS = {code: levels(kind) for code, kind in REGLEMENT.facts}
FIRST, LAST = REGLEMENT.days.first_day, REGLEMENT.days.last_day


@given(VALIDITIES)
def test_a_validity_is_read_back_as_written(validity: Validity) -> None:
    """The French phrase of a validity is what the reader takes; English names the same."""
    assert parse_validity(validity.describe()) == validity
    assert validity.describe("en")


@given(VALIDITIES, st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_a_piece_covers_the_day_that_dates_it(validity: Validity, dated: date) -> None:
    """Whatever ends it, a piece is good on the date that was read on it, and never ends before."""
    first, last = validity.days(dated)
    assert first is None or first <= dated
    assert last is None or dated <= last
    assert (last is None) is (validity.needs is None)


#: What becomes of each piece: not sent, pending, refused, accepted.
FATES = st.fixed_dictionaries({code: st.sampled_from(("rien", "en attente", "refusée", "acceptée")) for code in CODES})


def papers_of(fates: dict[str, str], order: tuple[str, ...] = CODES) -> Papers:
    """Papers in which each piece has its fate, one sent after the other."""
    found = Papers()
    for n, code in enumerate(order, 1):
        if fates[code] != "rien":
            found = transmit(REGLEMENT, found, sent(code, code, at(n, 8)))
        if fates[code] == "refusée":
            found = refuse(found, code, at=at(n), by="agent", reason="illisible")
        elif fates[code] == "acceptée":
            found = accept(REGLEMENT, found, code, at=at(n), by="agent", dated=DATED.get(code))
    return found


def level(facts: Facts, dossier: str, day: date) -> int:
    """How far a dossier is on a day."""
    return WORDS[dossier].index(facts.at(dossier, day))


DAYS = st.dates(FIRST, LAST)


@given(FATES, DAYS)
@settings(max_examples=20)
def test_accepting_a_piece_never_makes_a_dossier_less_complete(fates: dict[str, str], day: date) -> None:
    """Whatever else was sent, on whatever day: one more accepted piece takes nothing away, and names nothing more."""
    before = dossier_facts(REGLEMENT, papers_of(fates), now=NOW, child="lea", facts=KNOWN)
    for code in CODES:
        more = papers_of({**fates, code: "acceptée"})
        after = dossier_facts(REGLEMENT, more, now=NOW, child="lea", facts=KNOWN)
        for dossier in ("foyer", "enfant"):
            assert level(after, dossier, day) >= level(before, dossier, day)
            assert len(after.missing(dossier, day)) <= len(before.missing(dossier, day))


@given(FATES, st.permutations(CODES))
@settings(max_examples=40)
def test_the_order_in_which_pieces_are_sent_does_not_matter(fates: dict[str, str], order: list[str]) -> None:
    """Dossiers depend on what was made of each piece, not on which came first."""
    one, other = papers_of(fates), papers_of(fates, tuple(order))
    assert dossier_facts(REGLEMENT, one, now=NOW, child="lea", facts=KNOWN) == dossier_facts(
        REGLEMENT, other, now=NOW, child="lea", facts=KNOWN
    )


@given(FATES, DAYS)
@settings(max_examples=40)
def test_a_dossier_is_complete_on_the_days_that_every_piece_covers(fates: dict[str, str], day: date) -> None:
    """Against the plain reading: each required piece accepted, and good on that day by its own validity."""
    facts = dossier_facts(REGLEMENT, papers_of(fates), now=NOW, child="lea", facts=KNOWN)
    for dossier in ("foyer", "enfant"):
        good = []
        for piece in REGLEMENT.pieces:
            if piece.dossier == dossier and piece.required:
                first, last = piece.validity.days(DATED.get(piece.code))
                covers = (first or day) <= day <= (last or day)
                good.append(fates[piece.code] == "acceptée" and covers)
        assert (facts.at(dossier, day) != "incomplet") is all(good)
        assert (facts.missing(dossier, day) == ()) is all(good)


@given(FATES, st.integers(1, 30))
@settings(max_examples=40)
def test_what_comes_later_is_not_yet_known(fates: dict[str, str], day: int) -> None:
    """At an instant the dossiers are those of the papers as they were then, whatever was added since."""
    now, whole = at(day), papers_of(fates)
    then = Papers(
        documents=tuple(
            one.changed(reviews=tuple(r for r in one.reviews if r.at <= now))
            for one in whole.documents
            if one.sent_at <= now
        )
    )
    known = dossier_facts(REGLEMENT, whole, now=now, child="lea", facts=KNOWN)
    assert known == dossier_facts(REGLEMENT, then, now=now, child="lea", facts=KNOWN)


@given(FATES)
@settings(max_examples=40)
def test_only_a_complete_dossier_is_validated(fates: dict[str, str]) -> None:
    """An agent validates the household's dossier when nothing is missing from it, and is told what is otherwise."""
    papers = papers_of(fates)
    if fates["domicile"] == "acceptée":
        papers = validate(REGLEMENT, papers, "foyer", at=NOW, by="agent")
        facts = dossier_facts(REGLEMENT, papers, now=NOW + timedelta(seconds=1))
        assert facts.at("foyer", date(2026, 9, 30)) == "valide"
    else:
        with pytest.raises(InvalidValueError, match="incomplet ; il manque « justificatif de domicile"):
            validate(REGLEMENT, papers, "foyer", at=NOW, by="agent")


def judged(name: str, content: bytes) -> SentFile | str:
    """A file as it was received, or why it is refused."""
    try:
        return received(name, content)
    except InvalidValueError as error:
        return str(error)


@given(st.binary(max_size=400), st.sampled_from((b"", b"%PDF-1.4\n", b"\xff\xd8\xff", PNG[:8], PNG[:33], JPEG[:30])))
def test_no_bytes_break_the_judge_of_contents(tail: bytes, head: bytes) -> None:
    """Any bytes after any beginning are taken or refused in a sentence, never a crash."""
    for name in ("a.pdf", "a.jpg", "a.png"):
        found = judged(name, head + tail)
        assert found if isinstance(found, str) else found.is_of(head + tail)


@pytest.mark.parametrize(("name", "whole"), (("a.pdf", PDF), ("a.jpg", JPEG), ("a.png", PNG)))
def test_a_file_that_was_cut_is_refused_wherever_it_was(name: str, whole: bytes) -> None:
    """A transmission that stops before the last mark of the file is never taken for the whole."""
    assert received(name, whole).size_bytes == len(whole)
    ends = len(whole.rstrip(b"\n"))
    for cut in range(ends):
        with pytest.raises(InvalidValueError):
            received(name, whole[:cut])


@given(st.text(max_size=60), st.sampled_from((".pdf", ".png", ".jpeg", "")))
def test_a_name_that_is_taken_is_safe_to_show(stem: str, ending: str) -> None:
    """Whatever is taken has no path, no control, nothing invisible, and ends like what it holds."""
    content = {".pdf": PDF, ".png": PNG, ".jpeg": JPEG, "": PDF}[ending]
    found = judged(stem + ending, content)
    if isinstance(found, str):
        assert len(stem) < 10 or stem not in found
        return
    name = found.name
    assert not set(name) & set('/\\<>:"|?*\0')
    assert name.isprintable() or any(one.isspace() for one in name)
    assert name.strip(". ") == name
