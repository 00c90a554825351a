"""How one is reached and known: the readers of a French telephone, an e-mail, web and postal address, a CAF number."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from ._records import RefusedValueError

#: What people put between the digits of a telephone: spaces, no-break ones too, dots, hyphens, slashes.
_BETWEEN: Final = re.compile(r"[ \u00a0\u2007\u202f./-]+")
#: The codes from abroad of the one French numbering plan: metropolitan, Réunion and Mayotte, Saint-Pierre-et-Miquelon
#: (its numbers of six digits are those after 0508), Guadeloupe, Guyane, Martinique.
_FRENCH: Final = re.compile(r"\+(?:33|262|508|590|594|596)([1-9][0-9]{8})|\+(508)([0-9]{6})")
_FRENCH_CODE: Final = re.compile(r"\+(?:33|262|508|590|594|596)")
_ABROAD: Final = re.compile(r"\+[1-9][0-9]{8,14}")
_NATIONAL: Final = re.compile(r"0[1-9][0-9]{8}")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_POSTCODE: Final = re.compile(r"(?!00000)(?:0[0-9]|[1-8][0-9]|9[0-5])[0-9]{3}|97[1-8][0-9]{2}|98[0-8][0-9]{2}")
_CAF: Final = re.compile(r"[0-9]{7}[A-Z]?")
_WEB: Final = re.compile(r"https?://[!#-;=?-Z\[\]_a-z~%]+")
_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1"})


def phone_number(given: Any) -> str:
    """
    A telephone: ten digits where it is of the French numbering plan, overseas included, else « + » and its country code.

    The plan is one: a number has one national form, whatever the code by which it is called from abroad. So
    « 04 50 96 69 00 », « +33 (0)4.50.96.69.00 » and « 0033450966900 » are kept alike, and no list of the prefixes of
    each territory grows old here. What is dialled is judged, not whether someone answers.

    Source: ARCEP, décision n° 2018-0881 du 24 juillet 2018, annexe 1 (plan national de numérotation); ITU-T E.164.

    >>> phone_number("04 50 96 69 00"), phone_number("+262 692 12 34 56"), phone_number("+41 22 345 67 89")
    ('0450966900', '0692123456', '+41223456789')
    """
    said = given.strip().replace("(0)", "") if isinstance(given, str) and len(given) <= 40 else ""
    said = _BETWEEN.sub("", said)
    said = f"+{said[2:]}" if said.startswith("00") else said
    if _NATIONAL.fullmatch(said):
        return said
    if french := _FRENCH.fullmatch(said):
        return "0" + "".join(filter(None, french.groups()))
    if _ABROAD.fullmatch(said) and not _FRENCH_CODE.match(said):
        return said
    raise RefusedValueError(
        "un téléphone : dix chiffres (04 50 96 69 00), ou son indicatif (+41 22 …)",
        "a telephone: ten digits (04 50 96 69 00), or its country code (+41 22 …)",
    )


def phone_text(kept: str) -> str:
    """
    A telephone as the French read it: by twos where it is French.

    >>> phone_text("0450966900"), phone_text("+41223456789")
    ('04 50 96 69 00', '+41223456789')
    """
    return kept if kept.startswith("+") else " ".join(kept[at : at + 2] for at in range(0, len(kept), 2))


def email_address(given: Any) -> str:
    """
    An e-mail address that the forms of browsers send and that every server takes; its domain is kept in lower case.

    Stricter than the standard where no form meets it: no quoted part, no address of a machine, no accent (a browser
    sends an accented domain as « xn-- »). No character of it can break out of the header of a mail. Whether it
    receives is learnt by writing to it.

    Source: RFC 5322 §3.2.3 (dot-atom), RFC 5321 §4.5.3.1 (64 and 254 characters), the HTML standard's `type=email`.

    >>> email_address(" Lea.Martin@Exemple.FR ")
    'Lea.Martin@exemple.fr'
    """
    said = given.strip(" ") if isinstance(given, str) and len(given) <= 400 else ""
    local, _, domain = said.rpartition("@")
    kept = f"{local}@{domain.lower()}"
    last = domain.rpartition(".")[2]
    if not said.isascii() or not _EMAIL.fullmatch(kept) or len(local) > 64 or len(kept) > 254 or last.isdigit():
        raise RefusedValueError("une adresse électronique : nom@exemple.fr", "an e-mail address: name@example.fr")
    return kept


def postal_code(given: Any) -> str:
    """
    A French postcode, that of a CEDEX and of overseas included, never 00000; Corsica is 20…, not 2A or 2B of the INSEE.

    Source: La Poste, five digits: the first two a département from 01 to 95, 97 and 98 overseas and Monaco, 00 armies.

    >>> postal_code("74 300"), postal_code("20000"), postal_code("97400")
    ('74300', '20000', '97400')
    """
    said = _BETWEEN.sub("", given.strip()) if isinstance(given, str) and len(given) <= 20 else ""
    if not _POSTCODE.fullmatch(said):
        raise RefusedValueError(
            "un code postal de cinq chiffres : 74300 ; en Corse 20…, jamais 2A ni 2B",
            "a postcode of five digits: 74300; in Corsica 20…, never 2A or 2B",
        )
    return said


def caf_number(given: Any) -> str:
    """
    A number of the CAF: seven digits, then perhaps the letter that its mail may print.

    Source: API Particulier (DINUM), `numeroAllocataire`: « identifiant numérique de 7 chiffres », zeros kept.

    >>> caf_number("0123456"), caf_number("1234567 a")
    ('0123456', '1234567A')
    """
    said = "".join(given.split()).upper() if isinstance(given, str) and len(given) <= 20 else ""
    if not _CAF.fullmatch(said):
        raise RefusedValueError(
            "un numéro d'allocataire de sept chiffres, zéros de gauche compris, suivis ou non d'une lettre : 0123456",
            "a CAF number of seven digits, zeros on the left included, with or without a letter: 0123456",
        )
    return said


def web_address(given: Any) -> str:
    """
    A web address to put in a mail: https, or http on one's own machine; ASCII, without space, quote, user or password.

    >>> web_address("https://cluses.portail-familles.app")
    'https://cluses.portail-familles.app'
    """
    said = given if isinstance(given, str) and len(given) <= 2000 and _WEB.fullmatch(given) else ""
    if not _leads_somewhere(said):
        raise RefusedValueError(
            "une adresse https, sans espace ni accent : https://portail.exemple.fr/…",
            "an https address without space or accent: https://portail.exemple.fr/…",
        )
    return said


def _leads_somewhere(said: str) -> bool:
    try:
        parts = urlsplit(said)
        host = parts.hostname
    except ValueError:  # brackets around what is no address
        return False
    return bool(host) and "@" not in parts.netloc and (parts.scheme == "https" or host in _OWN_MACHINE)
