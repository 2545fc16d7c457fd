import type { Member } from '../../../domain/trained-head';

/** What a linear head gives: x · w + b; null where it has hidden layers. @param x [inputs] */
export function linearScore(member: Member, x: Float32Array): number | null {
  const [layer] = member;
  if (!layer || member.length > 1 || layer.outputs > 1) return null;
  return layer.bias[0]! + layer.weights.reduce((sum, weight, i) => sum + weight * x[i]!, 0);
}

/** The few lines of PyTorch that do the same, with the settings in force. */
export const pytorchLines = (dimension: number, learningRate: number, weightDecay: number): string =>
  `reward = torch.nn.Linear(${dimension}, 1)
adam = torch.optim.AdamW(
    reward.parameters(), lr=${learningRate},
    weight_decay=${weightDecay})

for chosen, rejected in batches:
    # [n, ${dimension}] each
    margin = reward(chosen) - reward(rejected)
    loss = -F.logsigmoid(margin).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()`;
