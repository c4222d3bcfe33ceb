import { domains } from '@munit/core';
import { describe, expect, it } from 'vitest';
import { findPyTorch, runPython } from '../../test/python.js';
import { adamDigest, checkpointFiles, digest, referenceFile } from '../../test/reference.js';
import { writeNetworks, writeOptimizers } from './export.js';
import { type Checkpoint, readCheckpoint } from './recognize.js';

describe.each(checkpointFiles())('%s, read and written again', (path) => {
  it('reads back the same', () => {
    const checkpoint = readCheckpoint(referenceFile(path));
    if (checkpoint.kind === 'optimizer') {
      const again = readCheckpoint(writeOptimizers(checkpoint.optimizers));
      expect(again.kind).toBe('optimizer');
      if (again.kind !== 'optimizer') return;
      expect(adamDigest(again.optimizers.gen)).toEqual(adamDigest(checkpoint.optimizers.gen));
      expect(adamDigest(again.optimizers.dis)).toEqual(adamDigest(checkpoint.optimizers.dis));
      expect({ ...again.optimizers.gen, moments: 0 }).toEqual({ ...checkpoint.optimizers.gen, moments: 0 });
    } else if (checkpoint.kind === 'generator' || checkpoint.kind === 'discriminator') {
      const again = readCheckpoint(writeNetworks(checkpoint.networks));
      expect([again.kind, 'architecture' in again && again.architecture]).toEqual([checkpoint.kind, checkpoint.architecture]);
      if (again.kind !== checkpoint.kind) return;
      for (const domain of domains) {
        expect(again.ignored[domain]).toEqual([]);
        expect([...again.networks[domain].keys()]).toEqual([...checkpoint.networks[domain].keys()]);
        expect(digest(again.networks[domain])).toEqual(digest(checkpoint.networks[domain]));
      }
    } else throw new Error(`unexpected ${checkpoint.kind}`);
  });
});

const python = findPyTorch();

/**
 * SHA-256 of each domain's tensors, as `test-data/make.py`. Then loads the optimizers' state into an Adam over parameters
 * of the same shapes, and steps once: the state is complete. PyTorch 1.13 can read no float with weights_only, its own
 * optimizer files neither; later ones can.
 */
const script = `
import hashlib, json, sys, torch
def digest(tensors):
    h = hashlib.sha256()
    for name in sorted(tensors):
        h.update(f'{name}{list(tensors[name].shape)}'.encode().replace(b' ', b''))
        h.update(tensors[name].contiguous().numpy().tobytes())
    return {'tensors': len(tensors), 'sha256': h.hexdigest()}
networks = torch.load(sys.argv[1], weights_only=True)
out = {d: [type(networks[d]).__name__, digest(networks[d])] for d in networks}
floats = tuple(int(x) for x in torch.__version__.split('.')[:2]) >= (2, 0)
for name, state in torch.load(sys.argv[2], weights_only=floats).items():
    params = [torch.nn.Parameter(torch.zeros_like(s['exp_avg'])) for s in state['state'].values()]
    adam = torch.optim.Adam(params, lr=1)
    adam.load_state_dict(state)
    for p in params: p.grad = torch.ones_like(p)
    adam.step()
    g = adam.param_groups[0]
    out[name] = [len(params), g['lr'], g['initial_lr'], list(g['betas']), g['eps'], g['weight_decay'], float(adam.state[params[0]]['step'])]
print(json.dumps(out))`;

describe(python === undefined ? 'PyTorch is not on this machine: its reading of our files is not checked' : 'torch.load(weights_only=True)', () => {
  const read = (part: string): Checkpoint => readCheckpoint(referenceFile(checkpointFiles().find((path) => path.includes(part)) ?? ''));

  it("reads our networks with the same names, shapes and values, and PyTorch's Adam continues from our optimizers", () => {
    if (python === undefined) return;
    const [networks, optimizer] = [read('/gen_'), read('/optimizer')];
    if (networks.kind !== 'generator' || optimizer.kind !== 'optimizer') throw new Error('unexpected kinds');
    const { a, b } = networks.networks;
    const { gen, dis } = optimizer.optimizers;
    const settings = [1e-4, 1e-4, [0.5, 0.999], 1e-8, 1e-4, 6];
    expect(runPython(python, script, writeNetworks(networks.networks), writeOptimizers(optimizer.optimizers))).toEqual({
      a: ['OrderedDict', digest(a)],
      b: ['OrderedDict', digest(b)],
      gen: [gen.moments.length, ...settings],
      dis: [dis.moments.length, ...settings],
    });
  }, 120_000);
});
