"""Writes the reference pages that are generated from the code, or says which of them are out of date.

python scripts/docs.py            writes them
python scripts/docs.py --check    writes nothing; exit code 1 and one line for each page that is out of date
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType

from matcher.errors import REFERENCE_PAGE, error_reference
from matcher.explanation.names import KINDS, index, names, page
from matcher.explanation.rulebook_page import rulebook_page
from matcher.readers.mapping_reference import MAPPING_PAGE, mapping_reference
from matcher.readers.wide_reference import WIDE_PAGE, wide_reference
from matcher.rulebook.load import load_rulebook
from matcher.rules.reference import RULE_LANGUAGE_PAGE, rule_language_reference

ROOT = Path(__file__).resolve().parent.parent


def _specification() -> str:
    """Printed from the tables the engines are tested with, which live beside the tests."""
    sys.path.insert(0, str(ROOT))
    from tests.spec.page import specification

    return specification()


def _border() -> str:
    """Printed from the rows that run from a file to a verdict, which live beside the tests."""
    sys.path.insert(0, str(ROOT))
    from tests.spec.border.page import border_page

    return border_page()


def _protocols() -> str:
    """Printed from the sentences of protocols that a test reads."""
    sys.path.insert(0, str(ROOT))
    from tests.spec.protocols import protocols_page

    return protocols_page()


def _vocabulary() -> Mapping[str, Callable[[], str]]:
    """A page for each kind of names, and one that leads to them."""
    held = names(load_rulebook(ROOT / "rules").formulary)
    folder = "docs/reference/vocabulary"
    pages: dict[str, Callable[[], str]] = {f"{folder}/README.md": lambda: index(held)}
    return pages | {f"{folder}/{kind}.md": partial(page, kind, held) for kind in KINDS}


def _architecture() -> str:
    """Drawn from what the modules import, by a library that only development needs."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from architecture import architecture_page

    return architecture_page()


def _performance() -> str:
    """Printed from the last run of the benchmarks that was kept."""
    sys.path.insert(0, str(ROOT))
    from benchmarks.report import performance_page

    return performance_page()


# Each generated page, by its path in the repository, and the function that gives its text.
PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        REFERENCE_PAGE: error_reference,
        WIDE_PAGE: wide_reference,
        MAPPING_PAGE: mapping_reference,
        RULE_LANGUAGE_PAGE: rule_language_reference,
        "docs/reference/specification.md": _specification,
        "docs/guide/what-is-understood.md": _border,
        "docs/reference/rulebook.md": lambda: rulebook_page(load_rulebook(ROOT / "rules")),
        "docs/reference/protocols.md": _protocols,
        "docs/reference/performance.md": _performance,
        "docs/architecture.md": _architecture,
        **_vocabulary(),
    }
)


def stale(pages: Mapping[str, Callable[[], str]], root: Path) -> dict[str, str]:
    """The pages whose file is missing or differs, with the text each should have."""
    wanted = {path: text() for path, text in pages.items()}
    return {path: text for path, text in wanted.items() if _read(root / path) != text.encode("utf-8")}


def write(texts: Mapping[str, str], root: Path) -> None:
    for path, text in texts.items():
        page = root / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(text.encode("utf-8"))


def main(
    arguments: Sequence[str] | None = None,
    pages: Mapping[str, Callable[[], str]] = PAGES,
    root: Path = ROOT,
) -> int:
    parser = argparse.ArgumentParser(description="Write the generated reference pages.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where a page is out of date"
    )
    check = parser.parse_args(arguments).check
    outdated = stale(pages, root)
    for path in outdated:
        print(f"{path} is out of date: run `make docs`" if check else f"{path} written")
    if check:
        return 1 if outdated else 0
    write(outdated, root)
    return 0


def _read(page: Path) -> bytes | None:
    return page.read_bytes() if page.is_file() else None


if __name__ == "__main__":
    raise SystemExit(main())
