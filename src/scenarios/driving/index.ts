import type { Scenario } from '../scenario';
import { drivingFeatures } from './features';
import { drivingCriteria, goldOf, type Measuring } from './gold';
import type { Measures } from './measures';
import { measuresOf, referencePlans, startingPlan } from './plans';
import { describeScene } from './scene';
import { sceneOf, scenesOf } from './scenes';
import { sightOf } from './sight';
import { planLength } from './trajectory';
import { describePlan } from './words';

/** What contents are, measured. */
const measuring: Measuring = ({ seed }, own) => {
  const scenes = scenesOf(seed, own);
  return ({ prompt, values }) => measuresOf(scenes[prompt]!, values);
};

/** Plans of a car in street scenes: safety and comfort against getting there, by features that have names. */
export const driving: Scenario = {
  id: 'driving',
  title: 'Driving',
  noun: { one: 'plan', many: 'plans' },
  embeddingName: 'named features',
  prompts: ({ seed }, own) => scenesOf(seed, own).map((scene) => describeScene(sceneOf(scene))),
  textOf: (content, settings, own) => describePlan(measuring(settings, own)(content)),
  startContent: ({ seed }, id, own) => ({
    prompt: id % scenesOf(seed, own).length,
    values: startingPlan(seed, 'plan', id),
  }),
  referenceContents: ({ seed }, own) =>
    scenesOf(seed, own).flatMap((_, prompt) =>
      referencePlans(seed, prompt).map((values) => ({ prompt, values })),
    ),
  features: ({ seed }, own) => drivingFeatures(seed, scenesOf(seed, own)),
  // Scaled by the generated scenes alone: an edited one changes what is embedded, not what the numbers mean.
  embeddingKey: ({ seed }) => String(seed),
  criteria: drivingCriteria(measuring),
  gold: (settings, own) => {
    const measures = measuring(settings, own);
    const gold = goldOf(settings);
    return (content) => gold(measures(content));
  },
  policy: ({ seed }, own) => ({
    family: 'gaussian',
    mean: Array.from({ length: planLength }, () => 0),
    logStd: Array.from({ length: planLength }, () => 0),
    sees: { ...sightOf(seed, scenesOf(seed, own).map(sceneOf)), hidden: [] },
  }),
  hacks: [
    hack('collisions', 'collisions', 'Share of the plans that touch somebody or something.', 'touches'),
    hack('standing', 'standing still', 'Seconds of a plan in which the car does not move.', 'waiting'),
    hack('outside', 'outside its lane', 'Seconds of a plan with a part of the car over a line.', 'outside'),
  ],
};

type Hack = NonNullable<Scenario['hacks']>[number];

function hack(id: string, label: string, meaning: string, measure: keyof Measures): Hack {
  const of: Hack['of'] = (settings, own) => {
    const measures = measuring(settings, own);
    return (content) => measures(content)[measure];
  };
  return { id, label, meaning, of };
}
