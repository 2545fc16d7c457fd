import type { Head } from '../../head';
import type { FeatureTable } from '../../feature-table';
import type { RewardHyper } from '../../trainer';
import { Packing } from '../packing';
import { linearShader } from './linear-shader';
import { MlpSizes, mlpShader } from './mlp-shader';
import { planWords, writePlan, type PlannedSteps } from './plan';
import { bindings, type BufferName, type ShaderSpec } from './shader';

/** The longest plan, in 32-bit words: 4 MiB. */
const mostPlanWords = 1_048_576;
const mostSteps = 512;

/** What a plan's steps are dispatched as. */
interface Kernels {
  readonly pipelines: readonly GPUComputePipeline[];
  readonly workgroups: readonly (readonly [number, number])[];
  /** Once for each step, or once for all of them. */
  readonly everyStep: boolean;
}

/** Heads on a WebGPU device, all of one shape, trained side by side: buffers, shaders and the submission of steps. */
export class GpuHeads {
  readonly packing: Packing;
  readonly count: number;
  readonly #head: Head;
  readonly #device: GPUDevice;
  /** Takes what TensorFlow.js has not submitted yet: a submission from here would overtake it. */
  readonly #flush: () => void;
  readonly #layout: GPUBindGroupLayout;
  readonly #buffers = new Map<BufferName, GPUBuffer>();
  #bindGroup: GPUBindGroup | null = null;
  #kernels: Kernels | null = null;
  #prepared = '';
  #table: FeatureTable | null = null;
  #words = new Uint32Array(0);
  /** Steps that a plan has room for. */
  capacity = 0;
  /** Room for pairs in a batch. */
  #pairs = 0;
  /** Numbers at the start of the report: parts of the squared norm of the last gradient. */
  norms = 0;

