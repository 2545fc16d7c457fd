import { settingsTable } from '../domain/settings';
import type { StudyArm } from '../engine/protocol';

const { optimiser } = settingsTable;

/** Every optimiser against the same reward model, without a KL penalty. */
export const optimiserArms: readonly StudyArm[] = optimiser.options.map((name) => ({
  label: optimiser.optionLabels?.[name] ?? name,
  patch: { optimiser: name, klCoefficient: 0, adaptiveKl: false },
}));

/** PPO under KL penalties from none to strong. */
export const penaltyArms: readonly StudyArm[] = [0, 0.03, 0.1, 0.2, 0.3, 0.5, 1, 2].map((beta) => ({
  label: `β ${beta}`,
  patch: { optimiser: 'ppo', klCoefficient: beta, adaptiveKl: false },
}));
