#include "net/upload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace loadrun::net {
namespace {

Error cannot_read(const std::string& path, std::string_view reason) {
  return {ExitCode::kScriptException, fmt::format("cannot read {}: {}", path, reason)};
}

}  // namespace

Result<std::shared_ptr<const UploadFile>> UploadFile::open(const std::string& path) {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0) {
    return cannot_read(path, std::strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) return cannot_read(path, "it is a folder");
  if (!S_ISREG(info.st_mode)) return cannot_read(path, "it is not a regular file");
  return std::make_shared<const UploadFile>(path, std::move(fd),
                                            static_cast<std::uint64_t>(info.st_size));
}

UploadFile::UploadFile(std::string path, UniqueFd fd, std::uint64_t size)
    : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

Result<std::size_t> UploadFile::read(std::uint64_t offset, char* buffer, std::size_t length) const {
  const ssize_t got = ::pread(fd_.get(), buffer, length, static_cast<off_t>(offset));
  if (got > 0) return static_cast<std::size_t>(got);
  if (got < 0) return cannot_read(path_, std::strerror(errno));
  return cannot_read(path_, fmt::format("it has shrunk: {} bytes of the {} it had when the test "
                                        "opened it were sent",
                                        offset, size_));
}

void StreamedBody::add(std::string text) {
  const std::uint64_t length = text.size();
  pieces_.push_back({size_, length, std::move(text), nullptr});
  size_ += length;
}

void StreamedBody::add(std::shared_ptr<const UploadFile> file) {
  const std::uint64_t length = file->size();
  pieces_.push_back({size_, length, {}, std::move(file)});
  size_ += length;
}

Result<std::size_t> StreamedBody::read(std::uint64_t offset, char* buffer,
                                       std::size_t length) const {
  const auto piece = std::find_if(pieces_.begin(), pieces_.end(), [offset](const Piece& candidate) {
    return offset < candidate.begin + candidate.size;
  });
  if (piece == pieces_.end()) return std::size_t{0};
  const std::uint64_t within = offset - piece->begin;
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(length, piece->size - within));
  if (piece->file) return piece->file->read(within, buffer, wanted);
  std::memcpy(buffer, piece->text.data() + within, wanted);
  return wanted;
}

}  // namespace loadrun::net
