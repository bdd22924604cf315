// The kernels of this server: in whose environments models can run.
import { KernelSpecAPI } from '@jupyterlab/services';

import { useRegistry } from './context';
import { useAnswer } from './useAnswer';

/** Names with what they are called; none until they are known, or where there are none. */
export function useKernelspecs(): readonly (readonly [name: string, shown: string])[] {
  const { api } = useRegistry();
  const { data } = useAnswer(() => KernelSpecAPI.getSpecs(api.settings), []);
  return Object.values(data?.kernelspecs ?? {}).flatMap(spec =>
    spec ? [[spec.name, spec.display_name] as const] : []
  );
}
