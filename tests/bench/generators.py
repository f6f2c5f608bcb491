"""The generators, each run on one core for some seconds against one URL."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

import machine

HERE = os.path.dirname(os.path.abspath(__file__))
LOADRUN = os.path.join(HERE, "..", "..", "build", "release", "loadrun")

os.environ["LOADRUN_ALLOW_INVALID"] = "true"  # all of them are to give what they can


@dataclass
class Run:
    """What one run of a generator gave."""

    rate: float  # requests per second
    rss_kb: int = 0  # resident near the end
    peak_kb: int = 0
    cpu: float = 0.0  # part of a core
    iteration_us: float = 0.0  # mean
    lag_ms: float = 0.0  # behind the schedule
    missing: int = 0  # planned iterations or requests that never came
    init_ms: float = 0.0
    traces: int = 0  # pieces of code that the JIT compiler made


def output_of(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def wrk(core, url, connections, seconds):
    said = output_of(machine.pinned(core, ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]))
    return Run(rate=float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]))


def find_k6():
    """$K6, else k6 on PATH, else None."""
    return os.environ.get("K6") or shutil.which("k6")


def run_k6(core, script, *arguments, **env):
    command = [find_k6(), "run", "--no-usage-report", *arguments]
    command += [f"--env={name}={value}" for name, value in env.items()]
    command.append(os.path.join(HERE, script))
    return output_of(machine.pinned(core, command), env={**os.environ, "GOMAXPROCS": "1", "NO_COLOR": "1"})


def k6(core, url, vus, seconds):
    said = run_k6(core, "get.js", f"--vus={vus}", f"--duration={seconds}s", URL=url)
    return Run(rate=float(re.search(r"http_reqs\.*:\s*\d+\s+([\d.]+)/s", said)[1]))


def exported_rate(path):
    with open(path, encoding="utf-8") as file:
        metrics = json.load(file)["metrics"]
    if metrics["checks"]["fails"] > 0:
        raise SystemExit(f"bench: {metrics['checks']['fails']} checks failed")
    return metrics["http_reqs"]["rate"]


def start_loadrun(core, script, vus, seconds, *arguments):
    command = [LOADRUN, "run", f"--vus={vus}", f"--duration={seconds}s", "--workers=1", "-q", *arguments]
    command.append(os.path.join(HERE, script))
    # A file takes what it says: a pipe that nobody empties would block it.
    said = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(machine.pinned(core, command), stdout=said, stderr=subprocess.STDOUT)
    return process, said


def finish(process, said):
    if process.wait() != 0:
        said.seek(0)
        raise SystemExit(f"bench: {' '.join(process.args)} ended with {process.returncode}\n{said.read()}")
    said.close()


def loadrun(core, url, vus, seconds):
    """get.lua; watches the memory until the run ends."""
    run = Run(rate=0)
    with tempfile.NamedTemporaryFile(suffix=".json") as export:
        process, said = start_loadrun(core, "get.lua", vus, seconds, f"--summary-export={export.name}", f"--env=URL={url}")
        samples = []
        while process.poll() is None:
            samples.append(machine.memory_kb(process.pid, "VmRSS") or 0)
            run.peak_kb = machine.memory_kb(process.pid, "VmHWM") or run.peak_kb
            time.sleep(0.1)
        finish(process, said)
        run.rate = exported_rate(export.name)
    # Two thirds in, everybody is connected and nobody has begun to leave.
    run.rss_kb = samples[len(samples) * 2 // 3]
    return run


def loadrun_script(core, iterations):
    """script.lua, as often as `iterations` says, by one VU."""
    with tempfile.NamedTemporaryFile(suffix=".json") as export:
        command = [LOADRUN, "run", "-q", "--workers=1", f"--iterations={iterations}", f"--summary-export={export.name}"]
        output_of(machine.pinned(core, [*command, os.path.join(HERE, "script.lua")]))
        with open(export.name, encoding="utf-8") as file:
            mean_ms = json.load(file)["metrics"]["iteration_duration"]["avg"]
    return Run(rate=0, iteration_us=1000 * mean_ms)


def long_script():
    """A scenario of 200 lines: a couple of dozen functions, closures and constants, as real ones have."""
    steps = [
        f"""local function step_{i}(user)
  local body = {{ user = user, item = {i}, note = "item {i}" }}
  local name = "step {i} of user " .. user
  if user % {i + 1} == 0 then body.gift = true end
  orders:add(1)
  return body, name
end
"""
        for i in range(1, 24)
    ]
    head = 'local k6, http, metrics = require "k6", require "k6/http", require "k6/metrics"\nlocal orders = metrics.Counter("orders")\n'
    return head + "\n".join(steps) + "\nreturn { default = function()\n  step_1(__VU)\n  step_2(__VU)\n  k6.sleep(1)\nend }\n"


def loadrun_init(core, vus):
    """A long script that sends nothing, on `vus` VUs."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(long_script())
        script.flush()
        command = [LOADRUN, "run", "-q", "-v", "--workers=1", f"--vus={vus}", "--duration=3s", script.name]
        process = subprocess.Popen(machine.pinned(core, command), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        run = Run(rate=0)
        while process.poll() is None:
            run.rss_kb = machine.memory_kb(process.pid, "VmRSS") or run.rss_kb
            time.sleep(0.1)
        said = process.stderr.read()
        if process.returncode != 0:
            raise SystemExit(f"bench: {' '.join(command)} ended with {process.returncode}\n{said}")
    run.init_ms = float(re.search(r"initialised \d+ VUs in (\d+) ms", said)[1])
    run.traces = int(re.search(r"(\d+) compiled traces", said)[1])
    return run


def loadrun_sleeping(core, vus, seconds):
    """sleep.lua; the part of a core it uses once it runs."""
    process, said = start_loadrun(core, "sleep.lua", vus, seconds)
    share = machine.cpu_share(process.pid, after=seconds / 4, seconds=seconds / 2)
    finish(process, said)
    return Run(rate=0, cpu=share)
