// Of a package: where it comes from, by whom, with which libraries and parameters.
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { PackagePublic } from '../../../api/types';
import { LinkButton } from '../../../components/buttons';
import { useRegistry, useSurroundings, useTrans } from '../../../components/context';
import { Facts } from '../../../components/Facts';
import { RowsTable } from '../../../components/RowsTable';
import { useAnswer } from '../../../components/useAnswer';
import { full } from '../../../format/times';
import type { PanelTab } from '../../../tokens';
import { notebookPath } from '../notebookPath';
import { factsOf, type Provenance as Known, provenanceOf, valueText } from '../shape';

export const provenance: PanelTab<PackagePublic> = {
  id: 'provenance',
  rank: 40,
  label: trans => trans.__('Provenance'),
  component: Provenance
};

/** What has a place of its own below. */
const SHOWN = new Set([
  'registered_at', 'user', 'notebook', 'kernelspec', 'python', 'implementation', 'platform',
  'libraries', 'parameters', 'importance', 'git', 'leaderboard', 'scan', 'signed_by'
]); // prettier-ignore

function Provenance({ entity }: { entity: PackagePublic }): React.ReactElement {
  const trans = useTrans();
  const known = provenanceOf(entity);
  const parameters = Object.entries(known.parameters ?? {});
  const libraries = Object.entries(known.libraries ?? {});
  const others = Object.entries(known).filter(([name]) => !SHOWN.has(name));
  return (
    <>
      <Facts
        facts={[
          [trans.__('Registered'), full(entity.created_at)],
          [trans.__('By'), entity.created_by],
          [trans.__('Author'), known.user === entity.created_by ? undefined : known.user],
          [
            trans.__('Leaderboard'),
            known.leaderboard && <LeaderboardLink key="leaderboard" from={known.leaderboard} />
          ],
          [
            trans.__('Notebook'),
            known.notebook && <NotebookLink key="notebook" path={known.notebook} />
          ],
          [trans.__('Kernel'), known.kernelspec],
          [trans.__('Python'), [known.implementation, known.python].filter(Boolean).join(' ')],
          [trans.__('Platform'), known.platform],
          [trans.__('Git'), gitText(known, trans.__('with changes'))],
          [trans.__('Digest'), entity.digest && <code key="digest">{entity.digest}</code>],
          [trans.__('Importance'), known.importance],
          [trans.__('Signed by'), known.signed_by],
          [trans.__('Scan of its pickles'), scanText(known, trans)],
          ...others.flatMap(([name, value]) => factsOf(name, value))
        ]}
      />
      {parameters.length > 0 && (
        <>
          <h2 className="jp-Registry-partTitle">{trans.__('Parameters')}</h2>
          <RowsTable
            label={trans.__('Parameters')}
            columns={[trans.__('Parameter'), trans.__('Value')]}
            rows={parameters.map(([name, value]) => [name, valueText(value)])}
          />
        </>
      )}
      {libraries.length > 0 && (
        <>
          <h2 className="jp-Registry-partTitle">{trans.__('Libraries')}</h2>
          <RowsTable
            label={trans.__('Libraries')}
            columns={[trans.__('Library'), trans.__('Version')]}
            rows={libraries}
          />
        </>
      )}
    </>
  );
}

/** What the scan found before it was registered. */
function scanText({ scan }: Known, trans: TranslationBundle): string | undefined {
  if (!scan) {
    return undefined;
  }
  const found = scan.findings ?? [];
  if (!found.length) {
    return trans.__('nothing that runs code');
  }
  const owned = scan.own_code ? trans.__('said to be the author’s own: ') : '';
  return owned + found.join('; ');
}

function gitText({ git }: Known, changed: string): string {
  if (!git?.commit) {
    return '';
  }
  return [git.commit.slice(0, 12), git.branch && `(${git.branch})`, git.dirty && changed]
    .filter(Boolean)
    .join(' ');
}

/** Opens the leaderboard whose model it was. */
function LeaderboardLink(props: { from: NonNullable<Known['leaderboard']> }): React.ReactElement {
  const { id, number, name } = props.from;
  const registry = useRegistry();
  const trans = useTrans();
  return (
    <LinkButton
      title={trans.__('Open the leaderboard')}
      onClick={() => void registry.openLeaderboard(id)}
    >
      {trans.__('%1, model %2', name, number)}
    </LinkButton>
  );
}

/** Opens the notebook if it is in this server's contents; else its path alone. */
function NotebookLink(props: { path: string }): React.ReactElement {
  const { path } = props;
  const { commands } = useSurroundings();
  const { api } = useRegistry();
  const trans = useTrans();
  const { data: found } = useAnswer(() => notebookPath(api.settings, path), [path]);
  if (found === undefined) {
    return <>{path}</>;
  }
  return (
    <LinkButton
      title={trans.__('Open the notebook')}
      onClick={() => void commands.execute('docmanager:open', { path: found })}
    >
      {found}
    </LinkButton>
  );
}
