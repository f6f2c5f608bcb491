#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "metrics/errors.h"

namespace loadrun::report {

/// The entries of an ErrorTable, which they belong to: the most frequent first, then the earliest.
template <typename Table>
auto by_count(const Table& table) {
  std::vector<const typename Table::Entries::value_type*> list;
  for (const auto& entry : table.entries()) list.push_back(&entry);
  std::ranges::sort(list, [](const auto* a, const auto* b) {
    if (a->second.count != b->second.count) return a->second.count > b->second.count;
    return a->second.first < b->second.first;
  });
  return list;
}

/// "script.lua:12: no stock", on one line.
std::string text_of(const metrics::RaisedError& kind);
/// "VU 3, iteration 0, scenario default"
std::string text_of(const metrics::RaisedExample& example);

/// "status 503", or the error code when there was no response: "error 1212".
std::string text_of(const metrics::RequestError& kind);
/// "GET http://127.0.0.1/: connection refused", on one line.
std::string text_of(const metrics::RequestExample& example);

}  // namespace loadrun::report
