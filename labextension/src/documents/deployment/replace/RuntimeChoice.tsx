// What a replacement runs in: the kernel's environment, and whose libraries.
import type React from 'react';

import type { DeploymentPublic, ModelEnvironment } from '../../../api/types';
import { useTrans } from '../../../components/context';
import { KernelspecChoice } from '../../../components/KernelspecChoice';
import { LibrariesChoice } from '../../package/LibrariesChoice';

export interface Runtime {
  environment: ModelEnvironment;
  /** Empty for the registry's default one. */
  kernelspec: string;
}

/** What the champion runs in. */
export function runtimeOf(deployment: DeploymentPublic): Runtime {
  return {
    environment: deployment.environment ?? 'kernelspec',
    kernelspec: deployment.kernelspec ?? ''
  };
}

export function RuntimeChoice(props: {
  value: Runtime;
  choose: (change: Partial<Runtime>) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { value, choose } = props;
  return (
    <>
      <KernelspecChoice
        help={trans.__('The kernel in whose environment the model runs.')}
        value={value.kernelspec}
        choose={kernelspec => choose({ kernelspec })}
      />
      <LibrariesChoice value={value.environment} choose={environment => choose({ environment })} />
    </>
  );
}
