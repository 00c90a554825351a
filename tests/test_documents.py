"""What a family transmits, what the service says of it, and the gates that its dossiers open (guide B.3, B.4; S6.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

pytest.importorskip("attrs")
pytest.importorskip("cattrs")

from tests.papers import DATED, ENGINE, FILE, JPEG, PDF, PIECES, PNG, REGLEMENT, at, chunk, given, segment, sent
from tests.small import engine

from clae_rules import Desk, Facts, InvalidValueError, Status, boxes, check_day, offers
from clae_rules.adapters.documents import (
    Document,
    DossierStep,
    FileKind,
    Papers,
    Review,
    SentFile,
    Service,
    Standing,
    Step,
    Verdict,
    accept,
    dossier_facts,
    dossiers,
    recall,
    received,
    refuse,
    reopen,
    review_message,
    transmit,
    validate,
)
from clae_rules.adapters.forms import from_plain, to_plain
from clae_rules.facts import Dated

NO_PAI = Facts.of(pai=False)
SERVICE = Service(
    name="Guichet Unique", email="guichet@exemple.fr", phone="04 50 96 69 00", portal="https://portail.exemple.fr"
)


def why(name: Any, content: Any, most_bytes: int = 5_000_000) -> str:
    """Why a file is refused, in French; English says as much."""
    with pytest.raises(InvalidValueError) as caught:
        received(name, content, most_bytes=most_bytes)
    assert all(one.text("en") for one in caught.value.faults)
    return str(caught.value)


# ---- A file, by its name


@pytest.mark.parametrize(
    "name",
    (
        "scan.pdf",
        "Attestation d'assurance 2026-2027.PDF",
        "justificatif (domicile) – été.pdf",
        "1er.avis.imposition.pdf",
        "œuvre & cie, n° 3; 50% payé.pdf",
        "証明書.pdf",
        "e\u0301tat.pdf",
        "a" * 116 + ".pdf",
    ),
)
def test_names_that_families_give_are_taken(name: str) -> None:
    """Accents, spaces, apostrophes, dots and any alphabet; accents are kept composed."""
    assert received(name, PDF).name == name.replace("e\u0301", "é")


@pytest.mark.parametrize(
    ("name", "what"),
    (
        ("../../etc/passwd.pdf", "sans chemin"),
        ("..\\secret.pdf", "sans chemin"),
        ("C:\\scan.pdf", "sans chemin"),
        ("scan.pdf\0.exe.pdf", "invisible"),
        ("scan\r\nSet-Cookie: a=b.pdf", "invisible"),
        ("facture\u202efdp.exe.pdf", "invisible"),
        ("facture\u2066.pdf", "invisible"),
        ("fac\u200bture.pdf", "invisible"),
        ("fac\ufeffture.pdf", "invisible"),
        ("fac\ud800ture.pdf", "invisible"),
        ("fac\u2028ture.pdf", "invisible"),
        ("a\uff0fb.pdf", "sans chemin"),
        ("a\u2215b.pdf", "sans chemin"),
        ("a\u29f5b.pdf", "sans chemin"),
        ("a%2e%2e%2fb.pdf", "sans chemin"),
        ("<script>alert(1)<script>.pdf", "signe réservé"),
        ("scan.pdf:flux.pdf", "signe réservé"),
        ('a" onload="b.pdf', "signe réservé"),
        ("`id`.pdf", "signe réservé"),
        (".pdf", "point"),
        (".htaccess.pdf", "point"),
        ("\u2025pdf.pdf", "point"),
        (" scan.pdf", "espace"),
        ("scan.pdf ", "espace"),
        ("scan.pdf.", "point"),
        ("CON.pdf", "appareil"),
        ("nul.tout.pdf", "appareil"),
        ("com1.pdf", "appareil"),
        ("LPT\u00b9.pdf", "appareil"),
        ("", "1 à 120"),
        ("a" * 117 + ".pdf", "1 à 120"),
        pytest.param("a" * 1_000_000 + ".pdf", "1 à 120", id="endless"),
        ("scan", "finissant par"),
        ("scan.pdf.exe", "finissant par"),
        ("scan.svg", "finissant par"),
        ("scan.html", "finissant par"),
        ("scanpdf", "finissant par"),
    ),
)
def test_names_that_could_harm_are_refused(name: str, what: str) -> None:
    """A path, a control, what turns the text round or is not seen, a device, another ending: and it is not repeated."""
    said = why(name, PDF)
    assert what in said
    assert len(said) < 600
    assert said.isprintable()


@pytest.mark.parametrize("name", (None, 3, b"scan.pdf"))
def test_a_name_that_is_no_text_is_refused(name: str) -> None:
    """Whatever a framework hands over."""
    assert "1 à 120" in why(name, PDF)


# ---- A file, by its content


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    (
        ("a.pdf", PDF, FileKind.PDF),
        ("a.PDF", PDF + b"\0" * 900, FileKind.PDF),
        ("a.jpg", JPEG, FileKind.JPEG),
        ("a.JPEG", JPEG + b"\0\0\0\x18ftypmp42", FileKind.JPEG),
        ("a.jpg", b"\xff\xd8\xff" + JPEG[2:], FileKind.JPEG),
        ("a.png", PNG, FileKind.PNG),
    ),
)
def test_the_kind_is_read_in_the_content(name: str, content: bytes, kind: FileKind) -> None:
    """The kind, the size and the hash are of the content; what a telephone adds to a photo is left alone."""
    file = received(name, content)
    assert (file.kind, file.size_bytes, file.sha256) == (kind, len(content), sha256(content).hexdigest())
    assert file.is_of(content)
    assert not file.is_of(content + b"\0")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    (
        ("a.pdf", b"", "vide"),
        ("a.pdf", b"\0" * 1000, "ni un PDF"),
        ("a.pdf", b"%PD", "ni un PDF"),
        ("a.pdf", b"%PDF-", "ni un PDF"),
        ("a.pdf", b"%PDF-9.9\n" + PDF[9:], "ni un PDF"),
        ("a.pdf", b"<script>1</script>" + PDF, "ni un PDF"),
        ("a.pdf", b"\xef\xbb\xbf" + PDF, "ni un PDF"),
        ("a.pdf", PDF + b"\0" * 1100, "coupé ou abîmé"),
        ("a.pdf", b"%PDF-1.4\n%%EOF", "coupé ou abîmé"),
        ("a.png", PNG + b"PK\3\4", "coupé ou abîmé"),
        ("a.png", PNG[:-1] + b"\0", "coupé ou abîmé"),
        ("a.png", PNG[:8] + chunk(b"IEND"), "coupé ou abîmé"),
        ("a.png", PNG[:33] + chunk(b"IEND"), "coupé ou abîmé"),
        ("a.png", PNG[:8] + chunk(b"IHDR", b"\0" * 14) + PNG[33:], "coupé ou abîmé"),
        ("a.jpg", b"\xff\xd8" + segment(0x01, b"") + JPEG[2:], "coupé ou abîmé"),
        ("a.png", PNG[:8] + b"\xff\xff\xff\xff" + PNG[12:], "coupé ou abîmé"),
        ("a.jpg", b"\xff\xd8\xff<?php system($_GET[0]);", "coupé ou abîmé"),
        ("a.jpg", b"\xff\xd8" + segment(0xE0, b"JFIF") + b"\xff\xd9", "coupé ou abîmé"),
        ("a.jpg", b"\xff\xd8" + segment(0xDA, b"") + b"\xff\xd9", "coupé ou abîmé"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\0" + JPEG[2:], "coupé ou abîmé"),
        pytest.param("a.jpg", b"\xff\xd8" + segment(0xE0, b"") * 1_000_000 + JPEG[2:], "abîmé", id="segments"),
        pytest.param("a.png", PNG[:33] + chunk(b"tEXt") * 300_000 + PNG[33:], "abîmé", id="chunks"),
        ("a.jpg", b"GIF89a" + JPEG, "ni un PDF"),
        ("a.png", b"<svg onload=alert(1)>", "ni un PDF"),
        ("a.pdf", b"MZ\x90\0", "ni un PDF"),
        ("a.pdf", JPEG, "le contenu est un JPEG, le nom dit autre chose"),
        ("a.jpg", PNG, "renommez-le en .png"),
        ("a.png", PDF, "renommez-le en .pdf"),
    ),
)
def test_contents_that_are_not_what_they_say_are_refused(name: str, content: bytes, what: str) -> None:
    """Empty, cut, of another kind, hidden behind the first bytes of one, or named as another."""
    assert what in why(name, content)


def test_a_huge_file_is_refused_with_its_size_and_the_bound() -> None:
    """The bound is the caller's, five million bytes unless said; both are told, the size never rounded down to it."""
    huge = PDF[:9] + b"\0" * 5_000_000 + PDF[9:]
    assert why("a.pdf", huge).startswith("content : le fichier fait 5,1 Mo ; il faut 5 Mo au plus")
    assert received("a.pdf", huge, most_bytes=6_000_000).size_bytes == len(huge)
    assert "fait 70 octets ; il faut 69 octets" in why("a.pdf", PDF, most_bytes=69)
    assert received("a.pdf", PDF, most_bytes=70).size_bytes == 70


