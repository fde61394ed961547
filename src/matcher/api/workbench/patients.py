"""A draft and the patients of a worklist: only those of the caller's own team."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.api.problems import Problem
from matcher.api.workbench.approving import Approving
from matcher.api.workbench.desk import IMPACT, DraftDesk
from matcher.api.worklist_desk import ListDesk, Sheet
from matcher.errors import UsageError
from matcher.explanation.amendment import Amendment
from matcher.rules.candidate import Candidate
from matcher.rules.rulebook import Rulebook
from matcher.service.impact import Impact
from matcher.service.workbench import cohort
from matcher.service.workbench.casefile import CaseWritten
from matcher.service.workbench.cohort import Cohort, Tried
from matcher.service.workbench.taken import case_of
from matcher.service.worklist import Filed
from matcher.store import Draft, Said, Worklist


@dataclass(frozen=True, slots=True)
class Weighed:
    """Whom a draft touches among these patients, and by which change."""

    draft: Draft
    change: Amendment
    cohort: Cohort
    impact: Impact


@dataclass(frozen=True)
class Patients:
    """One caller with patients to try drafts on."""

    desk: DraftDesk

    def worklists(self) -> list[Worklist]:
        """Those with a file that was matched. An author without a team has none: patients are a team's."""
        caller = self.desk.caller
        if not caller.team and caller.role != "admin":
            return []
        return [
            each for each in self.desk.server.lists.of(caller.team) if self._sheet(each.id).run is not None
        ]

    def tried(self, draft: Draft, worklist: str) -> Tried:
        candidate, book = self._usable(draft)
        return cohort.tried(candidate, book, self._cohort(worklist, book))

    def weigh(self, draft: Draft, worklist: str) -> Weighed:
        """That this person read it at this revision is noted."""
        _, after = self._usable(draft)
        approving = Approving(self.desk)
        change = approving.change(draft)
        assert change is not None
        held = self._cohort(worklist, after)
        found = cohort.impact_of(draft.candidate, approving.before(draft), after, held)
        said = {"patients": found.patients, "touched": found.touched, "cohort": held.title}
        self.desk.drafts.note(draft, Said(IMPACT, held.title, "", said), self.desk.who)
        return Weighed(draft, change, held, found)

    def present(self, worklist: str, number: int) -> None:
        """Nobody is asked where to put a patient whom they may not see."""
        sheet = self._sheet(worklist)
        sheet.entry(number)

    def case(self, draft: Draft, worklist: str, number: int) -> CaseWritten:
        candidate, book = self._usable(draft)
        sheet = self._sheet(worklist)
        profile = sheet.see(sheet.entry(number)).profile
        self.desk.server.audit.record(self.desk.caller.owner, "patient taken as a case", draft.id)
        try:
            return case_of(profile, f"a patient, {candidate.id}", candidate, book)
        except UsageError as error:
            raise Problem(422, error.code, error.message) from None

    def _usable(self, draft: Draft) -> tuple[Candidate, Rulebook]:
        checked = self.desk.checked(draft)
        if checked.candidate is None or checked.ready is None:
            first = next(iter(checked.loaded.errors), None)
            why = (
                f"line {first.line}: {first.message}"
                if first is not None
                else "it is no trial and no regimen"
            )
            raise Problem(409, "U062", f"the rule cannot be tried on patients before it is right: {why}")
        return checked.candidate, checked.ready

    def _cohort(self, worklist: str, book: Rulebook) -> Cohort:
        if not worklist:
            return cohort.sample(self.desk.served.rulebook, self.desk.rules)
        sheet = self._sheet(worklist)
        filed = Filed.of(self.desk.server_folder(sheet.done.id), sheet.done.request)
        return cohort.of_file(filed, sheet.worklist.title, book)

    def _sheet(self, worklist: str) -> Sheet:
        caller = self.desk.caller
        if not caller.team and caller.role != "admin":
            raise Problem(403, "U053", "a token without a team sees no patients")
        return ListDesk(self.desk.server, self.desk.served, caller).at(worklist)
