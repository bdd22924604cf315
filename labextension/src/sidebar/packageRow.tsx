// A package in the sidebar: two lines, with what the settings say.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { PackageSummary } from '../api/types';
import { Badge } from '../components/Badge';
import { useShownColumns, useTrans } from '../components/context';
import { kindName, targetTypeName } from '../documents/words';
import { ago } from '../format/times';

export const PACKAGE_ROW_HEIGHT = 46;

export function PackageRow({ shown }: { shown: PackageSummary }): React.ReactElement {
  const trans = useTrans();
  const shows = useShownColumns('packageColumns');
  return (
    <>
      <span className="jp-Registry-rowLine">
        <span className="jp-Registry-rowTitle">
          {shown.name}
          {shows('version') && <span className="jp-Registry-muted">/{shown.version}</span>}
        </span>
        {shown.archived_at && <Badge tone="warn">{trans.__('archived')}</Badge>}
        {shows('deployed') && deployed(shown) && (
          <Badge tone="success">{deployedText(shown, trans)}</Badge>
        )}
      </span>
      <span className="jp-Registry-rowLine">
        {shows('kind') && <Badge>{kindName(shown.kind, trans)}</Badge>}
        {shows('target') && (
          <span className="jp-Registry-rowText jp-Registry-muted">{shown.target_name}</span>
        )}
        {shows('aliases') &&
          aliases(shown).map(text => (
            <Badge key={text} tone="brand">
              {text}
            </Badge>
          ))}
      </span>
    </>
  );
}

/** All of it in words, for the mouse that rests on the row. */
export function packageTitle(shown: PackageSummary, trans: TranslationBundle): string {
  return [
    `${shown.name}/${shown.version}`,
    kindName(shown.kind, trans),
    trans.__('%1, %2', shown.target_name, targetTypeName(shown.target_type, trans)),
    aliases(shown).join(' '),
    deployed(shown) ? deployedText(shown, trans) : '',
    trans.__('registered %1 by %2', ago(shown.created_at), shown.created_by),
    shown.description ?? ''
  ]
    .filter(Boolean)
    .join('\n');
}

/** Whether it is in service, or another version of its model where the list has only the latest. */
function deployed(shown: PackageSummary): boolean {
  return !!shown.deployed || !!shown.model_deployed?.length;
}

function deployedText(shown: PackageSummary, trans: TranslationBundle): string {
  const others = (shown.model_deployed ?? []).filter(version => version !== shown.version);
  return shown.deployed || !others.length
    ? trans.__('deployed')
    : trans.__('/%1 deployed', others.join(', '));
}

/** Its aliases; of other versions, where the list has only the latest, with their number. */
function aliases(shown: PackageSummary): string[] {
  const own = (shown.aliases ?? []).map(alias => `@${alias}`);
  const others = Object.entries(shown.model_aliases ?? {})
    .filter(([, version]) => version !== shown.version)
    .map(([alias, version]) => `@${alias}/${version}`);
  return [...own, ...others];
}
