import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { notifyError } from '../../ui/index.js';

type Training = typeof import('../../training/index.js');

/** Training is fetched when it is first opened, and goes on while other views are shown. */
export function TrainView({ onUse }: Parameters<Training['TrainPanel']>[0]) {
  const training = useSignal<Training | undefined>(undefined);
  useEffect(() => {
    import('../../training/index.js').then((module) => (training.value = module)).catch(notifyError);
  }, [training]);
  const Panel = training.value?.TrainPanel;
  return Panel === undefined ? <p class="small">Loading …</p> : <Panel onUse={onUse} />;
}
