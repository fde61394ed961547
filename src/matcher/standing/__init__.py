"""From verdicts to a standing, and from standings to an order."""
