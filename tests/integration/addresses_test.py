"""Where connections go and come from: `hosts`, `blacklistIPs`, `blockHostnames`, `localIPs`, `dns`, IPv6; names by a
real resolver that asks a name server of the test."""

import http.server
import json
import os
import resource
import socket
import threading
import time
import unittest

from support.dns_server import NamesTest, namespaces_are_permitted
from support.nginx_server import Nginx


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with nothing and notes who asked whom."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        connection = self.connection
        facts = {
            "client": connection.getpeername()[0],
            "connection": connection.getpeername()[:2],
            "server": connection.getsockname()[0],
            "host": self.headers["Host"],
            "path": self.path,
        }
        with self.server.lock:
            self.server.seen.append(facts)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Servers:
    """The same server at several addresses, all with one port."""

    def __init__(self, *addresses):
        self.addresses = addresses
        self.seen = []
        self.lock = threading.Lock()
        self.port = 0
        self.servers = []

    def __enter__(self):
        for address in self.addresses:
            version = socket.AF_INET6 if ":" in address else socket.AF_INET
            made = type("Server", (http.server.ThreadingHTTPServer,), {"address_family": version, "daemon_threads": True})
            server = made((address, self.port), Handler)
            server.seen, server.lock = self.seen, self.lock
            self.port = server.server_port
            self.servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()


GET = """
local http, json = require "k6/http", require "loadrun/json"
return { options = { %s }, default = function()
  local r = http.get(__ENV.URL)
  console.log(json.encode({ status = r.status, error_code = r.error_code, error = r.error, remote_ip = r.remote_ip,
    remote_port = r.remote_port, timings = r.timings }))
end }
"""


class Gets(NamesTest):
    def get(self, url, options="", *arguments, **more):
        """What the responses of a script that gets `url` say, and the run."""
        run = self.loadrun(GET % options, "-e", f"URL={url}", *arguments, **more)
        return [json.loads(line) for line in run.said()], run


class AddressesTest(Gets):
    def test_hosts_say_where_a_name_is(self):
        with Servers("127.0.0.1") as server:
            options = f'hosts = {{ ["*.test"] = "127.0.0.1:{server.port}", ["a.test:81"] = "127.0.0.1:1" }}'
            (response,), _ = self.get("http://A.test/", options)
            self.assertEqual(response["status"], 200)
            self.assertEqual((response["remote_ip"], response["remote_port"]), ("127.0.0.1", server.port))
            self.assertEqual(server.seen[0]["host"], "A.test")
            (response,), _ = self.get("http://a.test:81/", options)
            self.assertEqual(response["error_code"], 1212)

    def test_black_listed_and_blocked(self):
        with Servers("127.0.0.1") as server:
            url = f"http://127.0.0.1:{server.port}/"
            (response,), run = self.get(url, "", "--blacklist-ip", "127.0.0.0/8")
            self.assertEqual((response["error_code"], response["error"]), (1110, "ip is blacklisted"))
            self.assertIn(f"Request Failed: GET {url}: IP (127.0.0.1) is in a blacklisted range (127.0.0.0/8)", run.log)
            (response,), run = self.get("http://www.blocked.test/", "", "--block-hostnames", "*.blocked.test,other")
            self.assertEqual((response["error_code"], response["error"]), (1111, "hostname is blocked"))
            self.assertIn("hostname (www.blocked.test) is in a blocked pattern (*.blocked.test)", run.log)
            self.assertEqual(server.seen, [])

    def test_every_vu_has_its_local_address(self):
        options = 'scenarios = { all = { executor = "per-vu-iterations", vus = 6, iterations = 2 } }'
        with Servers("127.0.0.1") as server:
            script = GET.replace("__ENV.URL", "__ENV.URL .. __VU") % options
            self.loadrun(script, "-e", f"URL=http://127.0.0.1:{server.port}/", "--local-ips", "127.0.0.2-127.0.0.3,127.0.0.8/30")
            clients = {(facts["path"], facts["client"]) for facts in server.seen}
            pool = ("127.0.0.2", "127.0.0.3", "127.0.0.9", "127.0.0.10")
            self.assertEqual(clients, {(f"/{vu}", pool[(vu - 1) % 4]) for vu in range(1, 7)})

    def test_ipv6(self):
        with Servers("::1") as server:
            (response,), _ = self.get(f"http://[::1]:{server.port}/", "", env={"LOADRUN_LOCAL_IPS": "::1"})
            self.assertEqual((response["status"], response["remote_ip"]), (200, "::1"))
            options = f'hosts = {{ six = "[::1]:{server.port}" }}'
            (response,), _ = self.get("http://six/", options)
            self.assertEqual((response["status"], response["remote_port"]), (200, server.port))
            (response,), _ = self.get(f"http://[::1]:{server.port}/", 'blacklistIPs = { "::/64" }')
            self.assertEqual(response["error_code"], 1110)

    def test_wrong_addresses_are_named_together(self):
        options = 'hosts = { a = "b" }, blacklistIPs = { "c" }'
        run = self.loadrun(GET % options, "--local-ips", "d", "--block-hostnames", "e*", code=104)
        for text in ("hosts: a:", "blacklistIPs:", "localIPs:", "blockHostnames:"):
            self.assertIn(text, run.stderr)


