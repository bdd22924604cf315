// What the forms for rows have in common: the file with its first rows, sending, and refusals.
import type React from 'react';

import { ProblemError } from '../../../api/problems';
import type { DeploymentPublic } from '../../../api/types';
import { SubmitButton } from '../../../components/buttons';
import { useTrans } from '../../../components/context';
import { DropFile } from '../../../components/DropFile';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { numberColumns, RowsTable } from '../../../components/RowsTable';
import { FieldError } from '../../../components/Field';
import { count, size } from '../../../format/numbers';
import { inParts } from '../../../rows/parts';
import type { Peek } from '../../../rows/peek';
import { InactiveNote, Outcome, Running } from './JobParts';
import type { Job } from './useJob';
import type { RowsFile } from './useRowsFile';

/** Of a preview. */
const PREVIEW_ROWS = 5;

export function RowsForm<R>(props: {
  entity: DeploymentPublic;
  title: string;
  chosen: RowsFile;
  take: (file: File) => void;
  job: Job<R>;
  /** Bytes that the server takes at once; see `useBodyLimit`. */
  limit?: number;
  /** The button's word. */
  verb: string;
  /** What is said while the server works. */
  working: string;
  send: () => void;
  /** What is said after a cancel; of parts that were taken before it is said besides. */
  cancelled?: string;
  /** The fields that say what is in the file. */
  children: React.ReactNode;
  result: (result: R) => React.ReactNode;
}): React.ReactElement {
  const trans = useTrans();
  const { entity, chosen, job, limit } = props;
  const running = job.state === 'running';
  const { file, peek } = chosen;
  const large = limit !== undefined && file !== undefined && file.size > limit;
  const parts = large && peek !== undefined && inParts(file, peek.format, limit);
  const tooLarge = large && peek !== undefined && !parts;
  return (
    <form
      className="jp-Registry-form jp-mod-wide"
      aria-label={props.title}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (!running && chosen.peek && !tooLarge) {
          props.send();
        }
      }}
    >
      <InactiveNote entity={entity} />
      <DropFile
        label={trans.__('Rows')}
        help={
          limit === undefined
            ? trans.__('CSV with a header, or Parquet.')
            : trans.__('CSV with a header, or Parquet up to %1.', size(limit))
        }
        accept=".csv,.parquet,.pq,.arrow,.feather,.json"
        file={chosen.file}
        take={props.take}
      />
      {tooLarge && (
        <FieldError>
          {trans.__(
            'The file has %1, and the server takes %2 at once. A CSV is sent in parts; this format cannot be: save it as CSV, or send it with the Python client, which cuts it.',
            size(file.size),
            size(limit)
          )}
        </FieldError>
      )}
      {parts && (
        <p className="jp-Registry-note">
          {trans.__(
            'The file has %1 and is sent in parts, since the server takes %2 at once.',
            size(file.size),
            size(limit)
          )}
        </p>
      )}
      {chosen.error !== undefined && <ProblemView error={chosen.error} />}
      {chosen.file && !chosen.peek && chosen.error === undefined && <Spinner />}
      {chosen.peek && (
        <>
          <Preview found={chosen.peek} />
          {props.children}
          <p className="jp-Registry-buttons">
            <SubmitButton aria-busy={running} aria-disabled={running || tooLarge}>
              {props.verb}
            </SubmitButton>
          </p>
        </>
      )}
      <Running job={job} working={props.working} />
      <Outcome job={job}>
        {job.state === 'cancelled' && (
          <p className="jp-Registry-note" role="status">
            {props.cancelled ??
              trans.__('Cancelled. What the server had taken by then may be recorded.')}{' '}
            <Taken rows={job.taken} />
          </p>
        )}
        {job.state === 'failed' && (
          <>
            <ProblemView error={job.error} />
            {job.taken > 0 && (
              <p className="jp-Registry-note">
                <Taken rows={job.taken} />
              </p>
            )}
            {job.error instanceof ProblemError && <Rejections rows={rejected(job.error)} />}
          </>
        )}
        {job.state === 'done' && props.result(job.result)}
      </Outcome>
    </form>
  );
}

function Taken({ rows }: { rows: number }): React.ReactElement | null {
  const trans = useTrans();
  return rows ? (
    <>{trans._n('%2 row before is recorded.', '%2 rows before are recorded.', rows, count(rows))}</>
  ) : null;
}

/** The columns of a file and its first rows, as far as the browser can tell them. */
function Preview({ found }: { found: Peek }): React.ReactElement {
  const trans = useTrans();
  const { total } = found;
  const numbered = total !== undefined && trans._n('%2 row', '%2 rows', total, count(total));
  if (found.rows.length) {
    const title = trans.__('First rows of the file');
    return (
      <details className="jp-Registry-preview" open>
        <summary>
          {title}
          {numbered && <span className="jp-Registry-muted"> ({numbered})</span>}
        </summary>
        <RowsTable
          label={title}
          columns={found.columns}
          rows={found.rows.slice(0, PREVIEW_ROWS)}
          numbers={numberColumns(found.columns, found.rows)}
        />
      </details>
    );
  }
  if (found.columns.length) {
    return (
      <p className="jp-Registry-note">
        {numbered ? <>{numbered} · </> : null}
        {trans.__('columns: %1', found.columns.join(', '))}
        {!!total && (
          <>
            {' · '}
            {trans.__('compressed in a way that only the server reads')}
          </>
        )}
      </p>
    );
  }
  return (
    <p className="jp-Registry-note">
      {trans.__('The columns of this format are read by the server alone.')}
    </p>
  );
}

export interface RejectedRow {
  row: number;
  reason: string;
}

/** The rows that were refused, with what the file says there. */
export function Rejections(props: {
  rows: readonly RejectedRow[];
  /** How many there are in all. */
  total?: number;
  peek?: Peek;
  /** Columns whose values are shown. */
  columns?: readonly string[];
}): React.ReactElement | null {
  const trans = useTrans();
  const { rows, peek } = props;
  if (!rows.length) {
    return null;
  }
  const shown = peek?.rows.length ? (props.columns ?? []) : [];
  const places = shown.map(column => peek!.columns.indexOf(column));
  const more = (props.total ?? rows.length) - rows.length;
  return (
    <>
      <h2>{trans.__('Rows that were refused')}</h2>
      <RowsTable
        label={trans.__('Rows that were refused')}
        columns={[trans.__('Row (from 0)'), ...shown, trans.__('Why')]}
        rows={rows.map(({ row, reason }) => [
          count(row),
          ...places.map(place => peek!.rows[row]?.[place] ?? ''),
          reason
        ])}
        numbers={[0]}
      />
      {more > 0 && (
        <p className="jp-Registry-muted">{trans._n('%2 more', '%2 more', more, count(more))}</p>
      )}
    </>
  );
}

function rejected(error: ProblemError): RejectedRow[] {
  const found = error.fields['rejected'];
  return Array.isArray(found) ? (found as RejectedRow[]) : [];
}

/** What came of rows, as names, counts and what they mean. */
export function Counts(props: {
  label: string;
  rows: readonly (readonly [string, number, string])[];
}): React.ReactElement {
  const trans = useTrans();
  return (
    <div role="status">
      <RowsTable
        label={props.label}
        columns={[trans.__('Result'), trans.__('Rows'), trans.__('Meaning')]}
        rows={props.rows.map(([name, n, meaning]) => [name, count(n), meaning])}
        numbers={[1]}
      />
    </div>
  );
}
