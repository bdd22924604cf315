// Rows of a file predicted; of a model hosted elsewhere, its predictions reported; an unstructured
// model asked.
import type React from 'react';

import { ProblemError } from '../../../api/problems';
import type { DeploymentPublic } from '../../../api/types';
import { Button } from '../../../components/buttons';
import { Choice } from '../../../components/Choice';
import { useRegistry, useTrans } from '../../../components/context';
import { useKept } from '../../../components/kept';
import { numberColumns, RowsTable } from '../../../components/RowsTable';
import { count, size } from '../../../format/numbers';
import { joined } from '../../../rows/csv';
import { guess } from '../../../rows/guess';
import { inParts, sendRows } from '../../../rows/parts';
import { CONTENT_TYPES, countRows, peek, type Peek } from '../../../rows/peek';
import { fileName, save } from '../../../rows/save';
import type { PanelTab } from '../../../tokens';
import { AskForm } from '../rows/AskForm';
import { ColumnChecks, ColumnChoice } from '../rows/ColumnFields';
import { ReportForm } from '../rows/ReportForm';
import { RowsForm } from '../rows/RowsForm';
import { useBodyLimit } from '../rows/useBodyLimit';
import { useJob } from '../rows/useJob';
import { useRowsFile } from '../rows/useRowsFile';
import { ofRows } from '../RowsOnly';

const OfRows = ofRows(({ entity }) =>
  entity.kind === 'external' ? <ReportForm entity={entity} /> : <Predict entity={entity} />
);

export const predict: PanelTab<DeploymentPublic> = {
  id: 'predict',
  rank: 40,
  label: trans => trans.__('Predict'),
  component: ({ entity }) =>
    entity.target_type === 'unstructured' && entity.kind !== 'external' ? (
      <AskForm entity={entity} />
    ) : (
      <OfRows entity={entity} />
    )
};

/** Formats in which the answer can be had. */
type AnswerFormat = 'csv' | 'parquet';

interface Wishes {
  id: string;
  time: string;
  passthrough: string[];
  format: AnswerFormat;
}

interface Scored {
  answer: Blob;
  format: AnswerFormat;
  rows: number;
  found: Peek;
}

function Predict({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const [wishes, setWishes] = useKept<Wishes>('predict.wishes', {
    id: '',
    time: '',
    passthrough: [],
    format: 'csv'
  });
  const limit = useBodyLimit();
  const usual = entity.association_id_column;
  const [job, run, forget] = useJob<Scored>('predict', entity);
  const [chosen, take] = useRowsFile('predict', found => {
    setWishes(before => ({
      ...before,
      id: guess(found.columns, [before.id, usual]),
      time: guess(found.columns, [before.time]),
      passthrough: before.passthrough.filter(column => found.columns.includes(column))
    }));
    forget();
  });
  const set = (change: Partial<Wishes>) => setWishes(before => ({ ...before, ...change }));
  const refused = (name: string) =>
    job.state === 'failed' && job.error instanceof ProblemError ? job.error.field(name) : undefined;
  const columns = chosen.peek?.columns ?? [];
  const parts = chosen.peek ? inParts(chosen.file!, chosen.peek.format, limit) : false;

  const send = () =>
    run(chosen.file!, async sending => {
      const format = parts ? 'csv' : wishes.format;
      const sent = chosen.peek!.format;
      const answers = await sendRows(
        chosen.file!,
        sent,
        limit,
        sending,
        (content, options, first) =>
          api.predictFile(entity.id, content, {
            ...options,
            contentType: CONTENT_TYPES[sent],
            accept: CONTENT_TYPES[format],
            query: {
              association_id_column: wishes.id || undefined,
              timestamp_column: wishes.time || undefined,
              passthrough: wishes.passthrough.join(',') || undefined,
              first_row: first || undefined
            }
          })
      );
      const answer = answers.length > 1 ? await joined(answers) : answers[0];
      const found = await peek(answer, api.parquetStart);
      return { answer, format, found, rows: found.total ?? (await countRows(answer)) };
    });

  return (
    <RowsForm
      entity={entity}
      title={trans.__('Predict with %1', entity.label)}
      chosen={chosen}
      take={take}
      job={job}
      limit={limit}
      cancelled={trans.__(
        'Cancelled: the model works on it no further. What was under way is recorded whole or, as a rule, not at all.'
      )}
      verb={trans.__('Predict')}
      working={trans.__('The model predicts…')}
      send={() => void send()}
      result={result => <Answer entity={entity} result={result} />}
    >
      <ColumnChoice
        label={trans.__('Association ID')}
        help={trans.__('Ties each prediction to what happens later.')}
        error={refused('association_id_column')}
        columns={columns}
        none={usual ? trans.__("The deployment's: %1", usual) : trans.__('None')}
        value={wishes.id}
        choose={id => set({ id })}
      />
      <ColumnChoice
        label={trans.__('Time')}
        help={trans.__('When it is predicted; times without a zone are UTC.')}
        error={refused('timestamp_column')}
        columns={columns}
        none={trans.__('Now')}
        value={wishes.time}
        choose={time => set({ time })}
      />
      <ColumnChecks
        label={trans.__('Pass through')}
        help={trans.__('Columns of the file to repeat in the answer.')}
        columns={columns.filter(column => !column.includes(','))}
        value={wishes.passthrough}
        choose={passthrough => set({ passthrough })}
      />
      <Choice
        label={trans.__('Answer as')}
        help={parts ? trans.__('What is sent in parts is answered as CSV.') : undefined}
        value={parts ? 'csv' : wishes.format}
        options={[
          ['csv', trans.__('CSV')],
          ...(parts ? [] : [['parquet', trans.__('Parquet')] as const])
        ]}
        choose={format => set({ format })}
      />
    </RowsForm>
  );
}

function Answer(props: { entity: DeploymentPublic; result: Scored }): React.ReactElement {
  const trans = useTrans();
  const { answer, format, rows, found } = props.result;
  const name = fileName(props.entity.label, `predictions.${format}`);
  return (
    <section className="jp-Registry-result" aria-label={trans.__('Predictions')}>
      <p role="status">
        {trans._n('%2 prediction, recorded.', '%2 predictions, recorded.', rows, count(rows))}
      </p>
      {found.rows.length > 0 && (
        <RowsTable
          label={trans.__('First predictions')}
          columns={found.columns}
          rows={found.rows}
          numbers={numberColumns(found.columns, found.rows)}
        />
      )}
      <p className="jp-Registry-buttons">
        <Button onClick={() => save(answer, name)}>
          {trans.__('Download %1 (%2)', name, size(answer.size))}
        </Button>
      </p>
    </section>
  );
}
