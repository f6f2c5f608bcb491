#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace loadrun::net {

struct Credentials {
  std::string user;
  std::string password;
};

/// Takes "user:password@" out of `url`, percent-decoded; nothing when there is none.
std::optional<Credentials> take_credentials(std::string& url);

/// The request that a digest is made for.
struct DigestRequest {
  std::string_view method;
  std::string_view target;  ///< Path and query, as in the request line.
  std::string_view body;    ///< Part of the digest with qop=auth-int only.
};

/// The Authorization header that answers `challenge`, the value of a WWW-Authenticate header, as
/// RFC 7616 says: MD5, SHA-256 and their -sess forms; without qop, auth or auth-int. `client_nonce`
/// is a random text. Nothing when the challenge is no digest or asks for another algorithm.
std::optional<std::string> answer_digest(std::string_view challenge, const DigestRequest& request,
                                         const Credentials& credentials,
                                         std::string_view client_nonce);

/// Path and query of `url`, as a request line has them.
std::string_view request_target(std::string_view url);

}  // namespace loadrun::net
