"""Reading the parameters of a word: which class, which test, which window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from matcher.domain.dates import Duration, TimeUnit
from matcher.errors import nearest
from matcher.features.word import Argument, Parameter, Takes
from matcher.rules.condition import Path, Problem
from matcher.rules.lexicon import Lexicon
from matcher.rules.limit import UNIT_CODES
from matcher.rules.named import read_as, unknown_choice, unknown_name
from matcher.rules.remedy import elsewhere, one_each, stage_for, treatment_for
from matcher.vocabulary import genes, units, variants
from matcher.vocabulary.biomarkers import MARKERS, gene_symbol
from matcher.vocabulary.codes import ALTERATION_KIND, event_in_words
from matcher.vocabulary.laboratory import lab_test, nearest_lab_test
from matcher.vocabulary.procedures import TREATMENTS
from matcher.vocabulary.staging import SCHEME
from matcher.vocabulary.text import either_of, in_sentence, key

#: what *any* is of, where the phrase around it does not say
_ANY = {"conditions": "condition", "procedures": "procedure"}


def read_argument(
    parameter: Parameter,
    raw: object,
    lexicon: Lexicon,
    path: Path,
    problems: list[Problem],
    beside: Mapping[str, object] = MappingProxyType({}),
    word: str = "",
) -> Argument | None:
    """The parameter's value, or ``None`` and a problem. ``beside`` is what else the condition of ``word`` says."""

    def refuse(code: str, message: str, hint: str = "") -> None:
        problems.append(Problem(path, code, message, hint))

    match parameter.takes:
        case Takes.FLAG:
            if not isinstance(raw, bool):
                return refuse("R013", "true or false")
            opposite = parameter.opposite or f"not only {parameter.phrase}"
            return Argument(str(raw).lower(), raw, parameter.phrase if raw else opposite)
        case Takes.NUMBER:
            if isinstance(raw, (int, float)) and not isinstance(raw, bool):
                if not parameter.low <= raw <= parameter.high:
                    return refuse("R019", f"{raw:g} is outside {parameter.low:g} to {parameter.high:g}")
                return Argument(f"{raw:g}", float(raw), parameter.phrase.format(f"{raw:g}"))
            return refuse("R013", f"'{parameter.name}' is a number")
        case Takes.DURATION:
            try:
                duration = units.parse_duration(str(raw))
            except units.UnitError as error:
                return refuse(UNIT_CODES[error.fault], error.message, "write it like '14 days' or '6 months'")
            length = Duration(duration.value, TimeUnit(duration.unit))
            return Argument(str(length), length, parameter.phrase.format(length))
        case Takes.CODES:
            return _codes(parameter, raw, path, problems)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and parameter.choices:
        raw = str(raw)
    if (
        isinstance(raw, list)
        and parameter.takes is Takes.CHANGE
        and all(isinstance(each, str) for each in raw)
    ):
        raw = " or ".join(raw)
    if not isinstance(raw, str):
        several = isinstance(raw, list) and len(raw) > 1
        hint = one_each(raw, word, parameter.name) if several and isinstance(raw, list) else ""
        return refuse("R013", f"'{parameter.name}' is a word", hint)
    match parameter.takes:
        case Takes.THERAPY | Takes.MEDICATION | Takes.AGENT | Takes.CAUSE:
            return _treatment(parameter, raw, lexicon, path, problems)
        case Takes.LAB:
            test = lab_test(raw)
            if test is None:
                hint = unknown_name(raw, nearest_lab_test(raw))
                return refuse("R014", f"unknown laboratory test '{raw}'", hint)
            phrase = parameter.phrase.format(in_sentence(test.title))
            return Argument(test.code, test.code, phrase, read_as(raw, test.code, test.title))
        case Takes.MARKER:
            marker = MARKERS.lookup(raw)
            if marker is None:
                hint = unknown_name(raw, MARKERS.nearest(raw), tree=MARKERS)
                return refuse("R014", f"unknown biomarker '{raw}'", hint)
            named = MARKERS.title(marker)
            phrase = parameter.phrase.format(in_sentence(named))
            return Argument(marker, marker, phrase, read_as(raw, marker, named))
        case Takes.GENE:
            return _gene(parameter, raw, path, problems)
        case Takes.CHANGE:
            return _change(parameter, raw, path, problems, beside)
        case Takes.EVENT:
            if raw not in lexicon.events:
                known = ", ".join(lexicon.events) or "none"
                near = nearest(raw, lexicon.events)
                hint = f"did you mean '{near}'?" if near else ""
                return refuse("R025", f"'{raw}' is not among the events of this rule ({known})", hint)
            events = lexicon.events[: lexicon.events.index(raw) + 1]
            return Argument(raw, events, parameter.phrase.format(event_in_words(raw)))
        case Takes.TEXT if parameter.vocabulary is not None:
            tree = parameter.vocabulary
            found = tree.lookup(raw)
            if found is None:
                hint = stage_for(raw) if tree is SCHEME else ""
                hint = hint or unknown_name(raw, tree.nearest(raw), tree.codes, tree)
                return refuse("R014", f"'{raw}' is not one of its values", hint)
            named = tree.title(found)
            return Argument(found, found, parameter.phrase.format(named), read_as(raw, found, named))
        case Takes.TEXT:
            raw = next((each for each in parameter.choices if key(each) == key(raw)), raw)
            if parameter.choices and raw not in parameter.choices:
                hint = unknown_choice(raw, parameter.choices)
                return refuse("R014", f"'{raw}' is not one of its values", hint)
            return Argument(raw, raw, parameter.phrase.format(raw.replace("_", " ")))
    raise TypeError(f"unhandled parameter {parameter.takes}")


