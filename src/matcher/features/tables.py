"""Which parts of a profile a feature is read from, by the names of the profile's fields."""

from __future__ import annotations

from matcher.features.kind import Age, Feature, FirstOf, Formula, SinceDay


def tables_of(feature: Feature) -> frozenset[str]:
    """While these parts of a profile stay as they are, so does the feature, on one day."""
    match feature.kind:
        case Age():
            return frozenset({"birth", "birth_source"})
        case SinceDay():
            return frozenset()
        case Formula(inputs=inner) | FirstOf(sources=inner):
            return frozenset().union(*(tables_of(each) for each in inner))
        case kind:
            planned = getattr(kind, "events", ()) or any(getattr(each, "events", ()) for each in kind.where)
            return frozenset({kind.table, "events"} if planned else {kind.table})
