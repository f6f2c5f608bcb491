#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace loadrun::net {

/// What an OCSP response says of a certificate, in k6's words; times are seconds since 1970. One
/// that is not given is -62135596800, the year 1 of Go's zero time.
struct OcspStatus {
  std::int64_t produced_at = 0;
  std::int64_t this_update = 0;
  std::int64_t next_update = 0;
  std::int64_t revoked_at = 0;
  std::string_view revocation_reason = {};  ///< "unspecified" of one that is not revoked, too.
  std::string_view status = {};             ///< "good", "revoked" or "unknown".
};

/// Reads an encoded response; none when it is none, or reports a failure of its server. Signatures
/// are not verified.
std::optional<OcspStatus> parse_ocsp(std::span<const unsigned char> der);

}  // namespace loadrun::net
