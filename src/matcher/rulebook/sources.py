"""The files of a rulebook: those of its directory, and those of the shipped one that it extends."""

from __future__ import annotations

import site
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import UsageError
from matcher.rulebook.documents import (
    CASES_SUFFIX,
    case_paths,
    content_hash,
    misnamed_paths,
    read_rule_file,
    rule_paths,
)
from matcher.rules.document import RulebookDocument

NAME = "rulebook.yaml"
_INSTALLED = Path("share") / "trial-matcher" / "rules"


def shipped_rules() -> Path | None:
    """The rules of this checkout, else those installed with the package.

    An installer puts them below the environment, below the user's own packages, or beside a package that went to a
    directory of its own (``pip install --target``).
    """
    package = Path(__file__).resolve().parents[1]
    environment, user = Path(sys.prefix), Path(site.getuserbase())
    installed = (place / _INSTALLED for place in (package.parent, environment, user))
    for place in (package.parents[1] / "rules", *installed):
        if (place / "ranking.yaml").is_file():
            return _shown_from_here(place)
    return None


def _shown_from_here(place: Path) -> Path:
    """Relative where that is below the working directory, so that messages name short paths."""
    try:
        return place.relative_to(Path.cwd())
    except ValueError:
        return place


@dataclass(frozen=True, slots=True)
class Sources:
    """``base`` is the rulebook that ``root`` extends; a file of the same name in ``root`` stands in its place."""

    root: Path
    base: Path | None = None

    @classmethod
    def of(cls, root: Path) -> Sources:
        """A directory whose ``rulebook.yaml`` says that it extends the shipped rules, or one that stands alone."""
        path = root / NAME
        document = read_rule_file(path, path.as_posix())[0].document if path.is_file() else None
        extends = isinstance(document, RulebookDocument) and document.extends == "shipped"
        base = shipped_rules() if extends else None
        if extends and base is None:
            hint = f"install the package with its rules, or write 'extends: none' in {path}"
            raise UsageError("no rulebook is installed that this one could extend", hint)
        return cls(root, base if base is None or base.resolve() != root.resolve() else None)

    @property
    def own(self) -> list[Path]:
        return rule_paths(self.root)

    @property
    def own_cases(self) -> list[Path]:
        return case_paths(self.root)

    @property
    def rules(self) -> list[Path]:
        """Every rule file in force: those of one's own, then those of the base that none of them stands for."""
        return [*self.own, *self._of_base(rule_paths)]

    @property
    def overridden(self) -> list[Path]:
        """The files of the base that one of the same name stands in the place of."""
        own = {path.name for path in self.own}
        return [path for path in rule_paths(self.base) if path.name in own] if self.base else []

    @property
    def cases(self) -> list[Path]:
        """The cases of one's own, and of the base those whose rule is in force."""
        return [*self.own_cases, *self._of_base(case_paths)]

    @property
    def misnamed(self) -> list[Path]:
        return misnamed_paths(self.root)

    def version(self) -> str:
        """SHA-256 over names and bytes of every rule file in force."""
        return content_hash((self._name(path), path) for path in self.rules)

    def is_own(self, file: str) -> bool:
        return Path(file).resolve().is_relative_to(self.root.resolve())

    def _name(self, path: Path) -> str:
        inside = self.root if path.is_relative_to(self.root) else self.base
        return path.relative_to(inside or self.root).as_posix()

    def _of_base(self, listed: Callable[[Path], list[Path]]) -> Iterator[Path]:
        if self.base is None:
            return
        own = {path.name for path in self.own}
        for path in listed(self.base):
            if path.name.replace(CASES_SUFFIX, ".yaml") not in own:
                yield path


def root_of(file: Path) -> Path | None:
    """The rulebook that a file belongs to: the nearest directory above it that says it is one."""
    for folder in file.resolve().parents:
        if (folder / NAME).is_file() or (folder / "ranking.yaml").is_file():
            return _shown_from_here(folder)
    return None
