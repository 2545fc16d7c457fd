import { pooled, transposed, type Member, type TrainedHead } from '../../domain/trained-head';
import type { Exporter } from '../exporter';
import { OnnxGraph } from './graph';

/**
 * The head as an ONNX model: `embedding` [batch, d] → `reward` [batch, 1], members and criteria already put together
 * as on the page. Layers are Gemm with transB, so the weights are PyTorch's.
 */
export const headOnnx: Exporter = {
  file: 'reward-head.onnx',
  type: 'application/octet-stream',
  format: async (work) => formatHead(await work.head()),
};

export function formatHead(head: TrainedHead): Uint8Array {
  const graph = new OnnxGraph();
  const outputs = head.members.map((member) => memberOf(graph, head, member));
  if (outputs.length === 1) graph.node('Identity', [outputs[0]!], {}, 'reward');
  else combine(graph, head, outputs);
  return graph.model(
    { name: 'embedding', shape: ['batch', head.dimension] },
    { name: 'reward', shape: ['batch', 1] },
    {
      reference_mean: String(head.referenceMean),
      reference_std: String(head.referenceStd),
      step: String(head.step),
    },
  );
}

function memberOf(graph: OnnxGraph, { activation, weights }: TrainedHead, member: Member): string {
  let x = 'embedding';
  member.forEach((layer, i) => {
    const last = i === member.length - 1;
    const own = last ? pooled(layer, weights) : layer;
    const w = graph.constant(transposed(own), [own.outputs, own.inputs], 'weight');
    const b = graph.constant(own.bias, [own.outputs], 'bias');
    x = graph.node('Gemm', [x, w, b], { transB: 1 });
    if (!last) x = activations[activation](graph, x);
  });
  return x;
}

const scalar = (graph: OnnxGraph, value: number) => graph.constant(Float32Array.of(value), [1]);

const activations: Record<TrainedHead['activation'], (graph: OnnxGraph, x: string) => string> = {
  relu: (graph, x) => graph.node('Relu', [x]),
  tanh: (graph, x) => graph.node('Tanh', [x]),
  // The tanh approximation, written out: opset 13 has no Gelu.
  gelu: (graph, x) => {
    const cube = graph.node('Mul', [graph.node('Mul', [x, x]), x]);
    const inner = graph.node('Add', [x, graph.node('Mul', [cube, scalar(graph, 0.044715)])]);
    const bent = graph.node('Tanh', [graph.node('Mul', [inner, scalar(graph, Math.sqrt(2 / Math.PI))])]);
    const half = graph.node('Mul', [x, scalar(graph, 0.5)]);
    return graph.node('Mul', [half, graph.node('Add', [bent, scalar(graph, 1)])]);
  },
};

/** Members, each less its mean under the starting policy, as one reward (Coste et al. 2023). */
function combine(graph: OnnxGraph, head: TrainedHead, outputs: readonly string[]): void {
  const all = graph.node('Concat', outputs, { axis: 1 });
  const shifts = graph.constant(Float32Array.from(head.shifts), [1, outputs.length], 'means');
  const centred = graph.node('Sub', [all, shifts]);
  const over = { axes: [1], keepdims: 1 };
  if (head.combine === 'min') return void graph.node('ReduceMin', [centred], over, 'reward');
  if (head.combine === 'mean') return void graph.node('ReduceMean', [centred], over, 'reward');
  const mean = graph.node('ReduceMean', [centred], over);
  const off = graph.node('Sub', [centred, mean]);
  const variance = graph.node('ReduceMean', [graph.node('Mul', [off, off])], over);
  const price = graph.node('Mul', [variance, scalar(graph, head.uncertaintyWeight)]);
  graph.node('Sub', [mean, price], {}, 'reward');
}
