import type { HeadSpec } from '../../head';
import type { PackedLayer } from '../packing';
import { place } from './plan';
import { common, type ShaderSpec } from './shader';

/** Threads of a workgroup, in both kernels. */
const threads = 64;
/** Rows of a batch that one workgroup takes forward and back. */
const rowsAtOnce = 16;

/** Functions of four numbers before the activation. A new activation is one entry here. */
const activations: Record<HeadSpec['activation'], { value: string; slope: string }> = {
  relu: {
    value: 'return max(z, vec4f(0.0));',
    slope: 'return select(vec4f(0.0), vec4f(1.0), z > vec4f(0.0));',
  },
  tanh: { value: 'return tanh4(z);', slope: 'let t = tanh4(z); return 1.0 - t * t;' },
  gelu: {
    value: 'return 0.5 * z * (1.0 + tanh4(0.7978845608 * (z + 0.044715 * z * z * z)));',
    slope: `
      let t = tanh4(0.7978845608 * (z + 0.044715 * z * z * z));
      return 0.5 * (1.0 + t + z * (1.0 - t * t) * 0.7978845608 * (1.0 + 0.134145 * z * z));`,
  },
};

/** Eigen's rational function: some devices' own tanh is neither exact nor safe for large arguments. */
const tanh4 = /* wgsl */ `
fn tanh4(value: vec4f) -> vec4f {
  let x = clamp(value, vec4f(-7.90531110763549805), vec4f(7.90531110763549805));
  let y = x * x;
  var p = y * -2.76076847742355e-16 + 2.00018790482477e-13;
  p = p * y - 8.60467152213735e-11;
  p = p * y + 5.12229709037114e-8;
  p = p * y + 1.48572235717979e-5;
  p = p * y + 6.37261928875436e-4;
  p = (p * y + 4.89352455891786e-3) * x;
  var q = y * 1.19825839466702e-6 + 1.18534705686654e-4;
  q = q * y + 2.268434632439e-3;
  return p / (q * y + 4.89352518554385e-3);
}`;

export interface MlpSpec extends ShaderSpec {
  readonly activation: HeadSpec['activation'];
}

/** Sizes that follow from the head and the room for pairs. */
export class MlpSizes {
  /** Rows of a batch, in whole workgroups. */
  readonly rows: number;
  /** Of a batch. */
  readonly workgroups: number;
  /** Of the second kernel, for each head. */
  readonly updateWorkgroups: number;
  /** vec4s of everything between the kernels. */
  readonly activations: number;
  /** Of each hidden layer, where its numbers before and after the activation are; of the last, the slopes. */
  readonly regions: readonly { before: number; after: number }[];
  /** Tiles of 4 × 4 weights of each layer, then biases of each layer, then the tie parameter. */
  readonly items: readonly { layer: number; bias: boolean; from: number; to: number }[];
  readonly tieItem: number;

  constructor({ packing, heads, pairs }: ShaderSpec) {
    const { layers } = packing;
    this.workgroups = Math.ceil((2 * pairs) / rowsAtOnce);
    this.rows = this.workgroups * rowsAtOnce;
    let vectors = 0;
    const take = (width4: number) => {
      const at = vectors;
      vectors += heads * this.rows * width4;
      return at;
    };
    this.regions = layers.map(({ paddedOutputs }, i) => {
      const before = take(paddedOutputs / 4);
      return { before, after: i === layers.length - 1 ? before : take(paddedOutputs / 4) };
    });
    this.activations = vectors;
    let items = 0;
    const span = (layer: number, bias: boolean, count: number) => {
      items += count;
      return { layer, bias, from: items - count, to: items };
    };
    const columns = ({ paddedOutputs }: PackedLayer, i: number) =>
      i === layers.length - 1 ? 1 : paddedOutputs / 4;
    this.items = [
      ...layers.map((layer, i) => span(i, false, Math.ceil(layer.inputs / 4) * columns(layer, i))),
      ...layers.map((layer, i) => span(i, true, columns(layer, i))),
    ];
    this.tieItem = items;
    this.updateWorkgroups = Math.ceil((items + 1) / threads);
  }
}

/**
 * Two kernels for heads of layers, however many members there are. The first takes 16 rows (8 pairs) through all
 * layers, to the slopes by the rewards, and back to the slopes before each activation. The second sums the gradient of
 * 16 parameters in each thread, and updates them. The number of the step is kept on the device: each kernel writes
 * only what the other reads.
 */
