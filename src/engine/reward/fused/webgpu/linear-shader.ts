import { place } from './plan';
import { common, type ShaderSpec } from './shader';

const threads = 256;
/** Threads that share the margin of one pair. */
const slices = 4;
/** Bytes of workgroup memory that every device has. */
const sharedBytes = 16_384;

/**
 * A persistent kernel for linear heads: one workgroup for each head takes all the steps of a plan, with its weights in
 * workgroup memory where they fit. There is nothing to wait for between the heads, and so nothing between the steps
 * but barriers of the workgroup.
 */
export function linearShader(spec: ShaderSpec): string {
  const { packing, pairs } = spec;
  const others = threads * 8 + pairs * 8 + pairs * 8 + (threads / slices) * (8 + 16);
  const resident = packing.floats * 4 + others <= sharedBytes;
  const weight = resident ? 'weights[$]' : 'theta[head * size4 + $]';
  const w = (at: string) => weight.replace('$', at);
  const { outputs } = packing.layers[0]!;
  return /* wgsl */ `
${common(spec)}
${resident ? 'var<workgroup> weights: array<vec4f, size4>;' : ''}
var<workgroup> partial: array<vec2f, ${threads}>;
/** By the rewards of each pair. */
var<workgroup> slopes: array<vec2f, ${pairs}>;
/** Where the rows of each pair begin in the table. */
var<workgroup> rows: array<vec2u, ${pairs}>;
/** Loss and slope by the tie parameter, and slopes by the biases, of some pairs each. */
var<workgroup> sums: array<vec2f, ${threads / slices}>;
var<workgroup> biases: array<vec4f, ${threads / slices}>;

fn allHere() {
  workgroupBarrier();
  ${resident ? '' : 'storageBarrier();'}
}

@compute @workgroup_size(${threads})
fn train(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = group.x;
  let pairs = plan[${place.pairs}];
  let steps = plan[${place.steps}];
  ${resident ? `for (var i = thread; i < size4; i += ${threads}u) { weights[i] = theta[head * size4 + i]; }` : ''}
  for (var step = 0u; step < steps; step++) {
    let batch = batchOf(step, head);
    for (var p = thread; p < pairs; p += ${threads}u) {
      rows[p] = inputs4 * vec2u(plan[batch + 2u * p], plan[batch + 2u * p + 1u]);
    }
    allHere();

    var sum = vec2f(0.0);
    var bias = vec4f(0.0);
    for (var first = 0u; first < pairs; first += ${threads / slices}u) {
      let pair = first + thread / ${slices}u;
      var rewards = vec2f(0.0);
      if (pair < pairs) {
        let row = rows[pair];
        ${eachOutput(
          outputs,
          (o) => /* wgsl */ `
        {
          var own = vec2f(0.0);
          for (var i = thread % ${slices}u; i < inputs4; i += ${slices}u) {
            let w = ${w(`${o}u * inputs4 + i`)};
            own += vec2f(dot(w, table[row.x + i]), dot(w, table[row.y + i]));
          }
          rewards += ${outputs === 1 ? 'own' : `sharesOf(batch, pair)[${o}] * own`};
        }`,
        )}
      }
      partial[thread] = rewards;
      workgroupBarrier();
      let judged = first + thread;
      if (thread < ${threads / slices}u && judged < pairs) {
        let at = thread * ${slices}u;
        let shares = sharesOf(batch, judged);
        let own = partial[at] + partial[at + 1u] + partial[at + 2u] + partial[at + 3u];
        let found = slopesOf(batch, head, judged, own + dot(shares, ${w('bias4')}), ${w('tie4')}.x);
        slopes[judged] = found.rewards;
        sum += vec2f(found.loss, found.tie);
        bias += 2.0 * found.bias * shares;
      }
      workgroupBarrier();
    }
    if (thread < ${threads / slices}u) {
      sums[thread] = sum;
      biases[thread] = bias;
    }
    workgroupBarrier();

    let rates = ratesOf(step, head);
    var squares = 0.0;
    for (var i = thread; i < outputs * inputs4; i += ${threads}u) {
      let column = i % inputs4;
      var gradient = vec4f(0.0);
      for (var p = 0u; p < pairs; p++) {
        let slope = slopes[p]${outputs === 1 ? '' : ' * sharesOf(batch, p)[i / inputs4]'};
        gradient += slope.x * table[rows[p].x + column] + slope.y * table[rows[p].y + column];
      }
      squares += dot(gradient, gradient);
      ${w('i')} = updated(head * size4 + i, ${w('i')}, gradient, rates);
    }
    // The last threads have the least to do.
    if (thread == ${threads - 1}u) {
      var total = vec2f(0.0);
      var own = vec4f(0.0);
      for (var i = 0u; i < ${threads / slices}u; i++) {
        total += sums[i];
        own += biases[i];
      }
      let tie = vec4f(total.y, 0.0, 0.0, 0.0);
      squares += dot(own, own) + dot(tie, tie);
      ${w('bias4')} = updated(head * size4 + bias4, ${w('bias4')}, own, rates);
      ${w('tie4')} = updated(head * size4 + tie4, ${w('tie4')}, tie, rates);
      report[heads + step * heads + head] = total.x;
    }
    partial[thread] = vec2f(squares, 0.0);
    allHere();
    if (thread == 0u && step + 1u == steps) {
      var total = 0.0;
      for (var i = 0u; i < ${threads}u; i++) { total += partial[i].x; }
      report[head] = total;
    }
    workgroupBarrier();
  }
  ${resident ? `for (var i = thread; i < size4; i += ${threads}u) { theta[head * size4 + i] = weights[i]; }` : ''}
}
`;
}

const eachOutput = (outputs: number, code: (output: number) => string): string =>
  Array.from({ length: outputs }, (_, output) => code(output)).join('\n');