def _treatment(
    parameter: Parameter, raw: str, lexicon: Lexicon, path: Path, problems: list[Problem]
) -> Argument | None:
    """A class or an agent; where anything that was done will do, a procedure or radiotherapy as well."""
    formulary = lexicon.formulary
    if raw == "any" and parameter.takes is Takes.THERAPY:
        return Argument("any", formulary.all_leaves, parameter.phrase.format("any therapy"))
    code, named, members = formulary.lookup(raw), "", frozenset[str]()
    if code is not None:
        named, members = formulary.title(raw), formulary.members(raw)
        lexicon.used_lists.add(code)
    elif parameter.takes in (Takes.AGENT, Takes.CAUSE) and (code := TREATMENTS.lookup(raw)) is not None:
        named, members = TREATMENTS.title(code), TREATMENTS.leaves(code)
    elif parameter.takes is Takes.THERAPY and (scheme := formulary.scheme(raw)) is not None:
        code, (first, *others) = scheme
        phrase = parameter.phrase.format(code.replace("_", "-").upper())
        return Argument(code, first, phrase, read_as(raw, code, code), tuple(others))
    else:
        hint = treatment_for(raw) or unknown_name(raw, formulary.nearest(raw))
        problems.append(Problem(path, "R024", f"no list or agent is called '{raw}'", hint))
        return None
    phrase = parameter.phrase.format(in_sentence(named))
    value = code if parameter.takes is Takes.AGENT else members
    return Argument(code, value, phrase, read_as(raw, code, named))


def _codes(parameter: Parameter, raw: object, path: Path, problems: list[Problem]) -> Argument | None:
    values = raw if isinstance(raw, list) else [raw]
    tree = parameter.vocabulary
    codes: frozenset[str] = frozenset()
    taken: tuple[tuple[str, str], ...] = ()
    before = len(problems)
    for index, value in enumerate(values):
        here = (*path, index) if isinstance(raw, list) else path
        text = str(value)
        if tree is None:
            if text in parameter.choices:
                codes |= {text}
                continue
            hint = unknown_choice(text, parameter.choices)
        elif text == "any":
            codes |= tree.all_leaves
            continue
        else:
            code = tree.lookup(text)
            if code is not None:
                codes |= tree.leaves(code)
                taken += read_as(value, code, tree.title(code))
                continue
            change = tree is ALTERATION_KIND and variants.changes(text, "")
            hint = (
                f"that is a change: write 'protein_change: {text}'"
                if change
                else elsewhere(text, tree) or unknown_name(text, tree.nearest(text), tree.codes, tree)
            )
        problems.append(Problem(here, "R014", f"'{text}' is not one of its values", hint))
    if len(problems) > before:
        return None
    if not codes:
        problems.append(Problem(path, "R020", "an empty list of codes"))
        return None
    if tree is None:
        names = sorted(codes)
        titles = [each.replace("_", " ") for each in names]
        return Argument(", ".join(names), codes, parameter.phrase.format(either_of(titles)))
    if codes == tree.all_leaves:
        return Argument("any", codes, parameter.phrase.format(f"any {_ANY.get(tree.name, '')}".strip()))
    cover = tree.cover(codes)
    titles = [in_sentence(tree.called(code)) for code in tree.named(codes)]
    return Argument(", ".join(cover), codes, parameter.phrase.format(either_of(titles)), taken)


