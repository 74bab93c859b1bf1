import type { StrategyName } from '@shared/contract/job'

const titles: Record<StrategyName, string> = {
  'mutual-information': 'mutual information of one question',
  'mutual-information-tree': 'mutual information of the whole tree',
  'power-bald': 'power BALD',
  entropy: 'entropy',
  margin: 'margin',
  random: 'random',
}

/** How galaxies were chosen, in words. */
export const strategyTitle = (strategy: StrategyName): string => titles[strategy]