@unittest.skipUnless(namespaces_are_permitted(), "needs mount namespaces: run it as root to have names resolved")
class DnsTest(Gets):
    def test_a_name_is_looked_up_once_until_its_time_is_over(self):
        self.serve_names(names={"name.test": ["127.0.0.1"]})
        with Servers("127.0.0.1") as server:
            url = f"http://name.test:{server.port}/"
            for arguments, lookups in (
                ((), 1),
                (("--no-connection-reuse",), 1),
                (("--dns", "ttl=0"), 1),
                (("--dns", "ttl=0", "--no-connection-reuse"), 5),
                (("--dns", "ttl=inf", "--no-connection-reuse"), 1),
            ):
                with self.subTest(arguments=arguments):
                    before = self.dns.lookups("name.test")
                    responses, _ = self.get(url, "", "--iterations", "5", *arguments)
                    self.assertEqual([response["status"] for response in responses], [200] * 5)
                    self.assertEqual(self.dns.lookups("name.test") - before, lookups)

    def test_faults(self):
        self.serve_names(faulty=("faulty.test",))
        for name, code, error in (("gone", 1101, "no such host"), ("faulty", 1100, "server misbehaving")):
            (response,), _ = self.get(f"http://{name}.test/")
            self.assertEqual((response["error_code"], response["error"]), (code, f"lookup: {error}"))

    def test_neither_hosts_nor_blocked_names_are_looked_up(self):
        self.serve_names(names={"a.test": ["127.0.0.1"], "b.test": ["127.0.0.1"]})
        with Servers("127.0.0.1") as server:
            options = 'hosts = { ["a.test"] = "127.0.0.1" }, blockHostnames = { "b.test" }'
            self.assertEqual(self.get(f"http://a.test:{server.port}/", options)[0][0]["status"], 200)
            self.assertEqual(self.get(f"http://b.test:{server.port}/", options)[0][0]["error_code"], 1111)
        self.assertEqual(self.dns.asked, [])

    def test_the_black_list_is_looked_at_after_dns(self):
        self.serve_names(names={"inside.test": ["127.9.9.9"]})
        with Servers("127.9.9.9") as server:
            (response,), run = self.get(f"http://inside.test:{server.port}/", 'blacklistIPs = { "127.9.0.0/16" }')
            self.assertEqual(response["error_code"], 1110)
            self.assertIn("IP (127.9.9.9) is in a blacklisted range", run.log)
            self.assertEqual(server.seen, [])

    def test_every_connection_selects_an_address(self):
        self.serve_names(names={"several.test": ["127.0.0.2", "127.0.0.3", "127.0.0.4"]})
        with Servers("127.0.0.2", "127.0.0.3", "127.0.0.4") as server:
            url = f"http://several.test:{server.port}/"
            counts = {}
            for select in ("first", "roundRobin", "random"):
                server.seen.clear()
                arguments = ("--iterations", "60", "--no-connection-reuse", "--dns", f"select={select}")
                self.get(url, "", *arguments)
                used = [facts["server"] for facts in server.seen]
                counts[select] = sorted(used.count(address) for address in set(used))
            self.assertEqual(counts["first"], [60])
            self.assertEqual(counts["roundRobin"], [20, 20, 20])
            self.assertEqual(len(counts["random"]), 3)
            self.assertGreater(counts["random"][0], 5)
            self.assertNotEqual(counts["random"], [20, 20, 20])

    def test_policies(self):
        self.serve_names(names={"both.test": ["127.0.0.1", "::1"], "four.test": ["127.0.0.1"]})
        with Servers("127.0.0.1", "::1") as server:
            for name, policy, expected in (
                ("both", "preferIPv4", "127.0.0.1"),
                ("both", "onlyIPv6", "::1"),
                ("both", "preferIPv6", "::1"),
                ("four", "preferIPv6", "127.0.0.1"),
            ):
                with self.subTest(name=name, policy=policy):
                    (response,), _ = self.get(f"http://{name}.test:{server.port}/", "", "--dns", f"policy={policy}")
                    self.assertEqual((response["status"], response["remote_ip"]), (200, expected))
            (response,), _ = self.get(f"http://four.test:{server.port}/", "", "--dns", "policy=onlyIPv6")
            self.assertEqual(response["error_code"], 1101)

    def test_the_time_of_the_look_up_is_part_of_blocked(self):
        self.serve_names(names={"slow.test": ["127.0.0.1"]}, delay=0.2)
        with Servers("127.0.0.1") as server:
            (first, second), run = self.get(f"http://slow.test:{server.port}/", "", "--iterations", "2")
            self.assertGreaterEqual(first["timings"]["looking_up"], 200)
            self.assertGreaterEqual(first["timings"]["blocked"], first["timings"]["looking_up"])
            self.assertLess(first["timings"]["duration"], 150)
            self.assertEqual(second["timings"]["looking_up"], 0)
            self.assertGreaterEqual(run.metric("http_req_blocked")["max"], 200)

    def test_nobody_waits_for_a_name_server_that_is_silent(self):
        self.serve_names(silent=("silent.test",))
        script = (GET % "").replace("__ENV.URL", '"http://silent.test/", { timeout = "300ms" }')
        run = self.loadrun(script, limit=20)
        self.assertEqual(json.loads(run.said()[0])["error_code"], 1050)
        self.assertLess(run.seconds, 4)  # the look-up alone takes 10 s

    def test_ten_thousand_users_at_once_are_one_query_and_one_thread(self):
        vus = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200)
        self.serve_names(names={"many.test": ["127.0.0.1"]}, delay=1)
        script = self.write(
            "many.lua",
            """local http, k6 = require "k6/http", require "k6"
            return { options = { scenarios = { all = { executor = "per-vu-iterations", vus = %d, iterations = 1 } } },
            default = function() http.get(__ENV.URL); k6.sleep(1) end }""" % vus,
        )
        with Nginx(connections=2 * vus) as nginx:
            threads = {}
            for host in ("127.0.0.1", "many.test"):
                process = self.start(script, "-e", f"URL=http://{host}:{nginx.port}/text")
                threads[host] = most_threads(process)
                run = self.finish(process)
                self.assertEqual(run.count("http_reqs"), vus)
                self.assertEqual(run.metric("http_req_failed")["value"], 0, str(run))
        self.assertEqual(self.dns.asked.count(("many.test", 1)), 1)
        self.assertEqual(self.dns.asked.count(("many.test", 28)), 1)
        self.assertEqual(threads["many.test"], threads["127.0.0.1"] + 1)


def most_threads(process):
    """How many threads a running process had at most."""
    most = 0
    while process.poll() is None:
        try:
            most = max(most, len(os.listdir(f"/proc/{process.pid}/task")))
        except FileNotFoundError:
            break
        time.sleep(0.02)
    return most


if __name__ == "__main__":
    unittest.main()
