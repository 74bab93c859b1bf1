// Depthwise convolution and its gradients: one register of channels at a time, all taps of the kernel in registers.
#pragma once
#include "lanes.h"

namespace galaxy_desk {
namespace {

// Depthwise convolution of x [B, H, W, C] to y [B, outH, outW, C] with kernel [K, K, C]; `top` and `left` rows and columns of zeros before x.
struct DepthwiseShape {
  int64_t B, H, W, C, outH, outW;
  int K, stride;
  int64_t top, left;
};

// The columns of the output that have all their taps within the image.
struct Columns {
  int64_t from, to;
};

inline Columns inside(const DepthwiseShape& s) {
  const int64_t from = std::min(s.outW, (s.left + s.stride - 1) / s.stride);
  const int64_t last = s.W + s.left - s.K;
  return {from, std::max(from, last < 0 ? from : std::min(s.outW, last / s.stride + 1))};
}

// The K rows of the image under one row of the output; `zeros` [W, C] where there is none.
template <int K>
inline void rowsUnder(const DepthwiseShape& s, const float* image, int64_t outRow, const float* zeros, const float* (&rows)[K]) {
  for (int i = 0; i < K; i++) {
    const int64_t row = outRow * s.stride - s.top + i;
    rows[i] = row < 0 || row >= s.H ? zeros : image + row * s.W * s.C;
  }
}

template <int K, int S>
void depthwiseOf(const DepthwiseShape& s, const float* x, const float* kernel, float* y) {
  const int64_t C = s.C;
  const Columns whole = inside(s);
  const std::vector<float> zeros(static_cast<size_t>(s.W * C), 0.0f);
  const int64_t outRows = s.B * s.outH;
  overParts(partsOf(outRows * s.outW * C, outRows), outRows, [&](int64_t, int64_t from, int64_t to) {
    for (int64_t outRow = from; outRow < to; outRow++) {
      const float* rows[K];
      rowsUnder<K>(s, x + (outRow / s.outH) * s.H * s.W * C, outRow % s.outH, zeros.data(), rows);
      float* const out = y + outRow * s.outW * C;
      overLanes(C, [&](int64_t c, auto count) {
        Lanes taps[K * K];
        for (int k = 0; k < K * K; k++) taps[k] = load(kernel + k * C + c, count);
        const auto atEdge = [&](int64_t column) {
          Lanes sum = {};
          for (int i = 0; i < K; i++) {
            for (int j = 0; j < K; j++) {
              const int64_t w = column * S - s.left + j;
              if (w >= 0 && w < s.W) sum += load(rows[i] + w * C + c, count) * load(kernel + (i * K + j) * C + c, count);
            }
          }
          store(out + column * C + c, sum, count);
        };
        for (int64_t column = 0; column < whole.from; column++) atEdge(column);
        for (int64_t column = whole.from; column < whole.to; column++) {
          const int64_t start = (column * S - s.left) * C + c;
          Lanes sum = {};
          for (int i = 0; i < K; i++) {
            for (int j = 0; j < K; j++) sum += load(rows[i] + start + j * C, count) * taps[i * K + j];
          }
          store(out + column * C + c, sum, count);
        }
        for (int64_t column = whole.to; column < s.outW; column++) atEdge(column);
      });
    }
  });
}

// Stride 1: a convolution of dy with the kernel turned round. Stride 2: each pixel gathers from the few outputs that it entered.
template <int K, int S>
void depthwiseInputGradOf(const DepthwiseShape& s, const float* dy, const float* kernel, float* dx) {
  const int64_t C = s.C;
  if (S == 1) {
    std::vector<float> turned(static_cast<size_t>(K * K * C));
    for (int k = 0; k < K * K; k++) std::copy(kernel + k * C, kernel + (k + 1) * C, turned.begin() + (K * K - 1 - k) * C);
    depthwiseOf<K, 1>({s.B, s.outH, s.outW, C, s.H, s.W, K, 1, K - 1 - s.top, K - 1 - s.left}, dy, turned.data(), dx);
    return;
  }
  const int64_t inRows = s.B * s.H;
  overParts(partsOf(inRows * s.W * C, inRows), inRows, [&](int64_t, int64_t from, int64_t to) {
    for (int64_t inRow = from; inRow < to; inRow++) {
      const float* const image = dy + (inRow / s.H) * s.outH * s.outW * C;
      const int64_t h = inRow % s.H + s.top;
      float* const out = dx + inRow * s.W * C;
      overLanes(C, [&](int64_t c, auto count) {
        for (int64_t column = 0; column < s.W; column++) {
          const int64_t w = column + s.left;
          Lanes sum = {};
          for (int64_t i = h % S; i < K && i <= h; i += S) {
            const int64_t outRow = (h - i) / S;
            if (outRow >= s.outH) continue;
            for (int64_t j = w % S; j < K && j <= w; j += S) {
              const int64_t outColumn = (w - j) / S;
              if (outColumn >= s.outW) continue;
              sum += load(image + (outRow * s.outW + outColumn) * C + c, count) * load(kernel + (i * K + j) * C + c, count);
            }
          }
          store(out + column * C + c, sum, count);
        }
      });
    }
  });
}

// Sums over all pixels: each part its own, added in the order of the parts.
template <int K, int S>
void depthwiseFilterGradOf(const DepthwiseShape& s, const float* x, const float* dy, float* dkernel) {
  const int64_t C = s.C;
  const Columns whole = inside(s);
  const std::vector<float> zeros(static_cast<size_t>(s.W * C), 0.0f);
  const int64_t outRows = s.B * s.outH;
  const int64_t parts = std::min<int64_t>(16, partsOf(outRows * s.outW * C, outRows));
  std::vector<float> partial(static_cast<size_t>(parts * K * K * C), 0.0f);
  overParts(parts, outRows, [&](int64_t part, int64_t from, int64_t to) {
    float* const sums = partial.data() + part * K * K * C;
    for (int64_t outRow = from; outRow < to; outRow++) {
      const float* rows[K];
      rowsUnder<K>(s, x + (outRow / s.outH) * s.H * s.W * C, outRow % s.outH, zeros.data(), rows);
      const float* const dyRow = dy + outRow * s.outW * C;
      overLanes(C, [&](int64_t c, auto count) {
        const auto atEdge = [&](int64_t column) {
          const Lanes d = load(dyRow + column * C + c, count);
          for (int j = 0; j < K; j++) {
            const int64_t w = column * S - s.left + j;
            if (w < 0 || w >= s.W) continue;
            for (int i = 0; i < K; i++) {
              float* const sum = sums + (i * K + j) * C + c;
              store(sum, load(sum, count) + load(rows[i] + w * C + c, count) * d, count);
            }
          }
        };
        for (int64_t column = 0; column < whole.from; column++) atEdge(column);
        Lanes taps[K * K] = {};
        for (int64_t column = whole.from; column < whole.to; column++) {
          const int64_t start = (column * S - s.left) * C + c;
          const Lanes d = load(dyRow + column * C + c, count);
          for (int i = 0; i < K; i++) {
            for (int j = 0; j < K; j++) taps[i * K + j] += load(rows[i] + start + j * C, count) * d;
          }
        }
        for (int k = 0; k < K * K; k++) store(sums + k * C + c, load(sums + k * C + c, count) + taps[k], count);
        for (int64_t column = whole.to; column < s.outW; column++) atEdge(column);
      });
    }
  });
  std::fill(dkernel, dkernel + K * K * C, 0.0f);
  for (int64_t part = 0; part < parts; part++) {
    const float* const sums = partial.data() + part * K * K * C;
    for (int64_t i = 0; i < K * K * C; i++) dkernel[i] += sums[i];
  }
}

#define GALAXY_DESK_BY_SHAPE(function, ...)                                                                        \
  (shape.K == 3 ? (shape.stride == 1 ? function<3, 1> : function<3, 2>) : shape.stride == 1 ? function<5, 1> : function<5, 2>)(shape, __VA_ARGS__)

void depthwise(const DepthwiseShape& shape, const float* x, const float* kernel, float* y) {
  GALAXY_DESK_BY_SHAPE(depthwiseOf, x, kernel, y);
}
void depthwiseInputGrad(const DepthwiseShape& shape, const float* dy, const float* kernel, float* dx) {
  GALAXY_DESK_BY_SHAPE(depthwiseInputGradOf, dy, kernel, dx);
}
void depthwiseFilterGrad(const DepthwiseShape& shape, const float* x, const float* dy, float* dkernel) {
  GALAXY_DESK_BY_SHAPE(depthwiseFilterGradOf, x, dy, dkernel);
}

}  // namespace
}  // namespace galaxy_desk
