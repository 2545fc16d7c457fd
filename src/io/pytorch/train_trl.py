"""Trains a whole language model as a reward model on the same preferences, with TRL, on as many GPUs as there are.

    pip install trl accelerate
    accelerate launch train_trl.py                        # one GPU
    accelerate launch --multi_gpu train_trl.py            # all of one machine

Reads preferences.jsonl (prompt, chosen, rejected, margin) and config.json.
"""

import json

from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from trl import RewardConfig, RewardTrainer

MODEL = "Qwen/Qwen3-0.6B"


def main():
    with open("config.json") as file:
        config = json.load(file)
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForSequenceClassification.from_pretrained(MODEL, num_labels=1)
    model.config.pad_token_id = tokenizer.pad_token_id
    pairs = load_dataset("json", data_files="preferences.jsonl", split="train")
    split = pairs.train_test_split(test_size=max(config["heldOut"], 0.05), seed=config["seed"])
    arguments = RewardConfig(
        output_dir="reward-model",
        learning_rate=1e-5,  # of a whole model: the page's is for a head alone
        weight_decay=config["weightDecay"],
        per_device_train_batch_size=8,
        num_train_epochs=1,
        center_rewards_coefficient=config["centring"] or None,
        seed=config["seed"],
        eval_strategy="steps",
        eval_steps=50,
        logging_steps=10,
    )
    trainer = RewardTrainer(
        model=model,
        args=arguments,
        train_dataset=split["train"],
        eval_dataset=split["test"],
        processing_class=tokenizer,
    )
    trainer.train()
    trainer.save_model()


if __name__ == "__main__":
    main()
