"""./dev bench: loadrun beside wrk and k6 on the same core against the same servers on another.

Five interleaved rounds, medians, as ratios: absolute rates belong to the machine. Exits 1 when a target is missed.
"""

import argparse
import os
import signal
import statistics
import sys
import time

import downloads
import generators
import http2
import json_bench
import machine
import metrics_bench
import nginx
import outputs
import schedules
import tls

PROBE = os.path.join(os.path.dirname(generators.LOADRUN), "loadrun_idle_probe")
MANY = 9000
INIT = 10000
TICKS = 20000
# So many that hardly an iteration has a wake-up of the process to itself: that is the kernel's work.
DENSE_TICKS = 100000
REQUEST_TICKS = 2000
STAMPEDE = 5000


def contenders(core, server_core, url, tls_server, seconds):
    """Name and run of everything that is measured in a round, in order."""
    runs = {
        "wrk 64": lambda: generators.wrk(core, url, 64, seconds),
        "loadrun 64": lambda: generators.loadrun(core, url, 64, seconds),
        "wrk 1000": lambda: generators.wrk(core, url, 1000, seconds),
        "loadrun 1000": lambda: generators.loadrun(core, url, 1000, seconds),
        # Longer: the first second goes into connecting.
        "loadrun many": lambda: generators.loadrun(core, url, MANY, 3 * seconds),
        "loadrun sleeping": lambda: generators.loadrun_sleeping(core, 100, seconds),
        "script": lambda: generators.loadrun_script(core, 100000 * seconds),
        "requests": lambda: schedules.twenty_requests(core, url, 1000 * seconds, batch=False),
        "batch": lambda: schedules.twenty_requests(core, url, 1000 * seconds, batch=True),
        "json": lambda: json_bench.run(core),
        "metrics": lambda: metrics_bench.run(core),
        "init few": lambda: generators.loadrun_init(core, 100),
        "init": lambda: generators.loadrun_init(core, INIT),
        "ticks": lambda: schedules.empty_ticks(core, TICKS, seconds),
        "dense ticks": lambda: schedules.empty_ticks(core, DENSE_TICKS, seconds),
        "ramp": lambda: schedules.ramp(core),
        "request ticks": lambda: schedules.request_ticks(core, server_core, REQUEST_TICKS, seconds),
        "stampede": lambda: schedules.stampede(core, server_core, STAMPEDE),
        **outputs.contenders(core, url, seconds),
        **downloads.contenders(core, url),
        **tls.contenders(core, tls_server, seconds, MANY),
        **http2.contenders(core, tls_server, seconds),
    }
    if generators.find_k6():
        runs["k6 request ticks"] = lambda: schedules.k6_request_ticks(core, server_core, REQUEST_TICKS, seconds)
        runs["k6 64"] = lambda: generators.k6(core, url, 64, seconds)
    return runs


def measure(runs, rounds, noise):
    """All runs of every contender by name."""
    results = {name: [] for name in runs}
    for number in range(rounds):
        noise.wait_for_quiet()
        for name, run in runs.items():
            print(f"\rround {number + 1} of {rounds}: {name:<20}", end="", file=sys.stderr, flush=True)
            results[name].append(run())
    print("\r" + " " * 50 + "\r", end="", file=sys.stderr)
    return results


class Table:
    """Lines of target, measured, ratio and verdict."""

    FORMAT = "{:<51} {:>16} {:>14} {:>8}  {}"

    def __init__(self):
        self.met = True
        self.lines = [self.FORMAT.format("", "target", "measured", "ratio", "ok")]

    def reference(self, what, measured):
        self.lines.append(self.FORMAT.format(what, "", measured, "", "").rstrip())

    def at_least(self, what, factor, of, rate, reference):
        ratio = rate / reference
        self._judge(what, f">= {factor} x {of}", f"{rate:,.0f}/s", f"{ratio:.2f}", ratio >= factor)

    def at_most(self, what, limit, unit, value):
        ratio = f"{value / limit:.2f}" if limit else ""
        self._judge(what, f"<= {limit} {unit}", f"{value:.2f} {unit}", ratio, value <= limit)

    def none(self, what, count):
        self._judge(what, "0", f"{count:,}", "", count == 0)

    def _judge(self, what, target, measured, ratio, met):
        self.met = self.met and met
        self.lines.append(self.FORMAT.format(what, target, measured, ratio, "yes" if met else "NO"))


