// What really happened, from a file: its columns told, and what came of its rows.
import type React from 'react';

import type { DeploymentPublic } from '../../../api/types';
import { useRegistry, useTrans } from '../../../components/context';
import type { PanelTab } from '../../../tokens';
import { ColumnChoice } from '../rows/ColumnFields';
import { Counts, Rejections, RowsForm } from '../rows/RowsForm';
import { ofRows } from '../RowsOnly';
import { useRecording } from '../rows/useRecording';

export const actuals: PanelTab<DeploymentPublic> = {
  id: 'actuals',
  rank: 50,
  label: trans => trans.__('Actuals'),
  component: ofRows(Actuals)
};

/** Classes that are listed in a field's help. */
const LISTED = 6;

function Actuals({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const { form, chosen, columns, names, blind, field } = useRecording(
    'actuals',
    entity,
    {
      association_id_column: ['association_id', entity.association_id_column, 'id'],
      value_column: ['value', 'actual', entity.target_name],
      timestamp_column: ['timestamp']
    },
    ['association_id_column', 'value_column'],
    async ({ content, options, first }) => {
      const found = await api.actualsFile(entity.id, content, options);
      const rejections = found.rejections?.map(one => ({ ...one, row: one.row + first }));
      return { ...found, rejections };
    },
    'value_column'
  );

  const labels = entity.class_labels ?? [];
  const classes = labels.slice(0, LISTED).join(', ') + (labels.length > LISTED ? ', …' : '');
  return (
    <RowsForm
      {...form}
      title={trans.__('Actuals of %1', entity.label)}
      verb={trans.__('Send actuals')}
      working={trans.__('The rows are recorded…')}
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
            columns={[columns.association_id_column, columns.value_column].filter(Boolean)}
          />
        </>
      )}
    >
      {!blind && (
        <>
          <ColumnChoice
            label={trans.__('Association ID')}
            help={trans.__('Ties the actual to its prediction.')}
            {...field('association_id_column')}
          />
          <ColumnChoice
            label={trans.__('Value')}
            help={
              entity.target_type === 'anomaly'
                ? trans.__('What happened: true for an anomaly, false for a usual row.')
                : labels.length
                  ? trans.__('What happened: %1.', classes)
                  : trans.__('What happened: a number, %1.', entity.target_name)
            }
            {...field('value_column')}
          />
          <ColumnChoice
            label={trans.__('Time')}
            help={trans.__('When it happened; not needed.')}
            none={names.includes('timestamp') ? undefined : trans.__('None')}
            {...field('timestamp_column')}
          />
        </>
      )}
    </RowsForm>
  );
}