def test_every_fault_of_a_file_is_told_at_once() -> None:
    """The name, the size and the kind, in one answer."""
    said = why("../a.exe", b"MZ" * 50, most_bytes=50).splitlines()
    assert [one.split(" : ")[0] for one in said] == ["name", "content", "content"]
    bare = why("a.pdf", bytearray(PDF))
    assert bare == "content : il faut des octets (bytes)"


def test_a_record_of_a_file_holds_nothing_of_it() -> None:
    """Its name is in no repr, its content nowhere; one read back with a wrong name or hash is refused."""
    assert "scan" not in repr(sent("d1", "vaccins", at(1)))
    with pytest.raises(InvalidValueError, match="le contenu est un PNG"):
        SentFile(name="scan.pdf", kind=FileKind.PNG, size_bytes=3, sha256="0" * 64)
    wrong: dict[str, Any] = {"name": "a/b.pdf", "kind": "text/html", "size_bytes": 0, "sha256": "ABC"}
    with pytest.raises(InvalidValueError) as caught:
        SentFile(**wrong)
    assert [one.path for one in caught.value.faults] == [("name",), ("kind",), ("size_bytes",), ("sha256",)]
    assert "a/b" not in str(caught.value)


# ---- Transmitting and reviewing


def refusal(action: object) -> str:
    """Why a step is refused."""
    assert callable(action)
    with pytest.raises(InvalidValueError) as caught:
        action()
    assert all(one.text("en") for one in caught.value.faults)
    return str(caught.value)


