"""A directory of rule files as a compiled rulebook, or everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from matcher.errors import Diagnostic, RuleError, UsageError, in_order
from matcher.rulebook.compiled import FEW, Kept, sharing, uncollected
from matcher.rulebook.documents import RuleFile, located, read_rule_file
from matcher.rulebook.lists import build_formulary, in_the_place_of_shipped
from matcher.rulebook.salvage import condition_problems, placeholder, unreadable_names
from matcher.rulebook.sources import Sources
from matcher.rules.candidate import Candidate
from matcher.rules.compile import CandidateCompiler
from matcher.rules.condition import Problem
from matcher.rules.derive import DerivationCompiler
from matcher.rules.document import RulebookDocument
from matcher.rules.graph import GraphBuilder
from matcher.rules.lexicon import Lexicon
from matcher.rules.list_syntax import AgentsDocument, ListDocument
from matcher.rules.own_agents import OwnAgents
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import (
    AnyDocument,
    DerivationDocument,
    PolicyDocument,
    RankingDocument,
    RegimenDocument,
    TrialDocument,
)
from matcher.vocabulary.formulary import Formulary

D = TypeVar("D")
CLOSED = "what nobody recorded counts as not so (--absence-means-negative): for comparing, not for deciding"

#: the order used where a rulebook brings none: as described in the documentation of rankings
DEFAULT_RANKING = RankingDocument(
    ranking=[
        "standing",
        "availability",
        "evaluation",
        "evidence",
        "population",
        "setting",
        "direction",
        "level",
        "specificity",
        "encoded",
        "unknowns",
        "unsatisfied",
        "identifier",
    ],
    standings=[
        "eligible",
        "eligible_pending_screening",
        "meets_known_criteria",
        "possible",
        "not_yet",
        "needs_waiver",
        "ineligible",
    ],
    availability=["open", "unknown", "not_applicable", "suspended", "closed"],
    directions=["favours", "no_survival_difference", "unclear"],
    levels=["A1", "A2", "A3", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "D", "not stated"],
)


@dataclass(slots=True)
class Loaded:
    """What came of loading: a rulebook where there is no error, and every finding.

    Of one file alone ``rulebook`` is that file's, and ``ready`` what patients can be matched by.
    """

    rulebook: Rulebook | None
    diagnostics: list[Diagnostic]
    files: tuple[RuleFile, ...]
    used_lists: frozenset[str] = frozenset()
    ready: Rulebook | None = None

    @property
    def errors(self) -> list[Diagnostic]:
        return [each for each in self.diagnostics if each.severity == "error"]


def load_rulebook(root: Path, cache: Path | None = None) -> Rulebook:
    """The rulebook of a directory; ``RuleError`` with every error of every file where there is one.

    It is compiled once and kept in ``cache``, the user's cache directory unless another is given;
    one of a few files is not worth that.
    """
    sources = Sources.of(root)
    # A file whose name keeps it out of the rulebook is an error, and no part of the hash.
    if len(sources.rules) < FEW or sources.misnamed:
        return _compiled(root)
    kept = Kept.of(root, sources.version(), cache)
    rulebook = kept.read()
    if rulebook is None:
        with uncollected():
            rulebook = sharing(_compiled(root))
            kept.write(rulebook)
    return rulebook


def closed_rulebook(root: Path) -> Rulebook:
    """The rulebook in which a test of what nobody recorded is not met, and what denies it is: two values, no unknown.

    Only for comparing with programs that decide so. Every candidate lists the assumption, and the version is another.
    """
    loaded = check_rulebook(root, closed=True)
    if loaded.rulebook is None or loaded.errors:
        raise RuleError(loaded.errors)
    rulebook = loaded.rulebook
    candidates = tuple(replace(each, assumptions=(*each.assumptions, CLOSED)) for each in rulebook.candidates)
    version = hashlib.sha256(f"{rulebook.version} closed".encode()).hexdigest()
    return replace(rulebook, candidates=candidates, version=version)


def _compiled(root: Path) -> Rulebook:
    loaded = check_rulebook(root)
    if loaded.rulebook is None or loaded.errors:
        raise RuleError(loaded.errors)
    return loaded.rulebook


def check_rulebook(root: Path, *, closed: bool = False) -> Loaded:
    """Loads as far as possible and reports everything at once; ``closed`` as ``closed_rulebook`` says."""
    if not root.is_dir():
        raise UsageError(f"there is no directory of rules at {root}", "give one with --rules")
    files: list[RuleFile] = []
    diagnostics: list[Diagnostic] = []
    sources = Sources.of(root)
    for path in sources.rules:
        file, found = read_rule_file(path, path.as_posix())
        files.append(file)
        diagnostics += found
    diagnostics += [
        Diagnostic(
            path.as_posix(), 1, 1, "R040", "a rule file ends in .yaml", f"rename it to {path.stem}.yaml"
        )
        for path in sources.misnamed
    ]
    hidden = {path.name for path in sources.overridden}
    number = len(sources.own)
    for file in files[:number]:
        diagnostics += in_the_place_of_shipped(file, Path(file.name).name in hidden)
    # Of two that have one name that of one's own is the wrong one.
    compiler = _Compilation(files[number:] + files[:number], diagnostics, closed)
    rulebook = compiler.compile(sources.version())
    used = frozenset(compiler.used_lists)
    return Loaded(rulebook, in_order(diagnostics), tuple(files), used)


@dataclass(slots=True)
class _Compilation:
    files: list[RuleFile]
    diagnostics: list[Diagnostic]
    closed: bool = False
    used_lists: set[str] = field(default_factory=set)

    @property
    def _placeholders(self) -> list[tuple[RuleFile, AnyDocument]]:
        return [(file, stand_in) for file in self.files if (stand_in := placeholder(file)) is not None]

    def compile(self, version: str) -> Rulebook | None:
        self._check_names()
        formulary, found = build_formulary(
            self._of(AgentsDocument, self._placeholders), self._of(ListDocument, self._placeholders)
        )
        self.diagnostics += found
        derivations = {
            document.derive: (document, file.name) for file, document in self._of(DerivationDocument)
        }
        marks = {document.derive: file for file, document in self._of(DerivationDocument)}
        derived = {name: DerivationCompiler.word_for(document) for name, (document, _) in derivations.items()}
        unreadable = unreadable_names(self.files)
        lexicon = Lexicon(formulary, derived, used_lists=self.used_lists, unreadable=unreadable)
        builder = GraphBuilder(closed=self.closed)
        deriving = DerivationCompiler(builder, derivations, lexicon)
        compiled = deriving.compile_all()
        for name, problems in deriving.problems.items():
            self._locate(marks[name], problems)
        documents: list[tuple[RuleFile, TrialDocument | RegimenDocument]] = [
            *self._of(TrialDocument),
            *self._of(RegimenDocument),
        ]
        own_agents = self._own_agents(formulary)
        self.used_lists |= set(own_agents.document.classes) if own_agents else set()
        candidates = [
            self._candidate(builder, lexicon, deriving, file, document, own_agents)
            for file, document in documents
        ]
        for file in self.files:
            if file.document is None:
                self.diagnostics += condition_problems(file, lexicon)
        rankings = self._of(RankingDocument)
        for file, ranking in rankings:
            self._check_ranking(file, ranking)
        return Rulebook(
            graph=builder.graph(),
            candidates=tuple(sorted(candidates, key=lambda each: each.id)),
            derivations=compiled,
            formulary=formulary,
            ranking=rankings[0][1] if rankings else DEFAULT_RANKING,
            version=version,
            files=tuple(file.name for file in self.files),
            suppliers=dict(deriving.suppliers),
        )

    def _candidate(
        self,
        builder: GraphBuilder,
        lexicon: Lexicon,
        deriving: DerivationCompiler,
        file: RuleFile,
        document: TrialDocument | RegimenDocument,
        own_agents: OwnAgents | None,
    ) -> Candidate:
        problems: list[Problem] = []
        compiler = CandidateCompiler(builder, lexicon, deriving, problems, own_agents)
        candidate = compiler.compile(document, file.name)
        self._locate(file, problems)
        return candidate

    def _own_agents(self, formulary: Formulary) -> OwnAgents | None:
        for file, document in self._of(PolicyDocument):
            policy = OwnAgents(document, formulary)
            self._locate(file, policy.problems())
            return policy
        return None

    def _check_ranking(self, file: RuleFile, ranking: RankingDocument) -> None:
        for name in ("ranking", "standings", "availability", "directions", "levels", "encoded"):
            known, given = getattr(DEFAULT_RANKING, name), getattr(ranking, name)
            wrong = [each for each in given if each not in known or given.count(each) > 1]
            missing = [each for each in known if each not in given] if name != "ranking" else []
            for each in wrong:
                self._locate(
                    file, [Problem((name, given.index(each)), "R056", f"'{each}' is unknown or repeated")]
                )
            if missing:
                self._locate(file, [Problem((name,), "R010", f"missing: {', '.join(missing)}", at_key=True)])

    def _check_names(self) -> None:
        """Each identifier once, and in a file of its own name."""
        seen: dict[tuple[str, str], str] = {}
        for file in self.files:
            identity = _identity(file.document)
            if identity is None:
                continue
            kind, name = identity
            if identity in seen:
                self._locate(file, [Problem((kind,), "R028", f"'{name}' is also in {seen[identity]}")])
            seen.setdefault(identity, file.name)
            if Path(file.name).stem != name:
                self._locate(file, [Problem((kind,), "R041", f"'{name}' stands in {Path(file.name).name}")])

    def _of(
        self, kind: type[D], more: Sequence[tuple[RuleFile, AnyDocument]] = ()
    ) -> list[tuple[RuleFile, D]]:
        every = [*((file, file.document) for file in self.files), *more]
        return [(file, document) for file, document in every if isinstance(document, kind)]

    def _locate(self, file: RuleFile, problems: list[Problem]) -> None:
        assert file.marked is not None
        self.diagnostics += located(file.marked, problems)


def _identity(document: AnyDocument | None) -> tuple[str, str] | None:
    match document:
        case TrialDocument():
            return "trial", document.trial
        case RegimenDocument():
            return "regimen", document.regimen
        case DerivationDocument():
            return "derive", document.derive
        case ListDocument():
            return "list", document.list
        case RankingDocument():
            return "ranking", "ranking"
        case PolicyDocument():
            return "policy", document.policy
        case RulebookDocument():
            return "rulebook", "rulebook"
    return None
