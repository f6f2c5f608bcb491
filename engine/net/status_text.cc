#include "net/status_text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace loadrun::net {
namespace {

using Entry = std::pair<int, std::string_view>;

constexpr std::array kReasons = {
    Entry{100, "Continue"},
    Entry{101, "Switching Protocols"},
    Entry{102, "Processing"},
    Entry{103, "Early Hints"},
    Entry{200, "OK"},
    Entry{201, "Created"},
    Entry{202, "Accepted"},
    Entry{203, "Non-Authoritative Information"},
    Entry{204, "No Content"},
    Entry{205, "Reset Content"},
    Entry{206, "Partial Content"},
    Entry{207, "Multi-Status"},
    Entry{208, "Already Reported"},
    Entry{226, "IM Used"},
    Entry{300, "Multiple Choices"},
    Entry{301, "Moved Permanently"},
    Entry{302, "Found"},
    Entry{303, "See Other"},
    Entry{304, "Not Modified"},
    Entry{305, "Use Proxy"},
    Entry{307, "Temporary Redirect"},
    Entry{308, "Permanent Redirect"},
    Entry{400, "Bad Request"},
    Entry{401, "Unauthorized"},
    Entry{402, "Payment Required"},
    Entry{403, "Forbidden"},
    Entry{404, "Not Found"},
    Entry{405, "Method Not Allowed"},
    Entry{406, "Not Acceptable"},
    Entry{407, "Proxy Authentication Required"},
    Entry{408, "Request Timeout"},
    Entry{409, "Conflict"},
    Entry{410, "Gone"},
    Entry{411, "Length Required"},
    Entry{412, "Precondition Failed"},
    Entry{413, "Request Entity Too Large"},
    Entry{414, "Request URI Too Long"},
    Entry{415, "Unsupported Media Type"},
    Entry{416, "Requested Range Not Satisfiable"},
    Entry{417, "Expectation Failed"},
    Entry{418, "I'm a teapot"},
    Entry{421, "Misdirected Request"},
    Entry{422, "Unprocessable Entity"},
    Entry{423, "Locked"},
    Entry{424, "Failed Dependency"},
    Entry{425, "Too Early"},
    Entry{426, "Upgrade Required"},
    Entry{428, "Precondition Required"},
    Entry{429, "Too Many Requests"},
    Entry{431, "Request Header Fields Too Large"},
    Entry{451, "Unavailable For Legal Reasons"},
    Entry{500, "Internal Server Error"},
    Entry{501, "Not Implemented"},
    Entry{502, "Bad Gateway"},
    Entry{503, "Service Unavailable"},
    Entry{504, "Gateway Timeout"},
    Entry{505, "HTTP Version Not Supported"},
    Entry{506, "Variant Also Negotiates"},
    Entry{507, "Insufficient Storage"},
    Entry{508, "Loop Detected"},
    Entry{510, "Not Extended"},
    Entry{511, "Network Authentication Required"},
};

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* const entry = std::find_if(kReasons.begin(), kReasons.end(),
                                         [status](const Entry& e) { return e.first == status; });
  return entry == kReasons.end() ? std::string_view() : entry->second;
}

}  // namespace loadrun::net
