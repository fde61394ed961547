"""Gene alterations: genes by any of their names, changes and classes of changes, fusions, what was not found."""

from tests.spec.table import MET, NOT_MET, UNKNOWN, Row, Table, row


def _found(verdict: str, gene: str, change: str | None = None, why: str = "", /, **more: str) -> Row:
    """One alteration, in a list that says it holds them all."""
    stated = {"gene": gene, **({} if change is None else {"protein_change": change}), **more}
    return row(verdict, why, alterations=[stated], complete=["alterations"])


def _unread(verdict: str, why: str, /, **stated: object) -> Row:
    return row(verdict, why, unreadable=True, alterations=[stated], complete=["alterations"])


ALTERATIONS = (
    Table(
        "A gene by any of its names",
        "Earlier symbols and aliases are the gene. A name that two genes share is either, and one that nobody knows "
        "could be any.",
        {"alteration": {"gene": "MLL2"}},
        (
            _found(MET, "KMT2D"),
            _found(MET, "MLL2"),
            _found(MET, "mll-2"),
            _found(NOT_MET, "MLL3"),
            _found(UNKNOWN, "MLL4", None, "KMT2D and KMT2B were both called so"),
            _unread(UNKNOWN, "no gene is called so", gene="QWERTY"),
            _found(UNKNOWN, "KMT2D?", None, "in doubt"),
            _found(NOT_MET, "no KMT2D"),
            row(NOT_MET, alterations=[{"none_of": "MLL2"}]),
            row(UNKNOWN, "one of two was meant", unreadable=True, alterations=[{"none_of": "MLL4"}]),
        ),
    ),
    Table(
        "One change of a protein",
        "In one letter or in three, with its gene, its transcript or its exon beside it, it is one change. A class "
        "that holds it leaves it open; another change is another.",
        {"alteration": {"gene": "BRAF", "protein_change": "p.(Val600Glu)"}},
        (
            *(
                _found(MET, "BRAF", text)
                for text in (
                    "V600E",
                    "p.V600E",
                    "p.Val600Glu",
                    "p.(Val600Glu)",
                    "BRAF V600E",
                    "BRAF:p.V600E",
                    "NP_004324.2:p.(Val600Glu)",
                    "c.1799T>A (p.Val600Glu)",
                    "exon 15 V600E",
                )
            ),
            _found(MET, "BRAF V600E"),
            *(
                _found(UNKNOWN, "BRAF", text)
                for text in ("V600", "V600X", "V600E/K", "codon 600", "exon 15", "c.1799T>A", "missense")
            ),
            _found(UNKNOWN, "BRAF", None, "nobody said which change"),
            *(
                _found(NOT_MET, "BRAF", text)
                for text in ("V600K", "K601E", "exon 11", "frameshift", "V600fs")
            ),
            _found(NOT_MET, "BRAF", None, "another kind", kind="amplification"),
            _found(NOT_MET, "KRAS", "V600E"),
            _unread(UNKNOWN, "some change", gene="BRAF", protein_change="V600E?"),
            _unread(UNKNOWN, "either cell may be wrong", gene="BRAF", protein_change="KRAS G12D"),
            row(
                NOT_MET,
                "no mutation was found",
                alterations=[{"gene": "BRAF", "protein_change": "wild type"}],
            ),
            row(NOT_MET, alterations=["BRAF wild-type"]),
        ),
    ),
    Table(
        "Any change of a residue",
        "Every change of the residue is one; a class that only may hold it leaves it open.",
        {"alteration": {"gene": "KRAS", "protein_change": "G12X"}},
        (
            *(_found(MET, "KRAS", text) for text in ("G12C", "p.Gly12Asp", "G12", "G12C/D", "codon 12")),
            _found(MET, "KRAS p.G12C"),
            _unread(UNKNOWN, "either cell may be wrong", gene="BRAF", protein_change="KRAS G12C"),
            *(_found(NOT_MET, "KRAS", text) for text in ("G13D", "Q61H", "exon 3")),
            *(_found(UNKNOWN, "KRAS", text) for text in ("exon 2", "G12C or G13D", "c.34G>T")),
        ),
    ),
    Table(
        "One of two changes",
        "The rule's set is met by each of them.",
        {"alteration": {"gene": "BRAF", "protein_change": "V600E/K"}},
        (
            _found(MET, "BRAF", "V600E"),
            _found(MET, "BRAF", "Val600Lys"),
            _found(MET, "BRAF", "V600K or V600E"),
            _found(UNKNOWN, "BRAF", "V600"),
            _found(NOT_MET, "BRAF", "V600R"),
        ),
    ),
    Table(
        "Deletions of an exon",
        "A deletion belongs to the exon that its residues lie in. At the edges of an exon it stays open.",
        {"alteration": {"gene": "EGFR", "protein_change": "exon 19 deletion"}},
        (
            *(
                _found(MET, "EGFR", text)
                for text in (
                    "ex19del",
                    "deletion in exon 19",
                    "del19",
                    "E746_A750del",
                    "p.Glu746_Ala750del",
                    "ELREA746_750del",
                    "L747_P753delinsS",
                    "exon 19 deletion (E746_A750del)",
                )
            ),
            _found(MET, "HER1 exon 19 deletion"),
            _found(MET, "EGFR", "exon 19 deletion", "the word, not the loss of the gene", kind="deletion"),
            _found(UNKNOWN, "EGFR", "exon 19"),
            _found(UNKNOWN, "EGFR", "in-frame deletion"),
            *(_found(NOT_MET, "EGFR", text) for text in ("L858R", "exon 20 insertion", "exon 19 insertion")),
            _found(NOT_MET, "EGFR", None, "the loss of the gene is another thing", kind="deletion"),
        ),
    ),
    Table(
        "Insertions in an exon",
        "A duplication is an insertion.",
        {"alteration": {"gene": "EGFR", "protein_change": "exon 20 insertion"}},
        (
            *(
                _found(MET, "EGFR", text)
                for text in ("D770_N771insSVD", "A767_V769dup", "ex20ins", "p.Asp770delinsGlyTyr")
            ),
            *(_found(NOT_MET, "EGFR", text) for text in ("T790M", "exon 19 deletion", "E709_T710delinsD")),
        ),
    ),
    Table(
        "One insertion in several spellings",
        "Beside a repeat one change can be written at several places: with the same length it is never another.",
        {"alteration": {"gene": "EGFR", "protein_change": "A767_V769dup"}},
        (
            _found(MET, "EGFR", "p.Ala767_Val769dup"),
            _found(UNKNOWN, "EGFR", "V769_D770insASV"),
            _found(UNKNOWN, "EGFR", "exon 20 insertion"),
            _found(NOT_MET, "EGFR", "N771_P772insH"),
        ),
    ),
    Table(
        "Skipping of exon 14 of MET",
        "A change at its edge may skip it.",
        {"alteration": {"gene": "MET", "protein_change": "exon 14 skipping"}},
        (
            _found(MET, "METex14 skipping"),
            _found(MET, "MET", "ex14del"),
            *(_found(UNKNOWN, "MET", text) for text in ("X1010_splice", "D1010N", "c.3028G>A", "exon 14")),
            _found(NOT_MET, "MET", "T992I"),
            _found(NOT_MET, "MET amplification"),
        ),
    ),
    Table(
        "A fusion and its partner",
        "The partners have no order. A partner that nobody named could be any.",
        {"alteration": {"gene": "ALK", "partner": "EML4"}},
        (
            _found(MET, "EML4", None, kind="fusion", partner="ALK"),
            _found(MET, "ALK", None, kind="fusion", partner="EML4"),
            *(_found(MET, text) for text in ("EML4-ALK", "EML4::ALK", "ALK-EML4 fusion", "EML4/ALK fusion")),
            _found(MET, "EML4/ALK", None, kind="fusion"),
            _found(UNKNOWN, "ALK fusion"),
            _found(UNKNOWN, "ALK", None, "perhaps a fusion"),
            _found(UNKNOWN, "EML4", None, kind="rearrangement"),
            _found(NOT_MET, "KIF5B-ALK"),
            _found(NOT_MET, "EML4-NTRK3"),
            _found(NOT_MET, "ALK", None, kind="mutation"),
            row(NOT_MET, alterations=[{"none_of": "ALK"}]),
            row(NOT_MET, alterations=[{"none_of": "ALK fusion"}]),
            row(NOT_MET, alterations=["ALK not rearranged"]),
            row(UNKNOWN, alterations=["ALK wild type"]),
        ),
    ),
    Table(
        "A fusion of a gene",
        "Whichever of the partners stands first.",
        {"alteration": {"gene": "ALK", "kind": "fusion"}},
        (
            _found(MET, "EML4", None, partner="ALK"),
            _found(MET, "EML4::ALK"),
            _found(MET, "ALK rearrangement"),
            _found(UNKNOWN, "EML4", None, "with a partner that nobody named", kind="fusion"),
            _found(NOT_MET, "ROS1", None, partner="CD74"),
            _found(UNKNOWN, "EML4/ALK", None, "one of the two genes, of a kind nobody stated"),
        ),
    ),
    Table(
        "One fusion is one alteration",
        "However many genes it touches.",
        {"alteration": {"gene": "ALK", "kind": "fusion", "at_least": 2}},
        (
            _found(NOT_MET, "EML4-ALK"),
            _found(NOT_MET, "ALK", None, partner="EML4"),
            row(MET, alterations=["EML4-ALK", "ALK-KIF5B"], complete=["alterations"]),
        ),
    ),
    Table(
        "What was not found",
        "A gene that is not mutated may still be amplified.",
        {"alteration": {"gene": "ERBB2", "kind": "amplification"}},
        (
            _found(MET, "HER2 amplified"),
            _found(MET, "HER2", "amplified"),
            row(NOT_MET, alterations=["HER2 not amplified"]),
            row(NOT_MET, alterations=[{"gene": "NEU", "kind": "not detected"}]),
            row(UNKNOWN, alterations=["HER2 wild type"]),
            row(
                UNKNOWN,
                "found, and denied",
                unreadable=True,
                alterations=["HER2 amplified", {"gene": "HER2", "kind": "not amplified"}],
            ),
            _found(UNKNOWN, "HER2", None, "more copies than two, however many", kind="copy number gain"),
            _unread(UNKNOWN, "words nobody knows may deny it", gene="HER2", kind="sine"),
        ),
    ),
)
