/** A program of its own: opens the device, computes, and returns. What is printed and that it ends is tested. */
import { add, openDevice, readTensor, tensor } from '../src/index.js';

const device = await openDevice('webgpu');
process.stdout.write(`${[...(await readTensor(add(tensor([1, 2]), tensor([3, 4]))))].join(',')}\n`);
if (process.argv[2] === 'dispose') device.dispose();
