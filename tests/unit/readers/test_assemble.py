from datetime import date
from typing import Any

import pytest

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NO, UNREAD, YES, Codes, Interval, is_unread
from matcher.domain.record import Absence, Course
from matcher.domain.source import Source
from matcher.errors import CODES
from matcher.readers.assemble import assemble
from matcher.readers.place import Places
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.staging import SCHEMES, STAGE
from tests.unit.readers.small import AS_OF, FORMULARY, assembled, profile, with_issue


def course(**row: object) -> Course:
    return profile(therapies=[row]).therapies.records[0]


class TestPerson:
    def test_age_61_was_born_in_the_year_that_makes_the_61st_birthday_past(self) -> None:
        assert profile(age=61).birth == DateSpan(date(1964, 1, 16), date(1965, 1, 15))

    def test_age_over_89_is_at_least_90(self) -> None:
        birth = profile(age=">89").birth
        assert birth is not None
        assert birth.last == date(1936, 1, 15)

    def test_an_age_may_be_of_another_day(self) -> None:
        birth = profile(age={"value": 60, "date": "2025-01-15"}).birth
        assert birth == DateSpan(date(1964, 1, 16), date(1965, 1, 15))

    def test_age_and_birth_date_narrow_each_other(self) -> None:
        assert profile(age=61, birth_date="1964").birth == DateSpan(date(1964, 1, 16), date(1964, 12, 31))

    def test_age_and_birth_date_that_contradict_both_stay_possible(self) -> None:
        found, issue = with_issue("P111", age=61, birth_date="1950-05-05")
        assert found.birth == DateSpan(date(1950, 5, 5), date(1965, 1, 15))
        assert issue.fact == "age"

    @pytest.mark.parametrize("age", [212, -1, "212", [30, 212]])
    def test_an_absurd_age_is_unknown(self, age: object) -> None:
        assert with_issue("P102", age=age)[0].birth is None

    def test_a_birth_after_the_as_of_day_is_unknown(self) -> None:
        assert with_issue("P107", birth_date="2027")[0].birth is None

    def test_ecog_of_two_grades_is_either(self) -> None:
        assert profile(ecog="0-1").observations[0].value == Interval(0, 1)

    @pytest.mark.parametrize(
        ("name", "text", "low", "high"),
        [
            ("ecog", "<=0", 0, 0),
            ("ecog", "<1", 0, 0),
            ("ecog", ">=4", 4, 4),
            ("ecog", ">3", 4, 4),
            ("ecog", "2.5-3", 3, 3),
            ("ecog", "<2", 0, 1),
            ("karnofsky", ">=100", 100, 100),
            ("nyha", ">3", 4, 4),
            ("nyha", "<=1", 1, 1),
        ],
    )
    def test_a_bound_at_the_end_of_a_whole_number_scale_is_that_grade(
        self, name: str, text: str, low: float, high: float
    ) -> None:
        value = profile(**{name: text}).observations[0].value
        assert value == Interval(low, high)
        assert isinstance(value, Interval)
        assert all(isinstance(end, float) for end in (value.low, value.high))

    @pytest.mark.parametrize("text", [">=40", "<=1", "<2"])
    def test_a_line_may_be_a_bound_too(self, text: str) -> None:
        line = course(agents="cisplatin", line=text).line
        assert line is not None
        assert isinstance(line.low, float)

    @pytest.mark.parametrize("text", ["<0", ">4", "(0, 1)"])
    def test_a_bound_that_leaves_no_grade_is_refused(self, text: str) -> None:
        assert "ECOG" in with_issue("P102", ecog=text)[1].reason

    @pytest.mark.parametrize("ecog", [7, 1.5, -1, "0-5"])
    def test_an_impossible_ecog_is_unknown(self, ecog: object) -> None:
        (found,) = with_issue("P102", ecog=ecog)[0].observations
        assert found.value == UNREAD

    def test_ecog_5_is_a_death_and_not_a_performance_status(self) -> None:
        assert "died" in with_issue("P102", ecog=5)[1].reason

    def test_karnofsky_0_beside_an_ecog_is_flagged_and_unknown(self) -> None:
        found, issue = with_issue("P111", ecog=2, karnofsky=0)
        assert {each.name: each.value for each in found.observations} == {
            "ecog": Interval(2, 2),
            "karnofsky": UNREAD,
        }
        assert "ECOG" in issue.reason

    def test_karnofsky_goes_in_tens(self) -> None:
        with_issue("P102", karnofsky=85)

    def test_a_stated_unit_is_converted(self) -> None:
        (weight,) = profile(weight={"value": 78000, "unit": "g"}).observations
        assert weight.value == Interval(78, 78)

    def test_months_of_life_expectancy_are_calendar_months(self) -> None:
        (life,) = profile(life_expectancy="3 months").observations
        assert isinstance(life.value, Interval)
        assert life.value.low == pytest.approx(90 / 7)

    def test_several_values_with_their_days_are_kept_apart(self) -> None:
        found = profile(
            ecog=[{"value": 1, "date": "2025-12"}, {"value": 2, "date": "2026-01-10"}]
        ).observations
        assert [each.on for each in found] == [DateSpan.month(2025, 12), DateSpan.on(date(2026, 1, 10))]

    @pytest.mark.parametrize("word", ["unknown", "", "N/A", None])
    def test_a_word_for_unknown_is_no_mistake(self, word: object) -> None:
        assert profile(ecog=word, sex=word, age=word, diagnosis=word).observations == ()


