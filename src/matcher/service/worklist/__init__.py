"""Worklists: looking through a file of patients, matching it into a table, and one patient of it whole."""

from matcher.service.worklist.filed import Filed
from matcher.service.worklist.listing import Listed, Listing
from matcher.service.worklist.looking import Looked, look_through
from matcher.service.worklist.patient import Seen, see

__all__ = ["Filed", "Listed", "Listing", "Looked", "Seen", "look_through", "see"]
