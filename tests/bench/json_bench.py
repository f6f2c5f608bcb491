"""What res:json(path) costs, by loadrun_json_bench."""

import os
import re
from dataclasses import dataclass

import generators
import machine

PROGRAM = os.path.join(os.path.dirname(generators.LOADRUN), "loadrun_json_bench")


@dataclass
class JsonRun:
    small_us: float  # a body of 1 KB
    large_ms: float  # a body of 1 MB


def run(core):
    said = generators.output_of(machine.pinned(core, [PROGRAM]))
    small, large = re.match(r"([\d.]+) us, ([\d.]+) ms", said).groups()
    return JsonRun(float(small), float(large))
