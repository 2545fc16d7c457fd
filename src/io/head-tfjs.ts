import { strToU8, zipSync } from 'fflate';
import { pooled, type TrainedHead } from '../domain/trained-head';
import type { Exporter } from './exporter';

/**
 * The head as a TensorFlow.js layers model: `model.json` and `weights.bin` in a zip, for `tf.loadLayersModel`. Kernels
 * are [inputs, outputs]. An ensemble is a layer that averages or takes the lowest.
 */
export const headTfjs: Exporter = {
  file: 'reward-head-tfjs.zip',
  type: 'application/zip',
  format: async (work) => {
    const { model, weights } = layersModel(await work.head());
    return zipSync({ 'model.json': strToU8(JSON.stringify(model)), 'weights.bin': weights });
  },
};

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}

/** @throws Error where no layer does what the head does */
export function layersModel(head: TrainedHead): { model: object; weights: Uint8Array } {
  if (head.members.length > 1 && head.combine === 'uncertainty')
    throw new Error(
      'A TensorFlow.js layers model has no layer for “mean − λ variance”. Choose mean or worst case as the ensemble reward, or export ONNX.',
    );
  // The loader makes "geluNew" of the name of this gelu, "gelu_new", and then does not know it.
  if (head.activation === 'gelu' && head.members[0]!.length > 1)
    throw new Error(
      'TensorFlow.js cannot load a layers model with this gelu (its tanh approximation). Train with relu or tanh, or export ONNX.',
    );
  const specs: Weight[] = [];
  const values: Float32Array[] = [];
  const layers: object[] = [
    {
      name: 'embedding',
      class_name: 'InputLayer',
      config: {
        batch_input_shape: [null, head.dimension],
        dtype: 'float32',
        sparse: false,
        name: 'embedding',
      },
      inbound_nodes: [],
    },
  ];
  const ends = head.members.map((member, m) => {
    let from = 'embedding';
    member.forEach((layer, i) => {
      const last = i === member.length - 1;
      const own = last ? pooled(layer, head.weights) : layer;
      // Members are put together centred; a single one is taken as it is.
      const shift = last && head.members.length > 1 ? head.shifts[m]! : 0;
      const name = `member_${m}_dense_${i}`;
      specs.push(
        { name: `${name}/kernel`, shape: [own.inputs, own.outputs], dtype: 'float32' },
        { name: `${name}/bias`, shape: [own.outputs], dtype: 'float32' },
      );
      values.push(
        own.weights,
        own.bias.map((value) => value - shift),
      );
      layers.push(dense(name, own.outputs, last ? 'linear' : head.activation, from));
      from = name;
    });
    return from;
  });
  const output = ends.length === 1 ? ends[0]! : 'ensemble';
  if (ends.length > 1)
    layers.push({
      name: output,
      class_name: head.combine === 'min' ? 'Minimum' : 'Average',
      config: { name: output, trainable: false },
      inbound_nodes: [ends.map((end) => [end, 0, 0, {}])],
    });
  const model = {
    format: 'layers-model',
    generatedBy: 'reward-model-playground',
    convertedBy: null,
    modelTopology: {
      class_name: 'Model',
      config: {
        name: 'reward_head',
        layers,
        input_layers: [['embedding', 0, 0]],
        output_layers: [[output, 0, 0]],
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  };
  return { model, weights: concatenated(values) };
}

const dense = (name: string, units: number, activation: string, from: string) => ({
  name,
  class_name: 'Dense',
  config: { name, units, activation, use_bias: true, trainable: true, dtype: 'float32' },
  inbound_nodes: [[[from, 0, 0, {}]]],
});

function concatenated(parts: readonly Float32Array[]): Uint8Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(all.buffer);
}
