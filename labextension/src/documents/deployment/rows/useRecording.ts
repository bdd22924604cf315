// What the forms that have rows recorded share: which column of the file is which, guessed and
// chosen; whether what is needed is there; and the sending, in parts where the file is large.
import { ProblemError } from '../../../api/problems';
import type { DeploymentPublic } from '../../../api/types';
import { useKept } from '../../../components/kept';
import { guess, onlyOther } from '../../../rows/guess';
import { sendRows, summed } from '../../../rows/parts';
import { CONTENT_TYPES } from '../../../rows/peek';
import { useTrans } from '../../../components/context';
import { useBodyLimit } from './useBodyLimit';
import { useJob } from './useJob';
import { useRowsFile } from './useRowsFile';

type SendPart = Parameters<typeof sendRows>[4];

/** What is sent of a file: with its type, to where `query` says which column is which. */
export interface Recorded {
  content: Blob;
  first: number;
  options: Parameters<SendPart>[1] & {
    contentType: string;
    query: Record<string, string | undefined>;
  };
}

/** The columns of the form, by the names that the API has for them. */
export function useRecording<F extends string, R extends object>(
  name: string,
  entity: DeploymentPublic,
  usual: Record<F, readonly (string | null | undefined)[]>,
  needed: readonly NoInfer<F>[],
  record: (rows: Recorded) => Promise<R>,
  /** The field of the column that is left when the others have theirs. */
  remaining?: NoInfer<F>
) {
  const trans = useTrans();
  const limit = useBodyLimit();
  const fields = Object.keys(usual) as F[];
  const [columns, setColumns] = useKept(
    `${name}.columns`,
    Object.fromEntries(fields.map(field => [field, ''])) as Record<F, string>
  );
  const [tried, setTried] = useKept(`${name}.tried`, false);
  const [job, run, forget] = useJob<R>(name, entity);
  const [chosen, take] = useRowsFile(name, found => {
    setColumns(before => {
      const guessed = fields.map(field => [
        field,
        guess(found.columns, [before[field], ...usual[field]])
      ]);
      return completed(Object.fromEntries(guessed) as Record<F, string>, found.columns);
    });
    setTried(false);
    forget();
  });
  const completed = (known: Record<F, string>, columns: readonly string[]) => {
    const others = needed.filter(field => field !== remaining);
    return remaining && !known[remaining] && others.every(field => known[field])
      ? { ...known, [remaining]: onlyOther(columns, Object.values(known)) }
      : known;
  };
  const names = chosen.peek?.columns ?? [];
  /** Whether the browser cannot tell the file's columns. */
  const blind = chosen.peek !== undefined && !names.length;

  const send = () => {
    setTried(true);
    if (!blind && needed.some(field => !columns[field])) {
      return;
    }
    const { format } = chosen.peek!;
    const query = Object.fromEntries(fields.map(field => [field, columns[field] || undefined]));
    void run(chosen.file!, async sending =>
      summed(
        await sendRows(chosen.file!, format, limit, sending, (content, options, first) =>
          record({
            content,
            first,
            options: { ...options, contentType: CONTENT_TYPES[format], query }
          })
        )
      )
    );
  };

  return {
    /** For the form as a whole. */
    form: { entity, chosen, take, job, limit, send },
    chosen,
    columns,
    names,
    blind,
    /** For the field of a column. */
    field: (field: F) => ({
      columns: names,
      value: columns[field],
      choose: (column: string) =>
        setColumns(before => {
          const changed = { ...before, [field]: column };
          return field === remaining ? changed : completed(changed, names);
        }),
      required: needed.includes(field),
      error:
        (job.state === 'failed' && job.error instanceof ProblemError
          ? job.error.field(field)
          : undefined) ??
        (tried && needed.includes(field) && !columns[field]
          ? trans.__('This is needed.')
          : undefined)
    })
  };
}
