#include "run/system_tags.h"

#include <algorithm>

namespace loadrun::run {

SystemTags::SystemTags(const plan::Plan& plan) {
  const auto on = [&plan](std::string_view tag) {
    return std::find(plan.system_tags.begin(), plan.system_tags.end(), tag) !=
           plan.system_tags.end();
  };
  proto = on("proto");
  status = on("status");
  method = on("method");
  url = on("url");
  name = on("name");
  group = on("group");
  check = on("check");
  error = on("error");
  error_code = on("error_code");
  tls_version = on("tls_version");
  scenario = on("scenario");
  expected_response = on("expected_response");
  ocsp_status = on("ocsp_status");
  vu = on("vu");
  iter = on("iter");
}

}  // namespace loadrun::run
