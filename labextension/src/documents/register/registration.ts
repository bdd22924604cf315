// A registration from the first word typed to the package: fields, files, inspection, draft.
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';

import type { RegistryClient } from '../../api/client';
import { isAbort, ProblemError } from '../../api/problems';
import type { InspectionPublic, PackageRegistered } from '../../api/types';
import {
  EMPTY,
  type FieldName,
  type Fields,
  fieldsFound,
  type FormKind,
  inspectionBody,
  packageBody,
  problems
} from './draft';
import type { Draft, Drafts } from './drafts';
import { type Role, Sending } from './sending';

/** Milliseconds between two questions how an inspection stands: at first, and at most. */
const ASK = 150;
const ASK_MOST = 1000;
/** Milliseconds after the last key before what was typed is saved, and looked at. */
const SAVE_AFTER = 300;
const LOOK_AFTER = 1200;

/** Fields that an inspection is told of: another value makes what it found out of date. */
const TOLD: ReadonlySet<FieldName> = new Set<FieldName>([
  'target', 'targetType', 'classes', 'positive', 'threshold', 'predictions', 'kernelspec', 'own'
]); // prettier-ignore

/** Those of them that nobody but who fills in the form knows. */
const NEVER_FOUND: ReadonlySet<FieldName> = new Set<FieldName>([
  'predictions',
  'kernelspec',
  'own'
]);

export class Registration {
  constructor(
    private readonly _api: RegistryClient,
    private readonly _drafts: Drafts,
    readonly form: string,
    initial: { kind?: FormKind; name?: string } = {}
  ) {
    this.sending = new Sending(_api);
    this.kind = initial.kind ?? 'custom';
    this.fields = { ...EMPTY, name: initial.name ?? '' };
    this.sending.changed.connect(this._sendingChanged, this);
  }

  readonly sending: Sending;
  kind: FormKind;
  fields: Fields;
  /** What was typed; the rest was filled in. */
  readonly typed = new Set<FieldName>();
  /** How the inspection stands, and what it found; of the present files and fields or older. */
  inspection?: InspectionPublic;
  /** Why there is no inspection. */
  inspectionError?: unknown;
  /** Why the package was refused. */
  error?: unknown;
  /** Whether the button was pressed: what is missing is told then. */
  tried = false;
  registering = false;
  /** Whether this form goes on with what was typed at another time. */
  resumed = false;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether a worker looks at the files. */
  get inspecting(): boolean {
    return this._looking;
  }

  /** Whether looking at the present files was cancelled. */
  get unseen(): boolean {
    const known = this.inspecting || this.inspection || this.inspectionError !== undefined;
    return !known && this._asked !== undefined;
  }

  /** Whether anything was typed or added. */
  get begun(): boolean {
    return this.typed.size > 0 || this.sending.items.length > 0;
  }

  /** Take up what was left in the form, if there is anything. */
  async resume(): Promise<void> {
    const draft = await this._drafts.load(this.form);
    if (!draft || this.begun) {
      return;
    }
    this.kind = draft.kind;
    this.fields = { ...EMPTY, ...draft.fields };
    draft.typed.forEach(name => this.typed.add(name));
    this.resumed = true;
    this._tell();
    await this.sending.resume(draft.upload, draft.items);
    await this.proceed();
  }

  set(change: Partial<Fields>): void {
    this.fields = { ...this.fields, ...change };
    for (const [name, value] of Object.entries(change) as [FieldName, string][]) {
      if (value.trim()) {
        this.typed.add(name);
      } else {
        this.typed.delete(name); // it may be filled in again
      }
      if (TOLD.has(name)) {
        this._lookSoon();
      }
    }
    this.error = undefined;
    this._tell();
  }

  choose(kind: FormKind): void {
    this.kind = kind;
    this.inspection = undefined;
    this.inspectionError = undefined;
    this.error = undefined;
    this._asked = undefined;
    this._tell();
    void this.proceed();
  }

  /** Files were added: send them, then have them looked at. */
  async proceed(): Promise<void> {
    const { sending } = this;
    if (sending.items.some(({ state }) => state === 'waiting')) {
      await sending.send();
    }
    if (!sending.stopped) {
      await this.look();
    }
  }

