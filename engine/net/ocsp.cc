#include "net/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <array>
#include <ctime>
#include <memory>

#include "net/curl_handles.h"

namespace loadrun::net {
namespace {

using Response = std::unique_ptr<OCSP_RESPONSE, CurlDeleter<OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, CurlDeleter<OCSP_BASICRESP_free>>;

constexpr std::int64_t kNoTime = -62135596800;

std::int64_t seconds(const ASN1_GENERALIZEDTIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return kNoTime;
  return ::timegm(&parts);
}

// By the numbers of RFC 5280, 5.3.1; 7 is not used.
std::string_view reason_name(int reason) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "unspecified",     "key_compromise",         "ca_compromise",    "affiliation_changed",
      "superseded",      "cessation_of_operation", "certificate_hold", "",
      "remove_from_crl", "privilege_withdrawn",    "aa_compromise"};
  const bool known = reason >= 0 && reason < static_cast<int>(kNames.size());
  return known ? kNames[static_cast<std::size_t>(reason)] : "unspecified";
}

std::string_view status_name(int status) {
  if (status == V_OCSP_CERTSTATUS_GOOD) return "good";
  return status == V_OCSP_CERTSTATUS_REVOKED ? "revoked" : "unknown";
}

}  // namespace

std::optional<OcspStatus> parse_ocsp(std::span<const unsigned char> der) {
  const unsigned char* at = der.data();
  const Response response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
  const Basic basic(response ? OCSP_response_get1_basic(response.get()) : nullptr);
  OCSP_SINGLERESP* const single = basic ? OCSP_resp_get0(basic.get(), 0) : nullptr;
  ERR_clear_error();
  if (single == nullptr) return std::nullopt;
  int reason = 0;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
  const int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &until);
  return OcspStatus{.produced_at = seconds(OCSP_resp_get0_produced_at(basic.get())),
                    .this_update = seconds(from),
                    .next_update = seconds(until),
                    .revoked_at = seconds(revoked),
                    .revocation_reason = reason_name(reason),
                    .status = status_name(status)};
}

}  // namespace loadrun::net
