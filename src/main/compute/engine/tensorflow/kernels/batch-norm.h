// Batch norm with its activation: two passes over the data forward, two backward. The activation is computed again in each of the backward
// ones, which costs less than writing and reading what it gave.
#pragma once
#include <cmath>
#include "lanes.h"

namespace galaxy_desk {
namespace {

// Few channels are repeated until a row is long enough for the vectors: x [rows, C] is also [rows / times, times C].
struct Folded {
  int64_t rows, width, times;
};

inline Folded fold(int64_t rows, int64_t C) {
  int64_t times = 1;
  while (times < 16 && 2 * times * C <= 512 && rows % (2 * times) == 0) times *= 2;
  return {rows / times, times * C, times};
}

inline std::vector<float> repeat(const float* values, int64_t C, int64_t times) {
  std::vector<float> all(static_cast<size_t>(C * times));
  for (int64_t i = 0; i < times; i++) std::copy(values, values + C, all.begin() + i * C);
  return all;
}

// Rows whose sums are taken in float32 before they are added in double precision.
constexpr int64_t kRowsAtOnce = 64;

// Two sums per channel over all rows: addRow(row, at, count, first, second) adds to two registers.
template <class AddRow>
void channelSums(const Folded& folded, int64_t C, double* first_C, double* second_C, AddRow addRow) {
  const int64_t width = folded.width;
  const int64_t parts = partsOf(folded.rows * width, folded.rows);
  std::vector<double> partial(static_cast<size_t>(parts * 2 * width), 0.0);
  overParts(parts, folded.rows, [&](int64_t part, int64_t from, int64_t to) {
    double* const first = partial.data() + 2 * width * part;
    double* const second = first + width;
    std::vector<float> sums(static_cast<size_t>(2 * width));
    for (int64_t start = from; start < to; start += kRowsAtOnce) {
      const int64_t end = std::min(start + kRowsAtOnce, to);
      std::fill(sums.begin(), sums.end(), 0.0f);
      float* const firstSum = sums.data();
      float* const secondSum = firstSum + width;
      for (int64_t row = start; row < end; row++) {
        overLanes(width, [&](int64_t at, auto count) {
          Lanes a = load(firstSum + at, count), b = load(secondSum + at, count);
          addRow(row, at, count, a, b);
          store(firstSum + at, a, count);
          store(secondSum + at, b, count);
        });
      }
      for (int64_t c = 0; c < width; c++) first[c] += firstSum[c];
      for (int64_t c = 0; c < width; c++) second[c] += secondSum[c];
    }
  });
  std::fill(first_C, first_C + C, 0.0);
  std::fill(second_C, second_C + C, 0.0);
  for (int64_t part = 0; part < parts; part++) {
    const double* const sums = partial.data() + 2 * width * part;
    for (int64_t c = 0; c < width; c++) first_C[c % C] += sums[c];
    for (int64_t c = 0; c < width; c++) second_C[c % C] += sums[width + c];
  }
}

// y = activation((x - centre) scale + shift) for each row.
template <bool kSwish>
void normalise(const Folded& folded, const float* x, const float* centre, const float* scale, const float* shift, float* y) {
  const int64_t width = folded.width;
  overParts(partsOf(folded.rows * width, folded.rows), folded.rows, [&](int64_t, int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      overLanes(width, [&](int64_t at, auto count) {
        const Lanes z = (load(x + row * width + at, count) - load(centre + at, count)) * load(scale + at, count) + load(shift + at, count);
        store(y + row * width + at, kSwish ? z * sigmoid(z) : z, count);
      });
    }
  });
}

// Mean and population variance of each channel of x [rows, C], then y = activation((x - mean) gamma / sqrt(variance + epsilon) + beta).
void batchNorm(const float* x, const float* gamma, const float* beta, int64_t rows, int64_t C, float epsilon, bool swish, float* y,
               float* mean, float* variance) {
  const Folded folded = fold(rows, C);
  const int64_t width = folded.width;
  // Measured from the first pixel, so that a mean far from 0 does not drown the variance.
  const std::vector<float> origin = repeat(x, C, folded.times);
  std::vector<double> offset(static_cast<size_t>(C)), square(static_cast<size_t>(C));
  channelSums(folded, C, offset.data(), square.data(), [&](int64_t row, int64_t at, auto count, Lanes& sum, Lanes& squares) {
    const Lanes d = load(x + row * width + at, count) - load(origin.data() + at, count);
    sum += d;
    squares += d * d;
  });
  std::vector<float> scale(static_cast<size_t>(C));
  for (int64_t c = 0; c < C; c++) {
    const double from = offset[c] / rows;
    const double spread = std::max(0.0, square[c] / rows - from * from);
    mean[c] = static_cast<float>(origin[c] + from);
    variance[c] = static_cast<float>(spread);
    scale[c] = static_cast<float>(gamma[c] / std::sqrt(spread + epsilon));
  }
  const auto centres = repeat(mean, C, folded.times), scales = repeat(scale.data(), C, folded.times), shifts = repeat(beta, C, folded.times);
  (swish ? normalise<true> : normalise<false>)(folded, x, centres.data(), scales.data(), shifts.data(), y);
}

// y = activation(x scale + shift).
void scaleShift(const float* x, const float* scale, const float* shift, int64_t rows, int64_t C, bool swish, float* y) {
  const Folded folded = fold(rows, C);
  const std::vector<float> centres(static_cast<size_t>(folded.width), 0.0f);
  const auto scales = repeat(scale, C, folded.times), shifts = repeat(shift, C, folded.times);
  (swish ? normalise<true> : normalise<false>)(folded, x, centres.data(), scales.data(), shifts.data(), y);
}

// dz of y = activation(z), where z = d scale + shift.
template <bool kSwish>
inline __attribute__((always_inline)) Lanes throughActivation(Lanes dy, Lanes d, Lanes scale, Lanes shift) {
  if (!kSwish) return dy;
  const Lanes z = d * scale + shift;
  const Lanes s = sigmoid(z);
  return dy * (s * (1.0f + z * (1.0f - s)));
}

template <bool kSwish>
void batchNormGradOf(const float* dy, const float* x, const float* gamma, const float* beta, const float* mean, const float* variance,
                     int64_t rows, int64_t C, float epsilon, float* dx, float* dgamma, float* dbeta) {
  const Folded folded = fold(rows, C);
  const int64_t width = folded.width;
  std::vector<float> scale(static_cast<size_t>(C)), slope(static_cast<size_t>(C)), level(static_cast<size_t>(C));
  std::vector<double> inverse(static_cast<size_t>(C)), sum(static_cast<size_t>(C)), product(static_cast<size_t>(C));
  for (int64_t c = 0; c < C; c++) {
    inverse[c] = 1.0 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
    scale[c] = static_cast<float>(gamma[c] * inverse[c]);
  }
  const auto centres = repeat(mean, C, folded.times), scales = repeat(scale.data(), C, folded.times), shifts = repeat(beta, C, folded.times);
  const float *const centre = centres.data(), *const factor = scales.data(), *const shift = shifts.data();
  channelSums(folded, C, sum.data(), product.data(), [&](int64_t row, int64_t at, auto count, Lanes& dzs, Lanes& products) {
    const Lanes d = load(x + row * width + at, count) - load(centre + at, count);
    const Lanes dz = throughActivation<kSwish>(load(dy + row * width + at, count), d, load(factor + at, count), load(shift + at, count));
    dzs += dz;
    products += dz * d;
  });
  // dx = scale (dz - mean(dz) - d mean(dz d) / sd^2), d = x - mean.
  for (int64_t c = 0; c < C; c++) {
    dbeta[c] = static_cast<float>(sum[c]);
    dgamma[c] = static_cast<float>(product[c] * inverse[c]);
    level[c] = static_cast<float>(sum[c] / rows);
    slope[c] = static_cast<float>(product[c] / rows * inverse[c] * inverse[c]);
  }
  const auto levels = repeat(level.data(), C, folded.times), slopes = repeat(slope.data(), C, folded.times);
  overParts(partsOf(folded.rows * width, folded.rows), folded.rows, [&](int64_t, int64_t from, int64_t to) {
    for (int64_t row = from; row < to; row++) {
      overLanes(width, [&](int64_t at, auto count) {
        const Lanes d = load(x + row * width + at, count) - load(centre + at, count);
        const Lanes by = load(factor + at, count);
        const Lanes dz = throughActivation<kSwish>(load(dy + row * width + at, count), d, by, load(shift + at, count));
        store(dx + row * width + at, by * (dz - load(levels.data() + at, count) - d * load(slopes.data() + at, count)), count);
      });
    }
  });
}

// The gradients in x, gamma and beta of batchNorm's y; none passes through mean and variance as results.
void batchNormGrad(const float* dy, const float* x, const float* gamma, const float* beta, const float* mean, const float* variance,
                   int64_t rows, int64_t C, float epsilon, bool swish, float* dx, float* dgamma, float* dbeta) {
  (swish ? batchNormGradOf<true> : batchNormGradOf<false>)(dy, x, gamma, beta, mean, variance, rows, C, epsilon, dx, dgamma, dbeta);
}

}  // namespace
}  // namespace galaxy_desk
