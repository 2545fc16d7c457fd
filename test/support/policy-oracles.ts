// The published numbers about policy optimisation, as checks that run on whatever backend is current.
import others from '../fixtures/oracles/others.json';
import tokens from '../fixtures/oracles/ppo.json';
import gaussian from '../fixtures/oracles/ppo_gaussian.json';
import {
  entropy,
  klPerDimension,
  logProbability,
} from '../../src/engine/policy/families/gaussian-density.ts';
import { tokenEvaluation } from '../../src/engine/policy/families/tokens.ts';
import { dpo } from '../../src/engine/policy/optimisers/dpo.ts';
import { groupRelative } from '../../src/engine/policy/optimisers/grpo.ts';
import { leaveOneOut } from '../../src/engine/policy/optimisers/rloo.ts';
import {
  diagnose,
  gae,
  klEstimators,
  maskedMean,
  objective,
  overSteps,
  policyLoss,
  stepRewards,
  valueLoss,
  whiten,
  type PpoHyper,
} from '../../src/engine/policy/ppo.ts';
import * as tf from '../../src/engine/tf.ts';
import { expectClose } from './close.ts';

tf.env().set('IS_TEST', true);

async function numbersOf(tensor: tf.Tensor): Promise<number[]> {
  const values = await tensor.data();
  tensor.dispose();
  return Array.from(values);
}

const checker =
  (tolerance: number) =>
  async (tensor: tf.Tensor, expected: number | number[], what: string): Promise<void> =>
    expectClose(await numbersOf(tensor), expected, tolerance, what);

export const tokenCases = tokens.cases;
type TokenCase = (typeof tokenCases)[number];

