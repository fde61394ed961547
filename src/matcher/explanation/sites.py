"""Where a trial takes patients and whom to ask, in words: always with the day, and where it is from.

Of a site whose source says nothing of recruitment nothing is said: what holds for the trial need not hold for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from matcher.rules.candidate import Candidate, Contact, Site
from matcher.rules.document import Citation

_RECRUITS = {
    "recruiting": "recruiting",
    "not_yet_recruiting": "not recruiting yet",
    "unknown": "not said whether it recruits",
    "suspended": "suspended",
    "closed": "no longer recruiting",
    "completed": "completed",
}
"""Best first."""
_ORDER = list(_RECRUITS)
_OVER = ("closed", "completed")
_FEW = 3
_REGISTERED = re.compile(r"NCT\d{8}")


@dataclass(frozen=True, slots=True)
class ContactShown:
    """Whom to ask; ``known`` is the day, and where it is from."""

    name: str
    phone: str
    email: str
    known: str

    @property
    def dial(self) -> str:
        """The number for a telephone to dial: up to an extension, which a person has to ask for."""
        number = re.split(r"[a-zA-Z#,;]", self.phone)[0]
        return "".join(each for each in number if each.isdigit() or each == "+")

    @property
    def text(self) -> str:
        return ", ".join(filter(None, (self.name, self.phone, self.email)))


@dataclass(frozen=True, slots=True)
class SiteShown:
    """A place of a trial; ``over`` where it takes nobody any more."""

    name: str
    place: str
    recruits: str
    over: bool
    contacts: tuple[ContactShown, ...]
    known: str

    @property
    def called(self) -> str:
        return ", ".join(filter(None, (self.name, self.place)))

    @property
    def text(self) -> str:
        return f"{self.called}: {self.recruits}"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """``sites`` stand in the order in which they help: those that recruit first; ``registry`` is an address."""

    contacts: tuple[ContactShown, ...]
    sites: tuple[SiteShown, ...]
    registry: str

    @property
    def open_sites(self) -> tuple[SiteShown, ...]:
        """Those that are not over."""
        return tuple(each for each in self.sites if not each.over)

    @property
    def first_contact(self) -> ContactShown | None:
        """Who answers for the whole trial, or for the first site that can be reached and is not over."""
        reached = (one for each in self.open_sites for one in each.contacts if one.phone or one.email)
        return next((each for each in self.contacts if each.phone or each.email), None) or next(reached, None)


def enrolment(candidate: Candidate) -> Enrolment:
    sites = sorted(candidate.sites, key=lambda each: _ORDER.index(each.status))
    registered = _REGISTERED.fullmatch(candidate.id)
    return Enrolment(
        tuple(_contact(each) for each in candidate.contacts),
        tuple(_site(each) for each in sites),
        f"https://clinicaltrials.gov/study/{candidate.id}" if registered else "",
    )


def places_in_words(candidate: Candidate, most: int | None = _FEW) -> tuple[str, ...]:
    """Whom to ask first, then so many of the sites that are not over, or every site; each with whom to ask there."""
    held = enrolment(candidate)
    said = [f"Ask {each.text} ({each.known})" for each in held.contacts]
    for site in held.sites if most is None else held.open_sites[:most]:
        asks = "".join(f"; ask {one.text}" for one in site.contacts)
        said.append(f"{site.text}{asks} ({site.known})")
    more = 0 if most is None else len(held.open_sites) - most
    if more > 0:
        said.append(f"and {more} more {'site' if more == 1 else 'sites'}")
    elif most is not None and held.sites and not held.open_sites:
        said.append(f"No site takes patients any more ({held.sites[0].known})")
    return tuple(said)


def is_over(site: Site) -> bool:
    """Whether it takes nobody any more."""
    return site.status in _OVER


def called(site: Site) -> str:
    return ", ".join(filter(None, (site.name, site.city, site.region, site.country)))


def known_on(site: Site) -> str:
    return _known(site.as_of, site.citation)


def _site(site: Site) -> SiteShown:
    return SiteShown(
        site.name,
        ", ".join(filter(None, (site.city, site.region, site.country))),
        _RECRUITS[site.status],
        site.status in _OVER,
        tuple(_contact(each) for each in site.contacts),
        _known(site.as_of, site.citation),
    )


def _contact(contact: Contact) -> ContactShown:
    return ContactShown(contact.name, contact.phone, contact.email, _known(contact.as_of, contact.citation))


def _known(day: date, citation: Citation | None) -> str:
    return f"as known on {day.isoformat()}" + (f"; {citation.document}" if citation else "")