export function mlpShader(spec: MlpSpec): string {
  const { packing } = spec;
  const { layers } = packing;
  const sizes = new MlpSizes(spec);
  const last = layers.length - 1;
  const norms = spec.heads * sizes.updateWorkgroups;
  return /* wgsl */ `
${common(spec)}
${tanh4}
fn activated(z: vec4f) -> vec4f { ${activations[spec.activation].value} }
fn slopeOfActive(z: vec4f) -> vec4f { ${activations[spec.activation].slope} }

var<workgroup> rowOf: array<u32, ${Math.max(sizes.rows, rowsAtOnce)}>;
var<workgroup> partial: array<vec4f, ${threads}>;
var<workgroup> slopes: array<vec4f, ${rowsAtOnce}>;
var<workgroup> losses: array<f32, ${rowsAtOnce / 2}>;

fn allHere() {
  workgroupBarrier();
  storageBarrier();
}

@compute @workgroup_size(${threads})
fn differentiate(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = group.y;
  let step = counters[0];
  let pairs = plan[${place.pairs}];
  let batch = batchOf(step, head);
  let first = group.x * ${rowsAtOnce}u;
  let params = head * size4;
  if (thread < ${rowsAtOnce}u) {
    rowOf[thread] = select(0u, plan[batch + first + thread], first + thread < 2u * pairs) * inputs4;
  }
  workgroupBarrier();
  ${layers
    .slice(0, -1)
    .map((layer, i) => forward(layer, i, sizes))
    .join('\n  allHere();\n')}
  allHere();
  ${rewards(layers[last]!, sizes.regions[last - 1]!.after, sizes)}
  ${slopesOfRows(sizes.regions[last]!.before, sizes)}
  workgroupBarrier();
  ${lastBack(layers[last]!, sizes.regions[last - 1]!.before, sizes)}
  ${layers
    .slice(1, -1)
    .map((layer, i) => back(layer, sizes.regions[i + 1]!.before, sizes.regions[i]!.before, sizes))
    .reverse()
    .map((code) => `allHere();\n  ${code}`)
    .join('\n  ')}
  if (thread == 0u) {
    var total = 0.0;
    for (var i = 0u; i < ${rowsAtOnce / 2}u; i++) { total += losses[i]; }
    report[${norms}u + (step * heads + head) * ${sizes.workgroups}u + group.x] = total;
    if (group.x == 0u && head == 0u) { counters[1] = step; }
  }
}

@compute @workgroup_size(${threads})
fn update(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = group.y;
  let step = counters[1];
  let pairs = plan[${place.pairs}];
  let batch = batchOf(step, head);
  for (var i = thread; i < 2u * pairs; i += ${threads}u) { rowOf[i] = plan[batch + i] * inputs4; }
  workgroupBarrier();
  let item = group.x * ${threads}u + thread;
  let rates = ratesOf(step, head);
  let params = head * size4;
  var squares = 0.0;
  ${sizes.items
    .map(({ layer, bias, from, to }) => {
      const code = bias
        ? updateBias(layers[layer]!, sizes.regions[layer]!.before, layer === last, from, sizes)
        : updateTile(layers[layer]!, layer, layer === last, from, sizes);
      return `if (item >= ${from}u && item < ${to}u) { ${code} }`;
    })
    .join(' else ')} else if (item == ${sizes.tieItem}u) {
    var gradient = vec4f(0.0);
    for (var r = 0u; r < 2u * pairs; r++) { gradient.x += activations[${at(sizes.regions[last]!.before, 2, 'r', sizes)} + 1u].w; }
    squares = dot(gradient, gradient);
    theta[params + tie4] = updated(params + tie4, theta[params + tie4], gradient, rates);
  }
  partial[thread] = vec4f(squares);
  workgroupBarrier();
  if (thread == 0u) {
    var total = 0.0;
    for (var i = 0u; i < ${threads}u; i++) { total += partial[i].x; }
    report[head * ${sizes.updateWorkgroups}u + group.x] = total;
    if (group.x == 0u && head == 0u) { counters[0] = select(step + 1u, 0u, step + 1u == plan[${place.steps}]); }
  }
}
`;
}

/** Where the vec4s of a row of this head begin in a region. */
const at = (region: number, width4: number, row: string, { rows }: MlpSizes): string =>
  `${region}u + (head * ${rows}u + ${row}) * ${width4}u`;