def _gene(parameter: Parameter, raw: str, path: Path, problems: list[Problem]) -> Argument | None:
    symbol = gene_symbol(raw)
    if symbol is not None:
        return Argument(symbol, symbol, parameter.phrase.format(symbol), read_as(raw, symbol, symbol))
    several = sorted(genes.genes(raw))
    named, change = variants.named(raw)
    if several:
        message = f"'{raw}' could be {' or '.join(several)}"
        hint = "write which one, or one condition for each under `any`"
    elif named:
        message = f"'{raw}' is more than a gene"
        hint = f"write gene: {genes.symbol(named)}, protein_change: {change}"
    else:
        message = f"no gene is called '{raw}'"
        hint = _suggest(genes.nearest(raw)) or "write the symbol that HGNC approves (genenames.org)"
    problems.append(Problem(path, "R014", message, hint))
    return None


def _change(
    parameter: Parameter, raw: str, path: Path, problems: list[Problem], beside: Mapping[str, object]
) -> Argument | None:
    """One change or one class of changes, or several of one sort: only those are one test."""

    def refuse(message: str, hint: str) -> None:
        problems.append(Problem(path, "R014", message, hint))

    gene = gene_symbol(str(beside.get("gene", ""))) or ""
    named, rest = variants.named(raw)
    if named and gene and genes.symbol(named) != gene:
        return refuse(
            f"'{raw}' is a change of {genes.symbol(named)}, not of {gene}", "write the change alone"
        )
    found = variants.changes(rest or raw, gene)
    if not found:
        hint = "write it as V600E, V600, E746_A750del, R213fs or exon 19 deletion"
        return refuse(f"'{raw}' is no change of a protein that is understood", hint)
    if any(
        not each.keys and each.residues is None and not each.exon and each.kinds == variants.MUTATION
        for each in found
    ):
        return refuse(f"'{raw}' could be any change", "write the change of the protein, or `kind: mutation`")
    if not _one_test(found):
        return refuse(
            f"'{raw}' is several changes that are no one class", "write a condition for each under `any`"
        )
    kinds = frozenset().union(*(each.kinds for each in found))
    stated = beside.get("kind", [])
    asked = [ALTERATION_KIND.lookup(str(each)) for each in (stated if isinstance(stated, list) else [stated])]
    if asked and all(asked) and not kinds & ALTERATION_KIND.expand(each for each in asked if each):
        return refuse(f"'{raw}' is never of the kind beside it", "leave `kind` out: the change says it")
    texts = tuple(each.text for each in found)
    return Argument(" or ".join(texts), texts, parameter.phrase.format(" or ".join(texts)))


def _one_test(found: Sequence[variants.Change]) -> bool:
    """Whether these changes are told from all others by one set of keys, or one row of residues, or by exons."""
    if len(found) == 1 or all(each.keys for each in found):
        return True
    if any(each.keys or each.kinds != found[0].kinds for each in found):
        return False
    if all(each.exon for each in found):
        return True
    places = sorted(each.residues for each in found if each.residues is not None and not each.exon)
    return len(places) == len(found) and all(after[0] <= before[1] + 1 for before, after in pairwise(places))


def _suggest(word: str | None) -> str:
    return f"did you mean '{word}'?" if word else ""
