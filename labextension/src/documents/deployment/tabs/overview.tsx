// Of a deployment: what is in service, for whom, and how much it was used.
import React from 'react';

import type { DeploymentPublic } from '../../../api/types';
import { useRegistry, useTrans } from '../../../components/context';
import { EditableText } from '../../../components/EditableText';
import { Facts } from '../../../components/Facts';
import { count } from '../../../format/numbers';
import { full } from '../../../format/times';
import type { PanelTab } from '../../../tokens';
import { targetTypeName } from '../../words';

export const overview: PanelTab<DeploymentPublic> = {
  id: 'overview',
  rank: 0,
  label: trans => trans.__('Overview'),
  component: Overview
};

function Overview(props: { entity: DeploymentPublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const registry = useRegistry();
  const trans = useTrans();
  return (
    <>
      <EditableText
        label={trans.__('Description')}
        placeholder={trans.__('No description yet')}
        multiline
        value={entity.description ?? ''}
        save={async description => {
          await registry.api.updateDeployment(entity.id, { description });
          reload();
        }}
      />
      <Facts
        facts={[
          [
            trans.__('Champion'),
            <button
              key="champion"
              type="button"
              className="jp-Registry-link"
              onClick={() => void registry.openPackage(entity.package_id)}
            >
              {entity.package}
            </button>
          ],
          [trans.__('Target'), entity.target_name],
          [trans.__('Target type'), targetTypeName(entity.target_type, trans)],
          [trans.__('Owner'), entity.created_by],
          [trans.__('Since'), full(entity.created_at)],
          [trans.__('Association ID'), entity.association_id_column],
          [trans.__('Rows predicted'), count(entity.rows_predicted ?? 0)],
          [trans.__('With an actual'), count(entity.rows_matched ?? 0)],
          [trans.__('Actuals waiting'), count(entity.rows_waiting ?? 0)]
        ]}
      />
    </>
  );
}
