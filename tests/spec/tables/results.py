"""Results of markers as laboratories write them, in whichever cell."""

from tests.spec.table import MET, NOT_MET, UNKNOWN, Row, Table, row


def _reported(
    verdict: str, marker: str, why: str = "", /, *, unreadable: bool = False, **stated: object
) -> Row:
    """An old result that would pass, and a new one."""
    olds: dict[str, dict[str, object]] = {
        "msi": {"category": "MSI-H"},
        "mmr": {"category": "dMMR"},
        "tmb": {"number": 20},
        "pd_l1": {"score_type": "tps", "score": 90, "percent_positive": 90},
        "her2": {"method": "ihc", "intensity": 3, "status": "positive"},
    }
    found = {"marker": marker, "date": "2025-06-01", **stated}
    earlier = {"marker": marker, "date": "2024-01-01", **olds[marker]}
    return row(verdict, why, unreadable=unreadable, biomarkers=[found, earlier])


RESULTS = (
    Table(
        "Microsatellites as reported",
        "In the words of any laboratory; words nobody knows leave it open, and no older result steps in.",
        {"biomarker": {"marker": "msi", "category": {"in": ["msi_high"]}}},
        (
            *(_reported(MET, "msi", category=text) for text in ("MSI-H", "MSI-High", "instable", "MSI high")),
            _reported(MET, "msi", "in another cell", status="MSI-H"),
            *(_reported(NOT_MET, "msi", category=text) for text in ("MSS", "stable", "MSI-L", "negative")),
            _reported(UNKNOWN, "msi", unreadable=True, category="see comment"),
            _reported(UNKNOWN, "msi", unreadable=True, category="MSI-H?"),
        ),
    ),
    Table(
        "Mismatch repair as reported",
        "The loss of one of the four proteins is deficient; only all four together are intact.",
        {"biomarker": {"marker": "mmr", "category": {"in": ["mmr_deficient"]}}},
        (
            *(
                _reported(MET, "mmr", category=text)
                for text in ("dMMR", "MMR deficient", "loss of MLH1/PMS2", "MSH6 loss", "MMR-D")
            ),
            *(
                _reported(NOT_MET, "mmr", category=text)
                for text in ("pMMR", "MMR proficient", "intact", "MLH1/MSH2/MSH6/PMS2 intact")
            ),
            _reported(UNKNOWN, "mmr", "the other three may be lost", unreadable=True, category="MLH1 intact"),
        ),
    ),
    Table(
        "Mutational burden as reported",
        "A word such as high is no number: where it begins is the laboratory's.",
        {"biomarker": {"marker": "tmb", "number": {"at_least": 10}}},
        (
            *(
                _reported(MET, "tmb", number=text)
                for text in ("12 mut/Mb", "TMB 12/Mb", "12.5", ">=10 mut/Mb")
            ),
            _reported(MET, "tmb", status="high (12 mut/Mb)"),
            _reported(NOT_MET, "tmb", number="8 mutations per megabase"),
            _reported(UNKNOWN, "tmb", category="TMB-high"),
            _reported(UNKNOWN, "tmb", number="TMB-low"),
            _reported(UNKNOWN, "tmb", unreadable=True, number="several"),
        ),
    ),
    Table(
        "A score as reported",
        "Its type may stand before it.",
        {"biomarker": {"marker": "pd_l1", "score_type": "tps", "score": {"at_least": 50}}},
        (
            _reported(MET, "pd_l1", status="TPS 50 %"),
            _reported(MET, "pd_l1", score="TPS >= 50%"),
            _reported(NOT_MET, "pd_l1", score="TPS <1 %"),
            _reported(UNKNOWN, "pd_l1", unreadable=True, score="TPS not done, CPS 60"),
        ),
    ),
    Table(
        "A share of cells as reported",
        "In the cell of the status, with the status beside it.",
        {"biomarker": {"marker": "pd_l1", "percent_positive": {"at_least": 50}}},
        (
            *(
                _reported(MET, "pd_l1", status=text)
                for text in ("positive (80 %)", "80 % positive", "TPS 50 %")
            ),
            _reported(NOT_MET, "pd_l1", percent_positive="<1 %"),
            _reported(UNKNOWN, "pd_l1", unreadable=True, percent_positive="most cells"),
            _reported(
                UNKNOWN, "pd_l1", "it may have been the share", unreadable=True, status="ask pathologist"
            ),
        ),
    ),
    Table(
        "An intensity as reported",
        "HER2 low is 1+ or 2+.",
        {"biomarker": {"marker": "her2", "intensity": {"at_least": 2}}},
        (
            *(_reported(MET, "her2", intensity=text) for text in ("2+", "3+ ", "IHC 3+", "2+/3+")),
            _reported(MET, "her2", status="3+"),
            *(_reported(NOT_MET, "her2", status=text) for text in ("score 0", "1+", "0/1+")),
            _reported(UNKNOWN, "her2", status="HER2 low"),
            _reported(UNKNOWN, "her2", intensity="1+/2+"),
            _reported(UNKNOWN, "her2", unreadable=True, intensity="very"),
        ),
    ),
    Table(
        "A status as reported",
        "In the words of the laboratory.",
        {"biomarker": {"marker": "her2", "status": "positive"}},
        (
            *(
                _reported(MET, "her2", status=text)
                for text in ("amplified", "pos", "+", "3+", "positive (3+)")
            ),
            *(
                _reported(NOT_MET, "her2", status=text)
                for text in ("not amplified", "undetectable", "equivocal", "1+")
            ),
            _reported(NOT_MET, "her2", status="HER2 low"),
            _reported(UNKNOWN, "her2", unreadable=True, status="positive?"),
            _reported(UNKNOWN, "her2", unreadable=True, status="repeat"),
        ),
    ),
)
