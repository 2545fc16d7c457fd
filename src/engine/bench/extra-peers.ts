import { defaultDevice, init } from '@jax-js/jax';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '../tf';
import { climbOf } from './climb';
import { JaxMap, JaxPolicy } from './jax-climb';
import { JaxLoop } from './jax-loop';
import { startStock, type Peer } from './peers';
import { problemOf } from './problem';

const jax = (unit: 'wasm' | 'webgpu'): Peer => ({
  name: `jax-js jitted, ${unit}`,
  unit,
  ours: false,
  async prepare() {
    const found = await init(unit);
    if (!found.includes(unit)) throw new Error(`jax-js finds no ${unit} here.`);
    defaultDevice(unit);
    return unit;
  },
  start(task) {
    switch (task.kind) {
      case 'train':
      case 'sweep':
        return new JaxLoop(problemOf(task));
      case 'optimise':
        return new JaxPolicy(climbOf());
      case 'score':
        return new JaxMap(climbOf(), task.size);
    }
  },
});

export const extraPeers: readonly Peer[] = [
  {
    name: 'TensorFlow.js stock loop, wasm',
    unit: 'wasm',
    ours: false,
    async prepare() {
      setWasmPaths({
        'tfjs-backend-wasm.wasm': wasm,
        'tfjs-backend-wasm-simd.wasm': simd,
        'tfjs-backend-wasm-threaded-simd.wasm': threaded,
      });
      if (!(await tf.setBackend('wasm'))) throw new Error('this browser runs no WebAssembly.');
      return 'WebAssembly';
    },
    start: startStock,
  },
  jax('wasm'),
  jax('webgpu'),
];
