import * as tf from '../../tf';
import type { PairLoss } from './pair-loss';

/** log(e^{Δ/2} + ν + e^{−Δ/2}), without overflow: the two exponentials go together into one softplus. */
const logNormaliser = (delta: tf.Tensor, logNu: tf.Tensor): tf.Tensor => {
  const half = delta.abs().div(2);
  // log(e^h + e^−h) = h + softplus(−2h)
  const sides = half.add(tf.softplus(half.mul(-2)));
  return sides.add(tf.softplus(logNu.sub(sides)));
};

/**
 * Davidson 1970: a, a tie, b have the weights e^a, ν e^{(a+b)/2}, e^b. The parameter is t = log ν; ν is how readily
 * a tie is declared.
 */
export const davidson: PairLoss = {
  decided: (delta, _, tie) => logNormaliser(delta, tie).sub(delta.div(2)),
  tied: (delta, _, tie) => logNormaliser(delta, tie).sub(tie),
  at: (delta, _, tied, logNu) => {
    const top = Math.max(Math.abs(delta) / 2, logNu);
    const [won, drawn, lost] = [delta / 2, logNu, -delta / 2].map((x) => Math.exp(x - top)) as [
      number,
      number,
      number,
    ];
    const total = won + drawn + lost;
    const normaliser = top + Math.log(total);
    return {
      loss: normaliser - (tied ? logNu : delta / 2),
      slope: (won - lost) / (2 * total) - (tied ? 0 : 0.5),
      tieSlope: drawn / total - (tied ? 1 : 0),
    };
  },
  wgsl: /* wgsl */ `
    let top = max(0.5 * abs(delta), tie);
    let won = exp(0.5 * delta - top);
    let drawn = exp(tie - top);
    let lost = exp(-0.5 * delta - top);
    let total = won + drawn + lost;
    let loss = top + log(total) - select(0.5 * delta, tie, tied);
    return vec3f(
      loss,
      0.5 * (won - lost) / total - select(0.5, 0.0, tied),
      drawn / total - select(0.0, 1.0, tied),
    );`,
};
