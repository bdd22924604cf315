// Views that are loaded when the first of them is opened, not with JupyterLab.
import type React from 'react';

import { ProblemView } from './ProblemView';
import { Spinner } from './Progress';
import { useAnswer } from './useAnswer';

/** What is made of the views, once they are there; `load` gives the same ones every time. */
export function Later<V>(props: {
  load: () => Promise<V>;
  children: (views: V) => React.ReactElement;
}): React.ReactElement {
  const { data, error, reload } = useAnswer(props.load, []);
  if (data) {
    return props.children(data);
  }
  return error === undefined ? <Spinner /> : <ProblemView error={error} retry={reload} />;
}
