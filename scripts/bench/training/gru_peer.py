"""The bidirectional GRU with additive attention of `attention-gru.ts` in PyTorch: nn.GRU over packed sequences as encoder, a
loop of cells as decoder, in float32 or float64. Reads orders from stdin, a line each, and answers each with a line of JSON."""
import json
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

folder, threads, kind, rate = sys.argv[1], int(sys.argv[2]), getattr(torch, sys.argv[3]), float(sys.argv[4])
torch.set_num_threads(threads)
job = json.load(open(f"{folder}/job.json"))
flat = np.fromfile(f"{folder}/parameters.bin", np.float32)
E, H, smoothing = job["embedding"], job["hidden"], job["smoothing"]
weights, offset = {}, 0
for entry in job["parameters"]:
    size = int(np.prod(entry["dims"]))
    weights[entry["name"]] = torch.from_numpy(flat[offset:offset + size].reshape(entry["dims"]).copy()).to(kind)
    offset += size
P = nn.ParameterDict({name: nn.Parameter(value) for name, value in weights.items() if not name.startswith(("ef_", "eb_"))})
encoder = nn.GRU(E, H, bidirectional=True, dtype=kind)
with torch.no_grad():
    for name, suffix in (("ef", ""), ("eb", "_reverse")):
        getattr(encoder, f"weight_ih_l0{suffix}").copy_(weights[f"{name}_wx"].T)
        getattr(encoder, f"weight_hh_l0{suffix}").copy_(weights[f"{name}_wh"].T)
        getattr(encoder, f"bias_ih_l0{suffix}").copy_(weights[f"{name}_b"])
        getattr(encoder, f"bias_hh_l0{suffix}").copy_(weights[f"{name}_bh"])
parameters = [*P.parameters(), *encoder.parameters()]
optimizer = torch.optim.Adam(parameters, lr=rate)


def batch_of(index):
    batch = job["batches"][index]
    tensor = lambda name, stored: torch.from_numpy(np.fromfile(f"{folder}/{index}.{name}", stored).reshape(batch[name]))
    return {name: tensor(name, np.float32).to(kind) if name.endswith("mask") else tensor(name, np.int64) for name in batch}


def gru(x, h):
    reset_x, update_x, new_x = x.chunk(3, -1)
    reset_h, update_h, new_h = torch.addmm(P["d_bh"], h, P["d_wh"]).chunk(3, -1)
    update = torch.sigmoid(update_x + update_h)
    candidate = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
    return candidate + update * (h - candidate)


def loss_of(batch):
    mask = batch["source-mask"].squeeze(2)
    lengths = mask.sum(0).long()
    packed = nn.utils.rnn.pack_padded_sequence(F.embedding(batch["source"], P["emb_s"]), lengths, enforce_sorted=False)
    outputs, last = encoder(packed)
    encoded = nn.utils.rnn.pad_packed_sequence(outputs, total_length=mask.shape[0])[0].transpose(0, 1).contiguous()
    keys = encoded @ P["att_k"]
    hidden = (mask.T - 1) * 1e9
    h = torch.tanh(last[1] @ P["init_w"] + P["init_b"])
    previous = F.embedding(batch["previous"], P["emb_t"])
    prepared = previous @ P["d_wx"][:E] + P["d_b"]
    for_context = P["d_wx"][E:]
    states, contexts = [], []
    for step in prepared.unbind(0):
        energies = (torch.tanh(keys + (h @ P["att_q"]).unsqueeze(1)) @ P["att_v"]).squeeze(2)
        attention = torch.softmax(energies + hidden, 1)
        context = torch.bmm(attention.unsqueeze(1), encoded).squeeze(1)
        h = gru(step + context @ for_context, h)
        states.append(h)
        contexts.append(context)
    features = torch.cat([torch.stack(states), torch.stack(contexts), previous], 2)
    readout = torch.tanh(features @ P["o_w"] + P["o_b"])
    logits = F.linear(readout.flatten(0, 1), P["emb_t"], P["out_b"])
    losses = F.cross_entropy(logits, batch["target"].flatten(), reduction="none", label_smoothing=smoothing)
    weight = batch["target-mask"].flatten()
    return (losses * weight).sum() / weight.sum()


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    first, last = json.loads(line)
    batches = [batch_of(index) for index in range(first, last)]
    losses, cpu, wall = [], time.process_time(), time.perf_counter()
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_of(batch)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, job["clipNorm"])
        optimizer.step()
        losses.append(loss.item())
    print(json.dumps({"losses": losses, "cpuSeconds": time.process_time() - cpu, "seconds": time.perf_counter() - wall}), flush=True)
