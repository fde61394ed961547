"""Approving, retiring, restoring: the steps that change the folder of rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from matcher.api.problems import Problem
from matcher.api.shapes import Finding
from matcher.api.workbench.desk import DraftDesk, wanted
from matcher.errors import CODES, UsageError
from matcher.explanation.amendment import Amendment, RuleChanged, amendment
from matcher.rules.rulebook import Rulebook
from matcher.service.rulebooks import rules_directory
from matcher.service.workbench import begin
from matcher.service.workbench.checked import check
from matcher.service.workbench.landing import Landing, finish, recover, undo, writable
from matcher.store import Draft, DraftState, Move


@dataclass(frozen=True, slots=True)
class Approved:
    """``version`` is the rulebook that is in force now; ``patch`` the change where the folder cannot be written.

    ``waits`` says why what was written is not in force yet.
    """

    draft: Draft
    version: str
    patch: str = ""
    waits: str = ""


@dataclass(frozen=True)
class Approving:
    """One caller who decides."""

    desk: DraftDesk

    def approve(self, identifier: str, revision: int, reason: str) -> Approved:
        """Everything that is asked for is looked at once more, of this revision; then it is written, in one piece."""
        desk = self.desk
        desk.may("approver")
        draft = desk.found(identifier)
        if draft.revision != revision:
            raise Problem(
                409,
                "U062",
                f"the draft was changed meanwhile: you read revision {revision}, and it is at {draft.revision}",
                place="revision",
            )
        self._check(draft)
        said = wanted(reason, "an approval")
        landing = self.landing(draft, said)
        return self._land(draft, landing, "approved", said, (DraftState.REVIEW,), DraftState.APPROVED)

    def retire(self, identifier: str, reason: str) -> Approved:
        """A draft is put away; an approved rule is taken out of the folder, for which it takes an approver."""
        desk = self.desk
        draft = desk.found(identifier)
        desk.may("approver" if draft.state is DraftState.APPROVED else "author")
        said = wanted(reason, "a retirement")
        if draft.state is not DraftState.APPROVED:
            was = (DraftState.DRAFT, DraftState.REVIEW)
            moved = desk.moved(identifier, Move(was, DraftState.RETIRED, "retired", said))
            return Approved(moved, desk.served.rulebook.version)
        held = begin.in_force(draft.candidate, desk.rules)
        if held is None or not held.own or held.text != draft.text:
            raise Problem(
                409, "U070", "the folder holds another version of this rule: that one is to be retired"
            )
        root = rules_directory(desk.rules)
        entry = self._entry(draft, said, "retired", [])
        landing = Landing.without_rule(root, draft.candidate, entry)
        return self._land(draft, landing, "retired", said, (DraftState.APPROVED,), DraftState.RETIRED)

    def restore(self, identifier: str) -> Draft:
        """A new draft that says what an approved one said: it goes the same way through review."""
        desk = self.desk
        desk.may("author")
        draft = desk.found(identifier)
        if draft.state in (DraftState.DRAFT, DraftState.REVIEW):
            raise Problem(409, "U062", f"the draft is {draft.state}: there is nothing to restore")
        held = begin.in_force(draft.candidate, desk.rules)
        base = {} if held is None else {"base": held.text, "base_cases": held.cases}
        origin = {"from": "restored", "of": draft.id, **base}
        return desk.drafts.create(draft.candidate, draft.kind, draft.text, draft.cases, origin, desk.who)

    def landing(self, draft: Draft, reason: str) -> Landing:
        root = rules_directory(self.desk.rules)
        entry = self._entry(draft, reason, "approved", [*_lines(self.change(draft))])
        try:
            return Landing.of_rule(root, draft.kind, draft.candidate, (draft.text, draft.cases), entry)
        except UsageError as error:
            raise Problem(409, error.code, error.message) from None

    def change(self, draft: Draft) -> Amendment | None:
        """What the draft asks other than the rule in force; none where it cannot be read."""
        after = self.desk.checked(draft).ready
        if after is None:
            return None
        return amendment(self.before(draft), after)

    def before(self, draft: Draft) -> Rulebook:
        """The rule in force, alone as the draft is; no candidate where there was none."""
        served = self.desk.served.rulebook
        held = begin.in_force(draft.candidate, self.desk.rules)
        found = check(held.text, "", served).ready if held is not None else None
        if found is not None:
            return found
        after = self.desk.checked(draft).ready
        assert after is not None
        return _without(after, draft.candidate)

    def _check(self, draft: Draft) -> None:
        open_ones = [each for each in self.desk.conditions(draft) if not each.met]
        if not open_ones:
            return
        code = "U070" if [each.name for each in open_ones] == ["base unchanged"] else "U069"
        findings = [
            Finding(
                code="U070" if each.name == "base unchanged" else "U069",
                place=f"/drafts/{draft.id}/{each.tab}".rstrip("/"),
                message=f"{each.name}: {each.said}"[:300],
                remedy=CODES[code].remedy,
            )
            for each in open_ones
        ]
        raise Problem(409, code, "; ".join(each.said for each in open_ones), findings=findings)

    def _land(
        self,
        draft: Draft,
        landing: Landing,
        action: str,
        reason: str,
        was: tuple[DraftState, ...],
        to: DraftState,
    ) -> Approved:
        desk, root = self.desk, landing.root
        held = {"authors": ", ".join(desk.drafts.contributors(draft.id).values())}
        if not writable(desk.rules):
            moved = desk.moved(draft.id, Move(was, to, action, reason, draft.revision, held))
            return Approved(moved, desk.served.rulebook.version, landing.patch(), "the folder is read-only")
        recover(root, desk.drafts.ended)

        def prepare() -> None:
            if desk.changed_meanwhile(draft) and to is DraftState.APPROVED:
                raise Problem(409, "U070", "the rule in force was changed a moment ago")
            landing.prepare(draft.id)

        try:
            moved = desk.moved(draft.id, Move(was, to, action, reason, draft.revision, held, written=prepare))
        except Exception:
            undo(root, draft.id)
            raise
        finish(root, draft.id)
        return self._in_force(moved)

    def _in_force(self, draft: Draft) -> Approved:
        holder = self.desk.server.holder
        holder.reload()
        version = holder.current.rulebook.version
        waits = ""
        if holder.failing:
            waits = f"the rules in the folder have errors ({', '.join(holder.failing)}): the last good version stays"
        actor = self.desk.caller.owner
        self.desk.server.audit.record(actor, "rulebook in force", draft.id, version)
        return Approved(draft, version, waits=waits)

    def _entry(self, draft: Draft, reason: str, action: str, lines: list[str]) -> str:
        authors = ", ".join(self.desk.drafts.contributors(draft.id).values())
        today = datetime.now(UTC).date().isoformat()
        head = f"## {today}: {draft.candidate} {action}\n"
        said = f"{' '.join(reason.split())} Written by {authors}; {action} by {self.desk.caller.name}.\n"
        return head + said + "".join(f"- {each}\n" for each in lines)


def _without(book: Rulebook, name: str) -> Rulebook:
    return replace(book, candidates=tuple(each for each in book.candidates if each.id != name))


def _lines(change: Amendment | None) -> list[str]:
    return [] if change is None else [line for rule in change.rules for line in _of_rule(rule)]


def _of_rule(rule: RuleChanged) -> list[str]:
    if rule.change != "changed":
        return [f"**{rule.id}**: {rule.change}. {rule.title}"]
    found = []
    for each in rule.criteria:
        sides = [side.asks or side.text if side is not None else "" for side in (each.before, each.after)]
        if each.change == "changed" and each.meaning:
            found.append(f"**{rule.id}** {each.id}: {sides[0]} -> {sides[1]}")
        elif each.change == "changed":
            found.append(f"**{rule.id}** {each.id}: said in other words; the same is asked")
        else:
            found.append(f"**{rule.id}** {each.id} {each.change}: {sides[1] or sides[0]}")
    return [*found, *(f"**{rule.id}** {each.what}: {each.before} -> {each.after}" for each in rule.lines)]
