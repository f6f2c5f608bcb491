#include "report/error_list.h"

#include <fmt/format.h>

#include "report/short_text.h"

namespace loadrun::report {
namespace {

// What k6 adds to a status from 400 on to make an error code of it.
constexpr int kStatusCodes = 1000;

}  // namespace

std::string text_of(const metrics::RaisedError& kind) {
  const std::string place = kind.file.empty() ? "" : fmt::format("{}:{}: ", kind.file, kind.line);
  return on_one_line(place + kind.message);
}

std::string text_of(const metrics::RaisedExample& example) {
  return on_one_line(fmt::format("VU {}, iteration {}, scenario {}", example.vu, example.iteration,
                                 example.scenario));
}

std::string text_of(const metrics::RequestError& kind) {
  if (kind.status == 0) return fmt::format("error {}", kind.code);
  const bool says_more = kind.code != 0 && kind.code != kStatusCodes + kind.status;
  return fmt::format("status {}{}", kind.status,
                     says_more ? fmt::format(", error {}", kind.code) : "");
}

std::string text_of(const metrics::RequestExample& example) {
  const std::string error = example.error.empty() ? "" : ": " + example.error;
  return on_one_line(fmt::format("{} {}{}", example.method, example.name, error));
}

}  // namespace loadrun::report
