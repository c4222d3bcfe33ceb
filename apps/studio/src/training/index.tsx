/** The slot of training: replaced by the panel that trains in the tab. */
export interface TrainPanelProps {
  /** Takes a trained model (the files of a model folder) into use at once. */
  readonly onUse: (files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, name: string) => void;
}

export function TrainPanel(_: TrainPanelProps) {
  return <p>Training is not here yet.</p>;
}
