// Predictions that were made elsewhere, reported from a file.
import React from 'react';

import { ProblemError } from '../../../api/problems';
import type { DeploymentPublic, ReportResult } from '../../../api/types';
import { useRegistry, useTrans } from '../../../components/context';
import { useKept } from '../../../components/kept';
import { guess, predictionColumns } from '../../../rows/guess';
import { sendRows, summed } from '../../../rows/parts';
import { CONTENT_TYPES } from '../../../rows/peek';
import { useSelectTab } from '../../selectTab';
import { ColumnChoice } from './ColumnFields';
import { Counts, RowsForm } from './RowsForm';
import { useBodyLimit } from './useBodyLimit';
import { useJob } from './useJob';
import { useRowsFile } from './useRowsFile';

export function ReportForm({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const selectTab = useSelectTab();
  const limit = useBodyLimit();
  const [columns, setColumns] = useKept('report.columns', { id: '', time: '' });
  const [tried, setTried] = useKept('report.tried', false);
  const [job, run, forget] = useJob<ReportResult>('report');
  const [chosen, take] = useRowsFile('report', found => {
    setColumns(before => ({
      id: guess(found.columns, [before.id, 'association_id', entity.association_id_column, 'id']),
      time: guess(found.columns, [before.time, 'timestamp'])
    }));
    setTried(false);
    forget();
  });
  const names = chosen.peek?.columns ?? [];
  const blind = chosen.peek !== undefined && !names.length;
  const recognised = predictionColumns(entity, names);
  const refused = (name: string) =>
    job.state === 'failed' && job.error instanceof ProblemError ? job.error.field(name) : undefined;

  const send = () => {
    setTried(true);
    if (!columns.id && !blind) {
      return;
    }
    const { format } = chosen.peek!;
    void run(chosen.file!, async sending => {
      const answers = await sendRows(chosen.file!, format, limit, sending, (content, options) =>
        api.reportFile(entity.id, content, {
          ...options,
          contentType: CONTENT_TYPES[format],
          query: {
            association_id_column: columns.id || undefined,
            timestamp_column: columns.time || undefined
          }
        })
      );
      return summed(answers);
    });
  };

  return (
    <>
      <p className="jp-Registry-note">
        {trans.__(
          'The model %1 predicts elsewhere and is not asked here. Its host reports what it predicted:',
          entity.package
        )}{' '}
        <button
          type="button"
          className="jp-Registry-link"
          onClick={() => selectTab('integrations')}
        >
          {trans.__('code for it is under Integrations')}
        </button>
        {'. '}
        {trans.__('Or report a file of its predictions:')}
      </p>
      <RowsForm
        entity={entity}
        title={trans.__('Report predictions of %1', entity.label)}
        chosen={chosen}
        take={take}
        job={job}
        limit={limit}
        verb={trans.__('Report')}
        working={trans.__('The rows are recorded…')}
        send={send}
        result={result => (
          <Counts
            label={trans.__('What came of the rows')}
            rows={[
              [trans.__('accepted'), result.accepted, trans.__('recorded')],
              [
                trans.__('replaced'),
                result.replaced,
                trans.__('were reported before; the last one counts')
              ],
              [trans.__('matched'), result.matched, trans.__('have their actual')]
            ]}
          />
        )}
      >
        {!blind && (
          <>
            <ColumnChoice
              label={trans.__('Association ID')}
              help={trans.__('Ties each prediction to what happens later.')}
              error={
                refused('association_id_column') ??
                (tried && !columns.id ? trans.__('This is needed.') : undefined)
              }
              required
              columns={names}
              value={columns.id}
              choose={id => setColumns(before => ({ ...before, id }))}
            />
            <ColumnChoice
              label={trans.__('Time')}
              help={trans.__('When it was predicted; times without a zone are UTC.')}
              error={refused('timestamp_column')}
              columns={names}
              none={names.includes('timestamp') ? undefined : trans.__('Now')}
              value={columns.time}
              choose={time => setColumns(before => ({ ...before, time }))}
            />
            <p className="jp-Registry-note">
              {recognised.length
                ? trans.__('Predictions are read from: %1. ', recognised.join(', '))
                : trans.__(
                    'No column is called prediction or probability: rename the one that is. '
                  )}
              {trans.__('Other columns are features.')}
            </p>
          </>
        )}
      </RowsForm>
    </>
  );
}
