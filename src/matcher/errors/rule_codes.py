"""R010 and up: what can be wrong in what a file of the rulebook says."""

from matcher.errors.case_codes import CASE_CODES
from matcher.errors.code import Code, Family

_FIELDS = (
    Code(
        "R010",
        "Field missing",
        "A field that this kind of file cannot do without is not there.",
        "Add the field.",
    ),
    Code(
        "R011",
        "Unknown field",
        "The field does not exist here. It is refused rather than ignored: a misspelt limit would otherwise "
        "simply not apply.",
        "Correct the name, or remove the field.",
    ),
    Code(
        "R012",
        "Unknown word in a criterion",
        "The word is neither a feature, nor a gate (all, any, not, at_least), nor a word this feature takes.",
        "Correct the word; the features and their words are listed in the reference of the rule language.",
    ),
    Code(
        "R013",
        "Value of the wrong type",
        "Text stands where a number is needed, one value where a list is needed, or the like.",
        "Write a value of the type named; quotes make text, [ ] make a list, { } make a mapping.",
    ),
    Code(
        "R014",
        "Value not in the vocabulary",
        "The value is not a code, name or synonym of the vocabulary this field takes its values from.",
        "Use a code or name of the vocabulary, or add it to the vocabulary with its source.",
    ),
)

_LIMITS = (
    Code(
        "R015",
        "Limit without a unit",
        "The feature has a unit and the limit gives none. Haemoglobin 9 and haemoglobin 90 can be the same "
        "blood, so no unit is ever assumed.",
        "Write the unit after the number, as in '9.0 g/dL' or '18 years'.",
    ),
    Code(
        "R016",
        "Unknown unit",
        "The unit is not one the program can read.",
        "Use the UCUM spelling, such as 'g/dL', '10*9/L', 'mL/min', 'mg/m2'.",
    ),
    Code(
        "R017",
        "Unit of the wrong kind",
        "The unit exists but measures something else than the feature does: a mass where a concentration is "
        "needed, a count where a time is needed.",
        "Give the limit in a unit of the feature's own kind.",
    ),
    Code(
        "R018",
        "Limit that is impossible in this unit",
        "The limit lies outside everything ever seen in a living patient. Registries print such limits "
        "('Hb >= 9.0 g/L', albumin in mg/dL): the number is right and the unit is not.",
        "Check the protocol for the unit; the likely one is named.",
    ),
    Code(
        "R019",
        "Value outside the feature's domain",
        "The feature can never take this value: ECOG runs from 0 to 4, a percentage from 0 to 100.",
        "Give a value inside the domain.",
    ),
    Code(
        "R022",
        "Unknown comparison",
        "Limits are written at_least, above, at_most, below, between and in; this word or sign is none of them.",
        "Use one of the words; '>= 9' is written 'at_least: 9', '> 9' is 'above: 9'.",
    ),
    Code(
        "R023",
        "Reversed or empty interval",
        "The lower end is above the upper one, or nothing lies between them.",
        "Exchange the two ends, or correct the one that is wrong.",
    ),
    Code(
        "R043",
        "Unit where the feature has none",
        "The feature is a plain number or a code, and the limit carries a unit.",
        "Write the number alone.",
    ),
    Code(
        "R047",
        "Time window not possible here",
        "This feature is not a dated measurement, so it cannot be asked for within a number of days, or it "
        "cannot be counted from the event given.",
        "Remove the window, or ask for a feature that has a date.",
    ),
    Code(
        "R048",
        "Stage or TNM code of another edition",
        "The code does not belong to the scheme and edition in force: AJCC 8 knows no N3, T1a or T1b for "
        "pleural mesothelioma.",
        "Use a code of that edition, or name the edition the code belongs to.",
    ),
    Code(
        "R049",
        "Figure that cannot be",
        "A probability above 1, a percentage above 100, a negative hazard ratio or a survival below zero.",
        "Check the source. A figure it prints so is kept and marked 'printed_value_doubtful'.",
    ),
)

