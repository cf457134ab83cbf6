"""The errors that pages logged."""

from typing import List


class Errors(List[str]):
    """What pages logged as errors. A test that provokes some on purpose removes those alone."""
