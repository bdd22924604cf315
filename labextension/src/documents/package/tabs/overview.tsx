// Of a package: what it says of itself, and where it is in service.
import type React from 'react';

import type { PackagePublic } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { LinkButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { EditableText } from '../../../components/EditableText';
import { Facts } from '../../../components/Facts';
import { measure, size } from '../../../format/numbers';
import { full } from '../../../format/times';
import type { PanelTab } from '../../../tokens';
import { stateName, targetTypeName } from '../../words';
import { Aliases } from '../Aliases';
import { type Service, servicesOf } from '../shape';
import { Tags } from '../Tags';
import { UndoProvider, useUndo } from '../undo';

export const overview: PanelTab<PackagePublic> = {
  id: 'overview',
  rank: 0,
  label: trans => trans.__('Overview'),
  component: Overview
};

function Overview(props: { entity: PackagePublic; reload: () => void }): React.ReactElement {
  const { entity } = props;
  const trans = useTrans();
  const threshold = entity.prediction_threshold;
  return (
    <>
      <UndoProvider>
        <Description {...props} />
        <Tags {...props} />
        <Aliases {...props} />
      </UndoProvider>
      <Facts
        facts={[
          [trans.__('Target'), entity.target_name],
          [trans.__('Target type'), targetTypeName(entity.target_type, trans)],
          [trans.__('Classes'), (entity.class_labels ?? []).join(', ')],
          [trans.__('Positive class'), entity.positive_class],
          [trans.__('Threshold'), typeof threshold === 'number' ? measure(threshold) : undefined],
          [trans.__('Format'), entity.format],
          [
            trans.__('Hosted at'),
            entity.location ? <Location key="location" location={entity.location} /> : undefined
          ],
          [trans.__('Built with'), entity.build_environment],
          [trans.__('Size'), entity.size ? size(entity.size) : undefined],
          [trans.__('Archived'), entity.archived_at ? full(entity.archived_at) : undefined]
        ]}
      />
      <Services services={servicesOf(entity)} />
    </>
  );
}

function Description(props: { entity: PackagePublic; reload: () => void }): React.ReactElement {
  const { entity, reload } = props;
  const { api } = useRegistry();
  const trans = useTrans();
  const tell = useUndo();
  const write = async (description: string) => {
    await api.updatePackage(entity.id, { description });
    reload();
  };
  return (
    <EditableText
      label={trans.__('Description')}
      placeholder={trans.__('No description yet')}
      multiline
      value={entity.description ?? ''}
      save={async description => {
        const before = entity.description ?? '';
        await write(description);
        tell(trans.__('The description is saved.'), () => write(before));
      }}
    />
  );
}

/** Where a model is hosted, to be followed if it is a web address. */
function Location(props: { location: string }): React.ReactElement {
  const { location } = props;
  return /^https?:\/\//i.test(location) ? (
    <a href={location} target="_blank" rel="noopener noreferrer" className="jp-Registry-link">
      {location}
    </a>
  ) : (
    <>{location}</>
  );
}

function Services(props: { services: readonly Service[] }): React.ReactElement {
  const registry = useRegistry();
  const trans = useTrans();
  return (
    <>
      <h2 className="jp-Registry-partTitle">{trans.__('Deployments')}</h2>
      {props.services.length === 0 ? (
        <p className="jp-Registry-muted jp-Registry-inset">{trans.__('It was never deployed.')}</p>
      ) : (
        <ul className="jp-Registry-plainList" aria-label={trans.__('Deployments')}>
          {props.services.map(({ id, label, state, champion }) => (
            <li key={id}>
              <LinkButton onClick={() => void registry.openDeployment(id)}>{label}</LinkButton>{' '}
              <Badge tone={state === 'active' ? 'success' : 'plain'}>
                {stateName(state, trans)}
              </Badge>{' '}
              <span className="jp-Registry-muted">
                {champion ? trans.__('in service') : trans.__('was in service before')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
