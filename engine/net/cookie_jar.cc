#include "net/cookie_jar.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace loadrun::net {
namespace {

// Far beyond any date; keeps sums of times in range.
constexpr std::int64_t kLongestAge = 1'000'000'000'000;

bool is_below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

// The domain that `from` may set a cookie for by `attribute` (RFC 6265, 5.3); none when it may not.
std::optional<std::string> domain_for(const CookieScope& from, std::string_view attribute) {
  if (from.host_is_address()) {
    return attribute == from.host ? std::optional(from.host) : std::nullopt;
  }
  if (attribute.starts_with('.')) attribute.remove_prefix(1);
  std::string domain = in_lower_case(attribute);
  const bool allowed = !domain.empty() && (domain == from.host || is_below(from.host, domain));
  return allowed ? std::optional(domain) : std::nullopt;
}

// When it ends; none when that was before `now`.
std::optional<WallTime> end_of(const Cookie& cookie, WallTime now) {
  if (cookie.max_age < 0) return std::nullopt;
  if (cookie.max_age > 0) return now + std::chrono::seconds(std::min(cookie.max_age, kLongestAge));
  if (!cookie.expires) return WallTime::max();
  return *cookie.expires > now ? cookie.expires : std::nullopt;
}

bool path_matches(std::string_view request, std::string_view path) {
  if (!request.starts_with(path)) return false;
  return request.size() == path.size() || path.ends_with('/') || request[path.size()] == '/';
}

}  // namespace

/// Whether a request to a URL sends a cookie.
class CookieJar::Sends {
 public:
  explicit Sends(const CookieScope& to) : to_(to), site_(to.site()) {}

  bool operator()(const Entry& entry) const {
    if (entry.site != site_ || !path_matches(to_.path, entry.path)) return false;
    if (entry.domain != to_.host && (entry.host_only || !is_below(to_.host, entry.domain)))
      return false;
    return !entry.secure || to_.https || is_this_machine(entry.domain);
  }

 private:
  const CookieScope& to_;
  std::string_view site_;
};

void CookieJar::set(const CookieScope& from, const Cookie& cookie, WallTime now) {
  const bool host_only = cookie.domain.empty() || from.host_is_address();
  const auto domain =
      cookie.domain.empty() ? std::optional(from.host) : domain_for(from, cookie.domain);
  if (!domain) return;
  const std::string_view path =
      cookie.path.starts_with('/') ? std::string_view(cookie.path) : from.default_path();
  if (cookie.name.size() + cookie.value.size() + domain->size() + path.size() > kMaxBytes) return;

  const std::optional<WallTime> end = end_of(cookie, now);
  const std::string_view site = from.site();
  const auto old = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.name == cookie.name && entry.path == path && entry.domain == *domain &&
           entry.site == site;
  });
  if (!end) {
    if (old != entries_.end()) entries_.erase(old);
    return;
  }
  Entry entry{.name = cookie.name,
              .value = cookie.value,
              .domain = *domain,
              .path = std::string(path),
              .site = std::string(site),
              .expires = *end,
              .secure = cookie.secure,
              .host_only = host_only};
  if (old != entries_.end()) {
    *old = std::move(entry);  // it keeps its age
  } else {
    make_room(site, now);
    entries_.push_back(std::move(entry));
  }
}

std::vector<CookieJar::Pair> CookieJar::matching(const CookieScope& to, WallTime now) {
  drop_expired(now);
  const Sends sends(to);
  std::vector<const Entry*> found;
  for (const Entry& entry : entries_) {
    if (sends(entry)) found.push_back(&entry);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Entry* a, const Entry* b) { return a->path.size() > b->path.size(); });
  std::vector<Pair> pairs;
  pairs.reserve(found.size());
  for (const Entry* entry : found) pairs.push_back({entry->name, entry->value});
  return pairs;
}

void CookieJar::clear(const CookieScope& of, WallTime now) {
  drop_expired(now);
  std::erase_if(entries_, [&, sends = Sends(of)](const Entry& entry) {
    return sends(entry) && entry.domain == of.host && entry.path == of.default_path();
  });
}

void CookieJar::drop_expired(WallTime now) {
  std::erase_if(entries_, [now](const Entry& entry) { return entry.expires <= now; });
}

void CookieJar::make_room(std::string_view site, WallTime now) {
  const auto of_site = [site](const Entry& entry) { return entry.site == site; };
  const auto full = [&] {
    return std::cmp_greater_equal(std::count_if(entries_.begin(), entries_.end(), of_site),
                                  kMaxPerSite);
  };
  if (entries_.size() < kMaxPerSite) return;
  drop_expired(now);
  if (full()) entries_.erase(std::find_if(entries_.begin(), entries_.end(), of_site));
  if (entries_.size() >= kMaxCookies) entries_.erase(entries_.begin());
}

}  // namespace loadrun::net