def judge(results):
    def median(name, field="rate"):
        return statistics.median(getattr(run, field) for run in results[name])

    def kb_per_vu(field):
        return (median("loadrun many", field) - median("loadrun 64", field)) / (MANY - 64)

    table = Table()
    for vus in ("64", "1000"):
        table.reference(f"wrk, {vus} connections", f"{median(f'wrk {vus}'):,.0f}/s")
    table.at_least("GET and check, 64 VUs", 0.35, "wrk", median("loadrun 64"), median("wrk 64"))
    table.at_least("GET and check, 1,000 VUs", 0.28, "wrk", median("loadrun 1000"), median("wrk 1000"))
    table.at_least("GET and check, 9,000 VUs", 0.4, "64 VUs", median("loadrun many"), median("loadrun 64"))
    if "k6 64" in results:
        table.reference("k6, 64 VUs", f"{median('k6 64'):,.0f}/s")
        table.at_least("GET and check, 64 VUs", 3, "k6", median("loadrun 64"), median("k6 64"))
    table.at_most("memory per VU at 9,000 VUs", 40, "KB", kb_per_vu("rss_kb"))
    table.at_most("the same at its peak", 40, "KB", kb_per_vu("peak_kb"))
    table.at_most("CPU of 100 VUs sleeping 10 ms in a loop", 10, "%", 100 * median("loadrun sleeping", "cpu"))
    table.at_most("10 checks, 2 groups, 3 custom metrics", 8, "us", median("script", "iteration_us"))
    batch = median("batch", "iteration_us") / median("requests", "iteration_us")
    table.at_most("CPU of a batch of 20 requests", 1.2, "x 20 requests", batch)
    table.at_most("res:json(path) on 1 KB", 2, "us", median("json", "small_us"))
    table.at_most("res:json(path) on 1 MB", 5, "ms", median("json", "large_ms"))
    table.at_most("a value in a histogram", 20, "ns", median("metrics", "histogram_ns"))
    table.at_most("memory of 100 million values, beyond that of a million", 0, "KB", median("metrics", "growth_kb"))
    table.at_most("init of 10,000 VUs, a script of 200 lines", 500, "ms", median("init", "init_ms"))
    kb = (median("init", "rss_kb") - median("init few", "rss_kb")) / (INIT - 100)
    table.at_most("memory per VU without connections", 8, "KB", kb)
    # VUs share bytecode: the compiler has nothing to do for each of them.
    table.at_most("JIT traces of one worker with 10,000 VUs", 4, "x of 100", median("init", "traces") / max(median("init few", "traces"), 1))
    judge_schedules(table, results)
    outputs.judge(table, median)
    downloads.judge(table, median)
    tls.judge(table, median, "k6 tls" in results, MANY)
    http2.judge(table, median, results)
    return table


def judge_schedules(table, results):
    def median(name, field="lag_ms"):
        return statistics.median(getattr(run, field) for run in results[name])

    table.at_most(f"iteration_start_lag p99, {TICKS:,} empty iterations/s", 1, "ms", median("ticks"))
    table.at_most("0 to 10,000 looping VUs in 1 s: the latest", 1000, "ms", median("ramp"))
    unstarted = sum(run.missing for name in ("ticks", "ramp", "request ticks") for run in results[name])
    table.none("planned iterations of these that never came", unstarted)
    table.at_most(f"CPU per empty iteration, {DENSE_TICKS:,}/s", 2, "us", median("dense ticks", "iteration_us"))
    table.reference(f"the same with its wake-ups, {TICKS:,}/s", f"{median('ticks', 'iteration_us'):.2f} us")
    table.at_most(f"{STAMPEDE:,} prepared VUs: the last request, after the first", 250, "ms", median("stampede"))
    not_open = sum(run.missing for run in results["stampede"])
    table.none("of these requests not on an open connection", not_open)
    judge_request_ticks(table, median("request ticks"), results.get("k6 request ticks", []))


def judge_request_ticks(table, lag_ms, k6_runs):
    """k6 only where it dropped nothing: otherwise its number k is not the k-th that came."""
    what = f"off schedule, {REQUEST_TICKS:,} requests/s, p99"
    complete = [run.lag_ms for run in k6_runs if run.missing == 0]
    if not complete:
        table.reference(what, f"{lag_ms:.2f} ms")
        return
    k6_ms = statistics.median(complete)
    table.reference(f"k6 {what}", f"{k6_ms:.2f} ms")
    table.at_most(what, 0.5, "x k6", lag_ms / k6_ms)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round of a second each: whether the harness works")
    quick = parser.parse_args().quick

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nginx is stopped
    generator_core, server_core = machine.two_cores()
    os.sched_setaffinity(0, {server_core})  # keep this script off the generators' core
    noise = machine.Noise(PROBE)
    stolen, begin = machine.stolen_time(), time.monotonic()
    with (
        nginx.serve(server_core) as url,
        tls.serve(server_core) as tls_server,
    ):
        runs = contenders(generator_core, server_core, url, tls_server, seconds=1 if quick else 3)
        table = judge(measure(runs, 1 if quick else 5, noise))
    print("\n".join(table.lines))
    if not generators.find_k6():
        print("k6 was not measured: none on PATH or in $K6")
    print(noise)
    print(f"stolen by the hypervisor: {machine.stolen_time() - stolen:.1f} s of {time.monotonic() - begin:.0f} s")
    return 0 if table.met else 1


if __name__ == "__main__":
    sys.exit(main())
