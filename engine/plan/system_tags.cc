#include "plan/system_tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "plan/similar_name.h"

namespace loadrun::plan {
namespace {

constexpr std::array<std::string_view, 14> kOn{
    "check",       "error", "error_code", "expected_response", "group",  "method",
    "name",        "proto", "scenario",   "service",           "status", "subproto",
    "tls_version", "url"};
constexpr std::array<std::string_view, 4> kOff{"ip", "iter", "ocsp_status", "vu"};

}  // namespace

std::vector<std::string> default_system_tags() { return {kOn.begin(), kOn.end()}; }

std::optional<std::vector<std::string>> read_system_tags(ObjectReader& layer) {
  const auto names = layer.text_list("systemTags");
  if (!names) return std::nullopt;
  std::vector<std::string_view> known(kOn.begin(), kOn.end());
  known.insert(known.end(), kOff.begin(), kOff.end());
  std::vector<std::string> tags;
  for (const std::string& name : *names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      tags.push_back(name);
    } else {
      layer.diagnostics().warning(
          layer.place("systemTags"),
          fmt::format("there is no system tag \"{}\"{}", name, suggestion(name, known)));
    }
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace loadrun::plan
