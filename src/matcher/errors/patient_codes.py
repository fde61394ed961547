"""P0xx: a patient cannot be read. P1xx: one fact cannot be read and stays unknown."""

from matcher.errors.code import Code, Family

_PATIENTS = (
    Code(
        "P001",
        "No patient identifier",
        "The row or record does not say whose it is.",
        "Fill in the identifier, or say which column holds it.",
    ),
    Code(
        "P002",
        "Patient identifier used twice",
        "Two records carry the same identifier. Neither is trusted over the other, so both are set aside.",
        "Remove the duplicate, or give the patients different identifiers.",
    ),
    Code(
        "P003",
        "Wrong number of cells in a row",
        "The row has more or fewer cells than the header, so values may stand under the wrong column. "
        "An unquoted delimiter inside a text is the usual cause.",
        "Quote texts that hold the delimiter.",
    ),
    Code(
        "P004",
        "Not valid JSON",
        "The record is not JSON; in a file of JSON Lines every line is one record.",
        "Correct the record at the place named.",
    ),
    Code(
        "P005",
        "Not a patient profile",
        "The record is readable and is not a profile: a field does not exist, or holds the wrong kind of value.",
        "Compare it with the schema that 'matcher profile schema' prints.",
    ),
    Code(
        "P006",
        "Text in an unknown encoding",
        "The record has bytes that belong neither to UTF-8 nor to the encoding stated.",
        "Export the file as UTF-8, or state its encoding in the description of the columns.",
    ),
    Code(
        "P007",
        "Quoted text without an end",
        "A quotation mark opens a text and none closes it, so the rows that follow are part of it.",
        "Close the quotation mark, or double a mark that belongs to the text.",
    ),
    Code(
        "P008",
        "Record too large",
        "The record is far larger than any patient's; reading it could exhaust the machine.",
        "Check where the record ends; split it if it is several patients.",
    ),
    Code(
        "P009",
        "Row of a patient who is not in the file",
        "A therapy, laboratory or other row names a patient that the table of patients does not have.",
        "Add the patient, or correct the identifier in the row.",
    ),
    Code(
        "P010",
        "As-of date of the patient missing or unreadable",
        "The mapping takes each patient's as-of date from the record, and this record has none. Without it "
        "no age, washout or window can be worked out.",
        "Fill in the date, or give one with --as-of.",
    ),
    Code(
        "P011",
        "More than one index cancer",
        "Exactly one diagnosis is the cancer a treatment is sought for; the others are other malignancies.",
        "Mark one diagnosis as the index cancer.",
    ),
    Code(
        "P012",
        "Column name used twice",
        "The header has the same name twice, so it is not known which column is meant.",
        "Rename or remove one of the columns.",
    ),
    Code(
        "P013",
        "No patients in the file",
        "The file has no header, no rows or no text at all, so there is nobody to match.",
        "Check that the export finished and that this is the file that was meant.",
    ),
    Code(
        "P014",
        "File broken or changed while it was read",
        "The file is shorter than it was when it was opened, has been written to since, or ends in the middle of its "
        "data.",
        "Check that the export finished and that nothing writes to the file, then run again.",
    ),
    Code(
        "P015",
        "Two identifiers in one record",
        "Several fields say whose the record is ('id', 'patient_id', 'patient') and they differ, so it is not known "
        "which patient it describes.",
        "Leave one of the fields, or correct the one that is wrong.",
    ),
    Code(
        "P016",
        "Record of another form",
        "No field of the record is one of a profile: it is a FHIR resource, a Phenopacket, a trial, a list with a name "
        "around it, or of a form that is not known. It is never matched as a patient about whom nothing is known. A "
        "record with an identifier and nothing else is one, and is matched. Nor is a table read by its names where "
        "lines before the header explain what its columns mean and half of them are not documented ones: in a study "
        "file of cBioPortal AGE is the age at the diagnosis.",
        "Compare it with the schema that 'matcher profile schema' prints; describe a table in a mapping file.",
    ),
    Code(
        "P017",
        "Row that is no patient",
        "The row is a comment, a line of types or a second header: what stands in the place of the identifier says "
        "so.",
        "Remove the row, or leave it: the other rows are read.",
    ),
)

