// A place for one file: dropped from the computer or Lab's file browser, or chosen.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import React, { useId, useRef, useState } from 'react';

import { size } from '../format/numbers';
import { useRegistry, useTrans } from './context';
import { useDrops } from './drops';
import { ProblemView } from './ProblemView';

export function DropFile(props: {
  label: string;
  help?: string;
  /** What the picker offers, as `.csv,.parquet`. */
  accept?: string;
  file?: File;
  take: (file: File) => void;
}): React.ReactElement {
  const trans = useTrans();
  const id = useId();
  const { api } = useRegistry();
  const [over, setOver] = useState(false);
  const [error, setError] = useState<unknown>();
  const area = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(props.take);
  latest.current = props.take;

  const take = (files: ArrayLike<File> | undefined) => {
    if (!files?.length) {
      return;
    }
    setError(files.length > 1 ? new Error(trans.__('One file at a time, please.')) : undefined);
    if (files.length === 1) {
      latest.current(files[0]);
    }
  };

  useDrops(area, {
    over: setOver,
    files: chosen => void chosen.then(({ found }) => take(found.map(({ file }) => file)), setError),
    contents: paths =>
      void Promise.all(paths.map(path => contentsFile(api.settings, path))).then(take, setError)
  });

  return (
    <div className="jp-Registry-field">
      <span id={id} className="jp-Registry-fieldLabel">
        {props.label}
      </span>
      <div
        ref={area}
        role="group"
        aria-labelledby={id}
        className={`jp-Registry-drop${over ? ' jp-mod-over' : ''}`}
      >
        <span aria-live="polite">
          {props.file ? (
            <>
              <strong>{props.file.name}</strong>{' '}
              <span className="jp-Registry-muted">{size(props.file.size)}</span>
            </>
          ) : (
            trans.__('Drop a file here')
          )}
        </span>
        <button type="button" className="jp-Registry-button" onClick={() => input.current?.click()}>
          {props.file ? trans.__('Choose another…') : trans.__('Choose a file…')}
        </button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={props.label}
          accept={props.accept}
          onChange={event => {
            take(event.target.files ?? undefined);
            event.target.value = ''; // the same file may be chosen again, changed
          }}
        />
      </div>
      {props.help && <p className="jp-Registry-fieldHelp">{props.help}</p>}
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
    </div>
  );
}

/** A file of Jupyter's contents, as one of the computer's. */
async function contentsFile(settings: ServerConnection.ISettings, path: string): Promise<File> {
  const parts = path.replace(/^[^/:]+:/, '').split('/'); // without the drive
  const address = URLExt.join(settings.baseUrl, 'files', ...parts.map(encodeURIComponent));
  const response = await ServerConnection.makeRequest(address, {}, settings);
  if (!response.ok) {
    throw new Error(`${path}: HTTP ${response.status} ${response.statusText}`.trim());
  }
  return new File([await response.blob()], parts[parts.length - 1]);
}
