import * as tf from '../../../tf';

/** What the kernels need of TensorFlow.js's WebGPU backend. */
interface WebGpuBackend {
  readonly device: GPUDevice;
  /** Holds what is not submitted yet; null when there is nothing. */
  readonly commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** The device of the current backend, which must be WebGPU, and how to submit what TensorFlow.js has not yet. */
export function currentWebGpu(): { readonly device: GPUDevice; readonly flush: () => void } {
  const backend = tf.backend() as unknown as WebGpuBackend;
  const flush = () => {
    if (!backend.commandEncoder) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  };
  return { device: backend.device, flush };
}

/** A buffer as a tensor that shares it. */
export const viewOf = (buffer: GPUBuffer): tf.Tensor1D =>
  tf.tensor({ buffer, zeroCopy: true }, [buffer.size / 4], 'float32');
