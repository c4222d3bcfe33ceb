/** What went wrong, in the user's words, not the developer's. */
import { words } from '../words/words.js';
export function failureText(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const said = words.peek().announced;
  switch (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined) {
    case 'DEVICE_LOST':
      return said.deviceLost;
    case 'OUT_OF_MEMORY':
      return said.outOfMemory;
    case 'NON_FINITE':
      return said.nonFinite;
    default:
      return message;
  }
}
