"""Sentence vectors of an encoder that needs torch, for benchmarks/intents.py to compare. Offline only.

    python training/encode.py --model FOLDER --out vectors.npz

FOLDER holds the encoder in the transformers library's format; a sentence's vector is the mean over its tokens, of
length 1. Prints CPU milliseconds a text and the size of the weights.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import intent_tasks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer, model = AutoTokenizer.from_pretrained(args.model), AutoModel.from_pretrained(args.model).eval()
    texts = intent_tasks.all_texts()
    vectors, started = [], time.process_time()
    with torch.no_grad():
        for text in texts:
            batch = tokenizer([text], truncation=True, max_length=128, return_tensors="pt")
            mean = model(**batch).last_hidden_state[0].mean(dim=0)
            vectors.append((mean / mean.norm()).numpy())
    spent = time.process_time() - started
    megabytes = sum(path.stat().st_size for path in args.model.glob("*.safetensors")) / 2**20
    print(f"{len(texts)} texts, {1000 * spent / len(texts):.1f} ms CPU a text, {megabytes:.0f} MB of weights")
    np.savez_compressed(args.out, texts=np.array(texts), vectors=np.array(vectors, dtype=np.float16))


if __name__ == "__main__":
    main()
