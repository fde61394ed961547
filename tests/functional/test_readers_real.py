"""Published records, read through the mappings of `fixtures/mappings`."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from matcher.domain.possible import UNREAD, Codes, Interval
from matcher.domain.profile import Profile
from matcher.readers.outcome import Issue, Patient, Reading
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.vocabulary.formulary import Formulary


@dataclass
class Read:
    reading: Reading
    profiles: dict[str, Profile]
    issues: list[Issue]


@pytest.fixture(scope="module")
def formulary(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Formulary:
    """The lists of the rulebook, without its rules."""
    folder = tmp_path_factory.mktemp("rules")
    shutil.copytree(root / "rules" / "lists", folder / "lists")
    return load_rulebook(folder).formulary


def read(real_data: Path, root: Path, formulary: Formulary, name: str) -> Read:
    path = real_data / "patients" / f"{name}.csv"
    file = read_patients(path, formulary=formulary, mapping=root / "fixtures" / "mappings" / f"{name}.yaml")
    outcomes = [outcome for outcome in file if isinstance(outcome, Patient)]
    issues = [issue for outcome in outcomes for issue in outcome.issues]
    return Read(file.reading, {each.profile.id: each.profile for each in outcomes}, issues)


@pytest.fixture(scope="module")
def meso(real_data: Path, root: Path, formulary: Formulary) -> Read:
    return read(real_data, root, formulary, "tcga_meso")


@pytest.fixture(scope="module")
def stad(real_data: Path, root: Path, formulary: Formulary) -> Read:
    return read(real_data, root, formulary, "tcga_stad")


@pytest.fixture(scope="module")
def uci(real_data: Path, root: Path, formulary: Formulary) -> Read:
    return read(real_data, root, formulary, "uci_mesothelioma")


def labs(found: Read, test: str) -> Iterator[tuple[Profile, Interval, Interval | None]]:
    for profile in found.profiles.values():
        for lab in profile.labs:
            if lab.test == Codes.of(test):
                yield profile, lab.value, lab.upper_normal


class TestMesothelioma:
    def test_all_87_are_accounted_for(self, meso: Read) -> None:
        assert (meso.reading.patients, meso.reading.matched, meso.reading.rejected) == (87, 87, 0)
        assert meso.reading.file_issues == []

    def test_everybody_is_alive_on_the_as_of_day(self, meso: Read) -> None:
        for profile in meso.profiles.values():
            (status,) = (each.value for each in profile.observations if each.name == "vital_status")
            assert status == Codes.of("alive")
        assert any("known to have been alive" in text for text in meso.reading.assumptions)

    def test_nobody_is_seen_before_the_diagnosis(self, meso: Read) -> None:
        for profile in meso.profiles.values():
            (diagnosed,) = (each.on for each in profile.diagnoses.records if each.index == Codes.of("yes"))
            assert diagnosed is not None
            assert diagnosed.first <= profile.as_of

    def test_serum_mesothelin_is_a_laboratory_value_and_no_tumour_marker(self, meso: Read) -> None:
        assert len(list(labs(meso, "serum_mesothelin"))) == 15
        assert all(profile.biomarkers == () for profile in meso.profiles.values())

    def test_creatinine_is_right_in_both_unit_systems(self, meso: Read) -> None:
        found = [(value, upper) for _, value, upper in labs(meso, "creatinine")]
        assert len(found) == 45
        # 64 to 126 umol/L are 0.72 to 1.43 mg/dL: no value of either system leaves the range of the other.
        assert all(0.5 <= value.low <= 1.8 for value, _ in found)
        assert all(upper is not None and 0.8 <= upper.low <= 1.6 for _, upper in found)
        assert sum(upper == Interval(1.414, 1.414) for _, upper in found) == 5

    def test_karnofsky_0_beside_an_ecog_is_flagged_and_unknown(self, meso: Read) -> None:
        flagged = [issue for issue in meso.issues if "karnofsky" in issue.source.column]
        assert [(issue.patient, issue.code) for issue in flagged] == [
            ("tcga-sh-a7bh", "P111"),
            ("tcga-sh-a9ct", "P111"),
        ]
        assert [
            each.value
            for name in ("tcga-sh-a7bh", "tcga-sh-a9ct")
            for each in meso.profiles[name].observations
            if each.name == "karnofsky"
        ] == [UNREAD] * 2

    def test_no_stage_belongs_to_the_eighth_edition(self, meso: Read) -> None:
        stagings = [staging for profile in meso.profiles.values() for staging in profile.staging]
        assert len(stagings) == 87
        assert {str(each.edition) for each in stagings} == {"{5}", "{6}", "{7}"}
        assert {str(each.scheme) for each in stagings} == {
            "{ajcc5_pleural}",
            "{ajcc6_pleural}",
            "{ajcc7_pleural}",
        }

    def test_dirty_names_are_resolved_or_listed(self, meso: Read) -> None:
        assert set(meso.reading.unresolved_agents) <= {"copa chelating agent", "vaccine"}
        agents = {
            agent
            for profile in meso.profiles.values()
            for course in profile.therapies.records
            for component in course.components
            if component is not None
            for agent in component.members
        }
        assert {"cisplatin", "pemetrexed", "erlotinib", "sunitinib", "doxorubicin"} <= agents
        assert not agents & {"alimta", "cisplatinum", "tarceva"}

    def test_a_blinded_drug_could_be_any(self, meso: Read) -> None:
        blinded = [
            course
            for profile in meso.profiles.values()
            for course in profile.therapies.records
            if course.label == "defactinib/placebo"
        ]
        assert [course.components for course in blinded] == [(None,)]

    def test_drugs_of_the_same_days_are_one_course(self, meso: Read) -> None:
        (course,) = meso.profiles["tcga-ut-a88d"].therapies.records
        assert set(course.components) == {Codes.of("pemetrexed"), Codes.of("cisplatin")}

    def test_no_list_of_therapies_is_called_complete(self, meso: Read) -> None:
        assert not any(profile.therapies.complete for profile in meso.profiles.values())

    def test_doses_in_centigray_are_gray(self, meso: Read) -> None:
        doses = [
            course.dose
            for profile in meso.profiles.values()
            for course in profile.radiotherapy.records
            if course.dose is not None
        ]
        assert len(doses) == 28
        assert all(8 <= dose.low <= 70 for dose in doses)

    def test_types_that_disagree_stay_open(self, meso: Read) -> None:
        open_types = [
            profile.id
            for profile in meso.profiles.values()
            for each in profile.diagnoses.records
            if each.histology is not None and {"epithelioid", "biphasic"} <= each.histology.members
        ]
        assert len(open_types) == 3

    def test_the_convention_of_the_index_day_is_an_assumption(self, meso: Read) -> None:
        assert any("only differences between days are known" in text for text in meso.reading.assumptions)


class TestStomach:
    def test_all_443_are_accounted_for(self, stad: Read) -> None:
        assert (stad.reading.patients, stad.reading.matched, stad.reading.rejected) == (443, 443, 0)
        assert stad.reading.file_issues == []

    def test_open_names_are_listed_and_could_be_any(self, stad: Read) -> None:
        assert {"copolang", "didox", "unkown", "taxel"} <= set(stad.reading.unresolved_agents)

    def test_folinic_acid_is_no_line_of_therapy(self, stad: Read) -> None:
        kinds = {
            str(course.kind)
            for profile in stad.profiles.values()
            for course in profile.therapies.records
            if course.components == (Codes.of("leucovorin"),)
        }
        assert kinds == {"{supportive}"}

    def test_stages_that_their_edition_does_not_have_are_unknown(self, stad: Read) -> None:
        assert sum(issue.code == "P114" for issue in stad.issues) == 4


class TestUci:
    def test_all_324_are_accounted_for(self, uci: Read) -> None:
        assert (uci.reading.patients, uci.reading.matched, uci.reading.rejected) == (324, 324, 0)
        assert uci.reading.file_issues == []

    def test_its_performance_status_is_no_ecog_and_its_codes_are_no_sex(self, uci: Read) -> None:
        assert all(profile.observations == () for profile in uci.profiles.values())

    def test_its_haemoglobin_is_none(self, uci: Read) -> None:
        assert list(labs(uci, "haemoglobin")) == []
        assert len(list(labs(uci, "platelets"))) == 324
