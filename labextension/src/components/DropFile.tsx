// A place for one file: dropped from the computer or Lab's file browser, or chosen.
import type React from 'react';

import { size } from '../format/numbers';
import { useId, useRef, useState } from '../react';
import { contentsFile } from '../rows/contents';
import { Button } from './buttons';
import { useRegistry, useTrans } from './context';
import { useDrops } from './drops';
import { ProblemView } from './ProblemView';
import { FieldError } from './Field';

export function DropFile(props: {
  label: string;
  help?: string;
  /** What the picker offers, as `.csv,.parquet`. */
  accept?: string;
  file?: Pick<File, 'name'> & { size?: number };
  take: (file: File) => void;
  /** Takes a path of Jupyter's contents as it is; else the file is fetched and taken. */
  takePath?: (path: string) => void;
  /** What else there is to choose it by. */
  children?: React.ReactNode;
  error?: string;
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
  const latestPath = useRef(props.takePath);
  latestPath.current = props.takePath;

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
      latestPath.current && paths.length === 1
        ? latestPath.current(paths[0])
        : void Promise.all(paths.map(path => contentsFile(api.settings, path))).then(take, setError)
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
              {props.file.size !== undefined && (
                <span className="jp-Registry-muted">{size(props.file.size)}</span>
              )}
            </>
          ) : (
            trans.__('Drop a file here')
          )}
        </span>
        <Button onClick={() => input.current?.click()}>
          {props.file ? trans.__('Choose another…') : trans.__('Choose a file…')}
        </Button>
        {props.children}
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
      <FieldError>{props.error}</FieldError>
      {error !== undefined && <ProblemView error={error} dismiss={() => setError(undefined)} />}
    </div>
  );
}
