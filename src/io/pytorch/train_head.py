"""Trains the playground's reward head again, in plain PyTorch, and prints its loss beside the page's.

Reads embeddings.npz, preferences.csv, initial-head.safetensors, reward-head.safetensors and config.json.
It learns from pairs with a winner; ties, and ratings, are not part of it. Where the batch holds all pairs, the steps are
the page's; else the batches are drawn anew, and the losses agree only about.

    pip install torch safetensors numpy
    python train_head.py
"""

import csv
import json
import math

import numpy as np
import torch
from torch.nn.functional import softplus

from reward_head import load


def pair_losses(delta, name, noise):
    if name == "smoothed":
        return (1 - noise) * softplus(-delta) + noise * softplus(delta)
    if name == "robust":
        return ((1 - noise) * softplus(-delta) - noise * softplus(delta)) / (1 - 2 * noise)
    if name == "noise-floor":
        return -torch.log(noise / 2 + (1 - noise) * torch.sigmoid(delta) + 1e-12)
    if name == "hinge":
        return torch.relu(1 - delta)
    return softplus(-delta)


def schedule(name, step, length):
    if name == "cosine":
        return 0.5 * (1 + math.cos(math.pi * min(1, step / length)))
    if name == "warmup":
        return min(1, (step + 1) / length)
    return 1.0


def optimizer_for(parameters, config):
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return kinds[config["optimizer"]](
        parameters, lr=config["learningRate"], weight_decay=config["weightDecay"]
    )


def main():
    with open("config.json") as file:
        config = json.load(file)
    data = np.load("embeddings.npz")
    row_of = {int(identity): row for row, identity in enumerate(data["ids"])}
    embeddings = torch.from_numpy(data["embeddings"])
    with open("preferences.csv", newline="") as file:
        pairs = list(csv.DictReader(file))
    train = [pair for pair in pairs if pair["held_out"] == "0"]
    chosen = torch.tensor([row_of[int(pair["chosen_id"])] for pair in train])
    rejected = torch.tensor([row_of[int(pair["rejected_id"])] for pair in train])
    margin = config["marginScale"] * torch.tensor([float(pair["margin"] or 0) for pair in train])

    head, _ = load("initial-head.safetensors")
    optimizer = optimizer_for(head.parameters(), config)
    generator = torch.Generator().manual_seed(config["seed"])

    def loss_of(rewards, rows, noise_free=False):
        delta = rewards[:, chosen[rows]] - rewards[:, rejected[rows]]
        if noise_free:
            return softplus(-delta).mean().item()
        each = pair_losses(delta - margin[rows], config["loss"], config["labelNoise"])
        if config["centring"] > 0:
            each = each + config["centring"] * (rewards[:, chosen[rows]] + rewards[:, rejected[rows]]) ** 2
        return each.mean(1).sum()

    everything = torch.arange(len(train))
    for step in range(config["steps"]):
        whole = len(train) <= config["batchSize"]
        rows = everything if whole else torch.randint(len(train), (config["batchSize"],), generator=generator)
        for group in optimizer.param_groups:
            group["lr"] = config["learningRate"] * schedule(config["schedule"], step, config["scheduleSteps"])
        optimizer.zero_grad()
        loss_of(head.each(embeddings), rows).backward()
        if config["maxGradNorm"] > 0:
            for member in head.members:
                torch.nn.utils.clip_grad_norm_(member.parameters(), config["maxGradNorm"])
        optimizer.step()

    page, _ = load("reward-head.safetensors")
    with torch.no_grad():
        print(f"pairs trained on           {len(train)}")
        print(f"steps                      {config['steps']}")
        print(f"mean -log sigmoid(margin)  here {loss_of(head.each(embeddings), everything, True):.4f}")
        print(f"the page's weights         here {loss_of(page.each(embeddings), everything, True):.4f}")
        print(f"as the page showed it           {config['pageLoss']}")


if __name__ == "__main__":
    main()
