"""TLS against real servers: what is offered, shown, resumed, logged and refused, by what the server saw."""

import contextlib
import json
import os
import shutil
import socket
import ssl
import tempfile
import threading
import unittest

from support.certificates import RSA, Authority
from support.nginx_server import Nginx
from support.run_loadrun import LoadrunTest

TOP = """
local http = require "k6/http"
local function show(name, value) console.log(name .. "=" .. tostring(value)) end
"""
# Every version that OpenSSL has, on the server's side.
ALL_VERSIONS = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"


def lua(text):
    return "[==[\n" + text + "]==]"


class TlsTest(LoadrunTest):
    """One nginx for all tests of the class, with the servers that `servers` describes by name."""

    @classmethod
    def setUpClass(cls):
        cls.certificates = tempfile.mkdtemp(prefix="loadrun-certificates-")
        os.chmod(cls.certificates, 0o755)
        cls.addClassCleanup(shutil.rmtree, cls.certificates, ignore_errors=True)
        cls.authority = Authority(cls.certificates)
        cls.leaf = cls.authority.sign("leaf")
        nginx = Nginx(tls=cls.servers())
        cls.nginx = nginx.__enter__()
        cls.addClassCleanup(nginx.__exit__)

    def setUp(self):
        super().setUp()
        self.nginx.take_requests()

    def url(self, name, host="127.0.0.1"):
        return f"https://{host}:{self.nginx.tls_ports[name]}/"

    def run_tls(self, body, *arguments, options="", env=None, **keywords):
        """Runs `body` once per iteration, trusting the authority of the test."""
        script = TOP + f"return {{ options = {{ {options} }}, default = function() {body} end }}"
        return self.loadrun(script, *arguments, env={"SSL_CERT_FILE": self.authority.cert, **(env or {})}, **keywords)

    def shown(self, body, *arguments, **keywords):
        run = self.run_tls(body, *arguments, **keywords)
        return dict(line.split("=", 1) for line in run.said())

    def get(self, url, *arguments, **keywords):
        """What a script sees of one request."""
        fields = ("status", "tls_version", "tls_cipher_suite", "error_code", "error")
        shows = " ".join(f'show("{field}", res.{field})' for field in fields)
        return self.shown(f'local res = http.get("{url}") {shows}', *arguments, **keywords)


class VersionsTest(TlsTest):
    @classmethod
    def servers(cls):
        return {
            "all": (cls.leaf, ALL_VERSIONS),
            "rsa": (cls.authority.sign("rsa", key=RSA), ALL_VERSIONS),
            "old": (cls.leaf, "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"),
            "new": (cls.leaf, "ssl_protocols TLSv1.3;"),
        }

    def test_each_version(self):
        for version, seen in (("1.0", "TLSv1"), ("1.1", "TLSv1.1"), ("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")):
            with self.subTest(version=version):
                shown = self.get(self.url("all"), options=f'tlsVersion = "tls{version}"')
                self.assertEqual((shown["status"], shown["tls_version"]), ("200", f"tls{version}"))
                self.assertEqual([request["tls"] for request in self.nginx.take_requests()], [seen])

    def test_a_range_takes_the_best(self):
        self.get(self.url("all"), options='tlsVersion = { min = "tls1.1", max = "tls1.2" }')
        self.get(self.url("all"))
        self.get(self.url("old"), options='tlsVersion = { min = "tls1.0" }')
        self.assertEqual([request["tls"] for request in self.nginx.take_requests()], ["TLSv1.2", "TLSv1.3", "TLSv1.1"])

    def test_no_version_in_common(self):
        for server, options in (("old", ""), ("new", 'tlsVersion = "tls1.2"')):
            with self.subTest(server=server):
                shown = self.get(self.url(server), options=options)
                self.assertEqual(shown["error_code"], "1300")
                self.assertEqual(shown["error"], "remote error: tls: protocol version")

    def test_cipher_suites(self):
        suite = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        shown = self.get(self.url("rsa"), options=f'tlsVersion = "tls1.2", tlsCipherSuites = {{ "{suite}" }}')
        self.assertEqual((shown["status"], shown["tls_cipher_suite"]), ("200", suite))
        shown = self.get(self.url("rsa"), env={"LOADRUN_TLS_CIPHER_SUITES": suite})
        self.assertEqual(shown["tls_version"], "tls1.3")  # whose suites are not chosen
        self.assertEqual(shown["tls_cipher_suite"], "TLS_AES_128_GCM_SHA256")  # as k6 has it
        ciphers = [request["cipher"] for request in self.nginx.take_requests()]
        self.assertEqual(ciphers[0], "ECDHE-RSA-AES256-GCM-SHA384")
        self.assertEqual(ciphers[1], "TLS_AES_128_GCM_SHA256")

    def test_no_suite_in_common(self):
        suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"  # the server's key is for ECDSA
        shown = self.get(self.url("all"), options=f'tlsVersion = "tls1.2", tlsCipherSuites = {{ "{suite}" }}')
        self.assertEqual((shown["error_code"], shown["error"]), ("1300", "remote error: tls: handshake failure"))


