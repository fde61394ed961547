"""One text as a rule file of a rulebook that is in force: what loading and lint say of it, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matcher.errors import Diagnostic, in_order
from matcher.rulebook.documents import RuleFile, located, read_rule_file, rule_file
from matcher.rulebook.lint import lint
from matcher.rulebook.load import Loaded
from matcher.rulebook.salvage import condition_problems
from matcher.rulebook.strict_yaml import parse_yaml
from matcher.rules.candidate import Candidate
from matcher.rules.compile import CandidateCompiler
from matcher.rules.condition import Problem
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import GraphBuilder
from matcher.rules.lexicon import Lexicon
from matcher.rules.own_agents import OwnAgents
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import DerivationDocument, PolicyDocument, RegimenDocument, TrialDocument


def lexicon_of(book: Rulebook) -> Lexicon:
    """The words of a rulebook: its lists and its derived facts, beside those of the language."""
    derived = {each.name: DerivationCompiler.word_for(each.document) for each in book.derivations}
    return Lexicon(book.formulary, derived)


def check_one(text: str, name: str, book: Rulebook) -> Loaded:
    """The text beside the lists and derived facts of a rulebook; in the place of its own file, if it has one there.

    Of a list, a ranking or a policy, which mean something only among all the others, the form alone is checked.
    """
    file, diagnostics = rule_file(*parse_yaml(text, name), name)
    lexicon = lexicon_of(book)
    if file.document is None:
        diagnostics += condition_problems(file, lexicon)
    if not isinstance(file.document, DerivationDocument | TrialDocument | RegimenDocument):
        return Loaded(None, in_order(diagnostics), (file,))
    documents = {each.name: (each.document, each.file) for each in book.derivations}
    if isinstance(file.document, DerivationDocument):
        word = DerivationCompiler.word_for(file.document)
        lexicon.derived = {**lexicon.derived, file.document.derive: word}
        documents[file.document.derive] = (file.document, name)
    builder = GraphBuilder()
    deriving = DerivationCompiler(builder, documents, lexicon)
    compiled = deriving.compile_all()
    if isinstance(file.document, DerivationDocument):
        diagnostics += _placed(file, deriving.problems.get(file.document.derive, []))
    candidates: tuple[Candidate, ...] = ()
    if not isinstance(file.document, DerivationDocument):
        problems: list[Problem] = []
        own_agents = _own_agents(book) if isinstance(file.document, RegimenDocument) else None
        compiler = CandidateCompiler(builder, lexicon, deriving, problems, own_agents)
        candidates = (compiler.compile(file.document, name),)
        diagnostics += _placed(file, problems)
    rulebook = replace(
        book,
        graph=builder.graph(),
        candidates=candidates,
        derivations=tuple(each for each in compiled if each.file == name),
        files=(name,),
        suppliers=dict(deriving.suppliers),
    )
    loaded = Loaded(rulebook, in_order(diagnostics), (file,), frozenset(lexicon.used_lists))
    loaded.diagnostics = in_order([*loaded.diagnostics, *lint(loaded)])
    if not loaded.errors:
        loaded.ready = replace(rulebook, derivations=compiled)
    return loaded


def _own_agents(book: Rulebook) -> OwnAgents | None:
    """What every regimen of the rulebook is asked about its own agents."""
    for name in book.files:
        if Path(name).name == "progressed_on_own_agents.yaml":
            document = read_rule_file(Path(name), name)[0].document
            if isinstance(document, PolicyDocument):
                return OwnAgents(document, book.formulary)
    return None


def _placed(file: RuleFile, problems: list[Problem]) -> list[Diagnostic]:
    assert file.marked is not None
    return located(file.marked, problems)
