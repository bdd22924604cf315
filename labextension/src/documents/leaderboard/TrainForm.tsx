// The form that trains a leaderboard on a file, in a process of the server.
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type React from 'react';

import { ProblemError } from '../../api/problems';
import type { LeaderboardPublic } from '../../api/types';
import { Button, SubmitButton } from '../../components/buttons';
import { useRegistry, useTrans } from '../../components/context';
import { DropFile } from '../../components/DropFile';
import { Field } from '../../components/Field';
import { KeepProvider, useKept } from '../../components/kept';
import { ProblemView } from '../../components/ProblemView';
import { Progress, Spinner } from '../../components/Progress';
import { useAnswer } from '../../components/useAnswer';
import { count } from '../../format/numbers';
import { useRef, useState } from '../../react';
import { contentsStart } from '../../rows/contents';
import { peek } from '../../rows/peek';
import type { Browse } from '../register/FilesArea';
import { ColumnField } from './ColumnField';
import {
  columnsMissing,
  draftLike,
  EMPTY,
  likelyTarget,
  trainBody,
  type TrainDraft,
  trainProblems
} from './trainDraft';
import { TrainOptions } from './TrainOptions';
import { useTrainingJob } from './useTrainingJob';

/** The API's names of the fields. */
const FIELDS: Partial<Record<string, string>> = {
  target: 'target_name',
  budget: 'time_budget',
  file: 'contents',
  type: 'target_type',
  divide: 'partition',
  positive: 'positive_class'
};

interface FormProps {
  /** What tells it from other forms, over reloads of the page. */
  token: string;
  /** A file of Jupyter's contents to begin with. */
  path?: string;
  /** Missing where there is no file browser. */
  browse?: Browse;
  /** The board was opened: the form is not needed any more. */
  done: () => void;
}

/** The form; with `like` the one that trains a leaderboard again, which it begins with. */
export function TrainForm(
  props: FormProps & { like?: number; kept?: ReadonlyPartialJSONObject }
): React.ReactElement {
  const { api } = useRegistry();
  const { like } = props;
  const { data, error, reload } = useAnswer(
    async signal => ({
      board: like === undefined ? undefined : await api.leaderboard(like, signal)
    }),
    [like]
  );
  if (!data) {
    return error === undefined ? <Spinner /> : <ProblemView error={error} retry={reload} />;
  }
  return (
    <KeepProvider kept={props.kept}>
      <Form {...props} board={data.board} />
    </KeepProvider>
  );
}

