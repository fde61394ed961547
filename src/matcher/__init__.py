"""Clinical-trial matching: declarative eligibility rules over patient profiles, never wrong by guessing."""
