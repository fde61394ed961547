"""Clinical-trial matching: declarative eligibility rules over patient profiles, never wrong by guessing."""

DISTRIBUTION = "trial-matcher"


def program_version() -> str:
    """The version installed, or a plain word where the package runs from a folder."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "from source"
