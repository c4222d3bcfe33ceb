"""Writes this folder's PyTorch files and what PyTorch reads from them. Run with PyTorch 1.13 or later.

    python3 make.py [folder with checkpoint_*/*.pt]
"""
import collections, hashlib, json, os, sys
import torch

here = os.path.dirname(os.path.abspath(__file__))
reference = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, 'reference')


def digest(tensors):
    """SHA-256 over name, shape and little-endian bytes of each tensor, by name."""
    h = hashlib.sha256()
    for name in sorted(tensors):
        t = tensors[name].detach().contiguous()
        h.update(f'{name}{list(t.shape)}'.encode().replace(b' ', b''))
        h.update(t.numpy().tobytes())
    return {'tensors': len(tensors), 'sha256': h.hexdigest()}


def summary(loaded):
    if 'gen' not in loaded:
        return {domain: digest(loaded[domain]) for domain in loaded}
    result = {}
    for name, adam in loaded.items():
        flat = {}
        for place, state in adam['state'].items():
            for key in ('exp_avg', 'exp_avg_sq', 'step'):
                flat[f'{place}.{key}'] = torch.as_tensor(state[key], dtype=torch.float32)
        result[name] = digest(flat)
    return result


digests = {}
for folder in sorted(os.listdir(reference)):
    if not folder.startswith('checkpoint_'):
        continue
    for file in sorted(os.listdir(os.path.join(reference, folder))):
        if file.endswith('.pt'):
            digests[f'{folder}/{file}'] = summary(torch.load(os.path.join(reference, folder, file), map_location='cpu'))
with open(os.path.join(here, 'digests.json'), 'w') as out:
    json.dump(digests, out, indent=1)

base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
value = {
    'transposed': base.permute(2, 0, 1),
    'slice': base[1, :, 1:3],
    'shared': base[0],
    'expanded': torch.tensor([5.0]).expand(2, 3),
    'scalar': torch.tensor(2.5),
    'empty': torch.zeros(0, 3),
    'parameter': torch.nn.Parameter(torch.tensor([1.0, -2.0])),
    'float64': torch.tensor([1 / 3, -1e300], dtype=torch.float64),
    'float16': torch.tensor([1.0, -0.333251953125, 65504, 6e-8, float('inf')], dtype=torch.float16),
    'bfloat16': torch.tensor([1.0, -3.140625, 1e38], dtype=torch.bfloat16),
    'int64': torch.tensor([2**62, -1]),
    'int32': torch.tensor([2**31 - 1, -5], dtype=torch.int32),
    'int16': torch.tensor([-32768, 7], dtype=torch.int16),
    'int8': torch.tensor([-128, 127], dtype=torch.int8),
    'uint8': torch.tensor([0, 255], dtype=torch.uint8),
    'bool': torch.tensor([True, False]),
}
expected = {
    name: {
        'dtype': str(t.dtype).replace('torch.', ''),
        'shape': list(t.shape),
        'values': [str(v) for v in t.detach().reshape(-1).tolist()],
    }
    for name, t in value.items()
}
module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.PReLU())  # its state_dict carries `_metadata`
with torch.no_grad():
    for i, p in enumerate(module.parameters()):
        p.copy_(torch.arange(p.numel()).reshape(p.shape) + 10 * i)
document = {
    'tensors': value,
    'module': module.state_dict(),
    'plain': [None, True, 1, -2, 2**40, 2**70, -1.5, 'text é', (1, 2), {'__proto__': 1, 3: 'three'}],
    'size': base.shape,
    'device': torch.device('cpu'),
    'dtype': torch.float16,
}
os.makedirs(os.path.join(here, 'torch'), exist_ok=True)
torch.save(document, os.path.join(here, 'torch', 'values.pt'))
torch.save(document, os.path.join(here, 'torch', 'values.legacy.pt'), _use_new_zipfile_serialization=False)
torch.save(document, os.path.join(here, 'torch', 'values.protocol4.pt'), pickle_protocol=4)
torch.save(module, os.path.join(here, 'torch', 'whole_module.pt'))
with open(os.path.join(here, 'torch', 'values.json'), 'w') as out:
    json.dump(expected, out, indent=1)


class Evil:
    def __reduce__(self):
        return (os.system, ('touch /tmp/munit-was-here',))


torch.save({'a': Evil()}, os.path.join(here, 'torch', 'evil.pt'))
torch.save({'a': Evil()}, os.path.join(here, 'torch', 'evil.legacy.pt'), _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), os.path.join(here, 'torch', 'torchscript.pt'))
