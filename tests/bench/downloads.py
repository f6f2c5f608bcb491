"""Downloads of 100 MB: the CPU time of loadrun beside curl's, and what discarding bodies leaves in memory."""

import os
import subprocess
import tempfile

import generators
import machine

TIMES = 5
DISCARD = "--discard-response-bodies"


def used_by(command):
    """CPU seconds and peak memory in KB of a command that must succeed."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said.seek(0)
            raise SystemExit(f"bench: {' '.join(command)} ended with {process.returncode}\n{said.read()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def curl(core, url):
    seconds, kb = used_by(machine.pinned(core, ["curl", "-s", "-S", "-f", "-o", os.devnull, f"{url}?[1-{TIMES}]"]))
    return generators.Run(rate=0, cpu=seconds, peak_kb=kb)


def loadrun(core, url, *arguments):
    command = [generators.LOADRUN, "run", "-q", "--workers=1", f"--iterations={TIMES}", f"--env=URL={url}", *arguments]
    seconds, kb = used_by(machine.pinned(core, [*command, os.path.join(generators.HERE, "get.lua")]))
    return generators.Run(rate=0, cpu=seconds, peak_kb=kb)


def contenders(core, url):
    """`url` ends with a slash."""
    return {
        "curl download": lambda: curl(core, url + "large"),
        "loadrun download": lambda: loadrun(core, url + "large"),
        "loadrun small": lambda: loadrun(core, url, DISCARD),
        "loadrun discarding": lambda: loadrun(core, url + "large", DISCARD),
    }


def judge(table, median):
    """Adds the lines; `median(name, field)` is that of all rounds."""
    factor = median("loadrun download", "cpu") / median("curl download", "cpu")
    table.at_most("CPU of downloading 100 MB", 2, "x curl", factor)
    more = (median("loadrun discarding", "peak_kb") - median("loadrun small", "peak_kb")) / 1024
    table.at_most("memory for discarding 100 MB", 2, "MB", more)