class ClientCertificatesTest(TlsTest):
    @classmethod
    def servers(cls):
        ask = f"ssl_verify_client optional; ssl_client_certificate {cls.authority.cert}; ssl_protocols TLSv1.2 TLSv1.3;"
        cls.one, cls.two = cls.authority.sign("one"), cls.authority.sign("two")
        return {"ask": (cls.leaf, ask)}

    def entry(self, certificate, domains, key=None, extra=""):
        names = ", ".join(f'"{name}"' for name in domains)
        key = lua(key or certificate.key_text)
        return f"{{ cert = {lua(certificate.cert_text)}, key = {key}, domains = {{ {names} }}, {extra} }}"

    def clients(self, entries, *hosts):
        """The subjects that nginx saw in requests to `hosts`."""
        body = " ".join(f'http.get("{self.url("ask", host)}")' for host in hosts)
        self.run_tls(body, options=f"tlsAuth = {{ {', '.join(entries)} }}, throw = true")
        return [request["client"] for request in self.nginx.take_requests()]

    def test_the_domain_decides(self):
        entries = [self.entry(self.one, ["127.0.0.1"]), self.entry(self.two, ["localhost", "*.example"])]
        self.assertEqual(self.clients(entries, "127.0.0.1", "localhost"), ["CN=one", "CN=two"])
        self.assertEqual(self.clients(entries[1:], "127.0.0.1", "localhost"), ["", "CN=two"])

    def test_without_domains_it_is_for_all_others(self):
        entries = [self.entry(self.one, []), self.entry(self.two, ["localhost"])]
        self.assertEqual(self.clients(entries, "127.0.0.1", "localhost"), ["CN=one", "CN=two"])

    def test_a_key_with_a_password(self):
        key = self.one.encrypted_key_text("secret")
        self.assertIn("Proc-Type: 4,ENCRYPTED", key)
        self.assertEqual(self.clients([self.entry(self.one, [], key, 'password = "secret"')], "localhost"), ["CN=one"])

    def test_from_the_environment(self):
        auth = [{"cert": self.one.cert_text, "key": self.one.key_text, "domains": ["localhost"]}]
        self.run_tls(f'http.get("{self.url("ask", "localhost")}")', env={"LOADRUN_TLSAUTH": json.dumps(auth)})
        self.assertEqual([request["client"] for request in self.nginx.take_requests()], ["CN=one"])

    def test_what_does_not_fit_ends_the_run_before_it_starts(self):
        entries = [self.entry(self.one, []), self.entry(self.one, [], self.two.key_text)]
        run = self.run_tls("", options=f"tlsAuth = {{ {', '.join(entries)} }}", code=104)
        self.assertIn("tlsAuth[1]: `key` is not the private key of `cert`", run.log)
        self.assertEqual(self.nginx.take_requests(), [])


class ResumptionTest(TlsTest):
    @classmethod
    def servers(cls):
        return {version: (cls.leaf, f"ssl_protocols {version};") for version in ("TLSv1.2", "TLSv1.3")}

    def resumed(self, version, *arguments, options="", env=None):
        """Of 2 VUs with 5 new connections each, how many nginx saw resumed."""
        options += ', noConnectionReuse = true, scenarios = { all = { executor = "per-vu-iterations", vus = 2, iterations = 5 } }'
        self.run_tls(f'http.get("{self.url(version)}")', *arguments, options=options.lstrip(", "), env=env)
        requests = self.nginx.take_requests()
        self.assertEqual(len({request["connection"] for request in requests}), 10)
        return sum(request["resumed"] == "r" for request in requests)

    def test_never_by_default(self):
        for version in ("TLSv1.2", "TLSv1.3"):
            with self.subTest(version=version):
                self.assertEqual(self.resumed(version), 0)

    def test_each_vu_resumes_its_own(self):
        for version in ("TLSv1.2", "TLSv1.3"):
            with self.subTest(version=version):
                self.assertEqual(self.resumed(version, options="tlsSessionResumption = true"), 8)

    def test_by_flag_and_variable(self):
        self.assertEqual(self.resumed("TLSv1.3", "--tls-session-resumption"), 8)
        self.assertEqual(self.resumed("TLSv1.3", env={"LOADRUN_TLS_SESSION_RESUMPTION": "true"}), 8)


