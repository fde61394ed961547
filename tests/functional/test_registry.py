"""Records of a registry as drafts: what is clear is proposed, the rest is left to a person, nothing is lost."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from matcher.authoring.proposals import proposer
from matcher.authoring.protocol import split
from matcher.errors import UsageError
from matcher.exchange.draft import draft_of
from matcher.exchange.forms import proposal_of
from matcher.exchange.registry import Record, records_in, records_of
from matcher.exchange.sentences import sentences_of
from matcher.rulebook.documents import read_rule_file
from matcher.rulebook.load import load_rulebook
from matcher.rules.syntax import TrialDocument
from matcher.service import open_rulebook

XML = """<clinical_study><id_info><nct_id>NCT00000001</nct_id></id_info><brief_title>A trial: of "one"</brief_title>
<overall_status>Recruiting</overall_status><phase>Phase 1/Phase 2</phase><eligibility><criteria><textblock>
  Inclusion Criteria:

    -  Age &gt;= 18 years

    -  Adequate organ function, defined as:

         -  Platelets &gt;= 100,000/mm3

         -  Something else

    -  ECOG performance status 0-1, and willing

  Exclusion Criteria:

    -  Pregnant or lactating women
</textblock></criteria><gender>Female</gender><minimum_age>18 Years</minimum_age></eligibility></clinical_study>"""


def record_of(tmp_path: Path, text: str = XML) -> Record:
    path = tmp_path / "r.xml"
    path.write_text(text, encoding="utf-8")
    (found,) = records_of(path)
    return found


def test_a_draft_loads_and_keeps_every_sentence(tmp_path: Path, root: Path) -> None:
    draft = draft_of(record_of(tmp_path), date(2026, 1, 1))
    assert (draft.proposed, draft.judged) == (4, 2)
    book = tmp_path / "book"
    shutil.copytree(root / "rules" / "lists", book / "lists")
    (book / "NCT00000001.yaml").write_text(draft.text, encoding="utf-8")
    load_rulebook(book)
    assert "Adequate organ function, defined as: Platelets >= 100,000/mm3 Something else" in draft.text
    assert "ECOG performance status 0-1, and willing" in draft.text
    assert draft.text.count("judgement: true") == 2


@pytest.mark.parametrize(
    ("sentence", "excludes", "when"),
    [
        ("Age >= 18 years.", False, {"age": {"at_least": "18 years"}}),
        ("ECOG performance status of 0-1", False, {"ecog": {"at_most": 1}}),
        ("Platelets >= 100,000/mm3", False, {"lab": {"test": "platelets", "at_least": "100000 /uL"}}),
        ("Total bilirubin <= 1.5 x ULN", False, {"lab": {"test": "bilirubin_total", "at_most": "1.5 x ULN"}}),
        ("Pregnant women", True, {"pregnant": True}),
        ("Male aged >= 18 years", False, None),
        ("Age >= 18 years, or as national law asks", False, None),
        ("Platelets >= 100,000/mm3 without transfusion", False, None),
        ("Pregnant women", False, None),
    ],
)
def test_a_form_fits_a_sentence_whole_or_not_at_all(sentence: str, excludes: bool, when: object) -> None:
    found = proposal_of(sentence, excludes=excludes)
    assert (found.when if found is not None else None) == when


def test_text_under_no_heading_proposes_nothing() -> None:
    (one,) = sentences_of("Age >= 18 years")
    assert not one.headed


@pytest.mark.parametrize(
    ("heading", "excludes"),
    [
        ("Ocular exclusion criteria", True),
        ("Non inclusion criteria:", True),
        ("Patients will not be included if any of the following applies:", True),
        ("Subjects must not meet any of the following criteria to be eligible:", True),
        ("Any of the following will exclude a subject from the study:", True),
        ("Participants are eligible only if all of the following criteria apply:", False),
        ("Exclusion_Criteria:", True),
        ("- Inclusion criteria:", False),
        # What somebody must be, or what else there is to know, is no heading.
        ("Further exclusion criteria apply.", None),
        ("Other protocol-defined inclusion/exclusion criteria may apply", None),
        ("Pregnancy cannot be excluded", None),
        ("Operation within 4 weeks before inclusion", None),
        ("There is no exclusion criterion in this study.", None),
    ],
)
def test_what_stands_below_a_heading_is_read_as_it_says(heading: str, excludes: bool | None) -> None:
    before = "Exclusion" if excludes is False else "Inclusion"
    *others, last = sentences_of(f"{before} criteria:\n\n{heading}\n\n* HIV infection")
    assert (last.text, last.excludes) == ("HIV infection", bool(excludes))
    assert len(others) == (excludes is None)


def test_a_sentence_goes_on_in_the_next_line_whatever_ends_a_line() -> None:
    text = "Exclusion criteria:\n\n- Poorly controlled\n  diabetes\n\n- HIV infection"
    for end in ("\n", "\r\n", "\r"):
        assert [each.text for each in sentences_of(text.replace("\n", end))] == [
            "Poorly controlled diabetes",
            "HIV infection",
        ]


def test_criteria_of_a_part_name_it_and_are_proposed_for_nobody_else() -> None:
    text = "Inclusion criteria for cohort B:\n\n* Age \u2265 18 years\n\nExclusion criteria: pregnancy\n\n* HIV infection"
    first, *others = sentences_of(text)
    assert (first.whole, first.excludes) == ("Inclusion criteria for cohort B: Age \u2265 18 years", False)
    assert [(each.whole, each.excludes) for each in others] == [("pregnancy", True), ("HIV infection", True)]
    assert (split(text)[0].text, split(text)[0].proposal) == (first.whole, None)


def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><clinical_study>&b;</clinical_study>'
    with pytest.raises(UsageError, match="document type"):
        record_of(tmp_path, bomb)


@pytest.mark.parametrize("text", ["<clinical_study><id", "<other/>", '{"a": 1}', "[", "x"])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="U011"):
        record_of(tmp_path, text)


def test_json_of_version_2_is_read(tmp_path: Path) -> None:
    held = {
        "identificationModule": {"nctId": "NCT00000002", "briefTitle": "T"},
        "statusModule": {"overallStatus": "ACTIVE_NOT_RECRUITING", "lastUpdateSubmitDate": "2024-05-01"},
        "designModule": {"phases": ["PHASE3"]},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Age \u2265 18 years",
            "sex": "ALL",
        },
    }
    record = record_of(tmp_path, json.dumps({"protocolSection": held}))
    assert (record.status, record.phase, record.updated) == ("closed", "3", "2024-05-01")
    assert draft_of(record, date(2026, 1, 1)).proposed == 1


CONTACTS = """<clinical_study><id_info><nct_id>NCT00000001</nct_id></id_info><brief_title>A</brief_title>
<overall_contact><last_name>Trial desk</last_name><phone>00 1</phone><phone_ext>7</phone_ext></overall_contact>
<location><facility><name>North Hospital</name><address><city>Upton</city><country>Utopia</country></address></facility>
<status>Recruiting</status><contact><last_name>Nobody can be reached</last_name></contact></location>
<location><facility><address><city>Downton</city><country>Utopia</country></address></facility></location>
<verification_date>July 2022</verification_date></clinical_study>"""


def test_contacts_and_sites_come_with_the_draft_and_nothing_is_made_up(tmp_path: Path) -> None:
    draft = draft_of(record_of(tmp_path, CONTACTS), date(2026, 1, 1)).text
    path = tmp_path / "NCT00000001.yaml"
    path.write_text(draft, encoding="utf-8")
    document = read_rule_file(path, path.name)[0].document
    assert isinstance(document, TrialDocument)
    (desk,) = document.contacts
    assert (desk.name, desk.phone, desk.email, desk.as_of) == (
        "Trial desk",
        "00 1 ext. 7",
        None,
        date(2022, 7, 1),
    )
    north, down = document.sites
    assert (north.name, north.city, north.status, north.contacts) == (
        "North Hospital",
        "Upton",
        "recruiting",
        [],
    )
    assert (down.name, down.status) == ("Downton", "unknown")


def test_the_newer_form_of_the_registry_gives_places_their_point() -> None:
    places = {
        "centralContacts": [{"name": "Trial desk", "role": "CONTACT", "phone": "00 1"}],
        "locations": [
            {"facility": "North Hospital", "city": "Upton", "status": "NOT_YET_RECRUITING",
             "geoPoint": {"lat": 10.5, "lon": -3}}
        ],
    }  # fmt: skip
    text = json.dumps({"protocolSection": {"contactsLocationsModule": places}}).encode()
    (found,) = records_in(text, "r.json")
    assert [each.phone for each in found.contacts] == ["00 1"]
    assert [(each.status, each.at) for each in found.sites] == [("not_yet_recruiting", (10.5, -3.0))]


@pytest.mark.parametrize(
    ("sentence", "excludes", "when"),
    [
        ("ANC \u2265 1.5 x 10^3/\u03bcl", False, {"lab": {"test": "anc", "at_least": "1.5 10*3/uL"}}),
        ("Pericarditis or stroke", True, {"any": [{"condition": "pericarditis"}, {"condition": "stroke"}]}),
        ("Stroke within 6 months", True, {"condition": {"is": "stroke", "within": "6 months"}}),
        ("Prior treatment with cisplatin", True, {"prior": "cisplatin"}),
        ("Treatment with cisplatin", True, None),
        ("BMI < 20 and > 30", True, None),
        ("Stroke, unless it left no deficit", True, None),
        ("Subjects in cohort 2: stroke", True, None),
        ("If diabetic, HbA1c below 8 %", False, None),
    ],
)
def test_a_draft_takes_what_the_workbench_proposes(sentence: str, excludes: bool, when: object) -> None:
    found = proposer(open_rulebook())(sentence, excludes)
    assert (found.when if found else None) == when
