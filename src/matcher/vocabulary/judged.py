"""What people say of a criterion as it is worded: of an exclusion "met" could be meant in two ways, and is not read."""

from __future__ import annotations

from matcher.vocabulary.tree import flat

MET = flat(
    "met, not met or unknown",
    ("met", "met", ("yes", "y", "true", "fulfilled", "satisfied", "is met")),
    ("not_met", "not met", ("no", "n", "false", "not fulfilled", "not satisfied", "unmet", "is not met")),
)
APPLIES = flat(
    "applies, does not apply or unknown",
    ("applies", "applies", ("yes", "y", "true", "does apply")),
    ("does_not_apply", "does not apply", ("no", "n", "false", "not applying", "doesn't apply")),
)
