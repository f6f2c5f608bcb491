#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "net/cookie.h"
#include "net/cookie_scope.h"

namespace loadrun::net {

/// The cookies of a virtual user, by RFC 6265 with the choices of Go's net/http/cookiejar, which k6
/// uses: no list of public suffixes, SameSite has no effect, "localhost" and loopback addresses
/// count as secure. Empty, it has allocated nothing. Confined to its worker.
///
/// Servers fill it, so it is bounded, where Go's is not: a cookie larger than kMaxBytes is not
/// stored, and a new one beyond kMaxPerSite or kMaxCookies takes the place of the oldest of its
/// site, or of all.
class CookieJar {
 public:
  /// RFC 6265, 6.1 asks for at least 3000 cookies, 50 of one domain, 4096 bytes each.
  static constexpr std::size_t kMaxCookies = 3000;
  static constexpr std::size_t kMaxPerSite = 180;  ///< As Chromium.
  static constexpr std::size_t kMaxBytes = 8192;   ///< Name, value, domain and path together.

  struct Pair {
    std::string_view name, value;
  };

  bool empty() const { return entries_.empty(); }

  /// Stores, replaces or deletes what a response from `from` sets at `now`. Ignored when its domain
  /// is not the host's or above it.
  void set(const CookieScope& from, const Cookie& cookie, WallTime now);

  /// What a request to `to` at `now` sends: longer paths first, then older cookies. Valid until the
  /// next change.
  std::vector<Pair> matching(const CookieScope& to, WallTime now);

  /// k6's `jar:clear`: deletes the cookies that a request to `of` sends, if they are its host's and
  /// of its default path; others stay.
  void clear(const CookieScope& of, WallTime now);

 private:
  struct Entry {
    std::string name, value, domain, path;
    std::string site;
    WallTime expires;
    bool secure, host_only;
  };

  class Sends;
  void drop_expired(WallTime now);
  void make_room(std::string_view site, WallTime now);

  std::vector<Entry> entries_;  // in the order of their creation
};

}  // namespace loadrun::net