_CONDITIONS = (
    Code(
        "R020",
        "Empty group",
        "all, any and at_least need at least one member: an empty 'all' would be met by everybody.",
        "Put a condition into the group, or remove the group.",
    ),
    Code(
        "R021",
        "More than one word in a condition",
        "A condition is one feature or one gate. With two words side by side it is not said whether both or "
        "either must hold.",
        "Write 'all: [...]' or 'any: [...]' around them.",
    ),
    Code(
        "R037",
        "Count out of range",
        "'at_least n of' asks for none, for more members than there are, or for a number that is not whole.",
        "Give a whole number from 1 to the number of members.",
    ),
    Code(
        "R042",
        "Condition without a comparison",
        "The feature is named, but nothing is asked of it.",
        "Say what must hold, as in '{age: {at_least: 18 years}}'.",
    ),
    Code(
        "R045",
        "Condition too deep or too large",
        "Gates are nested beyond the limit, or the condition has more parts than a reader could check.",
        "Move a part of it to a derivation and refer to that by name.",
    ),
    Code(
        "R030",
        "'recoverable' not allowed here",
        "Only time since something that has ended, or a laboratory value near its limit, can recover. A "
        "biomarker, LVEF, QTc, or stopping an antiplatelet or anticoagulant never does.",
        "Remove 'recoverable'.",
    ),
    Code(
        "R031",
        "'waivable' not allowed here",
        "A criterion can be waived only where the protocol's own text grants it, with who may and how far.",
        "Cite the text that grants it, with 'by' and 'max_deviation', or remove 'waivable'.",
    ),
    Code(
        "R032",
        "'at_screening' not allowed here",
        "Only consent, a pregnancy test and HIV serology are left to screening. A biomarker, histology, "
        "CNS disease, HBV DNA, performance status or organ function must be known.",
        "Remove 'at_screening'.",
    ),
    Code(
        "R070",
        "Quality of something that is not asked about",
        "A quality or exception belongs to one kind of record, and the condition asks about another.",
        "Remove it, or ask about what it belongs to.",
    ),
    Code(
        "R072",
        "Parameters that no record can have together",
        "What is asked contradicts itself: two genes are joined by a fusion, which changes no residue of a protein. "
        "The condition could never be met.",
        "Remove one of the two, or write two conditions.",
    ),
    Code(
        "R074",
        "Half-life not known",
        "A length of time is counted in half-lives, and neither the rule nor the lists say how long one is for every agent "
        "that is asked about. A guess could make a washout too short.",
        "Write 'half_life: 48 hours' beside it, as the protocol or the label says; or give the agent its half_life, with "
        "a source, in a list of agents.",
    ),
    Code(
        "R071",
        "Exclusion that applies where its `if` is not met",
        "An `if` without `else` asks nothing where its condition is not met, so an exclusion would exclude everybody "
        "of whom the condition does not hold.",
        "Write `all` with the condition and what excludes, or say under `else` what excludes the others.",
    ),
)

_REFERENCES = (
    Code(
        "R024",
        "Unknown list",
        "No file under rules/lists defines this list of agents or codes.",
        "Correct the name, or add the list with its source and date.",
    ),
    Code(
        "R025",
        "Unknown event",
        "The event is not among the trial's 'events', so nothing can be counted from it.",
        "Add it to 'events', in the order in which the events happen.",
    ),
    Code(
        "R026",
        "Undefined source",
        "The name is not defined under 'sources' of this file.",
        "Define the source with its document and section, or correct the name.",
    ),
    Code(
        "R027",
        "Unknown criterion in a case",
        "The case expects something of a criterion that the rule does not have.",
        "Correct the identifier, or remove the line.",
    ),
    Code(
        "R028",
        "Identifier used in two files",
        "Two files define the same trial, regimen, derivation or list.",
        "Rename one, or remove the older file.",
    ),
    Code(
        "R029",
        "Derivations or lists that go round in a circle",
        "Following what each one reads leads back to the start, so none can be worked out. A derivation "
        "may read the recorded fact, never the one it supplies.",
        "Break the circle; 'recorded.stage' is the stage as recorded.",
    ),
    Code(
        "R044",
        "Unknown derivation",
        "No file under rules/derivations supplies this fact.",
        "Correct the name, or add the derivation.",
    ),
    Code(
        "R058",
        "Criterion identifier used twice in one rule",
        "Inclusion, exclusion and the cohorts of one rule share their identifiers, so that a case can name each.",
        "Give the second criterion its own identifier.",
    ),
    Code(
        "R059",
        "Name in two lists that exclude each other",
        "A name cannot both be 'not an anticancer agent' and one that 'cannot be resolved': the second "
        "leaves every class possible, the first none.",
        "Remove the name from the list it does not belong to.",
    ),
    Code(
        "R060",
        "Synonym that means two things",
        "The same name is given to two different codes, so a record that uses it could mean either.",
        "Keep the synonym at one of them.",
    ),
)

