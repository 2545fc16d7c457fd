import type { Candidate } from '../domain/candidate';
import { random } from '../domain/random';
import type { Settings } from '../domain/settings';

/** So many starting candidates of a prompt are held out together, so that they can be compared with each other. */
const splitTogether = 4;

/**
 * Where a starting candidate stands in the held-out split by item. Candidates answer the prompts in turn; where there are
 * several, comparisons need company that answers the same one.
 */
export function itemKey(seed: number, id: number, prompts: number): number {
  const group = prompts === 1 ? id : (id % prompts) + prompts * Math.floor(id / prompts / splitTogether);
  return random(seed, 'split', group).uniform();
}

/** Where everything that answers a prompt stands in the split by prompt. */
const promptKey = (seed: number, prompt: number): number => random(seed, 'split-prompt', prompt).uniform();

/** Beyond every share: somebody decided that it is trained on, or only to test. */
const isDecided = ({ splitKey }: Candidate): boolean => splitKey < 0 || splitKey >= 1;

/** With the split by prompt where the settings say so, and without it again where they do not any more. */
export function splitAsSet(
  candidates: readonly Candidate[],
  { heldOutBy, seed }: Pick<Settings, 'heldOutBy' | 'seed'>,
  prompts: number,
): readonly Candidate[] {
  const byPrompt = Array.from({ length: prompts }, (_, prompt) => promptKey(seed, prompt));
  const changed = (candidate: Candidate): Candidate => {
    const own = byPrompt[candidate.prompt];
    if (isDecided(candidate) || own === undefined) return candidate;
    if (heldOutBy === 'prompt')
      return own === candidate.splitKey ? candidate : { ...candidate, splitKey: own };
    return own === candidate.splitKey
      ? { ...candidate, splitKey: itemKey(seed, candidate.id, prompts) }
      : candidate;
  };
  return prompts === 1 ? candidates : candidates.map(changed);
}