class TestDisease:
    def test_a_single_diagnosis_is_the_index_cancer_and_taken_as_confirmed(self) -> None:
        (diagnosis,) = profile(diagnoses=[{"code": "PLMESO"}]).diagnoses.records
        assert (diagnosis.index, diagnosis.confirmed) == (YES, YES)

    def test_an_inner_node_stands_for_everything_below_it(self) -> None:
        (diagnosis,) = profile(diagnosis="PLMESO").diagnoses.records
        assert diagnosis.code == Codes(DIAGNOSES.leaves("PLMESO"))
        assert diagnosis.histology is None

    def test_a_suspected_diagnosis_may_prove_wrong(self) -> None:
        (diagnosis,) = profile(diagnoses=[{"code": "PLMESO", "confirmed": "suspected"}]).diagnoses.records
        assert diagnosis.confirmed == Codes.of("yes", "no")

    def test_beside_a_marked_index_cancer_the_others_are_not(self) -> None:
        rows = [{"code": "PLMESO", "index": True}, {"code": "PRAD"}]
        assert [each.index for each in profile(diagnoses=rows).diagnoses.records] == [YES, NO]

    def test_of_several_unmarked_diagnoses_none_is_the_index_cancer(self) -> None:
        found, _ = with_issue("P122", diagnoses=["PLMESO", "PRAD"])
        assert [each.index for each in found.diagnoses.records] == [None, None]

    def test_two_index_cancers_are_no_patient(self) -> None:
        result = assembled(diagnoses=[{"code": "PLMESO", "index": True}, {"code": "STAD", "index": True}])
        assert result.profile is None
        assert result.reject is not None
        assert result.reject.code == "P011"

    def test_tx_of_the_eighth_edition_is_any_of_its_tumours(self) -> None:
        (staging,) = profile(diagnosis="PLMESO", tnm={"edition": 8, "t": "TX", "n": "N1", "m": "M0"}).staging
        assert staging.t is not None
        assert "T0" not in staging.t.members
        assert staging.scheme == Codes.of("ajcc8_pleural")

    def test_a_category_of_another_edition_is_unknown(self) -> None:
        found, issue = with_issue("P114", diagnosis="PLMESO", tnm={"edition": 8, "n": "N3", "m": "M0"})
        n = found.staging[0].n
        assert n is not None
        assert is_unread(n)
        assert "older editions" in issue.reason

    def test_a_stage_without_its_scheme_is_that_stage_of_some_scheme(self) -> None:
        (found,) = with_issue("P114", stage="IIIB")[0].staging
        schemes = [each for each in SCHEMES if STAGE.has(f"{each}.IIIB")]
        assert {"ajcc8_pleural", "ajcc8_gastric", "ajcc8_lung", "ajcc8_melanoma"} <= set(schemes)
        assert found.stage == Codes.of(*(f"{each}.IIIB" for each in schemes))

    def test_a_stage_is_every_stage_it_could_be(self) -> None:
        (staging,) = profile(stage={"scheme": "ajcc8_pleural", "value": "II or III"}).staging
        assert staging.stage == Codes.of("ajcc8_pleural.II", "ajcc8_pleural.IIIA", "ajcc8_pleural.IIIB")


