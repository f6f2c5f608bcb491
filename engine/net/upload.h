#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace loadrun::net {

/// A file that requests send without ever holding it in memory. It is opened once, and its size is
/// that of then: what is sent does not depend on its name still existing. Thread-safe.
class UploadFile {
 public:
  /// Fails (kScriptException) naming the path when it is no readable regular file.
  static Result<std::shared_ptr<const UploadFile>> open(const std::string& path);

  UploadFile(std::string path, UniqueFd fd, std::uint64_t size);

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  /// Reads 1 to `length` bytes at `offset` into `buffer`; returns how many. Fails when the file has
  /// become shorter or cannot be read. REQUIRES: offset + length <= size().
  Result<std::size_t> read(std::uint64_t offset, char* buffer, std::size_t length) const;

 private:
  std::string path_;
  UniqueFd fd_;
  std::uint64_t size_;
};

/// A request's body that contains files: texts and files, sent one after the other. Immutable once
/// it is a request's.
class StreamedBody {
 public:
  void add(std::string text);
  void add(std::shared_ptr<const UploadFile> file);

  std::uint64_t size() const { return size_; }
  /// Reads up to `length` bytes at `offset` into `buffer`; returns how many, 0 at the end. Fails as
  /// UploadFile::read does.
  Result<std::size_t> read(std::uint64_t offset, char* buffer, std::size_t length) const;

 private:
  struct Piece {
    std::uint64_t begin, size;
    std::string text;
    std::shared_ptr<const UploadFile> file;  ///< Null: the piece is `text`.
  };

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

}  // namespace loadrun::net
