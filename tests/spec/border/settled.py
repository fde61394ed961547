"""Rows about statements that bear on each other, on counts, and on whole records."""

from __future__ import annotations

from dataclasses import replace

from tests.spec.border.entry import MET, NOT_MET, REJECTED, UNKNOWN, Ask, Entry, File, Kind, also, entry, row
from tests.spec.border.words import (
    AUTOIMMUNE,
    CHECKPOINT,
    CHEMO_28,
    DOSE_50,
    FIT,
    HIV,
    INFECTION,
    NIVOLUMAB,
    ONE_LINE,
    PREGNANT,
    RECENT,
    STEROID,
    UNCONTROLLED,
    course,
    ill,
    medicine,
    seen,
)

_SINCE = {"days_since": {"therapy": "checkpoint_inhibitor", "at_least": "28 days"}}
_PROGRESSED = {"progressed": {"therapy": "platinum"}}
CONFLICTS = Kind(
    "Two statements at odds",
    "Presence and absence contradict each other at every level that either touches. Both stay possible, and the conflict "
    "is shown.",
    (
        also(also(entry("`nivolumab` beside none of `nivolumab`", "given, or not", NIVOLUMAB, UNKNOWN,
                        course("nivolumab", start="2025-06-01"), row("therapies", none_of="nivolumab"), issue=True),
                  CHECKPOINT, UNKNOWN), _SINCE, UNKNOWN),
        entry("`nivolumab` beside none of `checkpoint_inhibitor`", "given, or not",
              {"prior": {"therapy": "pembrolizumab"}}, UNKNOWN,
              course("nivolumab"), row("therapies", none_of="checkpoint_inhibitor"), issue=True),
        entry("`lupus` beside none of `lupus`", "lupus, or not", AUTOIMMUNE, UNKNOWN, ill("lupus"),
              row("conditions", none_of="lupus"), issue=True),
        entry("`hiv` beside conditions `none`", "some, or none", HIV, UNKNOWN, ill("hiv"), row("conditions", none_of="any"),
              ill("none"), issue=True),
        entry("none of `nivolumab` on `2025-01-01`, nivolumab from `2025-06-01`", "not yet then, and given since",
              NIVOLUMAB, MET, row("therapies", none_of="nivolumab", date="2025-01-01"), course("nivolumab", start="2025-06-01")),
        entry("cisplatin stopped for `progression`", "progression on that course", _PROGRESSED, MET,
              course("cisplatin", stopped_for="progression")),
        entry("cisplatin with response `PD`", "progression on that course", _PROGRESSED, MET, course("cisplatin", response="PD")),
        entry("cisplatin stopped for `progression`, progressed `no`", "progression, or none", _PROGRESSED, UNKNOWN,
              course("cisplatin", stopped_for="progression", progressed="no"), issue=True),
        entry("ECOG `1` and `3` on one day", "1 or 3", FIT, UNKNOWN, seen("ecog", "1", "2026-01-10"),
              seen("ecog", "3", "2026-01-10")),
    ),
)  # fmt: skip

