#include "net/curl_url.h"

namespace loadrun::net {

bool resolve_url(CURLU* url, const std::string& reference) {
  constexpr unsigned kFlags = CURLU_ALLOW_SPACE | CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME;
  return curl_url_set(url, CURLUPART_URL, reference.c_str(), kFlags) == CURLUE_OK;
}

CurlUrl parse_url(const std::string& url) {
  CurlUrl parsed(curl_url());
  if (!resolve_url(parsed.get(), url)) parsed.reset();
  return parsed;
}

std::string url_part(CURLU* url, CURLUPart which, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  const CurlString owned(text);
  return text;
}

}  // namespace loadrun::net
