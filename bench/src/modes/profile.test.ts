import { expect, it } from 'vitest';
import { profileTables } from './profile.js';

it('adds what lies between kernels, the sum, and the number of dispatches', () => {
  const lines = profileTables({
    wall: 200,
    kernels: [{ name: 'PaddedConv2D', calls: 20, ms: 150 }, { name: 'Add', calls: 4.5, ms: 30 }],
    shapes: [{ name: 'PaddedConv2D [1,8,8,4] 3×3×4×4', calls: 12, ms: 100 }],
  }).split('\n').map((line) => line.split(/ {2,}/));
  expect(lines).toContainEqual(['PaddedConv2D', '20', '150.0', '75.0%']);
  expect(lines).toContainEqual(['Add', '4.5', '30.0', '15.0%']);
  expect(lines).toContainEqual(['between kernels', '20.0', '10.0%']);
  expect(lines).toContainEqual(['all (dispatches in a run)', '24.5', '200.0', '100.0%']);
  expect(lines).toContainEqual(['PaddedConv2D [1,8,8,4] 3×3×4×4', '12', '100.0', '50.0%']);
});
