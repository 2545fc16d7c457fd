"""The reward head of the playground in PyTorch: linear or with hidden layers, one member or an ensemble.

    head, info = load("reward-head.safetensors")
    rewards = head(torch.from_numpy(embeddings))          # [rows]
"""

import json

import torch
from safetensors import safe_open
from safetensors.torch import load_file

ACTIVATIONS = {
    "relu": torch.nn.functional.relu,
    "tanh": torch.tanh,
    "gelu": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
}


class Member(torch.nn.Module):
    """hidden.0, hidden.1, ... with an activation after each, then fc: one output per criterion."""

    def __init__(self, sizes, activation):
        super().__init__()
        layers = [torch.nn.Linear(i, o) for i, o in zip(sizes[:-2], sizes[1:-1])]
        self.hidden = torch.nn.ModuleList(layers)
        self.fc = torch.nn.Linear(sizes[-2], sizes[-1])
        self.activation = ACTIVATIONS[activation]

    def forward(self, x):
        for layer in self.hidden:
            x = self.activation(layer(x))
        return self.fc(x)


class RewardHead(torch.nn.Module):
    """Members put together as on the page: each less its mean under the starting policy, then mean, min or
    mean - lambda * variance. A single member is taken as it is."""

    def __init__(self, sizes, info):
        super().__init__()
        count = len(json.loads(info["member_means"]))
        self.members = torch.nn.ModuleList(Member(sizes, info["activation"]) for _ in range(count))
        self.combine = info["combine"]
        self.uncertainty_weight = float(info["uncertainty_weight"])
        self.register_buffer("means", torch.tensor(json.loads(info["member_means"])), persistent=False)
        self.register_buffer("weights", torch.tensor(json.loads(info["criterion_weights"])), persistent=False)

    def each(self, x):
        """Reward of every row by every member: [members, rows]."""
        return torch.stack([member(x) @ self.weights for member in self.members])

    def forward(self, x):
        rewards = self.each(x)
        if len(self.members) == 1:
            return rewards[0]
        rewards = rewards - self.means[:, None]
        if self.combine == "min":
            return rewards.min(0).values
        mean = rewards.mean(0)
        if self.combine == "mean":
            return mean
        return mean - self.uncertainty_weight * rewards.var(0, unbiased=False)


def load(path):
    """Returns the head and what else the file says: reference_mean, reference_std, step, ..."""
    with safe_open(path, framework="pt") as file:
        info = file.metadata()
    tensors = load_file(path)
    if len(json.loads(info["member_means"])) == 1:
        tensors = {"members.0." + name: value for name, value in tensors.items()}
    first = [name for name in tensors if name.startswith("members.0.") and name.endswith("weight")]
    order = sorted(first, key=lambda name: (name.split(".")[2] == "fc", name))
    shapes = [tensors[name].shape for name in order]
    sizes = [shapes[0][1]] + [shape[0] for shape in shapes]
    head = RewardHead(sizes, info)
    head.load_state_dict(tensors)
    return head, info
