import pytest

from matcher.vocabulary.formulary import (
    Agent,
    Combination,
    DrugClass,
    Formulary,
    FormularyFault,
    FormularyProblem,
)
from matcher.vocabulary.resolution import ANYTHING

FORMULARY = Formulary(
    (
        Agent("cisplatin", ("cisplatinum", "CDDP")),
        Agent("carboplatin", ("paraplatin",)),
        Agent("pemetrexed", ("alimta",)),
        Agent("methotrexate"),
        Agent("gemcitabine", ("gemzar",)),
        Agent("fluorouracil", ("5-fu", "5-fluorouracil")),
        Agent("nivolumab", ("opdivo",)),
        Agent("pembrolizumab", ("keytruda",)),
        Agent("ipilimumab", ("yervoy",)),
        Agent("bevacizumab", ("avastin",)),
        Agent("apitolisib", ("gdc-0980",)),
        Agent("leucovorin", ("folinic acid", "calcium folinate")),
        Agent("dexamethasone"),
        Agent("etoposide", ("vp-16", "etoposide phosphate")),
    ),
    (
        DrugClass("platinum", "Platinum agents", ("cisplatin", "carboplatin")),
        DrugClass("antifolate", "Antifolates", ("pemetrexed", "methotrexate")),
        DrugClass("pd1", "PD-1 inhibitors", ("nivolumab", "pembrolizumab"), ("anti-pd-1",)),
        DrugClass("ctla4", "CTLA-4 inhibitors", ("ipilimumab",), other=False),
        DrugClass(
            "checkpoint_inhibitor",
            "Immune checkpoint inhibitors",
            ("pd1", "ctla4"),
            ("checkpoint inhibitor", "ICI"),
        ),
        DrugClass(
            "chemotherapy",
            "Chemotherapy",
            ("platinum", "antifolate", "gemcitabine", "fluorouracil", "etoposide"),
        ),
        DrugClass("immunosuppressant", "Immunosuppressants", ("methotrexate", "dexamethasone")),
    ),
    combinations=(Combination("gemcis", ("gemcitabine", "cisplatin"), ("gem/cis scheme",)),),
    not_anticancer=("leucovorin", "dexamethasone"),
    unresolvable=("didox", "blinded study drug", "chemotherapy nos"),
)

CIS, CARBO, PEM, GEM, NIVO, IPI, BEV, FU = (
    frozenset({name})
    for name in (
        "cisplatin",
        "carboplatin",
        "pemetrexed",
        "gemcitabine",
        "nivolumab",
        "ipilimumab",
        "bevacizumab",
        "fluorouracil",
    )
)


