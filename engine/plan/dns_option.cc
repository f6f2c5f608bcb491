#include "plan/dns_option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.h"

namespace loadrun::plan {
namespace {

void read_ttl(ObjectReader& fields, std::string& ttl) {
  const nlohmann::json* value = fields.find("ttl");
  if (value == nullptr) return;
  const std::string text = value->is_string() ? value->get<std::string>() : shown(*value);
  const auto duration = parse_duration_or_ms(text);
  if (text == "inf" || (duration.ok() && duration.value() >= 0ns)) {
    ttl = text;
  } else {
    fields.error("ttl", fmt::format("{} is not a time to live (expected \"inf\", \"0\", a duration "
                                    "or a number of milliseconds)",
                                    shown(*value)));
  }
}

void read_choice(ObjectReader& fields, std::string_view key, std::string& choice,
                 const std::vector<std::string_view>& choices) {
  const auto text = fields.text(key);
  if (!text) return;
  if (std::find(choices.begin(), choices.end(), *text) != choices.end()) {
    choice = *text;
  } else {
    fields.error(key, fmt::format("\"{}\" is none of {}", *text, fmt::join(choices, ", ")));
  }
}

}  // namespace

void read_dns(ObjectReader& layer, Dns& dns) {
  const nlohmann::json* value = layer.object("dns");
  if (value == nullptr) return;
  ObjectReader fields(*value, layer.place("dns"), layer.diagnostics());
  read_ttl(fields, dns.ttl);
  read_choice(fields, "select", dns.select, {"first", "random", "roundRobin"});
  read_choice(fields, "policy", dns.policy,
              {"preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6", "any"});
  fields.report_unread("dns", "ttl, select, policy");
}

}  // namespace loadrun::plan
