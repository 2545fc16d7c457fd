import * as tf from '../../tf';
import { sigmoid, softplus } from '../../../domain/logistic';
import type { PairLoss } from './pair-loss';

/**
 * Rao and Kupper 1967: P(a) = σ(Δ − η) with η = log θ ≥ 0, P(tie) = (θ² − 1) σ(Δ − η) σ(−Δ − η). θ is the threshold
 * below which two are called equal; the parameter is t = log(θ − 1), so that η = softplus(t).
 */
export const raoKupper: PairLoss = {
  decided: (delta, _, tie) => tf.softplus(tf.softplus(tie).sub(delta)),
  tied: (delta, _, tie) => {
    const eta = tf.softplus(tie);
    // log(θ² − 1) = log(θ − 1) + log(θ + 1), and θ + 1 = 2 + eᵗ.
    const room = tie.add(tf.softplus(tie.sub(Math.LN2)).add(Math.LN2));
    return tf
      .softplus(eta.sub(delta))
      .add(tf.softplus(eta.add(delta)))
      .sub(room);
  },
  at: (delta, _, tied, tie) => {
    const eta = softplus(tie);
    const etaSlope = sigmoid(tie);
    const won = sigmoid(eta - delta);
    if (!tied) return { loss: softplus(eta - delta), slope: -won, tieSlope: won * etaSlope };
    const lost = sigmoid(eta + delta);
    const room = tie + Math.LN2 + softplus(tie - Math.LN2);
    return {
      loss: softplus(eta - delta) + softplus(eta + delta) - room,
      slope: lost - won,
      tieSlope: (won + lost) * etaSlope - 1 - sigmoid(tie - Math.LN2),
    };
  },
  wgsl: /* wgsl */ `
    let eta = softplus(tie);
    let etaSlope = sigmoid(tie);
    let won = sigmoid(eta - delta);
    if (!tied) { return vec3f(softplus(eta - delta), -won, won * etaSlope); }
    let lost = sigmoid(eta + delta);
    let room = tie + ${Math.LN2} + softplus(tie - ${Math.LN2});
    let loss = softplus(eta - delta) + softplus(eta + delta) - room;
    return vec3f(loss, lost - won, (won + lost) * etaSlope - 1.0 - sigmoid(tie - ${Math.LN2}));`,
};
