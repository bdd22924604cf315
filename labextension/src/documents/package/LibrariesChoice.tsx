// Whose libraries a model runs with: those of its kernel's environment, or what its package needs.
import type React from 'react';

import type { ModelEnvironment } from '../../api/types';
import { Choice } from '../../components/Choice';
import { useTrans } from '../../components/context';

export function LibrariesChoice(props: {
  error?: string;
  value: ModelEnvironment;
  choose: (environment: ModelEnvironment) => void;
}): React.ReactElement {
  const trans = useTrans();
  return (
    <Choice
      {...props}
      label={trans.__('Libraries')}
      help={trans.__(
        'Its requirements, or the versions that it was made with, are installed for it.'
      )}
      options={[
        ['kernelspec', trans.__('Those of the environment')],
        ['package', trans.__('What the package needs')]
      ]}
    />
  );
}