class TestBiomarkers:
    def test_a_share_at_one_intensity_bounds_the_others(self) -> None:
        (marker,) = profile(
            biomarkers=[{"marker": "cldn18_2", "percent_positive": 45, "intensity_at_least": 2}]
        ).biomarkers
        assert marker.percent_1 == Interval(45, 100)
        assert marker.percent_2 == Interval(45, 45)
        assert marker.percent_3 == Interval(0, 45)

    def test_negative_is_no_percentage(self) -> None:
        (marker,) = profile(biomarkers=[{"marker": "mesothelin", "status": "negative"}]).biomarkers
        assert marker.percent_1 is None

    def test_intensity_0_is_no_stained_cell(self) -> None:
        (marker,) = profile(biomarkers=[{"marker": "mesothelin", "intensity": 0}]).biomarkers
        assert marker.percent_1 == Interval(0, 0)

    @pytest.mark.parametrize("where", [{"method": "ELISA"}, {"specimen": "serum"}])
    def test_a_level_in_blood_is_no_expression_on_the_tumour(self, where: dict[str, str]) -> None:
        found, _ = with_issue("P113", biomarkers=[{"marker": "mesothelin", "number": 2, **where}])
        assert found.biomarkers == ()

    def test_a_gene_is_written_as_its_symbol(self) -> None:
        (found,) = profile(alterations=["her2"]).alterations.records
        assert found.gene == Codes.of("ERBB2")


class TestLaboratory:
    def test_values_and_limits_are_in_the_unit_of_the_test(self) -> None:
        (found,) = profile(labs=[{"test": "Hb", "value": "91 g/L", "uln": 170, "lln": 120}]).labs
        assert (found.value, found.upper_normal, found.lower_normal) == (
            Interval(9.1, 9.1),
            Interval(17, 17),
            Interval(12, 12),
        )

    def test_a_value_below_a_limit_stays_open(self) -> None:
        (found,) = profile(labs={"platelets": "<5 10*9/L"}).labs
        assert found.value == Interval(1, 5, high_open=True)

    def test_no_unit_is_ever_assumed(self) -> None:
        found, issue = with_issue("P112", labs={"haemoglobin": 9.1})
        assert [each.value for each in found.labs] == [UNREAD]
        assert "g/dL" in issue.reason

    def test_haemoglobin_140_g_per_dl_is_unknown_and_the_likely_unit_named(self) -> None:
        found, issue = with_issue("P102", labs={"haemoglobin": "140 g/dL"})
        assert [each.value for each in found.labs] == [UNREAD]
        assert "in g/L it would be possible" in issue.reason

    def test_a_unit_of_another_kind_is_refused(self) -> None:
        with_issue("P104", labs={"haemoglobin": "9.1 mL"})

    def test_a_reversed_reference_range_is_left_out(self) -> None:
        found, _ = with_issue(
            "P116", labs=[{"test": "alt", "value": 30, "unit": "U/L", "uln": 10, "lln": 40}]
        )
        assert found.labs[0].upper_normal is None

    def test_an_unknown_test_is_said_with_the_nearest(self) -> None:
        assert "haemoglobin" in with_issue("P105", labs={"haemoglobine": "9 g/dL"})[1].reason


