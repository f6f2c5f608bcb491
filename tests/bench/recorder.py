"""The server that says when each request came: loadrun_recorder on its own core, one for each run."""

import contextlib
import os
import subprocess
from dataclasses import dataclass

import generators
import machine

RECORDER = os.path.join(os.path.dirname(generators.LOADRUN), "loadrun_recorder")


@dataclass
class Request:
    at: float  # seconds on a monotonic clock
    connection: int
    path: str


class Recording:
    """A server at `url`, until requests() ends it."""

    def __init__(self, core):
        self.process = subprocess.Popen(machine.pinned(core, [RECORDER]), stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().split()[1]}/"

    def requests(self):
        """Everything that came, in order."""
        self.process.terminate()
        fields = (line.split() for line in self.process.communicate()[0].splitlines())
        return [Request(int(at) / 1e9, int(connection), path) for at, connection, path in fields]


@contextlib.contextmanager
def record(core):
    recording = Recording(core)
    with recording.process:
        try:
            yield recording
        finally:
            recording.process.terminate()
