import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { part } from '../chunk.js';
import type { TrainPanelProps } from '../training/TrainPanel.js';
import { Button } from '../ui/Button.js';
import { Progress } from '../ui/Progress.js';
import { words } from '../words/words.js';

/** Training is fetched when it is first opened, and continues while other views are shown. */
export function TrainView(props: TrainPanelProps) {
  const panel = useSignal<{ readonly Panel: ComponentType<TrainPanelProps> } | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const open = async (): Promise<void> => {
    problem.value = undefined;
    try {
      const { TrainPanel } = await part(words.peek().part.training, () => import('../training/TrainPanel.js'));
      panel.value = { Panel: TrainPanel };
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  useEffect(() => {
    void open();
    const again = (): void => {
      if (problem.peek() !== undefined) void open();
    };
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, []);
  const Panel = panel.value?.Panel;
  if (Panel !== undefined) return <Panel {...props} />;
  if (problem.value === undefined) return <Progress label={words.value.part.fetchingTraining} />;
  return (
    <div class="stack">
      <p class="problem" role="alert">
        {problem.value}
      </p>
      <div class="row">
        <Button kind="primary" label={words.value.part.again} onClick={() => void open()} />
        <Button label={words.value.part.reload} onClick={() => location.reload()} />
      </div>
    </div>
  );
}
