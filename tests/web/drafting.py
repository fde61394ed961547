"""A rule with its cases for tests of drafts, and the people who work on it."""

RULE = """\
# Two criteria, and a comment that stays.
trial: NCT00000042
title: A trial under work
phase: 2
recruitment: {status: recruiting, as_of: 2026-01-01, source: protocol}
coverage: full
sources:
  protocol: {document: protocol, section: Eligibility, address: "https://example.org/p"}
inclusion:
  I-01:
    text: At least 18 years old
    when: {age: {at_least: 18 years}}
    source: protocol
"""
CASES = """\
- case: on the limit
  as_of: 2026-01-15
  patient: {age: 18}
  expect: {standing: eligible, I-01: met}
- case: beside it
  as_of: 2026-01-15
  patient: {age: 17}
  expect: {standing: ineligible, I-01: not met}
- case: nothing is known
  as_of: 2026-01-15
  patient: {}
  expect: {standing: possible, I-01: unknown}
"""
PEOPLE = {"anna": "author", "berta": "approver", "alex": "author", "carl": "coordinator", "ada": "admin"}
