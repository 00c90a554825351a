"""The kinds of rule that French towns publish: the vocabulary in which a file names what it only mentions."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from .described import REFUSED, Faults, Plain, Shape, quoted
from .errors import Fault, Path, meant

#: Families of kinds, in the order of the documentation.
FAMILIES: Final = MappingProxyType(
    {
        "A": "Délais",
        "B": "Retards, présences et absences",
        "C": "Entre créneaux, et qui peut réserver",
        "D": "Tarifs",
        "E": "Annulations et absences justifiées",
        "F": "Inscription",
        "G": "Facturation",
    }
)


@dataclass(frozen=True, slots=True)
class RuleKind:
    """
    One kind of rule.

    Args:
        code: As a file names it, « F-MOYENS ».
        family: Its letter in `FAMILIES`.
        label: What it is, in French.
    """

    code: str
    family: str
    label: str


def _family(letter: str, **labels: str) -> tuple[RuleKind, ...]:
    return tuple(RuleKind(code.replace("_", "-"), letter, label) for code, label in labels.items())


#: Every kind, family by family.
KINDS: Final = (
    *_family(
        "A",
        D_VEILLE="la veille, ou le jour ouvert d'avant, à une heure dite",
        D_JCAL="un nombre de jours ou d'heures de tous les jours",
        D_JOUV="un nombre de jours ou d'heures ouvrés",
        D_SEM1="un jour fixe de la semaine d'avant, pour toute la semaine",
        D_TABLE="un tableau : tel jour se réserve jusqu'à tel autre",
        D_MOIS="un jour du mois d'avant, ou un calendrier mois par mois",
        D_FENETRE="des dates d'ouverture et de clôture, période par période",
        D_PERIODE_N="tant de jours ou de semaines avant la période",
        D_OUVERTURE="pas plus tôt que tant de semaines avant",
        D_JOURJ="encore possible le jour même, jusqu'à une heure dite",
        D_PAR_ACTIVITE="des délais différents selon le créneau",
        D_ANNUL_DIFF="un délai d'annulation à part",
        D_EXCEPTION="des exceptions : rentrée, lundi férié, mairie fermée",
        D_ANNUEL="un abonnement à l'année, modifiable avec un préavis",
        D_SANS="un créneau sans réservation",
    ),
    *_family(
        "B",
        L_REFUS="trop tard : refusé",
        L_FIXE="hors délai : quelques euros de plus",
        L_PCT="hors délai : un pourcentage, ou le double",
        L_GRILLE="hors délai : un tarif à part",
        L_PARTIEL="majoration des premières unités seulement, ou de toute la commande",
        L_QUOTA="quelques retards tolérés, puis une pénalité",
        L_DEMANDE="hors délai sur demande, un agent décide",
        L_MAJ_NC="majoration annoncée sans son montant",
        U_PRIX="présent sans réservation : un prix",
        U_REFUS="présent sans réservation : refusé",
        N_PLEIN="absent sans annuler : le prix reste dû",
        N_PENALITE="absent sans annuler : une pénalité ou un autre prix",
        P_FORFAIT="repris en retard : un forfait",
        P_TRANCHE="repris en retard : par tranche commencée ou par paliers",
    ),
    *_family(
        "C",
        I_REPAS_LIE="le repas va avec l'accueil",
        I_FORMULES="des formules dont on choisit une seule",
        I_JOURNEE="la journée entière seulement",
        I_SEMAINE="la semaine ou la session entière seulement",
        I_MIN="un nombre minimal de jours",
        I_MAX="un nombre maximal, ou des jours à laisser libres",
        I_CAPACITE="un nombre de places",
        I_ATTENTE="une liste d'attente",
        I_PRIORITE="une priorité ou une condition",
        I_AGE="un âge ou un niveau",
        I_ECOLE="une école, une commune, une classe",
        I_HORAIRE="des heures d'arrivée et de départ",
        I_PRIX_CROISE="le prix d'un créneau dépend d'un autre",
        I_ECOLE_PRESENT="présence à l'école, grève, sortie scolaire",
    ),
    *_family(
        "D",
        T_FIXE="un prix unique",
        T_QF="des tranches de quotient familial",
        T_EFFORT="un taux d'effort, un barème sans seuil",
        T_AUTRE_RESS="une autre mesure des ressources",
        T_FRATRIE_RANG="une réduction selon le rang dans la fratrie",
        T_FRATRIE_AUTRE="la fratrie autrement : enfants présents, tranche, carte",
        T_EXT="un tarif des extérieurs",
        T_EXT_MAJ="une majoration des extérieurs",
        T_PAI="un prix avec PAI ou panier-repas",
        T_TEMPS="un prix au temps passé",
        T_FORFAIT="un forfait au mois, au trimestre, à la session",
        T_LISSE="une mensualité lissée sur l'année",
        T_PLAFOND="un plafond par mois",
        T_REG_OCC="régulier ou occasionnel",
        T_NIVEAU="un prix par niveau",
        T_DEMI="journée, demi-journée, avec ou sans repas",
        T_PALIER_VOL="un prix qui dépend du nombre de jours",
        T_SUPPL="des suppléments : bus, goûter, sortie",
        T_ADHESION="une adhésion annuelle",
        T_MAX_DEFAUT="sans quotient, le tarif le plus haut",
        T_QF_EFFET="quand un nouveau quotient prend effet",
        T_CATEG="une catégorie d'allocataires, une aide déduite",
        T_ADULTE="un repas d'adulte",
        T_ARRONDI="un arrondi",
        T_DATE="une grille qui change en cours d'année",
    ),
    *_family(
        "E",
        R_MEDICAL="maladie justifiée : rien à payer, ou un avoir",
        R_DELAI_JUSTIF="un délai pour remettre le justificatif",
        R_CARENCE="des jours de carence",
        R_SEUIL="à partir de tant de jours d'absence de suite",
        R_MOTIFS="d'autres motifs : grève, sortie, fermeture, deuil",
        R_AVOIR="un avoir ou un report plutôt qu'un remboursement",
        R_RETENUE="une part retenue, un remboursement à un autre prix",
        R_AUCUN="aucune annulation",
    ),
    *_family(
        "F",
        S_DOSSIER="un dossier complet d'abord",
        S_PIECES="une liste de pièces",
        S_RENOUV="un dossier à renouveler chaque année",
        S_DETTE="des impayés qui ferment la réservation",
        S_PAI="un PAI exigé, ou un panier-repas admis",
        S_GARDE="une garde alternée",
    ),
    *_family(
        "G",
        F_MENSUEL="une facture au mois, à terme échu",
        F_PREPAI="payer en réservant",
        F_PORTE="un porte-monnaie, des tickets",
        F_MOYENS="les moyens de paiement",
        F_RELANCE="échéance, relance, poursuites",
        F_BASE_RESA="la facture suit les réservations, pas le pointage",
    ),
)


class KindShape(Shape):
    """The code of one of `KINDS`; capitals do not matter when reading."""

    __slots__ = ()

    def expects(self) -> tuple[str, str]:
        return "le code d'un genre de règle (docs/kinds)", "the code of a kind of rule (docs/kinds)"

    def read(self, raw: Plain, path: Path, faults: Faults) -> Any:
        codes = [one.code for one in KINDS]
        if isinstance(raw, str) and raw.upper() in codes:
            return raw.upper()
        if not isinstance(raw, str):
            return self.refuse(raw, path, faults)
        fr, en = meant(raw.upper(), codes)
        faults.append(Fault(path, f"lu {quoted(raw)} ; {fr}", f"got {quoted(raw)}; {en}"))
        return REFUSED

    def schema(self) -> dict[str, Plain]:
        return {"enum": [one.code for one in KINDS]}


#: Shape of the code of a kind.
KIND_CODE: Final = KindShape()
