#pragma once

#include <zlib.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace loadrun::outputs {

/// Where an output's text goes: a file, compressed when its name ends in ".gz", or standard output.
/// What fails (kOutputFailed) names the file and the reason.
class TextTarget {
 public:
  /// `path` as users give it; "-" is standard output.
  explicit TextTarget(std::string path);
  ~TextTarget();
  TextTarget(const TextTarget&) = delete;
  TextTarget& operator=(const TextTarget&) = delete;

  /// "results.json", or "stdout".
  const std::string& name() const { return name_; }
  bool is_stdout() const { return is_stdout_; }

  /// Makes the file, or empties it.
  Result<void> open();
  /// Writes whole lines; returns when the system has them all.
  Result<void> write(std::string_view text);
  /// Ends the file.
  Result<void> close();

 private:
  Result<void> write_bytes(std::string_view bytes);
  Result<void> compress(std::string_view text, int flush);
  Error failure(const char* what, int error) const;

  const bool is_stdout_;
  const std::string path_;
  const std::string name_;
  UniqueFd fd_{-1};
  std::unique_ptr<z_stream> gzip_;  // of a .gz, while it is open
  std::string compressed_;          // room for it
};

}  // namespace loadrun::outputs
