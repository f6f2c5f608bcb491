#include "plan/address_options.h"

#include <fmt/format.h>

#include <utility>

#include "base/duration.h"
#include "plan/options.h"

namespace loadrun::plan {
namespace {

constexpr std::string_view kLocalIps = "localIPs";

/// False, and an error, when it is none.
bool check_pattern(ObjectReader& layer, std::string_view option, const std::string& pattern) {
  if (HostPatterns::is_valid(pattern)) return true;
  layer.error(option, fmt::format("invalid hostname pattern '{}' (expected a host name, the \"*\" "
                                  "of a wildcard only at its beginning)",
                                  pattern));
  return false;
}

void read_hosts(ObjectReader& layer, HostTable& hosts) {
  const auto entries = layer.text_map("hosts");
  if (!entries) return;
  hosts = {};
  for (const auto& [name, text] : *entries) {
    const auto endpoint = Endpoint::parse(text);
    if (!endpoint.ok()) {
      layer.error("hosts", fmt::format("{}: {}", name, endpoint.error().message));
    } else if (check_pattern(layer, "hosts", name)) {
      hosts.add(name, endpoint.value());
    }
  }
}

void read_blacklist(ObjectReader& layer, std::vector<CidrBlock>& blocks) {
  const auto texts = layer.text_list("blacklistIPs");
  if (!texts) return;
  blocks.clear();
  for (const std::string& text : *texts) {
    const auto block = CidrBlock::parse(text);
    if (block.ok()) {
      blocks.push_back(block.value());
    } else {
      layer.error("blacklistIPs",
                  fmt::format("{} (expected e.g. 10.0.0.0/8)", block.error().message));
    }
  }
}

void read_blocked(ObjectReader& layer, std::vector<std::string>& blocked) {
  auto patterns = layer.text_list("blockHostnames");
  if (!patterns) return;
  for (const std::string& pattern : *patterns) check_pattern(layer, "blockHostnames", pattern);
  blocked = std::move(*patterns);
}

void read_local(ObjectReader& layer, IpPool& pool) {
  const auto text = layer.text(kLocalIps);
  if (!text) return;
  const std::string& origin = layer.place().layer;
  if (origin != kEnvironmentLayer && origin != kFlagsLayer) {
    layer.diagnostics().warning(layer.place(kLocalIps),
                                "only --local-ips and LOADRUN_LOCAL_IPS set it; it has no effect");
    return;
  }
  auto parsed = IpPool::parse(*text);
  if (parsed.ok()) {
    pool = std::move(parsed).value();
  } else {
    layer.error(kLocalIps, parsed.error().message);
  }
}

}  // namespace

void read_addresses(ObjectReader& layer, Addresses& addresses) {
  read_hosts(layer, addresses.hosts);
  read_blacklist(layer, addresses.blacklist);
  read_blocked(layer, addresses.blocked_hosts);
  read_local(layer, addresses.local);
}

std::optional<Nanoseconds> ttl_of(const Dns& dns) {
  if (dns.ttl == "inf") return std::nullopt;
  return parse_duration_or_ms(dns.ttl).value();
}

}  // namespace loadrun::plan
