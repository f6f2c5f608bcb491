#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_types.h"

namespace loadrun::net {

/// `name` as Go's net/http spells it: "x-user-id" becomes "X-User-Id". Names with characters that
/// no header name may have stay as they are.
std::string canonical_header_name(std::string_view name);

/// The status line and headers of one response, collected line by line as they arrive. A new status
/// line (after an interim 1xx response) starts over; trailers are ignored.
class ResponseHead {
 public:
  void clear();
  /// One line as received, with its line end. The empty line ends the head.
  void add_line(std::string_view line);

  /// The empty line has come.
  bool complete() const { return complete_; }
  int status() const { return status_; }
  /// "200 OK". HTTP/2 sends no reason; Go's is used.
  const std::string& status_text() const { return status_text_; }
  /// "HTTP/1.1", "HTTP/2.0".
  const std::string& proto() const { return proto_; }
  /// The value of Content-Length, if there is a well-formed one.
  std::optional<std::uint64_t> content_length() const { return content_length_; }
  /// The first value of `canonical_name`, "" when absent. Valid until the next change.
  std::string_view find(std::string_view canonical_name) const;
  const std::vector<Header>& headers() const { return headers_; }
  std::vector<Header> take_headers() { return std::move(headers_); }

 private:
  void start(std::string_view status_line);
  void add_header(std::string_view line);

  int status_ = 0;
  bool complete_ = false;
  std::string status_text_;
  std::string proto_;
  std::optional<std::uint64_t> content_length_;
  std::vector<Header> headers_;
};

}  // namespace loadrun::net
