/** Files that the published PyTorch code loads. */
import type { PerDomain } from '@munit/core';
import { OrderedDict, type Writable } from '../torch/pickle/writable.js';
import type { StateDict } from '../torch/tensor.js';
import { writeTorch } from '../torch/write.js';
import { type TorchAdamState, writableAdam } from './adam.js';

/** `gen_*.pt` or `dis_*.pt`: `{'a': state_dict, 'b': state_dict}`. @throws ArgumentError when a tensor is not sound */
export function writeNetworks(networks: PerDomain<StateDict>): Uint8Array {
  return writeTorch(
    new Map<string, Writable>([
      ['a', new OrderedDict(networks.a)],
      ['b', new OrderedDict(networks.b)],
    ]),
  );
}

/** `latest_net_*.pth`: the state dict of one network. @throws ArgumentError when a tensor is not sound */
export const writeNetwork = (network: StateDict): Uint8Array => writeTorch(new OrderedDict(network));

/** `optimizer.pt`: `{'gen': state_dict, 'dis': state_dict}`. @throws ArgumentError when a tensor is not sound */
export function writeOptimizers(optimizers: { readonly gen: TorchAdamState; readonly dis: TorchAdamState }): Uint8Array {
  return writeTorch(
    new Map<string, Writable>([
      ['gen', writableAdam(optimizers.gen)],
      ['dis', writableAdam(optimizers.dis)],
    ]),
  );
}
