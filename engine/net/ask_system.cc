#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <memory>

#include "net/resolver.h"

namespace loadrun::net {
namespace {

Failure failure_of(int code) {
  switch (code) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return {kNoSuchHost, "lookup: no such host"};
    case EAI_AGAIN:  // Go's words for an answer like SERVFAIL; glibc says the same of no answer.
      return {kDns, "lookup: server misbehaving"};
    default:
      return {kDns, std::string("lookup: ") + gai_strerror(code)};
  }
}

template <typename Socket, typename Member>
IpAddress address_of(const addrinfo& info, Member Socket::*member) {
  Socket socket;
  std::memcpy(&socket, info.ai_addr, sizeof socket);
  std::array<std::uint8_t, sizeof(Member)> bytes{};
  std::memcpy(bytes.data(), &(socket.*member), bytes.size());
  return IpAddress::from_bytes(bytes);
}

}  // namespace

Answer ask_system(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(name.c_str(), nullptr, &wanted, &list); code != 0) {
    return {{}, failure_of(code)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, freeaddrinfo);
  Answer answer;
  for (const addrinfo* info = list; info != nullptr; info = info->ai_next) {
    if (info->ai_family == AF_INET)
      answer.addresses.push_back(address_of(*info, &sockaddr_in::sin_addr));
    if (info->ai_family == AF_INET6)
      answer.addresses.push_back(address_of(*info, &sockaddr_in6::sin6_addr));
  }
  return answer;
}

}  // namespace loadrun::net
