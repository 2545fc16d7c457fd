/** The four stages: their names, and the one question each answers. */
export const stages = {
  candidates: { number: 1, title: 'Candidates', short: 'Candidates', question: 'What can be compared?' },
  preferences: { number: 2, title: 'Preferences', short: 'Preferences', question: 'Which one is better?' },
  reward: {
    number: 3,
    title: 'Reward model',
    short: 'Reward',
    question: 'What did the model learn from them?',
  },
  policy: { number: 4, title: 'Policy', short: 'Policy', question: 'What does optimising it do?' },
} as const;

export type StageName = keyof typeof stages;
export const stageNames = Object.keys(stages) as StageName[];