  /** What is wrong with the fields, by field: of those typed, or of all once it was tried. */
  problems(trans: TranslationBundle): Record<string, string> {
    const all = problems(this.kind, this.fields, trans);
    const shown = Object.entries(all).filter(
      ([name]) =>
        this.tried || (this.typed.has(name as FieldName) && this.fields[name as FieldName])
    );
    return Object.fromEntries(shown);
  }

  /** Have a worker look at the files, unless it has looked at just these; resolves when it has. */
  look(): Promise<void> {
    clearTimeout(this._lookTimer);
    if (this._wanted() !== this._asked) {
      this._stopLooking?.abort();
    }
    // one after the other: the server has one inspection for an upload
    this._looked = this._looked.then(() => this._lookOnce());
    return this._looked;
  }

  /** End the inspection; it begins again when something is changed, or by `lookAgain`. */
  async cancelLook(): Promise<void> {
    await this._endLooking();
    this._forgetFound();
    this._asked = this._wanted(); // it is not begun again by itself
    if (this.sending.upload !== undefined) {
      await this._api.cancelInspection(this.sending.upload).catch(() => undefined);
    }
  }

  lookAgain(): Promise<void> {
    this._asked = undefined;
    return this.look();
  }

  /**
   * Register it; `undefined` when something is wrong or missing, which the form shows. With
   * `uninspected` what no worker could look at is taken as it was typed.
   */
  async submit(
    trans: TranslationBundle,
    uninspected = false
  ): Promise<PackageRegistered | undefined> {
    this.tried = true;
    this.error = undefined;
    this._tell();
    if (this.registering) {
      return undefined;
    }
    this.registering = true;
    try {
      if (!uninspected) {
        await this.proceed();
      }
      const { sending } = this;
      const refused = !uninspected && this.inspectionError !== undefined;
      const wrong = Object.keys(problems(this.kind, this.fields, trans)).length > 0;
      if (wrong || refused || !sending.complete || !this.hasModel) {
        return undefined;
      }
      const made = await this._api.register(this._body());
      await this._registered();
      return made;
    } catch (error) {
      this.error = error;
      return undefined;
    } finally {
      this.registering = false;
      this._tell();
    }
  }

  /** Whether there is a model's file, where one is needed. */
  get hasModel(): boolean {
    return this.kind === 'external' || this.sending.items.some(({ role }) => role === 'model');
  }

  /** Begin anew: nothing typed, nothing sent. */
  async clear(): Promise<void> {
    await this._endLooking();
    this.fields = EMPTY;
    this.typed.clear();
    this.inspection = this.inspectionError = this.error = this._asked = undefined;
    this.tried = this.resumed = false;
    const { sending } = this;
    const ids = sending.items.map(({ id }) => id);
    await sending.forget();
    await Promise.all(ids.map(id => sending.remove(id)));
    clearTimeout(this._saveTimer);
    await this._drafts.remove(this.form);
    this._changed.emit();
  }

  /** The panel is closed: what was typed and sent stays for the next time. */
  dispose(): void {
    clearTimeout(this._lookTimer);
    if (this._saveTimer !== undefined) {
      clearTimeout(this._saveTimer);
      void this._save();
    }
    this._stopLooking?.abort();
    this.sending.dispose();
    Signal.clearData(this);
  }

  private async _lookOnce(): Promise<void> {
    const wanted = this._wanted();
    if (wanted === undefined) {
      this._forgetFound();
      return;
    }
    if (wanted === this._asked || !this.sending.complete) {
      return;
    }
    const stop = new AbortController();
    this._stopLooking = stop;
    this._asked = wanted;
    this.inspectionError = undefined;
    this._looking = true;
    this._tell();
    await this._look(this.sending.upload!, wanted, stop.signal);
    this._looking = false;
    if (stop.signal.aborted) {
      this._asked = undefined;
    }
    this._tell();
  }

