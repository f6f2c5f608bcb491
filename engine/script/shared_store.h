#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/upload.h"

namespace loadrun::script {

/// The elements of a SharedArray as JSON texts in one block. Immutable once shared.
class SharedArrayData {
 public:
  void append(std::string_view json);
  /// Readable bytes follow the last element, as the JSON parser needs.
  void seal();

  std::size_t size() const { return ends_.size(); }
  /// REQUIRES: i < size().
  std::string_view element(std::size_t i) const;

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

/// What all workers of the process read together: SharedArrays and the contents of opened files.
/// Thread-safe. Filled by the first init (VU 0), which runs before any other VU exists.
class SharedStore {
 public:
  /// Null when there is none of that name.
  std::shared_ptr<const SharedArrayData> find_array(std::string_view name) const;
  /// Keeps the first array of a name and returns it.
  std::shared_ptr<const SharedArrayData> add_array(std::string_view name, SharedArrayData data);

  /// The content of the file. Fails (kScriptException) when it cannot be read, or when it was not
  /// opened in the first init and `first_init` is false (k6's rule: what a test reads is known
  /// before it starts).
  Result<std::shared_ptr<const std::string>> open_file(const std::string& path, bool first_init);
  /// The same for a file that is to be uploaded without being read into memory.
  Result<std::shared_ptr<const net::UploadFile>> open_upload(const std::string& path,
                                                             bool first_init);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const SharedArrayData>, std::less<>> arrays_;
  std::map<std::string, std::shared_ptr<const std::string>> files_;
  std::map<std::string, std::shared_ptr<const net::UploadFile>> uploads_;
};

/// Reads a whole file; fails (kScriptException) naming the path and the system's reason.
Result<std::string> read_file(const std::string& path);

}  // namespace loadrun::script
