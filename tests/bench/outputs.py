"""What an output of samples costs: requests at a constant rate with and without one, and how well they kept their time."""

import os
import re
import tempfile
from dataclasses import dataclass

import generators
import machine
import schedules
from generators import Run

RATE = 15000
RECORDING = os.path.join(os.path.dirname(generators.LOADRUN), "loadrun_samples_bench")


@dataclass
class Recording:
    us: float  # all samples of a request
    kept_us: float  # the same, and each is kept for an output


def recording(core):
    said = generators.output_of(machine.pinned(core, [RECORDING]))
    return Recording(*map(float, re.match(r"([\d.]+) us, ([\d.]+) us", said).groups()))


def request_ticks(core, url, seconds, *arguments):
    used = machine.cpu_seconds_of_children()
    summary = schedules.exported(core, "ticks.lua", arguments, RATE=RATE, DURATION=f"{seconds}s", URL=url)
    used = machine.cpu_seconds_of_children() - used
    count = summary["metrics"]["http_reqs"]["count"]
    lost = sum(loss["samples"] for loss in summary["loadrun"].get("output_losses", []))
    return Run(
        rate=count / seconds,
        lag_ms=summary["loadrun"]["metrics"]["iteration_start_lag"]["p(99)"],
        missing=lost + RATE * seconds - count,
        iteration_us=1e6 * used / count,
    )


def with_output(core, url, seconds, name):
    with tempfile.TemporaryDirectory() as folder:
        return request_ticks(core, url, seconds, "--out", f"{name}={os.path.join(folder, 'samples')}")


def contenders(core, url, seconds):
    return {
        "recording": lambda: recording(core),
        "no output": lambda: request_ticks(core, url, seconds),
        "json output": lambda: with_output(core, url, seconds, "json"),
        "csv output": lambda: with_output(core, url, seconds, "csv"),
    }


def judge(table, median):
    table.at_most("recording all samples of a request", 1, "us", median("recording", "us"))
    table.reference("the same for an output of samples", f"{median('recording', 'kept_us'):.2f} us")
    table.reference(f"iteration_start_lag p99, {RATE:,} requests/s", f"{median('no output', 'lag_ms'):.2f} ms")
    table.at_most("the same with --out json", 1, "ms", median("json output", "lag_ms"))
    table.none("requests or samples of these that are missing", median("json output", "missing"))
    for name in ("json", "csv"):
        more = median(f"{name} output", "iteration_us") - median("no output", "iteration_us")
        table.reference(f"CPU that --out {name} adds to a request", f"{more:.2f} us")