@pytest.mark.parametrize(
    ("document", "what"),
    (
        (sent("d1", "vacins", at(1)), "pièce inconnue : « vacins » ; vouliez-vous dire « vaccins » ?"),
        (sent("d1", "vaccins", at(1), None), "child : cette pièce est d'un enfant ; dites lequel"),
        (sent("d1", "domicile", at(1)).changed(child="lea"), "child : cette pièce est du foyer"),
    ),
)
def test_a_document_of_no_piece_is_refused(document: Document, what: str) -> None:
    """A transmission is of a piece that the règlement requires, of the child or household that it is asked of."""
    assert what in refusal(lambda: transmit(REGLEMENT, Papers(), document))


def test_a_number_is_given_once_and_the_clock_never_goes_back() -> None:
    """One number, one document; a piece sent before the one that it would replace is refused, at the same moment not."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "vaccins", at(2)))
    assert "numéro déjà donné" in refusal(lambda: transmit(REGLEMENT, papers, sent("d1", "assurance", at(3))))
    early = refusal(lambda: transmit(REGLEMENT, papers, sent("d2", "vaccins", at(1))))
    assert early.startswith("documents[1] : lu « 2026-09-01T09:00:00+00:00 » ; il faut un instant qui suit")
    assert len(transmit(REGLEMENT, papers, sent("d2", "vaccins", at(2))).documents) == 2
    assert len(transmit(REGLEMENT, papers, sent("d2", "vaccins", at(1), "tom")).documents) == 2


@dataclass(frozen=True)
class Case:
    """Steps on one document, the last of which cannot be."""

    steps: tuple[Verdict, ...]
    what: str


@pytest.mark.parametrize(
    "case",
    (
        Case((Verdict.ACCEPTED, Verdict.ACCEPTED), "la pièce est acceptée, elle ne peut pas être acceptée"),
        Case((Verdict.ACCEPTED, Verdict.REFUSED), "la pièce est acceptée, elle ne peut pas être refusée"),
        Case((Verdict.REFUSED, Verdict.ACCEPTED), "demandez une nouvelle transmission"),
        Case((Verdict.REFUSED, Verdict.REFUSED), "la pièce est refusée, elle ne peut pas être refusée"),
        Case((Verdict.REFUSED, Verdict.RECALLED), "la pièce est refusée, elle ne peut pas être rappelée"),
        Case((Verdict.RECALLED,), "la pièce est en attente ; acceptez-la ou refusez-la d'abord"),
        Case((Verdict.ACCEPTED, Verdict.RECALLED, Verdict.ACCEPTED), "la pièce est rappelée"),
    ),
    ids=lambda case: "-".join(one.name for one in case.steps),
)
def test_a_document_is_reviewed_once(case: Case) -> None:
    """Pending, then accepted or refused; an acceptance may be recalled; nothing else, and nothing twice."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "vaccins", at(1)))

    def step(papers: Papers, verdict: Verdict, day: int) -> Papers:
        if verdict is Verdict.ACCEPTED:
            return accept(REGLEMENT, papers, "d1", at=at(day), by="agent")
        return {Verdict.REFUSED: refuse, Verdict.RECALLED: recall}[verdict](
            papers, "d1", at=at(day), by="agent", reason="erreur"
        )

    for n, verdict in enumerate(case.steps[:-1], 2):
        papers = step(papers, verdict, n)
    said = refusal(lambda: step(papers, case.steps[-1], 9))
    assert said.startswith(f"documents[0].reviews[{len(case.steps) - 1}] : ")
    assert case.what in said


