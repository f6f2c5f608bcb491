#pragma once

#include <cstddef>
#include <string>

#include "outputs/batch.h"
#include "outputs/text_target.h"

namespace loadrun::outputs {

/// Writes every sample of `batch` to `target` as `lines` renders it (append(out, batch, sample)),
/// in large blocks. `text` is room for a block. Fails as TextTarget::write.
template <typename Lines>
Result<void> write_lines(TextTarget& target, const Batch& batch, Lines& lines, std::string& text) {
  constexpr std::size_t kBlock = 256 << 10;
  text.clear();
  for (const Batch::Sample& sample : batch.samples) {
    lines.append(text, batch, sample);
    if (text.size() < kBlock) continue;
    if (Result<void> written = target.write(text); !written.ok()) return written;
    text.clear();
  }
  return text.empty() ? Result<void>() : target.write(text);
}

}  // namespace loadrun::outputs