  private async _look(upload: string, body: string, signal: AbortSignal): Promise<void> {
    try {
      let found = await this._api.inspect(upload, JSON.parse(body) as object);
      for (let wait = ASK; found.state === 'running'; wait = Math.min(wait * 1.5, ASK_MOST)) {
        this._found(found, signal);
        await pause(wait, signal);
        if (signal.aborted) {
          return;
        }
        found = await this._api.inspection(upload, signal);
      }
      this._found(found, signal);
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) {
        this.inspection = undefined;
        this.inspectionError = error;
      }
    }
  }

  private _found(found: InspectionPublic, signal: AbortSignal): void {
    if (signal.aborted) {
      return;
    }
    this.inspection = found;
    if (found.state === 'failed' && found.problem) {
      this.inspectionError = new ProblemError(found.problem);
    }
    if (found.state === 'done') {
      this._fill(found);
    }
    this._tell();
  }

  /** Put what was found into the fields that nobody typed. */
  private _fill(found: InspectionPublic): void {
    const filled = fieldsFound(found.package ?? {});
    for (const name of [...TOLD, 'signature' as const]) {
      if (!this.typed.has(name) && !NEVER_FOUND.has(name)) {
        this.fields = { ...this.fields, [name]: filled[name] ?? '' };
      }
    }
  }

  /** What an inspection would be asked now, as text; `undefined` where there is nothing to see. */
  private _wanted(): string | undefined {
    const { sending, kind } = this;
    const of = (role: Role) => sending.paths(role);
    const [training] = of('training');
    const [holdout] = of('holdout');
    const model = kind === 'custom' ? of('model') : [];
    if (
      sending.upload === undefined ||
      (kind === 'custom' ? !model.length : !training && !holdout)
    ) {
      return undefined;
    }
    return JSON.stringify(
      inspectionBody(kind, this.fields, this.typed, { model, training, holdout })
    );
  }

  private _body() {
    const { kind, sending, inspection } = this;
    const found = { ...(inspection?.state === 'done' ? inspection.package : {}) };
    if (kind === 'custom') {
      found.upload = sending.upload;
      found.files = sending.paths('model');
    } else {
      delete found.upload;
      delete found.files;
    }
    return packageBody(kind, this.fields, found);
  }

  private async _registered(): Promise<void> {
    this._done = true; // from now on nothing is saved
    clearTimeout(this._saveTimer);
    this._saveTimer = undefined;
    if (this.kind === 'custom') {
      this.sending.taken();
    } else {
      await this.sending.forget();
    }
    await this._drafts.remove(this.form);
  }

  private _forgetFound(): void {
    if (this.inspection ?? this.inspectionError ?? this._asked) {
      this.inspection = this.inspectionError = this._asked = undefined;
      this._tell();
    }
  }

  private async _endLooking(): Promise<void> {
    this._stopLooking?.abort();
    await this._looked;
  }

  private _lookSoon(): void {
    clearTimeout(this._lookTimer);
    this._lookTimer = setTimeout(() => void this.look(), LOOK_AFTER);
  }

  private _sendingChanged(): void {
    const { sending } = this;
    if (!sending.upload && this._asked !== undefined) {
      this._asked = undefined; // the inspection ended with its upload
    }
    this._tell();
  }

  private _tell(): void {
    if (!this._done && this.begun && this._saveTimer === undefined) {
      this._saveTimer = setTimeout(() => {
        this._saveTimer = undefined;
        void this._save();
      }, SAVE_AFTER);
    }
    this._changed.emit();
  }

  private _save(): Promise<void> {
    const { kind, fields, typed, sending } = this;
    const draft: Draft = {
      kind,
      fields,
      typed: [...typed],
      ...(sending.upload === undefined ? {} : { upload: sending.upload }),
      items: sending.remembered,
      saved: Date.now()
    };
    return this._drafts.save(this.form, draft);
  }

  private _asked?: string;
  private _looking = false;
  private _looked: Promise<void> = Promise.resolve();
  private _stopLooking?: AbortController;
  private _lookTimer?: ReturnType<typeof setTimeout>;
  private _saveTimer?: ReturnType<typeof setTimeout>;
  private _done = false;
  private readonly _changed = new Signal<this, void>(this);
}

/** Some milliseconds, or less when it is stopped. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
