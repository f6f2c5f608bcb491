"""A control group whose processes get a part of a CPU (cgroups(7), version 1 or 2)."""

import contextlib
import os
import time

MOUNT = "/sys/fs/cgroup"
PERIOD_US = 100_000


class CpuQuota:
    """Within the context the group exists. Entering raises OSError where that is not allowed."""

    def __init__(self, share):
        self.quota_us = int(share * PERIOD_US)
        self.path = None

    def __enter__(self):
        name = f"loadrun-test-{os.getpid()}"
        version_2 = os.path.exists(f"{MOUNT}/cgroup.controllers")
        if version_2:
            write(f"{MOUNT}/cgroup.subtree_control", "+cpu")
        path = f"{MOUNT}/{name}" if version_2 else f"{MOUNT}/cpu/{name}"
        os.mkdir(path)
        self.path = path
        try:
            if version_2:
                write(f"{path}/cpu.max", f"{self.quota_us} {PERIOD_US}")
            else:
                write(f"{path}/cpu.cfs_period_us", PERIOD_US)
                write(f"{path}/cpu.cfs_quota_us", self.quota_us)
        except OSError:
            os.rmdir(path)
            raise
        return self

    def __exit__(self, *_):
        for _ in range(50):  # a process that just ended may still be in it
            with contextlib.suppress(OSError):
                os.rmdir(self.path)
                return
            time.sleep(0.1)

    def wrapped(self, command):
        """`command` as one that runs in the group."""
        return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', self.path, *command]


def write(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(value))
