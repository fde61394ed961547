"""Where a trial takes patients and whom to ask, from its file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.rules.candidate import Contact, Site
from matcher.rules.document import Citation
from matcher.rules.enrolment_syntax import ContactDocument
from matcher.rules.recruitment import Cite
from matcher.rules.syntax import TrialDocument


def contacts_of(document: TrialDocument, cite: Cite) -> tuple[Contact, ...]:
    """Whom to ask about the whole trial."""
    return tuple(
        _contact(each, each.as_of, cite(each.source, ("contacts", index, "source")))
        for index, each in enumerate(document.contacts)
    )


def sites_of(document: TrialDocument, cite: Cite) -> tuple[Site, ...]:
    """Its places, in the order of the file; what is known of a place is known of its contacts on the same day."""
    return tuple(_sites(document, cite))


def _sites(document: TrialDocument, cite: Cite) -> Iterable[Site]:
    for index, each in enumerate(document.sites):
        citation = cite(each.source, ("sites", index, "source"))
        yield Site(
            name=each.name,
            city=each.city or "",
            region=each.region or "",
            country=each.country or "",
            at=(each.at.latitude, each.at.longitude) if each.at else None,
            status=each.status,
            contacts=tuple(_contact(one, each.as_of, citation) for one in each.contacts),
            as_of=each.as_of,
            citation=citation,
        )


def _contact(document: ContactDocument, day: date, citation: Citation | None) -> Contact:
    return Contact(document.name, document.phone or "", document.email or "", day, citation)
