#include "outputs/text_target.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace loadrun::outputs {
namespace {

constexpr std::size_t kCompressedBlock = 256 << 10;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for a gzip header
constexpr int kMemoryLevel = 8;
constexpr mode_t kMode = 0666;

/// All of `bytes`; 0 or errno.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Others print there too, line by line: not into the middle of a block.
int write_to_stdout(std::string_view bytes) {
  flockfile(stdout);
  std::fflush(stdout);
  const int error = write_all(STDOUT_FILENO, bytes);
  funlockfile(stdout);
  return error;
}

}  // namespace

TextTarget::TextTarget(std::string path)
    : is_stdout_(path == "-"), path_(std::move(path)), name_(is_stdout_ ? "stdout" : path_) {}

TextTarget::~TextTarget() {
  if (gzip_ != nullptr) deflateEnd(gzip_.get());
}

Result<void> TextTarget::open() {
  if (is_stdout_) return {};
  fd_.reset(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (fd_.get() < 0) return failure("open", errno);
  if (!name_.ends_with(".gz")) return {};
  gzip_ = std::make_unique<z_stream>();
  const int made = deflateInit2(gzip_.get(), Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                                Z_DEFAULT_STRATEGY);
  LOADRUN_CHECK(made == Z_OK);
  return {};
}

Result<void> TextTarget::write(std::string_view text) {
  return gzip_ != nullptr ? compress(text, Z_SYNC_FLUSH) : write_bytes(text);
}

Result<void> TextTarget::close() {
  if (is_stdout_) return {};
  if (gzip_ != nullptr) {
    if (Result<void> ended = compress({}, Z_FINISH); !ended.ok()) return ended;
  }
  if (::close(fd_.release()) != 0) return failure("close", errno);
  return {};
}

Result<void> TextTarget::write_bytes(std::string_view bytes) {
  const int error = is_stdout_ ? write_to_stdout(bytes) : write_all(fd_.get(), bytes);
  if (error != 0) return failure("write to", error);
  return {};
}

Result<void> TextTarget::compress(std::string_view text, int flush) {
  compressed_.resize(kCompressedBlock);
  gzip_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  gzip_->avail_in = static_cast<uInt>(text.size());
  do {
    gzip_->next_out = reinterpret_cast<Bytef*>(compressed_.data());
    gzip_->avail_out = static_cast<uInt>(compressed_.size());
    deflate(gzip_.get(), flush);
    const std::string_view ready(compressed_.data(), compressed_.size() - gzip_->avail_out);
    if (Result<void> written = write_bytes(ready); !written.ok()) return written;
  } while (gzip_->avail_out == 0);
  return {};
}

Error TextTarget::failure(const char* what, int error) const {
  return {ExitCode::kOutputFailed,
          fmt::format("cannot {} {}: {}", what, name_, std::strerror(error))};
}

}  // namespace loadrun::outputs
