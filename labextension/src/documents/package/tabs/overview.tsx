// Of a package: what it says of itself, and the columns it takes.
import React from 'react';

import type { PackagePublic } from '../../../api/types';
import { useRegistry, useTrans } from '../../../components/context';
import { EditableText } from '../../../components/EditableText';
import { Facts } from '../../../components/Facts';
import { size } from '../../../format/numbers';
import type { PanelTab } from '../../../tokens';
import { targetTypeName } from '../../words';

export const overview: PanelTab<PackagePublic> = {
  id: 'overview',
  rank: 0,
  label: trans => trans.__('Overview'),
  component: Overview
};

function Overview(props: { entity: PackagePublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const { api } = useRegistry();
  const trans = useTrans();
  return (
    <>
      <EditableText
        label={trans.__('Description')}
        placeholder={trans.__('No description yet')}
        multiline
        value={entity.description ?? ''}
        save={async description => {
          await api.updatePackage(entity.id, { description });
          reload();
        }}
      />
      <Facts
        facts={[
          [trans.__('Target'), entity.target_name],
          [trans.__('Target type'), targetTypeName(entity.target_type, trans)],
          [trans.__('Classes'), (entity.class_labels ?? []).join(', ')],
          [trans.__('Positive class'), entity.positive_class],
          [trans.__('Format'), entity.format],
          [trans.__('Hosted at'), entity.location],
          [trans.__('Size'), entity.size ? size(entity.size) : undefined]
        ]}
      />
    </>
  );
}
