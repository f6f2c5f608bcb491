#pragma once

#include <curl/curl.h>

#include <memory>

namespace loadrun::net {

// Not lambdas as the conventions have it: g++ 12 gives a lambda in a header no linkage and then
// warns about every class that has such a member.
template <auto release>
struct CurlDeleter {
  template <typename T>
  void operator()(T* handle) const {
    release(handle);
  }
};

using CurlEasy = std::unique_ptr<CURL, CurlDeleter<curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, CurlDeleter<curl_multi_cleanup>>;
using CurlShare = std::unique_ptr<CURLSH, CurlDeleter<curl_share_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter<curl_slist_free_all>>;
using CurlUrl = std::unique_ptr<CURLU, CurlDeleter<curl_url_cleanup>>;
using CurlString = std::unique_ptr<char, CurlDeleter<curl_free>>;

}  // namespace loadrun::net
