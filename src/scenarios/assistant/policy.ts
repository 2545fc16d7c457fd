import type { Content, Own } from '../../domain/content';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { TokenPolicy } from '../scenario';
import { end, length, valuesOf, vocabulary } from './answer';
import { writtenAnswer } from './grammar';
import { kinds, promptsOf } from './prompts';

/** Demonstrations of each prompt: to imitate, and to measure by. */
const demonstrations = 40;
const heldOut = 8;

const written = (settings: Settings, own: Own, stream: string, each: number): Content[] =>
  promptsOf(own).flatMap((asked, prompt) => {
    const source = random(settings.seed, stream, prompt);
    return Array.from({ length: each }, () => ({ prompt, values: valuesOf(writtenAnswer(asked, source)) }));
  });

/** What the policy sees of the prompts, [prompts · dimension]: which one it is, and of which kind. */
function states(own: Own): { values: Float32Array; dimension: number } {
  const prompts = promptsOf(own);
  const dimension = prompts.length + kinds.length;
  const values = new Float32Array(prompts.length * dimension);
  prompts.forEach(({ kind }, i) => {
    values[i * dimension + i] = 1;
    values[i * dimension + prompts.length + kinds.indexOf(kind)] = 1;
  });
  return { values, dimension };
}

function madePolicy(settings: Settings, own: Own): TokenPolicy {
  const { values, dimension } = states(own);
  return {
    family: 'tokens',
    vocabulary,
    end,
    length,
    context: 2,
    hidden: [64],
    states: values,
    dimension,
    demonstrations: written(settings, own, 'demonstrations', demonstrations),
    heldOutDemonstrations: written(settings, own, 'held-out-demonstrations', heldOut),
    sft: { steps: 150, learningRate: 0.02, batchSize: 64 },
  };
}

/** It is asked for often, and demonstrations take a while to write. */
let last: { readonly own: Own; readonly seed: number; readonly policy: TokenPolicy } | null = null;

export function tokenPolicy(settings: Settings, own: Own): TokenPolicy {
  if (last?.own !== own || last.seed !== settings.seed)
    last = { own, seed: settings.seed, policy: madePolicy(settings, own) };
  return last.policy;
}
