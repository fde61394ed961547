"""A few agents and classes, so that no specification depends on what the shipped lists hold."""

from matcher.vocabulary.formulary import Agent, Combination, DrugClass, Formulary

SMALL_FORMULARY = Formulary(
    [
        *map(Agent, ("cisplatin", "carboplatin", "pemetrexed", "gemcitabine", "nivolumab", "pembrolizumab")),
        *map(Agent, ("ipilimumab", "prednisone", "dexamethasone", "aspirin", "clopidogrel", "folic_acid")),
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
