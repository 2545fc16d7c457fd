import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { normals, random } from '../../src/domain/random.ts';
import type { TrainedHead } from '../../src/domain/trained-head.ts';
import * as tf from '../../src/engine/tf.ts';
import { layersModel } from '../../src/io/head-tfjs.ts';
import { exporters } from '../../src/io/index.ts';
import { formatHead } from '../../src/io/onnx/head-onnx.ts';
import { expectClose } from '../support/close.ts';
import { headOf, rewardOf } from './head.ts';
import { exportable } from './work.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const heads: [string, TrainedHead][] = [
  ['linear, 768 features', headOf({ dimension: 768 })],
  ['linear, three criteria', headOf({ outputs: 3 })],
  ['relu 7-6', headOf({ hidden: [7, 6] }, { activation: 'relu' })],
  ['tanh 4', headOf({ hidden: [4] })],
  ['three members, mean', headOf({ members: 3 })],
  ['three members, worst case, hidden', headOf({ members: 3, hidden: [5] }, { combine: 'min' })],
];
/** What a layers model cannot hold. */
const others: [string, TrainedHead, RegExp][] = [
  [
    'two members, mean − λ variance, two criteria',
    headOf({ members: 2, outputs: 2 }, { combine: 'uncertainty' }),
    /mean − λ variance.*ONNX/,
  ],
  ['gelu 8-8-8', headOf({ hidden: [8, 8, 8] }, { activation: 'gelu' }), /gelu.*ONNX/],
];

const rowsFor = (head: TrainedHead) => normals(random(2, 'export-rows'), 4 * head.dimension);
const wantedOf = (head: TrainedHead) => {
  const rows = rowsFor(head);
  return [0, 1, 2, 3].map((k) => rewardOf(head, rows.subarray(k * head.dimension, (k + 1) * head.dimension)));
};
const load = (name: string) => exporters.find((entry) => entry.name === name)!.load();

it.each([...heads, ...others].map(([name, head]) => [name, head] as const))(
  'ONNX: the runtime gives the same rewards: %s',
  async (_, head) => {
    const session = await ort.InferenceSession.create(formatHead(head));
    const input = new ort.Tensor('float32', rowsFor(head), [4, head.dimension]);
    const { reward } = await session.run({ embedding: input });
    expect(reward!.dims).toEqual([4, 1]);
    expectClose(reward!.data as Float32Array, wantedOf(head), 1e-5, 'rewards');
    await session.release();
  },
);

describe('TensorFlow.js layers model', () => {
  it.each(heads)('is loaded by tf.loadLayersModel, with the same rewards: %s', async (_, head) => {
    const exporter = await load('head-tfjs');
    const files = unzipSync((await exporter.format(exportable({}, head))) as Uint8Array);
    const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as {
      modelTopology: object;
      weightsManifest: [{ weights: tf.io.WeightsManifestEntry[] }];
    };
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: files['weights.bin']!.slice().buffer,
      }),
    );
    const rewards = tf.tidy(() =>
      (model.predict(tf.tensor2d(rowsFor(head), [4, head.dimension])) as tf.Tensor).flatten(),
    );
    expectClose(await rewards.data(), wantedOf(head), 1e-5, 'rewards');
    rewards.dispose();
    model.dispose();
  });

  it.each(others)('refuses what no layer can do, and says what to take instead: %s', (_, head, sentence) => {
    expect(() => layersModel(head)).toThrow(sentence);
  });
});

/** An independent reader of safetensors, from the format's description. */
function readSafetensors(bytes: Uint8Array) {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const { __metadata__: metadata, ...tensors } = header;
  const numbers = (name: string) => {
    const [from, to] = tensors[name]!.data_offsets;
    return new Float32Array(bytes.slice(8 + length + from, 8 + length + to).buffer);
  };
  return { metadata: metadata as unknown as Record<string, string>, tensors, numbers, end: 8 + length };
}

