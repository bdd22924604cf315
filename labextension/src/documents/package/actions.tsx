// What can be done with a package, from its panel or its row.
import { Dialog, showDialog } from '@jupyterlab/apputils';

import type { PackageSummary } from '../../api/types';
import { confirm } from '../../components/confirm';
import { openModal } from '../../components/modal';
import type { SurroundingsSource } from '../../components/RegistryWidget';
import type { EntityAction } from '../../tokens';
import { laterViews } from '../later';
import { servicesOf } from './shape';

export function packageActions(
  source: SurroundingsSource
): readonly EntityAction<PackageSummary>[] {
  const { registry, trans } = source.current();
  const { api, changes } = registry;
  const referenceOf = (shown: PackageSummary) => `${shown.name}/${shown.version}`;

  const archive = async (shown: PackageSummary, archived: boolean) => {
    await api.updatePackage(shown.id, { archived });
    changes.refresh();
  };
  const deploy = async (shown: PackageSummary) => {
    const { DeployDialog } = await laterViews();
    await openModal(source, close => (
      <DeployDialog
        shown={shown}
        called={referenceOf(shown)}
        deploy={settings => api.deploy({ ...settings, package_id: shown.id })}
        packageId={shown.kind === 'external' ? undefined : shown.id}
        close={close}
      />
    ));
  };

  const askAndArchive = async (shown: PackageSummary) => {
    const agreed =
      !source.current().settings.confirmations ||
      (await confirm(trans, {
        title: trans.__('Archive %1?', referenceOf(shown)),
        body: trans.__(
          'It is no longer listed and cannot be deployed; what it serves goes on. It can be restored.'
        ),
        accept: trans.__('Archive')
      }));
    if (agreed) {
      await archive(shown, true);
    }
  };
  const askAndDelete = async (shown: PackageSummary) => {
    const whole = await api.package(shown.id);
    const services = servicesOf(whole);
    if (services.length) {
      await cannotDelete(
        whole,
        services.map(({ label }) => label)
      );
      return;
    }
    const agreed = await confirm(trans, {
      title: trans.__('Delete %1?', referenceOf(whole)),
      body: whole.aliases?.length
        ? trans.__(
            'Its files are deleted, and the aliases %1 with it. This cannot be taken back.',
            whole.aliases.map(alias => `@${alias}`).join(', ')
          )
        : trans.__('Its files are deleted. This cannot be taken back.'),
      accept: trans.__('Delete'),
      danger: true
    });
    if (agreed) {
      await api.deletePackage(whole.id);
      changes.refresh();
    }
  };
  const cannotDelete = async (shown: PackageSummary, labels: readonly string[]) => {
    const archivable = !shown.archived_at;
    const result = await showDialog({
      title: trans.__('%1 cannot be deleted', referenceOf(shown)),
      body: (
        <div>
          <p>{trans.__('It is, or was, in service, and predictions made by it refer to it:')}</p>
          <ul>
            {labels.map(label => (
              <li key={label}>{label}</li>
            ))}
          </ul>
          {archivable && (
            <p>{trans.__('Archive it instead: it is then no longer listed or deployed.')}</p>
          )}
        </div>
      ),
      buttons: archivable
        ? [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Archive') })]
        : [Dialog.okButton()],
      defaultButton: 0
    });
    if (archivable && result.button.accept) {
      await archive(shown, true);
    }
  };

  return [
    {
      id: 'deploy',
      rank: 0,
      label: trans => trans.__('Deploy…'),
      applies: shown => !shown.archived_at,
      execute: deploy
    },
    {
      id: 'archive',
      rank: 80,
      label: trans => trans.__('Archive…'),
      applies: shown => !shown.archived_at,
      execute: askAndArchive
    },
    {
      id: 'restore',
      rank: 80,
      label: trans => trans.__('Restore'),
      applies: shown => !!shown.archived_at,
      execute: shown => archive(shown, false)
    },
    {
      id: 'delete',
      rank: 90,
      label: trans => trans.__('Delete…'),
      execute: askAndDelete
    }
  ];
}