class TestTherapies:
    def test_nobody_asked_is_not_asked_and_none(self) -> None:
        assert profile().therapies.complete is False
        assert profile(therapies=None).therapies.complete is False
        assert profile(therapies=[]).therapies.complete is True

    def test_a_list_is_complete_where_somebody_says_so(self) -> None:
        assert profile(therapies=["cisplatin"]).therapies.complete is False
        assert profile(therapies=["cisplatin"], complete=["therapies"]).therapies.complete is True

    def test_what_was_stated_to_be_complete_stays_so_whatever_is_denied(self) -> None:
        def complete(denial: object, *stated: str) -> bool:
            found = assembled(therapies=["cisplatin", denial], complete=[*stated]).profile
            assert found is not None
            return found.therapies.complete

        assert complete({"none_of": "cisplatin"}, "therapies")
        assert complete("none", "therapies")
        assert not complete("none")

    def test_an_agent_nobody_knows_could_be_any(self) -> None:
        found, issue = with_issue("P108", therapies=[{"agents": ["cisplatin", "oncoplatin"]}])
        assert found.therapies.records[0].components == (Codes.of("cisplatin"), None)
        assert issue.text == "oncoplatin"

    def test_a_blinded_agent_could_be_any_and_is_no_mistake(self) -> None:
        assert course(agents="nivolumab or placebo").components == (None,)

    def test_who_was_unblinded_to_placebo_had_no_agent(self) -> None:
        found = course(agents="placebo", kind="systemic")
        assert (found.kind, found.components) == (Codes.of("supportive"), (Codes.of("placebo"),))
        assert course(agents="cisplatin + placebo").components == (Codes.of("cisplatin"), Codes.of("placebo"))

    @pytest.mark.parametrize(
        "row",
        [
            {"agents": "placebo?"},
            {"agents": "no placebo"},
            {"agents": "placebo", "assertion": "suspected"},
            {"agents": "placebo", "assertion": "ruled out"},
            {"agents": "placebo or nivolumab"},
        ],
    )
    def test_a_placebo_in_doubt_could_be_anything(self, row: dict[str, Any]) -> None:
        read = assembled(therapies=[row]).profile
        assert read is not None
        assert [each.components for each in read.therapies.records] == [(None,)]

    def test_a_course_without_agents_could_be_any(self) -> None:
        assert course(start="2025-01").components == (None,)

    def test_a_class_is_any_of_its_agents(self) -> None:
        assert course(agents="platinum").components == (Codes(FORMULARY.members("platinum")),)

    def test_one_agent_of_several_is_a_list_in_the_list(self) -> None:
        assert course(agents=[["cisplatin", "carboplatin"]]).components == (
            Codes.of("cisplatin", "carboplatin"),
        )

    def test_the_agents_say_the_kind_where_the_course_does_not(self) -> None:
        assert course(agents="cisplatin").kind == Codes.of("systemic")
        assert course(agents="ide-cel").kind == Codes.of("cell_therapy")
        assert course(agents="cisplatin", kind="intrapleural").kind == Codes.of("intracavitary")

    def test_what_treats_no_cancer_is_supportive_whatever_it_is_called(self) -> None:
        found = course(agents="leucovorin", kind="chemotherapy")
        assert (found.kind, found.components) == (Codes.of("supportive"), (Codes.of("leucovorin"),))

    def test_an_unreadable_row_is_a_member_that_could_be_anything(self) -> None:
        found, _ = with_issue("P118", therapies=["cisplatin", 7], complete=["therapies"])
        assert found.therapies.records[1].components == (None,)
        assert found.therapies.complete is False

    def test_an_end_after_the_as_of_day_is_still_running(self) -> None:
        assert course(agents="cisplatin", start="2026-01-01", end="2026-03-01").ongoing == YES

    def test_a_past_end_is_not_running(self) -> None:
        assert course(agents="cisplatin", end="2025-03-01").ongoing == NO

    def test_running_and_ended_contradict_each_other_and_stay_open(self) -> None:
        found, _ = with_issue(
            "P111", therapies=[{"agents": "cisplatin", "end": "2025-03-01", "ongoing": True}]
        )
        assert (found.therapies.records[0].end, found.therapies.records[0].ongoing) == (None, None)

    def test_an_end_before_the_start_leaves_both_days_open(self) -> None:
        row = {"agents": "cisplatin", "start": "2025-03-01", "end": "2025-01-01"}
        (found,) = with_issue("P115", therapies=[row])[0].therapies.records
        assert found.start == DateSpan(date.min, date(2026, 1, 15))
        assert found.end == DateSpan(date.min, date.max)

    def test_the_end_of_a_course_is_no_progression(self) -> None:
        assert course(agents="cisplatin", end="2025-03-01").progressed is None

    def test_a_day_of_progression_is_a_progression(self) -> None:
        assert course(agents="cisplatin", progression_date="2025-03").progressed == YES

    def test_an_absence_covers_the_whole_class(self) -> None:
        found = profile(therapies=[{"none_of": "checkpoint_inhibitor", "date": "2026-01"}]).therapies
        assert found.records == ()
        assert found.absences == (
            Absence(
                FORMULARY.members("checkpoint_inhibitor"),
                "checkpoint_inhibitor",
                DateSpan.month(2026, 1),
                Source(column="therapies[0]"),
            ),
        )

    def test_an_absence_of_something_unknown_says_nothing(self) -> None:
        assert with_issue("P105", therapies=[{"none_of": "oncoplatins"}])[0].therapies.absences == ()

    def test_a_medicine_without_an_end_is_taken_now(self) -> None:
        assert profile(medications=["aspirin"]).medications.records[0].ongoing == YES

    def test_the_dose_of_radiotherapy_is_in_gray(self) -> None:
        (found,) = profile(radiotherapy=[{"dose": 5040, "unit": "cGy"}]).radiotherapy.records
        assert found.dose == Interval(50.4, 50.4)


