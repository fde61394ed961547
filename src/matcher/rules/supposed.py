"""What a rule file supposes about a whole candidate: listed with every answer, never silent."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.rules.syntax import RegimenDocument, TrialDocument


def supposed(document: TrialDocument | RegimenDocument) -> Iterator[str]:
    """The file's own list, then why recruitment and amendments are taken as they are.

    What a single criterion supposes is listed with that criterion.
    """
    yield from document.assumptions
    if isinstance(document, RegimenDocument):
        return
    recruitment = document.recruitment
    if recruitment.assumption is not None:
        yield f"Recruitment {recruitment.status.replace('_', ' ')}: {recruitment.assumption}"
    for known in recruitment.history:
        if known.assumption is not None:
            yield f"Recruitment {known.status.replace('_', ' ')} on {known.day}: {known.assumption}"
    for version in document.versions:
        if version.assumption is not None:
            yield f"{version.change}: {version.assumption}"
