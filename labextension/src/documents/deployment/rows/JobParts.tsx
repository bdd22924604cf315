// What is shown of a job: why it would be refused, how far it is, that it was cancelled.
import type React from 'react';

import type { DeploymentPublic } from '../../../api/types';
import { Button } from '../../../components/buttons';
import { useTrans } from '../../../components/context';
import { Progress, Spinner } from '../../../components/Progress';
import { useEffect, useRef } from '../../../react';
import { stateName } from '../../words';
import type { Job } from './useJob';

/** Said of a deployment that takes nothing. */
export function InactiveNote({ entity }: { entity: DeploymentPublic }): React.ReactElement | null {
  const trans = useTrans();
  if (entity.state === 'active') {
    return null;
  }
  const state = stateName(entity.state, trans);
  return (
    <p className="jp-Registry-note" role="status">
      {entity.target_type === 'unstructured'
        ? trans.__('The deployment is %1 and answers nothing: activate it first.', state)
        : trans.__('The deployment is %1 and takes no rows: activate it first.', state)}
    </p>
  );
}

/** How far what is sent has come, then that the server works on it; with a button to cancel. */
export function Running<R>(props: { job: Job<R>; working: string }): React.ReactElement | null {
  const trans = useTrans();
  const { job } = props;
  if (job.state !== 'running') {
    return null;
  }
  if (job.sent < job.total) {
    return (
      <Progress label={trans.__('Sending')} done={job.sent} total={job.total} cancel={job.cancel} />
    );
  }
  return (
    <div className="jp-Registry-progress">
      <Spinner label={props.working} />
      <Button onClick={job.cancel}>{trans.__('Cancel')}</Button>
    </div>
  );
}

/** The place where it is seen what came of a job, scrolled to when it ends. */
export function Outcome<R>(props: { job: Job<R>; children: React.ReactNode }): React.ReactElement {
  const { state } = props.job;
  const outcome = useRef<HTMLDivElement>(null);
  const before = useRef(state);
  useEffect(() => {
    if (before.current === 'running' && state !== 'running') {
      outcome.current?.scrollIntoView?.({ block: 'nearest' });
    }
    before.current = state;
  }, [state]);
  return (
    <div ref={outcome} className="jp-Registry-result">
      {props.children}
    </div>
  );
}
