// In which kernel's environment a model is loaded; nothing to choose where the server has one alone.
import type React from 'react';

import { Choice } from './Choice';
import { useTrans } from './context';
import { useKernelspecs } from './useKernelspecs';

export function KernelspecChoice(props: {
  help: string;
  error?: string;
  /** Empty for the registry's default one. */
  value: string;
  choose: (kernelspec: string) => void;
}): React.ReactElement | null {
  const trans = useTrans();
  const kernelspecs = useKernelspecs();
  const { value } = props;
  if (kernelspecs.length < 2) {
    return null;
  }
  // one that is there no more is shown all the same: it is the one in force
  const gone = value && !kernelspecs.some(([name]) => name === value);
  return (
    <Choice
      {...props}
      label={trans.__('Environment')}
      options={[
        ['', trans.__('The registry’s default')],
        ...kernelspecs,
        ...(gone ? [[value, value] as const] : [])
      ]}
    />
  );
}
