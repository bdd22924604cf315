// Of a package: the versions of its model, and two of them side by side.
import type React from 'react';

import type { PackagePublic, PackageSummary } from '../../../api/types';
import { Badge } from '../../../components/Badge';
import { LinkButton } from '../../../components/buttons';
import { Choice } from '../../../components/Choice';
import { useRegistry, useTrans } from '../../../components/context';
import { ProblemView } from '../../../components/ProblemView';
import { Spinner } from '../../../components/Progress';
import { RowsTable } from '../../../components/RowsTable';
import { useAnswer } from '../../../components/useAnswer';
import { useChanges } from '../../../events/hooks';
import { full } from '../../../format/times';
import { useState } from '../../../react';
import type { PanelTab } from '../../../tokens';
import { Comparison } from '../compare/Comparison';

/** Versions that are listed; the newest ones. */
const MOST = 1000;

export const versions: PanelTab<PackagePublic> = {
  id: 'versions',
  rank: 50,
  label: trans => trans.__('Versions'),
  component: Versions
};

function Versions({ entity }: { entity: PackagePublic }): React.ReactElement {
  const registry = useRegistry();
  const trans = useTrans();
  const { name } = entity;
  const { data, error, reload } = useAnswer(
    signal =>
      registry.api.packages({ name, archived: 'any', sort: '-version', limit: MOST }, signal),
    [name]
  );
  useChanges(change => {
    if (!change || change.name === name || change.entity === 'deployment') {
      reload();
    }
  });
  if (error !== undefined && !data) {
    return <ProblemView error={error} retry={reload} />;
  }
  if (!data) {
    return <Spinner />;
  }
  return (
    <>
      <RowsTable
        label={trans.__('Versions of %1', name)}
        columns={[
          trans.__('Version'),
          trans.__('Registered'),
          trans.__('By'),
          trans.__('State'),
          trans.__('Description')
        ]}
        rows={data.items.map(item => [
          item.id === entity.id ? (
            <strong key="version" aria-current="true">
              {trans.__('%1 (this one)', item.version)}
            </strong>
          ) : (
            <LinkButton
              key="version"
              aria-label={trans.__('Open version %1', item.version)}
              onClick={() => void registry.openPackage(item.id)}
            >
              {item.version}
            </LinkButton>
          ),
          full(item.created_at),
          item.created_by,
          <States key="states" item={item} />,
          item.description?.split('\n', 1)[0] ?? ''
        ])}
      />
      {data.next_cursor && (
        <p className="jp-Registry-muted jp-Registry-inset">
          {trans.__('The newest %1 versions are listed.', MOST)}
        </p>
      )}
      <Compare entity={entity} items={data.items} />
    </>
  );
}

function States({ item }: { item: PackageSummary }): React.ReactElement {
  const trans = useTrans();
  return (
    <span className="jp-Registry-badges">
      {(item.aliases ?? []).map(alias => (
        <Badge key={alias} tone="brand">
          @{alias}
        </Badge>
      ))}
      {item.deployed && <Badge tone="success">{trans.__('deployed')}</Badge>}
      {item.archived_at && <Badge tone="warn">{trans.__('archived')}</Badge>}
    </span>
  );
}

function Compare(props: {
  entity: PackagePublic;
  items: readonly PackageSummary[];
}): React.ReactElement | null {
  const { entity, items } = props;
  const trans = useTrans();
  const other =
    items.find(item => item.version < entity.version) ?? items.find(item => item.id !== entity.id);
  const [chosen, setChosen] = useState<{ left?: string; right?: string }>({});
  const [shown, setShown] = useState(false);
  if (!other) {
    return (
      <p className="jp-Registry-muted jp-Registry-inset">
        {trans.__('There is no other version to compare it with.')}
      </p>
    );
  }
  const known = (id: string | undefined) =>
    id !== undefined && items.some(item => String(item.id) === id) ? id : undefined;
  const left = known(chosen.left) ?? String(entity.id);
  const right = known(chosen.right) ?? String(other.id);
  const options = items.map(item => [String(item.id), `${item.name}/${item.version}`] as const);
  return (
    <>
      <h2 className="jp-Registry-partTitle">{trans.__('Compare')}</h2>
      <div className="jp-Registry-row">
        <Choice
          label={trans.__('Version')}
          value={left}
          options={options}
          choose={value => setChosen({ ...chosen, left: value })}
        />
        <Choice
          label={trans.__('with')}
          value={right}
          options={options}
          choose={value => setChosen({ ...chosen, right: value })}
        />
        <button
          type="button"
          className={`jp-Registry-button${shown ? '' : ' jp-mod-primary'}`}
          aria-expanded={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? trans.__('Hide the comparison') : trans.__('Compare')}
        </button>
      </div>
      {shown && left === right && <p>{trans.__('Choose two different versions.')}</p>}
      {shown && left !== right && <Comparison left={Number(left)} right={Number(right)} />}
    </>
  );
}