_TWICE = (
    row("radiotherapy", field="chest", intent="curative", dose="30", start="2025-03-01", end="2025-04-10"),
) * 2
COUNTS = Kind(
    "Counts and sums",
    "A record that stands twice, equal in all it says, counts once for certain and twice possibly. A stated line number is "
    "a position.",
    (
        entry("`30` Gy to the chest, the same row twice", "30 or 60 Gy", DOSE_50, UNKNOWN, *_TWICE, complete=["radiotherapy"]),
        entry("`30` Gy to the chest in March, and again in August", "60 Gy", DOSE_50, NOT_MET, _TWICE[0],
              row("radiotherapy", field="chest", intent="curative", dose="30", start="2025-08-01", end="2025-09-10"),
              complete=["radiotherapy"]),
        entry("`cisplatin`, the same row twice", "one course or two", {"prior": {"therapy": "platinum", "at_least": 2}}, UNKNOWN,
              course("cisplatin", start="2025-01-01"), course("cisplatin", start="2025-01-01"), complete=["therapies"]),
        entry("`cisplatin` to `2025-06-01`, and again to `2025-06-01?`", "one course or two",
              {"prior": {"therapy": "platinum", "at_least": 2}}, UNKNOWN,
              course("cisplatin", start="2025-03-01", end="2025-06-01"),
              course("cisplatin", start="2025-03-01", end="2025-06-01?"), complete=["therapies"], issue=True),
        entry("`cisplatin` from `2025-03`, and from `2025-03-04`", "one course or two",
              {"prior": {"therapy": "platinum", "at_least": 2}}, UNKNOWN,
              course("cisplatin", start="2025-03"), course("cisplatin", start="2025-03-04"), complete=["therapies"]),
        entry("one course with line `3`", "three lines were given", ONE_LINE, NOT_MET, course("cisplatin", line="3")),
        entry("one course with line `3`, the list complete", "three lines, or one", ONE_LINE, UNKNOWN,
              course("cisplatin", line="3"), complete=["therapies"], issue=True),
        entry("one course with line `3`, another twice, the list complete", "three lines, or two", {"lines_of_therapy": {"at_least": 3}},
              UNKNOWN, course("cisplatin", line="3"), course("pembrolizumab"), course("pembrolizumab"), complete=["therapies"]),
        entry("one course of `QWERTY-7` with line `2`, the list complete", "perhaps a second line", ONE_LINE, UNKNOWN,
              course("QWERTY-7", line="2"), complete=["therapies"], issue=True),
        entry("`cisplatin` with line `2` beside `QWERTY-7`, the list complete", "two lines, or one of which the number is wrong",
              ONE_LINE, UNKNOWN, course("cisplatin", line="2", start="2025-06-01"), course("QWERTY-7", start="2024-01-01"),
              complete=["therapies"], issue=True),
        entry("one course with line `third`, the list complete", "in a line that nobody can read", ONE_LINE, UNKNOWN,
              course("cisplatin", line="third"), complete=["therapies"], issue=True),
        entry("one course with line `1`, the list complete", "one line", ONE_LINE, MET, course("cisplatin", line="1"),
              complete=["therapies"]),
        entry("prednisone `10` mg, the same row twice", "10 mg or 20",
              {"daily_dose": {"is": "corticosteroid", "as": "prednisone", "at_most": "10 mg"}}, UNKNOWN,
              *(medicine("prednisone", dose="10", unit="mg/d"),) * 2, complete=["medications"]),
        entry("`gastrectomy`, the same row twice, the list complete", "one operation or two",
              {"procedure": {"is": "major_surgery", "at_most": 1}}, UNKNOWN,
              *(row("procedures", procedure="gastrectomy", start="2025-03-01"),) * 2, complete=["procedures"]),
    ),
)  # fmt: skip

JUDGEMENTS = Kind(
    "Words of judgement",
    "\"Uncontrolled illness\" and the like are judgements about diseases: an active disease that could be meant leaves "
    "them open until somebody judges.",
    (
        entry("`pneumonitis`, `active`, the list complete", "nobody judged it", UNCONTROLLED, UNKNOWN,
              ill("pneumonitis", status="active"), complete=["conditions"]),
        entry("no condition, the list complete", "there is none that could be meant", UNCONTROLLED, NOT_MET,
              complete=["conditions"]),
        entry("`uncontrolled illness`", "the judgement itself", UNCONTROLLED, MET, ill("uncontrolled illness")),
        entry("`pneumonitis`, `active`, and none of `uncontrolled_illness`", "judged, and not so", UNCONTROLLED, NOT_MET,
              ill("pneumonitis", status="active"), row("conditions", none_of="uncontrolled_illness")),
        entry("`hiv`, `active`, the list complete", "an infection that could be meant", INFECTION, UNKNOWN,
              ill("hiv", status="active"), complete=["conditions"]),
    ),
)  # fmt: skip

