// An error where the action was taken: what happened, what to do, and once more.
import type React from 'react';

import { ConnectionLostError, ProblemError } from '../api/problems';
import { Button } from './buttons';
import { useTrans } from './context';

export function ProblemView(props: {
  error: unknown;
  /** Offers to try again. */
  retry?: () => void;
  dismiss?: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const { title, detail, advice, traceback } = told(props.error);
  const lost = props.error instanceof ConnectionLostError;
  return (
    <div className="jp-Registry-problem" role="alert">
      <strong>{lost ? trans.__('The server does not answer') : title}</strong>
      {detail !== title && <p>{detail}</p>}
      {lost && <p>{trans.__('Check that it runs; nothing that you typed is lost.')}</p>}
      {advice && <p className="jp-Registry-problemAdvice">{advice}</p>}
      {traceback && (
        <details>
          <summary>{trans.__('Traceback')}</summary>
          <pre className="jp-Registry-traceback" tabIndex={0}>
            {traceback}
          </pre>
        </details>
      )}
      {(props.retry || props.dismiss) && (
        <p className="jp-Registry-buttons">
          {props.retry && <Button onClick={props.retry}>{trans.__('Try again')}</Button>}
          {props.dismiss && <Button onClick={props.dismiss}>{trans.__('Dismiss')}</Button>}
        </p>
      )}
    </div>
  );
}

interface Told {
  title: string;
  detail: string;
  advice: string;
  /** Of a model's own code, in its worker. */
  traceback?: string;
}

function told(error: unknown): Told {
  if (error instanceof ProblemError) {
    const { title, detail, advice } = error;
    return { title, detail, advice, traceback: error.field('traceback') };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { title: message, detail: message, advice: '' };
}
