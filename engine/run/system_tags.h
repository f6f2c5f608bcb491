#pragma once

#include "plan/plan.h"

namespace loadrun::run {

/// Which of k6's system tags are on, resolved once from their names.
struct SystemTags {
  bool proto = false, status = false, method = false, url = false, name = false, group = false,
       check = false, error = false, error_code = false, tls_version = false, scenario = false,
       expected_response = false, ocsp_status = false, vu = false, iter = false;

  explicit SystemTags(const plan::Plan& plan);
};

}  // namespace loadrun::run
