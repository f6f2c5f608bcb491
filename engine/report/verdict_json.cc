#include "report/verdict_json.h"

namespace loadrun::report {
namespace {

Json reason_object(const metrics::VerdictReason& reason) {
  Json object{{"rule", reason.rule},
              {"state", metrics::name_of(reason.validity)},
              {"text", reason.text},
              {"advice", reason.advice}};
  if (reason.worker) object["worker"] = *reason.worker;
  object["from_s"] = reason.first_second;
  object["to_s"] = reason.last_second + 1;
  return object;
}

}  // namespace

Json verdict_object(const SummaryInput& input) {
  Json object{{"passed", input.end.code == ExitCode::kOk},
              {"exit_code", static_cast<int>(input.end.code)},
              {"reason", input.end.reason},
              {"state", metrics::name_of(input.verdict.validity)},
              {"reasons", Json::array()}};
  for (const metrics::VerdictReason& reason : input.verdict.reasons) {
    object["reasons"].push_back(reason_object(reason));
  }
  return object;
}

void add_verdict(Json& document, const SummaryInput& input) {
  document["loadrun"]["verdict"] = verdict_object(input);
}

}  // namespace loadrun::report
