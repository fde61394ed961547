"""``python -m matcher.cli``."""

from matcher.cli.start import main

raise SystemExit(main())
