import { describe, expect, it } from 'vitest';
import { findPyTorch, runPython } from '../../test/python.js';
import { checkpointFiles, digest, referenceFile } from '../../test/reference.js';
import { readCheckpoint, writeNetworks, writeOptimizers } from './index.js';

describe.each(checkpointFiles())('%s, read and written again', (path) => {
  it('reads back the same', () => {
    const checkpoint = readCheckpoint(referenceFile(path));
    if (checkpoint.kind === 'optimizer') {
      expect(readCheckpoint(writeOptimizers(checkpoint.optimizers))).toEqual(checkpoint);
    } else if (checkpoint.kind === 'generator' || checkpoint.kind === 'discriminator') {
      const nothing = { a: [], b: [] };
      expect(readCheckpoint(writeNetworks(checkpoint.networks))).toEqual({ ...checkpoint, ignored: nothing });
    } else throw new Error(`unexpected ${checkpoint.kind}`);
  });
});

const python = findPyTorch();

/** SHA-256 of each domain's tensors, as `test-data/make.py`. */
const digestScript = `
import hashlib, json, sys, torch
def digest(tensors):
    h = hashlib.sha256()
    for name in sorted(tensors):
        h.update(f'{name}{list(tensors[name].shape)}'.encode().replace(b' ', b''))
        h.update(tensors[name].contiguous().numpy().tobytes())
    return {'tensors': len(tensors), 'sha256': h.hexdigest()}
v = torch.load(sys.argv[1], weights_only=True)
print(json.dumps({d: [type(v[d]).__name__, digest(v[d])] for d in v}))`;

/**
 * Loads the state into an Adam over parameters of the same shapes, and steps once: the state is complete.
 * PyTorch 1.13 can read no float with weights_only, its own optimizer files neither; later ones can.
 */
const adamScript = `
import json, sys, torch
floats = tuple(int(x) for x in torch.__version__.split('.')[:2]) >= (2, 0)
v = torch.load(sys.argv[1], weights_only=floats)
out = {}
for name, state in v.items():
    params = [torch.nn.Parameter(torch.zeros_like(s['exp_avg'])) for s in state['state'].values()]
    adam = torch.optim.Adam(params, lr=1)
    adam.load_state_dict(state)
    for p in params: p.grad = torch.ones_like(p)
    adam.step()
    g = adam.param_groups[0]
    out[name] = [len(params), g['lr'], g['initial_lr'], list(g['betas']), g['eps'], g['weight_decay'], float(adam.state[params[0]]['step'])]
print(json.dumps(out))`;

describe(python === undefined ? 'PyTorch is not on this machine: its reading of our files is not checked' : 'torch.load(weights_only=True)', () => {
  const files = checkpointFiles();

  it('reads our networks with the same names, shapes and values', () => {
    if (python === undefined) return;
    const checkpoint = readCheckpoint(referenceFile(files.find((path) => path.includes('/gen_')) ?? ''));
    if (checkpoint.kind !== 'generator') throw new Error(checkpoint.kind);
    const { networks } = checkpoint;
    expect(runPython(python, digestScript, writeNetworks(networks))).toEqual({
      a: ['OrderedDict', digest(networks.a)],
      b: ['OrderedDict', digest(networks.b)],
    });
  });

  it("reads our optimizers, and PyTorch's Adam goes on from them", () => {
    if (python === undefined) return;
    const checkpoint = readCheckpoint(referenceFile(files.find((path) => path.includes('optimizer')) ?? ''));
    if (checkpoint.kind !== 'optimizer') throw new Error(checkpoint.kind);
    const { gen, dis } = checkpoint.optimizers;
    const settings = [1e-4, 1e-4, [0.5, 0.999], 1e-8, 1e-4, 6];
    expect(runPython(python, adamScript, writeOptimizers(checkpoint.optimizers))).toEqual({
      gen: [gen.moments.length, ...settings],
      dis: [dis.moments.length, ...settings],
    });
  });
});
