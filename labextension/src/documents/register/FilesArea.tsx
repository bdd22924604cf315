// A place for files: dropped, chosen, or taken from the file browser; each with how it stands.
import type React from 'react';

import { Button } from '../../components/buttons';
import { useTrans } from '../../components/context';
import { type Chosen, fromInput } from '../../components/dropped';
import { useDrops } from '../../components/drops';
import { ProblemView } from '../../components/ProblemView';
import { useFocusBack } from '../../components/useFocusBack';
import { FieldError } from '../../components/Field';
import { useId, useRef, useState } from '../../react';
import { ItemRow } from './ItemRow';
import type { Role, Sending } from './sending';

/** Lets the reader choose in the file browser; paths in Jupyter's contents. */
export type Browse = (title: string) => Promise<string[]>;

export function FilesArea(props: {
  label: string;
  help: string;
  role: Role;
  /** Several files, or whole folders; else one file. */
  several?: boolean;
  /** What the picker offers, as `.csv,.parquet`. */
  accept?: string;
  error?: string;
  sending: Sending;
  /** Paths of hidden files that were left out of what the form begins with. */
  leftOut?: string[];
  /** Missing where there is no file browser. */
  browse?: Browse;
  /** Files were added, or taken out. */
  changed: () => void;
}): React.ReactElement {
  const { label, help, role, several, accept, error, sending, leftOut, browse, changed } = props;
  const trans = useTrans();
  const id = useId();
  const area = useRef<HTMLDivElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [chooser, leave] = useFocusBack<HTMLButtonElement>();
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [hidden, setHidden] = useState(leftOut ?? []);
  const items = sending.items.filter(item => item.role === role);

  const take = (chosen: Promise<Chosen>) => {
    setProblem(undefined);
    chosen.then(({ found, hidden }) => {
      setHidden(hidden);
      sending.addFiles(role, found);
      changed();
    }, setProblem);
  };
  const contents = (paths: string[]) => {
    setProblem(undefined);
    sending.addContents(role, paths);
    if (paths.length) {
      changed();
    }
  };
  useDrops(area, { over: setOver, files: take, contents });

  const picker = (input: React.RefObject<HTMLInputElement>, more: object) => (
    <input
      ref={input}
      type="file"
      hidden
      aria-label={label}
      onChange={event => {
        take(Promise.resolve(fromInput(event.target.files ?? [])));
        event.target.value = ''; // the same file may be chosen again, changed
      }}
      {...more}
    />
  );
  return (
    <div className={`jp-Registry-field${error ? ' jp-mod-invalid' : ''}`}>
      <span id={id} className="jp-Registry-fieldLabel">
        {label}
      </span>
      <div
        ref={area}
        role="group"
        aria-labelledby={id}
        aria-describedby={error ? `${id}-error` : `${id}-help`}
        className={`jp-Registry-files${over ? ' jp-mod-over' : ''}`}
      >
        {items.length > 0 && (
          <ul className="jp-Registry-items" aria-label={label}>
            {items.map(item => (
              <ItemRow
                key={item.id}
                item={item}
                sending={sending}
                removing={leave}
                removed={changed}
              />
            ))}
          </ul>
        )}
        <p id={`${id}-help`} className="jp-Registry-fieldHelp">
          {help}
        </p>
        <span className="jp-Registry-buttons">
          <button
            ref={chooser}
            type="button"
            className="jp-Registry-button"
            onClick={() => files.current?.click()}
          >
            {several ? trans.__('Choose files…') : trans.__('Choose a file…')}
          </button>
          {several && (
            <Button onClick={() => folder.current?.click()}>{trans.__('Choose a folder…')}</Button>
          )}
          {browse && (
            <Button onClick={() => void browse(label).then(contents, setProblem)}>
              {trans.__('From the file browser…')}
            </Button>
          )}
        </span>
        {picker(files, { multiple: !!several, accept })}
        {several && picker(folder, { webkitdirectory: '' })}
      </div>
      {hidden.length > 0 && (
        <p className="jp-Registry-fieldHelp" role="status">
          {trans.__('Hidden files were left out: %1.', hidden.slice(0, 10).join(', '))}
        </p>
      )}
      <FieldError id={`${id}-error`}>{error}</FieldError>
      {problem !== undefined && (
        <ProblemView error={problem} dismiss={() => setProblem(undefined)} />
      )}
    </div>
  );
}
