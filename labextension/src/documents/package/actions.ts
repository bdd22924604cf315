// What can be done with a package, from its panel or its row.
import type { PackageSummary } from '../../api/types';
import type { EntityAction, IRegistry } from '../../tokens';

export function packageActions(registry: IRegistry): readonly EntityAction<PackageSummary>[] {
  const archive = (archived: boolean) => async (shown: PackageSummary) => {
    await registry.api.updatePackage(shown.id, { archived });
    registry.changes.refresh();
  };
  return [
    {
      id: 'archive',
      rank: 80,
      label: trans => trans.__('Archive'),
      applies: shown => !shown.archived_at,
      execute: archive(true)
    },
    {
      id: 'restore',
      rank: 80,
      label: trans => trans.__('Restore'),
      applies: shown => !!shown.archived_at,
      execute: archive(false)
    }
  ];
}
