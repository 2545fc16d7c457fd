import type { Member } from '../../../domain/trained-head';

/** What a linear head gives: x · w + b; null where it has hidden layers. @param x [inputs] */
export function linearScore(member: Member, x: Float32Array): number | null {
  const [layer] = member;
  if (!layer || member.length > 1 || layer.outputs > 1) return null;
  return layer.bias[0]! + layer.weights.reduce((sum, weight, i) => sum + weight * x[i]!, 0);
}

/** The few lines of PyTorch that do the same, with the settings in force. */
export const pytorchLines = (dimension: number, learningRate: number, weightDecay: number): string =>
  `reward_model = torch.nn.Linear(${dimension}, 1)
optimizer = torch.optim.AdamW(
    reward_model.parameters(),
    lr=${learningRate}, weight_decay=${weightDecay})

for chosen, rejected in pairs:  # [n, ${dimension}] each
    margin = reward_model(chosen) - reward_model(rejected)
    loss = -F.logsigmoid(margin).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()`;
