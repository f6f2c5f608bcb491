// What res:json(path) costs, the check of the body included: prints microseconds for a body of 1 KB
// and milliseconds for one of 1 MB, the medians of many.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "script/json_body.h"
#include "script/lua_support.h"

namespace {

using namespace loadrun;
using namespace loadrun::script;

/// A list of items as APIs send it, about `size` bytes, and the path to a value in the last one.
struct Sample {
  std::string body, path;
};

Sample sample(std::size_t size) {
  Sample made{R"({"status":"ok","page":1,"data":{"items":[)", {}};
  int items = 0;
  for (; made.body.size() < size; ++items) {
    made.body += fmt::format(
        R"({}{{"id":{},"name":"Item number {}","price":{}.95,"tags":["new","red"],"stock":null}})",
        items == 0 ? "" : ",", items, items, items % 100);
  }
  made.body += R"(]}})";
  made.path = fmt::format("data.items.{}.price", items - 1);
  return made;
}

/// Of one res:json(path) on a new response.
double median_seconds(const Sample& sample, int repetitions) {
  const SystemClock clock;
  const LuaState state(luaL_newstate());
  Json json(state.get());
  std::string padded = sample.body;
  padded.resize(padded.size() + kJsonPadding);
  const std::string_view body = std::string_view(padded).substr(0, sample.body.size());
  constexpr int kBatch = 16;  // reading the clock costs something too
  std::vector<double> seconds;
  for (int i = 0; i < repetitions; ++i) {
    const TimePoint begin = clock.now();
    for (int k = 0; k < kBatch; ++k) {
      bool is_json = false;
      push_first_selected_json(state.get(), json, body, sample.path, BigIntegers::kAsStrings,
                               is_json);
      if (!is_json) return -1;
      lua_settop(state.get(), 0);
    }
    seconds.push_back(to_seconds(clock.now() - begin) / kBatch);
  }
  std::nth_element(seconds.begin(), seconds.begin() + repetitions / 2, seconds.end());
  return seconds[static_cast<std::size_t>(repetitions / 2)];
}

}  // namespace

int main() {
  std::printf("%.3f us, %.3f ms\n", 1e6 * median_seconds(sample(1024), 20000),
              1e3 * median_seconds(sample(1 << 20), 50));
  return 0;
}
