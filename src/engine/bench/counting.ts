import type { Calls } from '../protocol';

/** Counts the calls of WebGPU that noise cannot touch, by standing between the page and the API. */

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const none = (): Writable<Calls> => ({
  dispatches: 0,
  submits: 0,
  buffers: 0,
  bindGroups: 0,
  bytesWritten: 0,
  readBacks: 0,
  bytesRead: 0,
});

type Method = (this: never, ...parameters: never[]) => unknown;

/** Counts what the work does. @returns zeros where there is no WebGPU */
export async function countCalls(work: () => Promise<void>): Promise<Calls> {
  const calls = none();
  const undo: (() => void)[] = [];
  const watch = (owner: object, name: string, note: (parameters: unknown[], self: unknown) => void) => {
    const prototype = owner as Record<string, Method>;
    const original = prototype[name]!;
    prototype[name] = function (this: never, ...parameters: never[]) {
      note(parameters, this);
      return original.apply(this, parameters);
    };
    undo.push(() => (prototype[name] = original));
  };
  if ('GPUDevice' in globalThis) {
    watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => (calls.dispatches += 1));
    watch(GPUQueue.prototype, 'submit', () => (calls.submits += 1));
    watch(GPUDevice.prototype, 'createBuffer', () => (calls.buffers += 1));
    watch(GPUDevice.prototype, 'createBindGroup', () => (calls.bindGroups += 1));
    watch(GPUQueue.prototype, 'writeBuffer', (parameters) => (calls.bytesWritten += bytesOf(parameters)));
    watch(GPUBuffer.prototype, 'mapAsync', (_, buffer) => {
      calls.readBacks += 1;
      calls.bytesRead += (buffer as GPUBuffer).size;
    });
  }
  try {
    await work();
  } finally {
    for (const back of undo) back();
  }
  return calls;
}

/** Of writeBuffer(buffer, offset, data, dataOffset?, size?): the last two are in elements of a typed array. */
function bytesOf([, , data, from = 0, size]: unknown[]): number {
  const source = data as ArrayBufferView & { BYTES_PER_ELEMENT?: number };
  const unit = source.BYTES_PER_ELEMENT ?? 1;
  return size === undefined ? source.byteLength - (from as number) * unit : (size as number) * unit;
}
