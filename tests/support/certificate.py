"""Certificates for servers of the tests."""

import os
import subprocess


def make_certificate(directory):
    """A self-signed one for 127.0.0.1 and localhost (ECDSA P-256), and its key: two files in `directory`."""
    certificate, key = (os.path.join(directory, name) for name in ("certificate.pem", "key.pem"))
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key
