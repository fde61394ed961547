"""What a run says on the terminal: the first candidates of the first patients, and the account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten

from matcher.cli.terminal import Page
from matcher.errors import CODES
from matcher.explanation.answer import DECISION_NOTICE, CandidateShown, PatientShown
from matcher.readers.outcome import Reading, Reject
from matcher.service.account import Account, is_ranked
from matcher.service.rendered import Told

SHOWN_PATIENTS = 5
SHOWN_CANDIDATES = 3
_SHOWN_REJECTS = 5
_SHOWN_ITEMS = 4
#: characters; `matcher explain` and the report have all of them
_LONGEST_ITEM = 100
#: what stands in the way is told up to the drug or value behind it
_LONGEST_REASON = 240
_TITLES = {"trial": "Trials", "regimen": "Regimens"}


@dataclass(slots=True)
class Summary:
    """The first ranked patients and the first rejects; of the others only how many there are."""

    shown: list[PatientShown] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    ranked: int = 0

    def take(self, outcome: PatientShown | Told | Reject) -> None:
        match outcome:
            case PatientShown() as shown if is_ranked(shown):
                self.ranked += 1
                if len(self.shown) < SHOWN_PATIENTS:
                    self.shown.append(shown)
            case Told(ranked=True) as told:
                self.ranked += 1
                if len(self.shown) < SHOWN_PATIENTS:
                    self.shown.append(told.shown)
            case Reject() if len(self.rejects) < _SHOWN_REJECTS:
                self.rejects.append(outcome)


def print_opening(page: Page, account: Account, reading: Reading, *, today: bool) -> None:
    run = account.run
    day = (
        f"{account.as_of} (today: --as-of sets another day)"
        if today and account.as_of == run.as_of
        else account.as_of
    )
    page.line("As of ", (day, "bold"), f", rulebook {run.rulebook.short_version}, engine {run.engine}")
    for issue in reading.file_issues:
        if issue.code in ("P123", "P124"):
            page.line((f"{issue.source.file}: ", "bold red"), f"{issue.reason} ({issue.code})", hang=4)
    page.blank()


def print_explained(page: Page, patients: int, most: int) -> None:
    page.line(
        f"{patients:,} patients: beyond {most:,} explanations are left out; matches name the criteria in question. "
        "--explanations writes them; with every candidate they are far larger than the matches."
    )
    page.blank()


def print_patient(page: Page, patient: PatientShown) -> None:
    page.heading(patient.patient)
    if patient.summary:
        page.line((", ".join(patient.summary), "dim"), indent=2, hang=2)
    if not is_ranked(patient):
        page.line("Deceased: not ranked (--include-deceased ranks)", indent=2)
        page.blank()
        return
    for kind, candidates in (("trial", patient.trials), ("regimen", patient.regimens)):
        if candidates:
            _print_ranking(page, _TITLES[kind], candidates)
    if patient.questions:
        page.line(("Ask next: ", "bold"), patient.questions[0].text, indent=2, hang=10)
    for conflict in patient.conflicts:
        page.line(("Conflict: ", "bold red"), conflict, indent=2, hang=10)
    page.blank()


def _print_ranking(page: Page, title: str, candidates: tuple[CandidateShown, ...]) -> None:
    page.line((title, "bold"), indent=2)
    fitting = [each for each in candidates if each.standing != "ineligible"]
    for each in fitting[:SHOWN_CANDIDATES]:
        print_candidate(page, each)
    more, ruled_out = len(fitting) - SHOWN_CANDIDATES, len(candidates) - len(fitting)
    rest = [f"{more} more not ruled out"] if more > 0 else []
    rest += [f"{ruled_out} ruled out by recorded facts"] if ruled_out else []
    if rest:
        page.line((("and " if fitting else "none fits: ") + ", ".join(rest), "dim"), indent=4)


def print_candidate(page: Page, each: CandidateShown) -> None:
    rank = f"{each.place}." if each.place else "-"
    page.line(
        f"{rank:<4}",
        page.standing(each.standing, each.standing_text),
        "  ",
        (each.title, "bold"),
        f" ({each.id})",
        indent=4,
        hang=4,
    )
    if each.cohort:
        page.line(f"cohort      {each.cohort}", indent=8, hang=12)
    for other in each.also_fitting:
        page.line(f"also fits   {other.text}", indent=8, hang=12)
    page.line(("because     ", "dim"), each.because, indent=8, hang=12)
    for name, items, longest in (
        ("missing", each.missing, _LONGEST_ITEM),
        ("in the way", each.blocking, _LONGEST_REASON),
    ):
        if items:
            listed = "; ".join(shorten(item, longest, placeholder=" …") for item in items[:_SHOWN_ITEMS])
            more = f"; and {len(items) - _SHOWN_ITEMS} more" if len(items) > _SHOWN_ITEMS else ""
            page.line((f"{name:<12}", "dim"), listed + more, indent=8, hang=12)
    if each.applying:
        page.line(("caution     ", "yellow"), "; ".join(each.applying), indent=8, hang=12)
    if each.earliest:
        page.line(("earliest    ", "dim"), each.earliest_text, indent=8, hang=12)


def print_closing(
    page: Page,
    summary: Summary,
    account: Account,
    reading: Reading,
    written: tuple[Path, ...],
    files: Mapping[str, str],
) -> None:
    """``files`` says what each of those written is for."""
    hidden = summary.ranked - len(summary.shown)
    if hidden > 0:
        page.line(f"{hidden} more {'patient is' if hidden == 1 else 'patients are'} in the report.")
        page.blank()
    print_account(page, account, reading)
    for reject in summary.rejects:
        name = reject.patient or "no identifier"
        page.line(f"rejected: {name} ({reject.source}): {reject.reason}  {reject.code}", indent=2, hang=4)
    if reading.rejected > len(summary.rejects) > 0:
        page.line(f"and {reading.rejected - len(summary.rejects)} more in rejects.csv", indent=2)
    if written:
        page.blank()
        page.line(f"Written to {written[0].parent}:")
        page.columns([(path.name, files[path.name]) for path in written], indent=2)
    page.blank()
    page.line((DECISION_NOTICE, "bold"))


def print_account(page: Page, account: Account, reading: Reading) -> None:
    counts = f"{reading.patients} read, {reading.matched} matched, {reading.rejected} rejected"
    if account.not_ranked:
        counts += f"; {account.not_ranked} deceased and not ranked (--include-deceased ranks them)"
    page.line(counts)
    issues: Counter[str] = reading.issues
    if issues:
        page.line("Facts not read or in doubt, by code:")
        rows = [(str(number), code, CODES[code].title) for code, number in sorted(issues.items())]
        page.columns(rows, indent=2)
    if reading.unresolved_agents:
        agents = ", ".join(f"{name} ({number})" for name, number in reading.unresolved_agents.most_common(8))
        page.line(f"Drug names nobody resolved: {agents}", hang=2)
    if reading.unmapped_codes:
        codes = ", ".join(f"{code} ({number})" for code, number in reading.unmapped_codes.most_common(8))
        more = f", and {len(reading.unmapped_codes) - 8} more" if len(reading.unmapped_codes) > 8 else ""
        page.line(f"Codes that no table has: {codes}{more}", hang=2)
