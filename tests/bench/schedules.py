"""Generators that have a schedule to keep, each run on one core: how well they kept it and what it cost."""

import json
import os
import statistics
import tempfile

import generators
import machine
import recorder
from generators import Run


def exported(core, script, arguments=(), **env):
    """What loadrun exports of a run of `script`: one worker, arguments and variables as given."""
    with tempfile.NamedTemporaryFile(suffix=".json") as export:
        command = [generators.LOADRUN, "run", "-q", "--workers=1", f"--summary-export={export.name}", *arguments]
        command += [f"--env={name}={value}" for name, value in env.items()]
        generators.output_of(machine.pinned(core, [*command, os.path.join(generators.HERE, script)]))
        return json.load(export)


def empty_ticks(core, rate, seconds):
    """Empty iterations: lateness by our own account, and the CPU time of all that the process did."""
    used = machine.cpu_seconds_of_children()
    summary = exported(core, "ticks.lua", RATE=rate, DURATION=f"{seconds}s")
    used = machine.cpu_seconds_of_children() - used
    count = summary["metrics"]["iterations"]["count"]
    return Run(
        rate=summary["metrics"]["iterations"]["rate"],
        lag_ms=summary["loadrun"]["metrics"]["iteration_start_lag"]["p(99)"],
        missing=rate * seconds - count,
        iteration_us=1e6 * used / count,
    )


def twenty_requests(core, url, iterations, batch):
    """batch.lua: the CPU time of a request."""
    used = machine.cpu_seconds_of_children()
    exported(core, "batch.lua", URL=url, ITERATIONS=iterations, BATCH="yes" if batch else "no")
    used = machine.cpu_seconds_of_children() - used
    return Run(rate=0, iteration_us=1e6 * used / (20 * iterations))


def ramp(core):
    """ramp.lua; the greatest lateness of a VU."""
    late = exported(core, "ramp.lua")["metrics"]["late"]
    return Run(rate=0, lag_ms=late["max"], missing=10000 - late["count"])


def schedule_error_ms(arrivals, rate):
    """How far the arrivals (in seconds) are from every 1/rate, as a 99th percentile. A delay that all have is none."""
    offsets = [at - number / rate for number, at in enumerate(sorted(arrivals))]
    origin = statistics.median(offsets)
    errors = sorted(abs(offset - origin) for offset in offsets)
    return 1000 * errors[len(errors) * 99 // 100]


def recorded(server_core, rate, seconds, run):
    """What the server saw of `run(url)`, which sends `rate` requests a second."""
    with recorder.record(server_core) as recording:
        run(recording.url)
        arrivals = [request.at for request in recording.requests()]
    return Run(rate=rate, lag_ms=schedule_error_ms(arrivals, rate), missing=max(0, rate * seconds - len(arrivals)))


def request_ticks(core, server_core, rate, seconds):
    run = lambda url: exported(core, "ticks.lua", RATE=rate, DURATION=f"{seconds}s", URL=url)
    return recorded(server_core, rate, seconds, run)


def k6_request_ticks(core, server_core, rate, seconds):
    env = {"RATE": rate, "DURATION": f"{seconds}s"}
    return recorded(server_core, rate, seconds, lambda url: generators.run_k6(core, "ticks.js", URL=url, **env))


def stampede_of(requests, vus):
    """How long after the first the last of `vus` requests came, and how many did not come on an open connection."""
    open_before = {request.connection for request in requests if request.path == "/warm"}
    arrivals = [request.at for request in requests if request.path == "/go" and request.connection in open_before]
    spread = max(arrivals, default=0) - min(arrivals, default=0)
    return Run(rate=0, lag_ms=1000 * spread, missing=vus - len(arrivals))


def stampede(core, server_core, vus):
    """stampede.lua, as the server saw it."""
    with recorder.record(server_core) as recording:
        exported(core, "stampede.lua", VUS=vus, START="5s", URL=recording.url)
        return stampede_of(recording.requests(), vus)
