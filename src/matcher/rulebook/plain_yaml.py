"""YAML of other programs: every scalar is the text that stands there, so ``N`` is an N and ``1.10`` is no number."""

from __future__ import annotations

from typing import Any

import yaml


def plain_yaml(text: str) -> Any:
    """The document; ``ValueError`` where it is none. One with aliases, which can unfold without end, is refused."""
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.BaseLoader)):
            raise ValueError("it has aliases")
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - of texts, lists and mappings alone
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", " ")) from None