describe('safetensors', () => {
  it('a linear head has PyTorch’s names and shapes: fc.weight [1, d], fc.bias [1]', async () => {
    const head = headOf({ dimension: 6 });
    const bytes = (await (await load('head-safetensors')).format(exportable({}, head))) as Uint8Array;
    const { tensors, numbers, metadata, end } = readSafetensors(bytes);
    expect(Object.keys(tensors)).toEqual(['fc.weight', 'fc.bias']);
    expect([tensors['fc.weight']!.shape, tensors['fc.bias']!.shape]).toEqual([[1, 6], [1]]);
    expect(numbers('fc.weight')).toEqual(head.members[0]![0]!.weights);
    expect(numbers('fc.bias')).toEqual(head.members[0]![0]!.bias);
    expect(end % 8).toBe(0);
    expect(metadata.load).toContain('torch.nn.Linear(6, 1)');
    expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
  });

  it('hidden layers and members have names of their own, weights as [out, in]', async () => {
    const head = headOf({ dimension: 3, hidden: [4], members: 2 });
    const bytes = (await (await load('head-safetensors')).format(exportable({}, head))) as Uint8Array;
    const { tensors, numbers } = readSafetensors(bytes);
    expect(tensors['members.1.hidden.0.weight']!.shape).toEqual([4, 3]);
    const { weights } = head.members[1]![0]!;
    // [out 2, in 1] there is [in 1, out 2] here.
    expect(numbers('members.1.hidden.0.weight')[2 * 3 + 1]).toBe(weights[1 * 4 + 2]);
  });
});

describe('what PyTorch goes on with', () => {
  const python = spawnSync('python3', ['--version']).status === 0 ? 'python3' : null;
  const hasTorch = python !== null && spawnSync(python, ['-c', 'import torch, safetensors']).status === 0;

  async function unpacked(head: TrainedHead): Promise<string> {
    const files = unzipSync((await (await load('pytorch')).format(exportable({}, head))) as Uint8Array);
    const folder = mkdtempSync(join(tmpdir(), 'pytorch-'));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return folder;
  }

  it('holds the scripts, a notebook, the data and the head before and after', async () => {
    const files = unzipSync((await (await load('pytorch')).format(exportable({}))) as Uint8Array);
    expect(Object.keys(files).sort()).toEqual([
      'README.md',
      'config.json',
      'continue.ipynb',
      'embeddings.npz',
      'initial-head.safetensors',
      'preferences.csv',
      'preferences.jsonl',
      'reward-head.safetensors',
      'reward_head.py',
      'train_head.py',
      'train_trl.py',
    ]);
    const body = JSON.parse(new TextDecoder().decode(files['continue.ipynb'])) as {
      nbformat: number;
      cells: object[];
    };
    expect([body.nbformat, body.cells.length]).toEqual([4, 7]);
    const config = JSON.parse(new TextDecoder().decode(files['config.json'])) as Record<string, unknown>;
    expect(config).toMatchObject({ steps: 30, learningRate: 0.003 });
  });

  it.runIf(python !== null)('the scripts compile', async () => {
    const folder = await unpacked(headOf({}));
    for (const name of ['reward_head.py', 'train_head.py', 'train_trl.py'])
      execFileSync(python!, ['-m', 'py_compile', join(folder, name)]);
    rmSync(folder, { recursive: true });
  });

  // Only where PyTorch is installed: it is nothing that this project can ask for.
  it.runIf(hasTorch)('the head script loads the head, with the same rewards', async () => {
    const head = headOf({ hidden: [4], members: 2, outputs: 2 });
    const folder = await unpacked(head);
    const rows = JSON.stringify([...rowsFor(head)]);
    const code = `import torch; from reward_head import load; h, _ = load("reward-head.safetensors"); print(h(torch.tensor(${rows}).reshape(4, -1)).tolist())`;
    const out = execFileSync(python!, ['-c', code], { cwd: folder, encoding: 'utf8' });
    expectClose(JSON.parse(out) as number[], wantedOf(head), 1e-5, 'rewards');
    rmSync(folder, { recursive: true });
  });
});
