// Forms that were not sent, in Lab's state database: they outlive the panel and the page.
import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { FieldName, Fields, FormKind } from './draft';
import type { SentItem } from './sending';

const NAMESPACE = 'jupyter-registry-drafts';
/** Drafts that are kept; the oldest goes. */
const MOST = 10;

/** A form as it was left. */
export interface Draft {
  kind: FormKind;
  fields: Fields;
  /** The fields that were typed, not filled in. */
  typed: FieldName[];
  upload?: string;
  /** What was sent, or was to be. */
  items: SentItem[];
  /** Milliseconds since 1970. */
  saved: number;
}

export class Drafts {
  constructor(private readonly _state: IStateDB | null) {}

  async load(form: string): Promise<Draft | undefined> {
    const found = await this._state?.fetch(key(form));
    return found === undefined ? undefined : (found as unknown as Draft);
  }

  async save(form: string, draft: Draft): Promise<void> {
    await this._state?.save(key(form), draft as unknown as ReadonlyPartialJSONObject);
  }

  async remove(form: string): Promise<void> {
    await this._state?.remove(key(form));
  }

  /** The form that was left last and is not among `open`; older ones than are kept are removed. */
  async latest(open: (form: string) => boolean): Promise<string | undefined> {
    const listed = await this._state?.list(NAMESPACE);
    const known = (listed?.ids ?? []).map((id, at) => ({
      form: id.slice(NAMESPACE.length + 1),
      saved: (listed!.values[at] as unknown as Draft).saved
    }));
    known.sort((a, b) => b.saved - a.saved);
    const closed = known.filter(({ form }) => !open(form));
    await Promise.all(closed.slice(MOST).map(({ form }) => this.remove(form)));
    return closed[0]?.form;
  }
}

function key(form: string): string {
  return `${NAMESPACE}:${form}`;
}
