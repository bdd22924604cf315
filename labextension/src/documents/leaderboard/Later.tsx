// The views of leaderboards are loaded when the first is opened, not with JupyterLab.
import React from 'react';

import { ProblemView } from '../../components/ProblemView';
import { Spinner } from '../../components/Progress';
import { useAnswer } from '../../components/useAnswer';
import type * as views from './views';

type Views = typeof views;

/** What is made of the views, once they are there. */
export function Later(props: {
  children: (views: Views) => React.ReactElement;
}): React.ReactElement {
  const { data, error, reload } = useAnswer(() => import('./views'), []);
  if (data) {
    return props.children(data);
  }
  return error === undefined ? <Spinner /> : <ProblemView error={error} retry={reload} />;
}
