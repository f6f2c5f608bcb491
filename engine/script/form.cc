#include "script/form.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/random.h"

namespace loadrun::script {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
}

std::string urlencoded(const FormFields& fields) {
  std::string body;
  for (const FormField& field : fields) {
    if (!body.empty()) body += '&';
    append_escaped(body, field.name);
    body += '=';
    append_escaped(body, field.value);
  }
  return body;
}

/// For a quoted parameter of Content-Disposition: line ends, too, must not leave the quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// A header's value on one line.
std::string one_line(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

std::string part_head(const FormField& field) {
  std::string head = "Content-Disposition: form-data; name=" + quoted(field.name);
  if (field.file) {
    head += "; filename=" + quoted(field.file->filename);
    head += "\r\nContent-Type: " + one_line(field.file->content_type);
  }
  return head + "\r\n\r\n";
}

/// The body's text up to each streamed file goes into `streamed`; what is left is returned.
std::string multipart(const FormFields& fields, const std::string& boundary,
                      net::StreamedBody& streamed) {
  std::string text;
  for (const FormField& field : fields) {
    text += "--" + boundary + "\r\n" + part_head(field);
    if (field.stream) {
      streamed.add(std::exchange(text, {}));
      streamed.add(field.stream);
    }
    text += field.value;
    text += "\r\n";
  }
  return text + "--" + boundary + "--\r\n";
}

}  // namespace

std::string encode_form(const FormFields& fields, const std::string& boundary,
                        net::HttpRequest& request) {
  const bool has_file = std::any_of(fields.begin(), fields.end(),
                                    [](const FormField& field) { return field.file.has_value(); });
  if (!has_file) {
    request.body = urlencoded(fields);
    return "application/x-www-form-urlencoded";
  }
  auto streamed = std::make_shared<net::StreamedBody>();
  std::string rest = multipart(fields, boundary, *streamed);
  if (streamed->size() == 0) {
    request.body = std::move(rest);
  } else {
    streamed->add(std::move(rest));
    request.streamed_body = std::move(streamed);
  }
  return "multipart/form-data; boundary=" + boundary;
}

std::string boundary_of(std::uint64_t key) {
  CounterRandom random(key);
  std::string boundary;
  for (int i = 0; i < 4; ++i) boundary += fmt::format("{:015x}", random.next() >> 4);
  return boundary;
}

}  // namespace loadrun::script
