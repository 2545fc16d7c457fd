import * as tf from '../tf';
import type { Contents } from '../../domain/content';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { Read } from '../parameters';
import type { PolicyFamily } from './families/family';
import { bestOfN, bestOfNKl } from './optimisers/best-of-n';
import type { RewardFunction } from './trainer';

/** Draws from the reference that are selected from. More: a smoother answer, and larger n. */
const poolSize = 2048;
/** Beyond this share of the pool, its few best would stand for too much. */
const mostDraws = poolSize / 4;

export interface Selected {
  readonly n: number;
  /** log n − (n − 1)/n: exact where the reward has no ties, a bound on it otherwise. */
  readonly kl: number;
  /** Proxy reward in expectation. */
  readonly reward: number;
  /** q of each of the pool, and the pool. */
  readonly weights: Float64Array;
  readonly pool: Contents;
  /** `samples` draws by q. */
  readonly samples: Contents;
}

/** Best-of-n from a pool of draws of the starting policy. It is scored anew only when the reward has changed. */
export class BestOfNPool {
  #pool: { key: string; contents: Contents; rewards: Float32Array } | null = null;

  /** The largest n that the pool can answer for. */
  mostOf(prompts: number): number {
    return Math.max(1, Math.floor(mostDraws / prompts));
  }

  /** @param reference θ of the reference policy @param rewardKey says whether the reward is still the same */
  async select(
    n: number,
    reward: RewardFunction<Contents>,
    rewardKey: string,
    family: PolicyFamily<Contents>,
    reference: Float32Array,
    { seed, samples }: Pick<Settings, 'seed' | 'samples'>,
    read: Read,
  ): Promise<Selected> {
    const key = `${rewardKey}/${seed}/${reference.length}/${reference.subarray(0, 8).join()}`;
    if (this.#pool?.key !== key) {
      const contents = family.sample(reference, poolSize, random(seed, 'best-of-n'));
      const tensor = tf.tidy(() => reward(contents));
      this.#pool = { key, contents, rewards: await read(tensor) };
      tensor.dispose();
    }
    const { contents: pool, rewards } = this.#pool;
    const weights = bestOfEach(pool.prompts, rewards, n);
    return {
      n,
      kl: bestOfNKl(n),
      reward: weights.reduce((sum, weight, i) => sum + weight * rewards[i]!, 0),
      weights,
      pool,
      samples: drawBy(weights, pool, random(seed, 'best-of-n-samples', n), samples),
    };
  }
}

/** Best-of-n within each prompt; a prompt counts as much as it has draws. */
function bestOfEach(prompts: Int32Array, rewards: Float32Array, n: number): Float64Array {
  const weights = new Float64Array(prompts.length);
  for (const prompt of new Set(prompts)) {
    const rows = Array.from(prompts.keys()).filter((row) => prompts[row] === prompt);
    const own = bestOfN(
      new Float64Array(rows.length).fill(1 / rows.length),
      rows.map((row) => rewards[row]!),
      n,
    );
    rows.forEach((row, i) => (weights[row] = (own[i]! * rows.length) / prompts.length));
  }
  return weights;
}

function drawBy(
  weights: Float64Array,
  { prompts, values, width }: Contents,
  source: { uniform(): number },
  count: number,
): Contents {
  const cumulated = new Float64Array(weights.length);
  weights.reduce((sum, weight, i) => (cumulated[i] = sum + weight), 0);
  const out = { prompts: new Int32Array(count), values: new Float32Array(count * width), width };
  for (let k = 0; k < count; k++) {
    const place = source.uniform() * cumulated.at(-1)!;
    let [low, high] = [0, cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulated[middle]! < place) low = middle + 1;
      else high = middle;
    }
    out.prompts[k] = prompts[low]!;
    out.values.set(values.subarray(low * width, (low + 1) * width), k * width);
  }
  return out;
}
