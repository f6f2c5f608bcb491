"""What the machine says of itself and of a process: cores, timer lateness, memory, CPU time."""

import os
import re
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


class TimerNoise:
    """Lateness of an idle machine's timers, asked before each round: late timers make a round noisy."""

    LATE_P99_US = 1000
    ATTEMPTS = 5

    def __init__(self, probe):
        self.probe = probe
        self.worst = (0, 0, 0)
        self.noisy_rounds = 0
        self.rounds = 0

    def wait_for_quiet(self):
        """Probes until the machine is quiet, a few times at most; then the round counts as noisy."""
        self.rounds += 1
        for _ in range(self.ATTEMPTS):
            said = subprocess.run([self.probe, "400"], check=True, capture_output=True, text=True)
            lateness = tuple(int(number) for number in said.stdout.split())
            if lateness[1] <= self.LATE_P99_US:
                break
        else:
            self.noisy_rounds += 1
        self.worst = max(self.worst, lateness, key=lambda figures: figures[1])

    def __str__(self):
        p50, p99, most = (us / 1000 for us in self.worst)
        return (
            f"machine noise: idle timers late by p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {most:.2f} ms in the worst"
            f" of {self.rounds} rounds; {self.noisy_rounds} noisy (p99 over {self.LATE_P99_US / 1000:.0f} ms)"
        )


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
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_share(pid, after, seconds):
    """The part of a core that a process uses over `seconds`, beginning `after` seconds from now."""
    time.sleep(after)
    begin, used = time.monotonic(), cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - used) / (time.monotonic() - begin)
