#include "report/print.h"

#include <cstdio>

namespace loadrun::report {

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace loadrun::report