class TestDiagnostics:
    def test_a_field_that_does_not_exist_is_said_with_the_nearest(self) -> None:
        assert "therapies" in with_issue("P109", age=61, therapys=[])[1].reason

    def test_a_bad_field_of_a_row_costs_itself_only(self) -> None:
        found, issue = with_issue("P106", therapies=[{"agents": "cisplatin", "start": [], "line": 1}])
        assert found.therapies.records[0].line == Interval(1, 1)
        assert issue.fact == "therapies[0].start"

    def test_an_issue_stands_where_the_value_stood(self) -> None:
        places = Places(Source("a.csv", 3), {"ecog": Source("a.csv", 3, "performance")})
        result = assemble({"ecog": 9}, as_of=AS_OF, formulary=FORMULARY, sources=places)
        assert str(result.issues[0].source) == "a.csv, row 3, performance"

    @pytest.mark.parametrize("raw", [None, [], "x", 5])
    def test_what_is_no_object_is_no_patient(self, raw: object) -> None:
        result = assemble(raw, as_of=AS_OF, formulary=FORMULARY)
        assert result.reject is not None
        assert result.reject.code == "P005"

    @pytest.mark.parametrize("wire", [{}, {"as_of": "soon"}, {"as_of": "2026"}])
    def test_without_an_as_of_day_there_is_no_profile(self, wire: dict[str, str]) -> None:
        result = assemble(wire, as_of=None, formulary=FORMULARY)
        assert result.reject is not None
        assert result.reject.code == "P010"

    def test_the_as_of_day_of_the_record_wins(self) -> None:
        assert profile(as_of="2020-02-02").as_of == date(2020, 2, 2)

    def test_every_code_of_a_single_fact_is_a_warning(self) -> None:
        assert {CODES[issue.code].severity for issue in assembled(ecog=9, labs=1, zz=1).issues} == {"warning"}
