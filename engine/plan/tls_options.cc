#include "plan/tls_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/key_pair.h"
#include "base/tls_names.h"
#include "plan/similar_name.h"

namespace loadrun::plan {
namespace {

constexpr std::string_view kVersion = "tlsVersion";
constexpr std::string_view kSuites = "tlsCipherSuites";
constexpr std::string_view kAuth = "tlsAuth";

bool is_version(std::string_view name) {
  return name.empty() || tls_version_number(name).has_value();
}

std::string no_version(std::string_view name) {
  return fmt::format("\"{}\" is no version of TLS (expected tls1.0, tls1.1, tls1.2 or tls1.3)",
                     name);
}

// An end of the range; "" when it is unset or wrong, which is reported.
std::string read_end(ObjectReader& fields, std::string_view key) {
  auto name = fields.text(key);
  if (!name) return "";
  if (is_version(*name)) return std::move(*name);
  fields.error(key, no_version(*name));
  return "";
}

TlsVersions read_range(ObjectReader& layer, const nlohmann::json& value) {
  ObjectReader fields(value, layer.place(kVersion), layer.diagnostics());
  TlsVersions versions{read_end(fields, "min"), read_end(fields, "max")};
  fields.report_unread(kVersion, "min, max");
  const bool both = !versions.min.empty() && !versions.max.empty();
  if (both && versions.min > versions.max) {
    layer.error(kVersion, fmt::format("min {} is above max {}", versions.min, versions.max));
  }
  return versions;
}

void read_versions(ObjectReader& layer, std::optional<TlsVersions>& versions) {
  const nlohmann::json* value = layer.find(kVersion);
  if (value == nullptr) return;
  if (value->is_object()) {
    versions = read_range(layer, *value);
  } else if (!value->is_string()) {
    layer.error(kVersion, fmt::format("{} is neither a version such as \"tls1.2\" nor an object "
                                      "with min and max",
                                      shown(*value)));
  } else if (const auto name = value->get<std::string>(); is_version(name)) {
    versions = TlsVersions{name, name};
  } else {
    layer.error(kVersion, no_version(name));
  }
}

std::string suite_suggestion(std::string_view name) {
  std::vector<std::string_view> known;
  for (const TlsSuite& suite : tls_suites()) known.push_back(suite.name);
  return suggestion(name, known);
}

void check_suites(ObjectReader& layer, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Place place = layer.place(kSuites).element(i);
    const TlsSuite* suite = find_tls_suite(names[i]);
    if (suite == nullptr) {
      layer.diagnostics().error(place, fmt::format("\"{}\" is no cipher suite that k6 knows{}",
                                                   names[i], suite_suggestion(names[i])));
    } else if (suite->openssl.empty()) {
      layer.diagnostics().warning(
          place, fmt::format("OpenSSL no longer has {}; it is not offered", names[i]));
    }
  }
}

TlsAuth read_auth(ObjectReader& fields) {
  TlsAuth auth{.cert = fields.text("cert").value_or(""),
               .key = fields.text("key").value_or(""),
               .password = fields.text("password"),
               .domains = fields.text_list("domains").value_or(std::vector<std::string>())};
  fields.report_unread(kAuth, "cert, key, password, domains");
  const auto pair = KeyPair::parse(auth.cert, auth.key, auth.password);
  if (!pair.ok()) fields.diagnostics().error(fields.place(), pair.error().message);
  return auth;
}

void read_auths(ObjectReader& layer, std::optional<std::vector<TlsAuth>>& auths) {
  const auto list = layer.list(kAuth);
  if (!list) return;
  auths.emplace();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const nlohmann::json& element = (*list)[i];
    const Place place = layer.place(kAuth).element(i);
    if (element.is_object()) {
      ObjectReader fields(element, place, layer.diagnostics());
      auths->push_back(read_auth(fields));
    } else {
      layer.diagnostics().error(
          place, fmt::format("{} is not an object with cert, key and domains", shown(element)));
    }
  }
}

}  // namespace

void read_tls(ObjectReader& layer, Tls& tls) {
  read_versions(layer, tls.versions);
  if (auto suites = layer.text_list(kSuites)) {
    check_suites(layer, *suites);
    tls.cipher_suites = std::move(*suites);
  }
  read_auths(layer, tls.auth);
  if (const auto resumption = layer.boolean("tlsSessionResumption")) {
    tls.session_resumption = *resumption;
  }
}

void add_tls(nlohmann::ordered_json& options, const Tls& tls) {
  using Json = nlohmann::ordered_json;
  if (!tls.cipher_suites.empty()) options[kSuites] = tls.cipher_suites;
  if (tls.versions) options[kVersion] = {{"min", tls.versions->min}, {"max", tls.versions->max}};
  if (tls.auth) {
    Json& list = options[kAuth] = Json::array();
    for (const TlsAuth& auth : *tls.auth) {
      list.push_back({{"cert", auth.cert},
                      {"key", auth.key},
                      {"password", auth.password ? Json(*auth.password) : Json()},
                      {"domains", auth.domains}});
    }
  }
  if (tls.session_resumption) options["tlsSessionResumption"] = true;
}

}  // namespace loadrun::plan
