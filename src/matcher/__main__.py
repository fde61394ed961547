"""``python -m matcher`` is ``matcher``."""

from matcher.cli.start import main

raise SystemExit(main())