def test_a_review_follows_what_it_reviews() -> None:
    """Before it was sent, before the review that it recalls, or once it was replaced unseen: refused."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "vaccins", at(5)))
    early = refusal(lambda: accept(REGLEMENT, papers, "d1", at=at(4), by="agent"))
    assert "documents[0].reviews[0]" in early
    accepted = accept(REGLEMENT, papers, "d1", at=at(6), by="agent")
    assert "reviews[1]" in refusal(lambda: recall(accepted, "d1", at=at(5, 23), by="agent", reason="faux"))
    replaced = transmit(REGLEMENT, papers, sent("d2", "vaccins", at(6)))
    assert "remplacé par « d2 » avant d'être vu ; jugez celui-là" in refusal(
        lambda: accept(REGLEMENT, replaced, "d1", at=at(7), by="agent")
    )
    assert "numéro inconnu" in refusal(lambda: accept(REGLEMENT, papers, "d9", at=at(7), by="agent"))


def test_an_acceptance_may_be_recalled_after_a_newer_transmission() -> None:
    """Only what was never seen is replaced; and what is seen at the very moment when another is sent was seen."""
    papers = transmit(REGLEMENT, given("vaccins"), sent("d2", "vaccins", at(2)))
    recalled = recall(papers, "vaccins-1", at=at(3), by="agent", reason="erreur")
    assert states(recalled, at(3))["vaccins"] is Standing.PENDING
    both = transmit(
        REGLEMENT, transmit(REGLEMENT, Papers(), sent("d1", "vaccins", at(1))), sent("d2", "vaccins", at(2))
    )
    assert accept(REGLEMENT, both, "d1", at=at(2), by="agent").documents[0].reviews


def test_a_refusal_says_why() -> None:
    """A family learns what to do; an agent's words are in no repr."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "vaccins", at(1)))
    assert "dites à la famille pourquoi" in refusal(lambda: refuse(papers, "d1", at=at(2), by="agent", reason=" "))
    done = refuse(papers, "d1", at=at(2), by="mme-durand", reason="carnet de Léa illisible")
    assert "illisible" not in repr(done)
    assert "durand" not in repr(done)
    assert "compte-1" not in repr(done)


@pytest.mark.parametrize(
    ("piece", "dated", "what"),
    (
        ("domicile", None, "il faut la date à laquelle elle a été établie"),
        ("domicile", date(2026, 9, 4), "établie le 04/09/2026, après avoir été acceptée"),
        ("domicile", date(2026, 6, 2), "finie le 02/09/2026, avant d'être acceptée"),
        ("assurance", None, "il faut un jour de l'année scolaire"),
        ("assurance", date(2026, 8, 31), "finie le 31/08/2026"),
        ("pai", None, "il faut la date de fin qu'elle porte"),
        ("pai", date(2026, 9, 2), "finie le 02/09/2026"),
        ("vaccins", date(2026, 9, 1), "cette pièce vaut sans fin"),
    ),
)
def test_an_acceptance_bears_the_date_that_its_validity_needs(piece: str, dated: date | None, what: str) -> None:
    """Of issue, of its end, or of the school year: none is guessed, and none that ended already is accepted."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", piece, at(2)))
    assert what in refusal(lambda: accept(REGLEMENT, papers, "d1", at=at(3), by="agent", dated=dated))


@pytest.mark.parametrize(
    ("piece", "dated"),
    (("domicile", date(2026, 6, 3)), ("domicile", date(2026, 9, 3)), ("pai", date(2026, 9, 3))),
)
def test_a_piece_that_ends_or_begins_today_is_good(piece: str, dated: date) -> None:
    """The last day is included, and a paper may be issued the day it is seen."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", piece, at(2)))
    assert accept(REGLEMENT, papers, "d1", at=at(3), by="agent", dated=dated).documents[0].reviews


def test_a_piece_that_ended_yesterday_in_the_town_is_not_accepted() -> None:
    """At 22:30 UTC on the 3rd it is the 4th in Paris."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "pai", at(2)))
    night = at(3, 22) + timedelta(minutes=30)
    assert "finie le 03/09/2026" in refusal(
        lambda: accept(REGLEMENT, papers, "d1", at=night, by="agent", dated=date(2026, 9, 3))
    )


def test_a_history_read_back_is_judged_as_one_that_is_made() -> None:
    """A store that lost the order, or a second review slipped in, is refused where it is read."""
    papers = given("vaccins", "assurance")
    assert Papers(documents=papers.documents, steps=papers.steps) == papers
    twice = Review(verdict=Verdict.REFUSED, at=at(9), by="agent", reason="non")
    with pytest.raises(InvalidValueError, match=r"reviews\[1\] : la pièce"):
        papers.documents[0].changed(reviews=(*papers.documents[0].reviews, twice))
    with pytest.raises(InvalidValueError, match="seule une pièce acceptée est datée"):
        twice.changed(dated=date(2026, 9, 1))
    late = DossierStep(step=Step.REOPENED, dossier="foyer", at=at(9), by="agent")
    with pytest.raises(InvalidValueError, match=r"steps\[1\]"):
        Papers(steps=(late, late.changed(at=at(8))))
    assert len(Papers(steps=(late, late)).steps) == 2


# ---- Where a dossier stands


def states(papers: Papers, now: datetime, facts: Facts = NO_PAI) -> dict[str, Standing]:
    """Where each piece of Léa and her household stands."""
    found = dossiers(REGLEMENT, papers, now=now, child="lea", facts=facts)
    return {one.piece.code: one.standing for dossier in found for one in dossier.pieces}


def test_each_piece_has_its_standing_at_each_moment() -> None:
    """To be sent, waiting, to be sent again, accepted, expired: as it is known at the instant, and by the validity."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "domicile", at(1)))
    papers = refuse(papers, "d1", at=at(2), by="agent", reason="trop ancien")
    papers = transmit(REGLEMENT, papers, sent("d2", "domicile", at(3)))
    papers = accept(REGLEMENT, papers, "d2", at=at(4), by="agent", dated=date(2026, 8, 15))
    papers = recall(papers, "d2", at=at(1, month=12), by="agent", reason="au nom d'un autre")
    moments = (at(1, 8), at(1, 9), at(2), at(3), at(4), at(15, month=11), at(16, month=11), at(1, month=12))
    assert [states(papers, now)["domicile"] for now in moments] == [
        Standing.MISSING,
        Standing.PENDING,
        Standing.REFUSED,
        Standing.PENDING,
        Standing.ACCEPTED,
        Standing.ACCEPTED,
        Standing.EXPIRED,
        Standing.REFUSED,
    ]


