"""What authors and approvers do with drafts, for pages and programs alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher.api.callers import Caller
from matcher.api.problems import Problem
from matcher.api.runner import job_folder
from matcher.api.served import Served
from matcher.api.server import Server
from matcher.authoring.begin import Cited
from matcher.authoring.edits import LARGEST
from matcher.errors import UsageError
from matcher.service.workbench import begin
from matcher.service.workbench.checked import Checked, Identity, check, identity_of
from matcher.service.workbench.conditions import Condition, Standing, conditions
from matcher.store import Draft, Drafts, DraftState, Move, Note, Part, Said, Saved, Who

LONGEST = 1_000_000
"""Characters of a rule or of its cases: what a rule file may hold."""
_LONGEST_SAID = 4_000
#: whether an approved draft is in force
IN_FORCE, WAITS, REPLACED = "in force", "not yet in force", "replaced since"
EXCUSE, COMMENT, IMPACT, STEP = "excuse", "comment", "impact seen", "step"
#: what becomes of a comment
RESOLVED, REOPENED = "resolved", "reopened"


@dataclass(frozen=True)
class DraftDesk:
    """One caller at the drafts, which all authors share."""

    server: Server
    served: Served
    caller: Caller

    @property
    def who(self) -> Who:
        return Who(self.caller.owner, self.caller.name)

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.server.database)

    @property
    def rules(self) -> Path | None:
        return self.server.settings.rules_folder

    def server_folder(self, run: str) -> Path:
        """Where the file of a run of a worklist lies."""
        return job_folder(self.server.settings, run)

    def may(self, *roles: str) -> None:
        if self.caller.role not in (*roles, "admin"):
            raise Problem(403, "U053", f"the role {self.caller.role} may not do this")

    def found(self, identifier: str) -> Draft:
        found = self.drafts.read(identifier)
        if found is None:
            raise Problem(404, "U058", "there is no such draft", place="path.id")
        return found

    def begin(self, how: Mapping[str, str]) -> Draft:
        """A new draft; ``from`` says of what."""
        self.may("author")
        today = date.today()
        name, text = how.get("candidate", ""), how.get("text", "")
        _check_length(text, how.get("cases", ""))
        match how["from"]:
            case "blank":
                begun = begin.blank(name, how.get("title") or name, today)
            case "copy":
                begun = begin.copy(how.get("of", ""), name, self.rules)
            case "file":
                begun = begin.file(text, how.get("cases", ""), self.rules)
            case "record":
                begun = begin.record(text, today, self.served.rulebook)
            case "sentences":
                cited = Cited(how.get("document", ""), how.get("address", ""))
                begun = begin.sentences(name, how.get("title") or name, text, cited, today)
            case _:
                ways = "blank, copy, file, record, sentences"
                raise Problem(422, "U072", f"a draft begins from one of: {ways}", place="from")
        identity = begun.identity
        return self.drafts.create(
            identity.name, identity.kind, begun.text, begun.cases, begun.origin, self.who
        )

    def save(
        self,
        identifier: str,
        part: Part,
        content: str,
        revision: int,
        origin: Mapping[str, Any] | None = None,
    ) -> Saved:
        """Taken, or kept aside where somebody else was first; ``origin`` where the draft begins anew from elsewhere."""
        self.may("author", "approver")
        _check_length(content)
        saved = self.drafts.save(identifier, part, content, revision, self.who, origin)
        if saved is None:
            raise Problem(404, "U058", "there is no such draft", place="path.id")
        if saved.done and part == "text":
            self._name(saved.draft)
        return saved

    def _name(self, draft: Draft) -> None:
        """The rule that its text says it is, as far as it says so."""
        identity = Identity("", "") if len(draft.text) > LARGEST else identity_of(draft.text)
        if identity.name and (identity.kind, identity.name) != (draft.kind, draft.candidate):
            self.drafts.rename(draft.id, identity.name, identity.kind)

    def checked(self, draft: Draft) -> Checked:
        return check(draft.text, draft.cases, self.served.rulebook)

    def conditions(self, draft: Draft) -> tuple[Condition, ...]:
        notes = self.drafts.notes(draft.id)
        standing = Standing(
            self.drafts.contributors(draft.id),
            excuses_of(notes),
            {each.owner for each in notes if each.kind == IMPACT and each.revision == draft.revision},
            self.changed_meanwhile(draft),
            draft.state is DraftState.REVIEW,
        )
        return conditions(self.checked(draft), standing, self.caller.owner)

    def changed_meanwhile(self, draft: Draft) -> bool:
        """Whether the folder holds another text of this rule, or of its cases, than the draft began with."""
        held = begin.in_force(draft.candidate, self.rules)
        now = ("", "") if held is None else (held.text, held.cases)
        then = (draft.origin.get("base", ""), draft.origin.get("base_cases", ""))
        return now not in {then, (draft.text, draft.cases)}

    def force(self, draft: Draft) -> str:
        """Whether an approved draft is what patients are matched by: a patch may wait for somebody to apply it."""
        if draft.state is not DraftState.APPROVED:
            return ""
        held = begin.in_force(draft.candidate, self.rules)
        now = ("", "") if held is None else (held.text, held.cases)
        if now == (draft.text, draft.cases):
            waits = self.server.holder.failing or draft.candidate not in self.served.rulebook.by_id
            return WAITS if waits else IN_FORCE
        then = (draft.origin.get("base", ""), draft.origin.get("base_cases", ""))
        return WAITS if now == then else REPLACED

    def submit(self, identifier: str, revision: int, said: str) -> Draft:
        self.may("author")
        self.found(identifier)
        step = Move((DraftState.DRAFT,), DraftState.REVIEW, "submitted", _said(said), revision)
        return self.moved(identifier, step)

    def give_back(self, identifier: str, revision: int, said: str) -> Draft:
        """By an approver, or by the author who takes it back."""
        self.may("author", "approver")
        self.found(identifier)
        step = Move((DraftState.REVIEW,), DraftState.DRAFT, "returned", wanted(said, "a return"), revision)
        return self.moved(identifier, step)

    def moved(self, identifier: str, step: Move) -> Draft:
        if not self.drafts.move(identifier, step, self.who):
            now = self.found(identifier)
            raise Problem(
                409,
                "U062",
                f"the draft is {now.state} at revision {now.revision}: it was changed meanwhile, or is past this",
                place="revision",
            )
        return self.found(identifier)

    def comment(self, identifier: str, body: str, about: str) -> Draft:
        self.may("author", "approver")
        draft = self.found(identifier)
        self.drafts.note(draft, Said(COMMENT, about[:200], wanted(body, "a comment")), self.who)
        return draft

    def settle(self, identifier: str, number: int, *, done: bool) -> Draft:
        """A comment that is seen to, or open again: both stay on record, with who said so."""
        self.may("author", "approver")
        draft = self.found(identifier)
        notes = self.drafts.notes(draft.id)
        if not any(each.id == number and each.kind == COMMENT for each in notes):
            raise Problem(404, "U058", "the draft has no such comment", place="path.number")
        if (number in settled_of(notes)) != done:
            self.drafts.note(draft, Said(RESOLVED if done else REOPENED, str(number)), self.who)
        return draft

    def excuse(self, identifier: str, about: str, reason: str) -> Draft:
        """In writing, why something need not be shown. It holds as long as the finding reads the same."""
        self.may("author", "approver")
        draft = self.found(identifier)
        self.drafts.note(draft, Said(EXCUSE, about[:500], wanted(reason, "an excuse")), self.who)
        return draft


def settled_of(notes: list[Note]) -> dict[int, str]:
    """The comments that are seen to, each with who said so last."""
    found: dict[int, str] = {}
    for each in notes:
        if each.kind == RESOLVED:
            found[int(each.about)] = each.by
        elif each.kind == REOPENED:
            found.pop(int(each.about), None)
    return found


def excuses_of(notes: list[Note]) -> dict[str, str]:
    """By what they excuse."""
    return {each.about: f"{each.body} ({each.by})" for each in notes if each.kind == EXCUSE}


def _check_length(*texts: str) -> None:
    if any(len(each) > LONGEST for each in texts):
        raise Problem(413, "U054", "a rule file has at most a million characters")


def _said(text: str) -> str:
    return text.strip()[:_LONGEST_SAID]


def wanted(text: str, what: str) -> str:
    said = _said(text)
    if not said:
        raise Problem(422, "U057", f"{what} wants a word of why", place="reason")
    return said


def refused(error: UsageError) -> Problem:
    return Problem(422, error.code, f"{error.message}; {error.hint}")


def document_of(saved: Saved, part: Part) -> dict[str, Any]:
    """What the other one wrote: it stands beside one's own, and neither is lost."""
    return {
        part: saved.draft.part(part),
        "revision": saved.draft.revision,
        "author": saved.author,
        "state": saved.draft.state,
    }