const four = [0, 1, 2, 3] as const;
const lanes = ['x', 'y', 'z', 'w'] as const;

/** Four rows and four outputs in a thread at a time. */
function forward(
  { inputs, paddedInputs, paddedOutputs, weights, bias }: PackedLayer,
  i: number,
  sizes: MlpSizes,
): string {
  const [in4, out4] = [paddedInputs / 4, paddedOutputs / 4];
  const region = sizes.regions[i]!;
  const from = (q: number) =>
    i === 0
      ? `table[rowOf[row + ${q}u] + i]`
      : `activations[${at(sizes.regions[i - 1]!.after, in4, `first + row + ${q}u`, sizes)} + i]`;
  return /* wgsl */ `
  for (var item = thread; item < ${(rowsAtOnce / 4) * out4}u; item += ${threads}u) {
    let column = item % ${out4}u;
    let row = 4u * (item / ${out4}u);
    let b = theta[params + ${bias / 4}u + column];
    ${four.map((q) => `var z${q} = b;`).join(' ')}
    for (var i = 0u; i < ${Math.ceil(inputs / 4)}u; i++) {
      let at = params + ${weights / 4}u + 4u * i * ${out4}u + column;
      ${four.map((q) => `let w${q} = theta[at + ${q * out4}u];`).join(' ')}
      ${four.map((q) => `let x${q} = ${from(q)};`).join(' ')}
      ${four.map((q) => `z${q} += x${q}.x * w0 + x${q}.y * w1 + x${q}.z * w2 + x${q}.w * w3;`).join(' ')}
    }
    ${four
      .map(
        (q) => /* wgsl */ `
    activations[${at(region.before, out4, `first + row + ${q}u`, sizes)} + column] = z${q};
    activations[${at(region.after, out4, `first + row + ${q}u`, sizes)} + column] = activated(z${q});`,
      )
      .join('')}
  }`;
}

/** Outputs of the rows, without the last bias, by four threads each. */
const rewards = (
  { paddedInputs, paddedOutputs, weights }: PackedLayer,
  after: number,
  sizes: MlpSizes,
): string => {
  const [in4, out4] = [paddedInputs / 4, paddedOutputs / 4];
  return /* wgsl */ `
  {
    var sum = vec4f(0.0);
    for (var i = thread % 4u; i < ${in4}u; i += 4u) {
      let a = activations[${at(after, in4, 'first + thread / 4u', sizes)} + i];
      let w = params + ${weights / 4}u + 4u * i * ${out4}u;
      sum += a.x * theta[w] + a.y * theta[w + ${out4}u] + a.z * theta[w + ${2 * out4}u] + a.w * theta[w + ${3 * out4}u];
    }
    partial[thread] = sum;
  }
  workgroupBarrier();`;
};

/** One thread for each pair: the loss, and the slopes by its two rewards, their biases and the tie parameter. */
const slopesOfRows = (region: number, sizes: MlpSizes): string => /* wgsl */ `
  if (thread < ${rowsAtOnce / 2}u) {
    let pair = first / 2u + thread;
    losses[thread] = 0.0;
    slopes[2u * thread] = vec4f(0.0);
    slopes[2u * thread + 1u] = vec4f(0.0);
    if (pair < pairs) {
      let shares = sharesOf(batch, pair);
      let bias = theta[params + bias4];
      var rewards = vec2f(0.0);
      for (var side = 0u; side < 2u; side++) {
        let p = 4u * (2u * thread + side);
        rewards[side] = dot(shares, partial[p] + partial[p + 1u] + partial[p + 2u] + partial[p + 3u] + bias);
      }
      let found = slopesOf(batch, head, pair, rewards, theta[params + tie4].x);
      losses[thread] = found.loss;
      for (var side = 0u; side < 2u; side++) {
        slopes[2u * thread + side] = shares * found.rewards[side];
        let to = ${at(region, 2, 'first + 2u * thread + side', sizes)};
        activations[to] = shares * found.rewards[side];
        // Beside them: the slopes by the bias and, once for the pair, by the tie parameter.
        let pull = shares * found.bias;
        activations[to + 1u] = vec4f(pull.xyz, select(0.0, found.tie, side == 0u));
      }
    }
  }`;