def test_the_lists_of_the_test_are_sound():
    assert FORMULARY.problems == ()


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("cisplatin", (CIS,)),
        ("CISPLATINUM", (CIS,)),
        ("pemetrexed (alimta)", (PEM,)),
        ("alimta (pemetrexed)", (PEM,)),
        ("pemetrexed(Alimta)", (PEM,)),
        ("cisplatin/pemetrexed", (CIS, PEM)),
        ("carboplatin + alimta", (CARBO, PEM)),
        ("cisplatin, pemetrexed and bevacizumab", (CIS, PEM, BEV)),
        ("Cisplatin-Pemetrexed", (CIS, PEM)),
        ("carboplatin alimta", (CARBO, PEM)),
        ("keytruda", (frozenset({"pembrolizumab"}),)),
        ("gdc-0980", (frozenset({"apitolisib"}),)),
        ("GDC 0980", (frozenset({"apitolisib"}),)),
        ("5 FU", (FU,)),
        ("vp 16", (frozenset({"etoposide"}),)),
        ("gemcis", (GEM, CIS)),
        ("GEM/CIS scheme", (GEM, CIS)),
        ("cisplatin 75 mg/m2 + pemetrexed 500 mg/m2 q3w", (CIS, PEM)),
        ("carboplatin (AUC 5)", (CARBO,)),
        ("nivolumab (cycle 3)", (NIVO,)),
        ("maintenance pemetrexed", (PEM,)),
        ("cisplatin (+ pemetrexed)", (CIS, PEM)),
        ("nivolumab plus ipilimumab", (NIVO, IPI)),
        ("nivolumab/ipilimumab", (NIVO, IPI)),
        ("cisplatin + cisplatinum", (CIS,)),
        ("nivolumab +", (NIVO,)),
        ("chemotherapy (cisplatin + pemetrexed)", (CIS, PEM)),
        ("checkpoint inhibitor (nivolumab)", (NIVO,)),
    ],
)
def test_a_course_is_resolved_to_its_agents(text, components):
    resolution = FORMULARY.resolve(text)
    assert resolution.components == components
    assert resolution.unresolved == resolution.blinded == ()


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("cisplatin or carboplatin", (CIS | CARBO,)),
        ("cisplatin/carboplatin + pemetrexed", (CIS | CARBO, PEM)),
        ("cisplatin and pemetrexed or carboplatin and pemetrexed", (CIS | CARBO, PEM)),
        ("pemetrexed plus cisplatin or carboplatin", (PEM | CARBO, CIS | CARBO)),
        ("cisplatin or carboplatin + pemetrexed", (CARBO | CIS, PEM | CIS)),
    ],
)
def test_alternatives_are_one_component_that_could_be_either(text, components):
    assert FORMULARY.resolve(text).components == components


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("nivolumab or placebo", (ANYTHING,)),
        ("nivolumab/placebo", (ANYTHING,)),
        ("pembrolizumab, or placebo", (ANYTHING,)),
        ("nivolumab (or placebo)", (ANYTHING,)),
        ("blinded nivolumab", (ANYTHING,)),
        ("placebo", (ANYTHING,)),
        ("blinded study drug", (ANYTHING,)),
        ("cisplatin + pemetrexed + nivolumab/placebo", (CIS, PEM, ANYTHING)),
        ("gemcitabine plus bevacizumab or placebo", (GEM, ANYTHING)),
    ],
)
def test_a_blinded_agent_could_be_anything(text, components):
    resolution = FORMULARY.resolve(text)
    assert resolution.components == components
    assert resolution.blinded
    assert resolution.unresolved == ()


@pytest.mark.parametrize(
    ("text", "components", "unresolved"),
    [
        ("foozumab", (ANYTHING,), ("foozumab",)),
        ("didox", (ANYTHING,), ("didox",)),
        ("chemotherapy nos", (ANYTHING,), ("chemotherapy nos",)),
        ("cisplatin + foozumab", (CIS, ANYTHING), ("foozumab",)),
        ("foozumab (alimta)", (PEM, ANYTHING), ("foozumab",)),
        ("gemzar (cisplatin)", (ANYTHING,), ("gemzar (cisplatin)",)),
        ("cisplatin +/- bevacizumab", (CIS, ANYTHING), ("bevacizumab",)),
        ("cisplatin with or without bevacizumab", (CIS, ANYTHING), ("bevacizumab",)),
        ("no pemetrexed", (ANYTHING,), ("no pemetrexed",)),
        ("refused cisplatin + pemetrexed", (ANYTHING,), ("refused cisplatin + pemetrexed",)),
        ("planned nivolumab", (ANYTHING,), ("planned nivolumab",)),
        ("platinum doublet", (ANYTHING,), ("platinum doublet",)),
        ("cisplatinn", (ANYTHING,), ("cisplatinn",)),
        ("cisplatin " * 1000, (ANYTHING,), (("cisplatin " * 1000).strip(),)),
        ("", (ANYTHING,), ()),
        (" - ", (ANYTHING,), ()),
    ],
)
def test_what_nobody_can_resolve_could_be_anything_and_is_reported(text, components, unresolved):
    resolution = FORMULARY.resolve(text)
    assert resolution.components == components
    assert resolution.unresolved == unresolved