_WHOLE_FILES = (
    Code(
        "R033",
        "Date that is no date",
        "Dates are written year-month-day, as in 2026-01-15, and the day must exist.",
        "Correct the date, or quote the value if it is text.",
    ),
    Code(
        "R034",
        "Identifier of the wrong form",
        "Registered trials are named like NCT04577326, criteria like I-01 and E-01, everything else in "
        "small letters, digits and underscores.",
        "Rename it to that form.",
    ),
    Code(
        "R038",
        "Key that is not a word",
        "The part before a colon is empty, a list or a mapping. Keys are text.",
        "Write a word before the colon, or quote it.",
    ),
    Code(
        "R039",
        "File is empty",
        "The file holds nothing, or comments alone.",
        "Write the rule, or delete the file.",
    ),
    Code(
        "R040",
        "Kind of file not recognised",
        "A rule file says what it is by its first key: trial, regimen, derive, list or case.",
        "Begin the file with one of these keys.",
    ),
    Code(
        "R041",
        "File name and identifier differ",
        "A rule stands in a file of its own name, so that both can be found.",
        "Rename the file or correct the identifier.",
    ),
    Code(
        "R055",
        "Full coverage without criteria",
        "'coverage: full' promises that every criterion of the protocol is encoded, and there is none: "
        "everybody would be eligible.",
        "Write 'coverage: partial', or add the criteria.",
    ),
    Code(
        "R061",
        "Criteria under 'coverage: none'",
        "'coverage: none' says that no criterion is known, so that the candidate is listed and never matched; "
        "the criteria of this file would be ignored.",
        "Write 'coverage: partial' or 'coverage: full'.",
    ),
    Code(
        "R062",
        "Version of a protocol in doubt",
        "The versions of a protocol stand oldest first: the first from the beginning, each later one since a day that "
        "follows the one before, each but the last with the criteria that were others; the last is the file itself.",
        "Give each later version its 'since' (2022-03-01, 2022-03, 2022 or {not_before: ..., by: ...}), each earlier "
        "one its criteria, and the last none.",
    ),
    Code(
        "R063",
        "Judgement with a condition",
        "'judgement: true' leaves the criterion to a person: it is unknown until somebody has judged it. A 'when' "
        "beside it would be a second answer to the same question.",
        "Keep the 'when' where the facts decide, or 'judgement: true' where a person does; a criterion of which one "
        "part can be computed becomes two criteria.",
    ),
    Code(
        "R075",
        "Recruitment out of the order of its days",
        "What is known of a trial's recruitment is read day by day: each entry of its 'history' has one day, each is "
        "later than the one before, and the present status, which stands beside them, is the latest.",
        "Put the entries in the order of their days, one for a day, each with 'as_of' (a day it was so) or 'since' (the "
        "day it came into force); what is newer than 'as_of' belongs in the place of the present status.",
    ),
    Code(
        "R073",
        "List in the place of a shipped one",
        "A list of one's own that has the name of a shipped one would be read in its place, by every shipped rule too: "
        "whatever is missing from it would count for nobody.",
        "Give the list a name of its own, or write 'replaces: shipped' in it where that is meant.",
    ),
    Code(
        "R056",
        "Ranking key unknown or repeated",
        "The order of a ranking is a list of known keys, each once.",
        "Use each key of the reference at most once.",
    ),
)

_DERIVATIONS = (
    Code(
        "R035",
        "Table without an answer for every patient",
        "The rows do not cover every combination and there is no 'otherwise', so some patients would have no value.",
        "Add the missing rows, or 'otherwise: unknown'.",
    ),
    Code(
        "R036",
        "Result not among the derivation's values",
        "A row gives a result that 'values' does not list.",
        "Correct the result, or add it to the values.",
    ),
    Code(
        "R057",
        "Weight missing or not a number",
        "In a score every member has a weight, and every weight is a number.",
        "Give the weight the source states; where it states none, use a count.",
    ),
)

RULE_FAMILIES = (
    Family("Rule files: fields and words", "Found while the file is read against its model.", _FIELDS),
    Family("Rule files: limits, units and values", "Every limit carries its unit.", _LIMITS),
    Family("Rule files: conditions", "How features and gates may be put together.", _CONDITIONS),
    Family("Rule files: names and references", "What one part of the rulebook says of another.", _REFERENCES),
    Family("Rule files: derived facts", "Tables, counts and scores.", _DERIVATIONS),
    Family("Rule files: the file as a whole", "Identifiers, dates, and what a file is.", _WHOLE_FILES),
    Family("Rule files: cases", "Worked patients beside each rule, run on every engine.", CASE_CODES),
)
