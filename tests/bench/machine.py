"""What the machine says of itself and of a process: cores, timer lateness, memory, CPU time."""

import contextlib
import glob
import os
import re
import resource
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def two_cores():
    """The core of the generators and the core of the server."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("bench: needs two cores, one for the generator and one for the server")
    return cores[0], cores[1]


def pinned(core, command):
    return ["taskset", "-c", str(core), *command]


class Noise:
    """How quiet the machine is before each round. Late timers or busy cores make a round noisy."""

    LATE_P99_US = 1000
    BUSY_SHARE = 0.1
    ATTEMPTS = 5

    def __init__(self, probe):
        self.probe = probe
        self.worst = (0, 0, 0)
        self.busiest = 0.0
        self.noisy_rounds = 0
        self.rounds = 0

    def wait_for_quiet(self):
        """Probes until the machine is quiet, a few times at most; then the round counts as noisy."""
        self.rounds += 1
        for _ in range(self.ATTEMPTS):
            lateness, busy = self._probe()
            if lateness[1] <= self.LATE_P99_US and busy <= self.BUSY_SHARE:
                break
        else:
            self.noisy_rounds += 1
        self.worst = max(self.worst, lateness, key=lambda figures: figures[1])
        self.busiest = max(self.busiest, busy)

    def _probe(self):
        """Lateness as (p50, p99, max) in microseconds, and the part of all cores that was busy meanwhile."""
        busy, total = busy_and_total_time()
        said = subprocess.run([self.probe, "400"], check=True, capture_output=True, text=True)
        busy_after, total_after = busy_and_total_time()
        lateness = tuple(int(number) for number in said.stdout.split())
        return lateness, (busy_after - busy) / max(1, total_after - total)

    def __str__(self):
        p50, p99, most = (us / 1000 for us in self.worst)
        return (
            f"machine noise: {self.noisy_rounds} of {self.rounds} rounds began noisy; at worst idle timers were late by"
            f" p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {most:.2f} ms and others used {self.busiest:.0%} of the cores"
        )


def busy_and_total_time():
    """Ticks that all cores spent working, and all ticks, since boot."""
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(field) for field in stat.readline().split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # without idle and iowait


def stolen_time():
    """Seconds, over all cores, that the hypervisor gave to others since boot."""
    with open("/proc/stat", encoding="ascii") as stat:
        return int(stat.readline().split()[8]) / TICKS


def memory_kb(pid, field):
    """VmRSS (now) or VmHWM (the peak) of a process, in KB; None once it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            found = re.search(rf"^{field}:\s+(\d+) kB", status.read(), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(found[1]) if found else None


def cpu_seconds(pid):
    """Time on a core of all threads of a process so far, as the scheduler counts it: ticks miss short wake-ups."""
    spent = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(path, encoding="ascii") as stat:
            spent += int(stat.read().split()[0])
    return spent / 1e9


def cpu_seconds_of_children():
    """CPU time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_share(pid, after, seconds):
    """The part of a core that a process uses over `seconds`, beginning `after` seconds from now."""
    time.sleep(after)
    begin, used = time.monotonic(), cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - used) / (time.monotonic() - begin)
