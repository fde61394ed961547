"""Operations and other procedures that criteria ask about."""

from __future__ import annotations

from matcher.vocabulary.tree import Node, Tree

PROCEDURES = Tree(
    "procedures",
    (
        Node("surgery", "Surgery", synonyms=("operation",)),
        Node("major_surgery", "Major surgery", "surgery", ("major operation",)),
        Node(
            "extrapleural_pneumonectomy",
            "Extrapleural pneumonectomy",
            "major_surgery",
            ("EPP", "extra-pleural pneumonectomy"),
        ),
        Node(
            "pleurectomy_decortication",
            "Pleurectomy and decortication",
            "major_surgery",
            ("P/D", "pleurectomy/decortication", "pleurectomy with decortication", "extended pleurectomy"),
        ),
        Node("en_bloc_resection", "En bloc resection", "major_surgery", ("wide excision",)),
        Node("chest_wall_resection", "Chest-wall resection", "major_surgery", ("chest wall resection",)),
        Node(
            "lung_resection",
            "Lung resection",
            "major_surgery",
            ("lobectomy", "pneumonectomy", "segmentectomy"),
        ),
        Node(
            "cytoreductive_surgery",
            "Cytoreductive surgery",
            "major_surgery",
            ("CRS", "cytoreduction", "peritonectomy", "debulking"),
        ),
        Node("gastrectomy", "Gastrectomy", "major_surgery", ("partial gastrectomy", "total gastrectomy")),
        Node("minor_surgery", "Minor surgery", "surgery", ("minor operation",)),
        Node("biopsy", "Biopsy", synonyms=("tumour biopsy", "tumor biopsy")),
        Node("core_biopsy", "Core biopsy", "biopsy", ("core needle biopsy",)),
        Node(
            "open_biopsy", "Open or thoracoscopic biopsy", "biopsy", ("thoracoscopic biopsy", "VATS biopsy")
        ),
        Node("fine_needle_aspiration", "Fine-needle aspiration", "biopsy", ("FNA", "needle aspirate")),
        Node("drainage", "Drainage of an effusion"),
        Node("thoracentesis", "Thoracentesis", "drainage", ("pleural drainage", "pleural tap")),
        Node("paracentesis", "Paracentesis", "drainage", ("ascites drainage",)),
        Node("indwelling_catheter", "Indwelling pleural catheter", "drainage", ("IPC", "PleurX")),
        Node("pleurodesis", "Pleurodesis", synonyms=("talc pleurodesis",)),
        Node("chest_tube_pleurodesis", "Chest-tube pleurodesis", "pleurodesis"),
        Node("thoracoscopic_pleurodesis", "Thoracoscopic pleurodesis", "pleurodesis", ("VATS pleurodesis",)),
        Node("transfusion", "Transfusion", synonyms=("blood transfusion",)),
        Node(
            "red_cell_transfusion", "Red-cell transfusion", "transfusion", ("RBC transfusion", "packed cells")
        ),
        Node("platelet_transfusion", "Platelet transfusion", "transfusion"),
        Node("transplant", "Transplantation"),
        Node(
            "stem_cell_transplant",
            "Stem-cell transplantation",
            "transplant",
            ("SCT", "HSCT", "bone marrow transplant"),
        ),
        Node(
            "autologous_transplant",
            "Autologous stem-cell transplantation",
            "stem_cell_transplant",
            ("ASCT", "auto-SCT"),
        ),
        Node(
            "allogeneic_transplant",
            "Allogeneic stem-cell transplantation",
            "stem_cell_transplant",
            ("allo-SCT",),
        ),
        Node("organ_transplant", "Solid-organ transplantation", "transplant", ("solid organ transplant",)),
        Node("bone_marrow_examination", "Bone-marrow examination", synonyms=("bone marrow biopsy",)),
        Node("other_procedure", "Another procedure"),
    ),
)