class KeyLogTest(TlsTest):
    @classmethod
    def servers(cls):
        return {version: (cls.leaf, f"ssl_protocols {version};") for version in ("TLSv1.2", "TLSv1.3")}

    def logged(self, version, label):
        """The lines with `label` that 4 VUs of 2 workers logged in 40 handshakes."""
        path = os.path.join(self.dir, "keys")
        body = f'http.get("{self.url(version)}")'
        arguments = ("--workers=2", "-u4", "-i40", "--no-connection-reuse")
        run = self.run_tls(body, *arguments, env={"SSLKEYLOGFILE": path})
        self.assertIn("SSLKEYLOGFILE was specified", run.log)
        with open(path, encoding="ascii") as file:
            lines = file.read().splitlines()
        for line in lines:
            self.assertRegex(line, r"^[A-Z_0-9]+ [0-9a-fA-F]{64} [0-9a-fA-F]{64,96}$")
        return {line.split()[1] for line in lines if line.startswith(label + " ")}

    def test_a_line_for_each_handshake(self):
        self.assertEqual(len(self.logged("TLSv1.3", "CLIENT_HANDSHAKE_TRAFFIC_SECRET")), 40)

    def test_tls_1_2(self):
        self.assertEqual(len(self.logged("TLSv1.2", "CLIENT_RANDOM")), 40)

    def test_a_file_that_cannot_be_written(self):
        path = os.path.join(self.dir, "missing", "keys")
        run = self.run_tls(f'http.get("{self.url("TLSv1.3")}")', env={"SSLKEYLOGFILE": path}, code=255)
        self.assertIn(f"SSLKEYLOGFILE: cannot write {path}: No such file or directory", run.log)
        self.assertEqual(self.nginx.take_requests(), [])


class OcspTest(TlsTest):
    @classmethod
    def servers(cls):
        cls.revoked = cls.authority.sign("revoked")
        staple = "ssl_protocols TLSv1.2 TLSv1.3; ssl_stapling on; ssl_stapling_file"
        return {
            "good": (cls.leaf, f"{staple} {cls.authority.ocsp_response(cls.leaf)};"),
            "revoked": (cls.revoked, f"{staple} {cls.authority.ocsp_response(cls.revoked, 'keyCompromise')};"),
            "none": (cls.leaf, ""),
        }

    def ocsp(self, url):
        body = f'for name, value in pairs(http.get("{url}").ocsp) do show(name, value) end'
        return self.shown(body)

    def test_a_good_certificate(self):
        shown = self.ocsp(self.url("good"))
        self.assertEqual((shown["status"], shown["revocation_reason"]), ("good", "unspecified"))
        self.assertEqual(shown["revoked_at"], "-62135596800")
        self.assertEqual(int(shown["next_update"]) - int(shown["this_update"]), 7 * 24 * 3600)
        self.assertLess(abs(int(shown["produced_at"]) - os.stat(self.leaf.cert).st_mtime), 60)

    def test_a_revoked_one(self):
        shown = self.ocsp(self.url("revoked"))
        self.assertEqual((shown["status"], shown["revocation_reason"]), ("revoked", "key_compromise"))
        self.assertLess(abs(int(shown["produced_at"]) - 3600 - int(shown["revoked_at"])), 60)

    def test_nothing_stapled_and_no_tls(self):
        nothing = {"produced_at": "0", "this_update": "0", "next_update": "0", "revoked_at": "0", "revocation_reason": ""}
        self.assertEqual(self.ocsp(self.url("none")), {**nothing, "status": "unknown"})
        self.assertEqual(self.ocsp(self.nginx.url), {**nothing, "status": ""})

    def test_every_response_of_a_connection_has_it(self):
        body = f'for i = 1, 3 do show(i, http.get("{self.url("good")}").ocsp.status) end'
        self.assertEqual(self.shown(body), {"1": "good", "2": "good", "3": "good"})
        self.assertEqual(len({request["connection"] for request in self.nginx.take_requests()}), 1)

    def test_the_system_tag(self):
        names = ("good", "revoked", "unknown")
        thresholds = ", ".join(f'["http_reqs{{ocsp_status:{name}}}"] = {{ "count>=0" }}' for name in names)
        urls = [self.url("good"), self.url("good"), self.url("revoked"), self.url("none"), self.nginx.url + "/text"]
        body = " ".join(f'http.get("{url}")' for url in urls)
        run = self.run_tls(body, "--system-tags=ocsp_status", options=f"thresholds = {{ {thresholds} }}")
        self.assertEqual([run.count(f"http_reqs{{ocsp_status:{name}}}") for name in names], [2, 1, 1])


