import { csv } from './csv';
import type { Exporter } from './exporter';

/** The learned reward of every candidate. */
export const rewardsCsv: Exporter = {
  file: 'rewards.csv',
  type: 'text/csv',
  format: async (work) => {
    const rewards = await work.rewards();
    return csv([
      ['id', 'text', 'reward'],
      ...work.candidates.map((candidate, row) => [candidate.id, work.textOf(candidate), rewards[row]]),
    ]);
  },
};
