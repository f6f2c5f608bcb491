#pragma once

namespace loadrun::outputs {

/// Makes the tables of an empty result file, described in docs/result-file.md. Its user_version is
/// the version of the schema, its application_id the letters "load".
extern const char* const kResultSchema;

}  // namespace loadrun::outputs
