"""A few agents and classes, so that no specification depends on what the shipped lists hold."""

from matcher.vocabulary.formulary import Agent, Combination, DrugClass, Formulary

SMALL_FORMULARY = Formulary(
    [
        Agent("cisplatin", ("CDDP", "Platinol")),
        Agent("pemetrexed", ("Alimta",)),
        Agent("nivolumab", ("Opdivo", "BMS-936558")),
        Agent("pembrolizumab", ("Keytruda", "MK-3475")),
        Agent("aspirin", ("acetylsalicylic acid", "ASA")),
        *map(
            Agent, ("carboplatin", "gemcitabine", "ipilimumab", "prednisone", "dexamethasone", "clopidogrel")
        ),
        Agent("folic_acid", ("folate",)),
        *map(Agent, ("mesothelin_cells", "heparin")),
    ],
    [
        DrugClass("platinum", "platinum", ("cisplatin", "carboplatin")),
        DrugClass("chemotherapy", "chemotherapy", ("platinum", "pemetrexed", "gemcitabine")),
        DrugClass("pd1", "PD-1 inhibitor", ("nivolumab", "pembrolizumab")),
        DrugClass("checkpoint_inhibitor", "checkpoint inhibitor", ("pd1", "ipilimumab")),
        DrugClass("car_t", "CAR T cells", ("mesothelin_cells",)),
        DrugClass("immunotherapy", "immunotherapy", ("checkpoint_inhibitor", "car_t")),
        DrugClass("anticancer", "anticancer agent", ("chemotherapy", "immunotherapy")),
        DrugClass("corticosteroid", "corticosteroid", ("prednisone", "dexamethasone")),
        DrugClass("antiplatelet", "antiplatelet", ("aspirin", "clopidogrel")),
        DrugClass("anticoagulant", "anticoagulant", ("heparin",)),
    ],
    combinations=[Combination("cispem", ("cisplatin", "pemetrexed"))],
    not_anticancer=("corticosteroid", "folic_acid"),
    unresolvable=("study drug",),
)
