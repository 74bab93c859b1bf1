// A register of floats at a time, in the vector notation of GCC: sixteen with AVX-512, eight with AVX2.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>
#include "threads.h"

namespace galaxy_desk {
namespace {

// Sixteen as two registers of AVX2 take three times as long: GCC then compares number by number.
#ifdef __AVX512F__
constexpr int64_t kLanes = 16;
#else
constexpr int64_t kLanes = 8;
#endif
typedef float Lanes __attribute__((vector_size(4 * kLanes)));
typedef int32_t IntLanes __attribute__((vector_size(4 * kLanes)));

inline __attribute__((always_inline)) Lanes load(const float* from, int64_t count = kLanes) {
  Lanes value = {};
  if (count == kLanes) std::memcpy(&value, from, sizeof value);
  else std::memcpy(&value, from, 4 * count);
  return value;
}

inline __attribute__((always_inline)) void store(float* to, Lanes value, int64_t count = kLanes) {
  if (count == kLanes) std::memcpy(to, &value, sizeof value);
  else std::memcpy(to, &value, 4 * count);
}

// body(at, count) for all of 0..size, kLanes at a time, and the rest. kLanes is a constant by its type: as a plain number it was lost in
// the longer bodies, and each load became a loop (the gradient of a depthwise kernel took twice the time).
template <class Body>
inline __attribute__((always_inline)) void overLanes(int64_t size, Body body) {
  int64_t at = 0;
  for (; at + kLanes <= size; at += kLanes) body(at, std::integral_constant<int64_t, kLanes>());
  if (at < size) body(at, size - at);
}

inline __attribute__((always_inline)) Lanes clamp(Lanes x, float low, float high) {
  Lanes lows = low - Lanes{}, highs = high - Lanes{};
  x = x < lows ? lows : x;
  return x > highs ? highs : x;
}

// exp(x), relative error below 2e-7: 2^n times a polynomial on |r| <= ln 2 / 2 (coefficients of Cephes' expf). Clamped to finite results; NaN
// stays NaN.
inline __attribute__((always_inline)) Lanes exponential(Lanes x) {
  x = clamp(x, -87.0f, 88.0f);
  // Adding and taking away 1.5 * 2^23 rounds to a whole number, which then also stands in the low bits.
  const Lanes shifted = x * 1.44269504f + 12582912.0f;
  const Lanes n = shifted - 12582912.0f;
  const Lanes r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  IntLanes bits, exponent;
  std::memcpy(&bits, &p, sizeof bits);
  std::memcpy(&exponent, &shifted, sizeof exponent);
  bits += exponent << 23;
  std::memcpy(&p, &bits, sizeof p);
  return p;
}

inline __attribute__((always_inline)) Lanes sigmoid(Lanes x) { return 1.0f / (1.0f + exponential(-x)); }

// Parts of about this many numbers each, at most kMostParts: a function of the shape alone, as the order of every sum is.
constexpr int64_t kPartSize = 1 << 16;
constexpr int64_t kMostParts = 64;

inline int64_t partsOf(int64_t numbers, int64_t atMost) {
  return std::max<int64_t>(1, std::min({numbers / kPartSize, atMost, kMostParts}));
}

// Calls body(part, from, to) for consecutive ranges of 0..count.
template <class Body>
void overParts(int64_t parts, int64_t count, Body body) {
  Threads::shared().run(parts, [&](int64_t part) { body(part, count * part / parts, count * (part + 1) / parts); });
}

}  // namespace
}  // namespace galaxy_desk
