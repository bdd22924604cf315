// An unstructured model asked: a text or a file is sent as it is, and what it answers is shown.
import type React from 'react';

import type { DeploymentPublic } from '../../../api/types';
import { Button, SubmitButton } from '../../../components/buttons';
import { Choice } from '../../../components/Choice';
import { CodeBlock } from '../../../components/CodeBlock';
import { useRegistry, useTrans } from '../../../components/context';
import { DropFile } from '../../../components/DropFile';
import { Field } from '../../../components/Field';
import { useKept } from '../../../components/kept';
import { ProblemView } from '../../../components/ProblemView';
import { size } from '../../../format/numbers';
import { useId } from '../../../react';
import { fileName, save } from '../../../rows/save';
import { endingOf, isContentType, look, type Look, typeOfFile } from '../../../rows/whole';
import { InactiveNote, Outcome, Running } from './JobParts';
import { useBodyLimit } from './useBodyLimit';
import { useJob } from './useJob';

/** Types that are offered; any other can be typed. */
const USUAL_TYPES = ['application/json', 'text/plain', 'text/csv', 'application/octet-stream'];

interface Answered {
  answer: Blob;
  look: Look;
}

export function AskForm({ entity }: { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { api } = useRegistry();
  const types = useId();
  const [from, setFrom] = useKept<'text' | 'file'>('ask.from', 'text', true);
  const [typed, setTyped] = useKept('ask.typed', { text: '', type: 'application/json' }, true);
  const [chosen, setChosen] = useKept<{ file?: File; type: string }>('ask.file', { type: '' });
  const [job, run, forget] = useJob<Answered>('ask', entity);
  const limit = useBodyLimit();

  const ofFile = from === 'file';
  const type = (ofFile ? chosen : typed).type.trim();
  const setType = (changed: string) =>
    ofFile
      ? setChosen(before => ({ ...before, type: changed }))
      : setTyped(before => ({ ...before, type: changed }));
  const { file } = chosen;
  const tooLarge = ofFile && file !== undefined && limit !== undefined && file.size > limit;
  const wrongType = !isContentType(type);
  const running = job.state === 'running';
  const ready = !running && !tooLarge && !wrongType && (!ofFile || file !== undefined);

  const send = () => {
    const sent = ofFile ? file! : new File([typed.text], 'text');
    void run(sent, async ({ signal, onProgress }) => {
      const options = { contentType: type, accept: '*/*', signal, onProgress };
      const answer = await api.predictUnstructured(entity.id, sent, options);
      return { answer, look: await look(answer) };
    });
  };
  return (
    <form
      className="jp-Registry-form jp-mod-wide"
      aria-label={trans.__('Ask %1', entity.label)}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (ready) {
          send();
        }
      }}
    >
      <InactiveNote entity={entity} />
      <Choice
        label={trans.__('Send')}
        value={from}
        options={[
          ['text', trans.__('A text')],
          ['file', trans.__('A file')]
        ]}
        choose={setFrom}
      />
      {ofFile ? (
        <DropFile
          label={trans.__('File')}
          help={
            limit === undefined
              ? trans.__('It is sent as it is.')
              : trans.__('It is sent as it is, up to %1.', size(limit))
          }
          file={file}
          take={taken => {
            setChosen({ file: taken, type: typeOfFile(taken) });
            forget();
          }}
          error={
            tooLarge
              ? trans.__(
                  'The file has %1, and the server takes %2 at once.',
                  size(file.size),
                  size(limit)
                )
              : undefined
          }
        />
      ) : (
        <Field label={trans.__('Text')}>
          {input => (
            <textarea
              {...input}
              rows={6}
              spellCheck={false}
              value={typed.text}
              onChange={event => setTyped({ ...typed, text: event.target.value })}
            />
          )}
        </Field>
      )}
      {(!ofFile || file) && (
        <Field
          label={trans.__('Content type')}
          help={trans.__('What the model is told that it is; text types reach it as text.')}
          error={wrongType ? trans.__('A type, a slash and its kind, as text/plain.') : undefined}
        >
          {input => (
            <>
              <input
                {...input}
                type="text"
                list={types}
                spellCheck={false}
                value={(ofFile ? chosen : typed).type}
                onChange={event => setType(event.target.value)}
              />
              <datalist id={types}>
                {USUAL_TYPES.map(one => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
      <p className="jp-Registry-buttons">
        <SubmitButton aria-busy={running} aria-disabled={!ready}>
          {trans.__('Ask')}
        </SubmitButton>
      </p>
      <Running job={job} working={trans.__('The model answers…')} />
      <Outcome job={job}>
        {job.state === 'cancelled' && (
          <p className="jp-Registry-note" role="status">
            {trans.__('Cancelled. What has arrived at the model by then, it may still work on.')}
          </p>
        )}
        {job.state === 'failed' && <ProblemView error={job.error} />}
        {job.state === 'done' && <Answer entity={entity} {...job.result} />}
      </Outcome>
    </form>
  );
}

function Answer(props: Answered & { entity: DeploymentPublic }): React.ReactElement {
  const trans = useTrans();
  const { answer, look: seen, entity } = props;
  if (seen.kind === 'empty') {
    return <p role="status">{trans.__('The model answered, without any content.')}</p>;
  }
  const name = fileName(entity.label, `answer.${endingOf(answer.type)}`);
  return (
    <section className="jp-Registry-result" aria-label={trans.__('Answer')}>
      <p role="status">{trans.__('The model answered: %1, %2.', answer.type, size(answer.size))}</p>
      {seen.kind === 'text' && (
        <CodeBlock
          title={seen.whole ? trans.__('Answer') : trans.__('Beginning of the answer')}
          code={seen.text}
        />
      )}
      <p className="jp-Registry-buttons">
        <Button onClick={() => save(answer, name)}>
          {trans.__('Download %1 (%2)', name, size(answer.size))}
        </Button>
      </p>
    </section>
  );
}
