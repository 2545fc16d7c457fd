import { packContents, type Contents } from '../../../domain/content';
import type { Settings } from '../../../domain/settings';
import type { TokenPolicy } from '../../../scenarios';
import { TokenFamily, type TokenActions } from '../families/tokens';
import { groupSizeOf, overContents, type Actor } from './actor';

/** Answers word by word. */
export function tokenActor(spec: TokenPolicy, { samples, seed }: Settings): Actor {
  const { end, length, demonstrations, heldOutDemonstrations, sft } = spec;
  const family = new TokenFamily({
    vocabulary: spec.vocabulary.length,
    end,
    length,
    context: spec.context,
    hidden: spec.hidden,
    prompts: { values: spec.states, dimension: spec.dimension },
    groupSize: groupSizeOf(samples),
  });
  const contentsOf = ({ prompts, tokens }: TokenActions): Contents => ({
    prompts,
    values: Float32Array.from(tokens),
    width: length,
  });
  const actionsOf = ({ prompts, values }: Contents): TokenActions => {
    const tokens = Int32Array.from(values);
    const lengths = Int32Array.from(prompts, (_, i) => {
      const at = tokens.subarray(i * length, (i + 1) * length).indexOf(end);
      return at < 0 ? length : at + 1;
    });
    return { prompts, tokens, lengths };
  };
  return {
    family: overContents(family, contentsOf, actionsOf),
    start: family.initial(seed),
    imitation: {
      demonstrations: packContents(demonstrations, length),
      heldOut: packContents(heldOutDemonstrations, length),
      steps: sft.steps,
      hyper: { learningRate: sft.learningRate, batchSize: sft.batchSize, seed },
    },
    details: (theta, made) => ({ logProbs: family.logProbabilities(theta, actionsOf(made)) }),
    tracked: [],
    track: () => [],
    narrowest: () => Infinity,
  };
}
