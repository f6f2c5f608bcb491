#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/sink.h"
#include "metrics/totals.h"

namespace loadrun::report {

/// What was measured of the requests of one name (the tag) and method, over all their other tags.
struct RequestRow {
  std::string name;
  std::string method;        ///< "" when that tag is switched off.
  bool shares_name = false;  ///< There are other methods with this name.
  std::uint64_t count = 0;
  metrics::Rate failed;     ///< Of http_req_failed: empty when nobody judged the responses.
  metrics::Trend duration;  ///< Of http_req_duration.

  RequestRow(std::string the_name, std::string the_method)
      : name(std::move(the_name)),
        method(std::move(the_method)),
        duration(metrics::ValueKind::kTime) {}
};

/// The requests of `totals` by name and method: first those that VUs spent most time waiting for.
/// (Counts would not order them: in a test whose iterations all do the same they are equal.) None
/// when the tag `name` is switched off.
std::vector<RequestRow> request_rows(const metrics::Totals& totals);

/// The row's name, on one line, with its method where that is needed to tell it apart.
std::string label_of(const RequestRow& row);

/// The share of its requests that failed, as a percentage; "-" when nobody judged them.
std::string failed_text(const RequestRow& row);

}  // namespace loadrun::report
