/** Losses of one question in nats, from the formula of Walmsley et al. 2022 (arXiv 2102.08414), by scipy.stats.dirichlet_multinomial. */
export const publishedLosses = [
  { votes: [3, 1, 1], concentration: [2, 1, 1], nll: 2.6390573 },
  { votes: [0, 5], concentration: [1, 1], nll: Math.log(6) },
  { votes: [30, 8, 2], concentration: [12.5, 4.2, 1.1], nll: 4.3404477 },
  { votes: [5, 0], concentration: [101, 1], nll: 0.0483186 },
  { votes: [10, 20, 5, 3, 2, 0], concentration: [3.3, 50.1, 2.2, 1, 1, 101], nll: 50.8362573 },
]