EXPOSURE = Kind(
    "Exposure in two lists",
    "Therapies and medicines are two lists of one thing. An agent counts wherever it stands.",
    (
        entry("`carboplatin` among the medicines, from `2026-01-05`", "chemotherapy, ten days ago", CHEMO_28, MET,
              medicine("carboplatin", start="2026-01-05", end="2026-01-05")),
        entry("`dexamethasone` among the therapies, `ongoing`", "a corticosteroid", STEROID, MET,
              course("dexamethasone", start="2026-01-05", ongoing="yes")),
        entry("`aspirin` among the therapies, the medicines complete", "an antiplatelet",
              {"medication": {"is": "antiplatelet"}}, MET, course("aspirin", ongoing="yes"), complete=["medications"]),
    ),
)  # fmt: skip


def _by_sex(given: Entry) -> Entry:
    return replace(given, derived=("pregnancy_from_sex",))


SEX = Kind(
    "Pregnancy and sex",
    "A man without the fact is not pregnant, and nobody asks him.",
    tuple(map(_by_sex, (
        entry("sex `male`", "not pregnant", PREGNANT, NOT_MET, seen("sex", "male")),
        entry("sex `female`", "nobody asked", PREGNANT, UNKNOWN, seen("sex", "female")),
        entry("sex `male`, pregnant `yes`", "one of the two is wrong", PREGNANT, UNKNOWN, seen("sex", "male"),
              seen("pregnant", "yes"), issue=True),
        entry("sex `male?`", "a doubted sex is none", PREGNANT, UNKNOWN, seen("sex", "male?"), issue=True),
    ))),
)  # fmt: skip


def whole(name: str, written: str, understood: str, text: str, verdict: str = REJECTED) -> Entry:
    return Entry(written, understood, (Ask(FIT, verdict),), File(name, text))


SHAPES = Kind(
    "Records and columns that are not understood",
    "They are rejected with the likely reason, never matched as an empty patient. A column or field that is nearly named was "
    "written for that fact, which stays open.",
    (
        whole("patients.json", "a `Phenopacket`", "a patient of whom the sex is known, and a feature that no table has",
              '{"id": "Phenopacket-1", "subject": {"id": "p", "sex": "MALE"}, "phenotypicFeatures": '
              '[{"type": {"id": "HP:0001250"}}], "metaData": {"created": "2021-05-14"}}', UNKNOWN),
        whole("patients.json", "a FHIR `Patient`", "a patient of whom sex and day of birth are known",
              '{"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1970-01-01"}', UNKNOWN),
        whole("patients.json", "a FHIR `Bundle` without a patient", "nobody's", '{"resourceType": "Bundle", "type": "batch"}'),
        whole("patients.csv", "column `ecgo` beside Karnofsky `90`", "perhaps the ECOG; the other scale does not step in",
              "patient_id,ecgo,karnofsky\np,3,90\n", UNKNOWN),
        whole("patients.jsonl", "field `ecgo` beside Karnofsky `90`", "perhaps the ECOG; the other scale does not step in",
              '{"id": "p", "ecgo": 3, "karnofsky": 90}\n', UNKNOWN),
        replace(whole("patients.jsonl", "platelets `150` with `drawn` `2019-01-01`", "some day up to the as-of day",
                      '{"id": "p", "labs": [{"test": "platelets", "value": 150, "unit": "10*9/L", "drawn": "2019-01-01"}]}\n'),
                asks=(Ask(RECENT, UNKNOWN),)),
        replace(whole("patients.csv", "column `platelets_dat`, `2019-01-01`, beside platelets `150`", "some day up to the as-of day",
                      "patient_id,platelets,platelets_unit,platelets_dat\np,150,10*9/L,2019-01-01\n"),
                asks=(Ask(RECENT, UNKNOWN),)),
        whole("patients.jsonl", "`patient_id` in place of `id`", "the identifier", '{"patient_id": "p", "ecog": 1}\n', MET),
    ),
)  # fmt: skip