def test_today_is_a_date_of_the_town() -> None:
    """At 23:30 UTC in November it is already the next day in Paris, and the piece has ended there."""
    papers = given("domicile")
    assert states(papers, at(15, 22, month=11))["domicile"] is Standing.ACCEPTED
    assert states(papers, at(15, 23, month=11))["domicile"] is Standing.EXPIRED
    same = at(15, 23, month=11).astimezone(timezone(timedelta(hours=-11)))
    assert states(papers, same)["domicile"] is Standing.EXPIRED


def test_a_piece_of_next_year_does_not_serve_this_one() -> None:
    """S6.4: an insurance of the school year that begins covers nothing before it."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "assurance", at(10, month=8)))
    papers = accept(REGLEMENT, papers, "d1", at=at(11, month=8), by="agent", dated=date(2026, 9, 1))
    assert states(papers, at(31, month=8))["assurance"] is Standing.UPCOMING
    facts = dossier_facts(REGLEMENT, papers, now=at(31, month=8), child="lea", facts=NO_PAI)
    assert facts.missing("enfant", date(2026, 8, 31)) == ("vaccinations", "assurance (acceptée pour plus tard)")
    assert facts.missing("enfant", date(2026, 9, 1)) == ("vaccinations",)


def test_an_accepted_piece_counts_while_another_is_reviewed() -> None:
    """A family that sends a newer proof loses nothing until its end; what becomes of the newer one is told."""
    papers = transmit(REGLEMENT, given("domicile"), sent("d2", "domicile", at(10)))
    (home,) = dossiers(REGLEMENT, papers, now=at(10))
    assert home.pieces[0].text() == "acceptée, valable jusqu'au 15/11/2026 ; la nouvelle est en attente"
    papers = refuse(papers, "d2", at=at(11), by="agent", reason="coupée")
    (home,) = dossiers(REGLEMENT, papers, now=at(11))
    assert home.value == "complet"
    assert home.pieces[0].text() == "acceptée, valable jusqu'au 15/11/2026 ; la nouvelle est à renvoyer : coupée"
    assert home.pieces[0].text("en") == "accepted, good until 2026-11-15; the new one: coupée"


def test_a_dossier_is_shown_with_its_pieces() -> None:
    """As text and as HTML, escaped; an optional piece is marked, and a reason is told to the family."""
    papers = transmit(REGLEMENT, given("assurance"), sent("d2", "vaccins", at(2)))
    papers = refuse(papers, "d2", at=at(3), by="agent", reason="<b>illisible</b>")
    (dossier,) = [d for d in dossiers(REGLEMENT, papers, now=at(4), child="lea", facts=NO_PAI) if d.code == "enfant"]
    assert dossier.text().splitlines() == [
        "enfant (lea) : incomplet",
        "",
        "  pièce         où elle en est",
        "  vaccinations  à renvoyer : <b>illisible</b>",
        "  assurance     acceptée, valable jusqu'au 31/08/2027",
        "  photo         à transmettre (facultative)",
    ]
    assert "&lt;b&gt;illisible&lt;/b&gt;" in dossier._repr_html_()
    assert "to be sent (optional)" in dossier.text("en")


def test_a_missing_fact_leaves_the_dossier_undecided_unless_something_else_lacks() -> None:
    """S1.5: whether a PAI is asked is not guessed; but what is surely missing is refused all the same."""
    papers, day = given("domicile", "vaccins", "assurance"), date(2026, 9, 8)
    unknown = dossier_facts(REGLEMENT, papers, now=at(2), child="lea")
    assert unknown.at("enfant", day) is None
    (dossier,) = [one for one in dossiers(REGLEMENT, papers, now=at(2), child="lea") if one.code == "enfant"]
    assert dossier.heading() == "enfant (lea) : on ne sait pas"
    assert "il manque pai pour savoir si elle est demandée" in dossier.text()
    known = [dossier_facts(REGLEMENT, papers, now=at(2), child="lea", facts=Facts.of(pai=one)) for one in (True, False)]
    assert [one.at("enfant", day) for one in known] == ["incomplet", "complet"]
    assert known[0].missing("enfant", day) == ("PAI",)
    less = dossier_facts(REGLEMENT, given("vaccins"), now=at(2), child="lea")
    assert less.at("enfant", day) == "incomplet"
    assert less.missing("enfant", day) == ("assurance",)
    desk = Desk(ENGINE, unknown, "lea")
    assert check_day(desk, day, ["repas"], now=at(2)).status is Status.REFUSED  # the household's is not valid
    valid = Desk(ENGINE, unknown.merged(Facts.of(foyer="valide")), "lea")
    assert check_day(valid, day, ["repas"], now=at(2)).status is Status.UNDECIDED


def test_a_household_without_a_child_and_one_with_twelve() -> None:
    """The household's dossier stands alone; each child has his own, and pieces of one serve no other."""
    papers = given("domicile")
    assert [one.code for one in dossiers(REGLEMENT, papers, now=at(2))] == ["foyer"]
    seen = dossiers(REGLEMENT, papers, now=at(2), child="lea")
    assert [(one.code, one.child) for one in seen] == [("foyer", None), ("enfant", "lea")]
    children = [f"enfant-{n}" for n in range(12)]
    for child in children[:-1]:
        for piece in ("vaccins", "assurance"):
            number = f"{piece}-{child}"
            papers = transmit(REGLEMENT, papers, sent(number, piece, at(2), child))
            papers = accept(REGLEMENT, papers, number, at=at(3), by="agent", dated=DATED.get(piece))
    found = [dossier_facts(REGLEMENT, papers, now=at(4), child=child, facts=NO_PAI) for child in children]
    assert [one.at("enfant", date(2026, 9, 8)) for one in found] == ["complet"] * 11 + ["incomplet"]


