#pragma once

#include "base/result.h"
#include "net/tls_settings.h"
#include "plan/tls.h"

namespace loadrun::run {

/// `tls` in the terms of connections. The authorities are those of the file that SSL_CERT_FILE
/// names, as in Go; without it the system's.
net::TlsSettings tls_settings(const plan::Tls& tls);

/// Looks at the files that the environment names, before anything is sent. A SSLKEYLOGFILE that
/// cannot be written is a failure, as in k6; otherwise a warning says that keys are logged. A
/// SSL_CERT_FILE that cannot be read is a warning, because plain requests need none.
Result<void> check_tls_files();

}  // namespace loadrun::run
