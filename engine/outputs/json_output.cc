#include "outputs/json_output.h"

#include <optional>
#include <string>
#include <utility>

#include "outputs/json_lines.h"
#include "outputs/text_target.h"
#include "outputs/write_lines.h"

namespace loadrun::outputs {
namespace {

class JsonOutput final : public Output {
 public:
  explicit JsonOutput(std::string path) : target_(std::move(path)) {}

  std::string description() const override {
    return target_.is_stdout() ? "json(stdout)" : "json (" + target_.name() + ")";
  }
  bool wants_samples() const override { return true; }

  Result<void> start(const RunInfo& run) override {
    lines_.emplace(run.plan, run.series);
    return target_.open();
  }

  Result<void> write(const Batch& batch) override {
    return write_lines(target_, batch, *lines_, text_);
  }

  Result<void> finish(const report::SummaryInput&) override { return target_.close(); }

 private:
  TextTarget target_;
  std::optional<JsonLines> lines_;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<Output>> make_json_output(std::string_view argument, const Environment&) {
  return std::unique_ptr<Output>(
      std::make_unique<JsonOutput>(argument.empty() ? "-" : std::string(argument)));
}

}  // namespace loadrun::outputs
