// A short text typed in place of the button that asked for it: Enter saves, Escape leaves.
import type React from 'react';

import { Button, SubmitButton } from '../../components/buttons';
import { useTrans } from '../../components/context';
import { Field } from '../../components/Field';
import { useKept } from '../../components/kept';
import { ProblemView } from '../../components/ProblemView';
import { useEffect, useRef, useState } from '../../react';

export function InlineInput(props: {
  label: string;
  help?: string;
  initial?: string;
  /** What is wrong with a text, said as it is typed. */
  check: (text: string) => string | undefined;
  /** Rejecting keeps what was typed, and shows why. */
  save: (text: string) => Promise<void>;
  close: () => void;
  /** Whether it takes the focus when it is shown. */
  focus: boolean;
}): React.ReactElement {
  const { label, help, initial = '', check, save, focus } = props;
  const trans = useTrans();
  const [typed, setTyped] = useKept<string | undefined>(`typed ${label} ${initial}`, undefined);
  const text = typed ?? initial;
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<unknown>();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) {
      input.current?.focus();
    }
    // when it is shown, and not again
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const close = () => {
    setTyped(undefined);
    props.close();
  };
  const wrong = text.trim() || tried ? check(text.trim()) : undefined;

  const keep = async () => {
    setTried(true);
    if (saving || check(text.trim()) !== undefined) {
      return;
    }
    setSaving(true);
    setError(undefined);
    try {
      await save(text.trim());
      close();
    } catch (reason) {
      setError(reason);
      setSaving(false);
    }
  };
  return (
    <form
      className="jp-Registry-editing"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void keep();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
        }
      }}
    >
      <Field label={label} help={help} error={wrong}>
        {wiring => (
          <input
            {...wiring}
            ref={input}
            type="text"
            value={text}
            onChange={event => setTyped(event.target.value)}
          />
        )}
      </Field>
      <span className="jp-Registry-buttons">
        <SubmitButton aria-busy={saving}>{trans.__('Save')}</SubmitButton>
        <Button onClick={close}>{trans.__('Cancel')}</Button>
      </span>
      {error !== undefined && <ProblemView error={error} />}
    </form>
  );
}
