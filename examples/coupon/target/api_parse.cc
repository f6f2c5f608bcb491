#include "coupon/target/api_parse.h"

#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace loadrun::coupon {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kListPrefix = "/api/commerce/mycoupon/";

Error bad(std::string message) { return {ExitCode::kGeneric, std::move(message)}; }

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::optional<std::uint64_t> parse_id(std::string_view text) {
  std::uint64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, id);
  if (parsed.ec != std::errc() || parsed.ptr != end || id == 0) return std::nullopt;
  return id;
}

/// Whether `text` begins as YYYY-MM-DDTHH:MM:SS; a fraction and a zone may follow.
bool is_timestamp(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

Result<Call> parse_issue(const ApiRequest& request) {
  const auto user = parse_id(request.user_id);
  if (!user) return bad("the header X-User-Id must be a whole number from 1");
  const Json body = Json::parse(request.body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) return bad("the body must be a JSON object");
  const auto coupon = body.find("couponId");
  if (coupon == body.end() || !coupon->is_number_unsigned() || *coupon == 0U) {
    return bad("couponId must be a whole number from 1");
  }
  const auto issue_at = body.find("issueAt");
  if (issue_at == body.end() || !issue_at->is_string() ||
      !is_timestamp(issue_at->get_ref<const std::string&>())) {
    return bad("issueAt must be a date and time such as 2026-01-31T09:00:00");
  }
  return Call(IssueCall{*user, {coupon->get<RowId>(), issue_at->get<std::string>()}});
}

Result<Call> parse_list(const ApiRequest& request) {
  const auto user = parse_id(path_of(request.target).substr(kListPrefix.size()));
  if (!user) return bad("the user id must be a whole number from 1");
  return Call(ListCall{*user});
}

}  // namespace

std::string_view route_of(const ApiRequest& request) {
  const std::string_view path = path_of(request.target);
  if (request.method == "PATCH" && path == "/api/commerce/coupon") return kIssueRoute;
  if (request.method == "GET" && path.starts_with(kListPrefix)) return kListRoute;
  if (request.method == "GET" && path == "/actuator/health") return kHealthRoute;
  return kOtherRoute;
}

Result<Call> parse_call(const ApiRequest& request) {
  const std::string_view route = route_of(request);
  if (route == kIssueRoute) return parse_issue(request);
  if (route == kListRoute) return parse_list(request);
  if (route == kHealthRoute) return Call(HealthCall{});
  return Call(UnknownCall{});
}

}  // namespace loadrun::coupon
