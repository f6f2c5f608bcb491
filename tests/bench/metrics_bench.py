"""What recording samples costs, by loadrun_metrics_bench."""

import os
import re
from dataclasses import dataclass

import generators
import machine

PROGRAM = os.path.join(os.path.dirname(generators.LOADRUN), "loadrun_metrics_bench")


@dataclass
class MetricsRun:
    histogram_ns: float  # a value
    sample_ns: float  # through a shard
    growth_kb: int  # of a histogram's process from a million values to a hundred million


def run(core):
    said = generators.output_of(machine.pinned(core, [PROGRAM]))
    costs = re.match(r"([\d.]+) ns, ([\d.]+) ns\n(\d+) KB, (\d+) KB", said).groups()
    return MetricsRun(float(costs[0]), float(costs[1]), int(costs[3]) - int(costs[2]))
