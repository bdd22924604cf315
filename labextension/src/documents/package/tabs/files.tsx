// Of a package: its files, each with its hash and a way to download it.
import { Clipboard } from '@jupyterlab/apputils';
import type React from 'react';

import type { PackagePublic } from '../../../api/types';
import { LinkButton } from '../../../components/buttons';
import { useRegistry, useTrans } from '../../../components/context';
import { RowsTable } from '../../../components/RowsTable';
import { size } from '../../../format/numbers';
import { useState } from '../../../react';
import type { PanelTab } from '../../../tokens';

export const files: PanelTab<PackagePublic> = {
  id: 'files',
  rank: 20,
  label: trans => trans.__('Files'),
  // the model of an external package is elsewhere
  applies: ({ kind, files }) => kind !== 'external' || !!files?.length,
  component: Files
};

function Files({ entity }: { entity: PackagePublic }): React.ReactElement {
  const { api } = useRegistry();
  const trans = useTrans();
  const [copied, setCopied] = useState('');
  const shown = entity.files ?? [];
  return (
    <>
      <p className="jp-Registry-muted jp-Registry-inset">
        {trans._n('%1 file', '%1 files', shown.length)}, {size(entity.size ?? 0)} ·{' '}
        <a
          className="jp-Registry-link"
          href={api.sbomUrl(entity.id)}
          download
          title={trans.__('Its libraries and files, in CycloneDX 1.6')}
        >
          {trans.__('Software bill of materials')}
        </a>
      </p>
      <RowsTable
        label={trans.__('Files')}
        columns={[trans.__('Path'), trans.__('Size'), 'SHA-256']}
        numbers={[1]}
        rows={shown.map(file => [
          <a
            key="path"
            className="jp-Registry-link"
            href={api.fileUrl(entity.id, file.path)}
            download={file.path.split('/').pop()}
            title={trans.__('Download')}
          >
            {file.path}
          </a>,
          size(file.size),
          <span key="hash" className="jp-Registry-hash">
            <code title={file.sha256}>{file.sha256.slice(0, 12)}…</code>{' '}
            <LinkButton
              aria-label={trans.__('Copy the SHA-256 of %1', file.path)}
              onClick={() => {
                Clipboard.copyToSystem(file.sha256);
                setCopied(file.path);
              }}
            >
              {trans.__('Copy')}
            </LinkButton>
          </span>
        ])}
      />
      <p className="jp-Registry-muted jp-Registry-inset" role="status">
        {copied && trans.__('The SHA-256 of %1 is on the clipboard.', copied)}
      </p>
    </>
  );
}
