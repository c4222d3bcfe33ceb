import { meanSquaredTo, openDevice, readTensor, tensor } from '@munit/core';

export const dynamic = 'force-dynamic';

/** What the server computes on, and a small sum to prove it. */
export async function GET() {
  const device = await openDevice('auto');
  const [value] = await readTensor(meanSquaredTo(tensor([0, 3]), 1));
  const { description } = device.report;
  device.dispose();
  return Response.json({ device: description, value });
}
