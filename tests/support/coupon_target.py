"""The demo's server, started on a free port, and the counts it prints when it is asked to stop."""

import json
import signal
import subprocess


class CouponTarget:
    """Runs while the `with` block does."""

    def __init__(self, path, *arguments):
        self.command = [path, "--port", "0", *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.url = "http://" + self.process.stdout.readline().strip().removeprefix("listening on ")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Sends SIGTERM; what the target counted: requests by route and status, connections and peaks."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=20)
        return json.loads(out.strip().splitlines()[-1])
