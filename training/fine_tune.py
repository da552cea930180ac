"""Fine-tune the sentence encoder on our own sentences and learn what each word says: writes adapter.npz. Offline only.

    python training/fine_tune.py --out knee_intake/understanding/adapter.npz

One encoder serves both readers: its sentence vector tells the intent, its word vectors tell findings, denials and
alarm signs. The published weights stay as they are; what is learned is a low-rank change of each dense layer (LoRA,
Hu et al. 2021) and one linear layer over the word vectors, whose strongest word decides ("multiple-instance"
learning: labels are known for a sentence, not for a word). Needs torch and transformers, which the program does not:
see training/README.md. The same seed, data and machine give the same file.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from transformers import AutoModel, AutoTokenizer

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from benchmarks.typos import mistype  # noqa: E402
from knee_intake.understanding.encoder import read_pinned, weights_folder  # noqa: E402
from knee_intake.understanding.nlu_data import read_examples  # noqa: E402
from knee_intake.understanding.tagger import NUMBER_LABELS  # noqa: E402
from knee_intake.understanding.types import LIST_FIELDS, ONE_FIELDS, VALUES  # noqa: E402

RANK, ALPHA = 16, 32
FROZEN = 2
"""Layers from below that stay as published: what words are is known; training is a third quicker."""
EPOCHS, BATCH, RATE = 5, 32, 1e-3
SCALE = 20.0
"""Of the cosine to an intent's prototype, before the softmax."""
TYPO_SHARE = 0.4
"""Of the sentences are read with a typing error, another one in each epoch."""
JOIN_SHARE = 0.3
"""Of the labelled sentences are read together with another one, as parts of one longer message: what one part denies or
leaves open says nothing of the other."""
LONGEST = 96
"""Tokens."""
SEED = 7


@dataclass
class Row:
    """One sentence and what it teaches: an intent, or labels (1, 0, or masked where a reader may or may not say so)."""

    text: str
    intent: int = -1
    positive: tuple[int, ...] = ()
    masked: tuple[int, ...] = ()
    has_labels: bool = False


def label_names(rows: list[dict]) -> list[str]:
    """`field=value`, `!value` for a denial, `sign=name`, and what points at a number."""
    names = [f"{field}={value}" for field in (*LIST_FIELDS, *ONE_FIELDS) for value in VALUES[field]]
    names += NUMBER_LABELS.values()
    names += sorted({f"!{value}" for row in rows for value in row["expect"].get("negated", ())})
    names += sorted({f"sign={sign}" for row in rows for sign in row.get("signs") or ()})
    return list(dict.fromkeys(names))


def stated(part: dict, signs: list[str]) -> set[str]:
    """The labels of one part of a row."""
    found = {f"sign={sign}" for sign in signs or ()}
    for field, values in part.items():
        if field in NUMBER_LABELS:
            found.add(NUMBER_LABELS[field])
            continue
        for value in values if isinstance(values, list) else [values]:
            found.add(f"!{value}" if field == "negated" else f"{field}={value}")
    return found


def labelled(rows: list[dict], names: list[str]) -> list[Row]:
    places = {name: place for place, name in enumerate(names)}
    out = []
    for row in rows:
        positive = stated(row["expect"], row.get("signs") or [])
        masked = stated(row.get("optional") or {}, []) - positive
        masked |= {f"sign={sign}" for sign in row.get("maybe") or ()} - positive
        if row.get("signs") is None:
            masked |= {name for name in names if name.startswith("sign=")} - positive
        if row.get("rules_only"):
            masked |= set(names) - {n for n in names if n.startswith(("red_flags=", "sign="))}
        out.append(
            Row(
                row["text"],
                positive=tuple(places[name] for name in positive if name in places),
                masked=tuple(places[name] for name in masked if name in places),
                has_labels=True,
            )
        )
    return out


class LowRank(nn.Module):
    """A dense layer whose weights stay, with a learned change of low rank."""

    def __init__(self, dense: nn.Linear) -> None:
        super().__init__()
        self.dense = dense
        self.down = nn.Parameter(torch.randn(RANK, dense.in_features) * 0.02)
        self.up = nn.Parameter(torch.zeros(dense.out_features, RANK))
        self.drop = nn.Dropout(0.05)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.dense(x) + (ALPHA / RANK) * (self.drop(x) @ self.down.T) @ self.up.T


def adapt(model: nn.Module) -> dict[str, LowRank]:
    """Put a LowRank in the place of every dense layer; by the name of its weights."""
    for weight in model.parameters():
        weight.requires_grad = False
    found = {}
    for number, layer in list(enumerate(model.encoder.layer))[FROZEN:]:
        places = {
            "attention.self.query": (layer.attention.self, "query"),
            "attention.self.key": (layer.attention.self, "key"),
            "attention.self.value": (layer.attention.self, "value"),
            "attention.output.dense": (layer.attention.output, "dense"),
            "intermediate.dense": (layer.intermediate, "dense"),
            "output.dense": (layer.output, "dense"),
        }
        for name, (owner, attribute) in places.items():
            low_rank = LowRank(getattr(owner, attribute))
            setattr(owner, attribute, low_rank)
            found[f"encoder.layer.{number}.{name}"] = low_rank
    return found


