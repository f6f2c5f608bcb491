#include "net/body_decoder.h"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <ranges>
#include <span>
#include <variant>

#include "base/check.h"

namespace loadrun::net {
namespace {

constexpr std::size_t kBuffer = 16 * 1024;
// More is an attack on the stack rather than a response.
constexpr std::size_t kMostCodings = 8;

/// What a decoder made of some input: the bytes it wrote, or what is wrong.
struct Step {
  std::size_t produced = 0;
  std::string problem = {};
};

// Each decoder takes what it can from the front of `input` and fills `out`: every step does some of
// either, until there is no input left.

class ZlibDecoder {
 public:
  explicit ZlibDecoder(bool gzip) : gzip_(gzip) {
    LOADRUN_CHECK(inflateInit2(&stream_, gzip ? kMaxWindowBits + kGzipFormat : kMaxWindowBits) ==
                  Z_OK);
  }
  ZlibDecoder(const ZlibDecoder&) = delete;
  ZlibDecoder& operator=(const ZlibDecoder&) = delete;
  ~ZlibDecoder() { inflateEnd(&stream_); }

  bool complete() const { return complete_; }

  Step step(std::string_view& input, std::span<char> out) {
    if (complete_ && !next_member(input)) return {};
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input.remove_prefix(input.size() - stream_.avail_in);
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) return {0, problem()};
    complete_ = result == Z_STREAM_END;
    return {out.size() - stream_.avail_out};
  }

 private:
  static constexpr int kMaxWindowBits = 15;
  static constexpr int kGzipFormat = 16;  // added to the window's bits

  /// gzip files may follow one another (RFC 1952 2.2); what follows a zlib stream is ignored.
  bool next_member(std::string_view& input) {
    if (!gzip_) input = {};
    if (input.empty()) return false;
    inflateReset(&stream_);
    complete_ = false;
    return true;
  }

  /// In Go's words, which k6 shows, where there are some.
  std::string problem() const {
    const std::string_view reason = stream_.msg == nullptr ? "invalid dictionary" : stream_.msg;
    const std::string_view format = gzip_ ? "gzip" : "zlib";
    if (reason == "incorrect header check") return fmt::format("{}: invalid header", format);
    if (reason == "incorrect data check") return fmt::format("{}: invalid checksum", format);
    return fmt::format("{}: {}", format, reason);
  }

  bool gzip_;
  bool complete_ = false;
  z_stream stream_{};
};

class BrotliDecoder {
 public:
  bool complete() const { return BrotliDecoderIsFinished(state_.get()) == BROTLI_TRUE; }

  Step step(std::string_view& input, std::span<char> out) {
    if (complete()) input = {};
    std::size_t left = input.size();
    std::size_t space = out.size();
    const auto* in = reinterpret_cast<const std::uint8_t*>(input.data());
    auto* to = reinterpret_cast<std::uint8_t*>(out.data());
    const auto result =
        BrotliDecoderDecompressStream(state_.get(), &left, &in, &space, &to, nullptr);
    input.remove_prefix(input.size() - left);
    if (result != BROTLI_DECODER_RESULT_ERROR) return {out.size() - space};
    const auto code = BrotliDecoderGetErrorCode(state_.get());
    return {0, fmt::format("brotli: {}", BrotliDecoderErrorString(code))};
  }

 private:
  struct Free {
    void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
  };

  std::unique_ptr<BrotliDecoderState, Free> state_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
};

class ZstdDecoder {
 public:
  ZstdDecoder() {
    constexpr int kWindowBits = 23;
    ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, kWindowBits);
  }

  bool complete() const { return complete_; }

  Step step(std::string_view& input, std::span<char> out) {
    if (complete_ && input.empty()) return {};
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t result = ZSTD_decompressStream(state_.get(), &to, &in);
    input.remove_prefix(in.pos);
    if (ZSTD_isError(result) != 0) return {0, fmt::format("zstd: {}", ZSTD_getErrorName(result))};
    complete_ = result == 0;
    return {to.pos};
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
  };

  bool complete_ = false;  // at the end of a frame; more may follow
  std::unique_ptr<ZSTD_DCtx, Free> state_{ZSTD_createDCtx()};
};

}  // namespace

struct BodyDecoder::Stage {
  explicit Stage(Coding coding) {
    if (coding == Coding::kGzip) decoder.emplace<ZlibDecoder>(true);
    if (coding == Coding::kDeflate) decoder.emplace<ZlibDecoder>(false);
    if (coding == Coding::kBrotli) decoder.emplace<BrotliDecoder>();
    if (coding == Coding::kZstd) decoder.emplace<ZstdDecoder>();
  }

  Step step(std::string_view& input, std::span<char> out) {
    return std::visit([&](auto& any) { return any.step(input, out); }, decoder);
  }
  bool complete() const {
    return std::visit([](const auto& any) { return any.complete(); }, decoder);
  }

  std::variant<BrotliDecoder, ZstdDecoder, ZlibDecoder> decoder;
  std::uint64_t produced = 0;
};

BodyDecoder::BodyDecoder(const std::vector<Coding>& codings, std::uint64_t limit) : limit_(limit) {
  for (const Coding coding : std::views::reverse(codings)) {
    stages_.push_back(std::make_unique<Stage>(coding));
  }
}

BodyDecoder::~BodyDecoder() = default;

std::string BodyDecoder::write(std::string_view piece, std::string& out) {
  if (stages_.size() > kMostCodings) return "too many content codings";
  return run(0, piece, out);
}

std::string BodyDecoder::run(std::size_t stage, std::string_view input, std::string& out) {
  if (stage == stages_.size()) {
    out.append(input);
    return {};
  }
  std::array<char, kBuffer> buffer;
  Stage& decoder = *stages_[stage];
  while (true) {
    Step step = decoder.step(input, buffer);
    if (!step.problem.empty()) return std::move(step.problem);
    if (step.produced == 0 && input.empty()) return {};
    decoder.produced += step.produced;
    if (decoder.produced > limit_) {
      return fmt::format("more than {} bytes, the option maxDecompressedBody", limit_);
    }
    std::string problem = run(stage + 1, {buffer.data(), step.produced}, out);
    if (!problem.empty()) return problem;
  }
}

std::string BodyDecoder::finish() const {
  for (const auto& stage : stages_) {
    if (!stage->complete()) return "unexpected EOF";
  }
  return {};
}

}  // namespace loadrun::net
