import * as tf from './tf';
import { random, normals } from '../domain/random';
import { pairObservations } from '../domain/observations';
import { defaultSettings } from '../domain/settings';
import { freshCheckpoint } from './parameters';
import { FeatureTable } from './reward/feature-table';
import { Head, linearSpec } from './reward/head';
import { criterionWeights, RewardTrainer, type RewardHyper } from './reward/trainer';

/** A small training with a known outcome, for telling a backend that computes right from one that does not. */

const hyper: RewardHyper = { ...defaultSettings, learningRate: 0.05, weightDecay: 0.01, seed: 1 };

const weights = criterionWeights(hyper);

function problem(rows: number, dimension: number) {
  const source = random(1, 'probe');
  const features = normals(source, rows * dimension);
  const head = new Head(linearSpec(dimension));
  const theta = normals(source, head.size).map((value) => value / Math.sqrt(dimension));
  const half = Array.from({ length: rows / 2 }, (_, i) => i);
  return {
    table: new FeatureTable(features, dimension),
    trainer: new RewardTrainer(freshCheckpoint(theta), head),
    pairs: pairObservations(
      half,
      half.map((i) => rows / 2 + i),
    ),
  };
}

/** Some training steps on the current backend. @returns the rewards and weights after them */
export async function probeNumbers(): Promise<Float32Array> {
  const { table, trainer, pairs } = problem(48, 33);
  for (let step = 0; step < 5; step++) trainer.train(table, pairs, hyper);
  // Cosines of arguments as large as the embeddings use, where cheap approximations show.
  const cosines = tf.tidy(() => tf.linspace(-30, 30, 31).cos<tf.Tensor1D>());
  const out = tf.tidy(() => tf.concat1d([trainer.evaluation(table.all, [weights]), cosines]));
  const values = (await out.data()) as Float32Array;
  tf.dispose([out, cosines]);
  table.dispose();
  trainer.dispose();
  return values.slice();
}

/** Milliseconds per training step of the usual size on the current backend, read-back included. */
export async function probeStepTime(): Promise<number> {
  const { table, trainer, pairs } = problem(256, 768);
  const run = async (steps: number) => {
    for (let step = 0; step < steps; step++) trainer.train(table, pairs, hyper);
    const out = trainer.evaluation(table.all, [weights]);
    await out.data();
    out.dispose();
  };
  await run(2); // compiles the kernels
  const start = performance.now();
  await run(6);
  const time = (performance.now() - start) / 6;
  table.dispose();
  trainer.dispose();
  return time;
}

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
