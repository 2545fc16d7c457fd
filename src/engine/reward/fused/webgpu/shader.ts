import { beta1, beta2 } from '../../../optimizers';
import type { Settings } from '../../../../domain/settings';
import { pairLosses } from '../../losses';
import type { Packing } from '../packing';
import { flag, place } from './plan';

/** What the shaders of all heads have in common. */
export interface ShaderSpec {
  readonly packing: Packing;
  readonly heads: number;
  readonly loss: Settings['loss'];
  /** Room for pairs in a batch. */
  readonly pairs: number;
}

/** Buffers, in the order of their bindings. */
export const bindings = ['table', 'plan', 'theta', 'moments', 'report', 'activations', 'counters'] as const;
export type BufferName = (typeof bindings)[number];

/** @returns WGSL: buffers, the plan, the loss of a pair and the optimisers */
export const common = ({ packing, heads, loss }: ShaderSpec): string => /* wgsl */ `
@group(0) @binding(0) var<storage, read> table: array<vec4f>;
@group(0) @binding(1) var<storage, read> plan: array<u32>;
@group(0) @binding(2) var<storage, read_write> theta: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> moments: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> report: array<f32>;
@group(0) @binding(5) var<storage, read_write> activations: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> counters: array<u32>;

const heads = ${heads}u;
const size4 = ${packing.floats / 4}u; // of a head
const bias4 = ${packing.layers.at(-1)!.bias / 4}u;
const tie4 = ${packing.tie / 4}u;
const inputs4 = ${packing.layers[0]!.paddedInputs / 4}u;
const outputs = ${packing.layers.at(-1)!.outputs}u;

fn number(at: u32) -> f32 { return bitcast<f32>(plan[at]); }

fn sigmoid(t: f32) -> f32 {
  let e = exp(-abs(t));
  return select(e, 1.0, t >= 0.0) / (1.0 + e);
}

fn softplus(t: f32) -> f32 { return max(t, 0.0) + log(1.0 + exp(-abs(t))); }

fn pairLoss(delta: f32, tied: bool, tie: f32, epsilon: f32) -> vec3f {
  ${pairLosses[loss].wgsl}
}

fn batchOf(step: u32, head: u32) -> u32 {
  return plan[${place.batches}] + step * plan[${place.batchStride}] + head * plan[${place.headStride}];
}

/** What each output counts in the reward of a pair's items. */
fn sharesOf(batch: u32, pair: u32) -> vec4f {
  if (outputs == 1u) { return vec4f(1.0, 0.0, 0.0, 0.0); }
  let criterion = plan[batch + 3u * plan[${place.pairs}] + pair] >> 1u;
  if (criterion > 0u) { return vec4f(vec4u(criterion - 1u) == vec4u(0u, 1u, 2u, 3u)); }
  let c = ${place.criteria}u;
  return vec4f(number(c), number(c + 1u), number(c + 2u), 0.0);
}

struct Slopes {
  loss: f32,
  /** By the rewards of the chosen and the rejected one. */
  rewards: vec2f,
  /** By each one's bias. */
  bias: f32,
  tie: f32,
}

fn slopesOf(batch: u32, head: u32, pair: u32, rewards: vec2f, ownTie: f32) -> Slopes {
  let pairs = plan[${place.pairs}];
  let weight = number(batch + 4u * pairs + head * plan[${place.weightStride}] + pair);
  let tied = (plan[batch + 3u * pairs + pair] & 1u) == 1u;
  let learnTies = (plan[${place.flags}] & ${flag.learnTies}u) != 0u;
  let delta = rewards.x - rewards.y - number(batch + 2u * pairs + pair);
  let loss = pairLoss(delta, tied, select(number(${place.tie}u), ownTie, learnTies), number(${place.labelNoise}u));
  let centring = number(${place.centring}u);
  let sum = rewards.x + rewards.y;
  let pull = 2.0 * weight * centring * sum;
  return Slopes(
    weight * (loss.x + centring * sum * sum),
    vec2f(weight * loss.y + pull, pull - weight * loss.y),
    pull,
    select(0.0, weight * loss.z, learnTies),
  );
}

struct Rates {
  adam: bool,
  rate: f32,
  correction: f32,
  keep: f32,
  pull: f32,
}

fn ratesOf(step: u32, head: u32) -> Rates {
  let at = plan[${place.stepNumbers}] + 4u * step;
  let learningRate = number(${place.heads}u + 2u * head) * number(at);
  let decay = number(${place.heads}u + 2u * head + 1u);
  let decoupled = (plan[${place.flags}] & ${flag.decoupled}u) != 0u;
  return Rates(
    (plan[${place.flags}] & ${flag.adam}u) != 0u,
    learningRate * number(at + 1u),
    number(at + 2u),
    select(1.0, 1.0 - learningRate * decay, decoupled),
    select(decay, 0.0, decoupled),
  );
}

/** One update of four parameters, which are at this place of all. */
fn updated(at: u32, old: vec4f, slope: vec4f, rates: Rates) -> vec4f {
  if (!rates.adam) { return old * rates.keep - slope * rates.rate; }
  let gradient = slope + old * rates.pull;
  let m = moments[at] * ${beta1} + gradient * ${1 - beta1};
  let v = moments[at + heads * size4] * ${beta2} + gradient * gradient * ${1 - beta2};
  moments[at] = m;
  moments[at + heads * size4] = v;
  return old * rates.keep - m * rates.rate / (sqrt(v * rates.correction) + 1e-8);
}
`;
