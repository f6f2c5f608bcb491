#include "plan/tls_options.h"

#include "support/pem_texts.h"
#include "unit/plan/plan_support.h"

namespace loadrun::plan {
namespace {

using Catch::Matchers::Contains;
using loadrun::test::PemTexts;
using nlohmann::json;
using test::error_of;
using test::plan_of;

json inspected(const json& options) {
  nlohmann::ordered_json shown = nlohmann::ordered_json::object();
  add_tls(shown, plan_of(options).tls);
  return shown;
}

TEST_CASE("unset TLS options are not shown") { CHECK(inspected(json::object()).empty()); }

TEST_CASE("tlsVersion is one version or a range") {
  const auto shown = [](const json& value) {
    return inspected({{"tlsVersion", value}}).at("tlsVersion");
  };
  CHECK(shown("tls1.2") == json{{"min", "tls1.2"}, {"max", "tls1.2"}});
  CHECK(shown({{"min", "tls1.0"}}) == json{{"min", "tls1.0"}, {"max", ""}});
  CHECK(shown({{"max", "tls1.3"}, {"min", "tls1.3"}}) ==
        json{{"min", "tls1.3"}, {"max", "tls1.3"}});
  const auto wrong = [](const json& value) { return error_of({{"tlsVersion", value}}); };
  CHECK_THAT(wrong("ssl3.0"), Contains("tlsVersion: \"ssl3.0\" is no version of TLS (expected"));
  CHECK_THAT(wrong({{"min", "1.2"}}), Contains("tlsVersion.min: \"1.2\" is no version of TLS"));
  CHECK_THAT(wrong({{"min", "tls1.3"}, {"max", "tls1.2"}}),
             Contains("min tls1.3 is above max tls1.2"));
  CHECK_THAT(wrong({{"mim", "tls1.3"}}), Contains("tlsVersion has no such field"));
  CHECK_THAT(wrong(1.2), Contains("tlsVersion: 1.2 is neither a version"));
}

TEST_CASE("tlsCipherSuites are k6's names") {
  const json suites = {"TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_RC4_128_SHA"};
  const Plan plan = plan_of({{"tlsCipherSuites", suites}});
  CHECK(plan.tls.cipher_suites == suites.get<std::vector<std::string>>());
  REQUIRE(plan.warnings.size() == 1);
  CHECK_THAT(plan.warnings[0],
             Contains("tlsCipherSuites[1]: OpenSSL no longer has TLS_RSA_WITH_RC4_128_SHA"));
  CHECK_THAT(error_of({{"tlsCipherSuites", {"TLS_AES_128_GCM_SHA265"}}}),
             Contains("tlsCipherSuites[0]: \"TLS_AES_128_GCM_SHA265\" is no cipher suite") &&
                 Contains("did you mean"));
}

TEST_CASE("tlsAuth is shown as it was given") {
  const PemTexts own;
  const json entry = {{"cert", own.cert()},
                      {"key", own.legacy_key("secret")},
                      {"password", "secret"},
                      {"domains", {"a.example", "*.b.example"}}};
  const json open = {{"cert", own.cert()}, {"key", own.key()}};
  const json shown = inspected({{"tlsAuth", {entry, open}}}).at("tlsAuth");
  CHECK(shown.at(0) == entry);
  CHECK(shown.at(1).at("password").is_null());
  CHECK(shown.at(1).at("domains").empty());
}

TEST_CASE("an entry of tlsAuth that cannot be used is named, with all others") {
  const PemTexts own;
  const PemTexts other;
  const json good = {{"cert", own.cert()}, {"key", own.key()}};
  const json swapped = {{"cert", own.cert()}, {"key", other.key()}};
  const std::string errors = error_of(
      {{"tlsAuth", {good, swapped, {{"cert", "x"}, {"key", own.key()}}, "x", {{"crt", "x"}}}}});
  CHECK_THAT(errors, Contains("tlsAuth[1]: `key` is not the private key of `cert`"));
  CHECK_THAT(errors, Contains("tlsAuth[2]: `cert` holds no certificate in PEM format"));
  CHECK_THAT(errors, Contains("tlsAuth[3]: \"x\" is not an object"));
  CHECK_THAT(errors, Contains("tlsAuth[4].crt: tlsAuth has no such field"));
  CHECK_THAT(errors, !Contains("tlsAuth[0]"));
}

TEST_CASE("sessions are not resumed unless the test says so") {
  CHECK_FALSE(plan_of(json::object()).tls.session_resumption);
  CHECK(inspected({{"tlsSessionResumption", true}}) == json{{"tlsSessionResumption", true}});
  const auto layer = options_from_environment({{"LOADRUN_TLS_SESSION_RESUMPTION", "true"}});
  REQUIRE(layer.ok());
  CHECK(layer.value().values == json{{"tlsSessionResumption", true}});
  const auto flags = options_from_flags({{"tls-session-resumption", ""}});
  REQUIRE(flags.ok());
  CHECK(flags.value().values == json{{"tlsSessionResumption", true}});
}

}  // namespace
}  // namespace loadrun::plan
