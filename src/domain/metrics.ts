/** Every plotted quantity: its name in code, on the page and in exported curves, and what it means. */

interface Metric {
  readonly label: string;
  readonly meaning: string;
  readonly stage: 'reward' | 'policy';
  readonly unit?: string;
}

export const metricsTable = {
  loss: {
    stage: 'reward',
    label: 'loss',
    unit: 'nats',
    meaning: 'Mean −log σ(margin) over the training comparisons: 0.69 is guessing, 0 is certain and right.',
  },
  accuracy: {
    stage: 'reward',
    label: 'accuracy',
    meaning: 'Share of training comparisons where the chosen one scores higher; an equal score counts half.',
  },
  margin: {
    stage: 'reward',
    label: 'margin',
    unit: 'nats',
    meaning: 'Mean of reward(chosen) − reward(rejected) over the training comparisons.',
  },
  evalLoss: {
    stage: 'reward',
    label: 'held-out loss',
    unit: 'nats',
    meaning:
      'The loss on comparisons of held-out candidates. When it rises while the loss falls, it overfits.',
  },
  evalAccuracy: {
    stage: 'reward',
    label: 'held out',
    meaning: 'Accuracy on comparisons of held-out candidates, which were never trained on.',
  },
  evalMargin: {
    stage: 'reward',
    label: 'held-out margin',
    unit: 'nats',
    meaning: 'Mean margin on comparisons of held-out candidates.',
  },
  goldAccuracy: {
    stage: 'reward',
    label: 'gold accuracy',
    meaning:
      'Share of fresh pairs from the starting policy that the model ranks as the hidden gold reward does.',
  },
  ece: {
    stage: 'reward',
    label: 'ECE',
    meaning:
      'Expected calibration error on held-out pairs: how far, on average, stated probabilities are from what came true.',
  },
  brier: {
    stage: 'reward',
    label: 'Brier score',
    meaning:
      'Mean squared error of the stated probabilities on held-out pairs: 0 is certain and right, 0.25 is guessing.',
  },
  temperature: {
    stage: 'reward',
    label: 'fitted temperature',
    meaning:
      'What margins would have to be divided by to fit the held-out labels best. Above 1: the model is too sure.',
  },
  rankCorrelation: {
    stage: 'reward',
    label: 'rank correlation',
    meaning:
      'Spearman’s rank correlation of learned and gold reward over fresh samples of the starting policy.',
  },
  minReward: { stage: 'reward', label: 'lowest reward', meaning: 'Lowest learned reward of any candidate.' },
  meanReward: { stage: 'reward', label: 'mean reward', meaning: 'Mean learned reward of all candidates.' },
  maxReward: {
    stage: 'reward',
    label: 'highest reward',
    meaning: 'Highest learned reward of any candidate.',
  },
  gradNorm: { stage: 'reward', label: 'gradient norm', meaning: 'Length of the last gradient of the loss.' },

  proxyReward: {
    stage: 'policy',
    label: 'proxy reward',
    meaning: 'Mean learned reward of what the policy does now: what it is paid for.',
  },
  goldReward: {
    stage: 'policy',
    label: 'gold reward',
    meaning: 'Mean hidden reward of what the policy does now: what was wanted. The policy never sees it.',
  },
  kl: {
    stage: 'policy',
    label: 'KL',
    unit: 'nats',
    meaning: 'KL divergence of the policy from the starting policy, in closed form: how far it has drifted.',
  },
  k1: {
    stage: 'policy',
    label: 'k1',
    unit: 'nats',
    meaning: 'KL estimated from samples: mean of log π/π_ref.',
  },
  k2: {
    stage: 'policy',
    label: 'k2',
    unit: 'nats',
    meaning: 'KL estimated from samples: mean of ½ (log π/π_ref)². Low variance, biased.',
  },
  k3: {
    stage: 'policy',
    label: 'k3',
    unit: 'nats',
    meaning: 'KL estimated from samples: mean of π_ref/π − 1 + log π/π_ref. Unbiased, never negative.',
  },
  entropy: {
    stage: 'policy',
    label: 'entropy',
    unit: 'nats',
    meaning: 'How random the policy is. Falling: it settles on fewer and fewer actions.',
  },
  klCoefficient: {
    stage: 'policy',
    label: 'KL penalty β',
    meaning: 'What each nat of KL costs now: as set, or as the adaptive penalty has made it.',
  },
  approxKl: {
    stage: 'policy',
    label: 'step KL',
    unit: 'nats',
    meaning:
      'How far this one iteration moves the policy: KL estimated from its samples as ½ mean (log ratio)².',
  },
  clipFraction: {
    stage: 'policy',
    label: 'clip fraction',
    meaning: 'Share of samples that pull no more in the last epoch, because their ratio left the clip range.',
  },
  policyLoss: { stage: 'policy', label: 'policy loss', meaning: 'The clipped PPO objective, negated.' },
  valueLoss: {
    stage: 'policy',
    label: 'value loss',
    meaning: 'Half the mean squared error of the baseline.',
  },
  explainedVariance: {
    stage: 'policy',
    label: 'explained variance',
    meaning:
      'Share of the reward’s variance that the baseline predicts; 0 on the map, since there is no state to tell apart.',
  },
  epochs: {
    stage: 'policy',
    label: 'epochs used',
    meaning: 'Epochs of the last iteration: fewer than asked for where the target step KL ended them.',
  },
  bestOf: {
    stage: 'policy',
    label: 'best of',
    meaning: 'How many are drawn for each that is kept: grows under best of n, and is 1 otherwise.',
  },
  ratio: {
    stage: 'policy',
    label: 'mean ratio',
    meaning: 'Mean of π_new/π_old over the samples in the last epoch; 1 before the first update.',
  },
  value: {
    stage: 'policy',
    label: 'baseline',
    meaning: 'The value baseline: the reward the policy expects.',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metricsTable;
export type RewardMetric = {
  [Name in MetricName]: (typeof metricsTable)[Name]['stage'] extends 'reward' ? Name : never;
}[MetricName];
export type PolicyMetric = Exclude<MetricName, RewardMetric>;

export const metricNames = Object.keys(metricsTable) as MetricName[];

/** One point of every reward curve. A quantity that cannot be computed (no held-out pairs) is NaN. */
export type RewardPoint = { readonly step: number } & { readonly [Name in RewardMetric]: number };
/** One point of every policy curve. */
export type PolicyPoint = { readonly iteration: number } & { readonly [Name in PolicyMetric]: number };
