"""A real httpbin (Debian's python3-httpbin) on a free loopback port."""

import subprocess
import time
import urllib.error
import urllib.request

from support.nginx_server import free_port

# The distribution's interpreter: another one does not see the package.
PYTHON = "/usr/bin/python3"
SERVE = "from httpbin import app; app.run(host='127.0.0.1', port={port}, threaded=True)"
START_LIMIT_S = 20


class Httpbin:
    """Runs while the `with` block does. `url` has no slash at its end."""

    def __enter__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [PYTHON, "-c", SERVE.format(port=self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait_until_ready(self):
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            try:
                urllib.request.urlopen(self.url + "/get", timeout=1).close()
                return
            except (urllib.error.URLError, OSError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
