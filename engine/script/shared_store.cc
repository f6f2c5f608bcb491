#include "script/shared_store.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace loadrun::script {
namespace {

Error opened_too_late(const std::string& path) {
  return {ExitCode::kScriptException,
          fmt::format("open(\"{}\"): only files that the first init (VU 0) opened can be opened by "
                      "other VUs",
                      path)};
}

}  // namespace

void SharedArrayData::append(std::string_view json) {
  text_.append(json);
  ends_.push_back(text_.size());
}

void SharedArrayData::seal() { text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING); }

std::string_view SharedArrayData::element(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::string_view(text_).substr(begin, ends_[i] - begin);
}

std::shared_ptr<const SharedArrayData> SharedStore::find_array(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto found = arrays_.find(name);
  return found == arrays_.end() ? nullptr : found->second;
}

std::shared_ptr<const SharedArrayData> SharedStore::add_array(std::string_view name,
                                                              SharedArrayData data) {
  data.seal();
  auto shared = std::make_shared<const SharedArrayData>(std::move(data));
  const std::scoped_lock lock(mutex_);
  return arrays_.try_emplace(std::string(name), std::move(shared)).first->second;
}

Result<std::shared_ptr<const std::string>> SharedStore::open_file(const std::string& path,
                                                                  bool first_init) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = files_.find(path); found != files_.end()) return found->second;
  if (!first_init) return opened_too_late(path);
  Result<std::string> content = read_file(path);
  if (!content.ok()) return content.error();
  auto shared = std::make_shared<const std::string>(std::move(content).value());
  return files_.emplace(path, std::move(shared)).first->second;
}

Result<std::shared_ptr<const net::UploadFile>> SharedStore::open_upload(const std::string& path,
                                                                        bool first_init) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = uploads_.find(path); found != uploads_.end()) return found->second;
  if (!first_init) return opened_too_late(path);
  auto file = net::UploadFile::open(path);
  if (file.ok()) uploads_.emplace(path, file.value());
  return file;
}

Result<std::string> read_file(const std::string& path) {
  struct stat info {};
  std::ifstream file(path, std::ios::binary);
  if (!file || ::stat(path.c_str(), &info) != 0) {
    return Error{ExitCode::kScriptException,
                 fmt::format("cannot read {}: {}", path, std::strerror(errno))};
  }
  if (S_ISDIR(info.st_mode)) {
    return Error{ExitCode::kScriptException, fmt::format("cannot read {}: it is a folder", path)};
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace loadrun::script
