"""The steps of families.ts in PyTorch with transformers: the same weights, batches, clipping and Adam, no dropout.

Marian and Pegasus begin an output with the padding token, whose embedding transformers looks up without letting it learn
(`padding_idx`); here it learns as every other one does, as it does in the studio."""
import json
import sys
import time

import torch
from torch.nn import functional as F
from transformers import AutoModelForSeq2SeqLM

torch.set_num_threads(1)
job = json.load(open(sys.argv[1]))
model = AutoModelForSeq2SeqLM.from_pretrained(job["folder"], dtype=torch.float32).eval()
for module in model.modules():
    if isinstance(module, torch.nn.Embedding):
        module.padding_idx = None
optimizer = torch.optim.Adam(model.parameters(), lr=job["rate"], betas=(0.9, 0.98))


def padded(rows, behind):
    longest = max(map(len, rows))
    return torch.tensor([row + [behind] * (longest - len(row)) for row in rows])


losses, cpu = [], time.process_time()
for batch in job["batches"]:
    sources, targets = [row["source"] for row in batch], [row["target"] for row in batch]
    logits = model(
        input_ids=padded(sources, 0),
        attention_mask=padded([[1] * len(row) for row in sources], 0),
        decoder_input_ids=padded([[job["start"]] + row[:-1] for row in targets], 0),
    ).logits
    loss = F.cross_entropy(logits.flatten(0, 1), padded(targets, -100).flatten(), ignore_index=-100)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    losses.append(loss.item())
print(json.dumps({"losses": losses, "cpuSeconds": time.process_time() - cpu}))
