"""Where the time of a command goes: functions by the time below them, and by their own.

.venv/bin/python scripts/profile_command.py match fixtures/patients.csv --out out
"""

import cProfile
import pstats
import sys

_LINES = 30


def main(arguments: list[str]) -> int:
    """Profiles starting too, which is most of what a short command does."""
    profile = cProfile.Profile()
    profile.enable()
    from matcher.cli import main as command

    code = command(arguments)
    profile.disable()
    figures = pstats.Stats(profile, stream=sys.stderr)
    figures.sort_stats("cumulative").print_stats(_LINES)
    figures.sort_stats("tottime").print_stats(_LINES)
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