class CertificateFaultsTest(TlsTest):
    @classmethod
    def servers(cls):
        stranger = Authority(cls.certificates, "stranger")
        return {
            "good": (cls.leaf, ""),
            "stranger": (stranger.sign("leaf"), ""),
            "other-host": (cls.authority.sign("other", names="DNS:other.example"), ""),
            "expired": (cls.authority.sign("expired", days=-1), ""),
        }

    def assert_fails(self, url, code, error):
        shown = self.get(url)
        self.assertEqual((shown["status"], shown["error_code"], shown["error"]), ("0", str(code), error))

    def test_each(self):
        self.assert_fails(self.url("stranger"), 1310, "x509: unknown authority")
        self.assert_fails(self.url("other-host"), 1311, "x509: certificate doesn't match hostname")
        self.assert_fails(self.url("other-host", "localhost"), 1311, "x509: certificate doesn't match hostname")
        self.assert_fails(self.url("expired"), 1300, "x509: certificate has expired")
        port = self.nginx.port
        self.assert_fails(f"https://127.0.0.1:{port}/", 1301, "tls: first record does not look like a TLS handshake")

    def test_none_of_them_matters_without_verification(self):
        for name in ("stranger", "other-host", "expired"):
            with self.subTest(name=name):
                shown = self.get(self.url(name), options="insecureSkipTLSVerify = true")
                self.assertEqual((shown["status"], shown["error_code"]), ("200", "0"))

    def test_the_authorities_of_a_file_that_is_missing(self):
        path = os.path.join(self.dir, "missing.pem")
        run = self.run_tls(
            f'local res = http.get("{self.url("good")}") show("code", res.error_code)', env={"SSL_CERT_FILE": path}
        )
        self.assertIn(f"SSL_CERT_FILE: cannot read {path}: No such file or directory", run.log)
        self.assertIn("code=1310", run.said())


class DemandingServer:
    """Ends every handshake of a client without a certificate of `authority` by an alert, as nginx does not."""

    def __init__(self, leaf, authority):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(leaf.cert, leaf.key)
        self.context.load_verify_locations(authority.cert)
        self.context.verify_mode = ssl.CERT_REQUIRED

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return self

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self.refuse(connection)

    def refuse(self, connection):
        """Reads to the end after the alert: closing at once would reset the connection, and the alert might be lost."""
        client = self.context.wrap_socket(connection.dup(), server_side=True, do_handshake_on_connect=False)
        with client, contextlib.suppress(ssl.SSLError):
            client.do_handshake()
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


class AlertsTest(TlsTest):
    @classmethod
    def servers(cls):
        cls.stranger = Authority(cls.certificates, "stranger").sign("client")
        return {}

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(DemandingServer(self.leaf, self.authority))

    def errors(self, options):
        shown = self.get(self.server.url, options=options)
        self.assertEqual(shown["error_code"], "1300", shown)
        return shown["error"]

    def test_no_client_certificate(self):
        self.assertEqual(self.errors(""), "remote error: tls: certificate required")
        self.assertEqual(self.errors('tlsVersion = "tls1.2"'), "remote error: tls: handshake failure")

    def test_a_certificate_that_the_server_does_not_know(self):
        auth = f"tlsAuth = {{ {{ cert = {lua(self.stranger.cert_text)}, key = {lua(self.stranger.key_text)} }} }}"
        self.assertEqual(self.errors(auth), "remote error: tls: unknown ca")
        self.assertEqual(self.errors(auth + ', tlsVersion = "tls1.2"'), "remote error: tls: unknown ca")


if __name__ == "__main__":
    unittest.main()