_FACTS = (
    Code(
        "P101",
        "Not a number",
        "The cell should hold a number and does not.",
        "Write digits with a decimal point, or leave the cell empty where nothing is known.",
        "warning",
    ),
    Code(
        "P102",
        "Value outside the plausible range",
        "No patient has such a value (ECOG 7, age 212, haemoglobin 140 g/dL). The unit is often another one than "
        "stated; it is not guessed.",
        "Check value and unit in the record.",
        "warning",
    ),
    Code(
        "P103",
        "Unknown unit",
        "The unit is not one the program can read.",
        "Use the UCUM spelling, such as 'g/dL' or '10*9/L', or say in the description of the columns what is meant.",
        "warning",
    ),
    Code(
        "P104",
        "Unit of the wrong kind",
        "The unit measures something else than this fact.",
        "Correct the unit, or say which fact the column holds.",
        "warning",
    ),
    Code(
        "P105",
        "Unknown code",
        "The value is not in the vocabulary of this fact.",
        "Use a code or name of the vocabulary, or say in the description of the columns what the value means.",
        "warning",
    ),
    Code(
        "P106",
        "Unreadable date",
        "Dates are year-month-day, year-month or a year alone; '03/04/2025' could be March or April.",
        "Write the date as in 2025-04-03, or state the form in the description of the columns.",
        "warning",
    ),
    Code(
        "P107",
        "Date that cannot be",
        "The date is later than the as-of date, or earlier than the patient's birth.",
        "Correct the date; a day that is only planned belongs to the planned events.",
        "warning",
    ),
    Code(
        "P108",
        "Unknown agent",
        "The name of the drug could not be resolved. It may belong to any class, so it never lets 'no earlier "
        "treatment with' be met.",
        "Write the generic name, or say in the description of the columns which agent it is.",
        "warning",
    ),
    Code(
        "P109",
        "Unknown column",
        "The column is not one of the documented ones; it is not used.",
        "Correct its name, or say in the description of the columns what it holds.",
        "warning",
    ),
    Code(
        "P110",
        "Value of the wrong type",
        "A list, an object, a truth value or a text stands where this fact has another type.",
        "Write the value in the type the reference of profiles gives.",
        "warning",
    ),
    Code(
        "P111",
        "Values that contradict each other",
        "Two records of one fact on one day do not agree. Both stay possible and the conflict is shown.",
        "Correct the one that is wrong.",
        "warning",
    ),
    Code(
        "P112",
        "Value without a unit",
        "The measurement has more than one unit in use and the record gives none; none is assumed.",
        "Give the unit in the record or, for the whole column, in the description of the columns.",
        "warning",
    ),
    Code(
        "P113",
        "Scale is not the one it looks like",
        "The column is named like a known scale and its values are not that scale: a 0/1 'performance status' is "
        "not an ECOG, serum mesothelin is not tumour mesothelin.",
        "Map the column to what it holds, or leave it out.",
        "warning",
    ),
    Code(
        "P114",
        "Code of another edition",
        "The stage or TNM code does not exist in the edition stated, or no edition is stated and editions differ.",
        "State the edition the code was recorded in.",
        "warning",
    ),
    Code(
        "P115",
        "End before start",
        "A course, an event or an interval ends before it begins.",
        "Correct one of the two.",
        "warning",
    ),
    Code(
        "P116",
        "Unusable reference range",
        "The upper or lower limit of normal is missing, zero, negative or reversed, so a multiple of it means "
        "nothing.",
        "Give the laboratory's own limits with the value.",
        "warning",
    ),
    Code(
        "P117",
        "Comparator that cannot be read",
        "Before a value only <, <=, > and >= are understood.",
        "Write the value as in '<5', or as an interval.",
        "warning",
    ),
    Code(
        "P118",
        "Row of the patient set aside",
        "A therapy, laboratory or other row could not be read. The list it belongs to counts as incomplete, so "
        "its absence proves nothing.",
        "Correct the row at the place named.",
        "warning",
    ),
    Code(
        "P119",
        "Decimal or thousands comma",
        "'1,500' is one and a half or fifteen hundred, depending on who wrote it.",
        "Write 1.5 or 1500, or state the decimal mark in the description of the columns.",
        "warning",
    ),
    Code(
        "P120",
        "Text too long for this fact",
        "The cell holds a paragraph where a word or a number is expected.",
        "Map the column to a free-text field, or leave it out.",
        "warning",
    ),
    Code(
        "P121",
        "Unknown event",
        "The dated event is none the rulebook knows, or the events are not in the order the trial gives.",
        "Use an event the trial names under 'events'.",
        "warning",
    ),
    Code(
        "P122",
        "Index cancer not stated",
        "There are several diagnoses and none is marked as the one a treatment is sought for, so it is not known "
        "which of them is.",
        "Mark one diagnosis as the index cancer.",
        "warning",
    ),
    Code(
        "P123",
        "Most of the file is not read",
        "More of the columns or fields are unknown than known. What they hold counts as never recorded, so nearly "
        "every answer will be that facts are missing.",
        "Send a description of the columns along (`--mapping`), or use the documented names.",
        "warning",
    ),
    Code(
        "P124",
        "Column nearly named",
        "The name of a column or field is a slip of the pen away from a documented one that is missing. What stands in "
        "it was written for that fact and is not believed: the fact stays open, and nothing older and no other scale "
        "steps in for it.",
        "Give the column the documented name; a column that is meant to be another gets a name that is not near.",
        "warning",
    ),
    Code(
        "P125",
        "Judgement of an unknown criterion",
        "A person's judgement names a trial, regimen or criterion that the rulebook does not have. It is kept and "
        "reported, and counts for nothing.",
        "Give the candidate and the criterion as `matcher rules show` names them.",
        "warning",
    ),
    Code(
        "P126",
        "Code that no table has",
        "A code of LOINC, SNOMED CT, ICD, RxNorm or another system stands in no table, and its words mean nothing here "
        "either. It is not guessed: in a list it could be anything, so that nothing is taken as absent because of it. "
        "The commonest are listed at the end of a run.",
        "Add a row for it to a table of codes of your own, and name that table under `codes` in the description of the columns.",
        "warning",
    ),
)

PATIENT_FAMILIES = (
    Family(
        "Patients who cannot be read",
        "The patient goes to `rejects.csv` with place, code and reason, and the others go on. Patients matched "
        "and rejected always add up to the patients in the file.",
        _PATIENTS,
    ),
    Family(
        "Facts that cannot be read",
        "The cell goes to `issues.csv`, its fact stays unknown, and the patient is matched with the rest.",
        _FACTS,
    ),
)
