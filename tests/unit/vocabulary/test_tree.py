import pytest

from matcher.vocabulary.tree import Group, Node, Tree, flat

TREE = Tree(
    "organs",
    (
        Node("body", "Body", synonyms=("whole body",)),
        Node("limb", "Limb", "body", ("extremity",), closed=True),
        Node("arm", "Arm", "limb"),
        Node("leg", "Leg", "limb"),
        Node("head", "Head", "body"),
        Node("ear", "Ear, outer", "head", ("auricle",)),
    ),
    (Group("paired", "Paired organs", ("limb", "ear"), ("pairs",)),),
)


def test_an_inner_node_stands_for_everything_below_it():
    assert TREE.leaves("body") == {"arm", "leg", "ear", "head_other", "body_other"}
    assert TREE.leaves("arm") == {"arm"}
    assert TREE.all_leaves == TREE.leaves("body")


def test_an_open_inner_node_has_an_other_leaf_and_a_closed_one_has_none():
    assert TREE.children("head") == ("ear", "head_other")
    assert TREE.title("head_other") == "other Head"
    assert TREE.children("limb") == ("arm", "leg")


def test_an_other_leaf_may_be_named_in_the_table():
    tree = Tree("named", (Node("a", "A"), Node("b", "B", "a"), Node("a_other", "none of these", "a")))
    assert tree.title("a_other") == "none of these"
    assert tree.leaves("a") == {"b", "a_other"}


def test_expand_unites_nodes_and_groups():
    assert TREE.expand(["limb", "ear"]) == {"arm", "leg", "ear"} == TREE.leaves("paired")
    assert TREE.expand([]) == frozenset()


@pytest.mark.parametrize(
    ("leaves", "cover"),
    [
        ({"arm", "leg"}, ("limb",)),
        ({"arm", "ear"}, ("arm", "ear")),
        ({"arm", "leg", "ear", "head_other"}, ("limb", "head")),
        ({"arm", "leg", "ear", "head_other", "body_other"}, ("body",)),
        (set(), ()),
    ],
)
def test_cover_names_the_fewest_nodes_for_a_set_of_leaves(leaves, cover):
    assert TREE.cover(leaves) == cover


@pytest.mark.parametrize(
    ("code", "ancestor", "below"),
    [
        ("arm", "body", True),
        ("arm", "arm", True),
        ("body", "arm", False),
        ("ear", "limb", False),
        ("limb", "paired", True),
        ("paired", "body", True),
        ("head", "paired", False),
    ],
)
def test_below_means_nothing_it_could_be_lies_outside(code, ancestor, below):
    assert TREE.is_below(code, ancestor) is below


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("arm", "arm"),
        ("  ARM ", "arm"),
        ("ear outer", "ear"),
        ("Ear - Outer", "ear"),
        ("Auricle", "ear"),
        ("whole-body", "body"),
        ("head_other", "head_other"),
        ("other head", "head_other"),
        ("Paired Organs", "paired"),
        ("elbow", None),
        ("", None),
        ("--", None),
    ],
)
def test_lookup_forgives_case_punctuation_and_spacing_but_guesses_nothing(text, code):
    assert TREE.lookup(text) == code


def test_a_name_of_two_nodes_means_neither_while_codes_still_do():
    tree = Tree(
        "ambiguous",
        (
            Node("a", "Choriocarcinoma"),
            Node("b", "Choriocarcinoma"),
            Node("c", "C", synonyms=("choriocarcinoma",)),
        ),
    )
    assert tree.lookup("choriocarcinoma") is None
    assert tree.lookup("a") == "a"


def test_a_code_beats_a_title_and_a_title_a_synonym():
    tree = Tree("ranks", (Node("pt", "x"), Node("b", "PT"), Node("c", "y"), Node("d", "z", synonyms=("y",))))
    assert tree.lookup("PT") == "pt"
    assert tree.lookup("y") == "c"


@pytest.mark.parametrize(
    ("text", "code"), [("auricel", "ear"), ("extremty", "limb"), ("zzzzz", None), ("", None)]
)
def test_nearest_offers_the_code_of_the_likeliest_name(text, code):
    assert TREE.nearest(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("left arm", "arm"), ("upper extremity", "limb"), ("no arm", None), ("arm", None), ("arm band", None)],
)
def test_a_text_that_ends_in_a_known_name_only_narrows_it(text, code):
    assert TREE.wider(text) == code


def test_parents_titles_and_roots():
    assert TREE.parent("arm") == "limb"
    assert TREE.parent("body") is None
    assert TREE.parent("paired") is None
    assert TREE.roots == ("body",)
    assert TREE.leaves("arm") == {"arm"}
    assert "arm" in TREE
    assert not TREE.has("elbow")
    assert TREE.synonyms("limb") == ("extremity",)
    assert TREE.synonyms("paired") == ("pairs",)
    assert TREE.codes[0] == "body"
    assert TREE.codes[-1] == "paired"


def test_an_unknown_code_is_an_error_and_not_an_empty_set():
    with pytest.raises(KeyError):
        TREE.leaves("elbow")
    with pytest.raises(KeyError):
        TREE.expand(["arm", "elbow"])


@pytest.mark.parametrize(
    ("nodes", "groups", "message"),
    [
        ((Node("a", "A"), Node("a", "B")), (), "twice"),
        ((Node("a", "A", "missing"),), (), "not in the table"),
        ((Node("a", "A", "b"), Node("b", "B", "a")), (), "own ancestors"),
        ((Node("a", "A"),), (Group("a", "A", ("a",)),), "both a node and a group"),
    ],
)
def test_a_faulty_table_is_refused(nodes, groups, message):
    with pytest.raises(ValueError, match=message):
        Tree("faulty", nodes, groups)


def test_a_flat_set_has_its_rows_as_leaves():
    sex = flat("sex", ("female", "female", ("f",)), ("male", "male"))
    assert sex.all_leaves == {"female", "male"} == set(sex.codes)
    assert sex.lookup("F") == "female"


def test_several_nodes_are_named_by_the_group_they_make():
    assert TREE.cover(TREE.leaves("paired")) == ("limb", "ear")
    assert TREE.named(TREE.leaves("paired")) == ("paired",)
    assert TREE.named({"arm", "ear"}) == ("arm", "ear")


def test_what_is_another_thing_too_is_below_both_and_named_once() -> None:
    tree = Tree(
        "illness",
        (
            Node("autoimmune", "Autoimmune disease"),
            Node("pernicious", "Pernicious anaemia", "autoimmune"),
            Node("anaemia", "Anaemia", also=("pernicious",)),
            Node("blood", "Disease of the blood"),
            Node("leukaemia", "Leukaemia", "blood"),
        ),
    )
    assert tree.leaves("anaemia") == {"anaemia_other", "pernicious"}
    assert tree.is_below("pernicious", "anaemia")
    assert tree.is_below("pernicious", "autoimmune")
    assert tree.cover(tree.leaves("anaemia")) == ("anaemia",)
    assert tree.cover({"pernicious"}) == ("pernicious",)
