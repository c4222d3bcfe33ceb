/** What went wrong, in the user's words, not the developer's. */
export function failureText(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  switch (thrown instanceof Error && 'code' in thrown ? thrown.code : undefined) {
    case 'DEVICE_LOST':
      return 'The graphics device was lost: its driver has restarted, the machine has slept, or memory has run out. The last checkpoint is kept.';
    case 'OUT_OF_MEMORY':
      return 'There is too little memory for this run. Choose smaller images, a smaller batch or narrower networks. The last checkpoint is kept.';
    case 'NON_FINITE':
      return 'The losses became NaN a second time. Start again with a lower learning rate, and look for odd images.';
    default:
      return message;
  }
}
