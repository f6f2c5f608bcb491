"""A name server of the test's own, which getaddrinfo of one process asks: in a mount namespace with its own
/etc/resolv.conf. A ready-made one would neither count, nor wait, nor fail when told to."""

import contextlib
import ipaddress
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

from support.run_loadrun import LoadrunTest

TYPES = {1: 4, 28: 6}  # A and AAAA: the version of the addresses
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3

IN_NAMESPACE = 'mount --bind "$1/resolv.conf" /etc/resolv.conf && mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf && shift && exec "$@"'


def namespaces_are_permitted():
    """Root, and neither a container nor a policy that forbids mounts."""
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


class DnsServer:
    """Answers while the `with` block runs. `names` gives a name's addresses; those in `faulty` fail, those in `silent`
    get no answer, others do not exist. Every answer takes `delay` seconds."""

    def __init__(self, names=None, faulty=(), silent=(), delay=0):
        self.names = names or {}
        self.faulty = faulty
        self.silent = silent
        self.delay = delay
        self.lock = threading.Lock()
        self.asked = []

    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="loadrun-dns-")
        pid = os.getpid()
        address = f"127.53.{pid >> 8 & 255}.{pid & 255}"  # others may run the same test
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.write("resolv.conf", f"nameserver {address}\nsearch .\noptions ndots:1\n")
        self.write("nsswitch.conf", "hosts: files dns\n")
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):  # it ends the wait for a query although nothing is connected
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w", encoding="ascii") as out:
            out.write(text)

    def command(self, command):
        """`command` in a namespace where it asks this server."""
        return ["unshare", "-m", "sh", "-c", IN_NAMESPACE, "sh", self.dir, *command]

    def lookups(self, name):
        """How often `name` was looked up: A and AAAA are asked together."""
        with self.lock:
            return sum(asked == (name, 1) for asked in self.asked)

    def serve(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            if not query:
                return
            threading.Thread(target=self.answer, args=(query, peer), daemon=True).start()

    def answer(self, query, peer):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += query[at] + 1
        name = ".".join(labels)
        (kind,) = struct.unpack("!H", query[at + 1 : at + 3])
        with self.lock:
            self.asked.append((name, kind))
        if name in self.silent:
            return
        time.sleep(self.delay)
        self.socket.sendto(self.response(query[:2], query[12 : at + 5], name, kind), peer)

    def response(self, number, question, name, kind):
        code = SERVER_FAILURE if name in self.faulty else NO_ERROR if name in self.names else NO_SUCH_NAME
        addresses = [ipaddress.ip_address(text) for text in self.names.get(name, ())]
        records = [
            b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(address.packed)) + address.packed
            for address in addresses
            if address.version == TYPES.get(kind)
        ]
        header = number + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return header + question + b"".join(records)


class NamesTest(LoadrunTest):
    """Its runs ask the name server `dns`, if there is one, instead of the machine's."""

    dns = None

    def command(self, script, arguments):
        command = super().command(script, arguments)
        return self.dns.command(command) if self.dns else command

    def serve_names(self, **names):
        """Lets the runs of this test ask a name server with these names, where that is possible."""
        if namespaces_are_permitted():
            self.dns = self.enterContext(DnsServer(**names))
