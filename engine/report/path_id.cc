#include "report/path_id.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace loadrun::report {

std::string path_id(std::string_view path) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(path.data(), path.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
    return {};
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace loadrun::report
