"""The conformance cases of tests/conformance/data, for drivers in Python."""

import json
import os

DATA = os.path.join(os.path.dirname(__file__), "..", "conformance", "data")


def cases(file, area):
    """Input and expectation of every case of an area."""
    with open(os.path.join(DATA, file), encoding="utf-8") as lines:
        found = [case for case in map(json.loads, lines) if case["area"] == area]
    if not found:
        raise RuntimeError(f"{file} has no cases of {area}")
    return [(case["input"], case["expected"]) for case in found]
