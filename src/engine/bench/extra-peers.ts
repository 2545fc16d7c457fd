import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '../tf';
import { JaxLoop } from './jax-loop';
import type { Peer } from './peers';
import { StockLoop } from './stock-loop';

const jax = (unit: 'wasm' | 'webgpu'): Peer => ({
  name: `jax-js jitted, ${unit}`,
  unit,
  ours: false,
  prepare: () => JaxLoop.prepare(unit),
  start: (problem) => Promise.resolve(new JaxLoop(unit, problem)),
});

export const extraPeers: readonly Peer[] = [
  {
    name: 'TensorFlow.js stock loop, wasm',
    unit: 'wasm',
    ours: false,
    prepare: async () => {
      setWasmPaths({
        'tfjs-backend-wasm.wasm': wasm,
        'tfjs-backend-wasm-simd.wasm': simd,
      });
      if (!(await tf.setBackend('wasm'))) throw new Error('this browser runs no WebAssembly.');
      return 'WebAssembly';
    },
    start: (problem) => Promise.resolve(new StockLoop('wasm', problem)),
  },
  jax('wasm'),
  jax('webgpu'),
];