/** To the slopes before the last activation. */
const lastBack = (
  { paddedInputs, paddedOutputs, weights }: PackedLayer,
  before: number,
  sizes: MlpSizes,
): string => {
  const [in4, out4] = [paddedInputs / 4, paddedOutputs / 4];
  return /* wgsl */ `
  for (var item = thread; item < ${rowsAtOnce * in4}u; item += ${threads}u) {
    let i = item % ${in4}u;
    let slope = slopes[item / ${in4}u];
    let w = params + ${weights / 4}u + 4u * i * ${out4}u;
    let own = vec4f(${four.map((q) => `dot(slope, theta[w + ${q * out4}u])`).join(', ')});
    let to = ${at(before, in4, `first + item / ${in4}u`, sizes)} + i;
    activations[to] = own * slopeOfActive(activations[to]);
  }`;
};

/** From the slopes before one activation to those before the last one. */
const back = (
  { paddedInputs, paddedOutputs, weights }: PackedLayer,
  from: number,
  before: number,
  sizes: MlpSizes,
): string => {
  const [in4, out4] = [paddedInputs / 4, paddedOutputs / 4];
  return /* wgsl */ `
  for (var item = thread; item < ${(rowsAtOnce / 4) * in4}u; item += ${threads}u) {
    let i = item % ${in4}u;
    let row = 4u * (item / ${in4}u);
    ${four.map((q) => `var s${q} = vec4f(0.0);`).join(' ')}
    for (var o = 0u; o < ${out4}u; o++) {
      let w = params + ${weights / 4}u + 4u * i * ${out4}u + o;
      ${four.map((q) => `let w${q} = theta[w + ${q * out4}u];`).join(' ')}
      ${four.map((q) => `let d${q} = activations[${at(from, out4, `first + row + ${q}u`, sizes)} + o];`).join(' ')}
      ${four
        .map((q) => `s${q} += vec4f(dot(d${q}, w0), dot(d${q}, w1), dot(d${q}, w2), dot(d${q}, w3));`)
        .join(' ')}
    }
    ${four
      .map(
        (q) => /* wgsl */ `
    {
      let to = ${at(before, in4, `first + row + ${q}u`, sizes)} + i;
      activations[to] = s${q} * slopeOfActive(activations[to]);
    }`,
      )
      .join('')}
  }`;
};

/** Four inputs and four outputs in a thread. */
function updateTile(layer: PackedLayer, i: number, last: boolean, first: number, sizes: MlpSizes): string {
  const { paddedInputs, paddedOutputs, weights } = layer;
  const [in4, out4] = [paddedInputs / 4, paddedOutputs / 4];
  const columns = last ? 1 : out4;
  const x =
    i === 0
      ? 'table[rowOf[r] + row]'
      : `activations[${at(sizes.regions[i - 1]!.after, in4, 'r', sizes)} + row]`;
  return /* wgsl */ `
    let column = (item - ${first}u) % ${columns}u;
    let row = (item - ${first}u) / ${columns}u;
    ${four.map((q) => `var g${q} = vec4f(0.0);`).join(' ')}
    for (var r = 0u; r < 2u * pairs; r++) {
      let x = ${x};
      let d = activations[${at(sizes.regions[i]!.before, out4, 'r', sizes)} + column];
      ${four.map((q) => `g${q} += x.${lanes[q]} * d;`).join(' ')}
    }
    squares = ${four.map((q) => `dot(g${q}, g${q})`).join(' + ')};
    let to = params + ${weights / 4}u + 4u * row * ${out4}u + column;
    ${four.map((q) => `theta[to + ${q * out4}u] = updated(to + ${q * out4}u, theta[to + ${q * out4}u], g${q}, rates);`).join('\n    ')}
  `;
}

const updateBias = (
  { paddedOutputs, bias }: PackedLayer,
  region: number,
  last: boolean,
  first: number,
  sizes: MlpSizes,
): string => /* wgsl */ `
    let column = item - ${first}u;
    var gradient = vec4f(0.0);
    for (var r = 0u; r < 2u * pairs; r++) {
      gradient += ${last ? `vec4f(activations[${at(region, 2, 'r', sizes)} + 1u].xyz, 0.0)` : `activations[${at(region, paddedOutputs / 4, 'r', sizes)} + column]`};
    }
    squares = dot(gradient, gradient);
    let to = params + ${bias / 4}u + column;
    theta[to] = updated(to, theta[to], gradient, rates);
  `;
