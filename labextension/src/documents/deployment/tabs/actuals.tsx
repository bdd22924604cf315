// What really happened, from a file: its columns told, and what came of its rows.
import React from 'react';

import { ProblemError } from '../../../api/problems';
import type { ActualsResult, DeploymentPublic } from '../../../api/types';
import { useRegistry, useTrans } from '../../../components/context';
import { useKept } from '../../../components/kept';
import { guess } from '../../../rows/guess';
import { sendRows, summed } from '../../../rows/parts';
import { CONTENT_TYPES } from '../../../rows/peek';
import type { PanelTab } from '../../../tokens';
import { ColumnChoice } from '../rows/ColumnFields';
import { Counts, Rejections, RowsForm } from '../rows/RowsForm';
import { useBodyLimit } from '../rows/useBodyLimit';
import { useJob } from '../rows/useJob';
import { useRowsFile } from '../rows/useRowsFile';

export const actuals: PanelTab<DeploymentPublic> = {
  id: 'actuals',
  rank: 50,
  label: trans => trans.__('Actuals'),
  component: Actuals
};

/** Classes that are listed in a field's help. */
const LISTED = 6;

function Actuals({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const limit = useBodyLimit();
  const [columns, setColumns] = useKept('actuals.columns', { id: '', value: '', time: '' });
  const [tried, setTried] = useKept('actuals.tried', false);
  const [job, run, forget] = useJob<ActualsResult>('actuals');
  const [chosen, take] = useRowsFile('actuals', found => {
    setColumns(before => ({
      id: guess(found.columns, [before.id, 'association_id', entity.association_id_column, 'id']),
      value: guess(found.columns, [before.value, 'value', 'actual', entity.target_name]),
      time: guess(found.columns, [before.time, 'timestamp'])
    }));
    setTried(false);
    forget();
  });
  const names = chosen.peek?.columns ?? [];
  const blind = chosen.peek !== undefined && !names.length;
  const set = (change: Partial<typeof columns>) => setColumns(before => ({ ...before, ...change }));
  const wrong = (name: string, value: string) => {
    const refused =
      job.state === 'failed' && job.error instanceof ProblemError
        ? job.error.field(name)
        : undefined;
    return refused ?? (tried && !value ? trans.__('This is needed.') : undefined);
  };

  const send = () => {
    setTried(true);
    if (!blind && (!columns.id || !columns.value)) {
      return;
    }
    const { format } = chosen.peek!;
    void run(chosen.file!, async sending => {
      const answers = await sendRows(
        chosen.file!,
        format,
        limit,
        sending,
        async (content, options, first) => {
          const found = await api.actualsFile(entity.id, content, {
            ...options,
            contentType: CONTENT_TYPES[format],
            query: {
              association_id_column: columns.id || undefined,
              value_column: columns.value || undefined,
              timestamp_column: columns.time || undefined
            }
          });
          const rejections = found.rejections?.map(one => ({ ...one, row: one.row + first }));
          return { ...found, rejections };
        }
      );
      return summed(answers);
    });
  };

  const labels = entity.class_labels ?? [];
  const classes = labels.slice(0, LISTED).join(', ') + (labels.length > LISTED ? ', …' : '');
  return (
    <RowsForm
      entity={entity}
      title={trans.__('Actuals of %1', entity.label)}
      chosen={chosen}
      take={take}
      job={job}
      limit={limit}
      verb={trans.__('Send actuals')}
      working={trans.__('The rows are recorded…')}
      send={send}
      result={result => (
        <>
          <Counts
            label={trans.__('What came of the rows')}
            rows={[
              [trans.__('accepted'), result.accepted, trans.__('recorded')],
              [trans.__('matched'), result.matched, trans.__('met their prediction')],
              [
                trans.__('replaced'),
                result.replaced,
                trans.__('had an actual before; the last one counts')
              ],
              [trans.__('waiting'), result.waiting, trans.__('wait for their prediction')],
              [trans.__('rejected'), result.rejected, trans.__('not recorded')]
            ]}
          />
          <Rejections
            rows={result.rejections ?? []}
            total={result.rejected}
            peek={chosen.peek}
            columns={[columns.id, columns.value].filter(Boolean)}
          />
        </>
      )}
    >
      {!blind && (
        <>
          <ColumnChoice
            label={trans.__('Association ID')}
            help={trans.__('Ties the actual to its prediction.')}
            error={wrong('association_id_column', columns.id)}
            required
            columns={names}
            value={columns.id}
            choose={id => set({ id })}
          />
          <ColumnChoice
            label={trans.__('Value')}
            help={
              labels.length
                ? trans.__('What happened: %1.', classes)
                : trans.__('What happened: a number, %1.', entity.target_name)
            }
            error={wrong('value_column', columns.value)}
            required
            columns={names}
            value={columns.value}
            choose={value => set({ value })}
          />
          <ColumnChoice
            label={trans.__('Time')}
            help={trans.__('When it happened; not needed.')}
            columns={names}
            none={names.includes('timestamp') ? undefined : trans.__('None')}
            value={columns.time}
            choose={time => set({ time })}
          />
        </>
      )}
    </RowsForm>
  );
}