def test_a_piece_is_asked_from_the_day_on_which_its_fact_holds() -> None:
    """The facts of each date say what is asked for it: a PAI that begins in October is lacking from October on."""
    facts = Facts.of(pai=[Dated(False), Dated(True, date(2026, 10, 1))])
    found = dossier_facts(REGLEMENT, given("vaccins", "assurance"), now=at(2), child="lea", facts=facts)
    words = [(one.value, one.first_day, one.last_day) for one in found.history("enfant")]
    assert words == [
        ("incomplet", date(2026, 8, 1), date(2026, 8, 31)),
        ("complet", date(2026, 9, 1), date(2026, 9, 30)),
        ("incomplet", date(2026, 10, 1), date(2026, 12, 31)),
    ]


def test_dossiers_turn_where_pieces_begin_and_end() -> None:
    """Where no fact says what is asked, the same stretches are found."""
    plain = engine({**PIECES, "piece.pai": None}).reglement
    papers = given("vaccins", "assurance", "domicile")
    found = dossier_facts(plain, papers, now=at(2), child="lea")
    assert [(one.value, one.first_day) for one in found.history("enfant")] == [
        ("incomplet", date(2026, 8, 1)),
        ("complet", date(2026, 9, 1)),
    ]
    assert [(one.value, one.last_day) for one in found.history("foyer")] == [
        ("complet", date(2026, 11, 15)),
        ("incomplet", date(2026, 12, 31)),
    ]


# ---- Validating and reopening


def test_an_agent_validates_a_complete_dossier_once() -> None:
    """S6.4: an agent's dated act, on a dossier that lacks nothing; before it, the dossier is only complete."""
    papers = given("domicile")
    valid = validate(REGLEMENT, papers, "foyer", at=at(3), by="agent")
    days = [dossier_facts(REGLEMENT, valid, now=now).at("foyer", date(2026, 9, 8)) for now in (at(2), at(3))]
    assert days == ["complet", "valide"]
    assert "déjà validé" in refusal(lambda: validate(REGLEMENT, valid, "foyer", at=at(4), by="agent"))
    assert "incomplet ; il manque « justificatif de domicile »" in refusal(
        lambda: validate(REGLEMENT, Papers(), "foyer", at=at(4), by="agent")
    )
    assert "steps[1]" in refusal(lambda: reopen(REGLEMENT, valid, "foyer", at=at(2), by="agent"))


