// The form that registers a package, of a model that is uploaded or hosted elsewhere.
import { Notification } from '@jupyterlab/apputils';
import type React from 'react';

import { ProblemError } from '../../api/problems';
import { Button, LinkButton, SubmitButton } from '../../components/buttons';
import { useRegistry, useTrans } from '../../components/context';
import { ProblemView } from '../../components/ProblemView';
import { FieldError } from '../../components/Field';
import { useEffect, useReducer, useRef } from '../../react';
import type { RegisterArgs } from '../../tokens';
import { fieldOf, type FormKind } from './draft';
import type { Drafts } from './drafts';
import { type Browse, FilesArea } from './FilesArea';
import { FormFields } from './FormFields';
import { InspectionView } from './InspectionView';
import { Registration } from './registration';

const DATA = '.csv,.csv.gz,.parquet,.arrow,.feather';

export function RegisterPanel(props: {
  /** One of a kind: the draft is kept by it. */
  form: string;
  initial: RegisterArgs;
  drafts: Drafts;
  browse?: Browse;
  done: () => void;
}): React.ReactElement {
  const { form, initial, drafts, browse, done } = props;
  const trans = useTrans();
  const registry = useRegistry();
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const made = useRef<Registration>();
  const registration = (made.current ??= new Registration(registry.api, drafts, form, initial));
  const box = useRef<HTMLFormElement>(null);

  useEffect(() => {
    registration.changed.connect(draw);
    const begin = async () => {
      await registration.resume();
      const { paths = [], chosen } = initial;
      if (!registration.resumed && (paths.length || chosen)) {
        registration.sending.addContents('model', paths);
        registration.sending.addFiles('model', chosen?.found ?? []);
        await registration.proceed();
      }
    };
    begin().catch((error: unknown) => {
      registration.error = error;
      draw();
    });
    return () => {
      registration.changed.disconnect(draw);
      registration.dispose();
    };
    // one registration for as long as the panel is open
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const { sending, kind, error } = registration;
  const wrong = registration.problems(trans);
  const said = { ...refused(registration.inspectionError), ...refused(error), ...wrong };
  if (registration.tried && !registration.hasModel) {
    said.files ??= trans.__('Add the model’s files.');
  }

  const submit = async (uninspected = false) => {
    const registered = await registration.submit(trans, uninspected);
    if (registered) {
      registry.changes.refresh();
      for (const warning of registered.warnings ?? []) {
        Notification.warning(warning, { autoClose: false });
      }
      await registry.openPackage(registered.id);
      done();
      return;
    }
    // after the errors are drawn
    requestAnimationFrame(() =>
      box.current
        ?.querySelector<HTMLElement>('[aria-invalid=true], .jp-mod-invalid button')
        ?.focus()
    );
  };
  const area = { sending, browse, changed: () => void registration.proceed() };
  return (
    <form
      ref={box}
      className="jp-Registry-form"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{trans.__('Register a model package')}</h1>
      {registration.resumed && (
        <p className="jp-Registry-resumed" role="status">
          {trans.__('You go on where you left off.')}{' '}
          {sending.lost.length > 0 && trans.__('To be chosen again: %1.', sending.lost.join(', '))}{' '}
          <LinkButton onClick={() => void registration.clear()}>
            {trans.__('Begin anew')}
          </LinkButton>
        </p>
      )}
      <Kinds kind={kind} choose={chosen => registration.choose(chosen)} />
      {kind === 'custom' && (
        <FilesArea
          {...area}
          label={trans.__('Model')}
          help={trans.__(
            'Drop files or a folder here, from your computer or the file browser. They are sent piece by piece, of any size.'
          )}
          role="model"
          several
          leftOut={initial.chosen?.hidden}
          error={said.files ?? said.upload ?? said.format}
        />
      )}
      <details className="jp-Registry-group" open={kind === 'custom' || undefined}>
        <summary>{trans.__('Data')}</summary>
        <div className="jp-Registry-fields">
          <FilesArea
            {...area}
            label={trans.__('Training data')}
            help={trans.__('CSV or Parquet with the target’s column: what drift is told from.')}
            role="training"
            accept={DATA}
            error={said.training}
          />
          <FilesArea
            {...area}
            label={trans.__('Holdout data')}
            help={trans.__('Gives the metrics that accuracy is compared with. Neither is kept.')}
            role="holdout"
            accept={DATA}
            error={said.holdout}
          />
        </div>
      </details>
      <SendingLine registration={registration} />
      <InspectionView registration={registration} anyway={() => void submit(true)} />
      <FormFields registration={registration} said={said} />
      {error !== undefined && <ProblemView error={error} />}
      {registration.tried && Object.keys(wrong).length > 0 && (
        <FieldError>
          {trans._n(
            '%1 field has to be looked at.',
            '%1 fields have to be looked at.',
            Object.keys(wrong).length
          )}
        </FieldError>
      )}
      <p className="jp-Registry-buttons jp-Registry-submit">
        <SubmitButton aria-busy={registration.registering}>{trans.__('Register')}</SubmitButton>
      </p>
    </form>
  );
}

/** What an error says, by the form's field. */
function refused(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) {
    return {};
  }
  const fields: Record<string, string> = {};
  for (const name of Object.keys(error.fields)) {
    const said = error.field(name);
    if (said !== undefined) {
      fields[fieldOf(name)] ??= said;
    }
  }
  return fields;
}

function Kinds(props: { kind: FormKind; choose: (kind: FormKind) => void }): React.ReactElement {
  const trans = useTrans();
  const kinds: [FormKind, string, string][] = [
    ['custom', trans.__('Custom'), trans.__('a model of your own, which this system runs')],
    [
      'external',
      trans.__('External'),
      trans.__('a model that is hosted elsewhere; its predictions are reported')
    ]
  ];
  return (
    <fieldset className="jp-Registry-kinds">
      <legend>{trans.__('Kind')}</legend>
      {kinds.map(([kind, name, meaning]) => (
        <label key={kind} className="jp-Registry-check">
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={kind === props.kind}
            onChange={() => props.choose(kind)}
          />
          <span>
            {name} <span className="jp-Registry-muted">{meaning}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** What is said of all files together: that they are sent, that they are not. */
function SendingLine(props: { registration: Registration }): React.ReactElement | null {
  const { registration } = props;
  const { sending } = registration;
  const trans = useTrans();
  if (sending.running) {
    return (
      <p className="jp-Registry-buttons">
        <span>{trans.__('The files are sent…')}</span>
        <Button onClick={() => void sending.cancel()}>{trans.__('Cancel sending')}</Button>
      </p>
    );
  }
  if (!sending.stopped) {
    return null;
  }
  return (
    <>
      {sending.error !== undefined && <ProblemView error={sending.error} />}
      <p className="jp-Registry-buttons">
        <span role="status">{trans.__('The files are not sent.')}</span>
        <Button
          onClick={() => {
            void sending.send();
            void registration.proceed();
          }}
        >
          {trans.__('Send them')}
        </Button>
      </p>
    </>
  );
}