/** Every intermediate of one PPO evaluation of a token policy: rewards, GAE, whitening, ratios, losses, gradients. */
export async function checkTokenPpo(wanted: TokenCase, tolerance: number): Promise<void> {
  const check = checker(tolerance);
  const { batch, tokens: steps, vocabulary } = wanted.shape;
  const cube = (values: number[][][]) => tf.tensor3d(values.flat(2), [batch, steps, vocabulary]);
  const table = (values: number[][]) => tf.tensor2d(values.flat(), [batch, steps]);
  const logSoftmax = (logits: tf.Tensor3D) =>
    tf
      .logSoftmax(logits.reshape<tf.Tensor2D>([batch * steps, vocabulary]))
      .reshape<tf.Tensor3D>([batch, steps, vocabulary]);
  const before = tf.memory().numTensors;

  const mask = table(wanted.mask);
  const words = tf.tidy(() =>
    tf
      .oneHot(tf.tensor1d(wanted.actions.flat(), 'int32'), vocabulary)
      .toFloat()
      .reshape<tf.Tensor3D>([batch, steps, vocabulary]),
  );
  const [oldLogits, refLogits, newLogits] = [wanted.old_logits, wanted.ref_logits, wanted.new_logits].map(
    cube,
  ) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const [oldValues, newValues] = [table(wanted.old_values), table(wanted.new_values)];
  const scores = tf.tensor1d(wanted.score);
  const parts = tf.tidy(() => {
    const reference = logSoftmax(refLogits);
    const old = tokenEvaluation(logSoftmax(oldLogits), words, reference);
    const logProbReference = reference.mul(words).sum<tf.Tensor2D>(2);
    const rewards = stepRewards(scores, old.logProb, logProbReference, wanted.kl_coef, mask);
    const { advantages, returns } = gae(
      rewards,
      oldValues,
      { gamma: wanted.gamma, lambda: wanted.gae_lambda },
      mask,
    );
    const whitened = whiten(advantages, mask);
    return { reference, logProbOld: old.logProb, logProbReference, rewards, advantages, returns, whitened };
  });
  const { reference, logProbOld, logProbReference, advantages, returns, whitened } = parts;
  const onReal = (x: tf.Tensor2D) => tf.tidy(() => x.mul(mask));
  await check(onReal(parts.rewards), wanted.token_rewards.flat(), 'token rewards');
  await check(onReal(advantages), wanted.advantages.flat(), 'advantages');
  await check(onReal(returns), masked(wanted.returns, wanted.mask), 'returns');
  await check(onReal(whitened), masked(wanted.whitened_advantages, wanted.mask), 'whitened advantages');

  const hyper: PpoHyper = {
    clip: wanted.cliprange,
    klInLoss: 0,
    entropyCoefficient: 0,
    valueCoefficient: wanted.vf_coef,
    valueClip: wanted.cliprange_value,
    clipped: true,
    usesValue: true,
  };
  const target = { logProbOld, oldValue: oldValues, advantages: whitened, returns };
  const evaluation = (logits: tf.Tensor, value: tf.Tensor) => ({
    ...tokenEvaluation(logSoftmax(logits as tf.Tensor3D), words, reference),
    value: value as tf.Tensor2D,
  });
  const now = tf.tidy(() => {
    const { value, ...rest } = evaluation(newLogits, newValues);
    const { ratio, summary } = diagnose({ ...rest, value }, target, hyper, mask);
    const k = rest.logProb.sub<tf.Tensor2D>(logProbReference);
    return {
      ratio,
      summary,
      k,
      policy: policyLoss(ratio, whitened, hyper.clip, mask),
      value: valueLoss(newValues, oldValues, returns, hyper.valueClip, mask),
      entropy: maskedMean(rest.entropy, mask),
      kl: overSteps(rest.kl, mask).mean(),
    };
  });
  await check(onReal(now.ratio), masked(wanted.ratio, wanted.mask), 'ratio');
  await check(now.policy, wanted.policy_loss, 'policy loss');
  await check(now.value, wanted.value_loss, 'value loss');
  await check(now.entropy, wanted.entropy, 'entropy');
  await check(now.kl, wanted.kl_new_ref_exact_per_sequence_mean, 'exact KL of a sequence');
  const [approxKl, clipFraction, , lossOfPolicy, lossOfValue] = await numbersOf(now.summary);
  expectClose(approxKl!, wanted.approx_kl_old_new, tolerance, 'approximate KL');
  expectClose(clipFraction!, wanted.clipfrac, tolerance, 'clip fraction');
  expectClose(lossOfPolicy!, wanted.policy_loss, tolerance, 'policy loss of the summary');
  expectClose(lossOfValue!, wanted.value_loss, tolerance, 'value loss of the summary');
  now.ratio.dispose();
  // k1, k2 and k3 word by word, over real words.
  const k = await numbersOf(now.k);
  const real = wanted.mask.flat().map((value, i) => [value, i] as const);
  const rows = real.filter(([value]) => value === 1).map(([, i]) => i);
  const estimate = (f: (k: number) => number) => rows.reduce((sum, i) => sum + f(k[i]!) / rows.length, 0);
  expectClose(estimate(klEstimators.k1), wanted.k1, tolerance, 'k1');
  expectClose(estimate(klEstimators.k2), wanted.k2, tolerance, 'k2');
  expectClose(estimate(klEstimators.k3), wanted.k3, tolerance, 'k3');

  const loss = (logits: tf.Tensor, value: tf.Tensor) =>
    objective(evaluation(logits, value), target, hyper, mask);
  const { value: total, grads } = tf.valueAndGrads(loss)([newLogits, newValues]);
  await check(total, wanted.total_loss, 'total loss');
  await check(grads[0]!, wanted.grad_new_logits.flat(2), 'gradient of the logits');
  await check(grads[1]!, wanted.grad_new_values.flat(), 'gradient of the values');
  tf.dispose([mask, words, oldLogits, refLogits, newLogits, oldValues, newValues, scores, parts]);
  expectClose(tf.memory().numTensors, before, 0, 'tensors left behind');
}

/** At padding the published numbers are whatever fell out: only real words count. */
const masked = (values: number[][], mask: number[][]): number[] =>
  values.flatMap((row, i) => row.map((value, t) => value * mask[i]![t]!));

