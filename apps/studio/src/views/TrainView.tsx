import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { TrainPanelProps } from '../training/TrainPanel.js';
import { notifyError } from '../ui/notices.js';

/** Training is fetched when it is first opened, and continues while other views are shown. */
export function TrainView(props: TrainPanelProps) {
  const panel = useSignal<{ readonly Panel: ComponentType<TrainPanelProps> } | undefined>(undefined);
  useEffect(() => {
    const open = async (): Promise<void> => {
      const { TrainPanel } = await import('../training/TrainPanel.js');
      panel.value = { Panel: TrainPanel };
    };
    open().catch(notifyError);
  }, []);
  const Panel = panel.value?.Panel;
  return Panel === undefined ? <p class="small">Loading …</p> : <Panel {...props} />;
}
