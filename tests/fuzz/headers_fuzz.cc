// The head of a response, line by line as libcurl hands it over, and what is made of its headers:
// redirects, content codings, challenges.
#include <string>
#include <string_view>

#include "base/check.h"
#include "fuzz/fuzz_target.h"
#include "net/content_coding.h"
#include "net/digest_auth.h"
#include "net/redirect.h"
#include "net/response_head.h"

namespace {

using namespace loadrun::net;

ResponseHead head_of(std::string_view text) {
  ResponseHead head;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    head.add_line(text.substr(0, end));
    text.remove_prefix(end);
  }
  return head;
}

void follow(const ResponseHead& head) {
  if (!is_redirect(head.status(), head.find("Location"))) return;
  HttpRequest request{.method = "POST", .url = "http://user:secret@host/a?b=c", .body = "x"};
  const auto failure = follow_redirect(request, head.status(), head.find("Location"));
  LOADRUN_CHECK(failure.code != 0 || !request.url.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ResponseHead head = head_of({reinterpret_cast<const char*>(data), size});
  follow(head);
  static_cast<void>(parse_codings(head.find("Content-Encoding")));
  static_cast<void>(
      answer_digest(head.find("Www-Authenticate"), {"GET", "/", ""}, {"u", "p"}, "n"));
  for (const Header& header : head.headers())
    LOADRUN_CHECK(head.find(header.name).data() != nullptr);
  return 0;
}
