"""What stands in the place of services, models and media in tests, and where the checkout is."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
