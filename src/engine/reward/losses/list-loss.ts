import type * as tf from '../../tf';

/**
 * A loss of several items in order. As the losses of pairs, it is written with tensors and as numbers. Neither
 * changes when the same is added to all rewards of a list.
 */
export interface ListLoss {
  /** @param rewards [members, lists, items], best first @returns [members, lists] */
  tensor(rewards: tf.Tensor3D, lists: Lists): tf.Tensor2D;
  /**
   * One list.
   * @param rewards of its items, best first @param places their places, equal for ties
   * @param slopes dL/dr of each item is written here @returns the loss
   */
  at(rewards: ArrayLike<number>, places: ArrayLike<number>, slopes: Float64Array): number;
}

/** Lists of one batch, padded to the longest. */
export interface Lists {
  readonly count: number;
  readonly length: number;
  /** [count · length]: the place of each item from 0, best first; −1 where there is none. */
  readonly places: Int8Array;
}
