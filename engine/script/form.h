#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_types.h"
#include "net/upload.h"
#include "script/http_file.h"

namespace loadrun::script {

/// One field of a form. A field with several values comes several times.
struct FormField {
  std::string name;
  std::string value;                              ///< Or the bytes of its file.
  std::optional<FilePart> file;                   ///< Set when the field is a file.
  std::shared_ptr<const net::UploadFile> stream;  ///< Instead of `value`, of a file.
};
using FormFields = std::vector<FormField>;

/// Encodes `fields` as the body of `request` and returns the Content-Type: urlencoded as Go's
/// url.Values does, or, when one of them is a file, multipart/form-data with `boundary`.
std::string encode_form(const FormFields& fields, const std::string& boundary,
                        net::HttpRequest& request);

/// A separator of parts that no content contains by chance: 60 hexadecimal digits, as Go's.
std::string boundary_of(std::uint64_t key);

}  // namespace loadrun::script
