// Each text is one of libcurl's or OpenSSL's; tests/integration/tls_test.py has real servers say
// them.
#include "net/tls_error.h"

#include <openssl/x509_vfy.h>

#include "net/ocsp.h"
#include "support/catch.h"

using namespace loadrun::net;

TEST_CASE("certificates that are refused") {
  CHECK(certificate_failure(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "").code == 1310);
  CHECK(certificate_failure(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "").code == 1310);
  CHECK(certificate_failure(X509_V_ERR_HOSTNAME_MISMATCH, "").code == 1311);
  const Failure expired = certificate_failure(X509_V_ERR_CERT_HAS_EXPIRED, "");
  CHECK(expired.code == 1300);
  CHECK(expired.text == "x509: certificate has expired");
}

TEST_CASE("libcurl's own check of the name leaves no result of the verification") {
  CHECK(certificate_failure(X509_V_ERR_UNSPECIFIED,
                            "SSL: no alternative certificate subject name matches target host name "
                            "'127.0.0.1'")
            .code == 1311);
  CHECK(certificate_failure(X509_V_OK, "").code == 1311);
  const Failure other =
      certificate_failure(X509_V_ERR_UNSPECIFIED, "SSL: public key does not match");
  CHECK(other.code == 1300);
  CHECK(other.text == "SSL: public key does not match");
}

TEST_CASE("bytes that are no TLS: 1301") {
  CHECK(tls_failure("error:0A00010B:SSL routines::wrong version number").code == 1301);
  CHECK(tls_failure("error:0A00009C:SSL routines::http request").code == 1301);
}

TEST_CASE("alerts of the server: 1300, in Go's words") {
  const auto text = [](std::string_view message) {
    const Failure failure = tls_failure(message);
    CHECK(failure.code == 1300);
    return failure.text;
  };
  CHECK(text("OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, "
             "errno 0") == "remote error: tls: certificate required");
  CHECK(text("error:0A00042E:SSL routines::tlsv1 alert protocol version") ==
        "remote error: tls: protocol version");
  CHECK(text("error:0A000412:SSL routines::sslv3 alert bad certificate") ==
        "remote error: tls: bad certificate");
}

TEST_CASE("faults on our own side: 1300") {
  CHECK(tls_failure("error:0A000102:SSL routines::unsupported protocol").text ==
        "tls: the server chose a version below tlsVersion");
  CHECK(tls_failure("error:0A0000BF:SSL routines::no protocols available").text ==
        "tls: tlsVersion and tlsCipherSuites leave no version of TLS to offer");
  CHECK(tls_failure("error:0A000086:SSL routines::certificate verify failed").text ==
        "tls: certificate verify failed");
}

TEST_CASE("what is no fault of TLS stays what it is") {
  CHECK(tls_failure("").code == 0);
  CHECK(tls_failure("OpenSSL SSL_connect: Connection reset by peer in connection to 127.0.0.1:1")
            .code == 0);
}

TEST_CASE("bytes that are no OCSP response") {
  const unsigned char bytes[] = {0x30, 0x03, 0x0a, 0x01, 0x06};
  CHECK_FALSE(parse_ocsp(bytes));  // "unauthorized": the server has no answer
  CHECK_FALSE(parse_ocsp({bytes, 2}));
  CHECK_FALSE(parse_ocsp({}));
}