@pytest.mark.parametrize(
    ("dossier", "child", "what"),
    (
        ("enfant", "lea", "ce dossier n'a pas de mot pour « validé »"),
        ("foyer", "lea", "ce dossier est du foyer"),
        ("foier", None, "dossier inconnu : « foier » ; vouliez-vous dire « foyer » ?"),
        ("pai", None, "dossier inconnu"),
    ),
)
def test_a_dossier_that_no_agent_validates(dossier: str, child: str | None, what: str) -> None:
    """Two words tell nothing of an agent; a household's dossier is not a child's; a fact without pieces is none."""
    assert what in refusal(lambda: validate(REGLEMENT, given("domicile"), dossier, at=at(3), by="a", child=child))


def test_a_childs_dossier_is_validated_for_him_alone() -> None:
    """Where the règlement has the word for it; whose it is must be said."""
    words = 'foyer = ["non", "oui"]\nenfant = ["non", "complet", "valide"]\npai = "oui ou non"'
    gates = {"acces.foyer": 'exige.foyer = "oui"', "acces.enfant": 'exige.enfant = "valide"'}
    three = engine({**PIECES, **gates, "faits": words})
    papers = given("vaccins", "assurance")
    assert "ce dossier est d'un enfant" in refusal(
        lambda: validate(three.reglement, papers, "enfant", at=at(3), by="agent", facts=NO_PAI)
    )
    valid = validate(three.reglement, papers, "enfant", at=at(3), by="agent", child="lea", facts=NO_PAI)
    day = date(2026, 9, 8)
    for child, word in (("lea", "valide"), ("tom", "non")):
        assert dossier_facts(three.reglement, valid, now=at(3), child=child, facts=NO_PAI).at("enfant", day) == word
    again = reopen(three.reglement, valid, "enfant", at=at(4), by="compte")
    assert dossier_facts(three.reglement, again, now=at(4), child="lea", facts=NO_PAI).at("enfant", day) == "complet"


def test_what_changed_reopens_a_dossier_and_asks_pieces_anew() -> None:
    """A new address: to be validated again, and the proof of before no longer counts, one sent since does."""
    papers, day = validate(REGLEMENT, given("domicile"), "foyer", at=at(3), by="agent"), date(2026, 9, 8)

    def word(papers: Papers, now: datetime) -> object:
        return dossier_facts(REGLEMENT, papers, now=now).at("foyer", day)

    again = reopen(REGLEMENT, papers, "foyer", at=at(4), by="compte", reason="nouveau téléphone")
    assert (word(again, at(3)), word(again, at(4))) == ("valide", "complet")
    moved = reopen(REGLEMENT, papers, "foyer", at=at(4), by="compte", pieces=["domicile"])
    assert word(moved, at(4)) == "incomplet"
    assert word(given("domicile", papers=moved, day=5), at(5)) == "complet"
    revalidated = validate(REGLEMENT, again, "foyer", at=at(5), by="agent")
    assert word(revalidated, at(5)) == "valide"


def test_a_childs_piece_asked_anew_is_his_alone() -> None:
    """What was sent until that very instant no longer counts for him; his sister's still does."""
    papers = given("vaccins", "assurance")
    for child, word in (("tom", "complet"), ("lea", "incomplet"), (None, "incomplet")):
        anew = reopen(REGLEMENT, papers, "enfant", at=at(1, 8), by="compte", child=child, pieces=["vaccins"])
        found = dossier_facts(REGLEMENT, anew, now=at(2), child="lea", facts=NO_PAI)
        assert found.at("enfant", date(2026, 9, 8)) == word


@pytest.mark.parametrize(
    ("dossier", "pieces", "what"),
    (
        ("enfant", (), "dites quelles pièces sont à transmettre de nouveau"),
        ("enfant", ("domicile",), "« domicile » n'est pas de ce dossier"),
        ("rien", (), "dossier inconnu"),
    ),
)
def test_reopening_says_what_it_reopens(dossier: str, pieces: tuple[str, ...], what: str) -> None:
    """A dossier that no agent validates is reopened by the pieces asked anew, and only by its own."""
    assert what in refusal(lambda: reopen(REGLEMENT, Papers(), dossier, at=at(4), by="compte", pieces=pieces))


# ---- The gates


def test_the_gates_open_once_the_dossiers_are_what_they_ask() -> None:
    """S6.4: the message of the règlement with what is missing by name, date by date; then the boxes are free."""
    papers = validate(REGLEMENT, given("domicile", "vaccins"), "foyer", at=at(2), by="agent")
    day = date(2026, 9, 8)

    def desk(papers: Papers, now: datetime) -> Desk:
        return Desk(ENGINE, NO_PAI.merged(dossier_facts(REGLEMENT, papers, now=now, child="lea", facts=NO_PAI)), "lea")

    verdict = check_day(desk(papers, at(2)), day, ["repas"], now=at(2))
    assert [one.sentence() for one in verdict.violations] == [
        "Complétez le dossier. (il faut enfant : complet, il manque « assurance »)"
    ]
    waiting = transmit(REGLEMENT, papers, sent("d9", "assurance", at(3)))
    (refused,) = check_day(desk(waiting, at(3)), day, ["repas"], now=at(3)).violations
    assert "il manque « assurance (en attente de vérification) »" in refused.sentence()
    done = accept(REGLEMENT, waiting, "d9", at=at(4), by="agent", dated=date(2026, 9, 4))
    open_desk = desk(done, at(4))
    assert check_day(open_desk, day, ["repas"], now=at(4)).status is Status.ALLOWED
    assert boxes(open_desk, day, now=at(4)).box("repas").state.value == "libre"
    assert all(one.offered for one in offers(open_desk, now=at(4)))
    gone = check_day(open_desk, date(2026, 10, 30), ["repas"], now=at(4))
    assert gone.status is Status.ALLOWED


