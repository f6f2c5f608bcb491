"""Real proxies on free loopback ports: tinyproxy for HTTP, microsocks for SOCKS5, and what they logged."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from support.nginx_server import free_port

TINYPROXY_CONFIG = """
Listen 127.0.0.1
Port {port}
Timeout 60
MaxClients 200
LogLevel Connect
LogFile "{dir}/log"
DisableViaHeader Yes
"""


def wait_for_port(process, port):
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} did not start")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args[0]} does not listen")


class ProxyServer:
    """Runs while the `with` block does; `address` is host:port."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="loadrun-proxy-")
        os.chmod(self.dir, 0o777)
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.log_path = os.path.join(self.dir, "log")
        try:
            self.process = self.launch()
            wait_for_port(self.process, self.port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        process = getattr(self, "process", None)
        if process:
            process.terminate()
            process.wait(20)
        shutil.rmtree(self.dir, ignore_errors=True)

    def log(self):
        with contextlib.suppress(FileNotFoundError), open(self.log_path, encoding="utf-8") as text:
            return text.read()
        return ""


class Tinyproxy(ProxyServer):
    """Arguments are further lines of its configuration."""

    def launch(self):
        config = os.path.join(self.dir, "conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(TINYPROXY_CONFIG.format(port=self.port, dir=self.dir) + "\n".join(self.arguments) + "\n")
        return subprocess.Popen(["tinyproxy", "-d", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def requests(self):
        """The request lines it read, without their versions."""
        return re.findall(r"Request \(.*?\): (.*) HTTP/1\.\d", self.log())

    def connections(self):
        """Clients that connected; the first one was wait_for_port()."""
        return len(re.findall(r"Connect \(.*?\): 127", self.log())) - 1


class Microsocks(ProxyServer):
    """Arguments are its own, e.g. "-u", "user", "-P", "password"."""

    def launch(self):
        with open(self.log_path, "w", encoding="ascii") as log:
            return subprocess.Popen(
                ["microsocks", "-i", "127.0.0.1", "-p", str(self.port), *self.arguments], stdout=log, stderr=log
            )

    def targets(self):
        """What clients asked to be connected to."""
        return re.findall(r"connected to (\S+)", self.log())
