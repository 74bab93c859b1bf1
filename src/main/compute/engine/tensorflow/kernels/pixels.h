// The passes of squeeze and excitation over the pixels of x [B, pixels, C], and Adam's over a weight.
#pragma once
#include <cmath>
#include "lanes.h"

namespace galaxy_desk {
namespace {

// Per image and channel the sum of term(offset, count); a part is one image and up to this many of its channels.
constexpr int64_t kChannelsAtOnce = 256;

template <class Term>
void sumPixels(int64_t B, int64_t pixels, int64_t C, float factor, float* out, Term term) {
  const int64_t groups = (C + kChannelsAtOnce - 1) / kChannelsAtOnce;
  Threads::shared().run(B * groups, [&](int64_t part) {
    const int64_t image = part / groups;
    const int64_t start = (part % groups) * kChannelsAtOnce;
    const int64_t width = std::min(C - start, kChannelsAtOnce);
    float sums[kChannelsAtOnce] = {};
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      const int64_t offset = (image * pixels + pixel) * C + start;
      overLanes(width, [&](int64_t at, auto count) { store(sums + at, load(sums + at, count) + term(offset + at, count), count); });
    }
    overLanes(width, [&](int64_t at, auto count) { store(out + image * C + start + at, load(sums + at, count) * factor, count); });
  });
}

void meanPixels(const float* x, int64_t B, int64_t pixels, int64_t C, float* mean) {
  sumPixels(B, pixels, C, 1.0f / pixels, mean, [=](int64_t at, auto count) { return load(x + at, count); });
}

void dotPixels(const float* x, const float* y, int64_t B, int64_t pixels, int64_t C, float* dot) {
  sumPixels(B, pixels, C, 1.0f, dot, [=](int64_t at, auto count) { return load(x + at, count) * load(y + at, count); });
}

void scalePixels(const float* x, const float* scale, const float* shift, int64_t B, int64_t pixels, int64_t C, float* y) {
  const int64_t all = B * pixels;
  overParts(partsOf(all * C, all), all, [&](int64_t, int64_t from, int64_t to) {
    for (int64_t pixel = from; pixel < to; pixel++) {
      const float* const by = scale + pixel / pixels * C;
      const float* const plus = shift == nullptr ? nullptr : shift + pixel / pixels * C;
      overLanes(C, [&](int64_t at, auto count) {
        const Lanes scaled = load(x + pixel * C + at, count) * load(by + at, count);
        store(y + pixel * C + at, plus == nullptr ? scaled : scaled + load(plus + at, count), count);
      });
    }
  });
}

struct AdamNumbers {
  float stepSize, beta1, beta2, inverseRootCorrection, epsilon;
};

void adam(const float* value, const float* first, const float* second, const float* gradient, int64_t size, const AdamNumbers& n,
          float* newValue, float* newFirst, float* newSecond) {
  overParts(partsOf(size, size), size, [&](int64_t, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i++) {
      const float g = gradient[i];
      const float m = n.beta1 * first[i] + (1.0f - n.beta1) * g;
      const float v = n.beta2 * second[i] + (1.0f - n.beta2) * g * g;
      newFirst[i] = m;
      newSecond[i] = v;
      newValue[i] = value[i] - n.stepSize * m / (std::sqrt(v) * n.inverseRootCorrection + n.epsilon);
    }
  });
}

}  // namespace
}  // namespace galaxy_desk