function Form(props: FormProps & { board?: LeaderboardPublic }): React.ReactElement {
  const { token, path, board, browse, done } = props;
  const trans = useTrans();
  const { api } = useRegistry();
  const { data: rules } = useAnswer(() => api.rules(), []);
  const initial = { ...(board ? draftLike(board) : EMPTY), path: path ?? '' };
  const [kept, setDraft] = useKept<TrainDraft>('draft', initial, true);
  const draft = { ...EMPTY, ...kept };
  const [file, setFile] = useKept<File | undefined>('file', undefined);
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const job = useTrainingJob(token, done);
  const look = useAnswer(
    async signal => {
      const found = file ?? (draft.path && (await contentsStart(api.settings, draft.path, signal)));
      return found ? (await peek(found, api.parquetStart)).columns : [];
    },
    [file, draft.path]
  );
  const columns = look.data ?? [];
  const set = (change: Partial<TrainDraft>) =>
    setDraft(before => ({ ...EMPTY, ...before, ...change }));
  const missing = board ? columnsMissing(board, columns) : [];
  // of what is trained again the target stays
  const afresh = board ? {} : { target: '', drop: [], column: '' };
  const takeFile = (taken: File) => {
    setFile(taken);
    set({ path: '', ...afresh });
  };
  const takePath = (taken: string) => {
    setFile(undefined);
    set({ path: taken, ...afresh });
  };
  const target = draft.target || likelyTarget(columns);
  const filled = { ...draft, target };
  const wrong = trainProblems(filled, !!file, columns, trans);
  const said = (name: keyof typeof wrong): string | undefined =>
    (tried ? wrong[name] : undefined) ??
    (job.error instanceof ProblemError ? job.error.field(FIELDS[name] ?? name) : undefined);

  const submit = () => {
    setTried(true);
    if (Object.keys(wrong).length) {
      // after the errors are drawn
      requestAnimationFrame(() =>
        form.current
          ?.querySelector<HTMLElement>('[aria-invalid=true], .jp-mod-invalid button')
          ?.focus()
      );
    } else {
      void job.begin(trainBody(filled, board), file);
    }
  };
  const text = (name: 'budget' | 'name') => ({
    type: 'text',
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.target.value })
  });
  return (
    <form
      ref={form}
      className="jp-Registry-form"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        submit();
      }}
    >
      <h1>{board ? trans.__('Train %1 again', board.name) : trans.__('New leaderboard')}</h1>
      <p className="jp-Registry-muted">
        {board
          ? trans.__(
              'With the recipe of leaderboard %1, which was trained on %2 (%3 rows). Its models in use are measured on the new holdout, so that old and new can be compared.',
              board.id,
              board.data.source || trans.__('a table'),
              count(board.data.rows)
            )
          : trans.__(
              'Models of a table are trained and ranked on rows that they have not seen; each can be deployed in one step.'
            )}
      </p>
      <div className="jp-Registry-fields">
        <DropFile
          label={trans.__('Data')}
          help={trans.__('CSV, Parquet or Arrow, with the target’s column; one row per case.')}
          accept=".csv,.parquet,.pq,.arrow,.feather"
          file={file ?? (draft.path ? { name: draft.path } : undefined)}
          take={takeFile}
          takePath={takePath}
          error={said('file')}
        >
          {browse && (
            <Button
              onClick={() =>
                void browse(trans.__('Data')).then(([taken]) => {
                  if (taken) {
                    takePath(taken);
                  }
                })
              }
            >
              {trans.__('From the file browser…')}
            </Button>
          )}
        </DropFile>
        {missing.length > 0 && (
          <p className="jp-Registry-boardWarnings" role="status">
            {trans.__(
              'The file has no column %1: the older models need it, so they cannot be measured.',
              missing.join(', ')
            )}
          </p>
        )}
        {look.error !== undefined && <ProblemView error={look.error} retry={look.reload} />}
        <ColumnField
          label={trans.__('Target')}
          help={trans.__('The column to predict.')}
          required
          error={said('target')}
          columns={columns}
          value={target}
          choose={name => set({ target: name })}
        />
        <Field
          label={trans.__('Time budget in seconds')}
          help={trans.__('The training ends when it is used up; the best models stay.')}
          required
          error={said('budget')}
        >
          {input => <input {...input} {...text('budget')} inputMode="numeric" />}
        </Field>
        <Field
          label={trans.__('Name')}
          help={trans.__('Of the packages that its models become; the target’s unless given.')}
          error={said('name')}
        >
          {input => <input {...input} {...text('name')} placeholder={target} />}
        </Field>
        <TrainOptions
          {...{ draft, set, said, rules }}
          columns={columns.filter(name => name !== target)}
        />
      </div>
      {job.sending && (
        <Progress label={trans.__('The file is sent…')} {...job.sending} cancel={job.cancel} />
      )}
      {job.waiting && (
        <div className="jp-Registry-buttons">
          <Spinner label={trans.__('The data are read and checked…')} />
          <Button onClick={job.cancel}>{trans.__('Cancel')}</Button>
        </div>
      )}
      {job.error !== undefined && <ProblemView error={job.error} dismiss={job.dismiss} />}
      <p className="jp-Registry-buttons jp-Registry-submit">
        <SubmitButton aria-busy={!!job.sending || job.waiting}>{trans.__('Train')}</SubmitButton>
      </p>
    </form>
  );
}
