#include "report/output_losses.h"

#include <fmt/format.h>

namespace loadrun::report {

std::string output_loss_lines(const SummaryInput& input, std::size_t indent) {
  std::string text;
  for (const OutputLoss& loss : input.output_losses) {
    text += fmt::format("{:{}}output {}: {} samples lost: {}\n", "", indent, loss.output,
                        loss.samples, loss.reason);
  }
  return text;
}

}  // namespace loadrun::report
