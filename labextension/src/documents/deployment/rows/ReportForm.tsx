// Predictions that were made elsewhere, reported from a file.
import type React from 'react';

import type { DeploymentPublic } from '../../../api/types';
import { LinkButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { predictionColumns } from '../../../rows/guess';
import { useSelectTab } from '../../selectTab';
import { ColumnChoice } from './ColumnFields';
import { Counts, RowsForm } from './RowsForm';
import { useRecording } from './useRecording';

export function ReportForm({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const selectTab = useSelectTab();
  const { form, names, blind, field } = useRecording(
    'report',
    entity,
    {
      association_id_column: ['association_id', entity.association_id_column, 'id'],
      timestamp_column: ['timestamp']
    },
    ['association_id_column'],
    ({ content, options }) => api.reportFile(entity.id, content, options)
  );
  const recognised = predictionColumns(entity, names);

  return (
    <>
      <p className="jp-Registry-note">
        {trans.__(
          'The model %1 predicts elsewhere and is not asked here. Its host reports what it predicted:',
          entity.package
        )}{' '}
        <LinkButton onClick={() => selectTab('integrations')}>
          {trans.__('code for it is under Integrations')}
        </LinkButton>
        {'. '}
        {trans.__('Or report a file of its predictions:')}
      </p>
      <RowsForm
        {...form}
        title={trans.__('Report predictions of %1', entity.label)}
        verb={trans.__('Report')}
        working={trans.__('The rows are recorded…')}
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
              {...field('association_id_column')}
            />
            <ColumnChoice
              label={trans.__('Time')}
              help={trans.__('When it was predicted; times without a zone are UTC.')}
              none={names.includes('timestamp') ? undefined : trans.__('Now')}
              {...field('timestamp_column')}
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
