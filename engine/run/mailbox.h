#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace loadrun::run {

/// Holds at most one object on its way from one thread to another. Thread-safe for one writer and
/// one reader.
template <typename T>
class Mailbox {
 public:
  Mailbox() = default;
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox() { take(); }

  bool empty() const { return slot_.load(std::memory_order_acquire) == nullptr; }

  /// REQUIRES: empty().
  void put(std::unique_ptr<T> object) { slot_.store(object.release(), std::memory_order_release); }

  /// Null when there is nothing.
  std::unique_ptr<T> take() {
    return std::unique_ptr<T>(slot_.exchange(nullptr, std::memory_order_acq_rel));
  }

 private:
  std::atomic<T*> slot_{nullptr};  // owned: taken by the destructor at the latest
};

/// Messages from any thread to one reader; for commands and events, which are rare. Thread-safe.
template <typename T>
class Queue {
 public:
  void push(T message) {
    const std::scoped_lock lock(mutex_);
    messages_.push_back(std::move(message));
  }

  std::vector<T> take_all() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(messages_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<T> messages_;
};

}  // namespace loadrun::run
