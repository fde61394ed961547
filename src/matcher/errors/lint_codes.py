"""L0xx: what is allowed in a rulebook and still deserves a second look."""

from matcher.errors.code import Code, Family

_LINT = (
    Code(
        "L001",
        "No case meets the criterion",
        "No case beside the rule has a patient for whom this criterion is met, or for whom this exclusion applies.",
        "Add such a case.",
        "warning",
    ),
    Code(
        "L002",
        "No case fails the criterion",
        "No case beside the rule has a patient for whom this criterion is not met, or for whom this exclusion "
        "does not apply.",
        "Add such a case.",
        "warning",
    ),
    Code(
        "L003",
        "No case leaves the criterion unknown",
        "No case beside the rule has a patient of whom too little is known to tell. A missing value taken for "
        "an answer is the mistake that such a case finds.",
        "Add a case without the value.",
        "warning",
    ),
    Code(
        "L004",
        "Limit without its boundary cases",
        "'At least' and 'above' differ for one value only, the limit itself, and no case has it, or none has "
        "the value next to it.",
        "Add a case exactly on the limit and one just beside it.",
        "warning",
    ),
    Code(
        "L005",
        "Criterion can never be met",
        "No patient whatsoever can satisfy the condition; the candidate would never be proposed.",
        "Check the limits, and whether 'any' was meant where 'all' stands.",
    ),
    Code(
        "L006",
        "Criterion can never fail",
        "Every patient satisfies the condition, so it decides nothing: 'percent at least 0', 'ECOG at most 4'.",
        "Check the limit against the source, or remove the criterion.",
    ),
    Code(
        "L007",
        "Row that is never reached",
        "Everything this row describes is already taken by the rows above it.",
        "Move the row up, narrow the rows above it, or remove it.",
    ),
    Code(
        "L008",
        "List that nothing uses",
        "No rule refers to this list of agents or codes.",
        "Refer to it, or remove it.",
        "warning",
    ),
    Code(
        "L009",
        "Criterion without a source",
        "Neither a source nor 'assumption' is given, so nobody can check the criterion.",
        "Cite the document and section, or mark the criterion as an assumption.",
    ),
    Code(
        "L010",
        "Figure without a source",
        "A survival time, ratio, count or percentage is stated and not where it comes from.",
        "Cite the document and section of the figure.",
    ),
    Code(
        "L011",
        "Rows that overlap",
        "Two rows with different results describe the same patient. The upper one decides, and readers tend to "
        "overlook it.",
        "Make the rows exclude each other, or write 'ordered: true' where the order is meant to decide.",
        "warning",
    ),
    Code(
        "L012",
        "Source that nothing cites",
        "The source is defined and no criterion or figure refers to it.",
        "Cite it where it is used, or remove it.",
        "warning",
    ),
    Code(
        "L013",
        "Event that nothing uses",
        "The trial names an event and no criterion counts from it.",
        "Remove it from 'events', or check the washouts.",
        "warning",
    ),
    Code(
        "L014",
        "Criterion that repeats another",
        "Two criteria of the candidate ask for the same thing under two identifiers, and would be counted and "
        "explained twice.",
        "Keep one, with both sources.",
        "warning",
    ),
    Code(
        "L015",
        "Criteria that exclude each other",
        "Each criterion can be met, but no patient can satisfy all of them together.",
        "Compare them with the source; often an exclusion was written as the condition to pass.",
    ),
    Code(
        "L016",
        "Two cases of the same patient",
        "Two cases describe the same patient and expect the same; the second shows nothing new.",
        "Change the patient, or remove one.",
        "warning",
    ),
    Code(
        "L017",
        "Printed limit in an impossible unit",
        "The criterion keeps the limit as the source printed it, in a unit in which no patient could meet or miss "
        "it, and no note says what was made of it.",
        "Encode the limit in the unit meant, and say so under 'note'.",
        "warning",
    ),
    Code(
        "L018",
        "Allowance that does not fit",
        "Two allowances exclude each other, or a margin is wider than a repeated test explains.",
        "Keep the one that the source grants, with its own figure.",
        "warning",
    ),
    Code(
        "L019",
        "Unknown document",
        "The cited document is neither one of those the rulebook was written from, nor a publication by its "
        "title, nor given with an address.",
        "Correct the short name, write the title out, or add 'address'.",
    ),
    Code(
        "L020",
        "Unknown section",
        "The cited document has no heading of this name, so nobody finds the place.",
        "Use the heading as printed, with ' / ' between a heading and the one below it.",
    ),
    Code(
        "L021",
        "One name for two things",
        "A trial, a regimen or a derived fact has the name of another, or of a word of the language: cases and "
        "conditions could mean either.",
        "Rename one of them.",
    ),
    Code(
        "L022",
        "Two candidates with one title",
        "A reader of the ranking cannot tell them apart.",
        "Say in the title what differs.",
        "warning",
    ),
    Code(
        "L023",
        "Full coverage in doubt",
        "'coverage: full' promises every criterion of the protocol, and a remark in the same file says that some "
        "are missing.",
        "Write 'coverage: partial', or correct the remark.",
        "warning",
    ),
    Code(
        "L024",
        "Recruitment status without a source",
        "Whether a trial takes patients changes from month to month; the status is given without where it was "
        "looked up.",
        "Cite the registry or page under 'recruitment', mark it as an 'assumption', or write 'status: unknown'.",
        "warning",
    ),
    Code(
        "L025",
        "Result that no case shows",
        "A derived fact can have this result, and no case beside it expects it.",
        "Add a patient with this result.",
        "warning",
    ),
    Code(
        "L026",
        "Read as",
        "A name was written in another way than the vocabulary has it, or something is left to a default. This is how "
        "the rule is understood.",
        "Nothing to do where that is what the protocol says.",
        "note",
    ),
    Code(
        "L027",
        "Words and condition say the opposite",
        "The text denies and the condition does not, or the other way round: 'No HIV infection' beside a condition that "
        "asks for HIV; 'at least 28 days' beside 'at_most: 28 days'; an exclusion that keeps out those who are well. An "
        "exclusion is worded as the condition that excludes; an inclusion as what must hold.",
        "Negate the one or the other; where both are right, say why in 'note'.",
        "warning",
    ),
    Code(
        "L028",
        "Limit in the improbable direction",
        "Protocols ask for platelets *of at least* so many and bilirubin *up to* so many. This criterion lets in those who "
        "are worse and keeps out those who are better.",
        "Exchange the comparison; in an exclusion write the condition that excludes. Where the protocol really says so, "
        "say it in 'note'.",
        "warning",
    ),
    Code(
        "L029",
        "Numbers of the text are not those of the condition",
        "The text names a number and the condition holds another: 'At least 18 years' beside 'at_least: 21 years'.",
        "Correct the one that differs from the protocol; where both are right, say why in 'note'.",
        "warning",
    ),
    Code(
        "L030",
        "Exception of the text is not in the condition",
        "The text says *unless*, *except* or *other than*, and the condition is a single word without exception: 'Brain "
        "metastases unless stable' beside 'condition: metastasis_brain'.",
        "Say the exception with 'except', or with 'all' and 'not'; where it is left out on purpose, say so in 'note'.",
        "warning",
    ),
)

LINT_FAMILIES = (
    Family(
        "Lint: the rulebook can be used, but look again",
        "Reported by `matcher rules lint`. A finding marked *error* fails it; a *warning* does not, and a *note* is only for reading.",
        _LINT,
    ),
)
