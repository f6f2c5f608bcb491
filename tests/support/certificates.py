"""Certificates made by openssl for one test: an authority and what it signs, as files of a directory."""

import os
import subprocess
import time

EC = ("EC", "-pkeyopt", "ec_paramgen_curve:P-256")
RSA = ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


class Certificate:
    """The paths of a certificate and its key."""

    def __init__(self, path):
        self.cert = path + ".pem"
        self.key = path + ".key"

    @property
    def cert_text(self):
        return read(self.cert)

    @property
    def key_text(self):
        return read(self.key)

    def encrypted_key_text(self, password):
        """The key in the format that OpenSSL wrote before PKCS #8: a PEM header says how it is encrypted."""
        return openssl("ec", "-in", self.key, "-aes128", "-passout", f"pass:{password}").decode()


class Authority(Certificate):
    """A certificate authority with its files in `directory`."""

    def __init__(self, directory, name="ca"):
        super().__init__(os.path.join(directory, name))
        self.directory = directory
        self.name = name
        self._new_key(self.key, EC)
        openssl("req", "-x509", "-key", self.key, "-out", self.cert, "-days", "30", "-subj", f"/CN=test {name}")

    def sign(self, name, names="DNS:localhost,IP:127.0.0.1", key=EC, days=30):
        """A certificate for `names`; with negative `days` it has expired. Both purposes: server and client."""
        leaf = Certificate(os.path.join(self.directory, f"{self.name}-{name}"))
        self._new_key(leaf.key, key)
        request = leaf.cert + ".csr"
        extensions = leaf.cert + ".ext"
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n")
        openssl("req", "-new", "-key", leaf.key, "-out", request, "-subj", f"/CN={name}")
        openssl(
            *("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-CAcreateserial"),
            *("-extfile", extensions, "-out", leaf.cert, "-days", str(days)),
        )
        return leaf

    def ocsp_response(self, leaf, revoked=""):
        """The path of what the authority's OCSP server would say of `leaf`; `revoked` is "" or a reason."""
        stamp = lambda seconds: time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
        serial = openssl("x509", "-in", leaf.cert, "-noout", "-serial").decode().strip().split("=")[1]
        state = f"R\t{stamp(86400)}\t{stamp(-3600)},{revoked}" if revoked else f"V\t{stamp(86400)}\t"
        index, path = leaf.cert + ".index", f"{leaf.cert}.{revoked or 'good'}.ocsp"
        with open(index, "w", encoding="ascii") as file:
            file.write(f"{state}\t{serial}\tunknown\t/CN=leaf\n")
        openssl(
            *("ocsp", "-index", index, "-rsigner", self.cert, "-rkey", self.key, "-CA", self.cert),
            *("-issuer", self.cert, "-cert", leaf.cert, "-ndays", "7", "-respout", path),
        )
        return path

    @staticmethod
    def _new_key(path, kind):
        openssl("genpkey", "-algorithm", *kind, "-out", path)