  constructor(device: GPUDevice, flush: () => void, head: Head) {
    this.#device = device;
    this.#flush = flush;
    this.#head = head;
    this.count = head.spec.members;
    this.packing = new Packing(head);
    this.#layout = device.createBindGroupLayout({
      entries: bindings.map((name, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: name === 'table' || name === 'plan' ? 'read-only-storage' : 'storage' },
      })),
    });
    const floats = this.count * this.packing.floats;
    this.#resize('theta', floats);
    this.#resize('moments', 2 * floats);
    this.#resize('counters', 4);
  }

  buffer(name: BufferName): GPUBuffer {
    return this.#buffers.get(name)!;
  }

  /** Makes the buffer large enough. @throws RangeError when the device has none so large */
  #resize(name: BufferName, floats: number): void {
    const size = Math.max(16, 4 * floats);
    const old = this.#buffers.get(name);
    if (old && old.size >= size) return;
    const most = Math.min(this.#device.limits.maxStorageBufferBindingSize, this.#device.limits.maxBufferSize);
    if (size > most)
      throw new RangeError(
        `this device takes buffers of at most ${Math.floor(most / 1e6)} MB, and the ${name} would need ${Math.ceil(size / 1e6)} MB`,
      );
    old?.destroy();
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.#buffers.set(name, this.#device.createBuffer({ size, usage }));
    this.#bindGroup = null;
  }

  /** Sets a packed array, [count · floats], from numbers in θ's order. @param part of the buffer: 1 for v */
  load(name: 'theta' | 'moments', theta: Float32Array, part = 0): void {
    const packed = new Float32Array(this.count * this.packing.floats);
    this.packing.pack(theta, packed);
    this.#flush();
    this.#device.queue.writeBuffer(this.buffer(name), 4 * part * packed.length, packed);
  }

  /**
   * Gets everything ready for batches of so many pairs. Costs nothing when it is.
   * @param shared whether the heads share their batches
   * @throws Error when a shader does not compile or there is no memory
   */
  async prepare(
    features: FeatureTable,
    loss: RewardHyper['loss'],
    pairs: number,
    shared: boolean,
  ): Promise<void> {
    const room = Math.max(16, 2 ** Math.ceil(Math.log2(pairs)));
    const key = `${loss}/${shared}/${Math.max(room, this.#pairs)}`;
    if (this.#prepared === key && this.#table === features && this.#bindGroup) return;
    for (const kind of ['validation', 'out-of-memory'] as const) this.#device.pushErrorScope(kind);
    let failure: Error | null = null;
    try {
      if (this.#table !== features) this.#upload(features);
      if (this.#prepared !== key) {
        this.#pairs = Math.max(room, this.#pairs);
        await this.#compile(loss, shared);
      }
      this.#bindGroup ??= this.#bind();
    } catch (error) {
      failure = error instanceof Error ? error : new Error('its shaders do not compile');
    }
    for (let k = 0; k < 2; k++) {
      const error = await this.#device.popErrorScope();
      if (error) failure ??= new Error(error.message || 'there is not enough GPU memory');
    }
    if (failure) throw failure;
    this.#prepared = key;
    this.#table = features;
  }

  #upload({ values, dimension, rows }: FeatureTable): void {
    const stride = this.packing.layers[0]!.paddedInputs;
    this.#resize('table', rows * stride);
    let padded = values;
    if (stride !== dimension) {
      padded = new Float32Array(rows * stride);
      for (let row = 0; row < rows; row++)
        padded.set(values.subarray(row * dimension, (row + 1) * dimension), row * stride);
    }
    this.#flush();
    this.#device.queue.writeBuffer(this.buffer('table'), 0, padded as Float32Array<ArrayBuffer>);
  }

  async #compile(loss: RewardHyper['loss'], shared: boolean): Promise<void> {
    const { packing, count: heads } = this;
    const spec: ShaderSpec = { packing, heads, loss, pairs: this.#pairs };
    const words = (steps: number) => planWords(heads, this.#pairs, steps, shared);
    this.capacity = Math.max(1, Math.min(mostSteps, Math.floor(mostPlanWords / (words(2) - words(1)))));
    this.#words = new Uint32Array(words(this.capacity));
    this.#resize('plan', this.#words.length);
    const linear = packing.layers.length === 1;
    if (linear) {
      this.norms = heads;
      this.#resize('report', heads * (1 + this.capacity));
      this.#resize('activations', 4);
      const pipelines = await this.#pipelines(linearShader(spec), ['train']);
      this.#kernels = { pipelines, workgroups: [[heads, 1]], everyStep: false };
      return;
    }
    const sizes = new MlpSizes(spec);
    this.norms = heads * sizes.updateWorkgroups;
    this.#resize('report', this.norms + this.capacity * heads * sizes.workgroups);
    this.#resize('activations', 4 * sizes.activations);
    const code = mlpShader({ ...spec, activation: this.#head.spec.activation });
    const pipelines = await this.#pipelines(code, ['differentiate', 'update']);
    this.#kernels = {
      pipelines,
      workgroups: [
        [sizes.workgroups, heads],
        [sizes.updateWorkgroups, heads],
      ],
      everyStep: true,
    };
  }

  async #pipelines(code: string, entryPoints: readonly string[]): Promise<GPUComputePipeline[]> {
    const module = this.#device.createShaderModule({ code });
    const { messages } = await module.getCompilationInfo();
    const wrong = messages.find(({ type }) => type === 'error');
    if (wrong) throw new Error(`a shader does not compile: ${wrong.message} in line ${wrong.lineNum}`);
    const layout = this.#device.createPipelineLayout({ bindGroupLayouts: [this.#layout] });
    const compiled = entryPoints.map((entryPoint) =>
      this.#device.createComputePipelineAsync({ layout, compute: { module, entryPoint } }),
    );
    return Promise.all(compiled);
  }

  #bind(): GPUBindGroup {
    const entries = bindings.map((name, binding) => ({ binding, resource: { buffer: this.buffer(name) } }));
    return this.#device.createBindGroup({ layout: this.#layout, entries });
  }

  /** Submits steps, at most `capacity` of them: one upload, one pass, one submission. */
  submit(hyper: RewardHyper, planned: PlannedSteps): void {
    const used = writePlan(this.#words, hyper, planned);
    const { pipelines, workgroups, everyStep } = this.#kernels!;
    this.#flush();
    this.#device.queue.writeBuffer(this.buffer('plan'), 0, this.#words, 0, used);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setBindGroup(0, this.#bindGroup);
    for (let step = 0; step < (everyStep ? planned.steps : 1); step++)
      pipelines.forEach((pipeline, k) => {
        pass.setPipeline(pipeline);
        pass.dispatchWorkgroups(...workgroups[k]!);
      });
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
    this.#buffers.clear();
  }
}