/** The closed forms, the objective and its gradients of one PPO case with a mean for each sample. */
export async function checkGaussianPpo(tolerance: number): Promise<void> {
  const check = checker(tolerance);
  const wanted = gaussian.cases[0]!;
  const matrix = (values: number[][]) => tf.tensor2d(values);
  const [oldMean, newMean, refMean] = [wanted.old_mean, wanted.new_mean, wanted.ref_mean].map(matrix);
  const [oldLogStd, newLogStd, refLogStd] = [wanted.old_log_std, wanted.new_log_std, wanted.ref_log_std].map(
    (values) => tf.tensor1d(values),
  );
  const actions = matrix(wanted.actions);
  const rows = wanted.actions.length;
  const advantages = tf.tensor2d(wanted.advantages, [rows, 1]);
  const zeros = tf.zeros<tf.Rank.R2>([rows, 1]);
  const logProbOf = (mean: tf.Tensor, logStd: tf.Tensor) =>
    logProbability(actions, mean, logStd as tf.Tensor1D).expandDims<tf.Tensor2D>(1);
  const logProbOld = tf.tidy(() => logProbOf(oldMean!, oldLogStd!));
  const evaluate = (mean: tf.Tensor, logStd: tf.Tensor) => ({
    logProb: logProbOf(mean, logStd),
    entropy: entropy(logStd as tf.Tensor1D)
      .reshape<tf.Tensor2D>([1, 1])
      .broadcastTo<tf.Rank.R2>([rows, 1]),
    value: zeros,
    kl: klPerDimension(mean, logStd, refMean!, refLogStd!).sum<tf.Tensor2D>(-1, true),
  });
  const target = { logProbOld, oldValue: zeros, advantages, returns: zeros };
  const hyper: PpoHyper = {
    clip: 0.2,
    klInLoss: 0.1,
    entropyCoefficient: 0.01,
    valueCoefficient: 0,
    valueClip: 0.2,
    clipped: true,
    usesValue: false,
  };
  const { value, grads } = tf.valueAndGrads((mean: tf.Tensor, logStd: tf.Tensor) =>
    objective(evaluate(mean, logStd), target, hyper),
  )([newMean!, newLogStd!]);
  const now = tf.tidy(() => {
    const { logProb, entropy: h, kl } = evaluate(newMean!, newLogStd!);
    const ratio = logProb.sub<tf.Tensor2D>(logProbOld).exp<tf.Tensor2D>();
    const loss = policyLoss(ratio, advantages, hyper.clip);
    return { logProb, ratio, loss, kl: kl.mean(), entropy: h.mean() };
  });
  await check(now.loss, wanted.policy_loss, 'policy loss');
  await check(now.kl, wanted.kl, 'KL');
  await check(now.entropy, wanted.entropy, 'entropy');
  await check(value, wanted.loss, 'loss');
  await check(grads[0]!, wanted.grad_new_mean.flat(), 'gradient of the mean');
  await check(grads[1]!, wanted.grad_new_log_std, 'gradient of the log standard deviation');
  await check(now.ratio, wanted.ratio, 'ratio');
  await check(logProbOld, wanted.log_prob_old, 'old log probability');
  await check(now.logProb, wanted.log_prob_new, 'new log probability');
  tf.dispose([oldMean!, newMean!, refMean!, oldLogStd!, newLogStd!, refLogStd!, actions, advantages, zeros]);
}

const caseOf = <Case>(wanted: string): Case =>
  (others.cases as unknown as { name: string }[]).find(({ name }) => name === wanted) as unknown as Case;

/** RLOO and GRPO, prompt by prompt. */
export async function checkGroupAdvantages(tolerance: number): Promise<void> {
  const methods = [
    ['rloo', leaveOneOut],
    ['grpo', groupRelative],
  ] as const;
  for (const [name, advantages] of methods) {
    const wanted = caseOf<{ rewards: number[][]; advantages: number[][] }>(name);
    const rewards = tf.tensor2d(wanted.rewards);
    const result = tf.tidy(() => advantages(rewards));
    expectClose(await numbersOf(result), wanted.advantages.flat(), tolerance, name);
    rewards.dispose();
  }
}

interface DpoCase {
  readonly beta: number;
  readonly policy_chosen: number[];
  readonly policy_rejected: number[];
  readonly ref_chosen: number[];
  readonly ref_rejected: number[];
  readonly loss: number;
  readonly grad_policy_chosen: number[];
  readonly grad_policy_rejected: number[];
}

/** The DPO loss and its gradients. */
export async function checkDpo(tolerance: number): Promise<void> {
  const check = checker(tolerance);
  const wanted = caseOf<DpoCase>('dpo');
  const [chosen, rejected, refChosen, refRejected] = [
    wanted.policy_chosen,
    wanted.policy_rejected,
    wanted.ref_chosen,
    wanted.ref_rejected,
  ].map((values) => tf.tensor1d(values)) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const loss = (a: tf.Tensor, b: tf.Tensor) => dpo.loss(a.sub(refChosen), b.sub(refRejected), wanted.beta);
  const { value, grads } = tf.valueAndGrads(loss)([chosen, rejected]);
  await check(value, wanted.loss, 'loss');
  await check(grads[0]!, wanted.grad_policy_chosen, 'gradient of the chosen');
  await check(grads[1]!, wanted.grad_policy_rejected, 'gradient of the rejected');
  tf.dispose([chosen, rejected, refChosen, refRejected]);
}