class Reader(nn.Module):
    """Encoder, intent prototypes and label layer."""

    def __init__(self, encoder: nn.Module, intents: int, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.adapter = adapt(encoder)
        self.prototypes = nn.Parameter(F.normalize(torch.randn(intents, 384), dim=1))
        self.labels = nn.Linear(384, labels)
        nn.init.constant_(self.labels.bias, -4.0)

    def forward(self, batch: dict) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines to the intents, and each label's score over the words."""
        hidden = self.encoder(**batch).last_hidden_state
        real = batch["attention_mask"].unsqueeze(-1).float()
        vector = F.normalize((hidden * real).sum(1) / real.sum(1), dim=1)
        scores = self.labels(hidden).masked_fill(real == 0, -1e4)
        return SCALE * vector @ F.normalize(self.prototypes, dim=1).T, scores.max(1).values


def batches(rows: list[Row], chance: random.Random) -> list[list[Row]]:
    """Rows of like length together, in another order each time."""
    order = sorted(rows, key=lambda row: len(row.text) * chance.uniform(0.8, 1.25))
    made = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    chance.shuffle(made)
    return made


def joined(rows: list[Row], all_rows: list[Row], names: list[str], chance: random.Random) -> list[Row]:
    """Some of the labelled rows with another one behind them; where the two speak of one field, that is left open."""
    out = []
    for row in rows:
        other = chance.choice(all_rows)
        if not row.has_labels or row.intent >= 0 or chance.random() >= JOIN_SHARE or len(row.text + other.text) > 360:
            out.append(row)
            continue
        both = set(row.positive) | set(other.positive)
        values = {names[place].lstrip("!").split("=")[-1] for place in both}
        fields = {field for field in ONE_FIELDS if sum(names[p].startswith(f"{field}=") for p in both) > 1}
        unclear = {
            place
            for place, name in enumerate(names)
            if (name.lstrip("!").split("=")[-1] in values and place not in both) or name.split("=")[0] in fields
        }
        left_open = set(row.masked) | set(other.masked) | unclear
        text = row.text.rstrip() + chance.choice((". ", "\n", " ", ", ")) + other.text
        out.append(Row(text, -1, tuple(both - left_open), tuple(left_open), has_labels=True))
    return out


def loss_of(model: Reader, tokenizer, rows: list[Row], chance: random.Random | None, labels: int) -> torch.Tensor:
    texts = [
        mistype(r.text, chance.randrange(1 << 30)) if chance and chance.random() < TYPO_SHARE else r.text for r in rows
    ]
    batch = tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
    intents, scores = model(batch)
    loss = torch.zeros(())
    named = [place for place, row in enumerate(rows) if row.intent >= 0]
    if named:
        wanted = torch.tensor([rows[place].intent for place in named])
        loss = loss + F.cross_entropy(intents[named], wanted, label_smoothing=0.1) * len(named) / len(rows)
    told = [place for place, row in enumerate(rows) if row.has_labels]
    if told:
        target, weight = torch.zeros(len(told), labels), torch.ones(len(told), labels)
        for at, place in enumerate(told):
            target[at, list(rows[place].positive)] = 1
            weight[at, list(rows[place].masked)] = 0
        weight[target == 1] = 2.0
        loss = loss + F.binary_cross_entropy_with_logits(scores[told], target, weight, reduction="sum") / len(rows)
    return loss


def read_rows(paths: list[Path]) -> list[dict]:
    return [
        json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def red_flag_rows(path: Path) -> list[dict]:
    """Messages labelled with rules only teach the red_flags values; those without an alarm teach that there is none."""
    out = []
    for row in read_rows([path]):
        expect = {"red_flags": row["red_flags"]} if row["red_flags"] else {}
        optional = {"red_flags": row["optional"].get("red_flags", [])}
        out.append(
            {
                "text": row["text"],
                "expect": expect,
                "optional": optional,
                "rules_only": True,
                "signs": [] if not row["rules"] and row["kind"] not in ("treatment", "plain", "past") else None,
            }
        )
    return out


def wording_rows(path: Path) -> list[dict]:
    """Look-alikes teach that there is no alarm; of the alarms only the rule is told, which is no label."""
    return [
        {"text": row["text"], "expect": {}, "rules_only": True, "signs": []}
        for row in read_rows([path])
        if not row["rules"]
    ]


@torch.no_grad()
def scores_of(model: Reader, tokenizer, rows: list[Row]) -> np.ndarray:
    model.eval()
    out = []
    for row in rows:
        batch = tokenizer([row.text], truncation=True, max_length=LONGEST, return_tensors="pt")
        out.append(torch.sigmoid(model(batch)[1])[0].numpy())
    return np.array(out)


def report(model: Reader, tokenizer, dev: list[Row], names: list[str]) -> None:
    """Precision and recall by threshold and by kind of label, on rows that were not learned from."""
    scores = scores_of(model, tokenizer, dev)
    target = np.zeros_like(scores, dtype=bool)
    used = np.ones_like(scores, dtype=bool)
    for at, row in enumerate(dev):
        target[at, list(row.positive)] = True
        used[at, list(row.masked)] = False
    for limit in (0.3, 0.5, 0.7, 0.9):
        given = (scores > limit) & used
        line = []
        for kind in ("all", *LIST_FIELDS, "onset", "activity_level", "!", "sign="):
            columns = [i for i, n in enumerate(names) if kind == "all" or n.startswith(kind)]
            hit = (given & target)[:, columns].sum()
            precision, recall = hit / max(1, given[:, columns].sum()), hit / max(1, target[:, columns].sum())
            line.append(f"{kind} {precision:.2f}/{recall:.2f}")
        print(f"  above {limit}: {', '.join(line)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sentences", type=Path, default=HOME / "training" / "sentences")
    parser.add_argument("--nlu", type=Path, action="append", help="folders of training sentences for the intents")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--start", type=Path, help="go on from this adapter")
    parser.add_argument("--fresh", nargs="+", default=(), help="files of --sentences that it has not learned from yet")
    parser.add_argument("--replay", type=float, default=1.0, help="share of all other rows read again in each epoch")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    chance = random.Random(args.seed)

    tune = HOME / "benchmarks" / "sets" / "tune"
    fresh = [args.sentences / name for name in args.fresh]
    new = read_rows(fresh)
    found = read_rows(sorted(set(args.sentences.glob("*.jsonl")) - set(fresh)))
    extra = (
        [{**row, "signs": None} for row in read_rows([tune / "findings.jsonl"])]
        + red_flag_rows(tune / "red_flags.jsonl")
        + read_rows([tune / "plain.jsonl", tune / "stories.jsonl"])
        + wording_rows(tune / "wordings.jsonl")
    )
    examples: dict[str, list[str]] = {}
    for folder in args.nlu or [HOME / "data" / "nlu"]:
        for intent, texts in read_examples(folder).items():
            examples.setdefault(intent, []).extend(texts)
    intents = sorted(examples)
    names = label_names([*found, *extra, *new])
    dev = labelled(read_rows([HOME / "training" / "calibration.jsonl"]), names)
    known, unknown = labelled(found + extra, names), labelled(new, names)
    rest = known + unknown
    rows = known + [
        Row(text, intents.index(intent), has_labels=intent == "out_of_scope")
        for intent, texts in examples.items()
        for text in texts
    ]
    print(f"{len(rest)} labelled rows, {len(rows) - len(known)} with intents, {len(names)} labels, dev {len(dev)}")

    folder = weights_folder()
    read_pinned(folder, "model.safetensors")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = Reader(AutoModel.from_pretrained(folder), len(intents), len(names))
    if args.start:
        go_on(model, args.start, names)
    learned = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    again = round(args.replay * len(rows))
    steps, step = args.epochs * ((again + len(unknown) + BATCH - 1) // BATCH), 0
    for epoch in range(args.epochs):
        model.train()
        started, sum_loss = time.monotonic(), 0.0
        read = unknown + chance.sample(rows, again)
        for part in batches(joined(read, rest, names, chance), chance):
            step += 1
            if step % 50 == 0:
                print(f"  step {step} of {steps}, {time.monotonic() - started:.0f} s", flush=True)
            rate = RATE * min(1.0, step / (0.06 * steps)) * max(0.0, 1 - step / steps)
            for group in optimiser.param_groups:
                group["lr"] = rate
            loss = loss_of(model, tokenizer, part, chance, len(names))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            sum_loss += loss.item()
        print(
            f"epoch {epoch}: loss {sum_loss / steps * args.epochs:.3f}, {time.monotonic() - started:.0f} s", flush=True
        )
        report(model, tokenizer, dev, names)
        save(model, names, args.out)


def save(model: Reader, names: list[str], path: Path) -> None:
    """Everything that was learned, as 16-bit numbers."""
    content = {
        "labels": np.array(names),
        "label_weight": half(model.labels.weight),
        "label_bias": half(model.labels.bias),
    }
    for name, low_rank in model.adapter.items():
        content[f"{name}.down"], content[f"{name}.up"] = half(low_rank.down), half(low_rank.up * (ALPHA / RANK))
    np.savez_compressed(path, **content)


def go_on(model: Reader, path: Path, names: list[str]) -> None:
    """Take over what an earlier run has learned, but for the intents' prototypes and labels it did not know."""
    with np.load(path, allow_pickle=False) as parts, torch.no_grad():
        known = {str(label): place for place, label in enumerate(parts["labels"])}
        for place, name in enumerate(names):
            if name in known:
                model.labels.weight[place] = torch.tensor(parts["label_weight"][known[name]].astype(np.float32))
                model.labels.bias[place] = float(parts["label_bias"][known[name]])
        for name, low_rank in model.adapter.items():
            low_rank.down.copy_(torch.tensor(parts[f"{name}.down"].astype(np.float32)))
            low_rank.up.copy_(torch.tensor(parts[f"{name}.up"].astype(np.float32) * (RANK / ALPHA)))


def half(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().numpy().astype(np.float16)


if __name__ == "__main__":
    main()
