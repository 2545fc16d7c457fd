import * as tf from './tf';
import { random, normals } from '../domain/random';
import { pairObservations, type Observations } from '../domain/observations';
import { defaultSettings } from '../domain/settings';
import { freshCheckpoint, type Read } from './parameters';
import { FeatureTable } from './reward/feature-table';
import { Head, linearSpec } from './reward/head';
import { criterionWeights, type RewardHyper, type RewardTrainer } from './reward/trainer';
import { ops, type TrainerKind } from './reward/trainers';

/** A small training with a known outcome, for telling a backend that computes right from one that does not. */

const hyper: RewardHyper = { ...defaultSettings, learningRate: 0.05, weightDecay: 0.01, seed: 1 };

const weightings = [criterionWeights(hyper)];

const read: Read = async (tensor) => (await tensor.data()) as Float32Array;

interface Problem {
  readonly table: FeatureTable;
  readonly trainer: RewardTrainer;
  readonly pairs: Observations;
}

/** Has the trainer work on a problem, and clears up after it whatever happens. */
async function withProblem<Result>(
  kind: TrainerKind,
  [rows, dimension]: readonly [number, number],
  work: (problem: Problem) => Promise<Result>,
): Promise<Result> {
  const source = random(1, 'probe');
  const features = normals(source, rows * dimension);
  const head = new Head(linearSpec(dimension));
  const theta = normals(source, head.size).map((value) => value / Math.sqrt(dimension));
  const half = Array.from({ length: rows / 2 }, (_, i) => i);
  const others = half.map((i) => rows / 2 + i);
  const table = new FeatureTable(features, dimension);
  let trainer: RewardTrainer | null = null;
  try {
    trainer = kind.create(freshCheckpoint(theta), head);
    return await work({ table, trainer, pairs: pairObservations(half, others) });
  } finally {
    trainer?.dispose();
    table.dispose();
  }
}

/** Some training steps on the current backend. @returns the rewards and weights after them */
export const probeNumbers = (kind: TrainerKind = ops): Promise<Float32Array> =>
  withProblem(kind, [48, 33], async ({ table, trainer, pairs }) => {
    await trainer.train(table, pairs, hyper, 5);
    const { rewards, gradNorm, checkpoint } = await trainer.evaluate(table, weightings, true, read);
    // Cosines of arguments as large as the embeddings use, where cheap approximations show.
    const cosines = tf.tidy(() => tf.linspace(-30, 30, 31).cos<tf.Tensor1D>());
    const { theta, m, v } = checkpoint!;
    const parts = [rewards[0]!, Float32Array.of(gradNorm), theta, m, v, await read(cosines)];
    cosines.dispose();
    return Float32Array.from(parts.flatMap((part) => Array.from(part)));
  });

/** Milliseconds per training step of the usual size on the current backend, read-back included. */
export const probeStepTime = (kind: TrainerKind = ops): Promise<number> =>
  withProblem(kind, [256, 768], async ({ table, trainer, pairs }) => {
    const run = async (steps: number) => {
      await trainer.train(table, pairs, hyper, steps);
      await trainer.evaluate(table, weightings, true, read);
    };
    await run(2); // compiles the kernels
    const start = performance.now();
    await run(6);
    return (performance.now() - start) / 6;
  });

/** Largest difference between two probes, relative to 1 or to the size of the number; infinite if not finite. */
export function disagreement(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    if (!(difference <= worst)) worst = Number.isFinite(difference) ? difference : Infinity;
  }
  return worst;
}
