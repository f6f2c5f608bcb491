#include "commands/script_source.h"

#include <iostream>
#include <iterator>

#include "script/shared_store.h"

namespace loadrun::commands {

Result<std::string> read_script(const std::string& script) {
  if (script != "-") {
    Result<std::string> source = script::read_file(script);
    if (!source.ok()) return Error{ExitCode::kGeneric, source.error().message};
    return source;
  }
  std::string source(std::istreambuf_iterator<char>(std::cin), {});
  if (source.empty()) {
    return Error{ExitCode::kGeneric, "the script read from standard input is empty"};
  }
  return source;
}

}  // namespace loadrun::commands
