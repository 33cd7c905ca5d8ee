"""How much of everything: sizes measured at real portals (a Landkreis, a Land, the whole country)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """How many rows of each kind. Sessions are approximate, the others exact."""

    name: str
    providers: int
    courses: int
    runs: int
    sessions: int

    @property
    def is_small(self) -> bool:
        """Small enough for one transaction, and for the towns of the region alone."""
        return self.courses <= 2_000


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("XS", 12, 150, 500, 3_000),
        Profile("S", 80, 2_000, 8_000, 50_000),
        Profile("M", 830, 21_000, 85_000, 600_000),
        Profile("L", 20_000, 250_000, 1_000_000, 7_000_000),
    )
}

# Assumptions about a lively catalogue, held against the rows by a test.
TOP_PROVIDERS = 0.05  # of all providers hold half of the courses
EXPIRED = 0.30  # of the runs have begun more than three weeks ago
SAME_TITLE = 0.05  # of the courses repeat a title of their provider
