"""R05x: cases beside a rule that cannot be read, or do not come out as written."""

from matcher.errors.code import Code

CASE_CODES = (
    Code(
        "R050",
        "Expectation in the wrong words",
        "An inclusion is 'met', 'not met' or 'unknown'; an exclusion 'applies', 'does not apply' or 'unknown'; a "
        "candidate has a standing.",
        "Use the words of that kind of criterion.",
    ),
    Code(
        "R052",
        "Case does not come out as written",
        "The rule gives another answer for this patient than the case expects. One of the two is wrong.",
        "Ask the source which is right, and correct the other.",
    ),
    Code(
        "R053",
        "Cases without a rule",
        "No rule of this name stands beside the file of cases.",
        "Name the file after its rule, as in NCT04577326.cases.yaml.",
    ),
    Code(
        "R054",
        "Patient of a case cannot be read",
        "The profile in the case is not one: a field or a value of it does not exist.",
        "Write the patient as in the reference of profiles.",
    ),
)
