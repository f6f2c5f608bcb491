#include "outputs/csv_output.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "outputs/csv_settings.h"
#include "outputs/text_target.h"
#include "outputs/write_lines.h"

namespace loadrun::outputs {
namespace {

/// The enabled system tags that are tags: `vu` and `iter` are metadata.
std::vector<std::string> columns_of(const plan::Plan& plan) {
  std::vector<std::string> columns = plan.system_tags;
  std::erase_if(columns, [](const std::string& tag) { return tag == "vu" || tag == "iter"; });
  return columns;
}

class CsvOutput final : public Output {
 public:
  explicit CsvOutput(CsvSettings settings)
      : target_(std::move(settings.file_name)), time_format_(settings.time_format) {}

  std::string description() const override { return "csv (" + target_.name() + ")"; }
  bool wants_samples() const override { return true; }

  Result<void> start(const RunInfo& run) override {
    rows_.emplace(columns_of(run.plan), time_format_, run.series);
    if (Result<void> opened = target_.open(); !opened.ok()) return opened;
    return target_.write(rows_->header());
  }

  Result<void> write(const Batch& batch) override {
    return write_lines(target_, batch, *rows_, text_);
  }

  Result<void> finish(const report::SummaryInput&) override { return target_.close(); }

 private:
  TextTarget target_;
  const CsvTimeFormat time_format_;
  std::optional<CsvRows> rows_;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<Output>> make_csv_output(std::string_view argument,
                                                const Environment& environment) {
  auto settings = read_csv_settings(argument, environment);
  if (!settings.ok()) return settings.error();
  return std::unique_ptr<Output>(std::make_unique<CsvOutput>(std::move(settings).value()));
}

}  // namespace loadrun::outputs
