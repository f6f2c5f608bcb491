"""HTTP/2 over TLS beside HTTP/1.1 over TLS: requests of 64 VUs, and the memory of open connections while they are busy."""

import os
from unittest import mock

import generators

MANY = 9000


def trusting(server, run, *arguments):
    with mock.patch.dict(os.environ, server.environment):
        return run(*arguments)


def contenders(core, server, seconds):
    runs = {
        "tls 64": lambda: trusting(server, generators.loadrun, core, server.h1, 64, seconds),
        "h2 64": lambda: trusting(server, generators.loadrun, core, server.h2, 64, seconds),
        # Longer: thousands of handshakes come first.
        "h2 many": lambda: trusting(server, generators.loadrun, core, server.h2, MANY, 8 * seconds),
    }
    if generators.find_k6():
        runs["k6 h2 64"] = lambda: trusting(server, generators.k6, core, server.h2, 64, seconds)
    return runs


def judge(table, median, results):
    table.reference("HTTPS, HTTP/1.1, 64 VUs", f"{median('tls 64', 'rate'):,.0f}/s")
    table.at_least("HTTPS, HTTP/2, 64 VUs", 0.7, "HTTP/1.1", median("h2 64", "rate"), median("tls 64", "rate"))
    if "k6 h2 64" in results:
        table.reference("k6, HTTPS, HTTP/2, 64 VUs", f"{median('k6 h2 64', 'rate'):,.0f}/s")
        table.at_least("HTTPS, HTTP/2, 64 VUs", 2, "k6", median("h2 64", "rate"), median("k6 h2 64", "rate"))
    kb = (median("h2 many", "rss_kb") - median("h2 64", "rss_kb")) / (MANY - 64)
    table.at_most("memory per VU with an open HTTP/2 connection", 130, "KB", kb)
