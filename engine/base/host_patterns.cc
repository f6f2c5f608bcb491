#include "base/host_patterns.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace loadrun {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

// "_" is no host name's, but a name's that resolvers know.
bool is_label(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
}

}  // namespace

bool HostPatterns::is_valid(std::string_view pattern) {
  if (const std::size_t colon = pattern.find(':'); colon != std::string_view::npos) {
    if (!is_port(pattern.substr(colon + 1))) return false;
    pattern = pattern.substr(0, colon);
  }
  if (pattern == "*") return true;
  if (pattern.starts_with("*.")) {
    pattern.remove_prefix(2);
  } else if (pattern.starts_with('*')) {
    pattern.remove_prefix(1);
  }
  for (;;) {
    const std::size_t dot = pattern.find('.');
    if (!is_label(pattern.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    pattern.remove_prefix(dot + 1);
  }
}

void HostPatterns::add(std::string_view pattern) {
  LOADRUN_CHECK(is_valid(pattern));
  std::string lower = in_lower_case(pattern);
  if (!lower.starts_with('*')) {
    exact_.insert(std::move(lower));
    return;
  }
  const auto place = std::ranges::find_if(
      endings_, [&](const std::string& other) { return other.size() <= lower.size(); });
  endings_.insert(place, std::move(lower));
}

const std::string* HostPatterns::match(std::string_view name) const {
  const std::string lower = in_lower_case(name);
  if (const auto found = exact_.find(lower); found != exact_.end()) return &*found;
  for (const std::string& pattern : endings_) {
    if (lower.ends_with(std::string_view(pattern).substr(1))) return &pattern;
  }
  return nullptr;
}

}  // namespace loadrun