def test_a_date_after_the_end_of_a_piece_is_refused() -> None:
    """Expiry is of the date booked, not of the day of asking: the proof that ends on 15 October closes the 16th."""
    home = transmit(REGLEMENT, given("vaccins", "assurance"), sent("d1", "domicile", at(2)))
    home = accept(REGLEMENT, home, "d1", at=at(2), by="agent", dated=date(2026, 7, 15))
    valid = validate(REGLEMENT, home, "foyer", at=at(3), by="agent")
    desk = Desk(ENGINE, dossier_facts(REGLEMENT, valid, now=at(3), child="lea", facts=NO_PAI), "lea")
    assert check_day(desk, date(2026, 10, 15), ["repas"], now=at(3)).status is Status.ALLOWED
    late = check_day(desk, date(2026, 10, 16), ["repas"], now=at(3))
    assert late.status is Status.REFUSED
    assert late.violations[0].sentence() == (
        "accès fermé, il faut foyer : valide, il manque « justificatif de domicile (expirée) »"
    )


# ---- The mail


def test_a_family_is_told_what_was_said_of_its_document() -> None:
    """Accepted and until when, or refused and why; nothing of the file's name or the agent; everything escaped."""
    papers = given("domicile", "vaccins")
    good = review_message(REGLEMENT, papers, "domicile-1", sender=SERVICE, to="lea@exemple.fr")
    assert good["Subject"] == "Document accepté : justificatif de domicile"
    assert good["Date"].datetime == at(1)
    body = good.get_body(("plain",))
    assert body is not None
    assert "transmis le 01/09/2026, est accepté. Il vaut jusqu'au 15/11/2026." in body.get_content()
    gone = recall(papers, "vaccins-1", at=at(3), by="mme-durand", reason="<b>celui d'un autre</b>")
    mail = review_message(REGLEMENT, gone, "vaccins-1", sender=SERVICE, to="lea@exemple.fr", of="Léa")
    assert mail["Subject"] == "Document à renvoyer : vaccinations"
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "« vaccinations » de Léa, transmis le 01/09/2026, n'est plus accepté." in plain.get_content()
    assert "&lt;b&gt;celui d&#x27;un autre&lt;/b&gt;" in rich.get_content()
    assert "durand" not in mail.as_string()
    assert FILE.name not in mail.as_string()


def test_the_mail_of_a_school_year_tells_both_its_days() -> None:
    """A piece that begins later says from when."""
    mail = review_message(REGLEMENT, given("assurance"), "assurance-1", sender=SERVICE, to="lea@exemple.fr")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Il vaut du 01/09/2026 au 31/08/2027." in body.get_content()


def test_nothing_is_announced_of_a_pending_document() -> None:
    """There is nothing to tell yet."""
    papers = transmit(REGLEMENT, Papers(), sent("d1", "vaccins", at(1)))
    assert "en attente" in refusal(lambda: review_message(REGLEMENT, papers, "d1", sender=SERVICE, to="lea@exemple.fr"))


# ---- As JSON


def test_papers_are_written_as_json_and_read_back() -> None:
    """Nothing is lost: documents, reviews, dates, acts; and what is read back is judged like what is made."""
    papers = validate(REGLEMENT, given("domicile", "assurance"), "foyer", at=at(3), by="agent")
    papers = refuse(
        transmit(REGLEMENT, papers, sent("d9", "vaccins", at(4))), "d9", at=at(5), by="agent", reason="flou"
    )
    papers = reopen(REGLEMENT, papers, "foyer", at=at(6), by="compte", reason="adresse", pieces=["domicile"])
    plain = json.loads(json.dumps(to_plain(papers)))
    assert from_plain(Papers, plain) == papers
    assert plain["documents"][0]["fichier"]["nom"] == "scan.pdf"
    plain["documents"][0]["fichier"]["nom"] = "../scan.pdf"
    plain["documents"][1]["avis"][0]["le"] = "2026-08-31T09:00:00+00:00"
    said = refusal(lambda: from_plain(Papers, plain))
    assert "documents[0].fichier.nom : valeur non répétée ici" in said
    assert "documents[1].avis[0] : lu « 2026-08-31T09:00:00+00:00 »" in said
    assert "../scan" not in said