def test_a_class_name_is_every_member_and_its_own_outside():
    assert FORMULARY.resolve("checkpoint inhibitor").components == (
        FORMULARY.members("checkpoint_inhibitor"),
    )
    assert FORMULARY.members("checkpoint_inhibitor") == {
        "nivolumab",
        "pembrolizumab",
        "pd1_other",
        "ipilimumab",
        "checkpoint_inhibitor_other",
    }


def test_a_class_without_an_outside_has_no_other_leaf():
    assert FORMULARY.members("ctla4") == {"ipilimumab"}


def test_members_are_asked_for_by_any_name():
    assert FORMULARY.members("ICI") == FORMULARY.members("checkpoint_inhibitor")
    assert FORMULARY.members("Alimta") == {"pemetrexed"}
    with pytest.raises(KeyError):
        FORMULARY.members("foozumab")


def test_an_agent_may_be_in_several_classes():
    assert FORMULARY.classes_of("methotrexate") == ("antifolate", "chemotherapy", "immunosuppressant")
    assert FORMULARY.classes_of("pd1") == ("pd1", "checkpoint_inhibitor")


def test_names_are_known_titled_and_suggested():
    assert FORMULARY.knows("opdivo")
    assert not FORMULARY.knows("gemcis")
    assert FORMULARY.lookup("Paraplatin") == "carboplatin"
    assert FORMULARY.is_class("ICI")
    assert not FORMULARY.is_class("nivolumab")
    assert FORMULARY.title("ICI") == "Immune checkpoint inhibitors"
    assert FORMULARY.title("alimta") == "pemetrexed"
    assert FORMULARY.nearest("pembrolizumb") == "pembrolizumab"
    assert FORMULARY.nearest("checkpoint inhibiter") == "checkpoint_inhibitor"
    assert FORMULARY.nearest("zzzzz") is None


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("dexamethasone", True),
        ("leucovorin + dexamethasone", True),
        ("5-fu + leucovorin", False),
        ("leucovorin + foozumab", False),
        ("immunosuppressants", False),
        ("cisplatin", False),
    ],
)
def test_a_course_is_no_anticancer_therapy_only_if_nothing_in_it_could_be(text, harmless):
    assert FORMULARY.resolve(text).not_anticancer is harmless


def test_every_fault_of_the_lists_is_reported_and_the_rest_still_works():
    faulty = Formulary(
        (Agent("cisplatin", ("platinol",)), Agent("carboplatin", ("platinol",)), Agent("steroid")),
        (
            DrugClass("platinum", "Platinum agents", ("cisplatin", "carboplatine")),
            DrugClass("first", "First", ("second", "cisplatin")),
            DrugClass("second", "Second", ("first",)),
            DrugClass("steroid", "Steroids", ()),
        ),
        not_anticancer=("saline",),
    )
    assert set(faulty.problems) == {
        FormularyProblem(FormularyFault.SHARED_NAME, "carboplatin", "platinol", "cisplatin"),
        FormularyProblem(FormularyFault.SHARED_NAME, "steroid", "steroid", "steroid"),
        FormularyProblem(FormularyFault.UNKNOWN_MEMBER, "platinum", "carboplatine", "carboplatin"),
        FormularyProblem(FormularyFault.CIRCLE, "second", "first"),
        FormularyProblem(FormularyFault.UNKNOWN_MEMBER, "not_anticancer", "saline"),
    }
    assert faulty.members("platinum") == {"cisplatin", "platinum_other"}
    assert faulty.resolve("platinol").components == (ANYTHING,)


def test_every_leaf_is_an_agent_or_the_outside_of_a_class():
    named = set(FORMULARY.agents) | {f"{code}_other" for code in FORMULARY.classes}
    assert FORMULARY.all_leaves == named - {"ctla4_other"}
