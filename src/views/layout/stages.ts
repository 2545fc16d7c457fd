/** The four stages: their names, and the one question each answers. */
export const stages = {
  candidates: { number: 1, title: 'Candidates', question: 'What can be compared?' },
  preferences: { number: 2, title: 'Preferences', question: 'Which one is better?' },
  reward: { number: 3, title: 'Reward model', question: 'What did the model learn from them?' },
  policy: { number: 4, title: 'Policy', question: 'What does optimising it do?' },
} as const;

export type StageName = keyof typeof stages;
export const stageNames = Object.keys(stages) as StageName[];
