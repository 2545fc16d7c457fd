import type { ExportEntry } from './exporter';

/** The registry: a new format is one file and one line here. */
export const exporters: readonly ExportEntry[] = [
  {
    name: 'session',
    label: 'The whole session (JSON)',
    group: 'session',
    load: async () => (await import('./session')).session,
  },
  {
    name: 'comparisons',
    label: 'Everything recorded (JSON)',
    group: 'preferences',
    load: async () => (await import('./comparisons')).comparisons,
  },
  {
    name: 'trl',
    label: 'TRL pairs (JSONL)',
    group: 'preferences',
    load: async () => (await import('./trl')).trl,
  },
  {
    name: 'trl-chat',
    label: 'TRL pairs, conversational (JSONL)',
    group: 'preferences',
    load: async () => (await import('./trl')).trlChat,
  },
  {
    name: 'hh-rlhf',
    label: 'hh-rlhf (JSONL)',
    group: 'preferences',
    load: async () => (await import('./hh-rlhf')).hhRlhf,
  },
  {
    name: 'preferences-csv',
    label: 'Pairs (CSV)',
    group: 'preferences',
    load: async () => (await import('./preferences-csv')).preferencesCsv,
  },
  {
    name: 'head-safetensors',
    label: 'For PyTorch (safetensors)',
    group: 'reward model',
    load: async () => (await import('./head-safetensors')).headSafetensors,
  },
  {
    name: 'head-onnx',
    label: 'ONNX',
    group: 'reward model',
    load: async () => (await import('./onnx/head-onnx')).headOnnx,
  },
  {
    name: 'head-tfjs',
    label: 'TensorFlow.js layers model (zip)',
    group: 'reward model',
    load: async () => (await import('./head-tfjs')).headTfjs,
  },
  {
    name: 'pytorch',
    label: 'Continue at scale: scripts, notebook, data (zip)',
    group: 'reward model',
    load: async () => (await import('./pytorch/bundle')).pytorch,
  },
  {
    name: 'rewards',
    label: 'Rewards of the candidates (CSV)',
    group: 'data',
    load: async () => (await import('./rewards-csv')).rewardsCsv,
  },
  {
    name: 'embeddings-npz',
    label: 'Embeddings (npz)',
    group: 'data',
    load: async () => (await import('./embeddings')).embeddingsNpz,
  },
  {
    name: 'embeddings-safetensors',
    label: 'Embeddings (safetensors)',
    group: 'data',
    load: async () => (await import('./embeddings')).embeddingsSafetensors,
  },
  {
    name: 'curves',
    label: 'Curves (CSV)',
    group: 'data',
    load: async () => (await import('./curves')).curves,
  },
];
export type { Exportable } from './exporter';
