import { strToU8, zipSync } from 'fflate';
import { embeddingsNpz } from '../embeddings';
import type { Exportable, Exporter } from '../exporter';
import { metadataOf, namedTensors } from '../head-safetensors';
import { preferencesCsv } from '../preferences-csv';
import { formatSafetensors } from '../safetensors';
import { trl } from '../trl';
import { notebook } from './notebook';
import rewardHead from './reward_head.py?raw';
import trainHead from './train_head.py?raw';
import trainTrl from './train_trl.py?raw';

/** What it takes to go on in PyTorch: the data, the hyperparameters, the head before and after, and the scripts. */
export const pytorch: Exporter = {
  file: 'reward-model-pytorch.zip',
  type: 'application/zip',
  format: async (work) => {
    const head = await work.head();
    const bytes = async (content: ReturnType<Exporter['format']>) => {
      const value = await content;
      return typeof value === 'string' ? strToU8(value) : value;
    };
    return zipSync({
      'README.md': strToU8(readme),
      'config.json': strToU8(`${JSON.stringify(configOf(work, head.step), null, 2)}\n`),
      'reward_head.py': strToU8(rewardHead),
      'train_head.py': strToU8(trainHead),
      'train_trl.py': strToU8(trainTrl),
      'continue.ipynb': strToU8(continued),
      'initial-head.safetensors': formatSafetensors(namedTensors(head, head.initial), metadataOf(head)),
      'reward-head.safetensors': formatSafetensors(namedTensors(head, head.members), metadataOf(head)),
      'embeddings.npz': await bytes(embeddingsNpz.format(work)),
      'preferences.csv': await bytes(preferencesCsv.format(work)),
      'preferences.jsonl': await bytes(trl.format(work)),
    });
  },
};

const configOf = ({ settings, curves }: Exportable, steps: number) => ({
  ...settings,
  steps,
  pageLoss: curves.find(({ metric }) => metric === 'loss')?.y.at(-1) ?? null,
});

const readme = `# Your reward model, continued in PyTorch

- \`train_head.py\`: trains the page's own head again in plain PyTorch and prints its loss beside the page's.
- \`train_trl.py\`: trains a language model as a reward model on the same preferences with TRL's RewardTrainer, under Accelerate, on one GPU or many.
- \`continue.ipynb\`: both, cell by cell.
- \`reward_head.py\`: loads \`reward-head.safetensors\` (the trained head) or \`initial-head.safetensors\` (before the first step).
- \`config.json\`: every setting of the page, by its name there.
`;

const continued = notebook([
  { kind: 'markdown', text: readme },
  { kind: 'code', text: '%pip install torch safetensors numpy trl accelerate' },
  { kind: 'markdown', text: '## The head, again, in plain PyTorch' },
  { kind: 'code', text: '%run train_head.py' },
  {
    kind: 'code',
    text: 'import numpy as np, torch\nfrom reward_head import load\n\nhead, info = load("reward-head.safetensors")\nhead(torch.from_numpy(np.load("embeddings.npz")["embeddings"]))',
  },
  { kind: 'markdown', text: '## A whole language model, on as many GPUs as there are' },
  { kind: 'code', text: '!accelerate launch train_trl.py' },
]);
