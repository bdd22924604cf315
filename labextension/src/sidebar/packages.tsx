// The sidebar's section of packages.
import type React from 'react';

import { packageCode } from '../commands/code';
import { useRegistry, useTrans } from '../components/context';
import { EmptyState } from '../components/EmptyState';
import { useMemo } from '../react';
import type { SidebarSection } from '../tokens';
import { EntityList } from './EntityList';
import { packageFilters, packageQuery, packageSorts } from './filters';
import { PACKAGE_ROW_HEIGHT, PackageRow, packageTitle } from './packageRow';
import { useRowCommands } from './parts';

export const packages: SidebarSection = {
  id: 'packages',
  rank: 0,
  label: trans => trans.__('Packages'),
  component: Packages
};

function Packages(): React.ReactElement {
  const trans = useTrans();
  const registry = useRegistry();
  const commands = useRowCommands().packages;
  const fields = useMemo(() => packageFilters(trans), [trans]);
  const sorts = useMemo(() => packageSorts(trans), [trans]);
  return (
    <EntityList
      id="packages"
      label={trans.__('Packages')}
      searchLabel={trans.__('Search packages')}
      commands={commands}
      fields={fields}
      sorts={sorts}
      read={(question, page, signal) =>
        registry.api.packages({ ...packageQuery(question), ...page }, signal)
      }
      // a deployment made or replaced changes which packages are deployed
      concerns={({ entity }) => ['package', 'model', 'deployment'].includes(entity)}
      name={shown => `${shown.name}/${shown.version}`}
      code={packageCode}
      rowHeight={PACKAGE_ROW_HEIGHT}
      row={shown => <PackageRow shown={shown} />}
      rowTitle={shown => packageTitle(shown, trans)}
      deleteAction="delete"
      empty={
        <EmptyState
          title={trans.__('No package is registered yet.')}
          action={{ label: trans.__('Register a package'), run: () => void registry.register() }}
        >
          {trans.__(
            'Drag a model file or folder here, from your computer or the file browser, or register from a notebook:'
          )}
          <code className="jp-Registry-example">
            {'Registry().register("churn", model, target="left")'}
          </code>
        </EmptyState>
      }
    />
  );
}
