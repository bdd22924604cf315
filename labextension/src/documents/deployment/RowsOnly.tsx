// Tabs about rows: of a model that answers whole requests there are none, and that is said.
import type React from 'react';

import type { DeploymentPublic } from '../../api/types';
import { useTrans } from '../../components/context';
import { EmptyState } from '../../components/EmptyState';

type Tab = (props: { entity: DeploymentPublic }) => React.ReactElement;

/** The tab, or a sentence in its place. */
export function ofRows(Shown: Tab): Tab {
  return function OfRows({ entity }) {
    return entity.target_type === 'unstructured' ? <NoRows /> : <Shown entity={entity} />;
  };
}

function NoRows(): React.ReactElement {
  const trans = useTrans();
  return (
    <EmptyState title={trans.__('An unstructured model answers whole requests.')}>
      <p>
        {trans.__(
          'There are no rows, so neither accuracy nor drift. Its requests, errors and times are in the tab Service health; ask it in Predict, or by code as in Integrations.'
        )}
      </p>
      <code>deployment.predict_unstructured(data, mimetype=&quot;application/json&quot;)</code>
    </EmptyState>
  );
}
