"""The closed list of codes: no finding carries a code that is not here, and a code never changes its meaning."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from matcher.errors.code import Code, Family
from matcher.errors.lint_codes import LINT_FAMILIES
from matcher.errors.patient_codes import PATIENT_FAMILIES
from matcher.errors.rule_codes import RULE_FAMILIES
from matcher.errors.server_codes import SERVER_FAMILIES
from matcher.errors.usage_codes import USAGE_FAMILIES
from matcher.errors.yaml_codes import YAML_FAMILIES

FAMILIES: tuple[Family, ...] = (
    *YAML_FAMILIES,
    *RULE_FAMILIES,
    *LINT_FAMILIES,
    *PATIENT_FAMILIES,
    *USAGE_FAMILIES,
    *SERVER_FAMILIES,
)


def _by_code(families: Iterable[Family]) -> Mapping[str, Code]:
    entries: dict[str, Code] = {}
    for family in families:
        for entry in family.codes:
            if entry.code in entries:
                raise ValueError(f"{entry.code} is registered twice")
            entries[entry.code] = entry
    return MappingProxyType(entries)


CODES: Mapping[str, Code] = _by_code(FAMILIES)
