import { transposed, type Member, type TrainedHead } from '../domain/trained-head';
import type { Exporter } from './exporter';
import { formatSafetensors, type NamedTensor } from './safetensors';

/**
 * The head by PyTorch's names and shapes. Linear: `fc.weight` [outputs, d], `fc.bias` [outputs]; with hidden layers
 * they come first as `hidden.0`, `hidden.1`, …; an ensemble has `members.0.` and so on before each name.
 */
export const headSafetensors: Exporter = {
  file: 'reward-head.safetensors',
  type: 'application/octet-stream',
  format: async (work) => {
    const head = await work.head();
    return formatSafetensors(namedTensors(head, head.members), metadataOf(head));
  },
};

export function namedTensors(head: TrainedHead, members: readonly Member[]): Record<string, NamedTensor> {
  const tensors: Record<string, NamedTensor> = {};
  members.forEach((member, m) => {
    const prefix = members.length > 1 ? `members.${m}.` : '';
    member.forEach((layer, i) => {
      const name = i === member.length - 1 ? 'fc' : `hidden.${i}`;
      tensors[`${prefix}${name}.weight`] = {
        values: transposed(layer),
        shape: [layer.outputs, layer.inputs],
      };
      tensors[`${prefix}${name}.bias`] = { values: layer.bias, shape: [layer.outputs] };
    });
  });
  return tensors;
}

/** What the weights alone do not say, and the lines that load them. */
export const metadataOf = (head: TrainedHead): Record<string, string> => ({
  format: 'pt',
  activation: head.activation,
  combine: head.combine,
  uncertainty_weight: String(head.uncertaintyWeight),
  member_means: JSON.stringify(head.shifts),
  criterion_weights: JSON.stringify(head.weights),
  reference_mean: String(head.referenceMean),
  reference_std: String(head.referenceStd),
  step: String(head.step),
  load: loadingLines(head),
});

/** The few lines of Python that load a linear head; others are loaded by `reward_head.py` of the PyTorch export. */
function loadingLines({ members, dimension, weights }: TrainedHead): string {
  if (members.length > 1 || members[0]!.length > 1)
    return 'See reward_head.py in the export "Continue at scale".';
  return [
    'import torch',
    'from safetensors.torch import load_file',
    'class RewardHead(torch.nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    `        self.fc = torch.nn.Linear(${dimension}, ${weights.length})`,
    '    def forward(self, x):',
    '        return self.fc(x)',
    'head = RewardHead()',
    'head.load_state_dict(load_file("reward-head.safetensors"))',
  ].join('\n');
}
