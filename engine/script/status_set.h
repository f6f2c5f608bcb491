#pragma once

#include <vector>

#include "script/lua_support.h"

namespace loadrun::script {

class Runtime;

/// The HTTP statuses that a script expects: ranges, both ends included.
struct StatusSet {
  struct Range {
    int first;
    int last;
    bool operator==(const Range&) const = default;
  };

  bool contains(int status) const;
  bool operator==(const StatusSet&) const = default;

  std::vector<Range> ranges;
};

/// k6's default: 200 to 399.
const StatusSet& default_expected_statuses();

/// The set of `http.expectedStatuses` at `index`; nullptr for another value.
const StatusSet* status_set_at(lua_State* L, int index);

/// Whether the value at `index` says that responses are not to be judged: null or false.
bool is_no_callback(lua_State* L, int index);

/// Adds expected_statuses(...) and set_response_callback(set) to the table on top of the stack.
void add_status_set_bindings(lua_State* L, Runtime& runtime);

}  // namespace loadrun::script
