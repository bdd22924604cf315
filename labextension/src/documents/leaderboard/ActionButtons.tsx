// The actions on a model as buttons; what goes wrong is shown below them.
import type React from 'react';

import { ProblemView } from '../../components/ProblemView';
import { useState } from '../../react';
import type { ModelAction } from './useModelActions';

export function ActionButtons({
  actions
}: {
  actions: readonly ModelAction[];
}): React.ReactElement {
  const [error, setError] = useState<unknown>();
  const run = async (action: ModelAction) => {
    setError(undefined);
    try {
      await action.run();
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <div className="jp-Registry-actions">
      <span className="jp-Registry-buttons">
        {actions.map((action, at) => (
          <button
            key={action.id}
            type="button"
            className={`jp-Registry-button${at ? '' : ' jp-mod-primary'}`}
            onClick={() => void run(action)}
          >
            {action.label}
          </button>
        ))}
      </span>
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
    </div>
  );
}
