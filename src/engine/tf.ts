/** The one place where TensorFlow.js is imported; its WebGPU backend is loaded only where there is an adapter. */
export * from '@tensorflow/tfjs';
