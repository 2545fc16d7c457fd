import * as tf from '../tf';
import { normals, random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { PlaneGaussian } from '../../scenarios';
import type { Read } from '../parameters';
import { bestOfN, bestOfNKl } from './optimisers/best-of-n';
import type { RewardFunction } from './trainer';

/** Draws from the reference that are selected from. More: a smoother answer, and larger n. */
const poolSize = 2048;
/** Beyond this share of the pool, its few best would stand for too much. */
const mostDraws = poolSize / 4;

export interface Selected {
  readonly n: number;
  /** log n − (n − 1)/n: exact, since the reward of a continuous policy has no ties. */
  readonly kl: number;
  /** Proxy reward in expectation. */
  readonly reward: number;
  /** q of each of the pool, and the pool: interleaved x, y. */
  readonly weights: Float64Array;
  readonly pool: Float32Array;
  /** `samples` draws by q. */
  readonly actions: Float32Array;
  /** Moments of what is selected. */
  readonly mean: readonly [number, number];
  readonly logStd: readonly [number, number];
}

/** Best-of-n from a pool of draws of the starting policy. It is scored anew only when the reward has changed. */
export class BestOfNPool {
  #pool: { key: string; actions: Float32Array; rewards: Float32Array } | null = null;

  /** The largest n that the pool can answer for. */
  get most(): number {
    return mostDraws;
  }

  /** @param rewardKey says whether the reward is still the same */
  async select(
    n: number,
    reward: RewardFunction<Float32Array>,
    rewardKey: string,
    reference: PlaneGaussian,
    { seed, samples }: Pick<Settings, 'seed' | 'samples'>,
    read: Read,
  ): Promise<Selected> {
    const key = `${rewardKey}/${seed}/${reference.logStd.join()}`;
    if (this.#pool?.key !== key) {
      const noise = normals(random(seed, 'best-of-n'), 2 * poolSize);
      const actions = noise.map((z, i) => reference.mean[i % 2]! + Math.exp(reference.logStd[i % 2]!) * z);
      const tensor = tf.tidy(() => reward(actions));
      this.#pool = { key, actions, rewards: await read(tensor) };
      tensor.dispose();
    }
    const { actions: pool, rewards } = this.#pool;
    const weights = bestOfN(new Float64Array(poolSize).fill(1 / poolSize), rewards, n);
    const expect = (value: (i: number) => number) =>
      weights.reduce((sum, weight, i) => sum + weight * value(i), 0);
    const moment = (axis: 0 | 1) => {
      const mean = expect((i) => pool[2 * i + axis]!);
      const variance = expect((i) => (pool[2 * i + axis]! - mean) ** 2);
      return { mean, logStd: 0.5 * Math.log(Math.max(variance, 1e-12)) };
    };
    const [x, y] = [moment(0), moment(1)];
    return {
      n,
      kl: bestOfNKl(n),
      reward: expect((i) => rewards[i]!),
      weights,
      pool,
      actions: drawBy(weights, pool, random(seed, 'best-of-n-samples', n), samples),
      mean: [x.mean, y.mean],
      logStd: [x.logStd, y.logStd],
    };
  }
}

function drawBy(
  weights: Float64Array,
  pool: Float32Array,
  source: { uniform(): number },
  count: number,
): Float32Array {
  const cumulated = new Float64Array(weights.length);
  weights.reduce((sum, weight, i) => (cumulated[i] = sum + weight), 0);
  const out = new Float32Array(2 * count);
  for (let k = 0; k < count; k++) {
    const place = source.uniform() * cumulated.at(-1)!;
    let [low, high] = [0, cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulated[middle]! < place) low = middle + 1;
      else high = middle;
    }
    out[2 * k] = pool[2 * low]!;
    out[2 * k + 1] = pool[2 * low + 1]!;
  }
  return out;
}
